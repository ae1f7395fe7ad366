"""How many sequences decode together: as many as meet the latency target and fit in memory."""

from __future__ import annotations

from margincarlo.units import (
    Bytes,
    Number,
    Seconds,
    SecondsPerToken,
    Share,
    Tokens,
    TokensPerSecond,
)
from margincarlo.xp import exp, log, maximum, minimum

NEWTON_STEPS = 6


def kv_capacity(*, usable_memory: Bytes, weight_bytes: Bytes, activation_bytes: Bytes) -> Bytes:
    """Memory that is left for the KV cache."""
    return usable_memory - weight_bytes - activation_bytes


def capacity_batch(*, kv_capacity: Bytes, stored_kv_bytes: Bytes) -> Number:
    """Sequences whose KV cache fits in memory."""
    return kv_capacity / stored_kv_bytes


def step_budget(
    *,
    tokens_per_step: Tokens,
    interactivity_target: TokensPerSecond,
    synchronization_time: Seconds,
    decode_step_overhead: Seconds,
    draft_time: Seconds,
) -> Seconds:
    """Time that a step may spend on its batch if a user is to see the target speed."""
    waiting = synchronization_time + decode_step_overhead + draft_time
    return tokens_per_step / interactivity_target - waiting


def interleaved_prefill_time(
    *,
    prefill_interleave: Share,
    tokens_per_step: Tokens,
    uncached_input_per_output: Number,
    prefill_throughput: TokensPerSecond,
) -> Seconds:
    """Prefill work owed per sequence and decode step where both share the accelerators."""
    owed = prefill_interleave * tokens_per_step * uncached_input_per_output
    return owed / prefill_throughput


def latency_batch(
    *,
    step_budget: Seconds,
    dense_read_time: Seconds,
    expert_read_time: Seconds,
    activated_expert_share: Share,
    routing_diversity: Share,
    verified_tokens: Number,
    sequence_read_time: Seconds,
    sequence_compute_time: Seconds,
    sequence_traffic_time: Seconds,
    interleaved_prefill_time: Seconds,
) -> Number:
    """Largest batch that decodes at the interactivity target."""
    other = sequence_traffic_time + interleaved_prefill_time
    compute_limit = step_budget / (sequence_compute_time + other)

    missed = maximum(1 - activated_expert_share, 1e-12)
    rate = -log(missed) * verified_tokens * routing_diversity
    untouched = missed ** (1 - routing_diversity)
    slope = sequence_read_time + other
    # Reading time is concave in the batch, so Newton's steps from below never overshoot: a fixed
    # number of them suffices, from the batch at which every expert would already be read.
    batch = maximum(1, (step_budget - dense_read_time - expert_read_time) / slope)
    for _ in range(NEWTON_STEPS):
        idle = expert_read_time * untouched * exp(-rate * batch)
        excess = dense_read_time + expert_read_time - idle + slope * batch - step_budget
        batch = batch - excess / (idle * rate + slope)
    return minimum(batch, compute_limit)


def decode_batch(*, latency_batch: Number, capacity_batch: Number) -> Number:
    """Sequences that decode together in a replica."""
    return minimum(latency_batch, capacity_batch)


def time_per_output_token(
    *,
    decode_step_time: Seconds,
    decode_batch: Number,
    interleaved_prefill_time: Seconds,
    tokens_per_step: Tokens,
) -> SecondsPerToken:
    """Time between two tokens that one user sees (TPOT)."""
    return (decode_step_time + decode_batch * interleaved_prefill_time) / tokens_per_step


def interactivity(*, time_per_output_token: SecondsPerToken) -> TokensPerSecond:
    """Speed that one user sees."""
    return 1 / time_per_output_token
