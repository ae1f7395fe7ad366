"""What came out, as rows of text: outputs, claims, physics, definitions."""

from __future__ import annotations

from dataclasses import dataclass

from margincarlo.plots.numbers import number, percent, texts
from margincarlo.plots.style import spoken
from margincarlo.plots.waterfall import STEPS
from margincarlo.quantities import quantities, quantity
from margincarlo.result import ClaimResult, Estimate, Simulation, Summary


@dataclass(frozen=True)
class Output:
    """Figures of one quantity; each is a value and its Monte Carlo error, as text."""

    name: str
    words: str
    unit: str
    median: tuple[str, str]
    low: tuple[str, str]
    high: tuple[str, str]
    mean: tuple[str, str]


@dataclass(frozen=True)
class Held:
    """A published number beside ours, as text.

    Attributes
    ----------
    result : ClaimResult
    words, claimed, here, ratio, check : str
        `ratio` is claimed over ours; `check` says whether they agree.
    """

    result: ClaimResult
    words: str
    claimed: str
    here: str
    ratio: str
    check: str


@dataclass(frozen=True)
class Violation:
    """One way of breaking physics, and how many draws do."""

    reason: str
    meaning: str
    draws: int
    share: str


@dataclass(frozen=True)
class Definition:
    """What a quantity is, and what it is computed from."""

    name: str
    words: str
    symbol: str
    unit: str
    meaning: str
    needs: tuple[str, ...]


def outputs(simulation: Simulation) -> tuple[Output, ...]:
    """Return the reported figures; none where no draw counts."""
    if simulation.sample.counted == 0:
        return ()
    return tuple(_output(summary) for summary in simulation.summaries())


def _output(summary: Summary) -> Output:
    return Output(
        name=summary.name,
        words=spoken(summary.name),
        unit="" if summary.unit == "1" else summary.unit,
        median=texts(summary.median),
        low=texts(summary.low),
        high=texts(summary.high),
        mean=texts(summary.mean),
    )


def held(simulation: Simulation) -> tuple[Held, ...]:
    """Return the published numbers beside ours; none where no draw counts."""
    if simulation.sample.counted == 0:
        return ()
    return tuple(_held(result) for result in simulation.claims())


def _held(result: ClaimResult) -> Held:
    claim = result.claim
    unit = quantity(claim.quantity.rpartition(".")[2]).display
    shown = "" if unit == "1" else f" {unit}"
    check = f"within {percent(claim.tolerance, 0)}" if result.agrees else "differs"
    here = _joined(result.here)
    ratio = _times(result.ratio) if result.here.value else "∞"
    claimed = f"{number(claim.claimed, 4)}{shown}"
    return Held(result, spoken(claim.quantity), claimed, f"{here}{shown}", ratio, check)


def _joined(estimate: Estimate) -> str:
    value, error = texts(estimate)
    return f"{value} ± {error}" if error else value


def _times(ratio: float) -> str:
    return f"1 / {number(1 / ratio)}" if 0 < ratio < 0.1 else number(ratio)


def violations(simulation: Simulation) -> tuple[Violation, ...]:
    """Return the ways in which draws break physics, commonest first."""
    physics = simulation.feasibility
    meanings: dict[str, list[str]] = {}
    for check in simulation.scenario.checks.values():
        known = meanings.setdefault(check.reason, [])
        if check.meaning not in known:
            known.append(check.meaning)
    commonest = sorted(physics.reasons.items(), key=lambda item: -item[1])
    return tuple(
        Violation(reason, "; or ".join(meanings[reason]), count, _share(count / physics.draws))
        for reason, count in commonest
        if count
    )


def _share(share: float) -> str:
    return percent(share, 0 if share == 1 else 1) if share >= 0.0005 else "< 0.1 %"


def definitions(simulation: Simulation) -> tuple[Definition, ...]:
    """Return what every quantity outside the table of assumptions means: margins first."""
    scenario = simulation.scenario
    names = dict.fromkeys(("gross_margin", "contribution_margin"))
    names.update(dict.fromkeys(scenario.outputs))
    for ask in scenario.asks:
        names.update(dict.fromkeys(sorted(ask.statement.names)))
    names.update(dict.fromkeys(claim.quantity for claim in scenario.claims))
    parts = [name for step in STEPS.values() for name in step]
    names.update(dict.fromkeys(name for name in parts if name in scenario.tree))
    return tuple(_definition(name, simulation) for name in names)


def _definition(name: str, simulation: Simulation) -> Definition:
    known = quantities()[name.rpartition(".")[2]]
    tree = simulation.scenario.tree
    needs = tree[name].needs if name in tree else ()
    return Definition(
        name=name,
        words=spoken(name),
        symbol=known.symbol,
        unit="" if known.display == "1" else known.display,
        meaning=known.meaning.replace(" - ", " − "),
        needs=tuple(spoken(need) for need in needs),
    )
