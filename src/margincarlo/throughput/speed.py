"""From a time per token to a batch: what a scenario asks the other way round."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.equations import EQUATIONS
from margincarlo.measurements import Facts, predicted_time
from margincarlo.registry import find_model
from margincarlo.throughput.data import Data
from margincarlo.throughput.design import TERMS
from margincarlo.throughput.model import efficiency_of
from margincarlo.throughput.posterior import Posterior
from margincarlo.throughput.predict import log_efficiencies

Array = npt.NDArray[np.float64]

LARGEST: Final = 1e6
HALVINGS: Final = 50


def batch_at_measured_time(posterior: Posterior, data: Data, *, seed: int) -> Array:
    """Return the batch that is predicted to run at the time per token that was measured.

    At the median of every efficiency. Throughput is the batch over the time, so that its relative
    error is that of the batch: larger than that of the time, which hardly grows with small batches.

    Returns
    -------
    ndarray
        One per row; 0 where not even one sequence is predicted to run as fast.
    """
    draws = log_efficiencies(posterior, data.configurations, seed=seed)
    log = {term: np.median(draws[term], axis=1) for term in TERMS}
    efficiency = efficiency_of(log, data.facts.layers, np.exp)
    shares = np.array([_activated_share(row.model) for row in data.rows])
    wanted = np.exp(data.log_time)

    def time(batch: Array) -> Array:
        facts = _with_batch(data.facts, batch, shares)
        return np.asarray(predicted_time(facts, efficiency), dtype=np.float64)

    low, high = np.zeros(wanted.size), np.full(wanted.size, np.log(LARGEST))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        slower = time(np.exp(middle)) > wanted
        low, high = np.where(slower, low, middle), np.where(slower, middle, high)
    return np.where(time(np.ones(wanted.size)) > wanted, 0.0, np.exp(low))


def _with_batch(facts: Facts, batch: Array, shares: Array) -> Facts:
    coverage = EQUATIONS["expert_coverage"](
        activated_expert_share=shares,
        decode_batch=batch,
        verified_tokens=1.0,
        routing_diversity=1.0,
    )
    return replace(facts, decode_batch=batch, expert_coverage=coverage)


def _activated_share(model: str) -> float:
    row = find_model(model)
    return row.experts_per_token / row.experts if row.is_mixture else 1.0
