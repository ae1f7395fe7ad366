"""A simulation under each assumption about rent, in words and tables of text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from margincarlo.result.estimate import Estimate
from margincarlo.result.figures import Probability, Summary
from margincarlo.result.tables import LARGE_SHARE, Remark, Table, percent, shown

if TYPE_CHECKING:
    from margincarlo.result.simulation import Simulation

TITLE: Final = "Under each assumption about rent"
MIXTURE: Final = "mixture"
WITHOUT: Final = "without_prices"
MEANINGS: Final = {
    "two_sided": "a model may sell below its cost",
    "softplus": "it never does, over all its hosts at its mean efficiency; otherwise as two_sided",
    "exponential": "it never does, and small rents are the likeliest",
    "gamma": "it never does, and next to no rent is unlikely",
    MIXTURE: "all of these by their weights, as above",
    WITHOUT: "priors and published measurements alone",
}
DIGITS: Final = 3
# Probabilities that differ by less are not worth a warning.
SAME: Final = 0.01


def rent_tables(simulation: Simulation) -> Iterator[Table]:
    """Yield probabilities, then medians with their intervals: one row for each assumption."""
    runs = simulation.by_rent
    if not runs:
        return
    known = simulation.scenario.calibration
    shares = known.weights if known else {}
    asks = tuple(f"P({ask.statement.text})" for ask in simulation.scenario.asks)
    if asks:
        rows = tuple(
            (spoken_rent(rent), _weight(shares.get(rent)), *_probabilities(run, len(asks)))
            for rent, run in runs.items()
        )
        yield Table(("rent", "weight", *asks), rows, frozenset(range(1, len(asks) + 2)))
    names = simulation.scenario.outputs
    yield Table(
        ("rent", *(_titled(each) for each in simulation.summaries())),
        tuple((spoken_rent(rent), *_medians(run, len(names))) for rent, run in runs.items()),
    )


def rent_spans(simulation: Simulation) -> Iterator[Remark]:
    """Yield how far what is asked hangs on the assumption about rent."""
    runs = {rent: run for rent, run in simulation.by_rent.items() if rent != MIXTURE}
    if not runs or not all(run.sample.counted for run in runs.values()):
        return
    asked = {rent: run.probabilities() for rent, run in runs.items()}
    before = asked.pop(WITHOUT)
    for place, ask in enumerate(simulation.scenario.asks):
        found = {rent: each[place] for rent, each in asked.items()}
        low, high = (choose(found, key=lambda rent: found[rent].value) for choose in (min, max))
        every = [before[place].value, found[low].value, found[high].value]
        if max(every) - min(every) < SAME:
            continue
        yield Remark(
            f"P({ask.statement.text}) is {before[place].texts()[0]} without prices, and"
            f" {_span(found, low, high)}."
        )


def rent_reading(simulation: Simulation) -> Remark:
    """Return what the assumptions are, and how to read the tables."""
    mass = simulation.scenario.run.mass
    kinds = "; ".join(
        f"{spoken_rent(rent)}: {MEANINGS[rent]}" for rent in simulation.by_rent if rent in MEANINGS
    )
    tails = f"{50 * (1 - mass):g} % to {50 * (1 + mass):g} %"
    draws = min(run.plan.draws for run in simulation.by_rent.values())
    return Remark(
        "Rent is what a price holds beyond cost. Prices show the two together, so how much of a"
        f" price is rent is assumed, and no price can say which assumption is right. {kinds}."
        " Where no model may sell below its cost, that prices cover costs is no finding."
        f" Cells are medians ({tails}); at least {draws:,} draws each."
    )


def rent_warnings(simulation: Simulation) -> Iterator[Remark]:
    """Yield the assumptions under which so many draws are impossible that figures may mislead."""
    for rent, run in simulation.by_rent.items():
        share = run.feasibility.share
        if share > LARGE_SHARE and rent != MIXTURE:
            yield Remark(
                f"{spoken_rent(rent)}: {percent(share)} of draws are physically impossible.",
                loud=True,
            )


def calibrated(simulation: Simulation) -> Iterator[Remark]:
    """Yield which inputs are rows of a calibration on prices, and what that can mean."""
    scenario = simulation.scenario
    known = scenario.calibration
    if known is None:
        return
    drawn = [name for name in known.names if name in scenario.inputs]
    evidence = scenario.inputs[drawn[0]].evidence
    yield Remark(
        f"{', '.join(drawn)}: rows of a {evidence.source}; {evidence.note}. Prices tell what these"
        " make together, not each of them: read none alone."
        if known.rent != WITHOUT
        else f"{', '.join(drawn)}: {evidence.source}; {evidence.note}."
    )
    accepted = known.provenance.get("accepted_anyway")
    if accepted:
        reasons = "; ".join(map(str, accepted))
        yield Remark(f"The calibration was accepted in spite of: {reasons}.", loud=True)


def spoken_rent(rent: str) -> str:
    """Return the name of an assumption as people read it."""
    return rent.replace("_", " ") if rent == WITHOUT else rent


def _span(found: Mapping[str, Probability], low: str, high: str) -> str:
    least, most = found[low].texts()[0], found[high].texts()[0]
    if least == most:
        return f"about {least} whatever is assumed about rent"
    if found[high].value - found[low].value < SAME:
        return f"{least} to {most} whatever is assumed about rent"
    return (
        f"{least} ({low}) to {most} ({high}) by what is assumed about rent, which no price can"
        " settle"
    )


def _weight(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.3g} %"


def _probabilities(run: Simulation, count: int) -> tuple[str, ...]:
    if run.sample.counted == 0:
        return ("-",) * count
    return tuple(shown(each) for each in run.probabilities())


def _medians(run: Simulation, count: int) -> tuple[str, ...]:
    if run.sample.counted == 0:
        return ("-",) * count
    return tuple(
        f"{brief(each.median)} ({brief(each.low)} to {brief(each.high)})"
        for each in run.summaries()
    )


def _titled(summary: Summary) -> str:
    return summary.name if summary.unit == "1" else f"{summary.name}, {summary.unit}"


def brief(estimate: Estimate) -> str:
    """Return a value with at most three digits, or as many as its error supports.

    Examples
    --------
    >>> brief(Estimate(0.41234, 0.0004)), brief(Estimate(1560.2, 20.0)), brief(Estimate(-3.1, 0.2))
    ('0.412', '1560', '-3.1')
    """
    value, error = estimate.value, estimate.error
    if not math.isfinite(value) or value == 0:
        return f"{value:.{DIGITS}g}"
    power = math.floor(math.log10(abs(value)))
    places = DIGITS - 1 - power
    if error > 0 and math.isfinite(error):
        places = min(places, len(estimate.texts()[0].partition(".")[2]))
    return f"{round(value, places) + 0.0:.{max(places, 0)}f}"
