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
    r"""Share of peak arithmetic that the prefill throughput needs; above 1 it is impossible.

    Whoever states a throughput states an MFU, known or not [1]_.

    .. math::

        \mathrm{MFU}_p^{*} = \frac{T_p \phi_p}{n F}

    Parameters
    ----------
    prefill_throughput
        Uncached prompt tokens per second of a replica, :math:`T_p`; 0 or more.
    prefill_flops_per_token
        Arithmetic to process one prompt token that no cache holds, :math:`\phi_p`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    peak_flops
        Dense peak arithmetic of one accelerator in the precision that is computed in, :math:`F`;
        positive.

    Returns
    -------
    implied_prefill_mfu
        Share of peak arithmetic that the prefill throughput needs; above 1 it is impossible,
        :math:`\mathrm{MFU}_p^{*}`; shaped as the operands broadcast.

    Notes
    -----
    Work is counted as in `prefill_flops_per_token`, expert imbalance included.

    References
    ----------
    .. [1] M. Alderson, "Are OpenAI and Anthropic Really Losing Money on Inference?", 2025: 13
       million prompt tokens/s on 72 H100, 37 billion active parameters in 16 bits.

    Examples
    --------
    Alderson's 12.96 million tokens/s on 72 H100 need 13 times their peak:

    >>> implied_prefill_mfu(
    ...     prefill_throughput=12.96e6,
    ...     prefill_flops_per_token=74e9,
    ...     gpus_per_replica=72,
    ...     peak_flops=989.4e12,
    ... )
    13.46
    """
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
    r"""Share of peak arithmetic that the decode throughput needs; above 1 it is impossible.

    Every gained token costs the verification of several [1]_.

    .. math::

        \mathrm{MFU}_d^{*} = \frac{T_d \gamma' \phi_d}{E_s n F}

    Parameters
    ----------
    decode_throughput
        Output tokens per second of a replica while it decodes, :math:`T_d`; 0 or more.
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; 0 or more.
    decode_flops_per_token
        Arithmetic to generate one token at this context, :math:`\phi_d`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    peak_flops
        Dense peak arithmetic of one accelerator in the precision that is computed in, :math:`F`;
        positive.

    Returns
    -------
    implied_decode_mfu
        Share of peak arithmetic that the decode throughput needs; above 1 it is impossible,
        :math:`\mathrm{MFU}_d^{*}`; shaped as the operands broadcast.

    Notes
    -----
    Decode is mostly bound by memory: a few percent are usual.

    References
    ----------
    .. [1] A. Chowdhery et al., "PaLM: Scaling Language Modeling with Pathways", arXiv:2204.02311,
       2022: appendix B: model FLOPs utilization.

    Examples
    --------
    DeepSeek: 14,800 tokens/s of 74 GFLOP on eight H800 in FP8:

    >>> implied_decode_mfu(
    ...     decode_throughput=14_800,
    ...     tokens_per_step=1,
    ...     verified_tokens=1,
    ...     decode_flops_per_token=74e9,
    ...     gpus_per_replica=8,
    ...     peak_flops=1979e12,
    ... )
    0.0692
    """
    verified = decode_throughput * verified_tokens * ONE_TOKEN / tokens_per_step
    return verified * decode_flops_per_token / (gpus_per_replica * peak_flops)


def decode_step_bytes(
    *,
    dense_bytes: Bytes,
    dense_copies: Number,
    routed_bytes: Bytes,
    expert_coverage: Share,
    decode_batch: Number,
    read_kv_bytes: Bytes,
    kv_copies: Number,
) -> Bytes:
    r"""Bytes that one decode step must read.

    Dense weights, the experts that its tokens visit, and the KV cache of every sequence [1]_; in as
    many copies as the replica keeps.

    .. math::

        m_{\mathrm{step}} = m_d K_d + m_r f + B m_{\mathrm{read}} K_{\mathrm{kv}}

    Parameters
    ----------
    dense_bytes
        Weights that every decode step reads, :math:`m_d`; 0 or more.
    dense_copies
        Copies of the dense (attention, shared) weights within a replica, :math:`K_d`; 1 or more.
    routed_bytes
        Weights of all routed experts, :math:`m_r`; 0 or more.
    expert_coverage
        Share of routed experts that at least one token of a decode step visits, :math:`f`; 0 to 1.
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    read_kv_bytes
        Memory traffic of one sequence in a decode step: KV cache read, state read and written,
        :math:`m_{\mathrm{read}}`; 0 or more.
    kv_copies
        Copies of a sequence's KV cache within a replica, :math:`K_{\mathrm{kv}}`; 1 or more.

    Returns
    -------
    decode_step_bytes
        Bytes that one decode step must read, :math:`m_{\mathrm{step}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Reading only the active parameters is right for one token; for 32 it misses nine tenths of the
    bytes.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 22.

    Examples
    --------
    DeepSeek-R1 in FP8, 32 sequences of 1000 tokens, in GB:

    >>> decode_step_bytes(
    ...     dense_bytes=17.1e9,
    ...     dense_copies=1,
    ...     routed_bytes=653.9e9,
    ...     expert_coverage=0.638,
    ...     decode_batch=32,
    ...     read_kv_bytes=70.272e6,
    ...     kv_copies=1,
    ... ) / 1e9
    436.5
    """
    weights = dense_bytes * dense_copies + routed_bytes * expert_coverage
    return weights + decode_batch * read_kv_bytes * kv_copies


def implied_decode_mbu(
    *,
    decode_throughput: TokensPerSecond,
    decode_batch: Number,
    tokens_per_step: Tokens,
    decode_step_bytes: Bytes,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
) -> Share:
    r"""Share of peak memory bandwidth that the decode throughput needs; above 1 it is impossible.

    Steps per second times bytes per step, over what memory can deliver [1]_.

    .. math::

        \mathrm{MBU}^{*} = \frac{T_d}{B E_s} \cdot \frac{m_{\mathrm{step}}}{n W}

    Parameters
    ----------
    decode_throughput
        Output tokens per second of a replica while it decodes, :math:`T_d`; 0 or more.
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.
    decode_step_bytes
        Bytes that one decode step must read, :math:`m_{\mathrm{step}}`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_bandwidth
        Peak memory bandwidth of one accelerator, :math:`W`; positive.

    Returns
    -------
    implied_decode_mbu
        Share of peak memory bandwidth that the decode throughput needs; above 1 it is impossible,
        :math:`\mathrm{MBU}^{*}`; shaped as the operands broadcast.

    Notes
    -----
    Servers reach 0.35 to 0.8.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: memory costs.

    Examples
    --------
    The machine of `decode_step_bytes` on eight H200 at 1689 tokens/s:

    >>> implied_decode_mbu(
    ...     decode_throughput=1689,
    ...     decode_batch=32,
    ...     tokens_per_step=1,
    ...     decode_step_bytes=436.5e9,
    ...     gpus_per_replica=8,
    ...     memory_bandwidth=4.8e12,
    ... )
    0.600
    """
    steps_per_second = decode_throughput / (decode_batch * tokens_per_step)
    return steps_per_second * decode_step_bytes / (gpus_per_replica * memory_bandwidth)
