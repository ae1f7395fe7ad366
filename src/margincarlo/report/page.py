"""The page: everything a template needs, gathered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from margincarlo.plots.style import nature_note, spoken
from margincarlo.report.age import OLD
from margincarlo.report.assumptions import assumptions
from margincarlo.report.figures import cost_waterfall, distributions
from margincarlo.report.provenance import provenance, sampling
from margincarlo.report.tables import definitions, held, outputs, violations
from margincarlo.report.verdict import definition, judge
from margincarlo.report.wording import LIKELIHOOD
from margincarlo.result import ERROR_KIND, INTERVAL_KIND, Simulation
from margincarlo.result.rents import (
    TITLE,
    calibrated,
    rent_reading,
    rent_spans,
    rent_tables,
    rent_warnings,
)
from margincarlo.scenario import Scenario


def report_html(simulation: Simulation, *, today: dt.date | None = None) -> str:
    """Return a run as one HTML page that needs nothing else.

    Parameters
    ----------
    simulation : Simulation
        With draws kept, or without: then what needs them is left out, and the page says so.
    today : datetime.date, optional
        Day on which the age of evidence is judged; the current day otherwise.

    Returns
    -------
    str
        A page without scripts and without any reference to the network. It follows the reader's
        light or dark scheme, and prints in light with everything unfolded.
    """
    day = today or dt.datetime.now(tz=dt.UTC).date()
    return _templates().get_template("report.html.j2").render(_context(simulation, day))


def _context(simulation: Simulation, today: dt.date) -> Mapping[str, Any]:
    scenario = simulation.scenario
    verdict = judge(simulation)
    mass = scenario.run.mass
    return {
        "assumed": assumptions(scenario, today),
        "calibrated": tuple(calibrated(simulation)),
        "correlations": scenario.copula.correlations,
        "defined": definition(verdict.subject),
        "definitions": definitions(simulation),
        "error_kind": ERROR_KIND,
        "held": held(simulation),
        "interval_kind": INTERVAL_KIND,
        "likelihood": LIKELIHOOD,
        "mass": f"{100 * mass:g} %",
        "mix": _mix(scenario),
        "natures": _natures(simulation),
        "old_days": OLD,
        "outputs": outputs(simulation),
        "physics": simulation.feasibility,
        "pictures": distributions(simulation),
        "provenance": provenance(simulation, today),
        "rents": _rents(simulation),
        "sampling": sampling(simulation),
        "scenario": scenario,
        "style": Markup(_style()),
        "tails": (f"{50 * (1 - mass):g} %", f"{50 * (1 + mass):g} %"),
        "today": today.isoformat(),
        "verdict": verdict,
        "violations": violations(simulation),
        "waterfall": cost_waterfall(simulation),
    }


def _rents(simulation: Simulation) -> Mapping[str, Any]:
    """Return the tables under each assumption about rent; nothing where there are none."""
    if not simulation.by_rent or simulation.sample.counted == 0:
        return {"spans": (), "tables": ()}
    return {
        "title": TITLE,
        "tables": tuple(rent_tables(simulation)),
        "spans": tuple(rent_spans(simulation)),
        "remarks": (rent_reading(simulation), *rent_warnings(simulation)),
    }


def _natures(simulation: Simulation) -> tuple[tuple[str, str], ...]:
    """Return each kind of spread, in words, and the outputs that have it."""
    outputs_by_note: dict[str, list[str]] = {}
    for name in simulation.scenario.outputs:
        note = nature_note(" and ".join(sorted(simulation.scenario.natures(name))))
        outputs_by_note.setdefault(note, []).append(spoken(name))
    return tuple((", ".join(names), note) for note, names in outputs_by_note.items() if note)


def _mix(scenario: Scenario) -> tuple[tuple[str, str], ...]:
    weights = next((node.weights for node in scenario.tree if node.weights), None)
    return tuple((name, f"{100 * share:.3g} %") for name, share in (weights or {}).items())


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("margincarlo.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["spoken"] = spoken
    return templates


def _style() -> str:
    sheet = resources.files("margincarlo.report") / "templates" / "report.css"
    return sheet.read_text(encoding="utf-8")
