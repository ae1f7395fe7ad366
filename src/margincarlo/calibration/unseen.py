"""Rent and ratio of a model that no host has priced yet: from the population of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, stdtr, stdtrit

from margincarlo.calibration.dispersion import LEVEL, RATIO, drawn_noise
from margincarlo.calibration.levels import EFFECT_TAILS, SPLIT_TAILS
from margincarlo.calibration.quality import TYPICAL
from margincarlo.calibration.rent import REGRESSED, RENTS, SHARPNESS, TAILS, expected_rent

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

# Of each model: how far its hosts are apart, and what share of them copies the creator's list.
SCALES: Final = (f"{LEVEL}|scale", f"{RATIO}|scale", "copies")
# What rents take of `pymc`, for numbers.
NUMBERS: Final = SimpleNamespace(
    math=SimpleNamespace(exp=np.exp, log1pexp=lambda value: np.logaddexp(0.0, value))
)


@dataclass(frozen=True)
class Newcomer:
    """What is known of a model that is not on the market.

    Attributes
    ----------
    log_total, log_active : float
        Logarithms of parameters in units of 10^11 and 10^10.
    age : float
        Years since its release.
    index : float or None
        Quality index / 20; None: as age and size let expect.
    creator : int or None
        Place among the creators; None: a new one.
    sold : float
        1 if its creator sells it, 0 if not; between them, the probability of it.
    """

    log_total: float
    log_active: float
    age: float
    index: float | None
    creator: int | None
    sold: float


def rent_and_split(
    draws: Mapping[str, Array],
    variant: Index,
    newcomer: Newcomer,
    cost: Array,
    ratio: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return draws of the rent of a new model, and of the ratio of its list.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Name → (draw, ...), with all names of `AXES`.
    variant : ndarray of int
        Assumption about rent of each draw.
    newcomer : Newcomer
    cost : ndarray, shape (draw,)
        Logarithm of its blended cost, USD/Mtok.
    ratio : ndarray, shape (draw,)
        Logarithm of the ratio of its costs over that of the market's average model.
    rng : numpy.random.Generator

    Returns
    -------
    rent, split : ndarray, shape (draw,)
        Logarithms.
    """
    beyond = _beyond(draws, newcomer, cost, rng)
    rent, surprise = np.empty(variant.size), np.empty(variant.size)
    for place, kind in enumerate(RENTS):
        own = variant == place
        names = ("rent|level", "rent|spread", "rent|shape")
        level, spread, shape = (draws[name][own] for name in names)
        expected = expected_rent(kind, level, beyond[own], NUMBERS)
        rent[own] = rents(kind, expected, spread, shape, rng)
        apart = rent[own] if kind in REGRESSED else unrounded(rent[own])
        surprise[own] = apart - level - beyond[own]
    return rent, _split(draws, newcomer, ratio, surprise, rng)


def scales_of(
    draws: Mapping[str, Array], newcomer: Newcomer, rng: np.random.Generator
) -> dict[str, Array]:
    """Return draws of how far hosts of a new model are apart, and what share copies its creator.

    Names are those of `SCALES`; one number a draw. Nobody copies a creator that does not sell.
    """
    size = draws["copies|level"].size
    sells = (rng.random(size) < newcomer.sold).astype(np.float64)
    about = np.array([newcomer.age]), sells[:, None]
    found = {
        f"{name}|scale": drawn_noise(draws, name, *about, rng)[:, 0] for name in (LEVEL, RATIO)
    }
    odds = draws["copies|level"] + draws["copies|spread"] * rng.standard_normal(size)
    return {**found, "copies": sells * expit(odds)}


def rents(
    kind: str, expected: Array, spread: Array, shape: Array, rng: np.random.Generator
) -> Array:
    """Return draws of rents, from the density of `margincarlo.calibration.rent.log_density`.

    The parameters are given that no model of the market sells below cost, not that this one does
    not: a truncated distribution for each draw of them.
    """
    if kind == "two_sided":
        return np.asarray(expected + spread * rng.standard_t(TAILS, expected.size))
    if kind != "softplus":
        return np.asarray(rng.gamma(shape, expected / shape))
    # By the inverse of the upper tail: what lies above zero may be very little.
    tail = stdtr(TAILS, expected / spread) * rng.uniform(size=expected.size)
    return np.asarray(np.maximum(expected - spread * stdtrit(TAILS, tail), 0.0))


def _beyond(
    draws: Mapping[str, Array], newcomer: Newcomer, cost: Array, rng: np.random.Generator
) -> Array:
    quality = _quality(draws, newcomer, rng)
    size = np.ones(cost.size)
    about = (quality, quality**2, newcomer.log_total * size, newcomer.log_active * size)
    # What the typical model's price holds beyond its rent is the average cost.
    average = draws["typical_price"] - draws["rent|level"]
    found = (draws["passed_on|cost"] - 1) * (cost - average)
    found = found + draws["rent|creators"] * _creator(
        draws["rent|creator|z"], newcomer, rng.standard_t(EFFECT_TAILS, cost.size)
    )
    return np.asarray(found + (draws["rent|slopes"] * np.column_stack(about)).sum(axis=1))


def _quality(draws: Mapping[str, Array], newcomer: Newcomer, rng: np.random.Generator) -> Array:
    size = draws["quality|spread"].size
    if newcomer.index is not None:
        return np.full(size, newcomer.index - TYPICAL)
    about = np.array([1.0, newcomer.age, newcomer.log_total, newcomer.log_active])
    expected = draws["quality|slopes"] @ about
    return np.asarray(
        expected + draws["quality|spread"] * rng.standard_normal(size) - TYPICAL,
        dtype=np.float64,
    )


def _split(
    draws: Mapping[str, Array],
    newcomer: Newcomer,
    ratio: Array,
    surprise: Array,
    rng: np.random.Generator,
) -> Array:
    about = np.array([newcomer.log_total, newcomer.log_active])
    creator = draws["split|creators"] * _creator(
        draws["split|creator|z"], newcomer, rng.standard_normal(ratio.size)
    )
    typical = draws["split|level"] + draws["passed_on|split"] * ratio + creator
    typical = typical + draws["split|slopes"] @ about + draws["split|surprise"] * surprise
    return np.asarray(typical + draws["split|spread"] * rng.standard_t(SPLIT_TAILS, ratio.size))


def _creator(effects: Array, newcomer: Newcomer, another: Array) -> Array:
    if newcomer.creator is None:
        return another
    return np.asarray(effects[:, newcomer.creator], dtype=np.float64)


def unrounded(rent: Array) -> Array:
    """Return what `margincarlo.calibration.rent.rounded` makes a rent of."""
    # log(exp(x) - 1) where neither a small nor a large x loses digits.
    scaled = SHARPNESS * np.maximum(rent, np.finfo(np.float64).tiny)
    return np.asarray((scaled + np.log(-np.expm1(-scaled))) / SHARPNESS)
