"""Draw the prices that the model expects of endpoints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import LEVEL, RATIO
from margincarlo.calibration.likelihood import RATIO_TAILS, TIE
from margincarlo.calibration.market import Market

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]


def log_prices(
    draws: Mapping[str, Array],
    market: Market,
    endpoints: Index,
    *,
    seen: bool,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return draws of the logarithm of output and input price, USD/Mtok.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Name → (draw, ...), with the means of every endpoint.
    market : Market
    endpoints : ndarray of int
        Whose prices are wanted.
    seen : bool
        Whether the creator's own list is known; if not, it is drawn, and who copies it asks what
        was drawn.
    rng : numpy.random.Generator

    Returns
    -------
    log_output, log_input : ndarray
        (draw, endpoint); both are the blended price where the market has no split.
    """
    listed = market.listed[endpoints]
    every = np.union1d(endpoints, listed[listed >= 0])
    blends, splits = _own(draws, market, every, rng)
    place = np.searchsorted(every, endpoints)
    blend, split = blends[:, place], splits[:, place]
    if seen:
        lists = market.creator_blend[endpoints], market.creator_split[endpoints]
    else:
        at = np.searchsorted(every, np.maximum(listed, every[0]))
        lists = blends[:, at], splits[:, at]
    copied = rng.random(blend.shape) < draws["copies"][:, market.model[endpoints]]
    copied &= np.isfinite(market.creator_blend[endpoints])
    blend = np.where(copied, lists[0] + TIE * rng.standard_normal(blend.shape), blend)
    split = np.where(copied, lists[1] + TIE * rng.standard_normal(blend.shape), split)
    if not market.has_split:
        return blend, blend
    return blend + split / 2, blend - split / 2


def _own(
    draws: Mapping[str, Array], market: Market, endpoints: Index, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return draws of blend and split that endpoints set themselves."""
    model = market.model[endpoints]
    blend, split = draws["blend_mean"][:, endpoints], draws["split_mean"][:, endpoints]
    tails = np.broadcast_to(draws["tails"][:, None], blend.shape)
    level, ratio = (draws[f"{name}|scale"][:, model] for name in (LEVEL, RATIO))
    return (
        blend + level * rng.standard_t(tails),
        split + ratio * rng.standard_t(RATIO_TAILS, blend.shape),
    )
