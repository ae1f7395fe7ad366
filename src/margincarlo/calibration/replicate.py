"""What a posterior says of every endpoint of its market, from joint draws and the equations."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.costs import log_costs
from margincarlo.calibration.levels import FLAGS, asked, averages, properties
from margincarlo.calibration.market import Market, market_of
from margincarlo.calibration.posterior import AXES, Posterior
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.sites import Sites
from margincarlo.errors import CalibrationError
from margincarlo.prices.offers import Offers

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

# Draws at a time: every step of the equations is held at once.
BLOCK: Final = 100


def endpoint_means(draws: Mapping[str, Array], market: Market) -> tuple[Array, Array]:
    """Return level and ratio of the prices that each endpoint would set itself.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Name → (draw, ...), with all names of `AXES`.
    market : Market
        That the draws were learned from.

    Returns
    -------
    blend_mean, split_mean : ndarray, shape (draw, endpoint)
        Mean and difference of the logarithms of output and input price, USD/Mtok.
    """
    cost, _ = blend_and_split(draws, market.sites)
    of_model = cost @ averages(market).T
    level = (of_model + draws["rent"])[:, market.model]
    blend = asked(
        level,
        draws["passed_on|precision"][:, None] * (cost - of_model[:, market.model]),
        draws["provider_effect"][:, market.provider],
        slopes(draws),
        properties(market),
    )
    return blend, draws["split"][:, market.model]


def slopes(draws: Mapping[str, Array]) -> dict[str, Array]:
    """Return the slopes of `asked`, ready to broadcast against endpoints."""
    return {name: draws[name][:, None] for name in ("speed", *FLAGS)}


def blend_and_split(draws: Mapping[str, Array], sites: Sites) -> tuple[Array, Array]:
    """Return mean and difference of the logarithms of loaded output and input cost.

    Parameters
    ----------
    draws : mapping of str to ndarray
        Beliefs: name → (draw,), on the scales of their priors.
    sites : Sites
        With the mean efficiencies of their models, as the fit has them.

    Returns
    -------
    blend, split : ndarray, shape (draw, endpoint)
        Costs are in USD/Mtok.
    """
    size = draws["gpu_hour_cost"].size
    parts = []
    for first in range(0, size, BLOCK):
        held = {name: draws[name][first : first + BLOCK, None] for name in BELIEFS}
        parts.append(log_costs(sites, held, loaded=True, exp=np.exp, log=np.log))
    output, prompt = (np.concatenate(each) for each in zip(*parts, strict=True))
    return (output + prompt) / 2, output - prompt


def rows_of(posterior: Posterior, rows: Index) -> dict[str, Array]:
    """Return some draws of a posterior, all names of each."""
    return {name: posterior.draws[name][rows] for name in AXES}


def market_behind(posterior: Posterior, offers: Offers | None = None) -> Market:
    """Return the market that a posterior was learned from.

    Parameters
    ----------
    posterior : Posterior
    offers : Offers, optional
        Its offers; those of the shipped snapshot otherwise.

    Raises
    ------
    CalibrationError
        If these are other offers.
    SnapshotError
        If they have no credible split into input and output prices.
    """
    if offers is None:
        from margincarlo.prices.offers import offers as judged
        from margincarlo.prices.snapshot import read_snapshot

        offers = judged(read_snapshot())
    check_offers(posterior, offers)
    offers.check_split()
    market = market_of(offers.frame())
    if (market.models.names, market.providers) != (posterior.models, posterior.providers):
        raise CalibrationError(
            "the offers hold other models or hosts than the posterior: the registry of models has"
            " changed since; calibrate again"
        )
    return market


def check_offers(posterior: Posterior, offers: Offers) -> None:
    """Refuse offers that a posterior was not learned from."""
    learned = posterior.provenance.get("snapshot")
    if offers.sha256 != learned:
        raise CalibrationError(
            f"the posterior was learned from snapshot {str(learned)[:12]} and these offers are of"
            f" {offers.sha256[:12]} ({offers.observed_at[:10]}); give the offers that it was"
            " learned from, or calibrate on these"
        )


def one_endpoint(market: Market, creator: tuple[float, float]) -> Market:
    """Return a market of one endpoint of one model, that may copy a creator's blend and split."""
    return replace(
        market,
        model=np.array([0]),
        listed=np.array([-1]),
        creator_blend=np.array([creator[0]]),
        creator_split=np.array([creator[1]]),
    )


def beside_its_list(market: Market, *, copies: bool) -> Market:
    """Return a market of one model: a host, that may copy the list beside it or never does."""
    never = np.array([math.nan, math.nan])
    lists = np.array([0.0, math.nan]) if copies else never
    return replace(
        market,
        model=np.array([0, 0]),
        listed=np.array([1, 1]),
        creator_blend=lists,
        creator_split=lists,
    )


def part_of(sites: Sites, places: Index) -> Sites:
    """Return some of the endpoints."""
    return Sites(
        {name: each[places] for name, each in sites.facts.items()},
        {name: each[..., places] for name, each in sites.offsets.items()},
        tuple(sites.served[place] for place in places),
    )
