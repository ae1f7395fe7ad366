"""The model finds what made its prices, and learns nothing from prices that are held out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest

from margincarlo.calibration.contraction import products
from margincarlo.calibration.market import market_of
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.sample import Compiled
from margincarlo.calibration.simulate import simulate, without_lists

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SIMULATIONS = 60
SHORT: dict[str, Any] = {"draws": 250, "tune": 300, "chains": 2, "diagnosed": False}
# Ranks are uniform only of chains that have converged, and rents with heavy tails take a while.
CONVERGED: dict[str, Any] = SHORT | {"draws": 300, "tune": 600}


def learned(compiled, simulated, *, kind="two_sided", seed=1, **more):
    return compiled.sample(
        kind, seed=seed, blend=simulated.blend, split=simulated.split, **(SHORT | more)
    )


def identified(draws):
    """Sums that prices identify, and scales; (draw,) each."""
    beliefs = {name: draws[name] for name in BELIEFS}
    found = products(beliefs)
    found = {f"{name} + rent": each + draws["rent"].mean(axis=-1) for name, each in found.items()}
    names = ("rent|spread", "provider|spread", "passed_on|split", "speed")
    return found | {name: draws[name] for name in names} | dispersions(draws)


def dispersions(draws):
    """Mean of the logarithm over models: one model has too few hosts to tell its own."""
    scales = ("noise|scale", "split|noise|scale")
    return {name: np.log(draws[name]).mean(axis=-1) for name in scales}


def test_ranks_are_uniform(compiled):
    """Simulation-based calibration on the small market."""
    ranks: dict[str, list[float]] = {}
    for number in range(SIMULATIONS):
        made = simulate(compiled.market, seed=number)
        found = learned(compiled, made, seed=number, **CONVERGED)
        draws = {name: found.stacked(name)[::5] for name in found.draws}
        truth = identified(made.truth)
        for name, each in identified(draws).items():
            ranks.setdefault(name, []).append(float((each < truth[name][0]).mean()))
    chances = {name: kstest(each, "uniform").pvalue for name, each in ranks.items()}
    assert all(chance > 0.01 for chance in chances.values()), chances


def test_prices_held_out_teach_nothing(compiled):
    held = np.zeros(compiled.market.model.size, dtype=bool)
    held[compiled.market.model == 3] = True
    made = simulate(compiled.market, seed=1)
    first = learned(compiled, made, held_out=held)
    made.blend[held] = made.blend[held][::-1] + 2.0
    made.split[held] = 0.0
    second = learned(compiled, made, held_out=held)
    for name in (*BELIEFS, "rent", "provider_effect"):
        assert (first.draws[name] == second.draws[name]).all(), name


def test_one_compilation_serves_all_folds(compiled, small_market):
    held = compiled.market.model == 2
    again = Compiled(without_lists(small_market))
    first = compiled.sample("two_sided", seed=5, held_out=held, **SHORT)
    second = again.sample("two_sided", seed=5, held_out=held, **SHORT)
    for name in BELIEFS:
        assert first.stacked(name) == pytest.approx(second.stacked(name))


@pytest.mark.parametrize(("share", "low", "high"), [(1.0, 0.6, 1.0), (0.0, 0.0, 0.3)])
def test_what_is_passed_on_is_found(compiled, share, low, high):
    quiet = {"split__spread": 0.03, "split__noise__typical": 0.01, "split__creators": 0.02}
    made = simulate(compiled.market, seed=3, passed_on__split=share, **quiet)
    found = learned(compiled, made)
    assert low <= np.median(found.stacked("passed_on|split")) <= high


def test_a_one_sided_model_invents_margins_where_rents_have_either_sign(compiled):
    """The reason for fitting several assumptions side by side."""
    over = []
    for seed in range(6):
        made = simulate(compiled.market, seed=seed, rent__level=-0.3, rent__spread=0.5)
        truth = made.truth["rent"].mean()
        wrong = learned(compiled, made, kind="softplus").stacked("rent").mean(axis=1)
        right = learned(compiled, made).stacked("rent").mean(axis=1)
        over.append(((wrong.mean() - truth) / wrong.std(), (right.mean() - truth) / right.std()))
    wrong, right = np.mean(over, axis=0)
    assert wrong > 1.5
    assert wrong > right + 1.0


def test_prices_without_a_credible_split_are_learned_from_blended(shipped_offers):
    """As after 2026-09-22: what the split would teach is held at its prior."""
    from dataclasses import replace

    from margincarlo.calibration.held_out import HeldOut, scores

    late = market_of(replace(shipped_offers, observed_at="2026-10-01").frame())
    assert not late.has_split
    assert (late.split == 0).all()
    short = SHORT | {"draws": 50, "tune": 150}
    found = Compiled(late).sample("two_sided", seed=1, **short)
    draws = {name: found.stacked(name) for name in found.draws}
    assert (draws["split"] == draws["split"][0]).all()
    rng = np.random.default_rng(0)
    every = np.arange(late.model.size)
    output, prompt = log_prices(draws, late, every, seen=False, rng=rng)
    assert (output == prompt).all()
    score = scores(HeldOut(output, prompt, "row"), late)
    assert score.keys() == {"blended"}
    assert score["blended"]["mdape"] < 0.4
