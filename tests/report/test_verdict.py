"""The first sentence of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import margincarlo as mc
from margincarlo.report.verdict import Verdict, judge
from margincarlo.report.wording import likelihood

type Run = Callable[..., mc.Simulation]


def spoken(verdict: Verdict) -> str:
    return verdict.headline.replace("\N{NO-BREAK SPACE}", " ")


def impossible(run: Run, mfu: Any, **changes: Any) -> mc.Simulation:
    with pytest.warns(mc.FeasibilityWarning):
        return run({"inputs.implied_decode_mfu": mfu, **changes})


def test_the_first_question_is_answered_in_one_sentence(plain: mc.Simulation) -> None:
    first, second = plain.probabilities()
    verdict = judge(plain)
    word = likelihood(first.value)
    assert spoken(verdict) == f"It is {word} (P = {first}) that gross margin is above 0."
    assert not verdict.alarm
    (other,) = verdict.answers
    assert likelihood(second.value) in other.sentence
    assert other.because == "What software earns."


def test_what_holds_in_every_draw_is_bounded_not_certain(run: Run) -> None:
    verdict = judge(run({"ask": [{"statement": "gross_margin < 1"}]}))
    assert (
        spoken(verdict) == "It is virtually certain (P > 0.9993) that gross margin is below 100 %."
    )


def test_without_a_question_profit_is_the_question(run: Run) -> None:
    simulation = run({"ask": []})
    probability = simulation.probability("gross_margin > 0")
    assert f"(P = {probability}) that gross margin is above 0." in spoken(judge(simulation))


@pytest.mark.parametrize("keep", ["none", "all"])
def test_without_a_margin_the_median_is_the_answer(run: Run, keep: str) -> None:
    verdict = judge(run({"ask": [], "outputs": ["output_token_cost", "gross_profit"]}, keep=keep))
    assert spoken(verdict).startswith("The median of output token cost is 1.")
    assert "central (equal-tailed) 90 % interval" in spoken(verdict)


def test_who_asks_nothing_of_a_margin_is_told_whether_it_is_above_zero(run: Run) -> None:
    verdict = judge(run({"ask": []}, keep="none"))
    assert "that gross margin is above 0." in spoken(verdict)


def test_who_asks_nothing_of_a_cost_is_told_its_median(run: Run) -> None:
    verdict = judge(run({"ask": [], "outputs": ["compute_cost", "net_revenue"]}, keep="none"))
    assert spoken(verdict).startswith("The median of compute cost is")


def test_a_condition_is_part_of_the_answer(plain: mc.Simulation) -> None:
    given = plain.given("cache_hit_share < 40 %")
    assert spoken(judge(given)).startswith("Given that cache hit share is below 40 %, it is ")


def test_no_possible_draw_is_the_verdict(run: Run) -> None:
    verdict = judge(impossible(run, 13.5))
    assert verdict.alarm
    assert not verdict.answers
    assert spoken(verdict).startswith(
        "No physically possible draw: all 4,096 break physics (decode MFU above 1)."
    )


def test_impossible_figures_that_are_kept_are_figures_as_claimed(run: Run) -> None:
    verdict = judge(impossible(run, 13.5, **{"run.infeasible": "keep"}))
    assert verdict.alarm
    assert (
        spoken(verdict) == "Figures as claimed; 100 % of draws break physics: decode MFU above 1."
    )
    assert "never as an estimate" in verdict.caution
    assert not any("likely" in answer.sentence for answer in verdict.answers)
    assert len(verdict.answers) == 2


def test_mostly_impossible_draws_push_the_answer_down(run: Run) -> None:
    simulation = impossible(run, {"p5": 0.9, "p95": 2.0})
    verdict = judge(simulation)
    share = f"{100 * simulation.feasibility.share:.1f} %"
    assert verdict.alarm
    assert spoken(verdict).startswith(f"No reliable answer: {share} of draws break physics")
    assert "narrower question" in verdict.caution


def test_some_impossible_draws_are_a_caution(run: Run) -> None:
    verdict = judge(impossible(run, {"p5": 0.5, "p95": 1.2}))
    assert not verdict.alarm
    assert "physically impossible (decode MFU above 1) and left out" in verdict.caution


def test_few_impossible_draws_leave_the_verdict_alone(run: Run) -> None:
    verdict = judge(impossible(run, {"p5": 0.3, "p95": 0.7, "family": "LogNormal"}))
    assert not verdict.caution
