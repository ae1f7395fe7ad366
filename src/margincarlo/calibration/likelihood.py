"""Each host copies the creator's list, or sets a level and a ratio of its own."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from margincarlo.calibration.dispersion import LEVEL, RATIO, noise
from margincarlo.calibration.market import Market

# A copied list differs by rounding.
TIE: Final = 0.02
LEAST_TAILS: Final = 2.0
# Of the ratio that a host sets itself. With heavier ones, chains do not travel where a model has
# two hosts that set different ratios.
RATIO_TAILS: Final = 6.0


def likelihood(market: Market, blend: Any, split: Any) -> None:
    """Add the likelihood of prices.

    Parameters
    ----------
    market : Market
        Without a credible split, blended prices are all that is looked at.
    blend, split : graph
        Level and ratio that each endpoint would set itself, as logarithms.
    """
    import pymc as pm

    weight = pm.Data("weight", np.ones(market.model.size))
    seen_blend = pm.Data("seen_blend", market.blend)
    own = _own_level(market, seen_blend, blend)
    same = pm.logp(pm.Normal.dist(np.nan_to_num(market.creator_blend), TIE), seen_blend)
    if market.has_split:
        seen_split = pm.Data("seen_split", market.split)
        own = own + _own_ratio(market, seen_split, split)
        lists = np.nan_to_num(market.creator_split)
        same = same + pm.logp(pm.Normal.dist(lists, TIE), seen_split)
    share = _copies(market)[market.model]
    each = pm.math.where(np.isfinite(market.creator_blend), mixed(share, same, own), own)
    pm.Deterministic("log_likelihood", each)
    pm.Potential("prices", (weight * each).sum())


def _own_level(market: Market, seen: Any, blend: Any) -> Any:
    import pymc as pm

    scale = noise(market, LEVEL)[market.model]
    tails = pm.Deterministic("tails", LEAST_TAILS + pm.Gamma("tails|free", 2.0, 0.5))
    return pm.logp(pm.StudentT.dist(tails, blend, sigma=scale), seen)


def _own_ratio(market: Market, seen: Any, split: Any) -> Any:
    import pymc as pm

    scale = noise(market, RATIO)[market.model]
    # A second spike, at a ratio of the model's own, would fit ties better; but where hosts are few,
    # it may sit on any of them, and chains do not travel between.
    return pm.logp(pm.StudentT.dist(RATIO_TAILS, split, sigma=scale), seen)


def _copies(market: Market) -> Any:
    """Return the share of each model's hosts that copy its creator's list."""
    import pymc as pm

    level = pm.Normal("copies|level", -1.0, 1.0)
    spread = pm.HalfNormal("copies|spread", 1.5)
    standard = pm.Normal("copies|z", 0.0, 1.0, shape=len(market.models.names))
    return pm.Deterministic("copies", pm.math.invlogit(level + spread * standard))


def mixed(share: Any, first: Any, second: Any) -> Any:
    """Return the log density of a mixture of two."""
    import pymc as pm

    return pm.math.logaddexp(pm.math.log(share) + first, pm.math.log1p(-share) + second)
