"""Figures of a score against brute force and closed forms; their noise against theory."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from margincarlo.calibration.score import crps, paired_difference, score

# Midpoints of equal shares of a normal distribution: draws without noise.
NORMAL = ndtri((np.arange(2000) + 0.5) / 2000)


def _clustered(seed: int, groups: int = 40, rows: int = 6) -> tuple[Any, list[str]]:
    rng = np.random.default_rng(seed)
    of_group = np.repeat(rng.normal(0, 0.6, groups), rows)
    return of_group + rng.normal(0, 0.3, groups * rows), [
        str(group) for group in range(groups) for _ in range(rows)
    ]


def test_crps_is_that_of_all_pairs_of_draws():
    rng = np.random.default_rng(0)
    draws, actual = rng.normal(size=(31, 5)), rng.normal(size=5)
    apart = np.abs(draws[:, None] - draws[None]).mean(axis=(0, 1))
    expected = np.abs(draws - actual).mean(axis=0) - apart / 2
    assert crps(draws, actual) == pytest.approx(expected)


@pytest.mark.parametrize("z", [0.0, 0.7, -2.0])
def test_crps_of_a_normal_prediction(z: float):
    density = math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    expected = z * (2 * ndtr(z) - 1) + 2 * density - 1 / math.sqrt(math.pi)
    assert crps(NORMAL[:, None], np.array([z]))[0] == pytest.approx(expected, abs=2e-3)


def test_crps_of_a_certain_prediction_is_its_distance():
    assert crps(np.full((7, 1), 2.0), np.array([3.5]))[0] == pytest.approx(1.5)


def test_error_is_relative_to_the_price_and_of_the_median():
    draws = np.log([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [9.0, 9.0, 9.0]])
    found = score(draws, np.log([2.0, 4.0, 1.0]), ["a", "b", "c"])
    assert found.mdape == pytest.approx(0.5)
    assert (found.rows, found.groups) == (3, 3)


def test_intervals_are_central():
    actual = ndtri([0.04, 0.06, 0.24, 0.26, 0.5, 0.74, 0.76, 0.94, 0.96, 0.99])
    draws = np.tile(NORMAL[:, None], actual.size)
    found = score(draws, actual, list("abcdefghij"))
    assert (found.cover50, found.cover90) == (0.3, 0.7)
    assert found.half_width == pytest.approx(math.exp(1.645), rel=5e-3)


def test_each_group_counts_once():
    # One group of eight rows that are all hit, and two of one row that are not.
    actual = np.array([0.0] * 8 + [9.0, -9.0])
    found = score(np.tile(NORMAL[:, None], 10), actual, ["a"] * 8 + ["b", "c"])
    assert (found.cover50, found.cover90) == (0.8, 0.8)
    assert (found.macro50, found.macro90) == pytest.approx((1 / 3, 1 / 3))


def test_noise_is_that_of_whole_groups():
    actual, groups = _clustered(0)
    draws = np.tile(0.7 * NORMAL[:, None], actual.size)
    by_row = crps(draws, actual).reshape(40, 6)
    theory = by_row.mean(axis=1).std(ddof=1) / math.sqrt(40)
    as_if_independent = by_row.std() / math.sqrt(240)
    found = score(draws, actual, groups).errors
    assert found["crps"] == pytest.approx(theory, rel=0.1)
    assert found["crps"] > 1.5 * as_if_independent
    assert set(found) == {"mdape", "crps", "cover50", "cover90", "macro50", "macro90", "half_width"}


def test_the_noise_of_the_median_is_that_of_repeating_the_study():
    studies = [_clustered(seed) for seed in range(40)]
    draws = np.zeros((10, studies[0][0].size))
    scores = [score(draws, actual, groups) for actual, groups in studies]
    repeated = np.std([each.mdape for each in scores])
    assert np.mean([each.errors["mdape"] for each in scores]) == pytest.approx(repeated, rel=0.25)


def test_one_group_leaves_no_noise_to_estimate():
    actual = np.zeros(3)
    draws = np.tile(NORMAL[:, None], 3)
    assert math.isnan(score(draws, actual, ["a"] * 3).errors["crps"])
    assert math.isnan(paired_difference(draws, 2 * draws, actual, ["a"] * 3).error)


def test_pairing_removes_what_both_methods_share():
    actual, groups = _clustered(1)
    good = np.tile(0.7 * NORMAL[:, None], actual.size)
    found = paired_difference(good, good + 0.3, actual, groups)
    first, second = score(good, actual, groups), score(good + 0.3, actual, groups)
    assert found.value == pytest.approx(first.crps - second.crps)
    assert found.value < 0
    assert 0 < found.error < math.hypot(first.errors["crps"], second.errors["crps"])


def test_a_method_does_not_differ_from_itself():
    actual, groups = _clustered(2)
    draws = np.tile(NORMAL[:, None], actual.size)
    found = paired_difference(draws, draws, actual, groups)
    assert (found.value, found.error) == (0.0, 0.0)


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(2000, 2\), 3 prices and 3 groups"):
        score(np.tile(NORMAL[:, None], 2), np.zeros(3), list("abc"))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused(bad: float):
    with pytest.raises(ValueError, match="not a finite number"):
        score(np.tile(NORMAL[:, None], 2), np.array([0.0, bad]), ["a", "b"])
