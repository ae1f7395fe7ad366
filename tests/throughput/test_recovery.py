"""Known effects, simulated measurements: the fit finds the effects again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from margincarlo.throughput.data import Data
from margincarlo.throughput.design import FACTORS, INTERCEPTS, SLOPES, levels_of
from margincarlo.throughput.folds import residual_sd
from margincarlo.throughput.laplace import fit
from margincarlo.throughput.model import TAILS
from margincarlo.throughput.posterior import Posterior, frozen
from margincarlo.throughput.predict import log_efficiencies, log_times

RESIDUAL_SD = 0.08


def from_the_prior(data: Data, rng: np.random.Generator) -> Posterior:
    """Return one draw of every effect before any measurement; residuals are of 8 %."""
    levels = levels_of(data.configurations)
    groups = tuple(sorted(set(data.group)))
    draws = {f"{term}|mean": rng.normal(*prior, 1) for term, prior in INTERCEPTS.items()}
    draws |= {f"{term}|{name}": rng.normal(0, sd, 1) for name, (term, sd) in SLOPES.items()}
    for factor in FACTORS:
        draws[factor.key] = rng.normal(0, factor.sd, (1, len(levels[factor.name])))
        if factor.learned:
            draws[f"{factor.key}|sd"] = np.array([factor.sd])
    draws["residual"] = np.full((1, len(groups)), RESIDUAL_SD)
    return frozen(levels, groups, draws)


def simulated(data: Data, truth: Posterior, rng: np.random.Generator) -> Data:
    """Return measurements that known effects explain, residuals aside."""
    time = log_times(truth, data.configurations, data.facts, seed=0)[:, 0]
    noise = residual_sd(truth, data.group)[:, 0] * rng.standard_t(TAILS, time.size)
    return replace(data, log_time=time + noise)


def inside(true: np.ndarray, sample: np.ndarray) -> np.ndarray:
    """Return whether 90 % intervals of draws (…, draw) hold the truth."""
    low, high = np.quantile(sample, [0.05, 0.95], axis=-1)
    return np.asarray((low <= true) & (true <= high))


def test_intervals_hold_the_truth_as_often_as_they_say(data: Data) -> None:
    """Simulation-based calibration: effects from the prior are found again."""
    rows = list(dict.fromkeys(data.configurations))
    held: dict[str, list[float]] = {}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        truth = from_the_prior(data, rng)
        measured = simulated(data, truth, rng)
        found = fit(measured, measured.weight, draws=1000, seed=seed)
        sums, true = (log_efficiencies(each, rows, seed=0) for each in (found, truth))
        for term, log in sums.items():
            held.setdefault(term, []).append(float(inside(true[term][:, 0], log).mean()))
        effects = [name for name in found.draws if not name.endswith(("|sd", "residual"))]
        each = [inside(truth.draws[name][0], found.draws[name].T) for name in effects]
        held.setdefault("effects", []).append(
            float(np.concatenate(list(map(np.ravel, each))).mean())
        )
        scale = found.draws["residual"][0] / RESIDUAL_SD
        np.testing.assert_allclose(scale, 1, rtol=0.5)
    for name, shares in held.items():
        # Configurations share effects, so that a term's coverage varies much by seed.
        assert np.mean(shares) >= 0.75, (name, shares)
    assert 0.8 <= np.mean(held["effects"]) <= 0.98


@pytest.mark.parametrize("seed", [11, 12])
def test_what_the_data_identify_is_found_closely(data: Data, seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = from_the_prior(data, rng)
    measured = simulated(data, truth, rng)
    found = fit(measured, measured.weight, draws=1000, seed=seed)
    times = [log_times(each, data.configurations, data.facts, seed=0) for each in (found, truth)]
    error = np.abs(np.median(times[0], axis=1) - times[1][:, 0])
    assert np.median(error) < 0.02
    assert np.quantile(error, 0.95) < 0.08
    # The slopes, and the contrast of mixtures' overhead with dense models', do better than priors.
    for name, (term, sd) in SLOPES.items():
        draws = found.draws[f"{term}|{name}"]
        assert draws.std() < sd / 1.5
        assert abs(draws.mean() - truth.draws[f"{term}|{name}"][0]) < 3.5 * draws.std()


def test_more_noise_is_found_as_a_larger_residual(part: Data, laplace: Posterior) -> None:
    rng = np.random.default_rng(0)
    time = log_times(laplace, part.configurations, part.facts, seed=0).mean(axis=1)
    for sd in (0.03, 0.3):
        measured = replace(part, log_time=time + sd * rng.standard_t(TAILS, time.size))
        found = fit(measured, measured.weight, draws=10, seed=0)
        scale = found.draws["residual"][0, found.groups.index("nvidia mixture")]
        assert scale == pytest.approx(sd, rel=0.25)


def test_one_wild_row_moves_nothing(part: Data) -> None:
    plain = fit(part, part.weight, draws=1000, seed=1)
    wild = part.log_time.copy()
    wild[0] += np.log(100)
    found = fit(data_with(part, wild), part.weight, draws=1000, seed=1)
    before, after = (
        np.median(log_times(each, part.configurations, part.facts, seed=0), axis=1)
        for each in (plain, found)
    )
    assert np.abs(after - before).max() < 0.1


def data_with(data: Data, log_time: np.ndarray) -> Data:
    return replace(data, log_time=log_time)


def test_a_weight_of_zero_holds_a_row_out(part: Data) -> None:
    wild = part.log_time.copy()
    wild[:5] += 2
    weight = part.weight.copy()
    weight[:5] = 0
    one, two = (fit(data_with(part, y), weight, draws=5, seed=0) for y in (part.log_time, wild))
    for name, draws in one.draws.items():
        np.testing.assert_array_equal(draws, two.draws[name])
