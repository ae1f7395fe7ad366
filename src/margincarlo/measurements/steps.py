"""Time per output token from efficiencies, through the equations of every scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Final

from margincarlo.equations import EQUATIONS
from margincarlo.measurements.facts import Facts, call

Value = Any  # float, array or PyTensor variable: equations take them all


@dataclass(frozen=True)
class Efficiency:
    """What a machine attains; shaped as the facts broadcast.

    Attributes
    ----------
    decode_mbu
        Share of memory bandwidth while decoding, and of peak arithmetic where that binds.
    prefill_mfu
        Share of peak arithmetic while prefilling.
    link_efficiency
        Share of link bandwidth that collectives attain.
    decode_step_overhead
        Fixed time of a step, s.
    """

    decode_mbu: Value
    prefill_mfu: Value
    link_efficiency: Value
    decode_step_overhead: Value


FULL: Final = Efficiency(1.0, 1.0, 1.0, 0.0)
# What a published benchmark leaves out, or has in its efficiencies.
BENCHMARK: Final[Mapping[str, float]] = MappingProxyType(
    {
        "verified_tokens": 1.0,
        "tokens_per_step": 1.0,
        "synchronization_time": 0.0,
        "draft_time": 0.0,
        "communication_overlap": 0.0,
        "slowdown": 1.0,
        "prefill_interleave": 1.0,
    }
)
STEPS: Final = (
    "dense_read_time",
    "expert_read_time",
    "sequence_read_time",
    "sequence_compute_time",
    "sequence_traffic_time",
    "decode_step_time",
    "compute_bound_prefill_throughput",
    "network_bound_prefill_throughput",
    "prefill_throughput",
    "interleaved_prefill_time",
    "time_per_output_token",
)


def predicted_time(facts: Facts, efficiency: Efficiency) -> Value:
    """Return the time per output token, s, for facts and efficiencies that broadcast.

    Parameters
    ----------
    facts : Facts
    efficiency : Efficiency
        Floats, arrays or PyTensor variables.

    Notes
    -----
    Requests of a benchmark are prefilled by the same accelerators, one after the other, between
    decode steps; where others prefill, `facts` owe no prefill.
    """
    known: dict[str, Value] = {
        **BENCHMARK,
        **{field.name: getattr(facts, field.name) for field in fields(facts)},
        **{field.name: getattr(efficiency, field.name) for field in fields(efficiency)},
        "decode_mfu": efficiency.decode_mbu,
    }
    for name in STEPS:
        known[name] = call(EQUATIONS[name], known)
        if name == "compute_bound_prefill_throughput":
            # Whole prompts at once: reading weights never binds.
            known["memory_bound_prefill_throughput"] = known[name]
    return known["time_per_output_token"]
