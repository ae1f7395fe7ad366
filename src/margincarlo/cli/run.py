"""`margincarlo run`: answer the question of a scenario."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from margincarlo.cli.options import Settings, run_options

if TYPE_CHECKING:
    from margincarlo.cli.page import Block
    from margincarlo.result import Simulation
    from margincarlo.scenario import Scenario

CSV_HEADER = ("scenario", "name", "unit", "figure", "value", "error")


@click.command("run", short_help="Answer the questions of scenarios.")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@run_options
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "csv", "md")),
    default="text",
    show_default=True,
    help="How to print the result.",
)
@click.option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.")
def command(scenarios: Sequence[str], style: str, output: str | None, **options: Any) -> None:
    """Run scenarios: probabilities that they ask for, then a table of their outputs.

    Every figure carries its Monte Carlo error. Several scenarios are printed one after the other,
    and their probabilities side by side.
    """
    from margincarlo.cli.emit import emit, emit_blocks
    from margincarlo.result.export import check_writable

    settings = Settings(**options)
    if output:
        check_writable(output)
    loaded = [settings.load(path) for path in scenarios]
    if style == "json":
        emit(_json(settings, loaded), output)
    elif style == "csv":
        emit(_csv(settings, loaded), output)
    elif style == "md":
        from margincarlo.cli.markdown import markdown

        emit(markdown(_blocks(settings, loaded)), output)
    else:
        emit_blocks(_blocks(settings, loaded), output)


def _json(settings: Settings, loaded: Sequence[Scenario]) -> str:
    from margincarlo.result.export import json_text

    found = [settings.simulate(scenario).to_dict() for scenario in loaded]
    return json_text(found[0] if len(found) == 1 else found)


def _csv(settings: Settings, loaded: Sequence[Scenario]) -> str:
    from margincarlo.cli.emit import csv_text

    rows = (row for scenario in loaded for row in _csv_rows(settings.simulate(scenario)))
    return csv_text(CSV_HEADER, rows)


def _csv_rows(simulation: Simulation) -> Iterator[tuple[object, ...]]:
    yield from _rows_called(simulation.scenario.name, simulation)
    known = simulation.scenario.calibration
    for rent, run in simulation.by_rent.items():
        if run.sample.counted and known and rent != known.rent:
            yield from _rows_called(f"{simulation.scenario.name}: {rent}", run)


def _rows_called(name: str, simulation: Simulation) -> Iterator[tuple[object, ...]]:
    for asked in simulation.probabilities():
        yield name, asked.statement, "1", "probability", asked.value, asked.error
    for each in simulation.summaries():
        for figure, estimate in each.figures.items():
            yield name, each.name, each.unit, figure, estimate.value, estimate.error


def _blocks(settings: Settings, loaded: Sequence[Scenario]) -> list[Block]:
    from margincarlo.cli.page import comparison, run_page
    from margincarlo.errors import FeasibilityWarning

    blocks: list[Block] = []
    asked = []
    for scenario in loaded:
        with warnings.catch_warnings():
            # The page says it, with the shares.
            warnings.simplefilter("ignore", FeasibilityWarning)
            simulation = settings.simulate(scenario)
        blocks.extend(run_page(simulation))
        asked.append((scenario.name, simulation.probabilities()))
    return [*blocks, *comparison(asked)] if len(loaded) > 1 else blocks
