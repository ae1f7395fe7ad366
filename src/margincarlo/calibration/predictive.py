"""Draw the prices that the model expects of endpoints."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.levels import SPLIT_TAILS
from margincarlo.calibration.likelihood import TIE
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
        Whether the creator's own list is known; if not, who copies it is as uncertain as it is.
    rng : numpy.random.Generator

    Returns
    -------
    log_output, log_input : ndarray
        (draw, endpoint); both are the blended price where the market has no split.
    """
    blend = draws["blend_mean"][:, endpoints]
    split = draws["split_mean"][:, endpoints]
    shape = blend.shape
    tails = np.broadcast_to(draws["tails"][:, None], shape)
    blend = blend + draws["noise"][:, None] * rng.standard_t(tails)
    other = draws["split|noise"][:, None] * rng.standard_t(SPLIT_TAILS, shape)
    split = split + other
    if seen:
        lists = market.creator_blend[endpoints], market.creator_split[endpoints]
        share = draws["copies"][:, market.model[endpoints]]
        copied = (rng.random(shape) < share) & np.isfinite(lists[0])
        blend = np.where(copied, lists[0] + TIE * rng.standard_normal(shape), blend)
        split = np.where(copied, lists[1] + TIE * rng.standard_normal(shape), split)
    if not market.has_split:
        return blend, blend
    return blend + split / 2, blend - split / 2
