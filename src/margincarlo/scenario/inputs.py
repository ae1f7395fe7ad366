"""From what an author writes of an input to a belief in a known unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from margincarlo.beliefs import Point, elicit
from margincarlo.errors import BeliefError, ScenarioError, UnitError
from margincarlo.evidence import Evidence
from margincarlo.quantities import Quantity, quantity
from margincarlo.registry import Fact
from margincarlo.scenario.file import InputTable
from margincarlo.scenario.model import Input
from margincarlo.scenario.validate import validate
from margincarlo.units import factor

# Keys whose values are levels of the quantity, and so must be plausible and inside its support.
LEVELS = ("p5", "p10", "p25", "p50", "p75", "p90", "p95", "mean", "low", "mode", "high", "value")
NOT_BELIEF = {"unit", "source", "as_of", "note", "kind", "nature", "family"}


def read_input(name: str, content: Any) -> Input:
    """Return the input called `name` from what the author wrote: a number, or a table.

    Raises
    ------
    ScenarioError
        If the quantity is unknown or the belief makes no sense.
    UnitError
        If the unit is of the wrong kind or the magnitude looks like a slip.
    """
    known = quantity(name.rpartition(".")[2])
    table = validate(InputTable, content if isinstance(content, dict) else {"value": content})
    unit = table.unit or known.display
    to_display = factor(unit, known.unit) / factor(known.display, known.unit)
    keys = table.model_dump(exclude_none=True, exclude=NOT_BELIEF)
    for level in _levels(keys):
        _check_magnitude(level, unit, to_display, known)
    support = (known.support[0] / to_display, known.support[1] / to_display)
    try:
        elicited = elicit(keys, support=support, family=table.family)
    except BeliefError as problem:
        raise ScenarioError(str(problem)) from None
    return Input(
        name=name,
        quantity=known,
        belief=elicited.belief,
        unit=unit,
        factor=factor(unit, known.unit),
        evidence=Evidence(table.source, str(table.as_of), table.note, table.kind),
        nature=table.nature,
        notes=elicited.notes,
    )


def input_from_fact(name: str, fact: Fact) -> Input:
    """Return the input that a fact of the registry stands for."""
    known = quantity(name)
    scale = factor(known.display, known.unit)
    belief = Point(fact.value / scale)
    return Input(name, known, belief, known.display, scale, fact.evidence, origin="registry")


def input_by_default(name: str) -> Input:
    """Return the neutral input that stands in where a scenario says nothing."""
    known = quantity(name)
    if known.default is None:
        raise ScenarioError(f"{name} has no neutral value: it must be given")
    scale = factor(known.display, known.unit)
    evidence = Evidence("", "", "neutral value", "")
    belief = Point(known.default)
    return Input(name, known, belief, known.display, scale, evidence, origin="default")


def _levels(keys: Mapping[str, Any]) -> Iterator[Any]:
    yield from (keys[key] for key in LEVELS if key in keys)
    yield from keys.get("values", ())
    for component in keys.get("mixture", ()):
        yield from _levels(component)


def _check_magnitude(value: Any, unit: str, to_display: float, known: Quantity) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return  # elicit says what is wrong with it
    shown = value * to_display
    low, high = known.plausible
    # Zero is no slip of magnitude; whether it makes sense, `elicit` decides.
    if low <= shown <= high or shown == 0:
        return
    slip = _likely_slip(shown, low, high)
    raise UnitError(
        f"{value:g} {unit} is not plausible for {known.name}: allowed are {low:g} to {high:g}"
        f" {known.display}{slip}"
    )


def _likely_slip(shown: float, low: float, high: float) -> str:
    for scale, meant in ((1e6, "a per-token price"), (1e3, "a value per thousand")):
        if low <= shown * scale <= high and scale == 1e6:
            return f"; {shown:g} looks like {meant}: write {shown * scale:g}, or name its unit"
    for scale in (1e3, 1e-3, 1e-6, 1e6, 1e9, 1e-9):
        if low <= shown * scale <= high:
            return f"; did you mean {shown * scale:g}? Or name the unit of your number"
    return ""
