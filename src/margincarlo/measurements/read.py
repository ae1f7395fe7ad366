"""Read a table of measurements; count what cannot be judged, and why."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from margincarlo.errors import MeasurementError, did_you_mean
from margincarlo.measurements.columns import NAMES, NEEDED
from margincarlo.measurements.judge import UnjudgedError, judge
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.physics import check_physics

LARGEST_FILE: Final = 200_000_000
SHIPPED: Final = "throughput.csv"


@dataclass(frozen=True)
class Table:
    """What a file holds.

    Attributes
    ----------
    name : str
        Of the file.
    measurements : tuple of Measurement
        Rows that can be judged, in the order of the file.
    skipped : mapping of str to int
        Reason → number of rows that cannot, most frequent first.
    """

    name: str
    measurements: tuple[Measurement, ...]
    skipped: Mapping[str, int]


def read_measurements(path: str | Path | None = None) -> Table:
    """Read a table of throughput measurements.

    Parameters
    ----------
    path : path, optional
        A CSV file with the columns of `margincarlo.measurements.COLUMNS`; by default the table that
        ships with the package.

    Raises
    ------
    MeasurementError
        If the file cannot be read, lacks a needed column, or has no row that can be judged.
    """
    if path is None:
        shipped = resources.files("margincarlo") / "data" / SHIPPED
        return _judged(shipped.read_text(encoding="utf-8"), SHIPPED)
    return _judged(_text(Path(path)), str(path))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise MeasurementError("has more than 200 MB; a table has one row a run", where=path)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MeasurementError("is not UTF-8 text; save it as CSV", where=path) from None
    except OSError as problem:
        raise MeasurementError(f"cannot be read: {problem.strerror}", where=path) from None
    except ValueError:
        raise MeasurementError("is no name that a file can have", where=path) from None


def _judged(text: str, name: str) -> Table:
    rows = _rows(text, name)
    found: list[Measurement] = []
    skipped: Counter[str] = Counter()
    for line, cells in enumerate(rows, 2):
        try:
            measurement = judge(cells, f"line {line}")
            check_physics(measurement)
        except UnjudgedError as reason:
            skipped[str(reason)] += 1
        else:
            found.append(measurement)
    if not found:
        reasons = "; ".join(f"{count} x {reason}" for reason, count in skipped.most_common())
        raise MeasurementError(f"no row can be judged: {reasons or 'there is none'}", where=name)
    return Table(name, tuple(found), dict(skipped.most_common()))


def _rows(text: str, name: str) -> Sequence[Mapping[str, str]]:
    if not text.strip():
        raise MeasurementError(f"is empty; its first row must name {', '.join(NEEDED)}", where=name)
    reader = csv.DictReader(text.splitlines(), restkey="", restval="")
    try:
        columns = reader.fieldnames or []
        rows = list(reader)
    except csv.Error as problem:
        raise MeasurementError(f"is no CSV: {problem}", where=name) from None
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        near = did_you_mean(missing[0], [each for each in columns if each not in NAMES])
        raise MeasurementError(
            f"has no column {', '.join(missing)}{near}; its first row must name"
            f" {', '.join(NEEDED)}",
            where=name,
        )
    wide = next((line for line, row in enumerate(rows, 2) if "" in row), None)
    if wide is not None:
        raise MeasurementError(
            f"line {wide} has more cells than columns; put text with commas in quotes", where=name
        )
    return rows
