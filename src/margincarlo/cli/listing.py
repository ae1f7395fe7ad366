"""List rows of the registry as a table, JSON or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from margincarlo.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from margincarlo.registry import Accelerator, Model


@dataclass(frozen=True)
class Column[Row]:
    """A column of the printed table."""

    title: str
    cell: Callable[[Row], str]
    numeric: bool = False


def listing_options[Function: Callable[..., Any]](function: Function) -> Function:
    """Give a command the argument TEXT and the option --format."""
    style = click.option(
        "--format",
        "style",
        type=click.Choice(("text", "json", "csv")),
        default="text",
        show_default=True,
        help="How to print the list.",
    )
    return click.argument("text", default="")(style(function))


def show_rows[Row: (Model, Accelerator)](
    kind: str,
    rows: Iterable[Row],
    columns: Iterable[Column[Row]],
    text: str,
    style: str,
    *,
    key: Callable[[Row], tuple[str, ...]],
) -> None:
    """Print the rows in which `text` occurs."""
    from margincarlo.cli.emit import csv_text, emit, emit_blocks
    from margincarlo.result.export import json_text
    from margincarlo.result.tables import Table

    known = list(rows)
    found = [row for row in known if any(text.lower() in part.lower() for part in key(row))]
    if not found:
        names = [part for row in known for part in key(row)]
        hint = did_you_mean(text, names) or f"; `margincarlo {kind}s` lists all {len(known)}"
        raise ScenarioError(f"no {kind} has {text!r} in its name{hint}")
    facts = [asdict(row) for row in found]
    if style == "json":
        emit(json_text(facts), None)
    elif style == "csv":
        emit(csv_text(list(facts[0]), (list(fact.values()) for fact in facts)), None)
    else:
        chosen = tuple(columns)
        cells = tuple(tuple(column.cell(row) for column in chosen) for row in found)
        numeric = frozenset(i for i, column in enumerate(chosen) if column.numeric)
        emit_blocks([Table(tuple(column.title for column in chosen), cells, numeric)])
