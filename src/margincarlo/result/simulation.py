"""The result of a run: summaries, probabilities, draws, each figure with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from margincarlo.errors import ScenarioError
from margincarlo.quantities import quantity
from margincarlo.result.claims import ClaimResult, judge
from margincarlo.result.estimate import Estimate, from_replicates, share_from_replicates
from margincarlo.result.sample import Draws, Sample
from margincarlo.sampling import Plan
from margincarlo.scenario import Scenario, Statement, read_statement

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

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


@dataclass(frozen=True, eq=False)
class Simulation:
    """The result of running a scenario; it never changes.

    Attributes
    ----------
    scenario : Scenario
    plan : Plan
        Sampler, replicates and draws.
    seed : int
    sample : Sample
        Draws, or what is left of them.
    feasibility : Feasibility
    condition : str
        What the draws were conditioned on by `given`; empty otherwise.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    sample: Sample
    feasibility: Feasibility
    condition: str = ""

    def summary(self, *names: str, mass: float | None = None) -> pd.DataFrame:
        """Return a table of the outputs, or of the quantities named.

        Parameters
        ----------
        *names : str
            Quantities; the scenario's outputs if none is named.
        mass : float, optional
            Mass of the central interval, between 0 and 1; the scenario's otherwise.

        Returns
        -------
        pandas.DataFrame
            One row a quantity: unit, mean, sd, median, interval bounds, and the Monte Carlo error
            (95 % half-width) of each.
        """
        import pandas as pd

        rows = {each.name: _row(each) for each in self.summaries(*names, mass=mass)}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("quantity")

    def summaries(self, *names: str, mass: float | None = None) -> tuple[Summary, ...]:
        """Return the figures of the outputs, or of the quantities named, as objects."""
        chosen = self._mass(mass)
        return tuple(self._summary(name, chosen) for name in names or self.scenario.outputs)

    def probability(self, statement: str | Statement) -> Probability:
        """Return the probability of a statement.

        Parameters
        ----------
        statement : str
            Such as ``"gross_margin > 0"`` or ``"gross_margin > 50 % and utilization < 0.4"``.

        Returns
        -------
        Probability
            With its Monte Carlo error. ``float()`` gives the value.
        """
        asked = read_statement(statement) if isinstance(statement, str) else statement
        self._check_some()
        value, replicates = self.sample.share(asked)
        found = share_from_replicates(value, replicates, self.sample.counted)
        return Probability(found.value, found.error, asked.text)

    def probabilities(self) -> tuple[Probability, ...]:
        """Return the probability of every statement that the scenario asks about."""
        return tuple(self.probability(ask.statement) for ask in self.scenario.asks)

    def claims(self) -> tuple[ClaimResult, ...]:
        """Return every published number of the scenario beside what came out here."""
        return tuple(judge(claim, self.estimate(claim.quantity)) for claim in self.scenario.claims)

    def estimate(self, name: str, share: float = 0.5) -> Estimate:
        """Return one quantile of a quantity, the median unless told otherwise."""
        self._check_some()
        values, replicates = self.sample.quantiles(name, [share])
        return from_replicates(float(values[0]), replicates[:, 0])

    def given(self, statement: str) -> Simulation:
        """Return the same run with the draws alone in which a statement holds.

        Raises
        ------
        ScenarioError
            If draws were not kept, or the statement holds in fewer than 100 of them.
        """
        draws = self._draws("condition")
        asked = read_statement(statement)
        used = draws.used & draws.holds(asked)
        if used.sum() < 100:
            raise ScenarioError(
                f"{asked.text!r} holds in {int(used.sum())} of {draws.counted} draws: too few to"
                " say anything. Draw more, or ask for less"
            )
        condition = f"{self.condition} and {asked.text}" if self.condition else asked.text
        return replace(self, sample=replace(draws, used=used), condition=condition)

    def __getitem__(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return self._draws("list").flat(name)

    @property
    def draws(self) -> xr.Dataset:
        """Draws that figures are based on: a Dataset with dimension ``draw``, in display units."""
        import xarray as xr

        kept = self._draws("list")
        replicate = np.repeat(np.arange(kept.used.shape[0]), kept.used.shape[1])
        data = {name: ("draw", kept.flat(name), _attributes(name)) for name in kept.names}
        coordinates = {"replicate": ("draw", replicate[kept.used.ravel()])}
        return xr.Dataset(data, coordinates, attrs={"title": self.scenario.title})

    def _draws(self, purpose: str) -> Draws:
        if not isinstance(self.sample, Draws):
            raise ScenarioError(
                f"draws were not kept, so there are none to {purpose}; run with keep='outputs'"
                " or keep='all', or with fewer draws"
            )
        return self.sample

    def _summary(self, name: str, mass: float) -> Summary:
        self._check_some()
        tail = (1 - mass) / 2
        values, each = self.sample.quantiles(name, [tail, 0.5, 1 - tail])
        low, median, high = (
            from_replicates(float(value), each[:, i]) for i, value in enumerate(values)
        )
        mean, sd = (
            from_replicates(*found) for found in (self.sample.mean(name), self.sample.sd(name))
        )
        unit = quantity(name.rpartition(".")[2]).display
        varies = " and ".join(sorted(self.scenario.natures(name)))
        return Summary(name, unit, mass, mean, sd, median, low, high, varies)

    def _mass(self, mass: float | None) -> float:
        chosen = self.scenario.run.mass if mass is None else mass
        if not 0 < chosen < 1:
            hint = f"; did you mean {chosen / 100:g}?" if 1 < chosen < 100 else ""
            raise ScenarioError(f"mass is a share between 0 and 1, not {chosen:g}{hint}")
        return chosen

    def _check_some(self) -> None:
        if self.sample.counted == 0:
            reasons = ", ".join(self.feasibility.reasons) or "outputs that are no finite numbers"
            raise ScenarioError(
                f"not one of {self.plan.draws} draws is physically possible: {reasons}."
                " Mend the inputs, or set run.infeasible = 'keep' to see the impossible figures"
            )

    def _repr_html_(self) -> str:
        from margincarlo.result.html import simulation_html

        return simulation_html(self)


def _row(summary: Summary) -> dict[str, Any]:
    row: dict[str, Any] = {"unit": summary.unit}
    tail = (1 - summary.mass) / 2
    columns = {
        "mean": summary.mean,
        "sd": summary.sd,
        "median": summary.median,
        f"q{100 * tail:g}": summary.low,
        f"q{100 * (1 - tail):g}": summary.high,
    }
    for column, estimate in columns.items():
        row[column] = estimate.value
        row[f"{column}_error"] = estimate.error
    return row


def _attributes(name: str) -> dict[str, str]:
    known = quantity(name.rpartition(".")[2])
    return {"units": known.display, "long_name": known.meaning}
