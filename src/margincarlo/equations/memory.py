"""What a replica holds in high-bandwidth memory, and what a decode step reads of it."""

from __future__ import annotations

from margincarlo.units import (
    Bytes,
    BytesPerGPU,
    BytesPerParameter,
    BytesPerToken,
    GPUs,
    Number,
    Parameters,
    Share,
    Tokens,
)
from margincarlo.xp import minimum


def weight_bytes(
    *,
    total_parameters: Parameters,
    routed_parameters: Parameters,
    weight_precision: BytesPerParameter,
    dense_precision: BytesPerParameter,
    dense_copies: Number,
) -> Bytes:
    r"""Memory that the weights take, embeddings and all.

    Every parameter has to be held, whether or not a step uses it [1]_, and what is not sharded by
    every accelerator [2]_.

    .. math::

        m_w = N_r w + (N_{\mathrm{tot}} - N_r) w_d K_d

    Parameters
    ----------
    total_parameters
        Parameters of the model, :math:`N_{\mathrm{tot}}`; positive.
    routed_parameters
        Parameters that live in routed experts, :math:`N_r`; 0 or more.
    weight_precision
        Bytes per weight of the routed experts, scales included, :math:`w`; positive.
    dense_precision
        Bytes per dense weight, :math:`w_d`; 0 or more.
    dense_copies
        Copies of the dense (attention, shared) weights within a replica, :math:`K_d`; 1 or more.

    Returns
    -------
    weight_bytes
        Memory that the weights take, embeddings and all, :math:`m_w`; shaped as the operands
        broadcast.

    Notes
    -----
    Routed experts are held once; redundant copies of busy ones are left out. All that is dense is
    held in copies, embeddings too.

    References
    ----------
    .. [1] M. Alderson, "Are OpenAI and Anthropic Really Losing Money on Inference?", 2025: assumed
       72 H100 in nodes of 8: DeepSeek-R1 needs 671 GB in FP8, a node has 640.
    .. [2] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: data parallelism of attention and dense layers.

    Examples
    --------
    DeepSeek-R1 in FP8 with data-parallel attention on eight accelerators, in GB:

    >>> weight_bytes(
    ...     total_parameters=671e9,
    ...     routed_parameters=653.9e9,
    ...     weight_precision=1,
    ...     dense_precision=1,
    ...     dense_copies=8,
    ... ) / 1e9
    790.7
    """
    dense = (total_parameters - routed_parameters) * dense_precision
    return routed_parameters * weight_precision + dense * dense_copies


def local_kv_bytes(
    *,
    local_kv_bytes_per_token: BytesPerToken,
    local_attention_window: Tokens,
    context_length: Tokens,
) -> Bytes:
    r"""KV cache per sequence of layers that attend to a sliding window only.

    Such a layer keeps the last tokens of its window in a rolling buffer [1]_.

    .. math::

        m_l = \kappa_w \min(S, S_w)

    Parameters
    ----------
    local_kv_bytes_per_token
        KV cache per token of layers with a sliding window, :math:`\kappa_w`; 0 or more.
    local_attention_window
        Length of that sliding window, :math:`S_w`; positive.
    context_length
        Context that the average output token attends to, :math:`S`; 0 or more.

    Returns
    -------
    local_kv_bytes
        KV cache per sequence of layers with a sliding window, :math:`m_l`; shaped as the operands
        broadcast.

    Notes
    -----
    Taken at the mean context: a mixture of contexts around the window needs a little less.

    References
    ----------
    .. [1] A. Q. Jiang et al., "Mistral 7B", arXiv:2310.06825, 2023: section 2: rolling buffer
       cache.

    Examples
    --------
    131,072 bytes per token with a window of 4096, at a context of 10,000, in MB:

    >>> float(
    ...     local_kv_bytes(
    ...         local_kv_bytes_per_token=131_072, local_attention_window=4096, context_length=10_000
    ...     )
    ...     / 1e6
    ... )
    536.87
    """
    return local_kv_bytes_per_token * minimum(context_length, local_attention_window)


def stored_kv_bytes(
    *,
    kv_bytes_per_token: BytesPerToken,
    context_length: Tokens,
    local_kv_bytes: Bytes,
    state_bytes: Bytes,
) -> Bytes:
    r"""Memory that one sequence holds: KV cache, and the state of linear-attention layers.

    Paged memory holds what a sequence has produced so far, so the mean context is what counts [1]_.

    .. math::

        m_{\mathrm{kv}} = \kappa S + m_l + m_s

    Parameters
    ----------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; 0 or more.
    context_length
        Context that the average output token attends to, :math:`S`; 0 or more.
    local_kv_bytes
        KV cache per sequence of layers with a sliding window, :math:`m_l`; 0 or more.
    state_bytes
        State per sequence of linear-attention layers, :math:`m_s`; 0 or more.

    Returns
    -------
    stored_kv_bytes
        Memory that one sequence holds: KV cache, and the state of linear-attention layers,
        :math:`m_{\mathrm{kv}}`; shaped as the operands broadcast.

    Notes
    -----
    Prompts that several sequences share are counted once for each; half-filled blocks are left out.

    References
    ----------
    .. [1] W. Kwon et al., "Efficient Memory Management for Large Language Model Serving with
       PagedAttention", SOSP, 2023: section 4: paged allocation.

    Examples
    --------
    Mixtral with 1000 tokens of context, in MB:

    >>> stored_kv_bytes(
    ...     kv_bytes_per_token=131_072, context_length=1000, local_kv_bytes=0, state_bytes=0
    ... ) / 1e6
    131.072
    """
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
    r"""Memory traffic of one sequence in a decode step: KV cache read, state read and written.

    Full attention reads the whole cache for every step [1]_. Sparse attention reads an index and a
    selection [2]_, unless the context is so short that reading everything is less.

    .. math::

        m_{\mathrm{read}} = \min(\kappa S,\; \kappa_s S + m_k) + m_l + 2 m_s

    Parameters
    ----------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; 0 or more.
    context_length
        Context that the average output token attends to, :math:`S`; 0 or more.
    sparse_kv_bytes_per_token
        KV bytes read per token of context where attention is sparse, :math:`\kappa_s`; 0 or more.
    sparse_kv_bytes
        KV bytes that sparse attention reads per sequence whatever the context, :math:`m_k`; 0 or
        more.
    local_kv_bytes
        KV cache per sequence of layers with a sliding window, :math:`m_l`; 0 or more.
    state_bytes
        State per sequence of linear-attention layers, :math:`m_s`; 0 or more.

    Returns
    -------
    read_kv_bytes
        Memory traffic of one sequence in a decode step: KV cache read, state read and written,
        :math:`m_{\mathrm{read}}`; shaped as the operands broadcast.

    Notes
    -----
    Writing the new token's keys and values is left out: one part in the context's length.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: memory costs.
    .. [2] DeepSeek-AI, "DeepSeek-V3.2", arXiv:2512.02556, 2025: section 2.1.

    Examples
    --------
    Mistral Large 2 at 100,000 tokens of context, in GB:

    >>> float(
    ...     read_kv_bytes(
    ...         kv_bytes_per_token=360_448,
    ...         context_length=100_000,
    ...         sparse_kv_bytes_per_token=360_448,
    ...         sparse_kv_bytes=0,
    ...         local_kv_bytes=0,
    ...         state_bytes=0,
    ...     )
    ...     / 1e9
    ... )
    36.04
    """
    everything = kv_bytes_per_token * context_length
    selected = sparse_kv_bytes_per_token * context_length + sparse_kv_bytes
    return minimum(everything, selected) + local_kv_bytes + 2 * state_bytes


def usable_memory(
    *, gpus_per_replica: GPUs, memory_capacity: BytesPerGPU, memory_reserve: Share
) -> Bytes:
    r"""High-bandwidth memory of a replica that the server may fill.

    A server leaves a reserve for the runtime, graphs and fragmentation; vLLM fills nine tenths by
    default [1]_.

    .. math::

        M_{\mathrm{use}} = n M (1 - \rho)

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_capacity
        High-bandwidth memory of one accelerator, :math:`M`; positive.
    memory_reserve
        Share of memory that the server leaves free, :math:`\rho`; 0 to 1.

    Returns
    -------
    usable_memory
        High-bandwidth memory of a replica that the server may fill, :math:`M_{\mathrm{use}}`;
        shaped as the operands broadcast.

    Notes
    -----
    Capacity is decimal, as vendors state it. Memory is taken as one pool: nothing says that shards
    fill evenly.

    References
    ----------
    .. [1] vLLM, documentation of `gpu_memory_utilization`: the default of 0.9.

    Examples
    --------
    One H100 of 80 GB with a reserve of 10 %, in GB:

    >>> usable_memory(gpus_per_replica=1, memory_capacity=80e9, memory_reserve=0.10) / 1e9
    72.0
    """
    return gpus_per_replica * memory_capacity * (1 - memory_reserve)
