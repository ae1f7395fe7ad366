"""From what an author writes of an input to a belief in a known unit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from margincarlo.beliefs import Point, elicit
from margincarlo.errors import BeliefError, ScenarioError, UnitError
from margincarlo.evidence import Evidence
from margincarlo.quantities import Quantity, quantity
from margincarlo.registry import Fact
from margincarlo.scenario.file import InputTable
from margincarlo.scenario.model import Input
from margincarlo.scenario.place import placed, shown
from margincarlo.scenario.validate import validate
from margincarlo.units import factor

# Keys whose values are levels of the quantity, and so must be plausible and inside its support.
LEVELS = ("p5", "p10", "p25", "p50", "p75", "p90", "p95", "mean", "low", "mode", "high", "value")
NOT_BELIEF = {"unit", "source", "as_of", "note", "kind", "against", "nature", "family"}


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
    _check_numbers(keys)
    for level in _levels(keys):
        _check_magnitude(level, unit, to_display, known)
    support = (known.support[0] / to_display, known.support[1] / to_display)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            elicited = elicit(keys, support=support, family=table.family)
    except BeliefError as problem:
        raise ScenarioError(str(problem)) from None
    except ArithmeticError:
        raise ScenarioError(
            "the numbers are too large, too small or too close to compute with; mend them, or"
            " choose a unit in which they are of ordinary size"
        ) from None
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


def input_from_profile(name: str, table: Mapping[str, Any], profile: str) -> Input:
    """Return the input called `name` that a table of the profile called `profile` stands for."""
    given = read_input(name, dict(table))
    return dataclasses.replace(given, origin="profile", profile=profile)


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


def _check_numbers(keys: Mapping[str, Any]) -> None:
    for key, value in keys.items():
        if key == "family":
            if not isinstance(value, str):
                raise ScenarioError(f"family must be a name in quotes, not {shown(value)}")
        elif key in ("values", "weights"):
            if not isinstance(value, list):
                raise ScenarioError(f"{key} must be a list in [ ], not {shown(value)}")
            for number, each in enumerate(value, 1):
                _check_number(f"number {number} of {key}", each)
        elif key == "mixture":
            if not isinstance(value, list):
                raise ScenarioError(f"mixture must be a list of tables, not {shown(value)}")
            for number, component in enumerate(value, 1):
                with placed(f"mixture {number}"):
                    _check_component(component)
        else:
            _check_number(key, value)


def _check_component(component: Any) -> None:
    if not isinstance(component, Mapping) or "weight" not in component:
        raise ScenarioError("must be a table with a weight, such as { weight = 0.5, value = 3 }")
    _check_numbers(component)


def _check_number(what: str, value: Any) -> None:
    if isinstance(value, str):
        raise ScenarioError(
            f"{what} must be a number, not the text {shown(value)}; write it without quotes"
        )
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise ScenarioError(f"{what} must be a number such as 0.5 or 1e6, not {shown(value)}")
    if isinstance(value, int) and value.bit_length() > 1000:
        raise ScenarioError(f"{what} is too large to compute with: {shown(value)}; name a unit")
    if not math.isfinite(value):
        raise ScenarioError(f"{what} must be a finite number, not {value}; or leave it out")


def _check_magnitude(value: Any, unit: str, to_display: float, known: Quantity) -> None:
    level = float(value) * to_display
    low, high = known.plausible
    # Zero is no slip of magnitude; whether it makes sense, `elicit` decides.
    if low <= level <= high or level == 0:
        return
    slip = _likely_slip(level, low, high)
    raise UnitError(
        f"{value:g} {unit} is not plausible for {known.name}: allowed are {low:g} to {high:g}"
        f" {known.display}{slip}"
    )


def _likely_slip(level: float, low: float, high: float) -> str:
    for scale, meant in ((1e6, "a per-token price"), (1e3, "a value per thousand")):
        if low <= level * scale <= high and scale == 1e6:
            return f"; {level:g} looks like {meant}: write {level * scale:g}, or name its unit"
    for scale in (1e3, 1e-3, 1e-6, 1e6, 1e9, 1e-9):
        if low <= level * scale <= high:
            return f"; did you mean {level * scale:g}? Or name the unit of your number"
    return ""
