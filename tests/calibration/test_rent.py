"""Assumptions about rent: what their densities say, rents of unseen models follow."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from margincarlo.calibration.rent import RENTS, TAILS, log_density, rent_of, under
from margincarlo.calibration.unseen import rents

EXPECTED, SPREAD, SHAPE = 0.2, 0.3, 2.5


def shape_of(kind):
    return 1.0 if kind == "exponential" else SHAPE


def unnormalized(kind, rent):
    """What the assumption says of a rent, straight from its definition."""
    if kind in ("exponential", "gamma"):
        return stats.gamma.pdf(rent, shape_of(kind), scale=EXPECTED / shape_of(kind))
    density = stats.t.pdf(rent, TAILS, EXPECTED, SPREAD)
    return density if kind == "two_sided" else np.where(rent > 0, density, 0.0)


@pytest.mark.parametrize("kind", RENTS)
def test_the_density_is_that_of_the_rent_on_the_scale_it_is_sampled_on(kind):
    import pymc as pm

    step = 1e-5
    free = np.array([-1.0, -0.1, 0.05, 0.6, 2.0])
    values = np.stack([free, free + step, free - step])
    rent, above, below = rent_of(kind, pm.math.constant(values), pm).eval()
    found = log_density(kind, free, EXPECTED, SPREAD, shape_of(kind), pm).eval()
    wanted = unnormalized(kind, rent) * (above - below) / (2 * step)
    assert np.exp(found) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("kind", RENTS)
def test_one_graph_serves_all_assumptions(kind):
    import pymc as pm
    from pytensor.compile.sharedvalue import shared
    from pytensor.gradient import grad

    free = pm.math.constant(np.array([-2.0, -0.1, 0.05, 2.0]))
    place = shared(np.int64(RENTS.index(kind)))

    def density(each):
        return log_density(each, free, EXPECTED, SPREAD, shape_of(each), pm)

    found = under(place, density, pm)
    assert found.eval() == pytest.approx(density(kind).eval())
    slope, alone = (cast("Any", grad(each.sum(), free)) for each in (found, density(kind)))
    assert slope.eval() == pytest.approx(alone.eval())


@pytest.mark.parametrize("kind", RENTS)
def test_rents_of_unseen_models_follow_the_same_density(kind, rng):
    expected, spread, shape = (np.full(40_000, each) for each in (EXPECTED, SPREAD, shape_of(kind)))
    found = rents(kind, expected, spread, shape, rng)
    least = -np.inf if kind == "two_sided" else 0.0
    assert found.min() >= least
    total = quad(lambda rent: unnormalized(kind, rent), least, np.inf)[0]
    for quantile in (0.1, 0.5, 0.9):
        at = np.quantile(found, quantile)
        below = quad(lambda rent: unnormalized(kind, rent), least, at, limit=200)[0]
        assert below / total == pytest.approx(quantile, abs=0.01)


def test_where_a_rent_is_next_to_impossible_it_is_still_above_zero(rng):
    found = rents("softplus", np.full(100, -20.0), np.full(100, 0.01), np.ones(100), rng)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
