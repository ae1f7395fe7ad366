"""Traffic between the accelerators of a replica: tensor and expert parallelism."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerElement,
    BytesPerGPUSecond,
    BytesPerToken,
    GPUs,
    Number,
    Seconds,
    Share,
    Tokens,
)
from margincarlo.xp import log

ONE_TOKEN: Final[Tokens] = 1.0
ONE_GPU: Final[GPUs] = 1.0
LOG_TWO: Final[Number] = 0.6931471805599453
COLLECTIVE_LAUNCH: Final[Seconds] = 6.8e-6
COLLECTIVE_PEER: Final[Seconds] = 1.2e-6
COLLECTIVE_NODE: Final[Seconds] = 10e-6


def collective_latency(*, gpus_per_replica: GPUs, nodes_per_replica: Number) -> Seconds:
    """Latency of one all-reduce, however small its message."""
    peers = gpus_per_replica / (ONE_GPU * nodes_per_replica) - 1
    levels = log(nodes_per_replica) / LOG_TWO
    return COLLECTIVE_LAUNCH + COLLECTIVE_PEER * peers + COLLECTIVE_NODE * levels


def synchronization_time(
    *, layers: Number, collectives_per_layer: Number, collective_latency: Seconds
) -> Seconds:
    """Time of a step that accelerators spend waiting for one another."""
    return layers * collectives_per_layer * collective_latency


def tensor_parallel_bytes_per_token(
    *,
    layers: Number,
    hidden_size: Number,
    activation_precision: BytesPerElement,
    gpus_per_replica: GPUs,
) -> BytesPerToken:
    """Bytes sent per token by the two all-reduces of each layer."""
    ring = 2 * (1 - ONE_GPU / gpus_per_replica)
    return 2 * layers * hidden_size * activation_precision * ring / ONE_TOKEN


def expert_parallel_bytes_per_token(
    *,
    expert_layers: Number,
    experts_per_token: Number,
    hidden_size: Number,
    dispatch_precision: BytesPerElement,
    activation_precision: BytesPerElement,
) -> BytesPerToken:
    """Bytes sent per token to its experts and back."""
    both_ways = dispatch_precision + activation_precision
    return expert_layers * experts_per_token * hidden_size * both_ways / ONE_TOKEN


def sequence_traffic_time(
    *,
    verified_tokens: Number,
    communication_bytes_per_token: BytesPerToken,
    gpus_per_replica: GPUs,
    link_bandwidth: BytesPerGPUSecond,
    link_efficiency: Share,
) -> Seconds:
    """Time of a step for the traffic that one sequence causes."""
    sent = verified_tokens * ONE_TOKEN * communication_bytes_per_token
    return sent / (gpus_per_replica * link_bandwidth * link_efficiency)
