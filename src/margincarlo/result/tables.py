"""A simulation in words and tables of text, for whatever shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from margincarlo.quantities import quantity
from margincarlo.result.claims import ClaimResult
from margincarlo.result.estimate import ERROR_KIND, Estimate
from margincarlo.result.figures import INTERVAL_KIND, Probability
from margincarlo.version import __version__

if TYPE_CHECKING:
    from margincarlo.result.simulation import Simulation

# From this share of impossible draws on, what is left answers another question.
LARGE_SHARE = 0.2
SAMPLERS = {"sobol": "scrambled Sobol", "random": "pseudo-random"}


@dataclass(frozen=True)
class Table:
    """Cells of text.

    Attributes
    ----------
    header : tuple of str
    rows : tuple of tuple of str
    numeric : frozenset of int
        Columns of numbers, to be aligned on the right.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Remark:
    """A sentence about a run; a loud one says that its figures may mislead."""

    text: str
    loud: bool = False


def shown(estimate: Estimate) -> str:
    """Return value and error, with no more digits than the error supports."""
    value, error = estimate.texts()
    return value if error == "0" else f"{value} ± {error}"


def answer(probability: Probability, condition: str = "") -> str:
    """Return a probability as people write it, with its error."""
    given = f" | {condition}" if condition else ""
    return f"P({probability.statement}{given}) = {shown(probability)}"


def percent(share: float) -> str:
    """Return a share as a percentage that is neither rounded to nothing nor to everything."""
    if 0 < share < 1e-4:
        return "< 0.01 %"
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.4g} %"


def outputs_table(simulation: Simulation) -> Table:
    """Return one row for each output: median and central interval with their errors, unit."""
    tail = (1 - simulation.scenario.run.mass) / 2
    rows = tuple(
        (each.name, shown(each.median), shown(each.low), shown(each.high), each.unit)
        for each in simulation.summaries()
    )
    bounds = (f"{100 * tail:g} %", f"{100 * (1 - tail):g} %")
    return Table(("quantity", "median", *bounds, "unit"), rows, numeric=frozenset({1, 2, 3}))


def reading(simulation: Simulation) -> Remark:
    """Return how to read the table of outputs: what the interval and ± are."""
    mass = simulation.scenario.run.mass
    tail = (1 - mass) / 2
    return Remark(
        f"{100 * tail:g} % and {100 * (1 - tail):g} % bound the {INTERVAL_KIND}"
        f" {100 * mass:g} % interval. ± is the {ERROR_KIND}: what more draws would change,"
        " not whether the beliefs are right."
    )


def definitions(simulation: Simulation) -> tuple[Remark, ...]:
    """Return the definition of every margin that is shown or asked about."""
    names = dict.fromkeys(simulation.scenario.outputs)
    for ask in simulation.scenario.asks:
        names.update(dict.fromkeys(sorted(ask.statement.names)))
    known = dict.fromkeys(name.rpartition(".")[2] for name in names)
    margins = [name for name in known if name.endswith(("_margin", "_markup"))]
    return tuple(Remark(f"{quantity(name).meaning}.") for name in margins)


def natures(simulation: Simulation) -> tuple[Remark, ...]:
    """Return which outputs mix what is not known with what varies from case to case."""
    scenario = simulation.scenario
    if not scenario.uncertain:
        return (Remark("Every input is one number, so that nothing spreads."),)
    mixed = [name for name in scenario.outputs if len(scenario.natures(name)) > 1]
    if not mixed:
        return ()
    names = "every output" if len(mixed) == len(scenario.outputs) else ", ".join(mixed)
    return (
        Remark(
            f"Of {names}, the spread mixes what is not known with what varies from case to"
            " case (inputs whose nature is 'unknown' and 'varies'); it is neither alone."
        ),
    )


def claims_table(simulation: Simulation) -> Table:
    """Return published numbers beside what came out here, and whether the verdict holds."""
    rows = tuple(
        (
            each.claim.quantity,
            f"{each.claim.claimed:.4g}",
            shown(each.here),
            f"{each.ratio:.3g}" if each.here.value else "-",
            quantity(each.claim.quantity.rpartition(".")[2]).display,
            each.claim.verdict + _objection(each),
        )
        for each in simulation.claims()
    )
    return Table(
        ("claim", "claimed", "here", "claimed / here", "unit", "author's verdict"),
        rows,
        numeric=frozenset({1, 2, 3}),
    )


def claims(simulation: Simulation) -> Iterator[Remark]:
    """Yield what each claim says, and why it got its verdict; loud where its verdict is wrong."""
    for each in simulation.claims():
        claim = each.claim
        reason = f" ({claim.verdict}: {claim.because})" if claim.because else f" ({claim.verdict})"
        source = f" [{claim.source}]" if claim.source else ""
        objection = _objection(each)
        text = f"{claim.quantity}: {claim.says}{source}{reason}{objection}."
        yield Remark(text, loud=bool(objection))


def _objection(result: ClaimResult) -> str:
    if result.claim.verdict == "reproduced" and not result.agrees:
        return f", but off by more than {percent(result.claim.tolerance)}"
    if result.claim.verdict == "contradicted" and result.agrees:
        return f", but within {percent(result.claim.tolerance)}"
    return ""


def feasibility(simulation: Simulation) -> Iterator[Remark]:
    """Yield how many draws are impossible and why; loud if most are, or if they were kept."""
    physics = simulation.feasibility
    if physics.impossible:
        reasons = ", ".join(f"{reason} ({n:,})" for reason, n in physics.reasons.items())
        fate = "kept in" if physics.policy == "keep" else "left out of"
        yield Remark(
            f"Physically impossible: {physics.impossible:,} of {physics.draws:,} draws"
            f" ({percent(physics.share)}), {fate} all figures: {reasons}.",
            loud=physics.share > LARGE_SHARE or physics.policy == "keep",
        )
    else:
        yield Remark(f"None of {physics.draws:,} draws breaks a physical bound that was checked.")
    if physics.unchecked:
        yield Remark(f"Not checked, for want of inputs: {', '.join(physics.unchecked)}.")
    for name, count in physics.undefined.items():
        yield Remark(
            f"{name} is no finite number in {count:,} draws ({percent(count / physics.draws)}),"
            " which are left out of all figures.",
            loud=count > physics.draws / 2,
        )


def evidence(simulation: Simulation) -> Remark:
    """Return what the inputs rest on, and which have no source."""
    inputs = simulation.scenario.inputs.values()
    stated = [each for each in inputs if each.origin == "scenario"]
    bare = [each.name for each in stated if not each.evidence]
    judged = sum(bool(each.evidence) and each.evidence.kind == "judgement" for each in stated)
    facts = sum(each.origin == "registry" for each in inputs)
    defaults = sum(each.origin == "default" for each in inputs)
    shipped = [each for each in inputs if each.origin == "profile"]
    names = ", ".join(dict.fromkeys(each.profile for each in shipped))
    soft = sum(each.evidence.kind == "judgement" for each in shipped)
    profiles = (
        f" {len(shipped)} come from shipped profiles ({names}; {soft} on judgement),"
        if shipped
        else ""
    )
    without = f" (none: {', '.join(bare)})" if bare else ""
    return Remark(
        f"Of {len(stated)} stated inputs {len(stated) - len(bare) - judged} rest on evidence,"
        f" {judged} on the author's judgement, {len(bare)} on nothing{without};{profiles}"
        f" {facts} facts come from the registry, {defaults} inputs have their default value."
    )


def measured(simulation: Simulation) -> Iterator[Remark]:
    """Yield what measured efficiencies were measured on, if the run draws any."""
    inputs = simulation.scenario.inputs.values()
    drawn = [each for each in inputs if each.profile == "measured" and each.joint]
    for source, note in dict.fromkeys((each.evidence.source, each.evidence.note) for each in drawn):
        scenario = simulation.scenario
        yield Remark(
            f"Efficiencies of {scenario.model} on {scenario.accelerator}: {source}; {note}."
        )


def provenance(simulation: Simulation) -> Remark:
    """Return what it takes to run the same again."""
    plan = simulation.plan
    return Remark(
        f"{plan.draws:,} {SAMPLERS[plan.sampler]} draws in {plan.replicates} independent"
        f" replicates, seed {simulation.seed}, margincarlo {__version__}, scenario"
        f" {simulation.scenario.sha256[:12]}."
    )
