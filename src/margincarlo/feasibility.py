"""Physics before price: what makes a draw impossible, and how it is counted."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Rounding alone may put a quantity that is 1 by construction this far outside.
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Check:
    """A bound that no machine can break.

    Attributes
    ----------
    quantity : str
        What is bounded, in base units.
    lower, upper : float
        Bounds, inclusive up to rounding.
    reason : str
        Short name of the violation in tables and JSON.
    meaning : str
        What it says, in words.
    """

    quantity: str
    lower: float
    upper: float
    reason: str
    meaning: str


CHECKS: tuple[Check, ...] = (
    Check(
        "implied_prefill_mfu",
        -math.inf,
        1.0,
        "prefill MFU above 1",
        "prefill needs more arithmetic than the accelerators can do at their peak",
    ),
    Check(
        "implied_decode_mfu",
        -math.inf,
        1.0,
        "decode MFU above 1",
        "decoding needs more arithmetic than the accelerators can do at their peak",
    ),
    Check(
        "implied_decode_mbu",
        -math.inf,
        1.0,
        "decode MBU above 1",
        "decoding needs more memory bandwidth than the accelerators have",
    ),
    Check(
        "capacity_batch",
        1.0,
        math.inf,
        "HBM overflow",
        "weights and the KV cache of a single sequence do not fit the replica's memory",
    ),
    Check(
        "memory_occupancy",
        -math.inf,
        1.0,
        "HBM overflow",
        "weights and the KV cache of the batch do not fit the replica's memory",
    ),
    Check(
        "latency_batch",
        1.0,
        math.inf,
        "interactivity out of reach",
        "even one sequence alone decodes slower than the interactivity target",
    ),
    Check(
        "activated_expert_share",
        0.0,
        1.0,
        "active above total parameters",
        "a token would visit more parameters than the model has",
    ),
    Check(
        "context_occupancy",
        -math.inf,
        1.0,
        "context too long",
        "the average output token attends to more context than the model takes",
    ),
    Check(
        "capacity_loading",
        0.0,
        math.inf,
        "negative cost",
        "a cost came out negative",
    ),
)
