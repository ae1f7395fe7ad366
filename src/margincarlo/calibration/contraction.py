"""What throughput and what prices taught: how much narrower each made the beliefs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.monte_carlo import ALL, assumptions_of, choose, variance_error
from margincarlo.calibration.posterior import WITHOUT, Posterior
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.without import from_priors

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

PRIOR: Final = "prior"
PRIOR_DRAWS: Final = 20_000
# What prices identify: an hour over what it yields, of decode's memory traffic and of prefill.
PRODUCTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "decode_product": "GPU-hour ÷ (utilization × MBU × production derate × tokens a step)",
        "prefill_product": "GPU-hour ÷ (utilization × MFU × production derate)",
    }
)
UNIT: Final = "USD/h"


@dataclass(frozen=True, eq=False)
class Stage:
    """Draws of what is believed, after some of the evidence.

    Attributes
    ----------
    draws : mapping of str to ndarray
        Beliefs on the scales of their priors; products as logarithms.
    strata : ndarray of int
        Assumption about rent of each draw.
    """

    draws: Mapping[str, Array]
    strata: Index


def stages(posterior: Posterior, *, seed: int = 0) -> dict[str, Stage]:
    """Return draws under ``"prior"``, ``"without_prices"`` and each assumption about rent.

    Parameters
    ----------
    posterior : Posterior
    seed : int
        Of the draws of the priors.
    """
    before = from_priors(PRIOR_DRAWS, seed=seed)
    found = {PRIOR: Stage(_with_products(before), np.zeros(PRIOR_DRAWS, dtype=np.int64))}
    for rent in assumptions_of(posterior):
        chosen = choose(posterior, rent, most=ALL)
        found[rent] = Stage(_with_products(chosen.beliefs), chosen.strata)
    return found


def products(beliefs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the logarithms of the products that prices identify.

    Parameters
    ----------
    beliefs : mapping of str to ndarray
        On the scales of their priors.
    """
    natural = {name: BELIEFS[name].natural(beliefs[name], np.exp) for name in BELIEFS}
    hour = np.log(natural["gpu_hour_cost"] / natural["utilization"] / natural["production_derate"])
    return {
        "decode_product": hour - np.log(natural["decode_mbu"] * (1 + natural["acceptance_rate"])),
        "prefill_product": hour - np.log(natural["prefill_mfu"]),
    }


def contraction(posterior: Posterior, *, seed: int = 0) -> pd.DataFrame:
    """Return how much each belief and product was narrowed by throughput and by prices.

    Parameters
    ----------
    posterior : Posterior
    seed : int
        Of the draws of the priors.

    Returns
    -------
    DataFrame
        A row for each quantity and assumption about rent. ``unit``; ``prior_median``,
        ``prior_low`` and ``prior_high``, the same after ``throughput_`` and ``prices_``: medians
        and central 90 % on the natural scale; ``prior_sd``, ``throughput_sd`` and ``prices_sd`` on
        the scale of the prior; ``by_throughput`` and ``by_prices``, the shares of variance that
        each took of what was left before it, with ``_error``: half-width of the 95 % confidence
        interval for Monte Carlo error. A share below 0 is a belief that widened.

    Notes
    -----
    Prices identify products, not parts: read a part that narrowed as the level of the product,
    which the assumption about rent sets, landing on the part that was least known.
    """
    import pandas as pd

    every = stages(posterior, seed=seed)
    prior, before = every.pop(PRIOR), every.pop(WITHOUT)
    return pd.DataFrame(
        [
            {
                "quantity": name,
                "unit": unit_of(name),
                "rent": rent,
                **_summary("prior", name, prior),
                **_summary("throughput", name, before),
                **_summary("prices", name, after),
                **_share("by_throughput", prior, before, name),
                **_share("by_prices", before, after, name),
            }
            for name in prior.draws
            for rent, after in every.items()
        ]
    )


def unit_of(name: str) -> str:
    """Return the unit of a belief or product on its natural scale."""
    return BELIEFS[name].unit if name in BELIEFS else UNIT


def natural(name: str, value: Any) -> Any:
    """Return a value of a belief's or product's scale on the natural one."""
    return BELIEFS[name].natural(value, np.exp) if name in BELIEFS else np.exp(value)


def _with_products(beliefs: Mapping[str, Array]) -> dict[str, Array]:
    return {**products(beliefs), **beliefs}


def _summary(stage: str, name: str, of: Stage) -> dict[str, float]:
    low, median, high = natural(name, np.quantile(of.draws[name], [0.05, 0.5, 0.95])).tolist()
    return {
        f"{stage}_median": median,
        f"{stage}_low": low,
        f"{stage}_high": high,
        f"{stage}_sd": float(of.draws[name].std()),
    }


def _share(label: str, before: Stage, after: Stage, name: str) -> dict[str, float]:
    first, second = before.draws[name], after.draws[name]
    left = float(second.var() / first.var())
    errors = (
        variance_error(first, before.strata) / first.var(),
        variance_error(second, after.strata) / second.var(),
    )
    return {label: 1 - left, f"{label}_error": float(left * math.hypot(*errors))}
