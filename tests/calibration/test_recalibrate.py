"""Recalibrated intervals hold what they say, and no family is judged by itself."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from scipy.stats import norm

from margincarlo.calibration.recalibrate import (
    LEAST_GROUPS,
    Recalibration,
    cross_fitted,
    normal_scores,
    recalibrated_by,
    recalibration,
    standard_errors,
)
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import CalibrationError

FAMILIES = 60
HOSTS = 5
# As on a market: two families with many hosts, and many with few.
UNEQUAL = [
    str(each) for each, size in enumerate([60, 40] + [8] * 10 + [1] * 30) for _ in range(size)
]


def names(families=FAMILIES, hosts=HOSTS):
    return [str(each) for each in range(families) for _ in range(hosts)]


def market(rng, families=FAMILIES):
    """Families far apart, with heavier tails than the normal predictions have."""
    apart = np.repeat(0.7 * rng.standard_t(2.0, families), HOSTS)
    return apart + 0.1 * rng.standard_normal(families * HOSTS)


def inside(draws, actual, share):
    low, high = np.quantile(draws, [(1 - share) / 2, (1 + share) / 2], axis=0)
    return ((actual > low) & (actual < high)).mean()


def test_central_shares_become_right(rng):
    size = 400
    draws = rng.standard_normal((2000, size * HOSTS))
    actual = market(rng, size)
    assert inside(draws, actual, 0.5) > 0.55
    assert inside(draws, actual, 0.9) < 0.89
    found = cross_fitted(draws, actual, names(size))
    assert inside(found, actual, 0.5) == pytest.approx(0.5, abs=0.02)
    assert inside(found, actual, 0.9) == pytest.approx(0.9, abs=0.02)


def test_right_predictions_stay_as_they_are(rng):
    scores = norm.ppf((np.arange(3000) + 0.5) / 3000)
    found = recalibration(scores, [str(row % 300) for row in range(3000)])
    assert found.scale == pytest.approx(1.0, abs=0.01)
    assert found.power == pytest.approx(1.0, abs=0.01)
    draws = rng.standard_normal((500, 3))
    assert Recalibration().applied(draws) == pytest.approx(draws)


def test_families_and_endpoints_have_half_of_the_weight_each(rng):
    """A family that many hosts sell, nearer than the others: both shares miss, by as much."""
    scores, groups = rng.standard_normal(5 * FAMILIES), names(hosts=1) * 5
    many = np.concatenate([scores, 0.5 * rng.standard_normal(200)])
    found = recalibration(many, [*groups, *["near"] * 200])
    for share in (0.5, 0.9):
        edge = found.scale * norm.ppf((1 + share) / 2) ** found.power
        hit = np.abs(many) < edge
        endpoints = hit.mean()
        families = (hit[:-200].mean() * FAMILIES + hit[-200:].mean()) / (FAMILIES + 1)
        assert endpoints > share > families
        assert (endpoints + families) / 2 == pytest.approx(share, abs=0.01)


def test_a_family_is_not_judged_by_itself(rng):
    draws, actual = rng.standard_normal((400, FAMILIES * HOSTS)), market(rng)
    first = cross_fitted(draws, actual, names())
    own = np.array(names()) == "7"
    second = cross_fitted(draws, np.where(own, actual + 9.0, actual), names())
    assert (first[:, own] == second[:, own]).all()
    assert (first[:, ~own] != second[:, ~own]).any()


def test_a_large_family_is_recalibrated_as_if_it_were_not_there(rng):
    draws, actual = rng.standard_normal((400, len(UNEQUAL))), rng.standard_t(2.0, len(UNEQUAL))
    own = np.array(UNEQUAL) == "0"
    others = [name for name in UNEQUAL if name != "0"]
    learned = recalibration(normal_scores(draws, actual)[~own], others)
    found = cross_fitted(draws, actual, UNEQUAL)
    assert (found[:, own] == learned.applied(draws[:, own])).all()


def test_the_median_and_the_order_of_draws_stay(rng):
    draws = rng.standard_normal((1001, 4))
    found = Recalibration(scale=0.8, power=1.5).applied(draws)
    assert np.median(found, axis=0) == pytest.approx(np.median(draws, axis=0), abs=0.01)
    assert (np.argsort(found, axis=0) == np.argsort(draws, axis=0)).mean() > 0.99
    wider = np.quantile(found, 0.99, axis=0) - np.quantile(found, 0.01, axis=0)
    assert (wider > np.quantile(draws, 0.99, axis=0) - np.quantile(draws, 0.01, axis=0)).all()


def test_few_families_teach_nothing(rng):
    few = LEAST_GROUPS - 1
    draws, actual = rng.standard_normal((200, few * HOSTS)), market(rng, few)
    scores = normal_scores(draws, actual)
    assert recalibration(scores, names(few)) == Recalibration()
    assert (cross_fitted(draws, actual, names(few)) == draws).all()
    assert all(np.isnan(each) for each in standard_errors(scores, names(few)).values())


def test_with_just_enough_families_each_is_recalibrated_by_the_others(rng):
    draws, actual = rng.standard_normal((200, LEAST_GROUPS * HOSTS)), market(rng, LEAST_GROUPS)
    assert (cross_fitted(draws, actual, names(LEAST_GROUPS)) != draws).any()


def test_the_error_of_what_was_learned_is_that_of_other_families_drawn(rng):
    """The bootstrap's errors against how far 60 families are apart from the next 60."""
    found, told = [], []
    for _ in range(100):
        scores = np.repeat(rng.standard_normal(FAMILIES), HOSTS)
        found.append(recalibration(scores, names()))
        told.append(standard_errors(scores, names()))
    for name in ("scale", "power"):
        actual = np.std([getattr(each, name) for each in found])
        assert np.mean([each[name] for each in told]) == pytest.approx(actual, rel=0.25)


def test_errors_are_those_of_whole_families_drawn_again(rng):
    """A bootstrap written out: families that are drawn twice are two families."""
    scores, groups = rng.standard_t(3.0, len(UNEQUAL)), np.array(UNEQUAL)
    found = []
    for _ in range(300):
        drawn = enumerate(rng.choice(np.unique(groups), np.unique(groups).size))
        rows = [(place, np.flatnonzero(groups == name)) for place, name in drawn]
        again = [str(place) for place, own in rows for _ in own]
        found.append(recalibration(scores[np.concatenate([own for _, own in rows])], again))
    told = standard_errors(scores, UNEQUAL)
    for name in ("scale", "power"):
        actual = np.std([getattr(each, name) for each in found])
        assert told[name] == pytest.approx(actual, rel=0.15)


@pytest.mark.parametrize("scores", [np.zeros(100), np.full(100, 2.0), np.r_[np.zeros(60), 3:43]])
def test_strange_scores_give_a_tame_recalibration(scores):
    found = recalibration(scores, [str(each) for each in range(100)])
    assert 0 < found.scale < np.inf
    assert 0.5 <= found.power <= 2.0


def test_tails_go_on_beyond_the_outermost_draws():
    """Few draws do not end what they are drawn from."""
    draws = norm.ppf((np.arange(200) + 0.5) / 200)
    found = Recalibration(scale=1.2, power=1.2).applied(draws[:, None])[:, 0]
    edge = norm.ppf(0.95)
    inside = np.abs(draws) < edge
    assert found[inside] == pytest.approx((1.2 * np.sign(draws) * np.abs(draws) ** 1.2)[inside])
    # What lies beyond the intervals that were learned is moved, not stretched.
    beyond = draws > edge
    assert found[beyond] == pytest.approx(draws[beyond] - edge + 1.2 * edge**1.2)


def test_a_posterior_without_folds_says_so():
    bare = replace(read_posterior(), provenance=MappingProxyType({}))
    with pytest.raises(CalibrationError, match="no families were held out"):
        recalibrated_by(bare, "mixture", np.zeros((3, 1)), np.zeros((3, 1)))


def test_one_that_lies_beyond_all_draws_has_a_finite_score():
    draws = np.zeros((100, 3))
    low, tied, high = normal_scores(draws, np.array([-1.0, 0.0, 1.0]))
    assert -np.inf < low < tied < high < np.inf
    assert tied == pytest.approx(0.0)


def test_the_shipped_posterior_recalibrates_what_it_predicts_of_new_models(rng):
    posterior = read_posterior()
    draws = rng.standard_normal((4000, 1))
    for rent in (*posterior.rents, "mixture"):
        for found, kind in zip(
            recalibrated_by(posterior, rent, draws, draws), ("output", "input"), strict=True
        ):
            told = posterior.provenance["recalibration"][rent][kind]
            wanted = Recalibration(told["scale"], told["power"])
            assert (found == wanted.applied(draws)).all()
            assert 0 < told["errors"]["scale"] < 0.3
