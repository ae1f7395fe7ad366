"""What a run leaves behind: draws, summaries, probabilities, each with its Monte Carlo error."""

from margincarlo.result.claims import ClaimResult
from margincarlo.result.estimate import ERROR_KIND, Estimate
from margincarlo.result.figures import (
    INTERVAL_KIND,
    Feasibility,
    Probability,
    Summary,
    checked_mass,
)
from margincarlo.result.sample import Draws, Sample
from margincarlo.result.simulation import Simulation
from margincarlo.result.streamed import Streamed

__all__ = [
    "ERROR_KIND",
    "INTERVAL_KIND",
    "ClaimResult",
    "Draws",
    "Estimate",
    "Feasibility",
    "Probability",
    "Sample",
    "Simulation",
    "Streamed",
    "Summary",
    "checked_mass",
]
