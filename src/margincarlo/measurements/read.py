"""Read a table of measurements; count what cannot be judged, and why."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import zip_longest
from pathlib import Path
from typing import Final

from margincarlo.errors import MeasurementError, did_you_mean
from margincarlo.measurements.columns import NAMES, NEEDED
from margincarlo.measurements.judge import UnjudgedError, judge
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.physics import check_physics

LARGEST_FILE: Final = 200_000_000
SHIPPED: Final = "throughput.csv"
PLACES_SHOWN: Final = 5
REASONS_SHOWN: Final = 5


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
    places : mapping of str to str
        Reason → the first few of these rows, by id or line.
    """

    name: str
    measurements: tuple[Measurement, ...]
    skipped: Mapping[str, int]
    places: Mapping[str, str]


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
        large = path.stat().st_size > LARGEST_FILE
        content = b"" if large else path.read_bytes()
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MeasurementError("is not UTF-8 text; save it as CSV", where=path) from None
    except OSError as problem:
        raise MeasurementError(f"cannot be read: {problem.strerror}", where=path) from None
    except ValueError:
        raise MeasurementError("is no name that a file can have", where=path) from None
    if large:
        raise MeasurementError("has more than 200 MB; a table has one row a run", where=path)
    return text


def _judged(text: str, name: str) -> Table:
    rows = _rows(text, name)
    found: list[Measurement] = []
    skipped: Counter[str] = Counter()
    places: dict[str, list[str]] = {}
    for line, cells in rows:
        try:
            measurement = judge(cells, f"line {line}")
            check_physics(measurement)
        except UnjudgedError as reason:
            skipped[str(reason)] += 1
            places.setdefault(str(reason), []).append(cells.get("row_id") or f"line {line}")
        else:
            found.append(measurement)
    if not found:
        raise MeasurementError(f"no row can be judged: {_reasons(skipped)}", where=name)
    shown = {reason: _few(names) for reason, names in places.items()}
    return Table(name, tuple(found), dict(skipped.most_common()), shown)


def _few(names: list[str]) -> str:
    more = ", …" if len(names) > PLACES_SHOWN else ""
    return ", ".join(names[:PLACES_SHOWN]) + more


def _reasons(skipped: Counter[str]) -> str:
    shown = [f"{count} x {reason}" for reason, count in skipped.most_common(REASONS_SHOWN)]
    if len(skipped) > REASONS_SHOWN:
        shown.append(f"and {len(skipped) - REASONS_SHOWN} more reasons")
    return "; ".join(shown) or "there is none"


def _rows(text: str, name: str) -> Sequence[tuple[int, Mapping[str, str]]]:
    """Return the rows with the number of the line that each ends on."""
    if not text.strip():
        raise MeasurementError(f"is empty; its first row must name {', '.join(NEEDED)}", where=name)
    # Only line feeds end lines: str.splitlines would also cut at a form feed inside a cell.
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as problem:
        raise MeasurementError(f"is no CSV: {problem}", where=name) from None
    columns = [column.strip() for column in lines[0][1]] if lines else []
    _check_columns(columns, name)
    return list(_named(columns, lines[1:], name))


def _check_columns(columns: Sequence[str], name: str) -> None:
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        near = did_you_mean(missing[0], [each for each in columns if each not in NAMES])
        raise MeasurementError(
            f"has no column {', '.join(missing)}{near}; its first row must name"
            f" {', '.join(NEEDED)}",
            where=name,
        )
    twice = [column for column in NAMES if columns.count(column) > 1]
    if twice:
        raise MeasurementError(f"has two columns {twice[0]}; leave one", where=name)


def _named(
    columns: Sequence[str], lines: Sequence[tuple[int, list[str]]], name: str
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, cells in lines:
        if len(cells) > len(columns):
            raise MeasurementError(
                f"line {line} has more cells than columns; put text with commas in quotes",
                where=name,
            )
        yield line, dict(zip_longest(columns, cells, fillvalue=""))
