"""What fills high-bandwidth memory and what each step reads of it: weights, experts, KV cache."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerElement,
    BytesPerGPU,
    BytesPerParameter,
    BytesPerToken,
    GPUs,
    Number,
    Parameters,
    Share,
    Tokens,
)
from margincarlo.xp import maximum, minimum

ONE_TOKEN: Final[Tokens] = 1.0


def dense_parameters(*, active_parameters: Parameters, dense_share: Share) -> Parameters:
    """Parameters that every token uses: attention, shared experts, embeddings' output."""
    return active_parameters * dense_share


def routed_parameters(*, total_parameters: Parameters, dense_parameters: Parameters) -> Parameters:
    """Parameters that live in routed experts."""
    return total_parameters - dense_parameters


def counted_activated_expert_share(*, experts_per_token: Number, experts: Number) -> Share:
    """Share of routed experts that one token visits, from their counts."""
    return experts_per_token / experts


def sized_activated_expert_share(
    *,
    active_parameters: Parameters,
    dense_parameters: Parameters,
    routed_parameters: Parameters,
    total_parameters: Parameters,
) -> Share:
    """Share of routed experts that one token visits, from sizes alone."""
    # The floor lets a dense model, which has no routed parameters, come out as 0 and not as 0/0.
    routed = maximum(routed_parameters, 1e-9 * total_parameters)
    return (active_parameters - dense_parameters) / routed


def expert_coverage(
    *,
    activated_expert_share: Share,
    decode_batch: Number,
    verified_tokens: Number,
    routing_diversity: Share,
) -> Share:
    """Share of routed experts that at least one token of a decode step visits."""
    independent = 1 + (decode_batch * verified_tokens - 1) * routing_diversity
    return 1 - maximum(1 - activated_expert_share, 1e-12) ** independent


def expert_imbalance(*, routing_loss: Share) -> Number:
    """Slow-down of the expert layers when only a lumped loss of throughput is known."""
    return 1 / (1 - routing_loss)


def dense_precision(*, weight_precision: BytesPerParameter) -> BytesPerParameter:
    """Bytes per dense weight, where nobody says that it differs from the experts'."""
    return weight_precision


def dense_bytes(*, dense_parameters: Parameters, dense_precision: BytesPerParameter) -> Bytes:
    """Weights that every decode step reads."""
    return dense_parameters * dense_precision


def routed_bytes(*, routed_parameters: Parameters, weight_precision: BytesPerParameter) -> Bytes:
    """Weights of all routed experts."""
    return routed_parameters * weight_precision


def weight_bytes(
    *,
    total_parameters: Parameters,
    routed_parameters: Parameters,
    weight_precision: BytesPerParameter,
    dense_precision: BytesPerParameter,
) -> Bytes:
    """Memory that the weights take, embeddings and all."""
    dense = (total_parameters - routed_parameters) * dense_precision
    return routed_parameters * weight_precision + dense


def grouped_query_kv_bytes_per_token(
    *, layers: Number, kv_heads: Number, head_dimension: Number, kv_precision: BytesPerElement
) -> BytesPerToken:
    """KV cache per token of multi-head, grouped-query and multi-query attention."""
    return 2 * layers * kv_heads * head_dimension * kv_precision / ONE_TOKEN


def latent_kv_bytes_per_token(
    *,
    layers: Number,
    latent_dimension: Number,
    rope_dimension: Number,
    kv_precision: BytesPerElement,
) -> BytesPerToken:
    """KV cache per token of multi-head latent attention (MLA)."""
    return layers * (latent_dimension + rope_dimension) * kv_precision / ONE_TOKEN


def sparse_kv_bytes_per_token(*, kv_bytes_per_token: BytesPerToken) -> BytesPerToken:
    """KV bytes read per token of context; all of them where attention is not sparse."""
    return kv_bytes_per_token


def local_kv_bytes(
    *,
    local_kv_bytes_per_token: BytesPerToken,
    local_attention_window: Tokens,
    context_length: Tokens,
) -> Bytes:
    """KV cache per sequence of layers that attend to a sliding window only."""
    return local_kv_bytes_per_token * minimum(context_length, local_attention_window)


def stored_kv_bytes(
    *,
    kv_bytes_per_token: BytesPerToken,
    context_length: Tokens,
    local_kv_bytes: Bytes,
    state_bytes: Bytes,
) -> Bytes:
    """Memory that one sequence holds: KV cache, and the state of linear-attention layers."""
    return kv_bytes_per_token * context_length + local_kv_bytes + state_bytes


def read_kv_bytes(
    *,
    kv_bytes_per_token: BytesPerToken,
    context_length: Tokens,
    sparse_kv_bytes_per_token: BytesPerToken,
    sparse_kv_bytes: Bytes,
    local_kv_bytes: Bytes,
    state_bytes: Bytes,
) -> Bytes:
    """Memory traffic of one sequence in a decode step: KV cache read, state read and written."""
    everything = kv_bytes_per_token * context_length
    selected = sparse_kv_bytes_per_token * context_length + sparse_kv_bytes
    return minimum(everything, selected) + local_kv_bytes + 2 * state_bytes


def usable_memory(
    *, gpus_per_replica: GPUs, memory_capacity: BytesPerGPU, memory_reserve: Share
) -> Bytes:
    """High-bandwidth memory of a replica that the server may fill."""
    return gpus_per_replica * memory_capacity * (1 - memory_reserve)


def memory_occupancy(
    *,
    weight_bytes: Bytes,
    activation_bytes: Bytes,
    decode_batch: Number,
    stored_kv_bytes: Bytes,
    usable_memory: Bytes,
) -> Share:
    """Share of usable memory that weights, activations and the KV cache of a batch fill."""
    return (weight_bytes + activation_bytes + decode_batch * stored_kv_bytes) / usable_memory
