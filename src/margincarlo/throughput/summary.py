"""What was learned, in the units that people think in: efficiencies by accelerator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.registry import find_model
from margincarlo.throughput.design import Configuration
from margincarlo.throughput.posterior import Posterior
from margincarlo.throughput.predict import efficiencies

Array = npt.NDArray[np.float64]

LEVELS: Final = (0.05, 0.5, 0.95)
# Quantity → factor from base units, and the unit that is shown.
SHOWN: Final = {
    "decode_mbu": (1.0, "1"),
    "decode_step_overhead": (1e3, "ms"),
    "prefill_mfu": (1.0, "1"),
    "link_efficiency": (1.0, "1"),
}


@dataclass(frozen=True)
class Learnt:
    """One efficiency of one model on one accelerator.

    Attributes
    ----------
    model, accelerator, quantity, unit : str
    low, median, high : float
        5 %, 50 % and 95 % of its posterior.
    error : float
        Monte Carlo standard error of the median, from 20 batches of draws.
    """

    model: str
    accelerator: str
    quantity: str
    unit: str
    low: float
    median: float
    high: float
    error: float


def learnt(posterior: Posterior, model: str, *, engine: str, seed: int = 0) -> Iterator[Learnt]:
    """Yield the efficiencies of a model in FP8 on every accelerator that was measured.

    Parameters
    ----------
    posterior : Posterior
    model : str
        Id in the registry.
    engine : str
        sglang, trt, vllm or atom.
    seed : int
    """
    row = find_model(model)
    for accelerator in posterior.levels["accelerator"]:
        one = Configuration(
            model=row.id,
            accelerator=accelerator,
            engine=engine,
            precision="fp8",
            expert_parallel=row.is_mixture,
            date="",
        )
        found = efficiencies(posterior, [one], np.array([float(row.layers)]), seed=seed)
        for name, (scale, unit) in SHOWN.items():
            draws = np.asarray(getattr(found, name)[0] * scale, dtype=np.float64)
            low, median, high = (float(each) for each in np.quantile(draws, LEVELS))
            yield Learnt(row.id, accelerator, name, unit, low, median, high, _error(draws))


def _error(draws: Array, batches: int = 20) -> float:
    medians = [float(np.median(part)) for part in np.array_split(draws, batches)]
    return float(np.std(medians, ddof=1) / np.sqrt(batches))
