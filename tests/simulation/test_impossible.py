"""Draws that no machine can make, and draws that are no numbers: counted, never spread."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from margincarlo.errors import FeasibilityWarning, ScenarioError
from margincarlo.result import Draws, Simulation
from margincarlo.result.tables import percent
from margincarlo.scenario import Scenario
from margincarlo.simulation import simulate
from margincarlo.simulation.run import Keep

# Log-normal with 5 % and 95 % quantiles 0.5 and 1.25: above 1 with this probability.
ABOVE_ONE = float(ndtr(math.log(0.5 * 1.25) / 2 / (math.log(1.25 / 0.5) / 2 / ndtri(0.95))))
MACHINE = {
    "implied_decode_mbu": {"p5": 0.5, "p95": 1.25},
    "implied_prefill_mfu": {"p5": 0.1, "p95": 0.3},
    "net_revenue": 1.0,
    "compute_cost": {"p5": 0.2, "p95": 0.6},
}
TIED = [{"between": ["implied_decode_mbu", "compute_cost"], "rank": -1.0}]


def run(
    build: Callable[..., Scenario],
    policy: str,
    keep: Keep = "all",
    inputs: Mapping[str, Any] = MACHINE,
) -> tuple[Simulation, str]:
    scenario = build(
        dict(inputs),
        "contribution_margin",
        "implied_decode_mbu",
        correlation=TIED,
        run={"infeasible": policy, "draws": 16_384},
        ask=[{"statement": "implied_decode_mbu > 1"}],
    )
    with pytest.warns(FeasibilityWarning) as caught:
        found = simulate(scenario, keep=keep)
    return found, str(caught[0].message)


@pytest.mark.parametrize("keep", ["all", "outputs", "none"])
def test_impossible_draws_are_counted_and_left_out(build, keep):
    found, message = run(build, "reject", keep)
    assert found.feasibility.share == pytest.approx(ABOVE_ONE, abs=1e-3)
    assert found.feasibility.reasons == {"decode MBU above 1": found.feasibility.impossible}
    assert found.sample.counted == found.plan.draws - found.feasibility.impossible
    assert found.probability("implied_decode_mbu > 1").value == 0
    count = found.feasibility.impossible
    assert message == (
        f"{count:,} of {found.plan.draws:,} draws ({percent(found.feasibility.share)}) are"
        f" physically impossible and left out of all figures: decode MBU above 1 ({count:,})"
    )


def test_impossible_draws_can_be_kept_and_are_counted_all_the_same(build):
    kept, message = run(build, "keep")
    rejected, _ = run(build, "reject")
    assert kept.feasibility.reasons == rejected.feasibility.reasons
    assert kept.sample.counted == kept.plan.draws
    assert "kept in all figures" in message
    assert kept.probability("implied_decode_mbu > 1").value == pytest.approx(ABOVE_ONE, abs=1e-3)
    possible = kept.given("implied_decode_mbu <= 1")
    assert possible.summaries() == rejected.summaries()
    # Wherever the machine would have to be too fast, the cost came out low.
    assert (
        kept.estimate("contribution_margin").value > rejected.estimate("contribution_margin").value
    )


def test_a_draw_may_be_impossible_for_several_reasons(build):
    both = MACHINE | {"implied_prefill_mfu": {"p5": 0.5, "p95": 1.25}}
    found, _ = run(build, "reject", inputs=both)
    counts = found.feasibility.reasons
    assert set(counts) == {"decode MBU above 1", "prefill MFU above 1"}
    assert max(counts.values()) < found.feasibility.impossible < sum(counts.values())
    assert found.feasibility.share == pytest.approx(1 - (1 - ABOVE_ONE) ** 2, abs=2e-3)


@pytest.mark.parametrize("keep", ["all", "none"])
def test_a_run_without_possible_draws_has_no_figures(build, keep):
    found, _ = run(build, "reject", keep, MACHINE | {"implied_decode_mbu": {"p5": 5, "p95": 9}})
    assert found.feasibility.share == 1
    refusal = r"not one of 16384 .* possible: decode MBU above 1"
    with pytest.raises(ScenarioError, match=refusal):
        found.summary()
    with pytest.raises(ScenarioError, match=refusal):
        found.probability("implied_decode_mbu > 1")
    with pytest.raises(ScenarioError, match=refusal):
        found.estimate("contribution_margin")


def test_bounds_that_cannot_be_checked_are_named(build):
    found = simulate(build({"utilization": {"p5": 0.2, "p95": 0.6}}, "utilization"), draws=64)
    assert "HBM overflow" in found.feasibility.unchecked
    assert found.feasibility.impossible == 0


@pytest.mark.parametrize("keep", ["all", "none"])
def test_rows_that_are_no_numbers_are_counted_and_named_not_spread(build, tmp_path, keep):
    rows = np.linspace(0.5, 1.5, 999)
    path = tmp_path / "rows.csv"
    lines = [f"{revenue},0.4" for revenue in [*rows, 0.0]]
    path.write_text("\n".join(["net_revenue,compute_cost", *lines]))
    scenario = build(
        {},
        "contribution_margin",
        joint=[{"file": str(path), "inputs": ["net_revenue", "compute_cost"]}],
        ask=[{"statement": "contribution_margin > 0.6"}],
    )
    with pytest.warns(FeasibilityWarning, match=r"left out of all figures: contribution_margin \("):
        found = simulate(scenario, draws=65_536, keep=keep)
    lost = found.feasibility.undefined["contribution_margin"]
    assert lost == pytest.approx(65.536, abs=16)
    assert found.sample.counted == found.plan.draws - lost
    assert found.feasibility.impossible == 0
    (summary,) = found.summaries()
    assert summary.mean.value == pytest.approx(np.mean(1 - 0.4 / rows), abs=5e-4)
    assert found.probabilities()[0].value == pytest.approx(np.mean(0.4 / rows < 0.4), abs=5e-3)


def test_what_an_ask_is_about_must_be_a_number_as_well(build):
    scenario = build(
        {"net_revenue": 1.0, "compute_cost": {"values": [0.0, 0.5], "weights": [0.5, 0.5]}},
        "contribution_margin",
        ask=[{"statement": "contribution_markup > 0.5"}],
    )
    with pytest.warns(FeasibilityWarning, match="contribution_markup"):
        found = simulate(scenario, draws=1024)
    assert found.feasibility.undefined == {
        "contribution_margin": 0,
        "contribution_markup": 512,
    } or (found.feasibility.undefined == {"contribution_markup": 512})
    assert found.probabilities()[0].value == 1.0


def test_what_nobody_asked_for_is_left_out_of_its_own_figures_alone(build, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("net_revenue,compute_cost\n1,0\n1,0.5\n")
    scenario = build(
        {},
        "contribution_margin",
        "contribution_markup",
        joint=[{"file": str(path), "inputs": ["net_revenue", "compute_cost"]}],
    )
    with pytest.warns(FeasibilityWarning, match="contribution_markup"):
        asked = simulate(scenario, draws=1024)
    assert asked.sample.counted == 512
    scenario = build(
        {},
        "contribution_margin",
        "compute_cost",
        joint=[{"file": str(path), "inputs": ["net_revenue", "compute_cost"]}],
    )
    found = simulate(scenario, draws=1024)
    assert isinstance(found.sample, Draws)
    assert found.sample.counted == 1024
    spoiled = np.where(found.sample.values["compute_cost"] == 0, np.nan, 1.0)
    sample = Draws({"spoiled": spoiled}, found.sample.used)
    with pytest.warns(FeasibilityWarning, match="spoiled is no finite number in 512 draws"):
        assert sample.mean("spoiled")[0] == 1.0


def test_constants_that_divide_by_zero_are_undefined_not_a_crash(build):
    scenario = build({"net_revenue": 0.0, "compute_cost": 0.4}, "contribution_margin")
    with pytest.warns(FeasibilityWarning, match="no finite numbers"):
        found = simulate(scenario, draws=64)
    with pytest.raises(ScenarioError, match=r"not one of 64 draws .* yields finite"):
        found.summary()


def test_a_run_without_trouble_warns_of_nothing(mix):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert simulate(mix, draws=1024).feasibility.share == 0
