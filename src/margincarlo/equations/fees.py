"""What others keep of the revenue: cloud channels, payment, hosting."""

from __future__ import annotations

from margincarlo.units import Dollars, Share
from margincarlo.xp import maximum


def revenue_share_channel_fee(
    *, net_revenue: Dollars, channel_revenue_share: Share, channel_share: Share
) -> Dollars:
    r"""What cloud channels keep where they take a share of revenue.

    Of what is sold through a cloud, the cloud keeps a fixed part, whatever it cost to serve [1]_.

    .. math::

        F_{\mathrm{ch}} = R s_{\mathrm{ch}} s_R

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    channel_revenue_share
        Share of that revenue that the channel keeps, :math:`s_R`; 0 to 1.
    channel_share
        Share of revenue that is sold through cloud channels, :math:`s_{\mathrm{ch}}`; 0 to 1.

    Returns
    -------
    channel_fee
        What cloud channels keep, :math:`F_{\mathrm{ch}}`; shaped as the operands broadcast.

    Notes
    -----
    Whoever books revenue net of the fee shows a higher margin on less revenue: the same business.

    References
    ----------
    .. [1] The Information on the cloud resale agreements of Anthropic and OpenAI, as quoted by
       Seeking Alpha, January 2026: 20 % of OpenAI's revenue to Microsoft: 2.6 of 13.07 billion USD.

    Examples
    --------
    All of 13.07 billion USD at 20 %, in billions:

    >>> revenue_share_channel_fee(
    ...     net_revenue=13.07e9, channel_share=1, channel_revenue_share=0.20
    ... ) / 1e9
    2.614
    """
    return net_revenue * channel_share * channel_revenue_share


def profit_share_channel_fee(
    *,
    net_revenue: Dollars,
    loaded_compute_cost: Dollars,
    channel_profit_share: Share,
    channel_share: Share,
) -> Dollars:
    r"""What cloud channels keep where they take a share of gross profit.

    Of what is sold through a cloud, the two share what is left after serving; where nothing is
    left, nothing is shared [1]_.

    .. math::

        F_{\mathrm{ch}} = \max(0,\; R - C_{\mathrm{load}}) s_{\mathrm{ch}} s_G

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    loaded_compute_cost
        Cost of a request with its share of idle and reserved capacity and operations,
        :math:`C_{\mathrm{load}}`; of any sign.
    channel_profit_share
        Share of the gross profit on it that the channel keeps, :math:`s_G`; 0 to 1.
    channel_share
        Share of revenue that is sold through cloud channels, :math:`s_{\mathrm{ch}}`; 0 to 1.

    Returns
    -------
    channel_fee
        What cloud channels keep, :math:`F_{\mathrm{ch}}`; shaped as the operands broadcast.

    Notes
    -----
    The channel is taken to sell the same mix at the same cost. It does not share in losses.

    References
    ----------
    .. [1] The Information on the cloud resale agreements of Anthropic and OpenAI, as quoted by
       Seeking Alpha, January 2026: about half of the gross profit on resold Claude to Amazon.

    Examples
    --------
    22 billion USD of revenue at a gross margin of 72 %, half of the profit, in billions:

    >>> float(
    ...     profit_share_channel_fee(
    ...         net_revenue=22e9,
    ...         loaded_compute_cost=6.16e9,
    ...         channel_profit_share=0.50,
    ...         channel_share=1,
    ...     )
    ...     / 1e9
    ... )
    7.92
    """
    shared = maximum(net_revenue - loaded_compute_cost, 0)
    return shared * channel_share * channel_profit_share


def payment_fee(*, net_revenue: Dollars, payment_fee_rate: Share) -> Dollars:
    r"""Card and marketplace fees.

    A percentage of what is billed [1]_.

    .. math::

        F_{\mathrm{pay}} = R f_{\mathrm{pay}}

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    payment_fee_rate
        Card and marketplace fees over revenue, :math:`f_{\mathrm{pay}}`; 0 to 1.

    Returns
    -------
    payment_fee
        Card and marketplace fees, :math:`F_{\mathrm{pay}}`; shaped as the operands broadcast.

    Notes
    -----
    The fixed part per transaction is left out: accounts are topped up in large sums.

    References
    ----------
    .. [1] U.S. Securities and Exchange Commission, Regulation S-X, 17 CFR 210.5-03: paragraph (b)2:
       costs and expenses applicable to sales and revenues.

    Examples
    --------
    2.9 % of 100 USD, in USD:

    >>> payment_fee(net_revenue=100, payment_fee_rate=0.029)
    2.9
    """
    return net_revenue * payment_fee_rate


def hosting_cost(*, net_revenue: Dollars, hosting_share: Share) -> Dollars:
    r"""Web servers, storage, egress and support: serving costs that are no accelerators.

    Taken in proportion to revenue, as accounts disclose it [1]_.

    .. math::

        F_{\mathrm{host}} = R f_{\mathrm{host}}

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    hosting_share
        Web servers, storage, egress and support over revenue, :math:`f_{\mathrm{host}}`; 0 to 1.

    Returns
    -------
    hosting_cost
        Web servers, storage, egress and support: serving costs that are no accelerators,
        :math:`F_{\mathrm{host}}`; shaped as the operands broadcast.

    Notes
    -----
    Staff that operates accelerators is in `operations_cost`.

    References
    ----------
    .. [1] Epoch AI, "Can AI companies become profitable?", 2026: costs beside inference compute.

    Examples
    --------
    3 % of 100 USD, in USD:

    >>> hosting_cost(net_revenue=100, hosting_share=0.03)
    3.0
    """
    return net_revenue * hosting_share
