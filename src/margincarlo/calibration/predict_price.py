"""What a host would ask for the tokens of a model."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import sold_by_creators
from margincarlo.calibration.endpoint import Endpoint, endpoint_of
from margincarlo.calibration.levels import EFFECT_TAILS, asked, averages
from margincarlo.calibration.market import INDEX_UNIT, TYPICAL_SPEED, Market
from margincarlo.calibration.monte_carlo import ALL, choose
from margincarlo.calibration.posterior import MIXTURE, WITHOUT, Posterior
from margincarlo.calibration.prediction import Prediction, check_positive
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.recalibrate import recalibrated_by
from margincarlo.calibration.replicate import (
    beside_its_list,
    blend_and_split,
    market_behind,
    one_endpoint,
    part_of,
    rows_of,
    slopes,
)
from margincarlo.calibration.unseen import SCALES, Newcomer, rent_and_split, scales_of
from margincarlo.errors import CalibrationError, did_you_mean
from margincarlo.prices.joined import day_of
from margincarlo.prices.offers import Offers
from margincarlo.registry import Model, find_model

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Draws = Mapping[str, Array]

LARGEST: Final = 50.0
LARGEST_INDEX: Final = 100.0


def predict_price(
    posterior: Posterior,
    model: str,
    *,
    provider: str | None = None,
    seen: bool | None = None,
    rent: str = MIXTURE,
    precision: str | None = None,
    speed: float = TYPICAL_SPEED,
    index: float | None = None,
    offers: Offers | None = None,
    seed: int = 0,
) -> Prediction:
    """Return what one host would ask for tokens of a model, before promotional discounts.

    Parameters
    ----------
    posterior : Posterior
    model : str
        Any name of a model in the registry.
    provider : str, optional
        A host of the market; a new one by default.
    seen : bool, optional
        Whether to use what the market asks for this model; by default, if it sells it. Otherwise
        the rent is drawn from the population of models.
    rent : str
        ``"mixture"`` or an assumption about rent.
    precision : str, optional
        As the model is published by default, bf16 as fp8.
    speed : float
        Tokens/s for one user.
    index : float, optional
        Artificial Analysis Intelligence Index of an unseen model; that of the listing by default,
        and where there is none, what its age and size let expect.
    offers : Offers, optional
        That the posterior was learned from; the shipped ones by default.
    seed : int

    Returns
    -------
    Prediction
        Prices of one endpoint: what is not known of the model's level, and how hosts differ.

    Raises
    ------
    CalibrationError
        If the market does not sell the model or has no such host, or the offers are others.

    Notes
    -----
    Prices of an unseen model are recalibrated, output and input each by itself: intervals are
    stretched by what they held of families that were held out. Nearly all of these had a creator
    and hosts that were known; of others it says little, and nothing of what lies beyond the central
    90 %. Take quantiles from 5 % to 95 %: tails are so heavy that means of draws say nothing, and
    the ratio of output to input is not recalibrated.

    A host copies the list of the model's creator as often as hosts do; of a model that is not seen,
    the list is drawn, and whether its creator sells it is as likely as for models of the market.

    At the size of closed flagships every such prediction of an unseen model is too low: their
    prices hold more rent than those of the models that it was learned from.
    """
    row = find_model(model)
    if index is not None:
        check_positive("index", index, LARGEST_INDEX)
    if rent == WITHOUT:
        raise CalibrationError("without prices there is no price to predict; predict_cost has one")
    rows = choose(posterior, rent, most=ALL).rows
    draws, variant = rows_of(posterior, rows), posterior.variant[rows]
    market = market_behind(posterior, offers)
    place = _place(market, row, seen)
    about = endpoint_of(market, row, place, provider, precision, speed)
    rng = np.random.default_rng([seed, 11])
    host = _host(draws, market, provider, rng)
    if place is None:
        observed_at = str(posterior.provenance["observed_at"])
        newcomer = _newcomer(market, row, index, about, observed_at)
        output, prompt = _unpriced(draws, variant, newcomer, about, market, host, rng)
        output, prompt = recalibrated_by(posterior, rent, output, prompt)
    else:
        output, prompt = _priced(draws, place, about, market, host, rng)
    return Prediction(row.id, rent, _prices(output), _prices(prompt), variant)


def _prices(log_price: Array) -> Array:
    # The tails of a population of rents reach prices that no float holds.
    return np.exp(np.clip(log_price[:, 0], -LARGEST, LARGEST))


def _place(market: Market, row: Model, seen: bool | None) -> int | None:
    """Return the place of a model among those of the market, if its prices are to be used."""
    sold = row.id in market.models.names
    if seen and not sold:
        raise CalibrationError(
            f"nobody on the market sells {row.id!r}{did_you_mean(row.id, market.models.names)};"
            " leave `seen` out to predict it from the other models"
        )
    return market.models.names.index(row.id) if sold and seen is not False else None


def _priced(
    draws: Draws, place: int, about: Endpoint, market: Market, host: Array, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return prices of a host of a model whose prices are known, and its creator's list too."""
    cost, _ = blend_and_split(draws, about.site)
    own = part_of(market.sites, np.flatnonzero(market.model == place))
    of_model = blend_and_split(draws, own)[0].mean(axis=1)
    level = of_model + draws["rent"][:, place]
    apart = draws["passed_on|precision"] * (cost[:, 0] - of_model)
    scales = {name: draws[name][:, place] for name in SCALES}
    means = _means(draws, [_asked(draws, level, apart, host, about)], draws["split"][:, place])
    lists = (math.nan, math.nan) if about.first_party else _list(market, place)
    one = one_endpoint(market, lists)
    return log_prices(means | _columns(scales), one, np.array([0]), seen=True, rng=rng)


def _unpriced(
    draws: Draws,
    variant: Index,
    newcomer: Newcomer,
    about: Endpoint,
    market: Market,
    host: Array,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return prices of a host of a model without prices; it may copy the list, which is drawn."""
    cost, ratio = (each[:, 0] for each in blend_and_split(draws, about.typical))
    average = (blend_and_split(draws, market.sites)[1] @ averages(market).T).mean(axis=1)
    rent, split = rent_and_split(draws, variant, newcomer, cost, ratio - average, rng)
    apart = draws["passed_on|precision"] * (blend_and_split(draws, about.site)[0][:, 0] - cost)
    blends = [
        _asked(draws, cost + rent, apart, host, about),
        _asked(draws, cost + rent, np.zeros_like(cost), host, about.of_creator()),
    ]
    means = _means(draws, blends, split) | _columns(scales_of(draws, newcomer, rng))
    pair = beside_its_list(market, copies=not about.first_party)
    return log_prices(means, pair, np.array([0]), seen=False, rng=rng)


def _asked(draws: Draws, level: Array, apart: Array, host: Array, about: Endpoint) -> Array:
    properties = {name: np.array([each]) for name, each in about.properties.items()}
    found = asked(level[:, None], apart[:, None], host[:, None], slopes(draws), properties)
    return np.asarray(found)


def _means(draws: Draws, blends: list[Array], split: Array) -> dict[str, Array]:
    splits = np.column_stack([split] * len(blends))
    return {"blend_mean": np.hstack(blends), "split_mean": splits, "tails": draws["tails"]}


def _columns(scales: Draws) -> dict[str, Array]:
    return {name: each[:, None] for name, each in scales.items()}


def _newcomer(
    market: Market, row: Model, index: float | None, about: Endpoint, observed_at: str
) -> Newcomer:
    known, creator = market.models, row.id.partition("/")[0]
    quality = None if index is None else index / INDEX_UNIT
    if quality is None and row.id in known.names:
        listed = float(known.index[known.names.index(row.id)])
        quality = listed if math.isfinite(listed) else None
    sold = sold_by_creators(market)
    since = (day_of(observed_at) - dt.date.fromisoformat(row.released)).days / 365.25
    # Whether the creator of a model off the market will sell it is as likely as for the others.
    sells, age = float(sold.mean()), max(since, 0.0)
    if row.id in known.names:
        place = known.names.index(row.id)
        sells, age = float(sold[place]), float(known.age[place])
    return Newcomer(
        log_total=math.log(row.total_params_b / 100),
        log_active=math.log(row.active_params_b / 10),
        age=age,
        index=quality,
        creator=known.creators.index(creator) if creator in known.creators else None,
        sold=1.0 if about.first_party else sells,
    )


def _host(
    draws: Mapping[str, Array], market: Market, provider: str | None, rng: np.random.Generator
) -> Array:
    if provider is None:
        spread = draws["provider|spread"]
        return np.asarray(spread * rng.standard_t(EFFECT_TAILS, spread.size))
    if provider not in market.providers:
        raise CalibrationError(
            f"no host is called {provider!r}{did_you_mean(provider, market.providers)};"
            " leave it out for a new one"
        )
    return draws["provider_effect"][:, market.providers.index(provider)]


def _list(market: Market, place: int) -> tuple[float, float]:
    """Return blend and split of what the creator asks itself; nan if it does not sell."""
    row = market.listed[np.flatnonzero(market.model == place)[0]]
    if row < 0:
        return math.nan, math.nan
    return float(market.blend[row]), float(market.split[row])
