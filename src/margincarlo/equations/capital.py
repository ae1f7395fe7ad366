"""What an owned accelerator's purchase price costs per hour: its life, and the annuity over it."""

from __future__ import annotations

from typing import Final

from margincarlo.units import DollarsPerGPU, DollarsPerGPUSecond, PerSecond, Seconds, Share
from margincarlo.xp import exp, log, maximum, minimum

YEAR: Final[Seconds] = 8760 * 3600.0
NO_LIFE: Final[Seconds] = 730 * 3600.0


def economic_life(
    *,
    market_rent: DollarsPerGPUSecond,
    cash_operating_cost: DollarsPerGPUSecond,
    rent_decline_rate: PerSecond,
) -> Seconds:
    r"""Age at which an accelerator earns less than the cash it takes to run it.

    The market rent of a given accelerator decays exponentially; its owner retires it when rent
    meets cash cost. It is obsolescence that ends most lives, not wear [1]_.

    .. math::

        n_{\mathrm{econ}} = \frac{1}{g} \ln \frac{p_0}{x}

    Parameters
    ----------
    market_rent
        Rent that the market pays for this accelerator today, :math:`p_0`; positive.
    cash_operating_cost
        Cash that an owned accelerator takes per hour, capital apart, :math:`x`; 0 or more.
    rent_decline_rate
        Continuous yearly rate at which that rent falls, :math:`g`; positive.

    Returns
    -------
    economic_life
        Age at which an accelerator earns less than the cash it takes to run it,
        :math:`n_{\mathrm{econ}}`; shaped as the operands broadcast.

    Notes
    -----
    Where the market already pays less than the cash cost there is no life left. A month then stands
    for none, so that capital cost comes out prohibitive and not negative. Rents that rise, as from
    October 2025 to March 2026, are outside of the model.

    References
    ----------
    .. [1] L. A. Barroso, U. Hölzle and P. Ranganathan, "The Datacenter as a Computer", 3rd edition,
       2018: chapter 6, depreciation by the useful life of equipment.

    Examples
    --------
    A rent of 2.35 USD/h that falls by 25 % a year (continuously) to a cash cost of 0.35, in years:

    >>> float(
    ...     economic_life(
    ...         market_rent=2.35 / 3600,
    ...         cash_operating_cost=0.35 / 3600,
    ...         rent_decline_rate=0.25 / 31_536_000,
    ...     )
    ...     / 31_536_000
    ... )
    7.617
    """
    # A month stands for none: a life that is not positive would turn capital cost into income.
    return maximum(log(market_rent / cash_operating_cost) / rent_decline_rate, NO_LIFE)


def service_life(*, physical_life: Seconds, economic_life: Seconds) -> Seconds:
    r"""Life over which capital is recovered: the shorter of wear and obsolescence.

    Whatever ends first ends the income that pays for the machine [1]_.

    .. math::

        n = \min(n_{\mathrm{phys}}, n_{\mathrm{econ}})

    Parameters
    ----------
    physical_life
        Life until wear takes the accelerator out of service, :math:`n_{\mathrm{phys}}`; positive.
    economic_life
        Age at which an accelerator earns less than the cash it takes to run it,
        :math:`n_{\mathrm{econ}}`; 0 or more.

    Returns
    -------
    service_life
        Life over which capital is recovered: the shorter of wear and obsolescence, :math:`n`;
        shaped as the operands broadcast.

    Notes
    -----
    Accounting life (five to six years at the hyperscalers) is neither; a low load does not prolong
    economic life.

    References
    ----------
    .. [1] L. A. Barroso, U. Hölzle and P. Ranganathan, "The Datacenter as a Computer", 3rd edition,
       2018: chapter 6, depreciation by the useful life of equipment.

    Examples
    --------
    Wear after ten years, obsolescence after five, in seconds:

    >>> float(service_life(physical_life=315_360_000.0, economic_life=157_680_000.0))
    157680000.0
    """
    return minimum(physical_life, economic_life)


def level_capital_recovery_cost(
    *,
    gpu_capital_cost: DollarsPerGPU,
    salvage_share: Share,
    discount_rate: Share,
    service_life: Seconds,
) -> DollarsPerGPUSecond:
    r"""Level payment per hour that returns the purchase price with interest.

    An annuity over the service life at the cost of capital, on the price less the discounted resale
    value. At an interest rate of zero it is straight-line depreciation [1]_ [2]_.

    .. math::

        c_{\mathrm{cap}} = \frac{I}{1\,\mathrm{yr}} \left(1 - V/I (1 + r)^{-n}\right) \frac{r}{1 -
        (1 + r)^{-n}}

    Parameters
    ----------
    gpu_capital_cost
        Price of one accelerator installed, with its share of server and network, :math:`I`;
        positive.
    salvage_share
        Resale value at the end of life over the purchase price, :math:`V/I`; 0 to 1.
    discount_rate
        Yearly cost of capital (WACC), effective annual rate, :math:`r`; 0 to 1.
    service_life
        Life over which capital is recovered: the shorter of wear and obsolescence, :math:`n`; 0 or
        more.

    Returns
    -------
    capital_recovery_cost
        Level payment per hour that returns the purchase price with interest,
        :math:`c_{\mathrm{cap}}`; shaped as the operands broadcast.

    Notes
    -----
    The service life in the exponent is in years of 8760 h. The discount rate is nominal or real as
    the rent path is. Taxes and the timing of installments are left out.

    References
    ----------
    .. [1] NREL, "Annual Technology Baseline", equations and variables: capital recovery factor.
    .. [2] Epoch AI, "AI data center cost breakdown", 2026: 1 GW of GB200: 8.5, 12 and 7 billion USD
       a year for lives of 5, 3 and 7 years, which a rate of 7 % reproduces.

    Examples
    --------
    20,000 USD over five years at 10 % a year, in USD/h:

    >>> float(
    ...     level_capital_recovery_cost(
    ...         gpu_capital_cost=20_000,
    ...         salvage_share=0,
    ...         discount_rate=0.10,
    ...         service_life=5 * 31_536_000,
    ...     )
    ...     * 3600
    ... )
    0.6023
    """
    # The floor stands for a rate of zero, where the annuity's limit is 1 / life.
    rate = maximum(discount_rate, 1e-8)
    growth = (1 + rate) ** (service_life / YEAR)
    annuity = rate / (1 - 1 / growth)
    return gpu_capital_cost * (1 - salvage_share / growth) * annuity / YEAR


def declining_capital_recovery_cost(
    *,
    gpu_capital_cost: DollarsPerGPU,
    salvage_share: Share,
    discount_rate: Share,
    service_life: Seconds,
    rent_decline_rate: PerSecond,
) -> DollarsPerGPUSecond:
    r"""Payment per hour of a new accelerator that returns its price if payments fall with rent.

    Income from an accelerator falls as its rent does, so early hours must return more of its price
    than a level payment would. This is the charge that compares with a rent paid today [1]_.

    .. math::

        c_{\mathrm{cap}} = I \left(1 - V/I e^{-\rho n}\right)
        \frac{g + \rho}{1 - e^{-(g + \rho) n}}, \quad \rho = \frac{\ln(1 + r)}{1\,\mathrm{yr}}

    Parameters
    ----------
    gpu_capital_cost
        Price of one accelerator installed, with its share of server and network, :math:`I`;
        positive.
    salvage_share
        Resale value at the end of life over the purchase price, :math:`V/I`; 0 to 1.
    discount_rate
        Yearly cost of capital (WACC), effective annual rate, :math:`r`; 0 or more.
    service_life
        Life over which capital is recovered: the shorter of wear and obsolescence, :math:`n`;
        positive.
    rent_decline_rate
        Continuous yearly rate at which that rent falls, :math:`g`; positive.

    Returns
    -------
    capital_recovery_cost
        Payment per hour when new, :math:`c_{\mathrm{cap}}`; shaped as the operands broadcast.

    Notes
    -----
    Later hours of the same accelerator cost less, by the factor :math:`e^{-g t}`. At a decline of
    zero it is the annuity with continuous payments.

    References
    ----------
    .. [1] H. Hotelling, "A General Mathematical Theory of Depreciation", Journal of the American
       Statistical Association 20, 1925: depreciation as the fall of the value of future income.

    Examples
    --------
    33,000 USD over four years at no interest, with rent falling by 25 % a year, in USD/h:

    >>> float(
    ...     declining_capital_recovery_cost(
    ...         gpu_capital_cost=33_000,
    ...         salvage_share=0,
    ...         discount_rate=0,
    ...         service_life=4 * 31_536_000,
    ...         rent_decline_rate=0.25 / 31_536_000,
    ...     )
    ...     * 3600
    ... )
    1.4899
    """
    interest = log(1 + discount_rate) / YEAR
    rate = rent_decline_rate + interest
    owed = gpu_capital_cost * (1 - salvage_share * exp(-interest * service_life))
    return owed * rate / (1 - exp(-rate * service_life))
