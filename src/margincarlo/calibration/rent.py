"""Assumptions about rent: what a model's price holds beyond its cost, on a log scale.

A price level is sampled for each model, since data identify it, and the rent is what the cost
leaves of it. What rents there can be is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

# Of the scale that one-sided rents are sampled on; softplus rents do not depend on it, and of
# exponential and gamma ones only means near zero.
SHARPNESS: Final = 3.0
# Of exponential and gamma rents. Nearer to zero, a creator of one model that sells at cost may have
# any effect, and its rent has to follow: chains that stray there diverge.
LEAST_MEAN: Final = 0.02
# Of what a price holds beyond what was expected: a few families are far off.
TAILS: Final = 2.0
# Median and log sd of the shape of the gamma distribution, which is learned.
SHAPE: Final = (2.0, 0.5)
# Half of the weight goes to rents of either sign. Exponential and gamma rents predict prices worse
# than the others: they have the least weight at which one can still look at them.
WEIGHTS: Final = {"two_sided": 0.5, "softplus": 0.4, "exponential": 0.05, "gamma": 0.05}
RENTS: Final = tuple(WEIGHTS)
REGRESSED: Final = ("two_sided", "softplus")


def under(assumption: Any, graph_of: Callable[[str], Any], pm: Any) -> Any:
    """Return the graph of one assumption, chosen when it is evaluated: one compilation serves all.

    Parameters
    ----------
    assumption : graph of int
        A place in `RENTS`.
    graph_of : callable
        Name of an assumption → its graph.
    """
    first, *others = RENTS
    found = graph_of(first)
    for kind in others:
        chosen = pm.math.eq(assumption, RENTS.index(kind))
        found = pm.math.where(chosen, graph_of(kind), found)
    return found


def rent_of(kind: str, free: Any, pm: Any) -> Any:
    """Return the rent from the number that is sampled for it."""
    return free if kind == "two_sided" else rounded(free, pm)


def rounded(free: Any, pm: Any) -> Any:
    """Return a number above zero: the value itself far above, and nearly nothing far below."""
    return pm.math.log1pexp(SHARPNESS * free) / SHARPNESS


def expected_rent(kind: str, typical: Any, about: Any, pm: Any) -> Any:
    """Return the rent that is expected of each model.

    Parameters
    ----------
    kind : str
        Assumption about rent.
    typical : graph
        Rent of the typical model.
    about : graph
        What quality, size and creator add for each model.
    """
    expected = typical + about
    return expected if kind in REGRESSED else LEAST_MEAN + rounded(expected, pm)


def log_density(kind: str, free: Any, expected: Any, spread: Any, shape: Any, pm: Any) -> Any:
    """Return the log density of each model's `free`.

    Parameters
    ----------
    kind : {"two_sided", "softplus", "exponential", "gamma"}
        two_sided: a model may sell below cost. The others never do, on average over its hosts:
        rents are those of two_sided, given that none is below zero (softplus), or have an
        exponential or gamma distribution.
    free : graph
        What rents are sampled as, one a model.
    expected : graph
        As `expected_rent` returns it.
    spread : graph
        Scale of what is left, for rents that are not exponential or gamma.
    shape : graph
        Shape of the gamma distribution.
    """
    rent = rent_of(kind, free, pm)
    if kind in REGRESSED:
        density = pm.logp(pm.StudentT.dist(TAILS, expected, sigma=spread), rent)
    else:
        rate = shape / expected
        density = shape * pm.math.log(rate) - pm.math.gammaln(shape)
        density = density + (shape - 1) * pm.math.log(rent) - rate * rent
    return density if kind == "two_sided" else density - pm.math.log1pexp(-SHARPNESS * free)


def shape_of(assumption: Any, pm: Any) -> Any:
    """Return the shape of the distribution of rents: 1 for an exponential one, or none."""
    learned = pm.LogNormal("rent|shape|free", math.log(SHAPE[0]), SHAPE[1])
    return pm.Deterministic(
        "rent|shape", under(assumption, lambda kind: learned if kind == "gamma" else 1.0, pm)
    )
