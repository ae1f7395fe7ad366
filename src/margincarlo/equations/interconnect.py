"""Traffic between the accelerators of a replica: tensor and expert parallelism."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    BytesPerElement,
    BytesPerGPUSecond,
    BytesPerToken,
    GPUs,
    Number,
    Seconds,
    Share,
    Tokens,
)
from margincarlo.xp import log, minimum

ONE_TOKEN: Final[Tokens] = 1.0
ONE_GPU: Final[GPUs] = 1.0
LOG_TWO: Final[Number] = 0.6931471805599453
COLLECTIVE_LAUNCH: Final[Seconds] = 6.8e-6
COLLECTIVE_PEER: Final[Seconds] = 1.2e-6
COLLECTIVE_NODE: Final[Seconds] = 10e-6


def collective_latency(*, gpus_per_replica: GPUs, nodes_per_replica: Number) -> Seconds:
    r"""Latency of one all-reduce, however small its message.

    A launch, a hop per peer in the node, and a tree over the nodes, fitted to NCCL on H100 [1]_.

    .. math::

        t_{\mathrm{ar}} = 6.8\,\mu\mathrm{s} \cdot \min(1, n - 1) + 1.2\,\mu\mathrm{s}
        \left(\frac{n}{n_{\mathrm{nodes}}} - 1\right) + 10\,\mu\mathrm{s} \cdot \log_2
        n_{\mathrm{nodes}}

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    nodes_per_replica
        Machines over which these accelerators are spread, :math:`n_{\mathrm{nodes}}`; positive.

    Returns
    -------
    collective_latency
        Latency of one all-reduce, however small its message, :math:`t_{\mathrm{ar}}`; shaped as the
        operands broadcast.

    Notes
    -----
    A single accelerator has nobody to wait for, hence the minimum, which the source does not have.
    Kernels that reduce in one shot are faster.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 23.

    Examples
    --------
    Eight accelerators in one node, in microseconds:

    >>> float(collective_latency(gpus_per_replica=8, nodes_per_replica=1) * 1e6)
    15.2
    """
    peers = gpus_per_replica / (ONE_GPU * nodes_per_replica) - 1
    levels = log(nodes_per_replica) / LOG_TWO
    launched = minimum(1, gpus_per_replica / ONE_GPU - 1)
    return COLLECTIVE_LAUNCH * launched + COLLECTIVE_PEER * peers + COLLECTIVE_NODE * levels


def synchronization_time(
    *, layers: Number, collectives_per_layer: Number, collective_latency: Seconds
) -> Seconds:
    r"""Time of a step that accelerators spend waiting for one another.

    Collectives of a layer follow one another, and so do layers; none can be hidden, because each
    needs the one before [1]_ [2]_.

    .. math::

        t_{\mathrm{sync}} = L n_c t_{\mathrm{ar}}

    Parameters
    ----------
    layers
        Layers of the model, :math:`L`; positive.
    collectives_per_layer
        Collective operations per layer of a decode step, :math:`n_c`; positive.
    collective_latency
        Latency of one all-reduce, however small its message, :math:`t_{\mathrm{ar}}`; 0 or more.

    Returns
    -------
    synchronization_time
        Time of a step that accelerators spend waiting for one another, :math:`t_{\mathrm{sync}}`;
        shaped as the operands broadcast.

    Notes
    -----
    Megatron's layout has two collectives per layer, a two-dimensional one four.

    References
    ----------
    .. [1] E. Erdil, "Inference economics of language models", arXiv:2506.04645, 2025: eq. 23 and
       section 3.1: four per layer.
    .. [2] M. Shoeybi et al., "Megatron-LM: Training Multi-Billion Parameter Language Models Using
       Model Parallelism", arXiv:1909.08053, 2019: section 3: two per layer.

    Examples
    --------
    Llama-3-70B on eight accelerators, four per layer, in ms:

    >>> synchronization_time(layers=80, collectives_per_layer=4, collective_latency=15.2e-6) * 1e3
    4.864
    """
    return layers * collectives_per_layer * collective_latency


def tensor_parallel_bytes_per_token(
    *,
    layers: Number,
    hidden_size: Number,
    activation_precision: BytesPerElement,
    gpus_per_replica: GPUs,
) -> BytesPerToken:
    r"""Bytes that all accelerators together send per token, for the two all-reduces of each layer.

    Every accelerator works on every token, and a ring makes each of them send the message almost
    twice: (n - 1)/n of it to reduce and (n - 1)/n to gather [1]_ [2]_.

    .. math::

        m_{\mathrm{net}} = 2 L \cdot 2 (n - 1) d b_a

    Parameters
    ----------
    layers
        Layers of the model, :math:`L`; positive.
    hidden_size
        Width of the model, :math:`d`; positive.
    activation_precision
        Bytes per activation sent in reductions, :math:`b_a`; positive.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.

    Returns
    -------
    communication_bytes_per_token
        Bytes that all accelerators together send per token, :math:`m_{\mathrm{net}}`; shaped as the
        operands broadcast.

    Notes
    -----
    The sum over the replica, which `sequence_traffic_time` sets against the links of all
    accelerators. Reductions in the network (NVLink SHARP) send half.

    References
    ----------
    .. [1] M. Shoeybi et al., "Megatron-LM: Training Multi-Billion Parameter Language Models Using
       Model Parallelism", arXiv:1909.08053, 2019: section 3: two all-reduces per layer in the
       forward pass.
    .. [2] P. Patarasuk and X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
       workstations", Journal of Parallel and Distributed Computing 69(2), 2009: the bound of 2(n -
       1)/n messages, which a ring attains.

    Examples
    --------
    Llama-3-70B on eight accelerators, in MB:

    >>> tensor_parallel_bytes_per_token(
    ...     layers=80, hidden_size=8192, activation_precision=2, gpus_per_replica=8
    ... ) / 1e6
    36.70
    """
    ring = 2 * (gpus_per_replica / ONE_GPU - 1)
    return 2 * layers * ring * hidden_size * activation_precision / ONE_TOKEN


def expert_parallel_bytes_per_token(
    *,
    expert_layers: Number,
    experts_per_token: Number,
    hidden_size: Number,
    dispatch_precision: BytesPerElement,
    activation_precision: BytesPerElement,
    expert_imbalance: Number,
) -> BytesPerToken:
    r"""Bytes that all accelerators together send per token, to its experts and back.

    A token's activation goes to each of its experts, often in 8 bits, and comes back in 16 [1]_.
    All wait for the accelerator that receives most, so imbalance counts as traffic.

    .. math::

        m_{\mathrm{net}} = L_E k d (b_e + b_a) \lambda

    Parameters
    ----------
    expert_layers
        Layers with routed experts, :math:`L_E`; 0 or more.
    experts_per_token
        Routed experts that one token visits per layer, :math:`k`; positive.
    hidden_size
        Width of the model, :math:`d`; positive.
    dispatch_precision
        Bytes per activation sent to experts, :math:`b_e`; positive.
    activation_precision
        Bytes per activation sent in reductions, :math:`b_a`; positive.
    expert_imbalance
        Load of the busiest accelerator over the mean, in the expert layers, :math:`\lambda`; 1 or
        more.

    Returns
    -------
    communication_bytes_per_token
        Bytes that all accelerators together send per token, :math:`m_{\mathrm{net}}`; shaped as the
        operands broadcast.

    Notes
    -----
    Experts that share a node, and tokens whose expert is at home, save some of it: an upper bound.

    References
    ----------
    .. [1] DeepSeek-AI, "DeepEP", repository deepseek-ai/DeepEP, 2025: FP8 dispatch, BF16 combine,
       7168 wide, top-8.

    Examples
    --------
    DeepSeek-R1, in MB:

    >>> expert_parallel_bytes_per_token(
    ...     expert_layers=58,
    ...     experts_per_token=8,
    ...     hidden_size=7168,
    ...     dispatch_precision=1,
    ...     activation_precision=2,
    ...     expert_imbalance=1,
    ... ) / 1e6
    9.978
    """
    both_ways = (dispatch_precision + activation_precision) * expert_imbalance
    return expert_layers * experts_per_token * hidden_size * both_ways / ONE_TOKEN


def sequence_traffic_time(
    *,
    verified_tokens: Number,
    communication_bytes_per_token: BytesPerToken,
    gpus_per_replica: GPUs,
    link_bandwidth: BytesPerGPUSecond,
    link_efficiency: Share,
    communication_overlap: Share,
) -> Seconds:
    r"""Time of a step for the traffic that one sequence causes.

    Bytes of its tokens over the links of all accelerators, one way [1]_, less what other work hides
    [2]_.

    .. math::

        t_{\mathrm{net}} = \frac{\gamma' m_{\mathrm{net}}}{n W_{\mathrm{net}} e_{\mathrm{net}}} (1 -
        o_{\mathrm{net}})

    Parameters
    ----------
    verified_tokens
        Positions that the model checks per sequence and step, :math:`\gamma'`; 0 or more.
    communication_bytes_per_token
        Bytes that all accelerators together send per token, :math:`m_{\mathrm{net}}`; 0 or more.
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    link_bandwidth
        Bandwidth between accelerators, one way, per accelerator, :math:`W_{\mathrm{net}}`;
        positive.
    link_efficiency
        Share of link bandwidth that traffic attains, :math:`e_{\mathrm{net}}`; 0 to 1.
    communication_overlap
        Share of communication hidden behind other work, :math:`o_{\mathrm{net}}`; 0 to 1.

    Returns
    -------
    sequence_traffic_time
        Time of a step for the traffic that one sequence causes, :math:`t_{\mathrm{net}}`; shaped as
        the operands broadcast.

    Notes
    -----
    One bandwidth stands for all links: replicas over several nodes are limited by the slower
    network, which is the one to state. Overlap holds while traffic is shorter than the work that it
    hides behind.

    References
    ----------
    .. [1] R. Pope et al., "Efficiently Scaling Transformer Inference", arXiv:2211.05102, 2022:
       appendix A.1: cost of collectives.
    .. [2] DeepSeek-AI, "DeepSeek-V3 Technical Report", arXiv:2412.19437, 2024: section 3.4: the
       attention of one micro-batch overlaps with dispatch and combine of another.

    Examples
    --------
    9.978 MB over eight links of 450 GB/s, in microseconds:

    >>> sequence_traffic_time(
    ...     verified_tokens=1,
    ...     communication_bytes_per_token=9.978e6,
    ...     gpus_per_replica=8,
    ...     link_bandwidth=450e9,
    ...     link_efficiency=1,
    ...     communication_overlap=0,
    ... ) * 1e6
    2.772
    """
    sent = verified_tokens * ONE_TOKEN * communication_bytes_per_token
    shown = sent * (1 - communication_overlap)
    return shown / (gpus_per_replica * link_bandwidth * link_efficiency)
