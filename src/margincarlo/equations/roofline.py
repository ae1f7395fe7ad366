"""How fast a replica prefills and decodes: the roofline, with communication and overhead."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerGPUSecond,
    BytesPerToken,
    FLOPPerGPUSecond,
    FLOPPerParameterToken,
    FLOPPerToken,
    FLOPPerTokenPair,
    GPUs,
    Number,
    Parameters,
    Seconds,
    Share,
    Tokens,
    TokensPerSecond,
)
from margincarlo.xp import maximum, minimum

MULTIPLY_ADD: Final[FLOPPerParameterToken] = 2.0
MULTIPLY_ADD_PAIR: Final[FLOPPerTokenPair] = 4.0
TRAFFIC_FLOOR: Final[BytesPerToken] = 1e-3
ONE_TOKEN: Final[Tokens] = 1.0


def matmul_flops_per_token(
    *,
    active_parameters: Parameters,
    dense_parameters: Parameters,
    expert_imbalance: Number,
) -> FLOPPerToken:
    """Arithmetic of the weights for one token; experts wait for the busiest of them."""
    routed = (active_parameters - dense_parameters) * expert_imbalance
    return MULTIPLY_ADD * (dense_parameters + routed)


def attention_flops_slope(
    *, layers: Number, attention_heads: Number, head_dimension: Number
) -> FLOPPerTokenPair:
    """Arithmetic of attention for one token and one token of its context."""
    return MULTIPLY_ADD_PAIR * layers * attention_heads * head_dimension


def decode_flops_per_token(
    *,
    matmul_flops_per_token: FLOPPerToken,
    attention_flops_slope: FLOPPerTokenPair,
    attention_flops_plateau: FLOPPerToken,
    attention_span: Tokens,
    context_length: Tokens,
) -> FLOPPerToken:
    """Arithmetic to generate one token at this context."""
    bounded = attention_flops_plateau * minimum(1, context_length / attention_span)
    return matmul_flops_per_token + attention_flops_slope * context_length + bounded


def prefill_flops_per_token(
    *,
    matmul_flops_per_token: FLOPPerToken,
    attention_flops_slope: FLOPPerTokenPair,
    attention_flops_plateau: FLOPPerToken,
    attention_span: Tokens,
    prefill_attention_ratio: Number,
    prefill_context: Tokens,
) -> FLOPPerToken:
    """Arithmetic to process one prompt token that no cache holds."""
    bounded = attention_flops_plateau * minimum(1, prefill_context / attention_span)
    attention = attention_flops_slope * prefill_context + bounded
    return matmul_flops_per_token + prefill_attention_ratio * attention


def compute_bound_prefill_throughput(
    *,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
    prefill_mfu: Share,
    prefill_flops_per_token: FLOPPerToken,
) -> TokensPerSecond:
    """Prompt tokens per second if only arithmetic took time."""
    return gpus_per_replica * peak_flops * prefill_mfu / prefill_flops_per_token


def memory_bound_prefill_throughput(
    *,
    prefill_chunk: Tokens,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
    weight_bytes: Bytes,
) -> TokensPerSecond:
    """Prompt tokens per second if only reading the weights once per pass took time."""
    return prefill_chunk * gpus_per_replica * memory_bandwidth * decode_mbu / weight_bytes


def network_bound_prefill_throughput(
    *,
    gpus_per_replica: GPUs,
    link_bandwidth: BytesPerGPUSecond,
    link_efficiency: Share,
    communication_bytes_per_token: BytesPerToken,
) -> TokensPerSecond:
    """Prompt tokens per second if only traffic between accelerators took time."""
    # A replica of one accelerator sends nothing; the floor keeps its limit finite.
    traffic = maximum(communication_bytes_per_token, TRAFFIC_FLOOR)
    return gpus_per_replica * link_bandwidth * link_efficiency / traffic


def prefill_throughput(
    *,
    compute_bound_prefill_throughput: TokensPerSecond,
    memory_bound_prefill_throughput: TokensPerSecond,
    network_bound_prefill_throughput: TokensPerSecond,
) -> TokensPerSecond:
    """Uncached prompt tokens per second of a replica: its tightest limit."""
    on_chip = minimum(compute_bound_prefill_throughput, memory_bound_prefill_throughput)
    return minimum(on_chip, network_bound_prefill_throughput)


def tokens_per_step(*, acceptance_rate: Share, draft_length: Number) -> Tokens:
    """Tokens that a sequence gains in a step of speculative decoding."""
    return ONE_TOKEN * (1 - acceptance_rate ** (draft_length + 1)) / (1 - acceptance_rate)


def verified_tokens(*, draft_length: Number) -> Number:
    """Positions that the model checks per sequence and step."""
    return draft_length + 1


def dense_read_time(
    *,
    dense_bytes: Bytes,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    """Time of a step to read the weights that every token uses."""
    return dense_bytes / (gpus_per_replica * memory_bandwidth * decode_mbu)


def expert_read_time(
    *,
    routed_bytes: Bytes,
    expert_imbalance: Number,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    """Time to read every routed expert once, as long as the busiest accelerator takes."""
    replica = gpus_per_replica * memory_bandwidth * decode_mbu
    return routed_bytes * expert_imbalance / replica


def sequence_read_time(
    *,
    read_kv_bytes: Bytes,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    """Time of a step to read the KV cache of one sequence."""
    return read_kv_bytes / (gpus_per_replica * memory_bandwidth * decode_mbu)


def sequence_compute_time(
    *,
    verified_tokens: Number,
    decode_flops_per_token: FLOPPerToken,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
    decode_mfu: Share,
) -> Seconds:
    """Time of a step for the arithmetic of one sequence."""
    work = verified_tokens * ONE_TOKEN * decode_flops_per_token
    return work / (gpus_per_replica * peak_flops * decode_mfu)


def decode_step_time(
    *,
    decode_batch: Number,
    dense_read_time: Seconds,
    expert_read_time: Seconds,
    expert_coverage: Share,
    sequence_read_time: Seconds,
    sequence_compute_time: Seconds,
    sequence_traffic_time: Seconds,
    synchronization_time: Seconds,
    decode_step_overhead: Seconds,
    draft_time: Seconds,
) -> Seconds:
    """Time of one decode step: the slower of memory and arithmetic, then what adds to it."""
    memory = (
        dense_read_time + expert_read_time * expert_coverage + decode_batch * sequence_read_time
    )
    busy = maximum(memory, decode_batch * sequence_compute_time)
    waiting = synchronization_time + decode_batch * sequence_traffic_time
    return busy + waiting + decode_step_overhead + draft_time


def draft_time(*, draft_length: Number, draft_step_time: Seconds) -> Seconds:
    """Time that the draft model takes for its proposal."""
    return draft_length * draft_step_time


def decode_throughput(
    *, decode_batch: Number, tokens_per_step: Tokens, decode_step_time: Seconds
) -> TokensPerSecond:
    """Output tokens per second of a replica while it decodes."""
    return decode_batch * tokens_per_step / decode_step_time
