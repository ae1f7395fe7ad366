"""How far apart hosts of one model set their prices: more for some models than for others.

Hosts of a new model stay near each other and near its creator's list; of an old one they drift
apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.market import Market

Array = npt.NDArray[np.float64]

LEVEL: Final = "noise"
RATIO: Final = "split|noise"
# No scale is below it: ties would have a density without bounds.
LEAST: Final[Mapping[str, float]] = MappingProxyType({LEVEL: 0.03, RATIO: 0.05})
# What each scale is made of, besides a number of its own for each model: name → mean and sd of its
# prior; a mean of None is a half-normal distribution.
PARTS: Final[Mapping[str, tuple[float | None, float]]] = MappingProxyType(
    {"typical": (None, 0.4), "age": (0.0, 0.5), "listed": (0.0, 0.5), "spread": (None, 0.5)}
)
# Years since the listing of a model whose hosts are as far apart as `typical` says.
TYPICAL_AGE: Final = 0.5


def sold_by_creators(market: Market) -> Array:
    """Return 1 for each model that its creator sells itself, else 0."""
    found = np.zeros(len(market.models.names))
    found[market.model[market.listed >= 0]] = 1.0
    return found


def noise(market: Market, name: str) -> Any:
    """Return the scale by which prices of each model's hosts differ, in PyMC.

    Parameters
    ----------
    market : Market
    name : {"noise", "split|noise"}
        Of the level of prices, or of the ratio of output to input price.
    """
    import pymc as pm

    parts = {
        part: pm.HalfNormal(f"{name}|{part}", sd)
        if mean is None
        else pm.Normal(f"{name}|{part}", mean, sd)
        for part, (mean, sd) in PARTS.items()
    }
    standard = pm.Normal(f"{name}|z", 0.0, 1.0, shape=len(market.models.names))
    found = _scale(name, parts, market.models.age, sold_by_creators(market), standard, pm.math.exp)
    return pm.Deterministic(f"{name}|scale", found)


def drawn_noise(
    draws: Mapping[str, Array], name: str, age: Array, sold: Array, rng: np.random.Generator
) -> Array:
    """Return draws of the scale for models that no host has priced yet.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Name → (draw, ...).
    name : {"noise", "split|noise"}
    age : ndarray, shape (model,)
        Years.
    sold : ndarray, shape (model,) or (draw, model)
        1 where the creator sells the model itself, else 0.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (draw, model)
    """
    parts = {part: draws[f"{name}|{part}"][:, None] for part in PARTS}
    shape = (draws[f"{name}|typical"].size, age.size)
    return np.asarray(_scale(name, parts, age, sold, rng.standard_normal(shape), np.exp))


def _scale(
    name: str, parts: Mapping[str, Any], age: Array, sold: Array, standard: Any, exp: Any
) -> Any:
    about = parts["age"] * (age - TYPICAL_AGE) + parts["listed"] * sold
    return LEAST[name] + parts["typical"] * exp(about + parts["spread"] * standard)
