"""The endpoint whose price is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from margincarlo.calibration.market import FOUR_BIT, TYPICAL_SPEED, Market
from margincarlo.calibration.prediction import check_positive, precision_of, site_of
from margincarlo.calibration.sites import Sites
from margincarlo.prices.joined import TYPICAL_INPUT, TYPICAL_OUTPUT
from margincarlo.registry import Model


@dataclass(frozen=True, eq=False)
class Endpoint:
    """Where the model would be served, and what the slopes of prices multiply.

    Its typical endpoint sets the level of the model's prices; of the difference in cost to that, as
    little is passed on as hosts of one model do.
    """

    site: Sites
    typical: Sites
    properties: Mapping[str, float]
    typical_four_bit: float

    @property
    def first_party(self) -> bool:
        """Whether the host made the model."""
        return self.properties["first_party"] > 0

    def of_creator(self) -> Endpoint:
        """Return the endpoint of the creator itself: the typical one."""
        flags = {**dict.fromkeys(self.properties, 0.0), "first_party": 1.0}
        return Endpoint(
            self.typical,
            self.typical,
            flags | {"four_bit": self.typical_four_bit},
            self.typical_four_bit,
        )


def endpoint_of(
    market: Market,
    row: Model,
    place: int | None,
    provider: str | None,
    precision: str | None,
    speed: float,
) -> Endpoint:
    """Return the endpoint that a host would serve a model at.

    Parameters
    ----------
    market : Market
    row : Model
    place : int or None
        Of the model among those of the market; None: as if it were not on it.
    provider : str or None
        A host of the market; None: a new one.
    precision : str or None
        As the model is published by default, bf16 as fp8.
    speed : float
        Tokens/s for one user.
    """
    check_positive("speed", speed, math.inf)
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
        "fast": 0.0,
    }
    return Endpoint(
        site_of(row, precision, speed, **request),
        site_of(row, None, TYPICAL_SPEED, **request),
        flags,
        float(precision_of(row, None) in FOUR_BIT),
    )


def _sells_own(market: Market, provider: str, creator: str) -> bool:
    """Whether a host is the creator of a model."""
    if provider not in market.providers or creator not in market.models.creators:
        return False
    host = market.provider == market.providers.index(provider)
    made = market.models.creator[market.model] == market.models.creators.index(creator)
    return bool((host & made & (market.first_party == 1)).any())
