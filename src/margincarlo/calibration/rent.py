"""Assumptions about rent: what a model's price holds beyond its cost, on a log scale.

A price level is sampled for each model, since data identify it; the rent is what the cost leaves of
it. Where cost exceeds the level, the one-sided rents bend towards zero and let the price rise.
"""

from __future__ import annotations

import math
from typing import Any, Final

SHARPNESS: Final = 3.0
# Below the rounded corner prices say nothing: long tails there are never explored in full.
TAILS: Final = {"two_sided": 2.0, "softplus": 4.0}
# Median and log sd of the shape of the gamma distribution, which is learned.
SHAPE: Final = (2.0, 0.5)
# Nothing in the data prefers one of them: half of the weight goes to rents of either sign.
WEIGHTS: Final = {"two_sided": 0.5, "softplus": 0.35, "exponential": 0.05, "gamma": 0.1}
RENTS: Final = tuple(WEIGHTS)


def rent_of(kind: str, free: Any, pm: Any) -> Any:
    """Return the rent from what cost leaves of the price level; both are logarithms."""
    return free if kind == "two_sided" else rounded(free, pm)


def rounded(free: Any, pm: Any) -> Any:
    """Return zero far below zero and the value itself far above, with a rounded corner."""
    return pm.math.log1pexp(SHARPNESS * free) / SHARPNESS


def log_density(
    kind: str, free: Any, level: Any, about: Any, spread: Any, shape: Any, pm: Any
) -> Any:
    """Return the log density of each model's `free`.

    Parameters
    ----------
    kind : {"two_sided", "softplus", "exponential", "gamma"}
        two_sided: a model may sell below cost. The others never do, on average over its hosts: a
        rounded corner at zero, or an exponential or gamma distribution above it.
    free : graph
        What cost leaves of the price level, one a model.
    level : graph
        Rent of the typical model.
    about : graph
        What quality, size and creator add for each model.
    spread : graph
        Scale of what is left, for rents that are not exponential or gamma.
    shape : graph
        Shape of the gamma distribution.
    """
    if kind in TAILS:
        return pm.logp(pm.StudentT.dist(TAILS[kind], level + about, sigma=spread), free)
    mean = rounded(level, pm) * pm.math.exp(about)
    value = rounded(free, pm)
    jacobian = -pm.math.log1pexp(-SHARPNESS * free)
    rate = shape / mean
    density = shape * pm.math.log(rate) + (shape - 1) * pm.math.log(value) - rate * value
    return density - pm.math.gammaln(shape) + jacobian


def shape_of(kind: str, pm: Any) -> Any:
    """Return the shape of the distribution of rents; 1 is the exponential, and where it has none.

    All assumptions have the variable, so that their draws lie in one table.
    """
    if kind == "gamma":
        return pm.LogNormal("rent|shape", math.log(SHAPE[0]), SHAPE[1])
    return pm.Deterministic("rent|shape", pm.math.constant(1.0))
