"""How fast a replica reads prompts: the slower of arithmetic and memory, and the network."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    Bytes,
    BytesPerGPUSecond,
    BytesPerToken,
    FLOPPerGPUSecond,
    FLOPPerToken,
    GPUs,
    Number,
    Share,
    Tokens,
    TokensPerSecond,
)
from margincarlo.xp import maximum, minimum

TRAFFIC_FLOOR: Final[BytesPerToken] = 1e-3


def compute_bound_prefill_throughput(
    *,
    gpus_per_replica: GPUs,
    peak_flops: FLOPPerGPUSecond,
    prefill_mfu: Share,
    prefill_flops_per_token: FLOPPerToken,
) -> TokensPerSecond:
    r"""Prompt tokens per second if only arithmetic took time.

    Peak arithmetic times the share of it that prefill attains (MFU), over the work per token [1]_
    [2]_.

    .. math::

        T_F = \frac{n F \mathrm{MFU}_p}{\phi_p}

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    peak_flops
        Dense peak arithmetic of one accelerator in the precision that is computed in, :math:`F`;
        positive.
    prefill_mfu
        Model FLOP utilization while prefilling, of dense peak, :math:`\mathrm{MFU}_p`; 0 to 1.
    prefill_flops_per_token
        Arithmetic to process one prompt token that no cache holds, :math:`\phi_p`; 0 or more.

    Returns
    -------
    compute_bound_prefill_throughput
        Prompt tokens per second if only arithmetic took time, :math:`T_F`; shaped as the operands
        broadcast.

    Notes
    -----
    Peak is dense, without structured sparsity, in the precision that is computed in. Measured MFU:
    15 % (DeepSeek, fleet average), 24 % (SGLang).

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 73.7k prompt tokens/s per node, hits included.
    .. [2] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: 52.3k prompt tokens/s per node.

    Examples
    --------
    72 H100 in BF16 at full peak on 37 billion active parameters, in million tokens/s:

    >>> compute_bound_prefill_throughput(
    ...     gpus_per_replica=72, peak_flops=989.4e12, prefill_mfu=1, prefill_flops_per_token=74e9
    ... ) / 1e6
    0.9627
    """
    return gpus_per_replica * peak_flops * prefill_mfu / prefill_flops_per_token


def memory_bound_prefill_throughput(
    *,
    prefill_chunk: Tokens,
    gpus_per_replica: GPUs,
    memory_bandwidth: BytesPerGPUSecond,
    decode_mbu: Share,
    weight_bytes: Bytes,
) -> TokensPerSecond:
    r"""Prompt tokens per second if only reading the weights once per pass took time.

    A pass reads every weight once for all the prompt tokens in it [1]_ [2]_.

    .. math::

        T_W = \frac{T_{\mathrm{chunk}} n W \mathrm{MBU}}{m_w}

    Parameters
    ----------
    prefill_chunk
        Prompt tokens per forward pass, :math:`T_{\mathrm{chunk}}`; positive.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    memory_bandwidth
        Peak memory bandwidth of one accelerator, :math:`W`; positive.
    decode_mbu
        Memory bandwidth utilization while weights and KV cache stream, :math:`\mathrm{MBU}`; 0 to
        1.
    weight_bytes
        Memory that the weights take, embeddings and all, :math:`m_w`; 0 or more.

    Returns
    -------
    memory_bound_prefill_throughput
        Prompt tokens per second if only reading the weights once per pass took time, :math:`T_W`;
        shaped as the operands broadcast.

    Notes
    -----
    Binds for short chunks only: an H100's arithmetic takes longer from about 300 tokens per pass
    on. That a small chunk leaves some experts unread is left out.

    References
    ----------
    .. [1] S. Williams, A. Waterman and D. Patterson, "Roofline: An Insightful Visual Performance
       Model for Multicore Architectures", Communications of the ACM 52(4), 2009: figure 1.
    .. [2] A. Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with
       Sarathi-Serve", arXiv:2403.02310, 2024: section 3: cost of a chunk.

    Examples
    --------
    8192 tokens per pass over 671 GB on eight H200, in tokens/s:

    >>> memory_bound_prefill_throughput(
    ...     prefill_chunk=8192,
    ...     gpus_per_replica=8,
    ...     memory_bandwidth=4.8e12,
    ...     decode_mbu=0.6,
    ...     weight_bytes=671e9,
    ... )
    281287.2
    """
    return prefill_chunk * gpus_per_replica * memory_bandwidth * decode_mbu / weight_bytes


def network_bound_prefill_throughput(
    *,
    gpus_per_replica: GPUs,
    link_bandwidth: BytesPerGPUSecond,
    link_efficiency: Share,
    communication_bytes_per_token: BytesPerToken,
) -> TokensPerSecond:
    r"""Prompt tokens per second if only traffic between accelerators took time.

    Bandwidth of all links over the bytes that a token sends through all of them [1]_.

    .. math::

        T_{\mathrm{net}} = \frac{n W_{\mathrm{net}} e_{\mathrm{net}}}{m_{\mathrm{net}}}

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    link_bandwidth
        Bandwidth between accelerators, one way, per accelerator, :math:`W_{\mathrm{net}}`;
        positive.
    link_efficiency
        Share of link bandwidth that traffic attains, :math:`e_{\mathrm{net}}`; 0 to 1.
    communication_bytes_per_token
        Bytes that all accelerators together send per token, :math:`m_{\mathrm{net}}`; 0 or more.

    Returns
    -------
    network_bound_prefill_throughput
        Prompt tokens per second if only traffic between accelerators took time,
        :math:`T_{\mathrm{net}}`; shaped as the operands broadcast.

    Notes
    -----
    Traffic is taken to be spread evenly and one link speed to hold for all of it; latency is
    negligible at prefill's message sizes. A floor of 1e-3 B/token keeps a single accelerator's
    limit finite.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       appendix A.1: cost of collectives.

    Examples
    --------
    Eight links of 450 GB/s and 36.7 MB per token, in tokens/s:

    >>> float(
    ...     network_bound_prefill_throughput(
    ...         gpus_per_replica=8,
    ...         link_bandwidth=450e9,
    ...         link_efficiency=1,
    ...         communication_bytes_per_token=36.7e6,
    ...     )
    ... )
    98092.6
    """
    # A replica of one accelerator sends nothing; the floor keeps its limit finite.
    traffic = maximum(communication_bytes_per_token, TRAFFIC_FLOOR)
    return gpus_per_replica * link_bandwidth * link_efficiency / traffic


def prefill_throughput(
    *,
    compute_bound_prefill_throughput: TokensPerSecond,
    memory_bound_prefill_throughput: TokensPerSecond,
    network_bound_prefill_throughput: TokensPerSecond,
    communication_overlap: Share,
    slowdown: Number,
) -> TokensPerSecond:
    r"""Uncached prompt tokens per second of a replica.

    Arithmetic and reading overlap, so the slower sets the pace [1]_. Sending takes turns with them,
    unless two micro-batches are in flight and one computes while the other sends [2]_.

    .. math::

        \begin{aligned} T_p &= \frac{1}{f_{\mathrm{slow}} \left( \max(t, T_{\mathrm{net}}^{-1}) +
        (1 - o_{\mathrm{net}}) \min(t, T_{\mathrm{net}}^{-1}) \right)} \\ t &= \max(T_F^{-1},
        T_W^{-1}) \end{aligned}

    Parameters
    ----------
    compute_bound_prefill_throughput
        Prompt tokens per second if only arithmetic took time, :math:`T_F`; 0 or more.
    memory_bound_prefill_throughput
        Prompt tokens per second if only reading the weights once per pass took time, :math:`T_W`; 0
        or more.
    network_bound_prefill_throughput
        Prompt tokens per second if only traffic between accelerators took time,
        :math:`T_{\mathrm{net}}`; 0 or more.
    communication_overlap
        Share of communication hidden behind other work, :math:`o_{\mathrm{net}}`; 0 to 1.
    slowdown
        Time in production over the time that efficiencies measured in benchmarks predict,
        :math:`f_{\mathrm{slow}}`; positive.

    Returns
    -------
    prefill_throughput
        Uncached prompt tokens per second of a replica, :math:`T_p`; shaped as the operands
        broadcast.

    Notes
    -----
    What is hidden is a share of the shorter of the two, so no overlap makes prefill faster than the
    slower of them. Two-batch overlap gained SGLang up to 35 % [3]_. Tokens that a cache holds are
    not computed and must not be counted.

    References
    ----------
    .. [1] S. Williams, A. Waterman and D. Patterson, "Roofline: An Insightful Visual Performance
       Model for Multicore Architectures", Communications of the ACM 52(4), 2009: the roofline
       formula, figure 1.
    .. [2] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 3.2.1: about
       as much communication as arithmetic under expert parallelism; section 3.4: two micro-batches.
    .. [3] The SGLang Team, "Deploying DeepSeek with PD Disaggregation and Large-Scale Expert
       Parallelism on 96 H100 GPUs", LMSYS, 2025: evaluation of two-batch overlap.

    Examples
    --------
    As much communication as arithmetic, half of it hidden:

    >>> float(
    ...     prefill_throughput(
    ...         compute_bound_prefill_throughput=30_000.0,
    ...         memory_bound_prefill_throughput=280_000.0,
    ...         network_bound_prefill_throughput=30_000.0,
    ...         communication_overlap=0.5,
    ...         slowdown=1.0,
    ...     )
    ... )
    20000.0
    """
    on_chip = 1 / minimum(compute_bound_prefill_throughput, memory_bound_prefill_throughput)
    sending = 1 / network_bound_prefill_throughput
    shown = (1 - communication_overlap) * minimum(on_chip, sending)
    return 1 / ((maximum(on_chip, sending) + shown) * slowdown)
