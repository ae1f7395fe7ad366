"""Margins, each under its own name: what is left of revenue, and after which costs."""

from __future__ import annotations

from margincarlo.units import Dollars, DollarsPerToken, Share, Tokens


def contribution_profit(*, net_revenue: Dollars, compute_cost: Dollars) -> Dollars:
    r"""Net revenue less the cost of the GPU time and cache that the tokens occupy.

    What one more request adds while capacity is full [1]_.

    .. math::

        \pi_c = R - C

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    compute_cost
        Cost of the GPU time and cache that the tokens of a request occupy, :math:`C`; of any sign.

    Returns
    -------
    contribution_profit
        Net revenue less compute cost, :math:`\pi_c`; shaped as the operands broadcast.

    Notes
    -----
    Channel and payment fees are not deducted, although they vary with revenue: this is the margin
    of compute.

    References
    ----------
    .. [1] S. M. Datar and M. V. Rajan, "Horngren's Cost Accounting: A Managerial Emphasis", 17th
       edition, 2021: contribution margin: revenue less variable cost.

    Examples
    --------
    DeepSeek's day, in USD:

    >>> contribution_profit(net_revenue=562_027, compute_cost=87_072)
    474955
    """
    return net_revenue - compute_cost


def contribution_margin(*, contribution_profit: Dollars, net_revenue: Dollars) -> Share:
    r"""Contribution margin is the share of net revenue left after the GPU time and cache that the
    tokens occupy.

    Neither idle hours nor staff, fees or training are in it: the rosiest of the margins, and the
    one that published estimates per token mostly mean [1]_.

    .. math::

        m_c = \frac{\pi_c}{R}

    Parameters
    ----------
    contribution_profit
        Net revenue less compute cost, :math:`\pi_c`; of any sign.
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.

    Returns
    -------
    contribution_margin
        Contribution margin: 1 - cost of the GPU time that the tokens occupy / net revenue,
        :math:`m_c`; shaped as the operands broadcast.

    Notes
    -----
    The margin of a fleet is one less the ratio of sums, not the mean of the margins of its
    requests.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: theoretical income and cost of a day.

    Examples
    --------
    DeepSeek's day:

    >>> contribution_margin(contribution_profit=562_027 - 87_072, net_revenue=562_027)
    0.845
    """
    return contribution_profit / net_revenue


def gross_profit(
    *,
    net_revenue: Dollars,
    loaded_compute_cost: Dollars,
    hosting_cost: Dollars,
    channel_fee: Dollars,
    payment_fee: Dollars,
) -> Dollars:
    r"""Net revenue less fully loaded compute, hosting, channel and payment.

    All that serving takes, idle capacity included [1]_.

    .. math::

        \pi_g = R - C_{\mathrm{load}} - F_{\mathrm{host}} - F_{\mathrm{ch}} - F_{\mathrm{pay}}

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    loaded_compute_cost
        Cost of a request with its share of idle and reserved capacity and operations,
        :math:`C_{\mathrm{load}}`; of any sign.
    hosting_cost
        Web servers, storage, egress and support: serving costs that are no accelerators,
        :math:`F_{\mathrm{host}}`; of any sign.
    channel_fee
        What cloud channels keep, :math:`F_{\mathrm{ch}}`; of any sign.
    payment_fee
        Card and marketplace fees, :math:`F_{\mathrm{pay}}`; of any sign.

    Returns
    -------
    gross_profit
        Net revenue less all costs of serving, :math:`\pi_g`; shaped as the operands broadcast.

    Notes
    -----
    Training, research, sales and administration are below this line and never explain a low gross
    margin.

    References
    ----------
    .. [1] Epoch AI, "Can AI companies become profitable?", 2026: bridge from revenue to gross and
       operating profit.

    Examples
    --------
    100 USD less 30 of compute, 3 of hosting, 10 of channel and 2 of payment, in USD:

    >>> gross_profit(
    ...     net_revenue=100, loaded_compute_cost=30, hosting_cost=3, channel_fee=10, payment_fee=2
    ... )
    55
    """
    return net_revenue - loaded_compute_cost - hosting_cost - channel_fee - payment_fee


def gross_margin(*, gross_profit: Dollars, net_revenue: Dollars) -> Share:
    r"""Gross margin is the share of net revenue left after all costs of serving: fully loaded
    compute, hosting, channel and payment.

    The margin that accounts disclose, as far as they agree on what serving is [1]_.

    .. math::

        m_g = \frac{\pi_g}{R}

    Parameters
    ----------
    gross_profit
        Net revenue less all costs of serving, :math:`\pi_g`; of any sign.
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.

    Returns
    -------
    gross_margin
        Gross margin: 1 - (fully loaded compute + hosting, channel and payment) / net revenue,
        :math:`m_g`; shaped as the operands broadcast.

    Notes
    -----
    OpenAI's 2025 has four of them, from 33 to 66 %, depending on whether inference for free users
    and revenue shares count: state which.

    References
    ----------
    .. [1] Epoch AI, "Can AI companies become profitable?", 2026: 3.2 of cost and 6.1 billion USD of
       revenue in the months of GPT-5: 48 %.

    Examples
    --------
    6.1 billion USD of revenue and 3.2 of inference:

    >>> gross_margin(gross_profit=6.1e9 - 3.2e9, net_revenue=6.1e9)
    0.475
    """
    return gross_profit / net_revenue


def contribution_markup(*, contribution_profit: Dollars, compute_cost: Dollars) -> Share:
    r"""Contribution markup is contribution profit over the cost of the GPU time and cache that the
    tokens occupy: a share of cost, not a margin.

    What DeepSeek calls a "cost profit margin" of 545 % is a markup, and a margin of 84.5 % [1]_.

    .. math::

        \mu = \frac{\pi_c}{C}

    Parameters
    ----------
    contribution_profit
        Net revenue less compute cost, :math:`\pi_c`; of any sign.
    compute_cost
        Cost of the GPU time and cache that the tokens of a request occupy, :math:`C`; of any sign.

    Returns
    -------
    contribution_markup
        Markup on cost, which some call a "cost profit margin": not a margin, :math:`\mu`; shaped as
        the operands broadcast.

    Notes
    -----
    A markup is unbounded above; a margin never exceeds 1.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: cost profit margin of 545 %.

    Examples
    --------
    DeepSeek's day:

    >>> contribution_markup(contribution_profit=562_027 - 87_072, compute_cost=87_072)
    5.455
    """
    return contribution_profit / compute_cost


def output_token_margin(
    *, output_price: DollarsPerToken, loaded_output_token_cost: DollarsPerToken
) -> Share:
    r"""Output token margin is the share of an output token's list price left after its fully loaded
    cost.

    What headlines compute from one price and one cost; prompt tokens, discounts and fees are not in
    it [1]_.

    .. math::

        m_{\mathrm{out}} = 1 - \frac{C_{\mathrm{out,load}}}{p_{\mathrm{out}}}

    Parameters
    ----------
    output_price
        List price of an output token, :math:`p_{\mathrm{out}}`; positive.
    loaded_output_token_cost
        Cost of an output token with idle and reserved capacity and operations,
        :math:`C_{\mathrm{out,load}}`; 0 or more.

    Returns
    -------
    output_token_margin
        Loaded margin of output tokens alone, at list price, :math:`m_{\mathrm{out}}`; shaped as the
        operands broadcast.

    Notes
    -----
    In agents' traffic most of the cost is in prompt tokens: this margin then says little about the
    business.

    References
    ----------
    .. [1] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: article of February 2026:
       Crusoe at a cost of 2.955 and a price of 5.40 USD per million.

    Examples
    --------
    2.955 and 5.40 USD per million:

    >>> output_token_margin(output_price=5.40e-6, loaded_output_token_cost=2.955e-6)
    0.4528
    """
    return 1 - loaded_output_token_cost / output_price


def blended_price(*, net_revenue: Dollars, total_tokens: Tokens) -> DollarsPerToken:
    r"""Revenue per token of any class.

    The one number that agents' bills are compared by; it says as much about the mix as about the
    price [1]_.

    .. math::

        \bar{p} = \frac{R}{S_{\mathrm{all}}}

    Parameters
    ----------
    net_revenue
        Revenue of a request after commitment and batch discounts, :math:`R`; of any sign.
    total_tokens
        Tokens per request of every class, :math:`S_{\mathrm{all}}`; 0 or more.

    Returns
    -------
    blended_price
        Revenue per token of any class, :math:`\bar{p}`; shaped as the operands broadcast.

    Notes
    -----
    At 300 prompt tokens per output token and 91 % hits, list prices of 5 and 25 USD per million
    blend to 0.985.

    References
    ----------
    .. [1] SemiAnalysis, "AI Value Capture", 2026: blended price of Opus 4.7, about 0.99 USD per
       million.

    Examples
    --------
    DeepSeek's day, in USD per million:

    >>> blended_price(net_revenue=562_027, total_tokens=776e9) * 1e6
    0.7243
    """
    return net_revenue / total_tokens


def blended_cost(*, loaded_compute_cost: Dollars, total_tokens: Tokens) -> DollarsPerToken:
    r"""Fully loaded cost per token of any class.

    To be set against the blended price of the same mix [1]_.

    .. math::

        \bar{C} = \frac{C_{\mathrm{load}}}{S_{\mathrm{all}}}

    Parameters
    ----------
    loaded_compute_cost
        Cost of a request with its share of idle and reserved capacity and operations,
        :math:`C_{\mathrm{load}}`; of any sign.
    total_tokens
        Tokens per request of every class, :math:`S_{\mathrm{all}}`; 0 or more.

    Returns
    -------
    blended_cost
        Fully loaded cost per token of any class, :math:`\bar{C}`; shaped as the operands broadcast.

    Notes
    -----
    Hosting, payment and channel are not in it.

    References
    ----------
    .. [1] DeepSeek-AI, "Day 6: One More Thing, DeepSeek-V3/R1 Inference System Overview",
       open-infra-index, 2025: 87,072 USD and 776 billion tokens a day.

    Examples
    --------
    DeepSeek's day, in USD per million:

    >>> blended_cost(loaded_compute_cost=87_072, total_tokens=776e9) * 1e6
    0.1122
    """
    return loaded_compute_cost / total_tokens
