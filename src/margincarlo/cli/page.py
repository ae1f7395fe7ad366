"""What a run prints, before it is laid out: headings, answers, tables, remarks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from margincarlo.result.rents import (
    TITLE,
    calibrated,
    rent_reading,
    rent_spans,
    rent_tables,
    rent_warnings,
)
from margincarlo.result.tables import (
    Remark,
    Table,
    answer,
    claims,
    claims_table,
    definitions,
    evidence,
    feasibility,
    measured,
    natures,
    outputs_table,
    provenance,
    reading,
    shown,
)

if TYPE_CHECKING:
    from margincarlo.result import Probability, Simulation


@dataclass(frozen=True)
class Heading:
    """The question of a scenario, or the name of a section."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Answer:
    """A probability that was asked for."""

    text: str


type Block = Heading | Answer | Table | Remark


def run_page(simulation: Simulation) -> Iterator[Block]:
    """Yield the answer first, then the outputs, then what to know about them."""
    yield Heading(simulation.scenario.title)
    for probability in simulation.probabilities():
        yield Answer(answer(probability))
    yield from rent_spans(simulation)
    loud = [remark for remark in feasibility(simulation) if remark.loud]
    yield from loud
    yield outputs_table(simulation)
    yield reading(simulation)
    yield from definitions(simulation)
    yield from natures(simulation)
    if simulation.by_rent:
        yield Heading(TITLE, level=2)
        yield from rent_tables(simulation)
        yield rent_reading(simulation)
        yield from rent_warnings(simulation)
    if simulation.scenario.claims:
        yield Heading("Published claims", level=2)
        yield claims_table(simulation)
        yield from claims(simulation)
    yield Heading("What this rests on", level=2)
    yield from (remark for remark in feasibility(simulation) if not remark.loud)
    yield evidence(simulation)
    yield from measured(simulation)
    yield from calibrated(simulation)
    yield provenance(simulation)


def comparison(runs: Sequence[tuple[str, Sequence[Probability]]]) -> Iterator[Block]:
    """Yield a table of the probabilities that several scenarios ask for, by name of scenario."""
    statements = tuple(dict.fromkeys(each.statement for _, asked in runs for each in asked))
    if not statements:
        return
    rows = []
    for name, asked in runs:
        found = {each.statement: shown(each) for each in asked}
        rows.append((name, *(found.get(statement, "-") for statement in statements)))
    yield Heading("Scenarios compared", level=2)
    header = ("scenario", *(f"P({statement})" for statement in statements))
    yield Table(header, tuple(rows), numeric=frozenset(range(1, len(header))))
