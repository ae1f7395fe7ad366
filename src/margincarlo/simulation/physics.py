"""Account for draws that are impossible or undefined, and say so."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence

from margincarlo.errors import FeasibilityWarning
from margincarlo.result import Feasibility, Simulation
from margincarlo.result.tables import percent
from margincarlo.sampling import Plan
from margincarlo.scenario import Scenario
from margincarlo.simulation.collect import Counts


def feasibility(scenario: Scenario, chosen: Plan, counts: Sequence[Counts]) -> Feasibility:
    """Return the account of all replicates together."""
    reasons: Counter[str] = Counter()
    undefined: Counter[str] = Counter()
    for each in counts:
        reasons.update(each.reasons)
        undefined.update(each.undefined)
    return Feasibility(
        draws=chosen.draws,
        impossible=sum(each.impossible for each in counts),
        reasons=dict(sorted(reasons.items())),
        undefined=dict(sorted(undefined.items())),
        policy=scenario.run.infeasible,
        unchecked=scenario.unchecked,
    )


def warn_of_physics(found: Simulation) -> None:
    """Warn the caller of `simulate` of draws that are impossible or undefined."""
    physics = found.feasibility
    treated = "left out of" if physics.policy == "reject" else "kept in"
    if physics.impossible:
        reasons = ", ".join(f"{why} ({n:,})" for why, n in physics.reasons.items())
        warnings.warn(
            f"{physics.impossible:,} of {physics.draws:,} draws ({percent(physics.share)}) are"
            f" physically impossible and {treated} all figures:"
            f" {reasons}",
            FeasibilityWarning,
            stacklevel=3,
        )
    if physics.undefined:
        names = ", ".join(f"{name} ({n})" for name, n in physics.undefined.items())
        warnings.warn(
            f"no finite numbers in some draws, which are left out of all figures: {names}",
            FeasibilityWarning,
            stacklevel=3,
        )
