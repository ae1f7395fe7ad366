"""What an hour of one accelerator costs: rented, or owned; then fully loaded."""

from __future__ import annotations

from margincarlo.units import DollarsPerGPU, DollarsPerGPUSecond, PerSecond, Share


def rented_gpu_hour_cost(
    *, gpu_list_price: DollarsPerGPUSecond, negotiated_discount: Share
) -> DollarsPerGPUSecond:
    r"""Rent of a GPU-hour after the discount on the contract class it was quoted against.

    A list price and a discount belong together: term, volume and interconnect decide both [1]_. A
    discount quoted against on-demand prices, applied to a one-year contract index, counts the term
    twice.

    .. math::

        c = p_{\mathrm{list}} (1 - \delta)

    Parameters
    ----------
    gpu_list_price
        List price of a GPU-hour in the contract class that the discount is quoted against,
        :math:`p_{\mathrm{list}}`; positive.
    negotiated_discount
        Discount on exactly that list price, :math:`\delta`; 0 to 1.

    Returns
    -------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; shaped as the operands broadcast.

    Notes
    -----
    Hours that are paid but not deployed come in with `loaded_gpu_hour_cost`. Rents move both ways:
    the one-year H100 index rose from 1.70 to 2.35 USD/h in the five months to March 2026.

    References
    ----------
    .. [1] SemiAnalysis, H100 one-year contract price index, October 2025 to March 2026: the March
       2026 value of 2.35 USD/h.

    Examples
    --------
    2.35 USD/h less 30 %, in USD/h:

    >>> rented_gpu_hour_cost(gpu_list_price=2.35 / 3600, negotiated_discount=0.30) * 3600
    1.645
    """
    return gpu_list_price * (1 - negotiated_discount)


def replacement_cost(
    *,
    failure_rate: PerSecond,
    gpu_replacement_price: DollarsPerGPU,
    warranty_coverage: Share,
) -> DollarsPerGPUSecond:
    r"""Failed accelerators that no warranty replaces.

    Accelerators fail at a constant rate, and each failure outside the warranty is a new part [1]_.

    .. math::

        c_{\mathrm{rep}} = \mathrm{AFR} p_{\mathrm{GPU}} (1 - w)

    Parameters
    ----------
    failure_rate
        Share of accelerators that need a swap per year, :math:`\mathrm{AFR}`; 0 or more.
    gpu_replacement_price
        Price of one accelerator as a spare part, :math:`p_{\mathrm{GPU}}`; 0 or more.
    warranty_coverage
        Share of failures that a warranty replaces, :math:`w`; 0 to 1.

    Returns
    -------
    replacement_cost
        Failed accelerators that no warranty replaces, :math:`c_{\mathrm{rep}}`; shaped as the
        operands broadcast.

    Notes
    -----
    The rate counts swaps, not interruptions: of the 9 % a year that Llama 3's training saw, most
    accelerators came back after a reset. Work lost in an outage is in `hardware_availability`.

    References
    ----------
    .. [1] Llama Team, "The Llama 3 Herd of Models", arXiv:2407.21783, 2024: table 5: 148 GPU and 72
       memory faults, 16,384 accelerators, 54 days.

    Examples
    --------
    5 % a year of 25,000 USD, in USD per year:

    >>> replacement_cost(
    ...     failure_rate=0.05 / 31_536_000, gpu_replacement_price=25_000, warranty_coverage=0
    ... ) * 31_536_000
    1250.0
    """
    return failure_rate * gpu_replacement_price * (1 - warranty_coverage)


def cash_operating_cost(
    *,
    electricity_cost: DollarsPerGPUSecond,
    colocation_cost: DollarsPerGPUSecond,
    replacement_cost: DollarsPerGPUSecond,
    operations_cost: DollarsPerGPUSecond,
) -> DollarsPerGPUSecond:
    r"""Cash that an owned accelerator takes per hour, capital apart.

    What stops being paid when the machine is switched off; an owner retires it when the market pays
    less than this [1]_.

    .. math::

        x = c_{\mathrm{el}} + c_{\mathrm{colo}} + c_{\mathrm{rep}} + c_{\mathrm{ops}}

    Parameters
    ----------
    electricity_cost
        Electricity of one accelerator with its share of host and network, at the wall,
        :math:`c_{\mathrm{el}}`; 0 or more.
    colocation_cost
        Rent of space and cooling, which data centers charge by provisioned power,
        :math:`c_{\mathrm{colo}}`; 0 or more.
    replacement_cost
        Failed accelerators that no warranty replaces, :math:`c_{\mathrm{rep}}`; 0 or more.
    operations_cost
        Staff and software to operate one GPU for an hour, :math:`c_{\mathrm{ops}}`; positive.

    Returns
    -------
    cash_operating_cost
        Cash that an owned accelerator takes per hour, capital apart, :math:`x`; shaped as the
        operands broadcast.

    Notes
    -----
    Financing and taxes on property are left out: they do not stop with the machine.

    References
    ----------
    .. [1] L. A. Barroso, U. Hölzle and P. Ranganathan, "The Datacenter as a Computer", 3rd edition,
       2018: chapter 6, operational expenses.

    Examples
    --------
    0.15, 0.24, 0.14 and 0.08 USD/h, in USD/h:

    >>> cash_operating_cost(
    ...     electricity_cost=0.15 / 3600,
    ...     colocation_cost=0.24 / 3600,
    ...     replacement_cost=0.14 / 3600,
    ...     operations_cost=0.08 / 3600,
    ... ) * 3600
    0.61
    """
    return electricity_cost + colocation_cost + replacement_cost + operations_cost


def owned_gpu_hour_cost(
    *,
    capital_recovery_cost: DollarsPerGPUSecond,
    spares_share: Share,
    electricity_cost: DollarsPerGPUSecond,
    colocation_cost: DollarsPerGPUSecond,
    replacement_cost: DollarsPerGPUSecond,
    hardware_availability: Share,
) -> DollarsPerGPUSecond:
    r"""Cost of an hour of an owned accelerator that is up.

    Capital, spares included, and running cost are paid for every hour; only the hours in which the
    machine is up can be used, so they carry all of it [1]_.

    .. math::

        c = \frac{c_{\mathrm{cap}} (1 + s) + c_{\mathrm{el}} + c_{\mathrm{colo}} +
        c_{\mathrm{rep}}}{A}

    Parameters
    ----------
    capital_recovery_cost
        Level payment per hour that returns the purchase price with interest,
        :math:`c_{\mathrm{cap}}`; 0 or more.
    spares_share
        Spare accelerators bought per accelerator in service, :math:`s`; 0 to 1.
    electricity_cost
        Electricity of one accelerator with its share of host and network, at the wall,
        :math:`c_{\mathrm{el}}`; 0 or more.
    colocation_cost
        Rent of space and cooling, which data centers charge by provisioned power,
        :math:`c_{\mathrm{colo}}`; 0 or more.
    replacement_cost
        Failed accelerators that no warranty replaces, :math:`c_{\mathrm{rep}}`; 0 or more.
    hardware_availability
        Share of hours that an owned accelerator is up, :math:`A`; 0 to 1.

    Returns
    -------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; shaped as the operands broadcast.

    Notes
    -----
    Staff and software are left out here, because a renter pays them too: `loaded_gpu_hour_cost`
    adds them.

    References
    ----------
    .. [1] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: cost constants: 1.30 USD/h
       for an H100 owned by a hyperscaler, 1.69 by a neocloud, which this bracket contains.

    Examples
    --------
    1.18 USD/h of capital with 3 % spares and 0.50 of running cost, up 98 % of the time, in USD/h:

    >>> owned_gpu_hour_cost(
    ...     capital_recovery_cost=1.18 / 3600,
    ...     spares_share=0.03,
    ...     electricity_cost=0.15 / 3600,
    ...     colocation_cost=0.20 / 3600,
    ...     replacement_cost=0.15 / 3600,
    ...     hardware_availability=0.98,
    ... ) * 3600
    1.750
    """
    capital = capital_recovery_cost * (1 + spares_share)
    running = electricity_cost + colocation_cost + replacement_cost
    return (capital + running) / hardware_availability


def loaded_gpu_hour_cost(
    *,
    gpu_hour_cost: DollarsPerGPUSecond,
    contract_take_up: Share,
    operations_cost: DollarsPerGPUSecond,
) -> DollarsPerGPUSecond:
    r"""Cost of a deployed GPU-hour with paid but undeployed hours, staff and software.

    A take-or-pay contract bills hours whether or not a model is deployed on them; the deployed
    hours carry the others [1]_.

    .. math::

        c_{\mathrm{load}} = \frac{c}{u_{\mathrm{commit}}} + c_{\mathrm{ops}}

    Parameters
    ----------
    gpu_hour_cost
        Cost of a GPU-hour, rented or owned, :math:`c`; 0 or more.
    contract_take_up
        Share of the GPU-hours paid for that are deployed, :math:`u_{\mathrm{commit}}`; 0 to 1.
    operations_cost
        Staff and software to operate one GPU for an hour, :math:`c_{\mathrm{ops}}`; positive.

    Returns
    -------
    loaded_gpu_hour_cost
        Cost of a deployed GPU-hour with paid but undeployed hours, staff and software,
        :math:`c_{\mathrm{load}}`; shaped as the operands broadcast.

    Notes
    -----
    Hours that are deployed but wait for traffic are not here: they are in `utilization`. Counting
    them twice is the commonest slip.

    References
    ----------
    .. [1] L. A. Barroso, U. Hölzle and P. Ranganathan, "The Datacenter as a Computer", 3rd edition,
       2018: chapter 6, partially filled data centers.

    Examples
    --------
    2 USD/h of which 70 % is deployed, in USD/h:

    >>> loaded_gpu_hour_cost(
    ...     gpu_hour_cost=2 / 3600, contract_take_up=0.70, operations_cost=0
    ... ) * 3600
    2.857
    """
    return gpu_hour_cost / contract_take_up + operations_cost
