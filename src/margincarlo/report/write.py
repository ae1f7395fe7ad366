"""Write a report to disk, whole or not at all."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path

from margincarlo.errors import ScenarioError
from margincarlo.report.page import report_html
from margincarlo.result import Simulation


def write_report(simulation: Simulation, path: str | Path, *, today: dt.date | None = None) -> Path:
    """Write a run as one self-contained HTML file.

    Parameters
    ----------
    simulation : Simulation
    path : str or Path
        Where to; an existing file is replaced in one step.
    today : datetime.date, optional
        Day on which the age of evidence is judged; the current day otherwise.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        If the file cannot be written. Nothing is left half-written.
    """
    target = Path(path)
    _check_folder(target)
    text = report_html(simulation, today=today)
    try:
        _replace(target, text)
    except OSError as problem:
        raise _unwritable(target, problem.strerror or str(problem)) from None
    return target


def _check_folder(target: Path) -> None:
    if target.is_dir():
        raise _unwritable(target, "it is a folder")
    if not target.parent.is_dir():
        raise _unwritable(target, f"there is no folder {target.parent}")


def _replace(target: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        # A temporary file is private; a report has the rights that any new file would have.
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _unwritable(target: Path, why: str) -> ScenarioError:
    return ScenarioError(
        f"the report cannot be written: {why}; name a file in a folder you may write to",
        where=str(target),
    )
