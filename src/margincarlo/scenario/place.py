"""Where in a scenario an error is, and how its values look there."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from margincarlo.errors import ScenarioError

LONGEST_PLACE = 2000
LONGEST_VALUE = 60


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Put `place` before where an error points."""
    try:
        yield
    except ScenarioError as problem:
        raise (problem.at(place) if place else problem) from None


@contextmanager
def on_one_line() -> Iterator[None]:
    """Keep names that an author made up from breaking the line of a message."""
    try:
        yield
    except ScenarioError as problem:
        # Keys in quotes may hold anything, even what a terminal would obey.
        words, where = (
            "".join(each if each.isprintable() else "?" for each in text)
            for text in (problem.problem, problem.where)
        )
        short = where if len(where) <= LONGEST_PLACE else f"{where[:LONGEST_PLACE]}…"
        raise type(problem)(words, where=short) from None


def shown(value: Any) -> str:
    """Return a value as its author would write it, shortened."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = f"'{value[: LONGEST_VALUE + 1]}'"
    elif isinstance(value, float):
        text = f"{value:g}" if math.isfinite(value) else str(value)
    elif isinstance(value, Mapping):
        text = "a table"
    elif isinstance(value, Sequence):
        text = f"a list of {len(value)}"
    elif isinstance(value, datetime.date | datetime.time):
        text = f"the date {value.isoformat()}"
    elif isinstance(value, int):
        # Python refuses to print whole numbers of thousands of digits.
        text = str(value) if value.bit_length() < 200 else "a whole number of over 60 digits"
    elif value is None:
        text = "nothing"
    else:
        text = f"something else ({type(value).__name__})"
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
