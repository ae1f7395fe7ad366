"""Simulate prices from the model itself, to see whether it finds what made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import (
    LEVEL,
    PARTS,
    RATIO,
    drawn_noise,
    sold_by_creators,
)
from margincarlo.calibration.levels import (
    EFFECT_TAILS,
    FLAGS,
    SPLIT_TAILS,
    TYPICAL_RENT,
    TYPICAL_SPLIT,
    averages,
)
from margincarlo.calibration.likelihood import LEAST_TAILS
from margincarlo.calibration.market import Market
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.quality import TYPICAL
from margincarlo.calibration.rent import TAILS
from margincarlo.calibration.replicate import blend_and_split, endpoint_means
from margincarlo.calibration.without import without_prices

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Simulated:
    """Prices, and what they were made of.

    Attributes
    ----------
    blend, split : ndarray
        Mean and difference of the logarithms of output and input price, one an endpoint.
    truth : mapping of str to ndarray
        Name → what it was, shape (1, ...).
    """

    blend: Array
    split: Array
    truth: Mapping[str, Array]


def simulate(market: Market, *, seed: int, **fixed: float) -> Simulated:
    """Draw everything from its prior with rents of either sign, and prices from that.

    Parameters
    ----------
    market : Market
        Its models, hosts and speeds; the quality of every model must be known.
    seed : int
    **fixed : float
        Name of a number → its value, in place of a draw. Names with a bar in them are written with
        two underscores: ``passed_on__split=1.0``.

    Returns
    -------
    Simulated
        The creator's own list is a price like any other; nobody copies it.
    """
    rng = np.random.default_rng([seed, 17])
    truth = {**without_prices(1, seed=seed), **_numbers(rng)}
    truth |= {name.replace("__", "|"): np.array([value]) for name, value in fixed.items()}
    cost, ratio = blend_and_split(truth, market.sites)
    of_model, ratio_of_model = cost @ averages(market).T, ratio @ averages(market).T
    truth |= _models(market, truth, of_model, ratio_of_model, rng)
    providers = len(market.providers)
    truth["provider_effect"] = truth["provider|spread"][:, None] * rng.standard_t(
        EFFECT_TAILS, (1, providers)
    )
    truth["copies"] = np.zeros((1, len(market.models.names)))
    for name in (LEVEL, RATIO):
        sold = sold_by_creators(market)
        truth[f"{name}|scale"] = drawn_noise(truth, name, market.models.age, sold, rng)
    means = dict(zip(("blend_mean", "split_mean"), endpoint_means(truth, market), strict=True))
    endpoints = np.arange(market.model.size)
    output, prompt = log_prices({**truth, **means}, market, endpoints, seen=False, rng=rng)
    return Simulated((output[0] + prompt[0]) / 2, output[0] - prompt[0], truth)


def _numbers(rng: np.random.Generator) -> dict[str, Array]:
    """Return what the market has one of; priors are those of `levels` and `likelihood`."""

    def half(sd: float) -> float:
        return float(np.abs(sd * rng.standard_normal()))

    drawn = {
        "rent|level": rng.normal(*TYPICAL_RENT),
        "rent|spread": half(0.5),
        "rent|creators": half(0.6),
        "passed_on|cost": rng.normal(0.5, 0.6),
        "passed_on|precision": rng.normal(0.3, 0.3),
        "passed_on|split": rng.uniform(),
        "speed": rng.normal(0.1, 0.15),
        **{name: rng.normal(*prior) for name, prior in FLAGS.items()},
        "provider|spread": half(0.3),
        "split|level": rng.normal(*TYPICAL_SPLIT),
        "split|creators": half(0.2),
        "split|spread": half(0.3),
        "split|surprise": rng.normal(0.0, 0.3),
        **{
            f"{name}|{part}": half(sd) if mean is None else rng.normal(mean, sd)
            for name in (LEVEL, RATIO)
            for part, (mean, sd) in PARTS.items()
        },
        "tails": LEAST_TAILS + rng.gamma(2.0, 1 / 0.5),
    }
    found = {name: np.array([value], dtype=np.float64) for name, value in drawn.items()}
    found["rent|slopes"] = rng.normal([0.5, 0.3, 0.1, 0.1], [0.5, 0.3, 0.3, 0.3])[None]
    found["split|slopes"] = rng.normal(0.0, 0.2, 2)[None]
    return found


def _models(
    market: Market,
    truth: Mapping[str, Array],
    cost: Array,
    ratio: Array,
    rng: np.random.Generator,
) -> dict[str, Array]:
    models = market.models
    level = models.index - TYPICAL
    about = np.stack([level, level**2, models.log_total, models.log_active])
    creators = rng.standard_t(EFFECT_TAILS, len(models.creators))[models.creator]
    size = level.size
    expected = (
        truth["rent|level"]
        + (truth["passed_on|cost"] - 1) * (cost - cost.mean())
        + truth["rent|creators"] * creators
        + truth["rent|slopes"] @ about
    )
    free = expected + truth["rent|spread"] * rng.standard_t(TAILS, size)
    creators = rng.standard_normal(len(models.creators))[models.creator]
    split = (
        truth["split|level"]
        + truth["passed_on|split"] * (ratio - ratio.mean())
        + truth["split|creators"] * creators
        + truth["split|slopes"] @ about[2:]
        + truth["split|surprise"] * (free - expected)
        + truth["split|spread"] * rng.standard_t(SPLIT_TAILS, size)
    )
    return {"rent": free, "split": split, "price_level": cost + free}


def without_lists(market: Market) -> Market:
    """Return the market with no creator's list to copy."""
    nothing = np.full(market.model.size, np.nan)
    nowhere = np.full(market.model.size, -1, dtype=np.int64)
    return replace(market, creator_blend=nothing, creator_split=nothing, listed=nowhere)
