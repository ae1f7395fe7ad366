"""What fits into a replica's memory besides the weights: how many sequences."""

from __future__ import annotations

from margincarlo.units import Bytes, Number, Share


def kv_capacity(*, usable_memory: Bytes, weight_bytes: Bytes, activation_bytes: Bytes) -> Bytes:
    r"""Memory that is left for the KV cache.

    Weights come first, then buffers; the cache gets what remains [1]_.

    .. math::

        M_{\mathrm{kv}} = M_{\mathrm{use}} - m_w - m_{\mathrm{act}}

    Parameters
    ----------
    usable_memory
        High-bandwidth memory of a replica that the server may fill, :math:`M_{\mathrm{use}}`; 0 or
        more.
    weight_bytes
        Memory that the weights take, embeddings and all, :math:`m_w`; 0 or more.
    activation_bytes
        Memory for activations and buffers of a replica, :math:`m_{\mathrm{act}}`; 0 or more.

    Returns
    -------
    kv_capacity
        Memory that is left for the KV cache, :math:`M_{\mathrm{kv}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Negative where the model does not fit: the draw is impossible and is counted as such.

    References
    ----------
    .. [1] W. Kwon et al., "Efficient Memory Management for Large Language Model Serving with
       PagedAttention", SOSP, 2023: figure 1: memory layout of a server.

    Examples
    --------
    Mixtral in FP8 on one H100, in GB:

    >>> kv_capacity(usable_memory=72e9, weight_bytes=46.7e9, activation_bytes=0) / 1e9
    25.3
    """
    return usable_memory - weight_bytes - activation_bytes


def capacity_batch(*, kv_capacity: Bytes, stored_kv_bytes: Bytes, kv_copies: Number) -> Number:
    r"""Sequences whose KV cache fits in memory.

    Memory that is left, over what one sequence holds [1]_, in as many copies as there are [2]_.

    .. math::

        B_{\mathrm{kv}} = \frac{M_{\mathrm{kv}}}{m_{\mathrm{kv}} K_{\mathrm{kv}}}

    Parameters
    ----------
    kv_capacity
        Memory that is left for the KV cache, :math:`M_{\mathrm{kv}}`; of any sign.
    stored_kv_bytes
        Memory that one sequence holds: KV cache, and the state of linear-attention layers,
        :math:`m_{\mathrm{kv}}`; 0 or more.
    kv_copies
        Copies of a sequence's KV cache within a replica, :math:`K_{\mathrm{kv}}`; 1 or more.

    Returns
    -------
    capacity_batch
        Sequences whose KV cache fits in memory, :math:`B_{\mathrm{kv}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Not rounded down, so that gradients exist; below 1 not even one sequence fits. Preemption and
    swapping are left out.

    References
    ----------
    .. [1] W. Kwon et al., "Efficient Memory Management for Large Language Model Serving with
       PagedAttention", SOSP, 2023: section 3.
    .. [2] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       table 1: multi-query attention of PaLM 540B, sharded over heads or over the batch.

    Examples
    --------
    PaLM 540B in 30 % of 64 chips of 32 GiB, 660 tokens a sequence, each on every chip:

    >>> capacity_batch(kv_capacity=659.7e9, stored_kv_bytes=660 * 120_832, kv_copies=64)
    129.25
    """
    return kv_capacity / (stored_kv_bytes * kv_copies)


def memory_occupancy(
    *,
    weight_bytes: Bytes,
    activation_bytes: Bytes,
    decode_batch: Number,
    stored_kv_bytes: Bytes,
    kv_copies: Number,
    usable_memory: Bytes,
) -> Share:
    r"""Share of usable memory that weights, activations and the KV cache of a batch fill.

    A check: above 1 the batch does not fit, whoever claims it [1]_.

    .. math::

        o = \frac{m_w + m_{\mathrm{act}} + B m_{\mathrm{kv}} K_{\mathrm{kv}}}{M_{\mathrm{use}}}

    Parameters
    ----------
    weight_bytes
        Memory that the weights take, embeddings and all, :math:`m_w`; 0 or more.
    activation_bytes
        Memory for activations and buffers of a replica, :math:`m_{\mathrm{act}}`; 0 or more.
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    stored_kv_bytes
        Memory that one sequence holds: KV cache, and the state of linear-attention layers,
        :math:`m_{\mathrm{kv}}`; 0 or more.
    kv_copies
        Copies of a sequence's KV cache within a replica, :math:`K_{\mathrm{kv}}`; 1 or more.
    usable_memory
        High-bandwidth memory of a replica that the server may fill, :math:`M_{\mathrm{use}}`; 0 or
        more.

    Returns
    -------
    memory_occupancy
        Share of usable memory that weights, activations and the KV cache of a batch fill,
        :math:`o`; shaped as the operands broadcast.

    Notes
    -----
    Where `decode_batch` is derived this is at most 1 as long as the weights fit; it bites where a
    batch is given.

    References
    ----------
    .. [1] M. Alderson, "Are OpenAI and Anthropic Really Losing Money on Inference?", 2025: a batch
       of 32 on a node that cannot hold the model.

    Examples
    --------
    DeepSeek-R1 in FP8 on eight H100 without a reserve:

    >>> memory_occupancy(
    ...     weight_bytes=671e9,
    ...     activation_bytes=0,
    ...     decode_batch=0,
    ...     stored_kv_bytes=0,
    ...     kv_copies=1,
    ...     usable_memory=640e9,
    ... )
    1.048
    """
    kv_cache = decode_batch * stored_kv_bytes * kv_copies
    return (weight_bytes + activation_bytes + kv_cache) / usable_memory
