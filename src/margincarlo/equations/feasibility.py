"""Physics before price: what a claimed throughput asks of the machine."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerGPUSecond,
    FLOPPerGPUSecond,
    FLOPPerToken,
    GPUs,
    Number,
    Share,
    Tokens,
    TokensPerSecond,
)

ONE_TOKEN: Final[Tokens] = 1.0


def implied_prefill_mfu(
    *,
    prefill_throughput: TokensPerSecond,
    prefill_flops_per_token: FLOPPerToken,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
) -> Share:
    """Share of peak arithmetic that the prefill throughput needs; above 1 it is impossible."""
    return prefill_throughput * prefill_flops_per_token / (gpus_per_replica * peak_flops)


def implied_decode_mfu(
    *,
    decode_throughput: TokensPerSecond,
    tokens_per_step: Tokens,
    verified_tokens: Number,
    decode_flops_per_token: FLOPPerToken,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
) -> Share:
    """Share of peak arithmetic that the decode throughput needs; above 1 it is impossible."""
    verified = decode_throughput * verified_tokens * ONE_TOKEN / tokens_per_step
    return verified * decode_flops_per_token / (gpus_per_replica * peak_flops)


def decode_step_bytes(
    *,
    dense_bytes: Bytes,
    routed_bytes: Bytes,
    expert_coverage: Share,
    decode_batch: Number,
    read_kv_bytes: Bytes,
) -> Bytes:
    """Bytes that one decode step must read."""
    return dense_bytes + routed_bytes * expert_coverage + decode_batch * read_kv_bytes


def implied_decode_mbu(
    *,
    decode_throughput: TokensPerSecond,
    decode_batch: Number,
    tokens_per_step: Tokens,
    decode_step_bytes: Bytes,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
) -> Share:
    """Share of peak memory bandwidth that the decode throughput needs; above 1 it is impossible."""
    steps_per_second = decode_throughput / (decode_batch * tokens_per_step)
    return steps_per_second * decode_step_bytes / (gpus_per_replica * memory_bandwidth)
