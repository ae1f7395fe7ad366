"""Joint draws from a file: rows that inputs share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from margincarlo.beliefs import Discrete
from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.evidence import Evidence
from margincarlo.quantities import quantity
from margincarlo.scenario.file import JointTable
from margincarlo.scenario.model import Input, Joint
from margincarlo.units import factor

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
    for name in table.inputs:
        known = quantity(name.rpartition(".")[2])
        unit = table.units.get(name, known.display)
        values = frame[name]
        scale = factor(unit, known.unit)
        columns[name] = values * scale
        levels, counts = np.unique(values, return_counts=True)
        belief = Discrete(tuple(levels.tolist()), tuple((counts / counts.sum()).tolist()))
        evidence = Evidence(table.source or path.name, str(table.as_of), table.note, "derived")
        inputs[name] = Input(name, known, belief, unit, scale, evidence, joint=table.file)
    return Joint(table.file, columns), inputs


def _columns(path: Path, table: JointTable) -> dict[str, npt.NDArray[np.float64]]:
    import pandas as pd

    where = f"joint: {path}"
    try:
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except FileNotFoundError:
        raise ScenarioError("no such file of joint draws", where=where) from None
    except (ValueError, OSError) as problem:
        raise ScenarioError(
            f"is not a CSV or Parquet table: {str(problem).splitlines()[0][:120]}", where=where
        ) from None
    if not 2 <= len(frame) <= LARGEST_ROWS:
        raise ScenarioError(
            f"has {len(frame)} rows; 2 to {LARGEST_ROWS:,} are allowed", where=where
        )
    found: dict[str, npt.NDArray[np.float64]] = {}
    for name in table.inputs:
        if name not in frame:
            raise ScenarioError(
                f"has no column {name!r}{did_you_mean(name, map(str, frame.columns))}", where=where
            )
        column = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            raise ScenarioError(
                f"column {name} is no finite number in row {bad[0] + 1}"
                f" ({bad.size} of {column.size} rows)",
                where=where,
            )
        found[name] = column
    return found
