"""Figures of a run as small objects: a probability, a quantity's summary, what was impossible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from margincarlo.errors import ScenarioError
from margincarlo.quantities import quantity
from margincarlo.result.estimate import Estimate

INTERVAL_KIND = "central (equal-tailed)"


@dataclass(frozen=True)
class Probability(Estimate):
    """Probability of a statement, under the beliefs of a scenario."""

    statement: str = ""


@dataclass(frozen=True)
class Summary:
    """Figures of one quantity, in its display unit."""

    name: str
    unit: str
    mass: float
    mean: Estimate
    sd: Estimate
    median: Estimate
    low: Estimate
    high: Estimate
    varies: str

    @property
    def figures(self) -> dict[str, Estimate]:
        """Every figure by its name in tables: mean, sd, median, and the interval's quantiles."""
        tail = (1 - self.mass) / 2
        return {
            "mean": self.mean,
            "sd": self.sd,
            "median": self.median,
            f"q{100 * tail:g}": self.low,
            f"q{100 * (1 - tail):g}": self.high,
        }

    @property
    def meaning(self) -> str:
        """What the quantity is."""
        return quantity(self.name.rpartition(".")[2]).meaning


@dataclass(frozen=True)
class Feasibility:
    """How many draws are physically impossible, and why.

    Attributes
    ----------
    draws : int
        Draws made.
    impossible : int
        Draws that break at least one bound.
    reasons : mapping of str to int
        Draws by reason; a draw may have several.
    undefined : mapping of str to int
        Draws in which an output is no finite number, by output.
    policy : {"reject", "keep"}
        Whether impossible draws are left out of all figures.
    unchecked : tuple of str
        Bounds that could not be checked, for want of inputs.
    """

    draws: int
    impossible: int
    reasons: Mapping[str, int]
    undefined: Mapping[str, int]
    policy: str
    unchecked: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of draws that are impossible."""
        return self.impossible / self.draws


def checked_mass(mass: float) -> float:
    """Return `mass`.

    Raises
    ------
    ScenarioError
        If it is no share between 0 and 1.
    """
    if not 0 < mass < 1:
        hint = f"; did you mean {mass / 100:g}?" if 1 < mass < 100 else ""
        raise ScenarioError(f"mass is a share between 0 and 1, not {mass:g}{hint}")
    return mass
