"""Whole groups are held out together, in folds of about one size."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from margincarlo.calibration.folds import folds, groups_by
from margincarlo.calibration.market import Market, market_of
from margincarlo.prices.offers import offers
from margincarlo.prices.snapshot import read_snapshot
from margincarlo.registry import find_model

GROUPS = [name for size, name in enumerate("abcdefghij", start=1) for _ in range(size)]


@pytest.fixture(scope="module")
def market() -> Market:
    return market_of(offers(read_snapshot()).frame())


@pytest.mark.parametrize("k", [2, 3, 10])
@pytest.mark.parametrize("seed", range(3))
def test_no_group_is_split_and_no_fold_is_empty(k: int, seed: int):
    fold = folds(GROUPS, k, seed)
    assert sorted(set(fold)) == list(range(k))
    for name in set(GROUPS):
        assert len({fold[row] for row, other in enumerate(GROUPS) if other == name}) == 1


@pytest.mark.parametrize("by", ["family", "model", "row"])
def test_folds_of_the_shipped_snapshot_have_about_as_many_rows(market: Market, by: str):
    groups = groups_by(market, by)
    sizes = np.bincount(folds(groups, 8, seed=0))
    # One family is larger than an eighth: no deal can do better than to leave it alone.
    largest = max(Counter(groups).values())
    assert sizes.max() <= max(largest, 1.05 * sizes.mean())
    assert sizes.min() >= 0.95 * sizes.mean()


def test_a_seed_decides():
    rows = [str(row) for row in range(40)]
    assert (folds(rows, 4, seed=1) == folds(rows, 4, seed=1)).all()
    assert (folds(rows, 4, seed=1) != folds(rows, 4, seed=2)).any()


def test_the_order_of_rows_does_not_matter_to_a_group():
    backwards = folds(GROUPS[::-1], 3, seed=0)[::-1]
    assert (folds(GROUPS, 3, seed=0) == backwards).all()


@pytest.mark.parametrize("k", [0, 1, 11])
def test_too_many_folds_or_too_few_are_refused(k: int):
    with pytest.raises(ValueError, match=f"{k} folds of 10 groups; choose from 2 to 10"):
        folds(GROUPS, k, seed=0)


def test_no_geometry_is_in_two_folds_by_family(market: Market):
    fold = folds(groups_by(market, "family"), 8, seed=0)
    held: dict[tuple[object, ...], set[int]] = {}
    for row, place in enumerate(market.model):
        model = find_model(market.models.names[place])
        creator = market.models.creators[market.models.creator[place]]
        for shape in (
            (creator, model.layers, model.hidden_size, model.experts),
            (model.total_params_b, model.active_params_b),
        ):
            held.setdefault(shape, set()).add(int(fold[row]))
    assert all(len(each) == 1 for each in held.values()), held


def test_siblings_are_told_apart_by_model_but_not_by_family(market: Market):
    siblings = {"moonshotai/kimi-k2.5", "moonshotai/kimi-k2.6"}
    rows = [n for n, name in enumerate(groups_by(market, "model")) if name in siblings]
    assert {groups_by(market, "model")[row] for row in rows} == siblings
    assert len({groups_by(market, "family")[row] for row in rows}) == 1


def test_each_row_is_a_group_of_its_own(market: Market):
    assert len(set(groups_by(market, "row"))) == market.model.size


def test_an_unknown_way_to_hold_out_is_named(market: Market):
    with pytest.raises(ValueError, match="'families'; choose from family, model, row; did you"):
        groups_by(market, "families")
