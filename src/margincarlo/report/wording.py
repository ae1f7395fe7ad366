"""Probabilities and statements in words."""

from __future__ import annotations

import math
from typing import Final

from margincarlo.plots.numbers import number, with_error
from margincarlo.plots.style import is_share, spoken
from margincarlo.quantities import quantity
from margincarlo.result import Probability
from margincarlo.scenario import Statement
from margincarlo.scenario.statement import Condition

LIKELIHOOD: Final = (
    (0.99, "virtually certain"),
    (0.95, "extremely likely"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.05, "very unlikely"),
    (0.01, "extremely unlikely"),
    (0.0, "exceptionally unlikely"),
)
"""Least probability for each word: the scale of the IPCC [1]_, made to exclude one another.

References
----------
.. [1] M. D. Mastrandrea and others, "Guidance note for lead authors of the IPCC Fifth Assessment
   Report on consistent treatment of uncertainties", 2010, table 1.
"""

_NBSP: Final = "\N{NO-BREAK SPACE}"
_COMPARISONS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}


def likelihood(probability: float) -> str:
    """Return the word for a probability.

    Examples
    --------
    >>> likelihood(0.93), likelihood(0.5), likelihood(0.0)
    ('very likely', 'about as likely as not', 'exceptionally unlikely')
    """
    return next(word for least, word in LIKELIHOOD if probability >= least)


def hedged(found: Probability) -> str:
    """Return the word for a probability, or two where its Monte Carlo error spans a border."""
    error = found.error if math.isfinite(found.error) else 0.0
    low = likelihood(max(found.value - error, 0.0))
    high = likelihood(min(found.value + error, 1.0))
    return low if low == high else f"{low} to {high}"


def chance(found: Probability, draws: int) -> str:
    """Return a probability with its error, such as ``P = 0.93 ± 0.01``, kept on one line.

    Where a statement holds in no draw, or in every draw, the rule of three bounds it.
    """
    bound = 3.0 / draws
    if found.value == 0.0:
        return f"P{_NBSP}<{_NBSP}{number(bound, 1)}"
    if found.value == 1.0:
        return f"P{_NBSP}>{_NBSP}{number(1 - bound, math.ceil(-math.log10(bound)))}"
    return f"P = {with_error(found)}".replace(" ", _NBSP)


def in_words(statement: Statement) -> str:
    r"""Return a statement as an English clause.

    Examples
    --------
    >>> from margincarlo.scenario import read_statement
    >>> in_words(read_statement("gross_margin > 50 % and output_token_cost < 2"))
    'gross margin is above 50\xa0% and output token cost is below 2\xa0USD/Mtok'
    """
    return " and ".join(_clause(condition) for condition in statement.conditions)


def _clause(condition: Condition) -> str:
    subject = f"{spoken(condition.name)} is {_COMPARISONS[condition.comparison]}"
    if condition.other:
        return f"{subject} {spoken(condition.other)}"
    return f"{subject} {level(condition.name, condition.value)}"


def level(name: str, value: float) -> str:
    """Return a value of a quantity with its unit; shares as percentages."""
    if is_share(name):
        return "0" if value == 0 else f"{number(100 * value)}{_NBSP}%"
    unit = quantity(name.rpartition(".")[2]).display
    return number(value) if unit == "1" else f"{number(value)}{_NBSP}{unit}"
