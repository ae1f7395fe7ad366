"""What the registry and the equations say of each measurement, before any efficiency."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from margincarlo.equations import DERIVATIONS, EQUATIONS
from margincarlo.measurements.measurement import Measurement
from margincarlo.registry import expand, find_model

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """Arguments of the decode and prefill equations, one array over measurements each.

    Everything is in base units; names are those of the quantities.
    """

    decode_batch: Array
    gpus_per_replica: Array
    dense_bytes: Array
    dense_copies: Array
    routed_bytes: Array
    expert_coverage: Array
    read_kv_bytes: Array
    kv_copies: Array
    memory_bandwidth: Array
    decode_flops_per_token: Array
    peak_flops: Array
    communication_bytes_per_token: Array
    link_bandwidth: Array
    prefill_flops_per_token: Array
    uncached_input_per_output: Array
    layers: Array

    def column(self) -> Facts:
        """Return the same facts as columns, to broadcast against draws."""
        return Facts(*(getattr(self, field.name)[:, None] for field in fields(self)))


def facts_of(measurements: Sequence[Measurement]) -> Facts:
    """Return the facts of measurements, through the registry and the equations."""
    rows = [_row(measurement) for measurement in measurements]
    names = [field.name for field in fields(Facts)]
    return Facts(*(np.array([row[name] for row in rows], dtype=np.float64) for name in names))


@cache
def _registry(model: str, accelerator: str, precision: str, kv_precision: str) -> dict[str, float]:
    facts = expand(
        model=model, accelerator=accelerator, precision=precision, kv_precision=kv_precision
    )
    return {name: fact.value for name, fact in facts.items()}


def _row(row: Measurement) -> dict[str, float]:
    known = dict(_registry(row.model, row.accelerator, row.precision, row.kv_precision))
    known |= {
        # A step is taken for one sequence at the least, however rarely.
        "decode_batch": max(row.batch, 1.0),
        "gpus_per_replica": float(row.gpus),
        "dense_copies": float(row.gpus if row.data_parallel else 1),
        "kv_copies": _kv_copies(row),
        "context_length": row.input_tokens + row.output_tokens / 2,
        "prefill_context": row.input_tokens / 2,
        "uncached_input_per_output": 0.0
        if row.disaggregated
        else row.input_tokens / row.output_tokens,
        "verified_tokens": 1.0,
        "expert_imbalance": 1.0,
        "routing_diversity": 1.0,
        "activation_precision": 2.0,
        "dispatch_precision": 1.0,
    }
    for name in (
        "dense_bytes",
        "routed_bytes",
        "expert_coverage",
        "local_kv_bytes",
        "read_kv_bytes",
        "matmul_flops_per_token",
        "decode_flops_per_token",
        "prefill_flops_per_token",
    ):
        known[name] = float(call(EQUATIONS[name], known))
    known["communication_bytes_per_token"] = _communication(row, known)
    return known


def _communication(row: Measurement, known: Mapping[str, float]) -> float:
    # All-reduces of dense models on two to eight accelerators cost nothing that the data show:
    # counting them doubles the error on an accelerator held out.
    if not find_model(row.model).is_mixture:
        return 0.0
    way = "expert_parallel" if row.data_parallel and row.expert_parallel else "tensor_parallel"
    equation = DERIVATIONS["communication_bytes_per_token"][way]
    return float(call(equation, known))


def _kv_copies(row: Measurement) -> float:
    if row.data_parallel:
        return 1.0
    return max(1.0, row.gpus / find_model(row.model).kv_heads)


def call(equation: Callable[..., Any], known: Mapping[str, Any]) -> Any:
    """Apply an equation to what it needs of what is known."""
    code = equation.__code__
    return equation(**{name: known[name] for name in code.co_varnames[: code.co_kwonlyargcount]})
