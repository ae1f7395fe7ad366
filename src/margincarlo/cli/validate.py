"""`margincarlo validate`: hold our claims against measurements that others published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

import click

from margincarlo.cli.validate_prices import prices

if TYPE_CHECKING:
    from margincarlo.cli.page import Block
    from margincarlo.measurements import Table as Measured
    from margincarlo.throughput.folds import Prediction
    from margincarlo.throughput.score import Score

COLUMNS = (
    "rows",
    "folds",
    "median error",
    "mean of folds",
    "within 25 %",
    "in 90 %",
    "in 50 %",
    "throughput",
)


@click.group("validate", short_help="Test predictions against published measurements.")
def command() -> None:
    """Test what the equations predict against measurements that nobody here made."""


@command.command("throughput", short_help="Test the throughput equations.")
@click.option(
    "--data",
    metavar="FILE.csv",
    help="Score the shipped posterior on another table of the same columns.",
)
@click.option("--detail", is_flag=True, help="A line for each name that was held out.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="How to print the scores.",
)
def throughput(data: str | None, detail: bool, seed: int, style: str) -> None:
    """Test the throughput equations on the time per output token at a known batch.

    Without --data, every model, accelerator and source of the shipped table is held out in turn
    and predicted from the rest. With it, the shipped posterior predicts rows it has never seen;
    rows that cannot be judged are counted, with the reason.
    """
    from margincarlo.cli.emit import csv_text, emit, emit_blocks
    from margincarlo.measurements import read_measurements
    from margincarlo.result.export import json_text

    table = read_measurements(data)
    found, remarks = _on_other(table, detail, seed) if data else _on_shipped(table, detail, seed)
    rows = [asdict(score) for score in found]
    if style != "text":
        _warn(remarks)
    if style == "json":
        for row in rows:
            row["errors"] = {name: _number(each) for name, each in row["errors"].items()}
        emit(json_text({"scores": rows, "skipped": dict(table.skipped)}), None)
    elif style == "csv":
        flat = [_flat(row) for row in rows]
        emit(csv_text(list(flat[0]), (list(row.values()) for row in flat)), None)
    else:
        emit_blocks([*_page(found), *remarks])


def _warn(remarks: Sequence[Block]) -> None:
    """Tell on standard error what formats for machines leave out, and a reader must know."""
    from margincarlo.result.tables import Remark

    for remark in remarks:
        if isinstance(remark, Remark) and remark.loud:
            click.echo(f"Note: {remark.text}", err=True)


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in row.items() if name not in ("baselines", "errors")}
    own |= row["baselines"]
    return own | {f"{name} ±": error for name, error in row["errors"].items()}


def _on_shipped(table: Measured, detail: bool, seed: int) -> tuple[list[Score], list[Block]]:
    from margincarlo.measurements import newest
    from margincarlo.result.tables import Remark
    from margincarlo.throughput.data import data_of
    from margincarlo.throughput.folds import hold_out, names_held
    from margincarlo.throughput.score import scored, scores

    data = data_of(newest(table.measurements))
    predictions = [hold_out(data, by, held, seed=seed) for by, held in names_held(data)]
    remarks: list[Block] = [
        Remark(
            f"{len(data.rows)} configurations, the newest run of each; what is held out is"
            " predicted from all other rows. Each fold's intervals have the width that the errors"
            " of the other folds call for."
        )
    ]
    return scores(scored(predictions), detail=detail), [*remarks, *_reading()]


def _on_other(table: Measured, detail: bool, seed: int) -> tuple[list[Score], list[Block]]:
    from margincarlo.measurements import newest, read_measurements
    from margincarlo.result.tables import Remark
    from margincarlo.throughput.data import data_of
    from margincarlo.throughput.score import scored, scores
    from margincarlo.throughput.stored import read_learned
    from margincarlo.throughput.unseen import already_learned, predict, width_factors

    learned = read_learned()
    known = newest(read_measurements().measurements)
    rows = newest(table.measurements)
    wholes = predict(learned, data_of(known), data_of(rows), seed=seed)
    predictions = [part for whole in wholes for part in _by_model(whole)]
    judged = len(table.measurements)
    remarks: list[Block] = [
        Remark("Nothing was held out here: a fold is a model on an accelerator."),
        Remark(
            f"{table.name}: {judged} rows judged, {judged - len(rows)} of them older runs of the"
            f" same configuration; {sum(table.skipped.values())} skipped"
        ),
        *(
            Remark(f"skipped {count}: {reason} (rows {table.places[reason]})")
            for reason, count in table.skipped.items()
        ),
    ]
    repeated = already_learned(known, rows)
    if repeated:
        text = (
            f"{repeated} of {len(rows)} rows are in the table that the posterior was learned from"
        )
        remarks.append(Remark(f"{text}: for these this is no test", loud=True))
    found = scores(scored(predictions, width_factors(learned)), detail=detail)
    return found, [*remarks, *_reading()[:1]]


def _by_model(whole: Prediction) -> list[Prediction]:
    from dataclasses import replace

    import numpy as np

    parts = []
    for name in sorted({f"{row.model} on {row.accelerator}" for row in whole.data.rows}):
        here = np.array([f"{row.model} on {row.accelerator}" == name for row in whole.data.rows])
        parts.append(
            replace(
                whole,
                held=name,
                data=whole.data.take(here),
                median=whole.median[here],
                half50=whole.half50[here],
                half90=whole.half90[here],
                batch=whole.batch[here],
                known=whole.known[here],
                baselines={key: each[here] for key, each in whole.baselines.items()},
            )
        )
    return parts


def _page(found: Sequence[Score]) -> list[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.result.tables import Table

    names = tuple(found[0].baselines)
    blocks: list[Block] = [Heading("Time per output token, predicted against measured")]
    for by in dict.fromkeys(score.by for score in found):
        rows = tuple(_cells(score, names) for score in found if score.by == by)
        header = (_title(by), *COLUMNS, *names)
        blocks.append(Table(header, rows, frozenset(range(1, len(header)))))
    return blocks


def _title(by: str) -> str:
    return f"without one {by}" if by in ("accelerator", "model", "source") else by


def _cells(score: Score, names: Sequence[str]) -> tuple[str, ...]:
    return (
        score.group,
        str(score.rows),
        str(score.folds),
        _percent(score.error, score.errors["error"], 1),
        _percent(score.typical, score.errors["typical"], 1),
        _percent(score.near, score.errors["near"]),
        _percent(score.cover90, score.errors["cover90"]),
        _percent(score.cover50, score.errors["cover50"]),
        _percent(score.throughput, score.errors["throughput"]),
        *(_percent(score.baselines[name], score.errors[name]) for name in names),
    )


def _percent(share: float, error: float, digits: int = 0) -> str:
    around = "" if not isfinite(error) else f" ± {100 * error:.{digits}f}"
    return f"{100 * share:.{digits}f}{around} %"


def _reading() -> list[Block]:
    from margincarlo.result.tables import Remark

    return [
        Remark(
            "Median error: of the time per output token at the batch that was in flight, absolute"
            " and relative. Mean of folds: of their median errors, each fold counting"
            " once. Throughput: median error of the throughput predicted at the measured time per"
            " token, which is what a scenario with a speed target rests on. In 90 % and 50 %:"
            " share of rows inside the central predictive interval. ±: one standard error from a"
            " bootstrap of whole folds; a single fold has none."
        ),
        Remark(
            "The last two columns are errors of what people use instead. One efficiency: the median"
            " share of the ideal attained, by architecture. Active weights: reading them once at"
            " full bandwidth, whatever the batch."
            " The spreads of effects were chosen by these same errors, which flatters them by 2 to"
            " 4 points; nine rows in ten come from InferenceX."
        ),
    ]


command.add_command(prices)
