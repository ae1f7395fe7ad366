"""A request, or an average request of a workload mix: tokens, revenue, cost and margins."""

from __future__ import annotations

from margincarlo.units import (
    Dollars,
    DollarsPerToken,
    GPUSeconds,
    GPUSecondsPerToken,
    Number,
    Share,
    Tokens,
)


def output_tokens(*, visible_output_tokens: Tokens, thinking_ratio: Number) -> Tokens:
    """Output tokens per request, thinking tokens included."""
    return visible_output_tokens * (1 + thinking_ratio)


def input_tokens(*, output_tokens: Tokens, input_output_ratio: Number) -> Tokens:
    """Prompt tokens per request, cached ones included."""
    return output_tokens * input_output_ratio


def total_tokens(*, input_tokens: Tokens, output_tokens: Tokens) -> Tokens:
    """Tokens per request of every class."""
    return input_tokens + output_tokens


def context_length(*, input_tokens: Tokens, output_tokens: Tokens) -> Tokens:
    """Context that the average output token attends to."""
    return input_tokens + output_tokens / 2


def prefill_context(*, input_tokens: Tokens, cache_hit_share: Share) -> Tokens:
    """Context that the average uncached prompt token attends to: the cached prefix, then causally."""
    return input_tokens * (1 + cache_hit_share) / 2


def uncached_input_per_output(
    *, input_tokens: Tokens, cache_hit_share: Share, output_tokens: Tokens
) -> Number:
    """Prompt tokens to prefill for each output token."""
    return input_tokens * (1 - cache_hit_share) / output_tokens


def request_gpu_time(
    *,
    input_tokens: Tokens,
    cache_hit_share: Share,
    input_token_gpu_time: GPUSecondsPerToken,
    output_tokens: Tokens,
    output_token_gpu_time: GPUSecondsPerToken,
) -> GPUSeconds:
    """GPU-seconds that a request occupies; each is spent once, on prefill or on decode."""
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
    """Revenue of a request at list prices; thinking tokens are billed as output."""
    missed = (1 - cache_hit_share - cache_write_share) * input_price
    prompt = missed + cache_write_share * cache_write_price + cache_hit_share * cache_read_price
    return input_tokens * prompt + output_tokens * output_price


def net_revenue(*, list_revenue: Dollars, price_realization: Share) -> Dollars:
    """Revenue of a request after commitment and batch discounts."""
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
    """Cost of the GPU time and cache that the tokens of a request occupy."""
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
    compute_cost: Dollars,
    batch_share: Share,
) -> Dollars:
    """Cost of a request with its share of idle and reserved capacity and operations."""
    missed = (1 - cache_hit_share) * loaded_input_token_cost
    prompt = missed + cache_hit_share * cached_token_cost
    interactive = input_tokens * prompt + output_tokens * loaded_output_token_cost
    # Batch traffic fills hours that interactive traffic already paid for: no idle hours of its own.
    return (1 - batch_share) * interactive + batch_share * compute_cost


def contribution_profit(*, net_revenue: Dollars, compute_cost: Dollars) -> Dollars:
    """Net revenue less the cost of the GPU time that the tokens occupy."""
    return net_revenue - compute_cost


def contribution_margin(*, contribution_profit: Dollars, net_revenue: Dollars) -> Share:
    """Contribution margin: 1 - cost of the GPU time that the tokens occupy / net revenue."""
    return contribution_profit / net_revenue


def gross_profit(
    *,
    net_revenue: Dollars,
    loaded_compute_cost: Dollars,
    hosting_cost: Dollars,
    channel_fee: Dollars,
    payment_fee: Dollars,
) -> Dollars:
    """Net revenue less fully loaded compute, hosting, channel and payment."""
    return net_revenue - loaded_compute_cost - hosting_cost - channel_fee - payment_fee


def gross_margin(*, gross_profit: Dollars, net_revenue: Dollars) -> Share:
    """Gross margin: 1 - fully loaded cost of serving / net revenue."""
    return gross_profit / net_revenue


def contribution_markup(*, contribution_profit: Dollars, compute_cost: Dollars) -> Share:
    """Markup on cost, which some call a "cost profit margin": not a margin."""
    return contribution_profit / compute_cost


def output_token_margin(
    *, output_price: DollarsPerToken, loaded_output_token_cost: DollarsPerToken
) -> Share:
    """Loaded margin of output tokens alone, at list price."""
    return 1 - loaded_output_token_cost / output_price


def blended_price(*, net_revenue: Dollars, total_tokens: Tokens) -> DollarsPerToken:
    """Revenue per token of any class."""
    return net_revenue / total_tokens


def blended_cost(*, loaded_compute_cost: Dollars, total_tokens: Tokens) -> DollarsPerToken:
    """Fully loaded cost per token of any class."""
    return loaded_compute_cost / total_tokens
