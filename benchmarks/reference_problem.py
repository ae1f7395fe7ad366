"""One problem for every engine: what it costs, and earns, to serve a model on sixteen owned GPUs.

Twenty uncertain inputs, ten of them tied by six rank correlations, go through the roofline and cost
equations to ten outputs. `SCENARIO` states it the way margincarlo reads it; the other engines take
their parameters from its beliefs.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

import margincarlo as mc
from margincarlo.beliefs.base import Belief
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

TIED = tuple(dict.fromkeys(name for one, two, _ in CORRELATIONS for name in (one, two)))

UNCERTAIN: Mapping[str, Mapping[str, object]] = {
    "active_parameters": _interval(15, 45),
    "total_parameters": _interval(100, 350),
    "input_price": _interval(0.06, 0.3),
    "output_price": _interval(0.15, 0.75),
    "gpu_capital_cost": _interval(25_000, 45_000),
    "market_rent": _interval(1.6, 4),
    "interactivity_target": _interval(6, 18),
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

ALONE = tuple(name for name in UNCERTAIN if name not in TIED)

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


def belief_of(name: str) -> Belief:
    """Return the distribution of one input, in the unit that people write."""
    return scenario().inputs[name].belief


def components_of(mixture: Belief) -> list[Mapping[str, Any]]:
    """Return the parameters of the components of a mixture."""
    found: list[Mapping[str, Any]] = mixture.parameters["components"]
    return found


def pert_as_beta(p: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """Return ends and shapes of the beta distribution that a PERT is."""
    low, high = p["lower"], p["upper"]
    alpha = 1 + 4 * (p["mode"] - low) / (high - low)
    return low, high, alpha, 6 - alpha


@cache
def gaussian() -> Floats:
    """Return the correlations of the normals behind `TIED`, from the rank correlations."""
    matrix = np.eye(len(TIED))
    for one, two, rank in CORRELATIONS:
        i, j = TIED.index(one), TIED.index(two)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi / 6 * rank)
    return matrix


@cache
def root() -> Floats:
    """Return the lower triangle whose product with its transpose is `gaussian`."""
    found: Floats = np.linalg.cholesky(gaussian())
    return found
