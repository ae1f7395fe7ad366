"""What hosts ask for each model: the level of its prices, and their split."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.dispersion import PARTS, RATIO
from margincarlo.calibration.market import Market, Models
from margincarlo.calibration.quality import quality
from margincarlo.calibration.rent import (
    REGRESSED,
    expected_rent,
    log_density,
    rent_of,
    shape_of,
    under,
)

Array = npt.NDArray[np.float64]

SPLIT_TAILS: Final = 4.0
# Of hosts and creators: most are like the others, and a few are not.
EFFECT_TAILS: Final = 3.0
# Mean and sd of what each adds to the logarithm of a price.
FLAGS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "first_party": (0.0, 0.2),
        "four_bit": (0.0, 0.2),
        "degraded": (0.0, 0.2),
        # Sold as faster: half as much again is usual.
        "fast": (0.4, 0.3),
    }
)
# Rent of the typical model, on a log scale: 0.5 is a price of 1.6 times the cost.
TYPICAL_RENT: Final = (0.5, 0.5)
# Ratio of output to input price, on a log scale: 1.4 is a factor of four.
TYPICAL_SPLIT: Final = (1.4, 0.5)


def averages(market: Market) -> Array:
    """Return models x endpoints: averages over the endpoints of each model."""
    places = np.arange(len(market.models.names))
    own = (market.model[None, :] == places[:, None]).astype(float)
    return np.asarray(own / own.sum(axis=1, keepdims=True))


def blend(market: Market, assumption: Any, cost: Any) -> tuple[Any, Any]:
    """Return the logarithm of the blended price that each endpoint would set itself.

    Parameters
    ----------
    market : Market
    assumption : graph of int
        About rent: a place in `RENTS`.
    cost : graph
        Logarithm of the blended cost, one an endpoint.

    Returns
    -------
    price : graph
        One an endpoint.
    surprise : graph
        Rent of each model over what its quality, size, cost and creator let expect.
    """
    import pymc as pm

    of_model = averages(market) @ cost
    rents, surprise = _rents(market.models, assumption, of_model)
    level = of_model + rents
    tau = pm.HalfNormal("provider|spread", 0.3)
    provider = pm.StudentT(
        "provider_effect", EFFECT_TAILS, 0.0, sigma=tau, shape=len(market.providers)
    )
    passed_on = pm.Normal("passed_on|precision", 0.3, 0.3)
    slopes = {"speed": pm.Normal("speed", 0.1, 0.15)}
    slopes |= {name: pm.Normal(name, *prior) for name, prior in FLAGS.items()}
    price = asked(
        level[market.model],
        passed_on * (cost - of_model[market.model]),
        provider[market.provider],
        slopes,
        properties(market),
    )
    return price, surprise


def asked(
    level: Any, apart: Any, provider: Any, slopes: Mapping[str, Any], about: Mapping[str, Any]
) -> Any:
    """Return the logarithm of the blended price that an endpoint would set itself.

    Parameters
    ----------
    level : graph or ndarray
        Of the model's prices.
    apart : graph or ndarray
        What is passed on of the difference to the model's average cost.
    provider : graph or ndarray
        Effect of the host.
    slopes : mapping of str to graph or ndarray
        Of speed and flags.
    about : mapping of str to ndarray
        Speed and flags of the endpoint.
    """
    # What a creator asks for its own models is part of their rent.
    total = level + apart + provider * (1 - about["first_party"])
    for name, slope in slopes.items():
        total = total + slope * about[name]
    return total


def properties(market: Market) -> dict[str, Array]:
    """Return what the slopes of `asked` multiply."""
    return {
        "speed": market.log_speed,
        "first_party": market.first_party,
        "four_bit": market.four_bit,
        "degraded": market.degraded,
        "fast": market.fast,
    }


def _rents(models: Models, assumption: Any, cost: Any) -> tuple[Any, Any]:
    import pymc as pm

    spread = pm.HalfNormal("rent|spread", 0.5)
    beyond = _beyond(models, cost)
    # Data identify the sum of cost and rent, so that is sampled, and the rent follows.
    typical = pm.Flat("typical_price", initval=0.0)
    level = pm.Deterministic("rent|level", typical - cost.mean())
    pm.Potential("rent|level|prior", pm.logp(pm.Normal.dist(*TYPICAL_RENT), level))
    price = pm.Flat("price_level", shape=len(models.names), initval=np.zeros(len(models.names)))
    free = price - cost
    shape = shape_of(assumption, pm)

    def density(kind: str) -> Any:
        expected = expected_rent(kind, level, beyond, pm)
        return log_density(kind, free, expected, spread, shape, pm)

    pm.Potential("rent|prior", under(assumption, density, pm).sum())
    rent = pm.Deterministic("rent", under(assumption, lambda kind: rent_of(kind, free, pm), pm))
    # Exponential and gamma rents are so skewed that the scale they are sampled on serves better.
    apart = under(assumption, lambda kind: rent if kind in REGRESSED else free, pm)
    return rent, pm.Deterministic("surprise", apart - level - beyond)


def _beyond(models: Models, cost: Any) -> Any:
    """Return what quality, size, cost and creator add to the rent of the typical model."""
    import pymc as pm

    level = quality(models)
    about = (level, level**2, models.log_total, models.log_active)
    slopes = pm.Normal("rent|slopes", [0.5, 0.3, 0.1, 0.1], [0.5, 0.3, 0.3, 0.3], shape=4)
    passed_on = pm.Normal("passed_on|cost", 0.5, 0.6)
    tau = pm.HalfNormal("rent|creators", 0.6)
    creators = tau * pm.StudentT(
        "rent|creator|z", EFFECT_TAILS, 0.0, sigma=1.0, shape=len(models.creators)
    )
    found = (passed_on - 1) * (cost - cost.mean()) + creators[models.creator]
    for place, each in enumerate(about):
        found = found + slopes[place] * each
    return found


def split(market: Market, cost: Any, surprise: Any) -> Any:
    """Return the logarithm of the ratio of output to input price of each model's list.

    Parameters
    ----------
    market : Market
    cost : graph
        Logarithm of the ratio of costs, one an endpoint.
    surprise : graph
        Unexpected rent of each model: part of it is taken on output alone.
    """
    import pymc as pm

    models = market.models
    of_model = averages(market) @ cost
    passed_on = pm.Uniform("passed_on|split", 0.0, 1.0)
    slopes = pm.Normal("split|slopes", 0.0, 0.2, shape=2)
    tau = pm.HalfNormal("split|creators", 0.2)
    creators = tau * pm.Normal("split|creator|z", 0.0, 1.0, shape=len(models.creators))
    typical = pm.Deterministic(
        "split|typical",
        pm.Normal("split|level", *TYPICAL_SPLIT)
        + passed_on * (of_model - of_model.mean())
        + slopes[0] * models.log_total
        + slopes[1] * models.log_active
        + creators[models.creator],
    )
    expected = typical + pm.Normal("split|surprise", 0.0, 0.3) * surprise
    spread = pm.HalfNormal("split|spread", 0.3)
    return pm.StudentT("split", SPLIT_TAILS, expected, sigma=spread, shape=len(models.names))


def unlearned_split(market: Market) -> Any:
    """Hold everything about the split where its prior is centered, for prices that have none."""
    import pymc as pm

    size, creators = len(market.models.names), len(market.models.creators)
    held = {
        "passed_on|split": 0.5,
        "split|slopes": np.zeros(2),
        "split|creators": 0.0,
        "split|creator|z": np.zeros(creators),
        "split|level": TYPICAL_SPLIT[0],
        "split|surprise": 0.0,
        "split|spread": 0.0,
        "split|typical": np.full(size, TYPICAL_SPLIT[0]),
        **{f"{RATIO}|{part}": 0.0 for part in PARTS},
        f"{RATIO}|scale": np.zeros(size),
        "split": np.full(size, TYPICAL_SPLIT[0]),
    }
    for name, value in held.items():
        pm.Deterministic(name, pm.math.constant(value))
    return pm.Deterministic(
        "split_mean", pm.math.constant(np.full(market.model.size, TYPICAL_SPLIT[0]))
    )
