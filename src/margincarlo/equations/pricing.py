"""From list price to what is kept: cache prices, discounts, batch, channels, payment."""

from __future__ import annotations

from margincarlo.units import Dollars, DollarsPerToken, Number, Share


def cache_read_price(
    *, input_price: DollarsPerToken, cache_read_multiplier: Number
) -> DollarsPerToken:
    """List price of a prompt token read from the cache."""
    return input_price * cache_read_multiplier


def cache_write_price(
    *, input_price: DollarsPerToken, cache_write_multiplier: Number
) -> DollarsPerToken:
    """List price of a prompt token written to the cache."""
    return input_price * cache_write_multiplier


def cache_break_even_reads(
    *, cache_write_multiplier: Number, cache_read_multiplier: Number
) -> Number:
    """Reads after which writing a prompt to the cache has paid for itself."""
    return (cache_write_multiplier - 1) / (1 - cache_read_multiplier)


def price_realization(
    *, commitment_discount: Share, batch_share: Share, batch_discount: Share
) -> Share:
    """Share of list revenue that is billed after commitments and batch discounts."""
    return (1 - commitment_discount) * (1 - batch_share * batch_discount)


def revenue_share_channel_fee(
    *, net_revenue: Dollars, channel_revenue_share: Share, channel_share: Share
) -> Dollars:
    """What cloud channels keep where they take a share of revenue."""
    return net_revenue * channel_share * channel_revenue_share


def profit_share_channel_fee(
    *,
    net_revenue: Dollars,
    loaded_compute_cost: Dollars,
    channel_profit_share: Share,
    channel_share: Share,
) -> Dollars:
    """What cloud channels keep where they take a share of gross profit."""
    return (net_revenue - loaded_compute_cost) * channel_share * channel_profit_share


def payment_fee(*, net_revenue: Dollars, payment_fee_rate: Share) -> Dollars:
    """Card and marketplace fees."""
    return net_revenue * payment_fee_rate


def hosting_cost(*, net_revenue: Dollars, hosting_share: Share) -> Dollars:
    """Web servers, storage, egress and support: serving costs that are no accelerators."""
    return net_revenue * hosting_share
