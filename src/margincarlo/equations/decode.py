"""How long a decode step takes: reading weights, experts and KV cache, or arithmetic."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerGPUSecond,
    FLOPPerGPUSecond,
    FLOPPerToken,
    GPUs,
    Number,
    Seconds,
    Share,
    Tokens,
    TokensPerSecond,
)
from margincarlo.xp import maximum

ONE_TOKEN: Final[Tokens] = 1.0


def dense_read_time(
    *,
    dense_bytes: Bytes,
    dense_copies: Number,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    r"""Time of a step to read the weights that every token uses.

    Bytes of all copies over the bandwidth of all accelerators, times the share of it that streaming
    attains (MBU) [1]_ [2]_.

    .. math::

        t_{\mathrm{d0}} = \frac{m_d K_d}{n W \mathrm{MBU}}

    Parameters
    ----------
    dense_bytes
        Weights that every decode step reads, :math:`m_d`; 0 or more.
    dense_copies
        Copies of the dense (attention, shared) weights within a replica, :math:`K_d`; 1 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_bandwidth
        Peak memory bandwidth of one accelerator, :math:`W`; positive.
    decode_mbu
        Memory bandwidth utilization while weights and KV cache stream, :math:`\mathrm{MBU}`; 0 to
        1.

    Returns
    -------
    dense_read_time
        Time of a step to read the weights that every token uses, :math:`t_{\mathrm{d0}}`; shaped as
        the operands broadcast.

    Notes
    -----
    One copy is sharded over the whole replica (tensor parallelism). Under data-parallel attention
    every accelerator reads a copy of its own, as if it were alone [3]_.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: memory costs.
    .. [2] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1.
    .. [3] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 3.4:
       data-parallel attention beside expert parallelism.

    Examples
    --------
    DeepSeek-R1 in FP8, its dense weights on each of 72 H100 at full bandwidth, in ms:

    >>> dense_read_time(
    ...     dense_bytes=17.1e9,
    ...     dense_copies=72,
    ...     gpus_per_replica=72,
    ...     memory_bandwidth=3.35e12,
    ...     decode_mbu=1,
    ... ) * 1e3
    5.104
    """
    return dense_bytes * dense_copies / (gpus_per_replica * memory_bandwidth * decode_mbu)


def expert_read_time(
    *,
    routed_bytes: Bytes,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    r"""Time to read every routed expert once.

    As for dense weights. Each accelerator holds as many experts as any other, and once all are
    needed it reads them whatever their load: imbalance slows arithmetic and traffic, not this [1]_.

    .. math::

        t_e = \frac{m_r}{n W \mathrm{MBU}}

    Parameters
    ----------
    routed_bytes
        Weights of all routed experts, :math:`m_r`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_bandwidth
        Peak memory bandwidth of one accelerator, :math:`W`; positive.
    decode_mbu
        Memory bandwidth utilization while weights and KV cache stream, :math:`\mathrm{MBU}`; 0 to
        1.

    Returns
    -------
    expert_read_time
        Time to read every routed expert once, :math:`t_e`; shaped as the operands broadcast.

    Notes
    -----
    A step spends the share `expert_coverage` of it.

    References
    ----------
    .. [1] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: expert parallelism load balancer.

    Examples
    --------
    DeepSeek-R1 in FP8 on eight H200 at 60 % of bandwidth, in ms:

    >>> expert_read_time(
    ...     routed_bytes=653.9e9,
    ...     gpus_per_replica=8,
    ...     memory_bandwidth=4.8e12,
    ...     decode_mbu=0.6,
    ... ) * 1e3
    28.38
    """
    replica = gpus_per_replica * memory_bandwidth * decode_mbu
    return routed_bytes / replica


def sequence_read_time(
    *,
    read_kv_bytes: Bytes,
    kv_copies: Number,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
) -> Seconds:
    r"""Time of a step to read the KV cache of one sequence.

    Unlike weights, the cache of a sequence serves no other: this time grows with the batch [1]_
    [2]_.

    .. math::

        t_{\mathrm{kv}} = \frac{m_{\mathrm{read}} K_{\mathrm{kv}}}{n W \mathrm{MBU}}

    Parameters
    ----------
    read_kv_bytes
        Memory traffic of one sequence in a decode step: KV cache read, state read and written,
        :math:`m_{\mathrm{read}}`; 0 or more.
    kv_copies
        Copies of a sequence's KV cache within a replica, :math:`K_{\mathrm{kv}}`; 1 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_bandwidth
        Peak memory bandwidth of one accelerator, :math:`W`; positive.
    decode_mbu
        Memory bandwidth utilization while weights and KV cache stream, :math:`\mathrm{MBU}`; 0 to
        1.

    Returns
    -------
    sequence_read_time
        Time of a step to read the KV cache of one sequence, :math:`t_{\mathrm{kv}}`; shaped as the
        operands broadcast.

    Notes
    -----
    One copy is spread evenly over the replica, by heads, sequences or context. Tensor parallelism
    over more accelerators than there are KV heads keeps, and reads, copies: multi-query attention
    and MLA have one such head [1]_. The state of linear attention is counted in copies, too, though
    it is sharded: an upper bound.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       section 2: memory costs; section 3.3: multi-query attention, sharded over heads or batch.
    .. [2] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: the floor of
       6.06 USD per million tokens at 100,000 tokens of context.

    Examples
    --------
    36.04 GB on one accelerator of 3.3 TB/s, in ms:

    >>> sequence_read_time(
    ...     read_kv_bytes=36.04e9,
    ...     kv_copies=1,
    ...     gpus_per_replica=1,
    ...     memory_bandwidth=3.3e12,
    ...     decode_mbu=1,
    ... ) * 1e3
    10.92
    """
    return read_kv_bytes * kv_copies / (gpus_per_replica * memory_bandwidth * decode_mbu)


def sequence_compute_time(
    *,
    verified_tokens: Number,
    decode_flops_per_token: FLOPPerToken,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
    decode_mfu: Share,
) -> Seconds:
    r"""Time of a step for the arithmetic of one sequence.

    Work per token, for every position that is verified, over attained arithmetic [1]_ [2]_.

    .. math::

        t_c = \frac{\gamma' \phi_d}{n F \mathrm{MFU}_d}

    Parameters
    ----------
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; 0 or more.
    decode_flops_per_token
        Arithmetic to generate one token at this context, :math:`\phi_d`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    peak_flops
        Dense peak arithmetic of one accelerator in the precision that is computed in, :math:`F`;
        positive.
    decode_mfu
        Model FLOP utilization that decoding attains where arithmetic limits it,
        :math:`\mathrm{MFU}_d`; 0 to 1.

    Returns
    -------
    sequence_compute_time
        Time of a step for the arithmetic of one sequence, :math:`t_c`; shaped as the operands
        broadcast.

    Notes
    -----
    Arithmetic matters from a batch of a few hundred on: 295 tokens on an H100, 208 on an A100, the
    ridge of the roofline.

    References
    ----------
    .. [1] S. Williams, A. Waterman and D. Patterson, "Roofline: An Insightful Visual Performance
       Model for Multicore Architectures", Communications of the ACM 52(4), 2009: the roofline
       formula, figure 1.
    .. [2] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1.

    Examples
    --------
    One token of 74 GFLOP on one H100 at full peak, in microseconds:

    >>> sequence_compute_time(
    ...     verified_tokens=1,
    ...     decode_flops_per_token=74e9,
    ...     gpus_per_replica=1,
    ...     peak_flops=989.4e12,
    ...     decode_mfu=1,
    ... ) * 1e6
    74.79
    """
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
    slowdown: Number,
) -> Seconds:
    r"""Time of one decode step: the slower of memory and arithmetic, then what adds to it.

    Reading and arithmetic overlap; waiting for one another, traffic, launches and drafting do not
    [1]_. What a benchmark or production takes longer than predicted stretches all of it.

    .. math::

        t_{\mathrm{step}} = f_{\mathrm{slow}} \left( \max\left(t_{\mathrm{d0}} + t_e f + B
        t_{\mathrm{kv}},\; B t_c\right) + t_{\mathrm{sync}} + B t_{\mathrm{net}} + t_0 +
        t_{\mathrm{draft}} \right)

    Parameters
    ----------
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    dense_read_time
        Time of a step to read the weights that every token uses, :math:`t_{\mathrm{d0}}`; 0 or
        more.
    expert_read_time
        Time to read every routed expert once,
        :math:`t_e`; 0 or more.
    expert_coverage
        Share of routed experts that at least one token of a decode step visits, :math:`f`; 0 to 1.
    sequence_read_time
        Time of a step to read the KV cache of one sequence, :math:`t_{\mathrm{kv}}`; 0 or more.
    sequence_compute_time
        Time of a step for the arithmetic of one sequence, :math:`t_c`; 0 or more.
    sequence_traffic_time
        Time of a step for the traffic that one sequence causes, :math:`t_{\mathrm{net}}`; 0 or
        more.
    synchronization_time
        Time of a step that accelerators spend waiting for one another, :math:`t_{\mathrm{sync}}`; 0
        or more.
    decode_step_overhead
        Fixed time per decode step: launches, sampling, scheduling, :math:`t_0`; 0 or more.
    draft_time
        Time that the draft model takes for its proposal, :math:`t_{\mathrm{draft}}`; 0 or more.
    slowdown
        Time in production over the time that efficiencies measured in benchmarks predict,
        :math:`f_{\mathrm{slow}}`; positive.

    Returns
    -------
    decode_step_time
        Time of one decode step: the slower of memory and arithmetic, then what adds to it,
        :math:`t_{\mathrm{step}}`; shaped as the operands broadcast.

    Notes
    -----
    Of traffic that hides behind other work (two batches in flight), `sequence_traffic_time` has
    only what `communication_overlap` leaves. All sequences are at the mean context.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1,
       whose code gives 10.374 ms for Llama-3-70B on eight H100 at a batch of 32.

    Examples
    --------
    DeepSeek-R1 in FP8 on eight H200, 32 sequences of 1000 tokens, in ms:

    >>> float(
    ...     decode_step_time(
    ...         decode_batch=32,
    ...         dense_read_time=0.742e-3,
    ...         expert_read_time=28.38e-3,
    ...         expert_coverage=0.638,
    ...         sequence_read_time=3.05e-6,
    ...         sequence_compute_time=1e-6,
    ...         sequence_traffic_time=0,
    ...         synchronization_time=0,
    ...         decode_step_overhead=0,
    ...         draft_time=0,
    ...         slowdown=1,
    ...     )
    ...     * 1e3
    ... )
    18.95
    """
    memory = (
        dense_read_time + expert_read_time * expert_coverage + decode_batch * sequence_read_time
    )
    busy = maximum(memory, decode_batch * sequence_compute_time)
    waiting = synchronization_time + decode_batch * sequence_traffic_time
    return (busy + waiting + decode_step_overhead + draft_time) * slowdown


def decode_throughput(
    *, decode_batch: Number, tokens_per_step: Tokens, decode_step_time: Seconds
) -> TokensPerSecond:
    r"""Output tokens per second of a replica while it decodes.

    Each step gives every sequence its tokens [1]_.

    .. math::

        T_d = \frac{B E_s}{t_{\mathrm{step}}}

    Parameters
    ----------
    decode_batch
        Sequences that decode together in a replica, :math:`B`; 0 or more.
    tokens_per_step
        Tokens that a sequence gains in a step of speculative decoding, :math:`E_s`; 0 or more.
    decode_step_time
        Time of one decode step: the slower of memory and arithmetic, then what adds to it,
        :math:`t_{\mathrm{step}}`; 0 or more.

    Returns
    -------
    decode_throughput
        Output tokens per second of a replica while it decodes, :math:`T_d`; shaped as the operands
        broadcast.

    Notes
    -----
    Prefill on the same accelerators is not in the step: its GPU time is charged to prompt tokens,
    once.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: section 3.1.

    Examples
    --------
    32 sequences every 18.95 ms, in tokens/s:

    >>> decode_throughput(decode_batch=32, tokens_per_step=1, decode_step_time=18.95e-3)
    1688.65
    """
    return decode_batch * tokens_per_step / decode_step_time
