"""The result of a run: summaries, probabilities, draws, each figure with its Monte Carlo error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from margincarlo.errors import ScenarioError
from margincarlo.quantities import quantity
from margincarlo.result.claims import ClaimResult, judge
from margincarlo.result.estimate import Estimate, from_replicates, share_from_replicates
from margincarlo.result.figures import Feasibility, Probability, Summary, checked_mass
from margincarlo.result.quantile_error import quantile_estimates
from margincarlo.result.sample import Draws, Sample
from margincarlo.sampling import Plan
from margincarlo.scenario import Scenario, Statement, read_statement

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, eq=False, repr=False)
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
    by_rent : mapping of str to Simulation
        Where inputs are rows of a calibration on prices: the same under each assumption about rent,
        and without prices. Empty if one assumption alone was chosen, and after `given`.
    """

    scenario: Scenario
    plan: Plan
    seed: int
    sample: Sample
    feasibility: Feasibility
    condition: str = ""
    by_rent: Mapping[str, Simulation] = field(default_factory=dict)

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
        chosen = checked_mass(self.scenario.run.mass if mass is None else mass)
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
        if not self.scenario.uncertain:
            return Probability(value, 0.0, asked.text)
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
        return quantile_estimates(self.sample, name, [share])[0]

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
        kept = replace(draws, used=used)
        return replace(self, sample=kept, condition=condition, by_rent={})

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

    def to_dict(self) -> dict[str, Any]:
        """Return all figures, inputs and their evidence as JSON types.

        The same seed gives the same content, whatever the machine's paths, clock and workers.

        Returns
        -------
        dict
            As ``data/result.schema.json`` has it. What is no finite number is None.
        """
        from margincarlo.result.document import document

        return document(self)

    def to_json(self, path: str | Path) -> Path:
        """Write what `to_dict` returns. Like the other files, it is there whole or not at all."""
        from margincarlo.result.export import json_text, write_text

        return write_text(path, json_text(self.to_dict()))

    def to_csv(self, path: str | Path) -> Path:
        """Write the draws as CSV: a column for each name, in display units."""
        from margincarlo.result.export import write_csv

        return write_csv(self, path)

    def to_parquet(self, path: str | Path) -> Path:
        """Write the draws as Parquet, with the unit of each column in its metadata."""
        from margincarlo.result.export import write_parquet

        return write_parquet(self, path)

    def to_netcdf(self, path: str | Path) -> Path:
        """Write the draws as netCDF4, with the unit of each variable in its attributes."""
        from margincarlo.result.export import write_netcdf

        return write_netcdf(self, path)

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
        low, median, high = quantile_estimates(self.sample, name, [tail, 0.5, 1 - tail])
        mean, sd = (
            from_replicates(*found) for found in (self.sample.mean(name), self.sample.sd(name))
        )
        unit = quantity(name.rpartition(".")[2]).display
        varies = " and ".join(sorted(self.scenario.natures(name)))
        return Summary(name, unit, mass, mean, sd, median, low, high, varies)

    def _check_some(self) -> None:
        if self.sample.counted == 0:
            physics = self.feasibility
            if physics.impossible == physics.draws:
                raise ScenarioError(
                    f"not one of {self.plan.draws} draws is physically possible:"
                    f" {', '.join(physics.reasons)}. Mend the inputs, or set run.infeasible ="
                    " 'keep' to see the impossible figures"
                )
            raise ScenarioError(
                f"not one of {self.plan.draws} draws is physically possible and yields finite"
                f" numbers: {', '.join([*physics.undefined, *physics.reasons])}. Mend the inputs:"
                " is something divided by zero?"
            )

    def __repr__(self) -> str:
        answers = ", ".join(f"P({each.statement}) = {each}" for each in self._answers())
        return f"<Simulation {self.scenario.title!r}: {self.plan.draws:,} draws; {answers}>"

    def _answers(self) -> tuple[Probability, ...]:
        return self.probabilities() if self.sample.counted else ()

    def _repr_html_(self) -> str:
        from margincarlo.result.html import simulation_html

        return simulation_html(self)


def _row(summary: Summary) -> dict[str, Any]:
    row: dict[str, Any] = {"unit": summary.unit}
    for column, estimate in summary.figures.items():
        row[column] = estimate.value
        row[f"{column}_error"] = estimate.error
    return row


def _attributes(name: str) -> dict[str, str]:
    known = quantity(name.rpartition(".")[2])
    return {"units": known.display, "long_name": known.meaning}
