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
    r"""GPU-seconds that one uncached prompt token occupies.

    A GPU-second is spent once. It is shared out among tokens by the time that they occupy, never
    charged to prompt and output tokens both [1]_.

    .. math::

        \tau_{\mathrm{in}} = \frac{n}{T_p}

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    prefill_throughput
        Uncached prompt tokens per second of a replica, :math:`T_p`; 0 or more.

    Returns
    -------
    input_token_gpu_time
        GPU-seconds that one uncached prompt token occupies, :math:`\tau_{\mathrm{in}}`; shaped as
        the operands broadcast.

    Notes
    -----
    At full load; idle time comes in with `capacity_loading`.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 73.7k prompt tokens/s per node, of which 56.3 % are cache hits.

    Examples
    --------
    DeepSeek: 8 GPUs, 32,243 uncached prompt tokens/s, in GPU-seconds per million:

    >>> input_token_gpu_time(gpus_per_replica=8, prefill_throughput=32_243) * 1e6
    248.1
    """
    return gpus_per_replica / prefill_throughput


def output_token_gpu_time(
    *, gpus_per_replica: GPUs, decode_throughput: TokensPerSecond
) -> GPUSecondsPerToken:
    r"""GPU-seconds that one output token occupies.

    As for prompt tokens, with the throughput of decode [1]_.

    .. math::

        \tau_{\mathrm{out}} = \frac{n}{T_d}

    Parameters
    ----------
    gpus_per_replica
        Accelerators that hold one copy of the model and serve it together, :math:`n`; positive.
    decode_throughput
        Output tokens per second of a replica while it decodes, :math:`T_d`; 0 or more.

    Returns
    -------
    output_token_gpu_time
        GPU-seconds that one output token occupies, :math:`\tau_{\mathrm{out}}`; shaped as the
        operands broadcast.

    Notes
    -----
    At full load; idle time comes in with `capacity_loading`.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 14.8k output tokens/s per node.

    Examples
    --------
    DeepSeek, in GPU-seconds per million:

    >>> output_token_gpu_time(gpus_per_replica=8, decode_throughput=14_800) * 1e6
    540.5
    """
    return gpus_per_replica / decode_throughput


def input_token_cost(
    *, gpu_hour_cost: DollarsPerGPUSecond, input_token_gpu_time: GPUSecondsPerToken
) -> DollarsPerToken:
    r"""Cost of an uncached prompt token, of the GPU time it occupies alone.

    GPU time at the bare cost of a GPU-hour: what one more token costs while capacity is fully used
    [1]_.

    .. math::

        C_{\mathrm{in}} = c \tau_{\mathrm{in}}

    Parameters
    ----------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; 0 or more.
    input_token_gpu_time
        GPU-seconds that one uncached prompt token occupies, :math:`\tau_{\mathrm{in}}`; 0 or more.

    Returns
    -------
    input_token_cost
        Cost of an uncached prompt token, of the GPU time it occupies alone,
        :math:`C_{\mathrm{in}}`; shaped as the operands broadcast.

    Notes
    -----
    DeepSeek's figures give 0.138 USD per million: less than half an output token, not a thousandth.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 2 USD per GPU-hour.

    Examples
    --------
    248.1 GPU-seconds per million tokens at 2 USD/h, in USD per million:

    >>> input_token_cost(gpu_hour_cost=2 / 3600, input_token_gpu_time=248.1e-6) * 1e6
    0.1378
    """
    return gpu_hour_cost * input_token_gpu_time


def output_token_cost(
    *, gpu_hour_cost: DollarsPerGPUSecond, output_token_gpu_time: GPUSecondsPerToken
) -> DollarsPerToken:
    r"""Cost of an output token, of the GPU time it occupies alone.

    GPU time at the bare cost of a GPU-hour: what one more token costs while capacity is fully used
    [1]_.

    .. math::

        C_{\mathrm{out}} = c \tau_{\mathrm{out}}

    Parameters
    ----------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; 0 or more.
    output_token_gpu_time
        GPU-seconds that one output token occupies, :math:`\tau_{\mathrm{out}}`; 0 or more.

    Returns
    -------
    output_token_cost
        Cost of an output token, of the GPU time it occupies alone, :math:`C_{\mathrm{out}}`; shaped
        as the operands broadcast.

    Notes
    -----
    Thinking tokens cost what visible ones do.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 2 USD per GPU-hour.

    Examples
    --------
    540.5 GPU-seconds per million tokens at 2 USD/h, in USD per million:

    >>> output_token_cost(gpu_hour_cost=2 / 3600, output_token_gpu_time=540.5e-6) * 1e6
    0.3003
    """
    return gpu_hour_cost * output_token_gpu_time


def cached_token_cost(
    *,
    kv_bytes_per_token: BytesPerToken,
    cache_storage_price: DollarsPerByteSecond,
    cache_lifetime: Seconds,
    reads_per_cache_entry: Number,
    cache_transfer_price: DollarsPerByte,
) -> DollarsPerToken:
    r"""Cost of a prompt token that a cache holds: its storage shared by its reads, and transfer.

    Its KV cache lies in memory or on disk for a while; each read pays its part, and the way back to
    the accelerator [1]_.

    .. math::

        C_{\mathrm{hit}} = \kappa \left(\frac{p_{\mathrm{store}} \tau}{k_r} + p_{\mathrm{io}}\right)

    Parameters
    ----------
    kv_bytes_per_token
        KV cache per token, all layers together, :math:`\kappa`; 0 or more.
    cache_storage_price
        Price of the memory or disk that holds cached prompts, :math:`p_{\mathrm{store}}`; 0 or
        more.
    cache_lifetime
        Time that a cached prompt is kept, :math:`\tau`; positive.
    reads_per_cache_entry
        Reads of a cached prompt before it is dropped, :math:`k_r`; positive.
    cache_transfer_price
        Price to move a byte of KV cache back to the accelerator, :math:`p_{\mathrm{io}}`; 0 or
        more.

    Returns
    -------
    cached_token_cost
        Cost of a prompt token that a cache holds: its storage shared by its reads, and transfer,
        :math:`C_{\mathrm{hit}}`; shaped as the operands broadcast.

    Notes
    -----
    Attention of the uncached tokens to the cached ones is in `prefill_context`, not here. State of
    linear-attention layers is left out.

    References
    ----------
    .. [1] R. Qin et al., "Mooncake: A KVCache-centric Disaggregated Architecture for LLM Serving",
       arXiv:2407.00079, 2024: figure 1: a pool of KV cache in DRAM and SSD.

    Examples
    --------
    DeepSeek-R1 in FP8, 0.004 USD/GB/h for one hour, 30 reads, in USD per million:

    >>> cached_token_cost(
    ...     kv_bytes_per_token=35_136,
    ...     cache_storage_price=0.004 / 1e9 / 3600,
    ...     cache_lifetime=3600,
    ...     reads_per_cache_entry=30,
    ...     cache_transfer_price=0,
    ... ) * 1e6
    0.004685
    """
    stored = cache_storage_price * cache_lifetime / reads_per_cache_entry
    return kv_bytes_per_token * (stored + cache_transfer_price)


def capacity_loading(
    *,
    gpu_hour_cost: DollarsPerGPUSecond,
    loaded_gpu_hour_cost: DollarsPerGPUSecond,
    utilization: Share,
) -> Number:
    r"""Fully loaded cost of a busy GPU-hour over the bare cost of a GPU-hour.

    Busy hours carry idle ones, paid but undeployed ones, staff and software [1]_.

    .. math::

        l = \frac{c_{\mathrm{load}}}{u c}

    Parameters
    ----------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; 0 or more.
    loaded_gpu_hour_cost
        Cost of a deployed GPU-hour with paid but undeployed hours, staff and software,
        :math:`c_{\mathrm{load}}`; 0 or more.
    utilization
        Average load over the capacity that is paid for, :math:`u`; 0 to 1.

    Returns
    -------
    capacity_loading
        Fully loaded cost of a busy GPU-hour over the bare cost of a GPU-hour, :math:`l`; shaped as
        the operands broadcast.

    Notes
    -----
    A throughput measured under real load (a fleet's daily average over occupied nodes) contains
    idle time: state a utilization of 1 with it.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 84.5 % margin on occupied nodes is 81.0 % on the 278 of the peak.

    Examples
    --------
    2 USD/h, loaded 2.20, busy half of the time:

    >>> capacity_loading(gpu_hour_cost=2 / 3600, loaded_gpu_hour_cost=2.20 / 3600, utilization=0.5)
    2.2
    """
    return loaded_gpu_hour_cost / (utilization * gpu_hour_cost)


def loaded_input_token_cost(
    *, input_token_cost: DollarsPerToken, capacity_loading: Number
) -> DollarsPerToken:
    r"""Cost of an uncached prompt token with idle and reserved capacity and operations.

    Average cost, which is what a price has to cover in the long run [1]_.

    .. math::

        C_{\mathrm{in,load}} = C_{\mathrm{in}} l

    Parameters
    ----------
    input_token_cost
        Cost of an uncached prompt token, of the GPU time it occupies alone,
        :math:`C_{\mathrm{in}}`; 0 or more.
    capacity_loading
        Fully loaded cost of a busy GPU-hour over the bare cost of a GPU-hour, :math:`l`; 0 or more.

    Returns
    -------
    loaded_input_token_cost
        Cost of an uncached prompt token with idle and reserved capacity and operations,
        :math:`C_{\mathrm{in,load}}`; shaped as the operands broadcast.

    Notes
    -----
    Prompt and output tokens carry idle capacity in proportion to their GPU time.

    References
    ----------
    .. [1] S. M. Datar and M. V. Rajan, "Horngren's Cost Accounting: A Managerial Emphasis", 17th
       edition, 2021: chapter on cost allocation: a cost pool shared out by one driver.

    Examples
    --------
    0.138 USD per million, loaded 2.2 times, in USD per million:

    >>> loaded_input_token_cost(input_token_cost=0.138e-6, capacity_loading=2.2) * 1e6
    0.3036
    """
    return input_token_cost * capacity_loading


def loaded_output_token_cost(
    *, output_token_cost: DollarsPerToken, capacity_loading: Number
) -> DollarsPerToken:
    r"""Cost of an output token with idle and reserved capacity and operations.

    Average cost, which is what a price has to cover in the long run [1]_.

    .. math::

        C_{\mathrm{out,load}} = C_{\mathrm{out}} l

    Parameters
    ----------
    output_token_cost
        Cost of an output token, of the GPU time it occupies alone, :math:`C_{\mathrm{out}}`; 0 or
        more.
    capacity_loading
        Fully loaded cost of a busy GPU-hour over the bare cost of a GPU-hour, :math:`l`; 0 or more.

    Returns
    -------
    loaded_output_token_cost
        Cost of an output token with idle and reserved capacity and operations,
        :math:`C_{\mathrm{out,load}}`; shaped as the operands broadcast.

    Notes
    -----
    Prompt and output tokens carry idle capacity in proportion to their GPU time.

    References
    ----------
    .. [1] S. M. Datar and M. V. Rajan, "Horngren's Cost Accounting: A Managerial Emphasis", 17th
       edition, 2021: chapter on cost allocation: a cost pool shared out by one driver.

    Examples
    --------
    0.30 USD per million, loaded 2.2 times, in USD per million:

    >>> loaded_output_token_cost(output_token_cost=0.30e-6, capacity_loading=2.2) * 1e6
    0.66
    """
    return output_token_cost * capacity_loading
