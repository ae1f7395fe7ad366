"""What a request brings in and what it costs."""

from __future__ import annotations

from margincarlo.units import (
    Dollars,
    DollarsPerToken,
    GPUSeconds,
    GPUSecondsPerToken,
    Share,
    Tokens,
)


def request_gpu_time(
    *,
    input_tokens: Tokens,
    cache_hit_share: Share,
    input_token_gpu_time: GPUSecondsPerToken,
    output_tokens: Tokens,
    output_token_gpu_time: GPUSecondsPerToken,
) -> GPUSeconds:
    r"""GPU-seconds that a request occupies; each is spent once, on prefill or on decode.

    The identity behind every cost here: GPU time is additive over tokens, and costs are GPU time
    times its price [1]_.

    .. math::

        \tau = S_{\mathrm{in}} (1 - h) \tau_{\mathrm{in}} + S_{\mathrm{out}} \tau_{\mathrm{out}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.
    input_token_gpu_time
        GPU-seconds that one uncached prompt token occupies, :math:`\tau_{\mathrm{in}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.
    output_token_gpu_time
        GPU-seconds that one output token occupies, :math:`\tau_{\mathrm{out}}`; 0 or more.

    Returns
    -------
    request_gpu_time
        GPU-seconds that a request occupies; each is spent once, on prefill or on decode,
        :math:`\tau`; shaped as the operands broadcast.

    Notes
    -----
    Tokens that a cache holds take no GPU time of their own.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: prefill and decode nodes add up to the 226.75 of the daily average.

    Examples
    --------
    DeepSeek's day, in nodes of 8 GPUs:

    >>> request_gpu_time(
    ...     input_tokens=608e9,
    ...     cache_hit_share=0.5625,
    ...     input_token_gpu_time=248.1e-6,
    ...     output_tokens=168e9,
    ...     output_token_gpu_time=540.5e-6,
    ... ) / 86_400 / 8
    226.8
    """
    prefill = input_tokens * (1 - cache_hit_share) * input_token_gpu_time
    return prefill + output_tokens * output_token_gpu_time


def list_revenue(
    *,
    input_tokens: Tokens,
    cache_hit_share: Share,
    cache_write_share: Share,
    input_price: DollarsPerToken,
    cache_read_price: DollarsPerToken,
    cache_write_price: DollarsPerToken,
    output_tokens: Tokens,
    output_price: DollarsPerToken,
) -> Dollars:
    r"""Revenue of a request at list prices; thinking tokens are billed as output.

    Prompt tokens are billed as missed, written to the cache or read from it [1]_.

    .. math::

        R_{\mathrm{list}} = S_{\mathrm{in}} \left((1 - h) \left((1 - q) p_{\mathrm{in}}
        + q p_{\mathrm{write}}\right) + h p_{\mathrm{hit}}\right)
        + S_{\mathrm{out}} p_{\mathrm{out}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.
    cache_write_share
        Share of the uncached prompt tokens that are written to the cache and billed as such,
        :math:`q`; 0 to 1.
    input_price
        List price of an uncached prompt token, :math:`p_{\mathrm{in}}`; positive.
    cache_read_price
        List price of a prompt token read from the cache, :math:`p_{\mathrm{hit}}`; 0 or more.
    cache_write_price
        List price of a prompt token written to the cache, :math:`p_{\mathrm{write}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.
    output_price
        List price of an output token, :math:`p_{\mathrm{out}}`; positive.

    Returns
    -------
    list_revenue
        Revenue of a request at list prices, :math:`R_{\mathrm{list}}`; shaped as the operands
        broadcast.

    Notes
    -----
    Fees per request and tools are left out.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: theoretical income of 562,027 USD a day at the prices of R1.

    Examples
    --------
    DeepSeek's day, 342 of 608 billion prompt tokens from the cache, in USD:

    >>> list_revenue(
    ...     input_tokens=608e9,
    ...     cache_hit_share=342 / 608,
    ...     cache_write_share=0,
    ...     input_price=0.55e-6,
    ...     cache_read_price=0.14e-6,
    ...     cache_write_price=0.55e-6,
    ...     output_tokens=168e9,
    ...     output_price=2.19e-6,
    ... )
    562100.0
    """
    missed = (1 - cache_write_share) * input_price + cache_write_share * cache_write_price
    prompt = (1 - cache_hit_share) * missed + cache_hit_share * cache_read_price
    return input_tokens * prompt + output_tokens * output_price


def net_revenue(*, list_revenue: Dollars, price_realization: Share) -> Dollars:
    r"""Revenue of a request after commitment and batch discounts.

    What is billed; every margin is a share of it [1]_.

    .. math::

        R = R_{\mathrm{list}} r_p

    Parameters
    ----------
    list_revenue
        Revenue of a request at list prices, :math:`R_{\mathrm{list}}`; of any sign.
    price_realization
        Share of list revenue that is billed after commitments and batch discounts, :math:`r_p`; 0
        to 1.

    Returns
    -------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; shaped as the operands
        broadcast.

    Notes
    -----
    What channels keep is a cost here, not a deduction from revenue.

    References
    ----------
    .. [1] U.S. Securities and Exchange Commission, Regulation S-X, 17 CFR 210.5-03: net sales after
       discounts.

    Examples
    --------
    100 USD at list, of which 81 % is realized, in USD:

    >>> net_revenue(list_revenue=100, price_realization=0.81)
    81.0
    """
    return list_revenue * price_realization


def compute_cost(
    *,
    input_tokens: Tokens,
    cache_hit_share: Share,
    input_token_cost: DollarsPerToken,
    cached_token_cost: DollarsPerToken,
    output_tokens: Tokens,
    output_token_cost: DollarsPerToken,
) -> Dollars:
    r"""Cost of the GPU time and cache that the tokens of a request occupy.

    Tokens of each class times their cost, at the bare cost of a GPU-hour [1]_.

    .. math::

        C = S_{\mathrm{in}} \left((1 - h) C_{\mathrm{in}} + h C_{\mathrm{hit}}\right) +
        S_{\mathrm{out}} C_{\mathrm{out}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.
    input_token_cost
        Cost of an uncached prompt token, of the GPU time it occupies alone,
        :math:`C_{\mathrm{in}}`; 0 or more.
    cached_token_cost
        Cost of a prompt token that a cache holds: its storage shared by its reads, and transfer,
        :math:`C_{\mathrm{hit}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.
    output_token_cost
        Cost of an output token, of the GPU time it occupies alone, :math:`C_{\mathrm{out}}`; 0 or
        more.

    Returns
    -------
    compute_cost
        Cost of the GPU time and cache that the tokens of a request occupy, :math:`C`; shaped as the
        operands broadcast.

    Notes
    -----
    Marginal cost while capacity is full: idle hours, staff and undeployed contracts are in
    `loaded_compute_cost`.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: cost of 87,072 USD a day.

    Examples
    --------
    DeepSeek's day, cached tokens free of charge, in USD:

    >>> compute_cost(
    ...     input_tokens=608e9,
    ...     cache_hit_share=342 / 608,
    ...     input_token_cost=0.13784e-6,
    ...     cached_token_cost=0,
    ...     output_tokens=168e9,
    ...     output_token_cost=0.30030e-6,
    ... )
    87115.8
    """
    missed = (1 - cache_hit_share) * input_token_cost
    prompt = missed + cache_hit_share * cached_token_cost
    return input_tokens * prompt + output_tokens * output_token_cost


def loaded_compute_cost(
    *,
    input_tokens: Tokens,
    cache_hit_share: Share,
    loaded_input_token_cost: DollarsPerToken,
    cached_token_cost: DollarsPerToken,
    output_tokens: Tokens,
    loaded_output_token_cost: DollarsPerToken,
) -> Dollars:
    r"""Cost of a request with its share of idle and reserved capacity and operations.

    All hours that are paid for are shared by all traffic once. Batch traffic fills hours that would
    be idle otherwise: it raises the utilization of everything, and that is how it pays [1]_.

    .. math::

        C_{\mathrm{load}} = S_{\mathrm{in}} \left((1 - h) C_{\mathrm{in,load}} + h
        C_{\mathrm{hit}}\right) + S_{\mathrm{out}} C_{\mathrm{out,load}}

    Parameters
    ----------
    input_tokens
        Prompt tokens per request, cached ones included, :math:`S_{\mathrm{in}}`; 0 or more.
    cache_hit_share
        Share of prompt tokens that a cache holds, :math:`h`; 0 to 1.
    loaded_input_token_cost
        Cost of an uncached prompt token with idle and reserved capacity and operations,
        :math:`C_{\mathrm{in,load}}`; 0 or more.
    cached_token_cost
        Cost of a prompt token that a cache holds: its storage shared by its reads, and transfer,
        :math:`C_{\mathrm{hit}}`; 0 or more.
    output_tokens
        Output tokens per request, thinking tokens included, :math:`S_{\mathrm{out}}`; 0 or more.
    loaded_output_token_cost
        Cost of an output token with idle and reserved capacity and operations,
        :math:`C_{\mathrm{out,load}}`; 0 or more.

    Returns
    -------
    loaded_compute_cost
        Cost of a request with its share of idle and reserved capacity and operations,
        :math:`C_{\mathrm{load}}`; shaped as the operands broadcast.

    Notes
    -----
    `utilization` is that of all traffic, batch included. This is the average cost of a request, not
    what one more batch request costs: that is `compute_cost` at most.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: batch processing within 24 hours at
       half price.

    Examples
    --------
    1000 prompt tokens and 100 output tokens at 0.5 and 2 USD per million, in micro-USD:

    >>> loaded_compute_cost(
    ...     input_tokens=1000,
    ...     cache_hit_share=0,
    ...     loaded_input_token_cost=0.5e-6,
    ...     cached_token_cost=0,
    ...     output_tokens=100,
    ...     loaded_output_token_cost=2e-6,
    ... ) * 1e6
    700.0
    """
    missed = (1 - cache_hit_share) * loaded_input_token_cost
    prompt = missed + cache_hit_share * cached_token_cost
    return input_tokens * prompt + output_tokens * loaded_output_token_cost
