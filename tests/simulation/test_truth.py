"""Monte Carlo against closed forms, and kept draws against tallies of the same draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from margincarlo.errors import ScenarioError
from margincarlo.result import Estimate
from margincarlo.simulation import simulate

SAMPLERS = pytest.mark.parametrize("sampler", ["sobol", "random"])
Z95 = float(ndtri(0.95))


def agrees(found: Estimate, truth: float) -> bool:
    """Whether an estimate is within two of its 95 % half-widths, and the error says something."""
    return abs(found.value - truth) <= 2 * found.error and 0 < found.error < 0.1 * abs(truth)


def log_normal(low: float, high: float) -> tuple[float, float]:
    """Return mean and sd of the logarithm from the 5 % and 95 % quantiles."""
    return math.log(low * high) / 2, math.log(high / low) / 2 / Z95


@SAMPLERS
def test_a_product_of_log_normals_is_log_normal(build, sampler):
    scenario = build(
        {
            "visible_output_tokens": {"p5": 100, "p95": 400},
            "thinking_ratio": 0.5,
            "input_output_ratio": {"p5": 5, "p95": 15},
        },
        "input_tokens",
    )
    found = simulate(scenario, draws=65_536, sampler=sampler)
    parts = log_normal(100, 400), log_normal(5, 15)
    mu, sigma = math.log(1.5) + sum(m for m, _ in parts), math.hypot(*(s for _, s in parts))
    mean = math.exp(mu + sigma**2 / 2)
    (summary,) = found.summaries(mass=0.8)
    assert agrees(summary.mean, mean)
    assert agrees(summary.sd, mean * math.sqrt(math.expm1(sigma**2)))
    assert agrees(summary.median, math.exp(mu))
    assert agrees(summary.low, math.exp(mu - sigma * ndtri(0.9)))
    assert agrees(summary.high, math.exp(mu + sigma * ndtri(0.9)))
    assert agrees(found.probability("input_tokens > 3000"), ndtr((mu - math.log(3000)) / sigma))


@SAMPLERS
def test_a_difference_of_correlated_normals_is_normal(build, sampler):
    rank = 0.5
    scenario = build(
        {"net_revenue": {"p5": 0.8, "p95": 1.2}, "compute_cost": {"p5": 0.5, "p95": 0.9}},
        "contribution_profit",
        correlation=[{"between": ["net_revenue", "compute_cost"], "rank": rank}],
        ask=[{"statement": "contribution_profit > 0"}],
    )
    assert {each.belief.family for each in scenario.uncertain} == {"Normal"}
    found = simulate(scenario, draws=65_536, sampler=sampler)
    pearson = 2 * math.sin(math.pi * rank / 6)
    sd = 0.2 / Z95 * math.sqrt(2 - 2 * pearson)
    (summary,) = found.summaries()
    assert agrees(summary.mean, 0.3)
    assert agrees(summary.sd, sd)
    assert agrees(summary.low, 0.3 - Z95 * sd)
    assert agrees(found.probabilities()[0], ndtr(0.3 / sd))
    assert found.probabilities()[0].statement == "contribution_profit > 0"


@SAMPLERS
def test_a_quantity_less_itself_is_zero(build, sampler):
    scenario = build(
        {"net_revenue": {"p5": 0.8, "p95": 1.2}, "compute_cost": {"p5": 0.8, "p95": 1.2}},
        "contribution_profit",
        correlation=[{"between": ["net_revenue", "compute_cost"], "rank": 1}],
    )
    assert not simulate(scenario, draws=1000, sampler=sampler)["contribution_profit"].any()


def test_quasi_random_points_are_more_accurate(build):
    scenario = build(
        {"gpu_list_price": {"p5": 2, "p95": 4}, "negotiated_discount": {"p5": 0.1, "p95": 0.4}},
        "gpu_hour_cost",
    )
    sobol, random = (
        simulate(scenario, sampler=each).summaries()[0] for each in ("sobol", "random")
    )
    assert sobol.mean.error < random.mean.error / 20
    assert abs(sobol.mean.value - random.mean.value) < 2 * random.mean.error


@SAMPLERS
def test_tallies_and_kept_draws_tell_the_same(mix, sampler):
    kept, told = (simulate(mix, draws=60_000, sampler=sampler, keep=k) for k in ("all", "none"))
    pairs = list(zip(kept.summaries(mass=0.9), told.summaries(mass=0.9), strict=True))
    assert [one.name for one, _ in pairs] == list(mix.outputs)
    for one, other in pairs:
        assert other.mean.value == pytest.approx(one.mean.value, rel=1e-12)
        assert other.mean.error == pytest.approx(one.mean.error, rel=1e-6)
        assert other.sd.value == pytest.approx(one.sd.value, rel=1e-9)
        assert other.sd.error == pytest.approx(one.sd.error, rel=1e-6)
        for key in ("low", "median", "high"):
            ours, theirs = getattr(one, key), getattr(other, key)
            assert theirs.value == pytest.approx(ours.value, abs=2e-3 * one.sd.value)
            assert theirs.error == pytest.approx(ours.error, rel=0.25, abs=1e-3 * one.sd.value)
    assert kept.probabilities() == told.probabilities()
    assert kept.feasibility == told.feasibility


def test_tallies_refuse_what_was_not_tallied(mix):
    told = simulate(mix, draws=1000, keep="none")
    with pytest.raises(ScenarioError, match="draws were not kept, so 'net_revenue > 1' cannot"):
        told.probability("net_revenue > 1")
    with pytest.raises(ScenarioError, match="'input_price' was not tallied; add it to outputs"):
        told.estimate("input_price")
    for use in (lambda: told.draws, lambda: told["net_revenue"], lambda: told.given("x > 0")):
        with pytest.raises(ScenarioError, match="draws were not kept, so there are none to"):
            use()


def test_many_draws_are_tallied_unless_told_otherwise(build):
    scenario = build({"utilization": {"p5": 0.3, "p95": 0.6}}, "utilization")
    with pytest.raises(ScenarioError, match="draws were not kept"):
        _ = simulate(scenario, draws=200_000)["utilization"]
    assert simulate(scenario, draws=200_000, keep="outputs")["utilization"].size == 262_144


def test_a_precision_is_reached_by_drawing_more(build):
    scenario = build(
        {"net_revenue": {"p5": 0.8, "p95": 1.2}, "compute_cost": {"p5": 0.5, "p95": 1.1}},
        "contribution_profit",
        run={"draws": 64, "sampler": "random"},
    )
    found = simulate(scenario, until="contribution_profit > 0 within 0.004")
    asked = found.probability("contribution_profit > 0")
    sd = math.hypot(0.2, 0.3) / Z95
    assert asked.error <= 0.004
    assert agrees(asked, ndtr(0.2 / sd))
    assert found.plan.draws > 10_000
    assert found.plan.draws & (found.plan.draws - 1) == 0


def test_a_precision_that_was_reached_at_once_costs_nothing(mix):
    found = simulate(mix, draws=4096, until="contribution_margin > 0 within 0.4")
    assert found.plan.draws == 4096


def test_a_precision_out_of_reach_is_said(build, monkeypatch):
    from margincarlo.errors import PrecisionWarning
    from margincarlo.simulation import run

    monkeypatch.setattr(run, "MOST_DRAWS", 4096)
    scenario = build({"net_revenue": {"p5": -1, "p95": 1}}, "net_revenue")
    with pytest.warns(PrecisionWarning, match="after 4096 draws, not within 1e-09"):
        found = simulate(scenario, draws=64, until="net_revenue > 0.3 within 1e-9")
    assert found.plan.draws == 4096


def test_discrete_draws_have_their_weights(build):
    scenario = build({"output_price": {"values": [3, 1], "weights": [0.25, 0.75]}}, "output_price")
    for sampler, error in (("sobol", 1e-3), ("random", 0.01)):
        found = simulate(scenario, draws=65_536, sampler=sampler)["output_price"]
        assert set(np.unique(found)) == {1.0, 3.0}
        assert np.mean(found == 3) == pytest.approx(0.25, abs=error)
