"""What went in: every input with its belief, its evidence and the evidence's age."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from margincarlo.beliefs import Belief, Discrete, Mixture, Truncated
from margincarlo.plots.numbers import number
from margincarlo.plots.style import spoken
from margincarlo.report.age import Age, age
from margincarlo.scenario import Input, Scenario

# A discrete belief with at most this many values is shown value by value.
_LISTED = 4


@dataclass(frozen=True)
class Row:
    """One input, as a row of a table.

    Attributes
    ----------
    name, words, symbol, meaning, unit : str
    family : str
        Distribution, in words; "known" for a point.
    median, low, high : str
        Median, 5 % and 95 % point; the value and nothing for a point.
    detail : str
        Values of a discrete belief, or the file that an input is drawn from.
    nature : str
        "unknown" or "varies"; empty for a point.
    source, link, note, kind, as_of : str
        Evidence; `link` is the source where that is a web address.
    age : Age
    notes : tuple of str
        What elicitation had to say.
    profile : str
        Name of the shipped profile that gives it; empty otherwise.
    """

    name: str
    words: str
    symbol: str
    meaning: str
    unit: str
    family: str
    median: str
    low: str
    high: str
    detail: str
    nature: str
    source: str
    link: str
    note: str
    kind: str
    as_of: str
    age: Age
    notes: tuple[str, ...]
    profile: str

    @property
    def has_evidence(self) -> bool:
        """Whether someone is named who says so."""
        return bool(self.source)


@dataclass(frozen=True)
class Assumptions:
    """The inputs of a scenario, by how much they need looking at.

    Attributes
    ----------
    uncertain : tuple of Row
        What is drawn.
    stated : tuple of Row
        What the scenario or its profiles give as one number.
    registry : tuple of Row
        Facts about the model and the accelerator.
    defaults : tuple of Row
        Neutral values that stand in where the scenario says nothing.
    """

    uncertain: tuple[Row, ...]
    stated: tuple[Row, ...]
    registry: tuple[Row, ...]
    defaults: tuple[Row, ...]

    @property
    def authored(self) -> tuple[Row, ...]:
        """What the scenario's author stated."""
        return tuple(row for row in self.uncertain + self.stated if not row.profile)

    @property
    def shipped(self) -> tuple[Row, ...]:
        """What shipped profiles give."""
        return tuple(row for row in self.uncertain + self.stated if row.profile)

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of those profiles."""
        return tuple(dict.fromkeys(row.profile for row in self.shipped))

    @property
    def shipped_judged(self) -> int:
        """How much of what shipped profiles give is judgement."""
        return sum(row.kind == "judgement" for row in self.shipped)

    @property
    def without_evidence(self) -> tuple[Row, ...]:
        """What the author stated without naming a source."""
        return tuple(row for row in self.authored if not row.has_evidence)

    @property
    def judged(self) -> int:
        """How much of what the author stated is his judgement."""
        return sum(row.kind == "judgement" for row in self.authored)

    @property
    def old(self) -> tuple[Row, ...]:
        """What rests on old evidence, apart from facts of the registry."""
        return tuple(row for row in self.uncertain + self.stated if row.age.is_old)


def assumptions(scenario: Scenario, today: dt.date) -> Assumptions:
    """Return the inputs of a scenario as rows, with the age of their evidence on a day."""
    drawn = tuple(_row(given, today) for given in scenario.uncertain)
    points = [given for given in scenario.inputs.values() if given.is_point]
    known, facts, defaults = (
        tuple(_row(given, today) for given in points if given.origin in origins)
        for origins in (("scenario", "profile"), ("registry",), ("default",))
    )
    return Assumptions(drawn, known, facts, defaults)


def _row(given: Input, today: dt.date) -> Row:
    belief, evidence = given.belief, given.evidence
    low, high = ("", "") if given.is_point else (number(belief.quantile(p)) for p in (0.05, 0.95))
    source = evidence.source
    return Row(
        name=given.name,
        words=spoken(given.name),
        symbol=given.quantity.symbol,
        meaning=given.quantity.meaning.replace(" - ", " − "),
        unit="" if given.unit == "1" else given.unit,
        family=_family(given),
        median=number(belief.mean, 6) if given.is_point else number(belief.quantile(0.5)),
        low=low,
        high=high,
        detail=_detail(given),
        nature="" if given.is_point else given.nature,
        source=source,
        link=source if source.startswith(("https://", "http://")) else "",
        note=evidence.note,
        kind=evidence.kind,
        as_of=evidence.as_of,
        age=age(evidence.as_of, today),
        notes=given.notes,
        profile=given.profile,
    )


def _family(given: Input) -> str:
    if given.is_point:
        return "known"
    if given.joint:
        return "joint draws"
    belief: Belief = given.belief
    if isinstance(belief, Mixture):
        return f"Mixture of {len(belief.components)}"
    if isinstance(belief, Truncated):
        return f"Truncated {belief.base.family}"
    return belief.family


def _detail(given: Input) -> str:
    belief = given.belief
    if given.joint:
        return f"rows of {given.joint}"
    if isinstance(belief, Discrete) and len(belief.values) <= _LISTED:
        pairs = zip(belief.values, belief.weights, strict=True)
        return "; ".join(f"{number(value)} ({100 * weight:.3g} %)" for value, weight in pairs)
    return ""
