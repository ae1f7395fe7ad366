"""A number of the registry, ready for the tree."""

from __future__ import annotations

from dataclasses import dataclass

from margincarlo.evidence import Evidence
from margincarlo.quantities import quantity
from margincarlo.units import factor


@dataclass(frozen=True)
class Fact:
    """Value of a quantity that the registry knows.

    Attributes
    ----------
    value : float
        In base units of the quantity.
    evidence : Evidence
        Where it comes from.
    """

    value: float
    evidence: Evidence


@dataclass(frozen=True)
class Entry:
    """Value as the tables or their arithmetic give it, before it becomes a fact.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        Any unit of the right kind.
    kind : str
        One of `margincarlo.evidence.KINDS`.
    note : str
        What is particular to this number.
    """

    value: float
    unit: str
    kind: str
    note: str = ""


def fact(name: str, entry: Entry, *, source: str, as_of: str, notes: tuple[str, ...]) -> Fact:
    """Return `entry` as a fact about the quantity `name`.

    Parameters
    ----------
    name : str
        Name of a quantity.
    entry : Entry
        Its value.
    source, as_of : str
        Of the row that it comes from.
    notes : tuple of str
        Of that row; empty ones are left out.

    Returns
    -------
    Fact
        In base units.
    """
    note = "; ".join(text for text in (entry.note, *notes) if text)
    return Fact(
        value=entry.value * factor(entry.unit, quantity(name).unit),
        evidence=Evidence(source=source, as_of=as_of, note=note, kind=entry.kind),
    )
