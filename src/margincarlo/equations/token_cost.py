"""What a token of each class costs: GPU-seconds it occupies, times what a GPU-second costs."""

from __future__ import annotations

from margincarlo.units import (
    BytesPerToken,
    DollarsPerByte,
    DollarsPerByteSecond,
    DollarsPerGPUSecond,
    DollarsPerToken,
    GPUs,
    GPUSecondsPerToken,
    Number,
    Seconds,
    Share,
    TokensPerSecond,
)


def input_token_gpu_time(
    *, gpus_per_replica: GPUs, prefill_throughput: TokensPerSecond
) -> GPUSecondsPerToken:
    """GPU-seconds that one uncached prompt token occupies."""
    return gpus_per_replica / prefill_throughput


def output_token_gpu_time(
    *, gpus_per_replica: GPUs, decode_throughput: TokensPerSecond
) -> GPUSecondsPerToken:
    """GPU-seconds that one output token occupies."""
    return gpus_per_replica / decode_throughput


def input_token_cost(
    *, gpu_hour_cost: DollarsPerGPUSecond, input_token_gpu_time: GPUSecondsPerToken
) -> DollarsPerToken:
    """Cost of an uncached prompt token, of the GPU time it occupies alone."""
    return gpu_hour_cost * input_token_gpu_time


def output_token_cost(
    *, gpu_hour_cost: DollarsPerGPUSecond, output_token_gpu_time: GPUSecondsPerToken
) -> DollarsPerToken:
    """Cost of an output token, of the GPU time it occupies alone."""
    return gpu_hour_cost * output_token_gpu_time


def cached_token_cost(
    *,
    kv_bytes_per_token: BytesPerToken,
    cache_storage_price: DollarsPerByteSecond,
    cache_lifetime: Seconds,
    reads_per_cache_entry: Number,
    cache_transfer_price: DollarsPerByte,
) -> DollarsPerToken:
    """Cost of a prompt token that a cache holds: its storage shared by its reads, and transfer."""
    stored = cache_storage_price * cache_lifetime / reads_per_cache_entry
    return kv_bytes_per_token * (stored + cache_transfer_price)


def capacity_loading(
    *,
    gpu_hour_cost: DollarsPerGPUSecond,
    loaded_gpu_hour_cost: DollarsPerGPUSecond,
    utilization: Share,
) -> Number:
    """Fully loaded cost of a busy GPU-hour over the bare cost of a GPU-hour."""
    return loaded_gpu_hour_cost / (utilization * gpu_hour_cost)


def loaded_input_token_cost(
    *, input_token_cost: DollarsPerToken, capacity_loading: Number
) -> DollarsPerToken:
    """Cost of an uncached prompt token with idle and reserved capacity and operations."""
    return input_token_cost * capacity_loading


def loaded_output_token_cost(
    *, output_token_cost: DollarsPerToken, capacity_loading: Number
) -> DollarsPerToken:
    """Cost of an output token with idle and reserved capacity and operations."""
    return output_token_cost * capacity_loading
