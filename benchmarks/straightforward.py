"""The reference problem as a competent analyst would write it in NumPy: whole arrays, nothing else.

`economics` is the chain that margincarlo's tree wires, by hand: neutral terms left out, nothing
checked. The other engines call it as well.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from benchmarks.reference_problem import (
    ALONE,
    GPUS,
    OUTPUTS,
    QUANTILES,
    TIED,
    Floats,
    belief_of,
    components_of,
    pert_as_beta,
    root,
)
from margincarlo.beliefs.base import Belief

# Seconds that sending one token's activations takes.
TRAFFIC = 5e6 / (GPUS * 450e9)


def straightforward(draws: int, seed: int) -> Floats:
    """Whole arrays, as a competent analyst would write it."""
    rng = np.random.default_rng(seed)
    x = {name: _draw(belief_of(name), rng, draws) for name in ALONE}
    z = rng.standard_normal((draws, len(TIED))) @ root().T
    x |= {name: _through_copula(belief_of(name), z[:, i]) for i, name in enumerate(TIED)}
    return summarize(economics(x))


def _draw(belief: Belief, rng: np.random.Generator, draws: int) -> Floats:
    p = belief.parameters
    match belief.family:
        case "LogNormal":
            return rng.lognormal(p["mu"], p["sigma"], draws)
        case "Beta":
            return rng.beta(p["alpha"], p["beta"], draws)
        case "PERT":
            low, high, alpha, beta = pert_as_beta(p)
            return low + (high - low) * rng.beta(alpha, beta, draws)
        case "TruncatedNormal":
            low, high = ndtr((np.array([p["lower"], p["upper"]]) - p["mu"]) / p["sigma"])
            return np.asarray(p["mu"] + p["sigma"] * ndtri(rng.uniform(low, high, draws)))
        case "Mixture":
            one, two = (rng.lognormal(c["mu"], c["sigma"], draws) for c in components_of(belief))
            return np.where(rng.random(draws) < p["weights"][0], one, two)
    raise NotImplementedError(belief.family)


def _through_copula(belief: Belief, z: Floats) -> Floats:
    p = belief.parameters
    if belief.family == "LogNormal":
        return np.asarray(np.exp(p["mu"] + p["sigma"] * z))
    return np.asarray(betaincinv(p["alpha"], p["beta"], ndtr(z)))


def economics(x: Mapping[str, Floats]) -> dict[str, Floats]:
    """Return the outputs from whole arrays of inputs, in the units that people write."""
    prompt, answer, hit = x["input_tokens"], x["output_tokens"], x["cache_hit_share"]
    revenue = 1e-6 * (prompt * x["input_price"] * (1 - 0.75 * hit) + answer * x["output_price"])
    hour = _gpu_hour(x)
    prefill, decode = _throughputs(x)
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


def _gpu_hour(x: Mapping[str, Floats]) -> Floats:
    electricity = 1e-3 * 0.8 * 1.3 * 0.08 * x["accelerator_power"]
    obsolete = np.log(x["market_rent"] / (electricity + x["operations_cost"])) / 0.3
    life = np.minimum(x["physical_life"], np.maximum(obsolete, 1 / 12))
    return 0.1 * x["gpu_capital_cost"] / (1 - 1.1**-life) / 8760 + electricity


def _throughputs(x: Mapping[str, Floats]) -> tuple[Floats, Floats]:
    """Return the tokens per second of a replica that prefills, and of one that decodes."""
    prompt = x["input_tokens"]
    dense = 0.3 * x["active_parameters"]
    routed = x["total_parameters"] - dense
    matmul = 2e9 * (0.3 + 0.7 * 1.2) * x["active_parameters"]
    weights = 1e9 * x["total_parameters"] * x["weight_precision"]
    flops = GPUS * 1e12 * x["peak_flops"]
    bandwidth = GPUS * 1e12 * x["memory_bandwidth"] * x["decode_mbu"]

    prefill_flops = matmul + 3e6 * prompt * (1 + x["cache_hit_share"]) / 2
    compute_bound = flops * x["prefill_mfu"] / prefill_flops
    prefill = 1 / (1 / np.minimum(compute_bound, 8192 * bandwidth / weights) + TRAFFIC)

    context = prompt + x["output_tokens"] / 2
    kv = 1e3 * x["kv_bytes_per_token"] * context
    read_dense = 1e9 * dense * x["weight_precision"] / bandwidth
    read_experts = 1e9 * routed * x["weight_precision"] / bandwidth
    read_kv = kv / bandwidth
    compute = (matmul + 3e6 * context) / (0.4 * flops)
    visited = (x["active_parameters"] - dense) / routed
    budget = 1 / x["interactivity_target"] - 2e-3
    fast = _fast_enough(visited, read_dense, read_experts, read_kv, compute, budget)
    batch = np.minimum(fast, (GPUS * 0.9 * 141e9 - weights - 40e9) / kv)
    coverage = 1 - (1 - visited) ** batch
    memory = read_dense + read_experts * coverage + batch * read_kv
    step = np.maximum(memory, batch * compute) + batch * TRAFFIC + 2e-3
    return prefill, batch / step


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
    found: Floats = np.minimum(by_memory, budget / (compute + TRAFFIC))
    return found


def summarize(outputs: Mapping[str, Floats]) -> Floats:
    """Return `FIGURES` of every output from its draws, shape (output, figure)."""
    rows = [outputs[name] for name in OUTPUTS]
    found: Floats = np.array(
        [[y.mean(), y.std(), (y > 0).mean(), *np.quantile(y, QUANTILES)] for y in rows]
    )
    return found
