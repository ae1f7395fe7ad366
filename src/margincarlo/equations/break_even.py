"""What a GPU-hour earns, how busy it must be, and how much dearer output is than input."""

from __future__ import annotations

from margincarlo.units import Dollars, DollarsPerGPUSecond, DollarsPerToken, GPUSeconds, Number


def revenue_per_gpu_hour(
    *, net_revenue: Dollars, request_gpu_time: GPUSeconds
) -> DollarsPerGPUSecond:
    r"""Net revenue of a GPU-hour while it is busy.

    A GPU that serves one request after the other earns each request's revenue in the GPU time that
    the request occupies [1]_.

    .. math::

        R_{\mathrm{gpu}} = \frac{R}{\tau}

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    request_gpu_time
        GPU-seconds that a request occupies, :math:`\tau`; positive.

    Returns
    -------
    revenue_per_gpu_hour
        Net revenue of a GPU-hour while it is busy, :math:`R_{\mathrm{gpu}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Idle hours earn nothing: multiply by utilization for the hours that are paid for.

    References
    ----------
    .. [1] Hacker News, thread on the cost of inference: revenue per hour of one H100 with
       Mixtral 8x7B at 36 million tokens an hour and 0.54 USD per million tokens.

    Examples
    --------
    36 million tokens at $0.54 in an hour of one GPU, in USD/h:

    >>> revenue_per_gpu_hour(net_revenue=36 * 0.54, request_gpu_time=3600) * 3600
    19.44
    """
    return net_revenue / request_gpu_time


def break_even_utilization(
    *, loaded_gpu_hour_cost: DollarsPerGPUSecond, revenue_per_gpu_hour: DollarsPerGPUSecond
) -> Number:
    r"""Utilization at which revenue just pays for the GPUs.

    Above it each hour paid for earns more than it costs [1]_; above 1 no load is enough.

    .. math::

        u^{*} = \frac{c_{\mathrm{load}}}{R_{\mathrm{gpu}}}

    Parameters
    ----------
    loaded_gpu_hour_cost
        Cost of a deployed GPU-hour with paid but undeployed hours, staff and software,
        :math:`c_{\mathrm{load}}`; positive.
    revenue_per_gpu_hour
        Net revenue of a GPU-hour while it is busy, :math:`R_{\mathrm{gpu}}`; positive.

    Returns
    -------
    break_even_utilization
        Utilization at which revenue just pays for the GPUs, :math:`u^{*}`; shaped as the operands
        broadcast.

    Notes
    -----
    Hosting, channel and payment fees and the cost of the cache are left out.

    References
    ----------
    .. [1] Hacker News, thread on the cost of inference: an H100 at 3.99 USD an hour against 38.88
       (rightly 19.44) USD of revenue.

    Examples
    --------
    >>> break_even_utilization(loaded_gpu_hour_cost=3.99, revenue_per_gpu_hour=19.44)
    0.2052
    """
    return loaded_gpu_hour_cost / revenue_per_gpu_hour


def output_input_cost_ratio(
    *, output_token_cost: DollarsPerToken, input_token_cost: DollarsPerToken
) -> Number:
    r"""Cost of an output token over that of an uncached prompt token.

    Two to three on real machines [1]_, not a thousand: prefill is bound by arithmetic.

    .. math::

        r_{\mathrm{oi}} = \frac{C_{\mathrm{out}}}{C_{\mathrm{in}}}

    Parameters
    ----------
    output_token_cost
        Cost of an output token, of the GPU time it occupies alone, :math:`C_{\mathrm{out}}`;
        positive.
    input_token_cost
        Cost of an uncached prompt token, of the GPU time it occupies alone,
        :math:`C_{\mathrm{in}}`; positive.

    Returns
    -------
    output_input_cost_ratio
        Cost of an output token over that of an uncached prompt token, :math:`r_{\mathrm{oi}}`;
        shaped as the operands broadcast.

    Notes
    -----
    Cached prompt tokens are a class of their own.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: throughput per node of prefill and decode.

    Examples
    --------
    DeepSeek's node at $2 a GPU-hour:

    >>> output_input_cost_ratio(output_token_cost=0.300, input_token_cost=0.138)
    2.17
    """
    return output_token_cost / input_token_cost
