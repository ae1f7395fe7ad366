"""The same run under each assumption about rent, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from margincarlo.result import Simulation
from margincarlo.sampling import Plan, plan
from margincarlo.scenario import Scenario, with_rent

# Enough for two digits of a probability, under each of six assumptions.
DRAWS: Final = 16_384


def each_rent(
    found: Simulation, run: Callable[[Scenario, Plan], Simulation]
) -> Mapping[str, Simulation]:
    """Return a run under each assumption that its mixture holds, itself, and one without prices.

    Parameters
    ----------
    found : Simulation
        Of the mixture; of anything else, nothing is to be shown beside it.
    run : callable
        For a scenario and a plan.
    """
    known = found.scenario.calibration
    if known is None or known.rent != "mixture":
        return MappingProxyType({})
    fewer = plan(min(found.plan.draws, DRAWS), found.plan.sampler)
    return MappingProxyType(
        {
            rent: found if rent == known.rent else run(with_rent(found.scenario, rent), fewer)
            for rent in known.rents
        }
    )
