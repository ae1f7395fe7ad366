"""Statements such as ``gross_margin > 0.5 and utilization < 40 %``: a grammar, never Python."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from margincarlo.errors import StatementError
from margincarlo.quantities import quantity
from margincarlo.units import factor

_NAME = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?"
_NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CONDITION = re.compile(rf"\s*({_NAME})\s*(>=|<=|>|<)\s*(?:({_NUMBER})\s*(\S.*?)?|({_NAME}))\s*")
_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """A quantity compared with a number, in display units, or with another quantity."""

    name: str
    comparison: str
    value: float
    other: str = ""

    def holds(self, values: Mapping[str, Any]) -> Any:
        """Return where the condition holds, given values in display units."""
        right = values[self.other] if self.other else self.value
        return _COMPARE[self.comparison](values[self.name], right)


@dataclass(frozen=True)
class Statement:
    """Conditions that hold together."""

    text: str
    conditions: tuple[Condition, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the quantities that the statement is about."""
        found = {condition.name for condition in self.conditions}
        return frozenset(found | {c.other for c in self.conditions if c.other})

    def holds(self, values: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
        """Return where all conditions hold, given values in display units."""
        held = [condition.holds(values) for condition in self.conditions]
        return np.asarray(np.logical_and.reduce(np.broadcast_arrays(*held)), dtype=np.bool_)


def read_statement(text: str) -> Statement:
    """Read a statement.

    Parameters
    ----------
    text : str
        Conditions joined by ``and``: a quantity, one of ``> >= < <=``, and a number with an
        optional unit (in the quantity's display unit otherwise) or another quantity.

    Raises
    ------
    StatementError
        If it cannot be read.
    UnitError
        If its unit is of the wrong kind.

    Examples
    --------
    >>> read_statement("gross_margin > 50 %").conditions[0].value
    0.5
    """
    if re.search(r"\s(?:or|not)\s", f" {text} "):
        raise StatementError(
            f"cannot read {text[:80]!r}: conditions are joined by 'and' alone; ask two questions"
        )
    parts = re.split(r"\s+and\s+", text.strip())
    return Statement(" ".join(text.split()), tuple(_read_condition(part, text) for part in parts))


def _read_condition(part: str, text: str) -> Condition:
    found = _CONDITION.fullmatch(part)
    if found is None:
        raise StatementError(
            f"cannot read {text[:80]!r}: write a quantity, one of > >= < <=, and a number,"
            " such as 'gross_margin > 0.5' or 'output_token_cost < 2 USD/Mtok'"
        )
    name, comparison, number, unit, other = found.groups()
    known = quantity(name.rpartition(".")[2])
    if other:
        if quantity(other.rpartition(".")[2]).unit != known.unit:
            raise StatementError(f"{name} and {other} in {text[:80]!r} have different units")
        return Condition(name, comparison, 0.0, other)
    scale = factor(unit, known.unit) / factor(known.display, known.unit) if unit else 1.0
    value = float(number.replace("_", "")) * scale
    if not math.isfinite(value):
        raise StatementError(f"{number} in {text[:80]!r} is too large; write a finite number")
    return Condition(name, comparison, value)


@dataclass(frozen=True)
class Precision:
    """A statement, and the Monte Carlo error to which its probability is wanted."""

    statement: Statement
    within: float


def read_precision(text: str) -> Precision:
    """Read a wanted precision such as ``gross_margin > 0 within 0.002``.

    Raises
    ------
    StatementError
        If it cannot be read, or the error is not between 0 and 0.5.
    """
    statement, found, error = text.rpartition(" within ")
    try:
        within = float(error)
    except ValueError:
        within = float("nan")
    if not found or not 0 < within < 0.5:
        raise StatementError(
            f"cannot read {text[:80]!r}: write a statement and the error of its probability,"
            " between 0 and 0.5, such as 'gross_margin > 0 within 0.002'"
        )
    return Precision(read_statement(statement), within)
