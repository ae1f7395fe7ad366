"""`margincarlo profiles`: workloads, load shapes and rental channels that a scenario may name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from margincarlo.errors import ScenarioError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from margincarlo.cli.page import Block

# Columns of the CSV after the profile's own; a table of an input has any of them.
KEYS = ("p5", "p50", "p95", "value", "unit", "nature", "kind", "as_of", "source", "note")


@click.command("profiles", short_help="List workloads, load shapes and channels.")
@click.argument("name", required=False)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="How to print them.",
)
def command(name: str | None, style: str) -> None:
    """List the profiles that a scenario may name, or show the one called NAME with its sources.

    A scenario names them with `workload = "…"`, `load_shape = "…"` and `channel = "…"`.
    """
    from margincarlo.cli.emit import csv_text, emit, emit_blocks
    from margincarlo.result.export import json_text

    known = _known()
    if name is not None and name not in known:
        raise ScenarioError(
            f"no profile is called {name[:80]!r}{did_you_mean(name, known)};"
            " `margincarlo profiles` lists them"
        )
    chosen = list(known.values()) if name is None else [known[name]]
    if style == "json":
        emit(json_text(chosen), None)
    elif style == "csv":
        header = ("key", "name", "accelerator", "quantity", *KEYS)
        emit(csv_text(header, [row for each in chosen for row in _csv_rows(each)]), None)
    elif name is None:
        emit_blocks(_list(chosen))
    else:
        emit_blocks(_page(chosen[0]))


def _known() -> dict[str, dict[str, Any]]:
    """Return every profile as plain data, by name."""
    from margincarlo.profiles import channels, load_shapes, workloads

    found = [
        {
            "kind": each.kind,
            "name": each.name,
            "title": each.title,
            "inputs": [{"quantity": name, **table} for name, table in each.inputs.items()],
        }
        for each in (*workloads().values(), *load_shapes().values())
    ]
    found += [
        {
            "kind": "channel",
            "name": each.name,
            "title": each.title,
            "inputs": [
                {"accelerator": part, "quantity": each.quantity, **table}
                for part, table in each.beliefs.items()
            ],
        }
        for each in channels().values()
    ]
    return {str(each["name"]): each for each in found}


def _csv_rows(profile: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for table in profile["inputs"]:
        own = (profile["kind"], profile["name"], table.get("accelerator", ""), table["quantity"])
        yield (*own, *(table.get(key, "") for key in KEYS))


def _list(profiles: list[dict[str, Any]]) -> Iterator[Block]:
    from margincarlo.result.tables import Remark, Table

    rows = tuple((each["kind"], each["name"], each["title"]) for each in profiles)
    yield Table(("key", "profile", "what it is"), rows)
    yield Remark(
        'A scenario names one of each: key = "profile".'
        " `margincarlo profiles NAME` shows its figures and their sources."
    )


def _page(profile: Mapping[str, Any]) -> Iterator[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.result.tables import Remark, Table

    yield Heading(f'{profile["kind"]} = "{profile["name"]}": {profile["title"]}')
    inputs = profile["inputs"]
    header = ("input", "5 %", "median", "95 %", "unit", "evidence", "as of")
    rows = tuple(_row(table) for table in inputs)
    yield Table(header, rows, numeric=frozenset({1, 2, 3}))
    notes: dict[str, list[str]] = {}
    for table in inputs:
        text = "; ".join(part for part in (table["source"], table.get("note", "")) if part)
        notes.setdefault(text, []).append(_label(table))
    for text, labels in notes.items():
        yield Remark(f"{', '.join(labels)}: {text}.")


def _row(table: Mapping[str, Any]) -> tuple[str, ...]:
    from margincarlo.scenario.inputs import input_from_profile

    # Who the accelerator is and what the input is called are no part of the belief.
    belief = {key: each for key, each in table.items() if key not in ("accelerator", "quantity")}
    given = input_from_profile(table["quantity"], belief, "")
    shares = (0.5,) if given.is_point else (0.05, 0.5, 0.95)
    figures = [f"{float(given.belief.quantile(share)):.4g}" for share in shares]
    low, median, high = figures if len(figures) == 3 else ("", figures[0], "")
    unit = "" if given.unit == "1" else given.unit
    return _label(table), low, median, high, unit, given.evidence.kind, given.evidence.as_of


def _label(table: Mapping[str, Any]) -> str:
    part = table.get("accelerator")
    return str(table["quantity"] if part is None else part)
