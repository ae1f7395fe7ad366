"""The answer in one sentence, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from margincarlo.plots.numbers import percent, short
from margincarlo.plots.style import is_margin, spoken
from margincarlo.quantities import quantity
from margincarlo.report.wording import chance, hedged, in_words
from margincarlo.result import INTERVAL_KIND, Probability, Simulation
from margincarlo.scenario import Statement, read_statement

# With more impossible draws than this the figures answer another question than was asked.
MOSTLY = 0.5
# With fewer than this, physics is worth a line among the details and no more.
FEW = 0.01


@dataclass(frozen=True)
class Answer:
    """One statement with its probability, in words."""

    sentence: str
    because: str


@dataclass(frozen=True)
class Verdict:
    """What the page says first.

    Attributes
    ----------
    headline : str
        One sentence.
    alarm : bool
        Whether the headline says that there is no answer.
    caution : str
        What else a reader must know at once; empty if nothing.
    answers : tuple of Answer
        Every other statement, or all of them below an alarm.
    subject : str
        Node that the headline is about; its definition is shown beside it.
    """

    headline: str
    alarm: bool
    caution: str
    answers: tuple[Answer, ...]
    subject: str


def judge(simulation: Simulation) -> Verdict:
    """Return the verdict of a run."""
    subject = main_quantity(simulation)
    physics = simulation.feasibility
    if simulation.sample.counted == 0:
        return Verdict(_nothing_left(simulation), True, "", (), subject)
    answers = tuple(_answers(simulation, subject))
    if physics.share > MOSTLY:
        return Verdict(_broken(simulation), True, _reading(simulation), answers, subject)
    caution = ""
    if physics.share >= FEW:
        treated = "kept in" if physics.policy == "keep" else "left out of"
        caution = (
            f"{_share(physics.share)} of draws are physically impossible ({_reasons(simulation)})"
            f" and {treated} every figure."
        )
    return Verdict(answers[0].sentence, False, caution, answers[1:], subject)


def main_quantity(simulation: Simulation) -> str:
    """Return what the scenario is about: what it asks first, or its first margin or output."""
    scenario = simulation.scenario
    if scenario.asks:
        return scenario.asks[0].statement.conditions[0].name
    margins = [name for name in ("gross_margin", *scenario.outputs) if is_margin(name)]
    return next((name for name in margins if name in scenario.outputs), scenario.outputs[0])


def _answers(simulation: Simulation, subject: str) -> list[Answer]:
    if simulation.scenario.asks:
        found = [
            _answer(simulation, simulation.probability(ask.statement), ask.statement, ask.because)
            for ask in simulation.scenario.asks
        ]
    else:
        found = [_middle(simulation, subject)]
    given = simulation.condition
    return found if not given else [_under(given, answer) for answer in found]


def _answer(
    simulation: Simulation, found: Probability, statement: Statement, because: str = ""
) -> Answer:
    clause, shown = in_words(statement), chance(found, simulation.sample.counted)
    # "Very likely" would lend words of judgment to figures that physics forbids.
    if simulation.feasibility.share > MOSTLY:
        return Answer(f"{shown} that {clause}.", because)
    return Answer(f"It is {hedged(found)} ({shown}) that {clause}.", because)


def _under(condition: str, answer: Answer) -> Answer:
    words = in_words(read_statement(condition))
    sentence = answer.sentence
    if not sentence.startswith("P"):
        sentence = sentence[0].lower() + sentence[1:]
    return Answer(f"Given that {words}, {sentence}", answer.because)


def _middle(simulation: Simulation, subject: str) -> Answer:
    (summary,) = simulation.summaries(subject)
    unit = "" if summary.unit == "1" else f" {summary.unit}"
    low, middle, high = (short(each) for each in (summary.low, summary.median, summary.high))
    spread = f" ({INTERVAL_KIND} {100 * summary.mass:g} % interval {low} to {high}{unit})"
    shown = "" if low == middle == high else spread
    words = spoken(subject)
    return Answer(f"The median of {words} is {middle}{unit}{shown}.", "")


def _nothing_left(simulation: Simulation) -> str:
    physics = simulation.feasibility
    if physics.impossible:
        return (
            f"No physically possible draw: all {physics.draws:,} break physics"
            f" ({_reasons(simulation)}). The scenario as stated cannot happen, so there is no"
            " answer."
        )
    names = ", ".join(spoken(name) for name in physics.undefined)
    return (
        f"No answer: in all {physics.draws:,} draws an output is no finite number ({names})."
        " Look for a zero price or a zero volume among the inputs."
    )


def _broken(simulation: Simulation) -> str:
    physics = simulation.feasibility
    broken = f"{_share(physics.share)} of draws break physics: {_reasons(simulation)}"
    if physics.policy == "keep":
        return f"Figures as claimed; {broken}."
    return f"No reliable answer: {broken}. They are left out."


def _reading(simulation: Simulation) -> str:
    physics = simulation.feasibility
    if physics.policy == "keep":
        return (
            "Everything below follows from the scenario’s own numbers, and no machine can deliver"
            " them. Read it as a check of the claim’s arithmetic, never as an estimate."
        )
    return (
        f"What follows is about the {_share(1 - physics.share)} of draws that remain, which answer"
        " a narrower question than the one that was asked."
    )


def _reasons(simulation: Simulation) -> str:
    reasons = simulation.feasibility.reasons
    return ", ".join(sorted(reasons, key=lambda reason: -reasons[reason]))


def _share(share: float) -> str:
    if share in (0.0, 1.0):
        return percent(share, 0)
    if share > 0.9995:
        return "More than 99.9 %"
    return "less than 0.1 %" if share < 0.0005 else percent(share, 1)


def definition(name: str) -> str:
    """Return the definition of a quantity as a sentence."""
    meaning = quantity(name.rpartition(".")[2]).meaning.replace(" - ", " − ")
    head, colon, rest = meaning.partition(": ")
    if colon:
        return f"{head} here is {rest}."
    words = spoken(name)
    return f"{words[0].upper()}{words[1:]}: {meaning}."
