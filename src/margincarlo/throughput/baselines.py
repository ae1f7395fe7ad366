"""What people use instead: the two predictions that ours must beat."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.measurements import Facts, predicted_time
from margincarlo.measurements.steps import FULL
from margincarlo.registry import find_model
from margincarlo.throughput.data import Data

Array = npt.NDArray[np.float64]

CONSTANT: Final = "one efficiency"
SEED: Final = "active weights"


def ideal_time(facts: Facts) -> Array:
    """Return the time per token at full bandwidth, peak and link, s: what hardware allows."""
    return np.asarray(predicted_time(facts, FULL), dtype=np.float64)


def one_efficiency(train: Data, test: Data) -> Array:
    """Return log time from one number per architecture: the median share of the ideal attained.

    Where no training row has the architecture, all of them serve.
    """
    share = ideal_time(train.facts) / np.exp(train.log_time)
    dense = _is_dense(train)
    of = {True: share[dense], False: share[~dense]}
    typical = {kind: np.median(some if some.size else share) for kind, some in of.items()}
    efficiency = np.array([typical[bool(kind)] for kind in _is_dense(test)])
    return np.asarray(np.log(ideal_time(test.facts) / efficiency), dtype=np.float64)


def active_weights(data: Data) -> Array:
    """Return log time to read the active weights once at full bandwidth.

    This is the number behind M. Alderson, "Are OpenAI and Anthropic Really Losing Money on
    Inference?", 2025: 37 GB of DeepSeek-R1 over the bandwidth of eight H100, whatever the batch.
    """
    facts = data.facts
    shares = [_active_share(row.model) for row in data.rows]
    read = facts.dense_bytes + facts.routed_bytes * np.array(shares)
    bandwidth = facts.gpus_per_replica * facts.memory_bandwidth
    return np.asarray(np.log(read / bandwidth), dtype=np.float64)


def _active_share(model: str) -> float:
    row = find_model(model)
    return row.experts_per_token / row.experts if row.is_mixture else 0.0


def _is_dense(data: Data) -> npt.NDArray[np.bool_]:
    return np.array([not find_model(row.model).is_mixture for row in data.rows], dtype=np.bool_)
