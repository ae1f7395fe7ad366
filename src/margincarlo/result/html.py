"""A simulation as a notebook shows it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from margincarlo.errors import ScenarioError
from margincarlo.result.rents import TITLE, calibrated, rent_reading, rent_tables
from margincarlo.result.tables import (
    Remark,
    Table,
    answer,
    definitions,
    feasibility,
    outputs_table,
    provenance,
    reading,
)

if TYPE_CHECKING:
    from margincarlo.result.simulation import Simulation

# Colors are inherited, so that the table reads on a light and on a dark page.
RULE = "border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)"
CELL = f"padding:.2em .8em;{RULE};color:inherit;background:none"


def simulation_html(simulation: Simulation) -> str:
    """Return title, probabilities, outputs and what to know about them, escaped."""
    parts = [_line(f"<b>{escape(simulation.scenario.title)}</b>")]
    try:
        asked = [answer(each, simulation.condition) for each in simulation.probabilities()]
        table = outputs_table(simulation)
    except ScenarioError as problem:
        # Nothing can be computed; a notebook then shows why, and keeps its other output.
        return f"<div>{parts[0]}{_line(escape(str(problem)))}</div>"
    parts += [_line(escape(text)) for text in asked]
    if simulation.condition and not asked:
        parts.append(_line(f"given {escape(simulation.condition)}"))
    parts.append(table_html(table))
    remarks = [reading(simulation), *definitions(simulation), *feasibility(simulation)]
    parts += [_remark(each) for each in remarks]
    if simulation.by_rent:
        parts.append(_line(f"<b>{TITLE}</b>"))
        parts += [table_html(each) for each in rent_tables(simulation)]
        parts.append(_remark(rent_reading(simulation)))
    parts += [_remark(each) for each in (*calibrated(simulation), provenance(simulation))]
    return f"<div>{''.join(parts)}</div>"


def table_html(table: Table) -> str:
    """Return a table as HTML with inherited colors."""

    def row(tag: str, cells: tuple[str, ...]) -> str:
        return "".join(
            f'<{tag} style="text-align:{"right" if i in table.numeric else "left"};{CELL}">'
            f"{escape(cell)}</{tag}>"
            for i, cell in enumerate(cells)
        )

    body = "".join(f"<tr>{row('td', cells)}</tr>" for cells in table.rows)
    return (
        '<table style="color:inherit;font:inherit;font-variant-numeric:tabular-nums;'
        'border-collapse:collapse;margin:.5em 0">'
        f"<thead><tr>{row('th', table.header)}</tr></thead><tbody>{body}</tbody></table>"
    )


def _remark(remark: Remark) -> str:
    text = escape(remark.text)
    return _line(f"<b>{text}</b>" if remark.loud else text, small=not remark.loud)


def _line(html: str, *, small: bool = False) -> str:
    style = "margin:.2em 0;max-width:60em" + (";font-size:.85em;opacity:.8" if small else "")
    return f'<p style="{style}">{html}</p>'
