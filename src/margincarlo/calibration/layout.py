"""How the work of a replica is shared by its accelerators, in the calibration and in scenarios."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

# Share of the memory of a replica that weights may take; the rest holds sequences.
WEIGHT_SHARE: Final = 0.6
# Share of the memory of an accelerator that its own copy of attention may take. Larger ones are
# split, and caches along their tokens, as decode context parallelism does.
COPY_SHARE: Final = 0.25


def replica(facts: Mapping[str, Any]) -> float:
    """Return the least power of two of accelerators that holds weights and sequences.

    Parameters
    ----------
    facts : mapping of str to float
        What the registry knows of a model and an accelerator, in base units.
    """
    weights = facts["dense_parameters"] * facts["dense_precision"]
    weights = weights + facts["routed_parameters"] * facts["weight_precision"]
    room = WEIGHT_SHARE * facts["memory_capacity"]
    return float(2 ** max(0, math.ceil(math.log2(weights / room))))


def sharing(facts: Mapping[str, Any], gpus: float) -> dict[str, float]:
    """Return what is copied: attention's weights, or the sequences' caches.

    Parameters
    ----------
    facts : mapping of str to float
        As for `replica`, of a mixture of experts.
    gpus : float
        Accelerators of a replica.

    Returns
    -------
    dict of str to float
        ``attention_data_parallelism``, and ``kv_shards`` where that is not the model's own.
    """
    copied = facts["dense_parameters"] * facts["dense_precision"]
    if copied <= COPY_SHARE * facts["memory_capacity"]:
        return {"attention_data_parallelism": 1.0}
    return {"attention_data_parallelism": 0.0, "kv_shards": max(facts["kv_shards"], gpus)}
