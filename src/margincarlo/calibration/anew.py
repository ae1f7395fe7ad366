"""Draw anew what is a model's own, given what all models share: a held-out model taught nothing.

A chain would draw it as well, but once for each of its draws, and slowly where tails are heavy.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from margincarlo.calibration.dispersion import LEVEL, RATIO, drawn_noise, sold_by_creators
from margincarlo.calibration.levels import SPLIT_TAILS
from margincarlo.calibration.market import Market
from margincarlo.calibration.rent import REGRESSED, expected_rent
from margincarlo.calibration.unseen import NUMBERS, SCALES, rents, unrounded

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

MEANS = ("blend_mean", "split_mean")


def anew(
    kind: str,
    draws: Mapping[str, Array],
    market: Market,
    endpoints: Index,
    *,
    times: int,
    rng: np.random.Generator,
) -> dict[str, Array]:
    """Return what `margincarlo.calibration.predictive.log_prices` takes, of models held out.

    Parameters
    ----------
    kind : str
        Assumption about rent.
    draws : mapping of str to ndarray
        Name → (draw, ...), of a sample that held the models of these endpoints out.
    market : Market
    endpoints : ndarray of int
        All of them of models that were held out whole.
    times : int
        How often to draw for each draw of what models share.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to ndarray
        Name → (draw x times, ...).
    """
    names = (*MEANS, *SCALES, "tails")
    found = {name: np.repeat(draws[name], times, axis=0) for name in names}
    shared = {
        name: np.repeat(each, times, axis=0)
        for name, each in draws.items()
        if name not in (*MEANS, "log_likelihood")
    }
    for model in np.unique(market.model[endpoints]):
        own = endpoints[market.model[endpoints] == model]
        rent, surprise = _rent(kind, shared, model, rng)
        found["blend_mean"][:, own] += (rent - shared["rent"][:, model])[:, None]
        found["split_mean"][:, own] = _split(shared, model, surprise, rng)[:, None]
        for name, each in _scales(shared, market, model, rng).items():
            found[name][:, model] = each
    return found


def _rent(
    kind: str, shared: Mapping[str, Array], model: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return draws of a model's rent, and of what is unexpected of it."""
    level, surprise = shared["rent|level"], shared["surprise"][:, model]
    beyond = _apart(kind, shared["rent"][:, model]) - surprise - level
    expected = expected_rent(kind, level, beyond, NUMBERS)
    rent = rents(kind, expected, shared["rent|spread"], shared["rent|shape"], rng)
    return rent, _apart(kind, rent) - beyond - level


def _apart(kind: str, rent: Array) -> Array:
    return rent if kind in REGRESSED else unrounded(rent)


def _split(
    shared: Mapping[str, Array], model: int, surprise: Array, rng: np.random.Generator
) -> Array:
    typical = shared["split|typical"][:, model] + shared["split|surprise"] * surprise
    return np.asarray(typical + shared["split|spread"] * rng.standard_t(SPLIT_TAILS, surprise.size))


def _scales(
    shared: Mapping[str, Array], market: Market, model: int, rng: np.random.Generator
) -> dict[str, Array]:
    about = market.models.age[[model]], sold_by_creators(market)[[model]]
    found = {
        f"{name}|scale": drawn_noise(shared, name, *about, rng)[:, 0] for name in (LEVEL, RATIO)
    }
    size = shared["copies|level"].size
    odds = shared["copies|level"] + shared["copies|spread"] * rng.standard_normal(size)
    return {**found, "copies": expit(odds)}
