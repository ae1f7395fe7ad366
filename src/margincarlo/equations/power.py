"""What powering and housing an accelerator costs."""

from __future__ import annotations

from margincarlo.units import (
    DollarsPerGPUSecond,
    DollarsPerJoule,
    DollarsPerWattSecond,
    Share,
    WattsPerGPU,
)


def electricity_cost(
    *,
    accelerator_power: WattsPerGPU,
    power_load_factor: Share,
    host_power: WattsPerGPU,
    pue: Share,
    electricity_price: DollarsPerJoule,
) -> DollarsPerGPUSecond:
    r"""Electricity of one accelerator with its share of host and network, at the wall.

    Power limit times average load, plus the machine around it, plus what cooling and conversion
    take, which PUE measures [1]_ [2]_.

    .. math::

        c_{\mathrm{el}} = (P_{\mathrm{chip}} \ell + P_{\mathrm{host}}) \, \mathrm{PUE} \,
        p_{\mathrm{kWh}}

    Parameters
    ----------
    accelerator_power
        Power limit of one accelerator, :math:`P_{\mathrm{chip}}`; positive.
    power_load_factor
        Average power over the power limit, :math:`\ell`; 0 to 1.2.
    host_power
        Power of the host and network behind one accelerator, :math:`P_{\mathrm{host}}`; 0 or more.
    pue
        Power usage effectiveness: power at the wall over power of the machines,
        :math:`\mathrm{PUE}`; 1 to 5.
    electricity_price
        Price of electricity, :math:`p_{\mathrm{kWh}}`; positive.

    Returns
    -------
    electricity_cost
        Electricity of one accelerator with its share of host and network, at the wall,
        :math:`c_{\mathrm{el}}`; shaped as the operands broadcast.

    Notes
    -----
    PUE contains cooling: adding cooling once more amounts to a PUE of 2. Water, demand charges and
    backup power are left out.

    References
    ----------
    .. [1] The Green Grid, "PUE: A Comprehensive Examination of the Metric", white paper 49, 2012:
       definition of PUE.
    .. [2] S. Goedecke, "AI inference is obviously profitable", 2026: 400 W per A100 at 8.63
       cents/kWh: 13 cents/h for four.

    Examples
    --------
    An A100 at its limit of 400 W and 8.63 cents/kWh, in USD/h:

    >>> electricity_cost(
    ...     accelerator_power=400,
    ...     power_load_factor=1,
    ...     host_power=0,
    ...     pue=1,
    ...     electricity_price=0.0863 / 3.6e6,
    ... ) * 3600
    0.03452
    """
    return (accelerator_power * power_load_factor + host_power) * pue * electricity_price


def provisioned_power(*, accelerator_power: WattsPerGPU, host_power: WattsPerGPU) -> WattsPerGPU:
    r"""Power that a rack must be able to deliver for one accelerator and its share of the host.

    Data centers sell power by what may be drawn at worst, so the limits count and not the average
    [1]_.

    .. math::

        P = P_{\mathrm{chip}} + P_{\mathrm{host}}

    Parameters
    ----------
    accelerator_power
        Power limit of one accelerator, :math:`P_{\mathrm{chip}}`; positive.
    host_power
        Power of the host and network behind one accelerator, :math:`P_{\mathrm{host}}`; 0 or more.

    Returns
    -------
    provisioned_power
        Power that a rack must be able to deliver for one accelerator and its share of the host,
        :math:`P`; shaped as the operands broadcast.

    Notes
    -----
    Power at the machine; what cooling draws is the landlord's and in the rent.

    References
    ----------
    .. [1] L. A. Barroso, U. Hölzle and P. Ranganathan, "The Datacenter as a Computer", 3rd edition,
       2018: chapter 6, cost per provisioned watt.

    Examples
    --------
    An H100 of 700 W and 670 W of host and network, in W:

    >>> provisioned_power(accelerator_power=700, host_power=670)
    1370
    """
    return accelerator_power + host_power


def colocation_cost(
    *, colocation_rent: DollarsPerWattSecond, provisioned_power: WattsPerGPU
) -> DollarsPerGPUSecond:
    r"""Rent of space and cooling, which data centers charge by provisioned power.

    A colocation contract is a rent per kW and month, used or not [1]_.

    .. math::

        c_{\mathrm{colo}} = \mathrm{rent} P

    Parameters
    ----------
    colocation_rent
        Rent of data-center space per provisioned kW, :math:`\mathrm{rent}`; 0 or more.
    provisioned_power
        Power that a rack must be able to deliver for one accelerator and its share of the host,
        :math:`P`; 0 or more.

    Returns
    -------
    colocation_cost
        Rent of space and cooling, which data centers charge by provisioned power,
        :math:`c_{\mathrm{colo}}`; shaped as the operands broadcast.

    Notes
    -----
    Whoever states a rent that includes electricity must not state `electricity_price` too, nor a
    facility in `gpu_capital_cost`.

    References
    ----------
    .. [1] SemiAnalysis, "InferenceX", repository InferenceX-app, 2026: total cost of ownership:
       colocation and electricity stay below a fifth of it.

    Examples
    --------
    130 USD per kW and month (730 h) for 1.37 kW, in USD/h:

    >>> colocation_cost(colocation_rent=130 / 1000 / (730 * 3600), provisioned_power=1370) * 3600
    0.24397
    """
    return colocation_rent * provisioned_power
