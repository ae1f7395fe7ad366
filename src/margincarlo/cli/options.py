"""The options of commands that run a scenario, and how they are obeyed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from margincarlo.result import Simulation
    from margincarlo.scenario import Scenario
    from margincarlo.simulation.run import Keep

# Spelt out, because `--help` must not wait for NumPy; a test keeps them equal to the engine's.
SAMPLERS = ("sobol", "random")
KEEPS = ("auto", "all", "outputs", "none")

RUN_OPTIONS = (
    click.option(
        "--set",
        "overrides",
        metavar="PATH=VALUE",
        multiple=True,
        help="Replace what the file says, such as inputs.utilization='{p5=0.3,p95=0.6}'. May be"
        " repeated.",
    ),
    click.option(
        "--draws",
        type=click.IntRange(min=1),
        help="At least this many draws; otherwise the scenario's.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        help="Same seed, same result; otherwise the scenario's.",
    ),
    click.option(
        "--sampler",
        type=click.Choice(SAMPLERS),
        help="Where draws come from; otherwise the scenario's.",
    ),
    click.option("--mass", type=float, help="Mass of the central intervals, such as 0.9."),
    click.option(
        "--until",
        metavar="PRECISION",
        help='Double the draws until a probability is this precise: "gross_margin > 0 within'
        ' 0.002".',
    ),
    click.option(
        "--keep",
        type=click.Choice(KEEPS),
        default="auto",
        show_default=True,
        help="Draws to hold in memory: of everything, of inputs and outputs, or figures alone;"
        " auto holds everything up to 131,072 draws.",
    ),
    click.option(
        "--workers", type=click.IntRange(min=1), help="Threads; otherwise one per processor."
    ),
)


def run_options[Function: Callable[..., Any]](function: Function) -> Function:
    """Give a command the options of `RUN_OPTIONS`; `Settings` takes their values."""
    for option in reversed(RUN_OPTIONS):
        function = option(function)
    return function


@dataclass(frozen=True)
class Settings:
    """Values of the run options, as `run_options` names them."""

    overrides: tuple[str, ...]
    draws: int | None
    seed: int | None
    sampler: str | None
    mass: float | None
    until: str | None
    keep: Keep
    workers: int | None

    def load(self, path: str) -> Scenario:
        """Read a scenario with the overrides applied."""
        from margincarlo.result import checked_mass
        from margincarlo.scenario import load, read_override

        scenario = load(path, overrides=dict(read_override(each) for each in self.overrides))
        if self.mass is None:
            return scenario
        # Not an override: the mass of an interval is no part of what was believed and hashed.
        run = scenario.run.model_copy(update={"mass": checked_mass(self.mass)})
        return replace(scenario, run=run)

    def simulate(self, scenario: Scenario) -> Simulation:
        """Run a scenario, with a progress bar where somebody watches."""
        from margincarlo.cli.terminal import progress
        from margincarlo.simulation import simulate

        with progress() as tell:
            return simulate(
                scenario,
                draws=self.draws,
                seed=self.seed,
                sampler=self.sampler,
                until=self.until,
                keep=self.keep,
                workers=self.workers,
                progress=tell,
            )
