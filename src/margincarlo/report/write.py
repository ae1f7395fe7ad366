"""Write a report to disk, whole or not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from margincarlo.report.page import report_html
from margincarlo.result import Simulation
from margincarlo.result.export import check_writable, write_text


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
    check_writable(path)
    return write_text(path, report_html(simulation, today=today))
