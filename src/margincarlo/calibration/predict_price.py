"""What a host would ask for the tokens of a model."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.levels import asked, averages
from margincarlo.calibration.market import FOUR_BIT, INDEX_UNIT, TYPICAL_SPEED, Market
from margincarlo.calibration.monte_carlo import ALL, choose
from margincarlo.calibration.posterior import MIXTURE, WITHOUT, Posterior
from margincarlo.calibration.prediction import Prediction, precision_of, site_of
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.replicate import (
    blend_and_split,
    market_behind,
    one_endpoint,
    part_of,
    rows_of,
    slopes,
)
from margincarlo.calibration.sites import Sites
from margincarlo.calibration.unseen import Newcomer, rent_and_split
from margincarlo.errors import CalibrationError, did_you_mean
from margincarlo.prices.joined import TYPICAL_INPUT, TYPICAL_OUTPUT, day_of
from margincarlo.prices.offers import Offers
from margincarlo.registry import Model, find_model

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

LARGEST: Final = 50.0


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
    At the size of closed flagships every such prediction of an unseen model is too low: their
    prices hold more rent than those of the models that it was learned from.
    """
    row = find_model(model)
    if rent == WITHOUT:
        raise CalibrationError("without prices there is no price to predict; predict_cost has one")
    rows = choose(posterior, rent, most=ALL).rows
    draws, variant = rows_of(posterior, rows), posterior.variant[rows]
    market = market_behind(posterior, offers)
    place = _place(market, row, seen)
    about = _about(market, row, place, provider, precision, speed)
    rng = np.random.default_rng([seed, 11])
    if place is None:
        newcomer = _newcomer(market, row, index, str(posterior.provenance["observed_at"]))
        level, split = _unpriced(draws, variant, newcomer, about, market, rng)
    else:
        level, split = _priced(draws, place, about, market)
    host = _host(draws, market, provider, rng)
    apart = {name: np.array([each]) for name, each in about.properties.items()}
    blend = asked(level[:, None], 0.0, host[:, None], slopes(draws), apart)
    means = {**draws, "blend_mean": blend, "split_mean": split[:, None]}
    lists = (math.nan, math.nan) if place is None or about.first_party else _list(market, place)
    one = one_endpoint(market, place or 0, lists)
    output, prompt = log_prices(means, one, np.array([0]), seen=True, rng=rng)
    return Prediction(row.id, rent, _prices(output), _prices(prompt), variant)


def _prices(log_price: Array) -> Array:
    # The tails of a population of rents reach prices that no float holds.
    return np.exp(np.clip(log_price[:, 0], -LARGEST, LARGEST))


@dataclass(frozen=True, eq=False)
class _Endpoint:
    """Where the model would be served, and what the slopes of prices multiply.

    Its typical endpoint sets the level of the model's prices; of the difference in cost to that, as
    little is passed on as hosts of one model do.
    """

    site: Sites
    typical: Sites
    properties: Mapping[str, float]

    @property
    def first_party(self) -> bool:
        return self.properties["first_party"] > 0


def _place(market: Market, row: Model, seen: bool | None) -> int | None:
    """Return the place of a model among those of the market, if its prices are to be used."""
    sold = row.id in market.models.names
    if seen and not sold:
        raise CalibrationError(
            f"nobody on the market sells {row.id!r}{did_you_mean(row.id, market.models.names)};"
            " leave `seen` out to predict it from the other models"
        )
    return market.models.names.index(row.id) if sold and seen is not False else None


def _about(
    market: Market,
    row: Model,
    place: int | None,
    provider: str | None,
    precision: str | None,
    speed: float,
) -> _Endpoint:
    facts = market.sites.facts
    request = {"input_tokens": TYPICAL_INPUT, "output_tokens": TYPICAL_OUTPUT}
    if place is not None:
        own = np.flatnonzero(market.model == place)[0]
        request = {name: float(facts[name][own]) for name in request}
    creator = row.id.partition("/")[0]
    flags = {
        "speed": math.log(speed / TYPICAL_SPEED),
        "first_party": float(provider is not None and _sells_own(market, provider, creator)),
        "four_bit": float(precision_of(row, precision) in FOUR_BIT),
        "degraded": 0.0,
    }
    return _Endpoint(
        site_of(row, precision, speed, **request),
        site_of(row, None, TYPICAL_SPEED, **request),
        flags,
    )


def _sells_own(market: Market, provider: str, creator: str) -> bool:
    """Whether a host is the creator of a model."""
    if provider not in market.providers or creator not in market.models.creators:
        return False
    host = market.provider == market.providers.index(provider)
    made = market.models.creator[market.model] == market.models.creators.index(creator)
    return bool((host & made & (market.first_party == 1)).any())


def _priced(
    draws: Mapping[str, Array], place: int, about: _Endpoint, market: Market
) -> tuple[Array, Array]:
    cost, _ = blend_and_split(draws, about.site)
    own = part_of(market.sites, np.flatnonzero(market.model == place))
    of_model = blend_and_split(draws, own)[0].mean(axis=1)
    apart = draws["passed_on|precision"] * (cost[:, 0] - of_model)
    return of_model + draws["rent"][:, place] + apart, draws["split"][:, place]


def _unpriced(
    draws: Mapping[str, Array],
    variant: Index,
    newcomer: Newcomer,
    about: _Endpoint,
    market: Market,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    cost, ratio = (each[:, 0] for each in blend_and_split(draws, about.typical))
    average = (blend_and_split(draws, market.sites)[1] @ averages(market).T).mean(axis=1)
    rent, split = rent_and_split(draws, variant, newcomer, cost, ratio - average, rng)
    own = blend_and_split(draws, about.site)[0][:, 0]
    return cost + rent + draws["passed_on|precision"] * (own - cost), split


def _newcomer(market: Market, row: Model, index: float | None, observed_at: str) -> Newcomer:
    known, creator = market.models, row.id.partition("/")[0]
    quality = None if index is None else index / INDEX_UNIT
    if quality is None and row.id in known.names:
        listed = float(known.index[known.names.index(row.id)])
        quality = listed if math.isfinite(listed) else None
    since = (day_of(observed_at) - dt.date.fromisoformat(row.released)).days / 365.25
    return Newcomer(
        log_total=math.log(row.total_params_b / 100),
        log_active=math.log(row.active_params_b / 10),
        age=max(since, 0.0),
        index=quality,
        creator=known.creators.index(creator) if creator in known.creators else None,
    )


def _host(
    draws: Mapping[str, Array], market: Market, provider: str | None, rng: np.random.Generator
) -> Array:
    if provider is None:
        spread = draws["provider|spread"]
        return spread * rng.standard_normal(spread.size)
    if provider not in market.providers:
        raise CalibrationError(
            f"no host is called {provider!r}{did_you_mean(provider, market.providers)};"
            " leave it out for a new one"
        )
    return draws["provider_effect"][:, market.providers.index(provider)]


def _list(market: Market, place: int) -> tuple[float, float]:
    """Return blend and split of what the creator asks itself; nan if it does not sell."""
    own = (market.model == place) & (market.first_party == 1)
    if not own.any():
        return math.nan, math.nan
    output, prompt = np.median(market.log_output[own]), np.median(market.log_input[own])
    return float(output + prompt) / 2, float(output - prompt)
