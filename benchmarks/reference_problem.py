"""One problem for every engine: what it costs, and earns, to serve a model on sixteen owned GPUs.

Twenty uncertain inputs, ten of them tied by six rank correlations, go through the roofline and cost
equations to ten outputs. `SCENARIO` states it the way margincarlo reads it. `economics` is the same
chain as an analyst would write it for whole NumPy arrays: neutral terms left out, nothing checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import margincarlo as mc
from margincarlo.scenario import Scenario

Floats = npt.NDArray[np.float64]

GPUS = 16
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FIGURES = ("mean", "sd", "P > 0", *(f"{share:.0%}" for share in QUANTILES))
OUTPUTS = (
    "contribution_margin",
    "gross_margin",
    "contribution_profit",
    "gross_profit",
    "input_token_cost",
    "output_token_cost",
    "loaded_output_token_cost",
    "decode_throughput",
    "gpu_hour_cost",
    "blended_cost",
)


def _interval(p5: float, p95: float, **rest: object) -> dict[str, object]:
    return {"p5": p5, "p95": p95, **rest}


def _beta(alpha: float, beta: float) -> dict[str, object]:
    mean = alpha / (alpha + beta)
    return {"mean": mean, "sd": (mean * (1 - mean) / (alpha + beta + 1)) ** 0.5}


def _pert(low: float, mode: float, high: float) -> dict[str, object]:
    return {"low": low, "mode": mode, "high": high}


CORRELATIONS = (
    ("active_parameters", "total_parameters", 0.6),
    ("active_parameters", "output_price", 0.3),
    ("input_price", "output_price", 0.8),
    ("gpu_capital_cost", "market_rent", 0.7),
    ("utilization", "interactivity_target", -0.4),
    ("prefill_mfu", "decode_mbu", 0.5),
)

UNCERTAIN: Mapping[str, Mapping[str, object]] = {
    "active_parameters": _interval(15, 45),
    "total_parameters": _interval(100, 350),
    "input_price": _interval(0.06, 0.3),
    "output_price": _interval(0.15, 0.75),
    "gpu_capital_cost": _interval(25_000, 45_000),
    "market_rent": _interval(1.6, 4),
    "interactivity_target": _interval(8, 25),
    "utilization": _beta(6, 6),
    "prefill_mfu": _beta(12, 14),
    "decode_mbu": _beta(14, 8),
    "cache_hit_share": _beta(4, 4),
    "kv_bytes_per_token": _interval(12, 70),
    "input_tokens": _interval(800, 8000),
    "output_tokens": _interval(150, 1500),
    "peak_flops": _pert(800, 989, 1979),
    "physical_life": _pert(3, 4.5, 7),
    "operations_cost": _pert(0.03, 0.1, 0.3),
    "memory_bandwidth": _interval(3.2, 4.7, family="Normal", lower=3, upper=4.9),
    "accelerator_power": _interval(850, 1350, family="Normal", lower=700, upper=1500),
    "weight_precision": {
        "mixture": [
            {"weight": 0.7, **_interval(0.98, 1.12)},
            {"weight": 0.3, **_interval(1.92, 2.08)},
        ]
    },
}

CERTAIN: Mapping[str, float] = {
    "gpus_per_replica": GPUS,
    "memory_capacity": 141,
    "activation_bytes": 40,
    "link_bandwidth": 450,
    "communication_bytes_per_token": 5,
    "decode_mfu": 0.4,
    "decode_step_overhead": 2,
    "synchronization_time": 0,
    "dense_share": 0.3,
    "expert_imbalance": 1.2,
    "attention_flops_slope": 3,
    "rent_decline_rate": 0.3,
    "discount_rate": 0.1,
    "salvage_share": 0,
    "electricity_price": 0.08,
    "power_load_factor": 0.8,
    "pue": 1.3,
    "cache_read_multiplier": 0.25,
    "payment_fee_rate": 0.03,
}

SCENARIO: Mapping[str, Any] = {
    "schema": 1,
    "title": "Reference problem of the benchmarks",
    "outputs": list(OUTPUTS),
    "derive": {"gpu_hour_cost": "owned", "activated_expert_share": "sized"},
    # The one draw in ten thousand that overflows memory stays in: other engines do not look for it.
    "run": {"infeasible": "keep"},
    "inputs": {**UNCERTAIN, **CERTAIN},
    "correlation": [{"between": [one, two], "rank": rank} for one, two, rank in CORRELATIONS],
    "ask": [{"statement": f"{name} > 0"} for name in OUTPUTS],
}


@cache
def scenario() -> Scenario:
    """Return the problem as margincarlo reads it; its beliefs give every engine its parameters."""
    return mc.load(SCENARIO)


def economics(x: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the outputs from whole arrays of inputs, in the units that people write."""
    prompt, answer, hit = x["input_tokens"], x["output_tokens"], x["cache_hit_share"]
    revenue = 1e-6 * (prompt * x["input_price"] * (1 - 0.75 * hit) + answer * x["output_price"])

    electricity = 1e-3 * 0.8 * 1.3 * 0.08 * x["accelerator_power"]
    obsolete = np.log(x["market_rent"] / (electricity + x["operations_cost"])) / 0.3
    life = np.minimum(x["physical_life"], np.maximum(obsolete, 1 / 12))
    hour = 0.1 * x["gpu_capital_cost"] / (1 - 1.1**-life) / 8760 + electricity

    dense = 0.3 * x["active_parameters"]
    routed = x["total_parameters"] - dense
    matmul = 2e9 * (0.3 + 0.7 * 1.2) * x["active_parameters"]
    weights = 1e9 * x["total_parameters"] * x["weight_precision"]
    flops = GPUS * 1e12 * x["peak_flops"]
    bandwidth = GPUS * 1e12 * x["memory_bandwidth"] * x["decode_mbu"]

    prefill_flops = matmul + 3e6 * prompt * (1 + hit) / 2
    compute_bound = flops * x["prefill_mfu"] / prefill_flops
    network_bound = GPUS * 450e9 / 5e6
    prefill = np.minimum(np.minimum(compute_bound, 8192 * bandwidth / weights), network_bound)

    context = prompt + answer / 2
    kv = 1e3 * x["kv_bytes_per_token"] * context
    read_dense = 1e9 * dense * x["weight_precision"] / bandwidth
    read_experts = 1.2e9 * routed * x["weight_precision"] / bandwidth
    read_kv = kv / bandwidth
    compute = (matmul + 3e6 * context) / (0.4 * flops)
    visited = (x["active_parameters"] - dense) / routed
    fast = _fast_enough(
        visited, read_dense, read_experts, read_kv, compute, 1 / x["interactivity_target"] - 2e-3
    )
    batch = np.minimum(fast, (GPUS * 0.9 * 141e9 - weights - 40e9) / kv)
    coverage = 1 - (1 - visited) ** batch
    memory = read_dense + read_experts * coverage + batch * read_kv
    step = np.maximum(memory, batch * compute) + batch * TRAFFIC + 2e-3
    decode = batch / step

    input_cost = GPUS * hour / 3600 / prefill
    output_cost = GPUS * hour / 3600 / decode
    loading = (hour + x["operations_cost"]) / (x["utilization"] * hour)
    cost = prompt * (1 - hit) * input_cost + answer * output_cost
    loaded = cost * loading
    contribution = revenue - cost
    gross = 0.97 * revenue - loaded
    found = (
        contribution / revenue,
        gross / revenue,
        contribution,
        gross,
        1e6 * input_cost,
        1e6 * output_cost,
        1e6 * output_cost * loading,
        decode,
        hour,
        1e6 * loaded / (prompt + answer),
    )
    return dict(zip(OUTPUTS, found, strict=True))


TRAFFIC = 5e6 / (GPUS * 450e9)


def _fast_enough(
    visited: Floats,
    read_dense: Floats,
    read_experts: Floats,
    read_kv: Floats,
    compute: Floats,
    budget: Floats,
) -> Floats:
    """Batch whose decode step takes the budget: Wright's omega, since experts fill up with it."""
    rate = -np.log(1 - visited)
    slope = read_kv + TRAFFIC
    swing = rate * read_experts / slope
    lacking = rate * (read_dense + read_experts - budget) / slope
    level = np.maximum(np.log(swing) + lacking, -200)
    above, below = np.maximum(level, 1), np.exp(np.minimum(level, 1))
    root = below / (1 + 0.632 * below) + (above - 1 - np.log(above))
    for _ in range(3):
        root = root * (1 + level - np.log(root)) / (1 + root)
    by_memory = np.where(lacking > 1, np.log(swing / root), root - lacking) / rate
    return np.minimum(by_memory, budget / (compute + TRAFFIC))


def summarize(outputs: Mapping[str, Floats]) -> Floats:
    """Return `FIGURES` of every output from its draws, shape (output, figure)."""
    return np.array([_figures(outputs[name]) for name in OUTPUTS])


def _figures(draws: Floats) -> Sequence[float]:
    return [draws.mean(), draws.std(), (draws > 0).mean(), *np.quantile(draws, QUANTILES)]
