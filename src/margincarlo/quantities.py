"""The nomenclature: every quantity with its symbol, unit, support and meaning.

The table is ``data/quantities.csv``, append-only: a quantity's number is also its dimension in
quasi-Monte Carlo sampling, so that a name keeps its draws for good.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from margincarlo.errors import ScenarioError, did_you_mean


@dataclass(frozen=True)
class Quantity:
    """What is known of a quantity before anyone says what it is.

    Attributes
    ----------
    number : int
        Permanent number, from 0.
    name, symbol, meaning : str
        Name in signatures and files, symbol in formulas, one line in words.
    unit : str
        Base unit, used inside.
    display : str
        Unit that people see, and that is meant where a scenario names none.
    support : tuple of float
        Open interval in `display` units outside of which no value makes sense.
    plausible : tuple of float
        Interval in `display` units outside of which a value is refused as a slip of magnitude.
    default : float or None
        Neutral value in `display` units when nothing is given; None: it must be given or derived.
    """

    number: int
    name: str
    symbol: str
    unit: str
    display: str
    support: tuple[float, float]
    plausible: tuple[float, float]
    default: float | None
    meaning: str


@cache
def quantities() -> Mapping[str, Quantity]:
    """Return every quantity by name, in the order of the table."""
    table = resources.files("margincarlo") / "data" / "quantities.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = [_quantity(row) for row in csv.DictReader(lines)]
    return MappingProxyType({row.name: row for row in rows})


def quantity(name: str) -> Quantity:
    """Return the quantity called `name`.

    Raises
    ------
    ScenarioError
        If there is none; the nearest name is suggested.
    """
    known = quantities()
    if name not in known:
        raise ScenarioError(
            f"no quantity is called {name!r}{did_you_mean(name, known)};"
            " `margincarlo tree` and docs/reference/nomenclature.md list them"
        )
    return known[name]


def _quantity(row: dict[str, str]) -> Quantity:
    def number(cell: str, otherwise: float) -> float:
        return float(row[cell]) if row[cell] else otherwise

    return Quantity(
        number=int(row["number"]),
        name=row["name"],
        symbol=row["symbol"],
        unit=row["unit"],
        display=row["display"],
        support=(number("lower", -math.inf), number("upper", math.inf)),
        plausible=(number("plausible_low", -math.inf), number("plausible_high", math.inf)),
        default=float(row["default"]) if row["default"] else None,
        meaning=row["meaning"],
    )
