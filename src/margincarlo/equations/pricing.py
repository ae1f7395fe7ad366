"""From list price to what is billed: cache prices, commitments, batch discounts."""

from __future__ import annotations

from margincarlo.units import DollarsPerToken, Number, Share
from margincarlo.xp import maximum


def cache_read_price(
    *, input_price: DollarsPerToken, cache_read_multiplier: Number
) -> DollarsPerToken:
    r"""List price of a prompt token read from the cache.

    Providers state it as a fraction of the input price [1]_.

    .. math::

        p_{\mathrm{hit}} = m_r p_{\mathrm{in}}

    Parameters
    ----------
    input_price
        List price of an uncached prompt token, :math:`p_{\mathrm{in}}`; positive.
    cache_read_multiplier
        List price of a cached prompt token over the input price, :math:`m_r`; 0 to 1.

    Returns
    -------
    cache_read_price
        List price of a prompt token read from the cache, :math:`p_{\mathrm{hit}}`; shaped as the
        operands broadcast.

    Notes
    -----
    Without a cache discount the multiplier is 1.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: prompt caching: cache hits at 0.1 times
       the input price.

    Examples
    --------
    A tenth of 3 USD per million, in USD per million:

    >>> cache_read_price(input_price=3e-6, cache_read_multiplier=0.1) * 1e6
    0.3
    """
    return input_price * cache_read_multiplier


def cache_write_price(
    *, input_price: DollarsPerToken, cache_write_multiplier: Number
) -> DollarsPerToken:
    r"""List price of a prompt token written to the cache.

    Where caching is asked for explicitly, the first pass costs more than an uncached one [1]_.

    .. math::

        p_{\mathrm{write}} = m_w p_{\mathrm{in}}

    Parameters
    ----------
    input_price
        List price of an uncached prompt token, :math:`p_{\mathrm{in}}`; positive.
    cache_write_multiplier
        List price of writing a prompt token to the cache over the input price, :math:`m_w`;
        positive.

    Returns
    -------
    cache_write_price
        List price of a prompt token written to the cache, :math:`p_{\mathrm{write}}`; shaped as the
        operands broadcast.

    Notes
    -----
    Providers that cache by themselves have a multiplier of 1.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: prompt caching: writes at 1.25 times (5
       minutes) or 2 times (1 hour) the input price.

    Examples
    --------
    1.25 times 3 USD per million, in USD per million:

    >>> cache_write_price(input_price=3e-6, cache_write_multiplier=1.25) * 1e6
    3.75
    """
    return input_price * cache_write_multiplier


def cache_break_even_reads(
    *, cache_write_multiplier: Number, cache_read_multiplier: Number
) -> Number:
    r"""Reads after which writing a prompt to the cache has paid for itself.

    A write costs more than a plain prompt once, each read less: the customer is even when the two
    meet [1]_.

    .. math::

        k^{*} = \frac{m_w - 1}{1 - m_r}

    Parameters
    ----------
    cache_write_multiplier
        List price of writing a prompt token to the cache over the input price, :math:`m_w`;
        positive.
    cache_read_multiplier
        List price of a cached prompt token over the input price, :math:`m_r`; 0 to 1.

    Returns
    -------
    cache_break_even_reads
        Reads after which writing a prompt to the cache has paid for itself, :math:`k^{*}`; shaped
        as the operands broadcast.

    Notes
    -----
    Round up: 0.28 is one read, 1.11 are two. Where reads are not cheaper, a billion times the
    surcharge stands for never.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: prompt caching: pays off after one read
       (5 minutes) or two (1 hour).

    Examples
    --------
    A one-hour cache:

    >>> float(cache_break_even_reads(cache_write_multiplier=2, cache_read_multiplier=0.1))
    1.111
    """
    # The floor keeps apart "never pays off" and "costs nothing to begin with".
    return (cache_write_multiplier - 1) / maximum(1 - cache_read_multiplier, 1e-9)


def price_realization(
    *, commitment_discount: Share, batch_share: Share, batch_discount: Share
) -> Share:
    """Share of list revenue that is billed after commitments and batch discounts.

    Modifiers stack as factors; the batch discount applies to the share of revenue at list that is
    sold as batch [1]_.

    .. math::

        r_p = (1 - d_c) (1 - s_b d_b)

    Parameters
    ----------
    commitment_discount
        Discount for committed volume, :math:`d_c`; 0 to 1.
    batch_share
        Share of traffic sold at the batch discount, :math:`s_b`; 0 to 1.
    batch_discount
        Discount on batch traffic, :math:`d_b`; 0 to 1.

    Returns
    -------
    price_realization
        Share of list revenue that is billed after commitments and batch discounts, :math:`r_p`;
        shaped as the operands broadcast.

    Notes
    -----
    Surcharges for region, speed or long context raise the list prices themselves.

    References
    ----------
    .. [1] Anthropic, "Pricing", Claude documentation, 2026: batch processing: 50 % off.

    Examples
    --------
    10 % off for commitment, and a fifth of the traffic at half price:

    >>> price_realization(commitment_discount=0.10, batch_share=0.20, batch_discount=0.50)
    0.81
    """
    return (1 - commitment_discount) * (1 - batch_share * batch_discount)
