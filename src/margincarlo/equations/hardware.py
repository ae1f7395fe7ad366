"""What an hour of one accelerator costs: rented, or owned and powered; then fully loaded."""

from __future__ import annotations

from typing import Final

from margincarlo.units import (
    DollarsPerGPU,
    DollarsPerGPUSecond,
    DollarsPerJoule,
    DollarsPerWattSecond,
    PerSecond,
    Seconds,
    Share,
    WattsPerGPU,
)
from margincarlo.xp import log, maximum, minimum

YEAR: Final[Seconds] = 8760 * 3600.0


def rented_gpu_hour_cost(
    *, gpu_list_price: DollarsPerGPUSecond, negotiated_discount: Share
) -> DollarsPerGPUSecond:
    """Rent of a GPU-hour after the discount on the contract class it was quoted against."""
    return gpu_list_price * (1 - negotiated_discount)


def economic_life(
    *,
    market_rent: DollarsPerGPUSecond,
    cash_operating_cost: DollarsPerGPUSecond,
    rent_decline_rate: PerSecond,
) -> Seconds:
    """Age at which an accelerator earns less than the cash it takes to run it."""
    return log(market_rent / cash_operating_cost) / rent_decline_rate


def service_life(*, physical_life: Seconds, economic_life: Seconds) -> Seconds:
    """Life over which capital is recovered: the shorter of wear and obsolescence."""
    return minimum(physical_life, economic_life)


def capital_recovery_cost(
    *,
    gpu_capital_cost: DollarsPerGPU,
    salvage_share: Share,
    discount_rate: Share,
    service_life: Seconds,
) -> DollarsPerGPUSecond:
    """Level payment per hour that returns the purchase price with interest."""
    # The floor stands for a rate of zero, where the annuity's limit is 1 / life.
    rate = maximum(discount_rate, 1e-9)
    growth = (1 + rate) ** (service_life / YEAR)
    annuity = rate / (1 - 1 / growth)
    return gpu_capital_cost * (1 - salvage_share / growth) * annuity / YEAR


def electricity_cost(
    *,
    accelerator_power: WattsPerGPU,
    power_load_factor: Share,
    host_power: WattsPerGPU,
    pue: Share,
    electricity_price: DollarsPerJoule,
) -> DollarsPerGPUSecond:
    """Electricity of one accelerator with its share of host and network, at the wall."""
    return (accelerator_power * power_load_factor + host_power) * pue * electricity_price


def provisioned_power(*, accelerator_power: WattsPerGPU, host_power: WattsPerGPU) -> WattsPerGPU:
    """Power that a rack must be able to deliver for one accelerator and its share of the host."""
    return accelerator_power + host_power


def colocation_cost(
    *, colocation_rent: DollarsPerWattSecond, provisioned_power: WattsPerGPU
) -> DollarsPerGPUSecond:
    """Rent of space and cooling, which data centers charge by provisioned power."""
    return colocation_rent * provisioned_power


def replacement_cost(
    *,
    failure_rate: PerSecond,
    gpu_replacement_price: DollarsPerGPU,
    warranty_coverage: Share,
) -> DollarsPerGPUSecond:
    """Failed accelerators that no warranty replaces."""
    return failure_rate * gpu_replacement_price * (1 - warranty_coverage)


def cash_operating_cost(
    *,
    electricity_cost: DollarsPerGPUSecond,
    colocation_cost: DollarsPerGPUSecond,
    replacement_cost: DollarsPerGPUSecond,
    operations_cost: DollarsPerGPUSecond,
) -> DollarsPerGPUSecond:
    """Cash that an owned accelerator takes per hour, capital apart."""
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
    """Cost of an hour of an owned accelerator that is up."""
    capital = capital_recovery_cost * (1 + spares_share)
    running = electricity_cost + colocation_cost + replacement_cost
    return (capital + running) / hardware_availability


def loaded_gpu_hour_cost(
    *,
    gpu_hour_cost: DollarsPerGPUSecond,
    contract_take_up: Share,
    operations_cost: DollarsPerGPUSecond,
) -> DollarsPerGPUSecond:
    """Cost of a deployed GPU-hour with paid but undeployed hours, staff and software."""
    return gpu_hour_cost / contract_take_up + operations_cost
