"""Joint draws from a file: rows that inputs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from margincarlo.beliefs import Discrete
from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.evidence import Evidence
from margincarlo.quantities import quantity
from margincarlo.scenario.file import JointTable
from margincarlo.scenario.model import Input, Joint
from margincarlo.units import factor

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST_ROWS = 10_000_000


def read_joint(table: JointTable, folder: Path) -> tuple[Joint, dict[str, Input]]:
    """Read joint draws.

    Parameters
    ----------
    table : JointTable
    folder : Path
        What a relative file name is relative to.

    Returns
    -------
    Joint
        Columns in base units; a row is drawn as a whole.
    dict of str to Input
        Each column as an input, for tables and reports.

    Raises
    ------
    ScenarioError
        If the file is missing or malformed, or a column is missing or not finite.
    """
    path = folder / table.file
    frame = _columns(path, table)
    inputs: dict[str, Input] = {}
    columns: dict[str, npt.NDArray[np.float64]] = {}
    for name in dict.fromkeys(table.inputs):
        known = quantity(name.rpartition(".")[2])
        unit = table.units.get(name, known.display)
        values = frame[name]
        scale = factor(unit, known.unit)
        _check_support(name, values * scale / factor(known.display, known.unit), path)
        columns[name] = values * scale
        levels, counts = np.unique(values, return_counts=True)
        belief = Discrete(tuple(levels.tolist()), tuple((counts / counts.sum()).tolist()))
        evidence = Evidence(table.source or path.name, str(table.as_of), table.note, "derived")
        inputs[name] = Input(
            name, known, belief, unit, scale, evidence, table.nature, joint=table.file
        )
    return Joint(table.file, columns), inputs


def _check_support(name: str, values: npt.NDArray[np.float64], path: Path) -> None:
    known = quantity(name.rpartition(".")[2])
    low, high = known.support
    unit = "" if known.display == "1" else f" {known.display}"
    outside = np.flatnonzero((values < low) | (values > high))
    if outside.size:
        raise ScenarioError(
            f"column {name} lies outside {low:g} to {high:g}{unit} in data row"
            f" {outside[0] + 1}: {values[outside[0]]:g}; mend it, or name its unit under units",
            where=str(path),
        )


def _columns(path: Path, table: JointTable) -> dict[str, npt.NDArray[np.float64]]:
    rows = _rows(path)
    where, names = str(path), rows.column_names
    if not 2 <= rows.num_rows <= LARGEST_ROWS:
        raise ScenarioError(
            f"has {rows.num_rows} rows of draws; 2 to {LARGEST_ROWS:,} are allowed", where=where
        )
    found: dict[str, npt.NDArray[np.float64]] = {}
    for name in table.inputs:
        if name not in names:
            raise ScenarioError(
                f"has no column {name!r}{did_you_mean(name, names)};"
                f" it has {', '.join(names[:20])}",
                where=where,
            )
        column = _numbers(rows.column(names.index(name)))
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            raise ScenarioError(
                f"column {name} is no finite number in data row {bad[0] + 1}"
                f" ({bad.size} of {column.size} rows); fill it in or drop the row",
                where=where,
            )
        found[name] = column
    return found


def _rows(path: Path) -> pa.Table:
    where = str(path)
    if path.suffix not in (".csv", ".parquet"):
        raise ScenarioError("is no file of joint draws: name a .csv or .parquet file", where=where)
    try:
        if path.suffix == ".parquet":
            from pyarrow import parquet

            return parquet.read_table(path)
        from pyarrow import csv

        return csv.read_csv(path)
    except FileNotFoundError:
        raise ScenarioError(
            "no such file of joint draws; a relative name starts where the scenario is", where=where
        ) from None
    except (ValueError, OSError) as problem:
        reason = next(iter(str(problem).splitlines()), "")[:120]
        raise ScenarioError(f"is not a CSV or Parquet table: {reason}", where=where) from None


def _numbers(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    """Return a column as numbers; what is none is NaN."""
    import pyarrow as pa

    try:
        cast = column.cast(pa.float64()).combine_chunks()
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return np.array([_number(each) for each in column.to_pylist()])
    # Its own conversion to NumPy would import pandas, which takes as long as a whole run.
    missing, values = cast.buffers()
    rows = slice(cast.offset, cast.offset + len(cast))
    found = np.frombuffer(values, dtype=np.float64)[rows].copy()
    if missing is not None:
        bits = np.unpackbits(np.frombuffer(missing, dtype=np.uint8), bitorder="little")
        found[bits[rows] == 0] = np.nan
    return found


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
