"""Bytes of KV cache per token, by kind of attention."""

from __future__ import annotations

from typing import Final

from margincarlo.units import BytesPerElement, BytesPerToken, Number, Tokens

ONE_TOKEN: Final[Tokens] = 1.0


def grouped_query_kv_bytes_per_token(
    *, layers: Number, kv_heads: Number, head_dimension: Number, kv_precision: BytesPerElement
) -> BytesPerToken:
    r"""KV cache per token of multi-head, grouped-query and multi-query attention.

    Each layer keeps one key and one value vector per KV head [1]_ [2]_.

    .. math::

        \kappa = 2 L n_{\mathrm{kv}} d_h b_{\mathrm{kv}}

    Parameters
    ----------
    layers
        Layers of the model, :math:`L`; positive.
    kv_heads
        Key and value heads, :math:`n_{\mathrm{kv}}`; positive.
    head_dimension
        Dimension of one attention head, :math:`d_h`; positive.
    kv_precision
        Bytes per element of the KV cache, :math:`b_{\mathrm{kv}}`; positive.

    Returns
    -------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; shaped as the operands broadcast.

    Notes
    -----
    `layers` counts those with full attention; layers with a sliding window go into
    `local_kv_bytes`.

    References
    ----------
    .. [1] W. Kwon et al., "Efficient Memory Management for Large Language Model Serving with
       PagedAttention", SOSP, 2023: section 3: size of the KV cache.
    .. [2] J. Ainslie et al., "GQA: Training Generalized Multi-Query Transformer Models from
       Multi-Head Checkpoints", arXiv:2305.13245, 2023: section 2.2.

    Examples
    --------
    Llama-3-70B in BF16, in bytes:

    >>> grouped_query_kv_bytes_per_token(layers=80, kv_heads=8, head_dimension=128, kv_precision=2)
    327680.0
    """
    return 2 * layers * kv_heads * head_dimension * kv_precision / ONE_TOKEN


def latent_kv_bytes_per_token(
    *,
    layers: Number,
    latent_dimension: Number,
    rope_dimension: Number,
    kv_precision: BytesPerElement,
) -> BytesPerToken:
    r"""KV cache per token of multi-head latent attention (MLA).

    Each layer keeps one compressed vector for all heads and one small key that carries the position
    [1]_.

    .. math::

        \kappa = L (d_c + d_r) b_{\mathrm{kv}}

    Parameters
    ----------
    layers
        Layers of the model, :math:`L`; positive.
    latent_dimension
        Dimension of the compressed KV vector of MLA, :math:`d_c`; positive.
    rope_dimension
        Dimension of MLA's positional key, :math:`d_r`; positive.
    kv_precision
        Bytes per element of the KV cache, :math:`b_{\mathrm{kv}}`; positive.

    Returns
    -------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; shaped as the operands broadcast.

    Notes
    -----
    Under tensor parallelism every accelerator keeps a copy, which is left out: MLA is served with
    data-parallel attention.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V2", arXiv:2405.04434, 2024: table 1.

    Examples
    --------
    DeepSeek-R1 in BF16, in bytes:

    >>> latent_kv_bytes_per_token(
    ...     layers=61, latent_dimension=512, rope_dimension=64, kv_precision=2
    ... )
    70272.0
    """
    return layers * (latent_dimension + rope_dimension) * kv_precision / ONE_TOKEN


def sparse_kv_bytes_per_token(*, kv_bytes_per_token: BytesPerToken) -> BytesPerToken:
    r"""KV bytes read per token of context; all of them where attention is not sparse.

    Sparse attention looks at every token through a small index and reads only the best in full
    [1]_. Giving this quantity states the size of that index.

    .. math::

        \kappa_s = \kappa

    Parameters
    ----------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; 0 or more.

    Returns
    -------
    sparse_kv_bytes_per_token
        KV bytes read per token of context where attention is sparse, :math:`\kappa_s`; shaped as
        the operands broadcast.

    Notes
    -----
    The default makes attention dense. What is read whatever the context is `sparse_kv_bytes`.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepSeek-V3.2", arXiv:2512.02556, 2025: section 2.1: lightning indexer and
       top-k selection.

    Examples
    --------
    Dense attention, in bytes:

    >>> sparse_kv_bytes_per_token(kv_bytes_per_token=70272)
    70272
    """
    return kv_bytes_per_token
