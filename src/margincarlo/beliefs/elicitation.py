"""From what somebody states about a quantity to a belief."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from margincarlo.beliefs import moments, notes
from margincarlo.beliefs.base import Belief
from margincarlo.beliefs.bounded import PERT, Triangular
from margincarlo.beliefs.discrete import Discrete, Point
from margincarlo.beliefs.fitting import POSITIVE, TWO_PARAMETERS, Span, Target, fit, span
from margincarlo.beliefs.inside import check_closed, check_open
from margincarlo.beliefs.mixture import Mixture
from margincarlo.beliefs.statement import QUANTILES, Statement, as_number, read
from margincarlo.errors import BeliefError, did_you_mean

LINE = (-math.inf, math.inf)
DEFAULT_NU = 4.0


@dataclass(frozen=True)
class Elicitation:
    """A belief, and how well it says what was stated.

    Parameters
    ----------
    belief : Belief
        What was fitted.
    misfit : float
        Worst miss of a stated quantile, as a share of the range from the lowest to the highest
        stated one; 0 where the statement is met exactly.
    notes : tuple of str
        Sentences on a poor fit and on implausible tails; empty when there is nothing to say.
    """

    belief: Belief
    misfit: float = 0.0
    notes: tuple[str, ...] = ()


def elicit(
    keys: Mapping[str, object], *, support: Span = LINE, family: str | None = None
) -> Elicitation:
    """Turn a statement such as ``{"p5": 1.6, "p95": 3.2}`` into a belief.

    Parameters
    ----------
    keys : mapping of str to object
        Exactly one way of stating: two or more of ``p5 p10 p25 p50 p75 p90 p95``; ``mean`` and
        ``sd``; ``low``, ``mode`` and ``high``; ``value``; ``values`` and ``weights``; or
        ``mixture``, a list of such statements, each with a ``weight``. With quantiles, ``lower``
        and ``upper`` cut the belief off, and ``nu`` sets Student's degrees of freedom (4).
    support : (float, float), optional
        What the quantity can be, in the same unit. It picks the family: normal on the whole line,
        log-normal on positive numbers, beta between two ends.
    family : str, optional
        Another family, by name. Where it reaches beyond the support it is truncated there, and
        the stated quantiles still hold.

    Returns
    -------
    Elicitation
        The belief, its misfit and notes.

    Raises
    ------
    BeliefError
        If the statement contradicts itself or the support, with the keys that would work.

    Examples
    --------
    >>> elicit({"p5": 1.6, "p95": 3.2}, support=(0, float("inf"))).belief
    LogNormal(mu=0.817, sigma=0.211)  mean 2.31, 1 % 1.39, 99 % 3.69
    """
    statement = read(keys)
    support = (float(support[0]), float(support[1]))
    if family is not None and statement.way in ("value", "values", "mixture"):
        raise BeliefError(f"family = {family!r} cannot go with {statement.way}; leave it out")
    if family != "StudentT":
        statement.refuse("nu")
    if statement.way == "quantiles":
        return _from_quantiles(statement, support, _family(family, support, TWO_PARAMETERS))
    statement.refuse("lower", "upper")
    if statement.way == "mixture":
        return _from_mixture(statement, support)
    belief = _direct(statement, support, family)
    return Elicitation(belief, notes=tuple(notes.implied(belief, {})))


def _direct(statement: Statement, support: Span, family: str | None) -> Belief:
    """Return the belief for the ways that need no fitting."""
    numbers = statement.numbers
    if statement.way == "moments":
        chosen = _family(family, support, moments.FAMILIES)
        return moments.fit(chosen, numbers["mean"], numbers["sd"], support)
    if statement.way == "three points":
        return _three_points(numbers, support, family)
    if statement.way == "value":
        check_closed(numbers, support)
        return Point(numbers["value"])
    values, weights = (
        [as_number(f"{key}[{i}]", item) for i, item in enumerate(statement.lists[key])]
        for key in ("values", "weights")
    )
    check_closed({f"values[{i}]": value for i, value in enumerate(values)}, support)
    return Discrete(tuple(values), tuple(weights))


def _family(family: str | None, support: Span, allowed: tuple[str, ...]) -> str:
    if family is None:
        if math.isfinite(support[0]) and math.isfinite(support[1]):
            return "Beta"
        return "LogNormal" if support[0] >= 0.0 else "Normal"
    if family not in allowed:
        raise BeliefError(
            f"family = {family!r} cannot be stated this way{did_you_mean(family, allowed)}; "
            f"there are {' '.join(allowed)}"
        )
    return family


def _from_quantiles(statement: Statement, support: Span, family: str) -> Elicitation:
    stated = statement.quantiles
    target = _target(statement, support, family)
    check_open(stated, target.bounds)
    names = list(stated)
    for below, above in pairwise(names):
        if not stated[below] < stated[above]:
            raise BeliefError(
                f"quantiles must increase: {below} = {stated[below]:g} is not below "
                f"{above} = {stated[above]:g}"
            )
    belief = fit(family, target)
    misses = np.abs(belief.quantile(target.probabilities) - target.values)
    worst = int(misses.argmax())
    exact = len(stated) == 2
    misfit = 0.0 if exact else float(misses[worst] / (target.values[-1] - target.values[0]))
    reached = belief.quantile(float(target.probabilities[worst]))
    said = [
        *notes.fitted(misfit, names[worst], float(target.values[worst]), reached),
        *notes.implied(belief, stated),
    ]
    return Elicitation(belief, misfit, tuple(said))


def _target(statement: Statement, support: Span, family: str) -> Target:
    stated = statement.quantiles
    low = max(support[0], statement.numbers.get("lower", -math.inf))
    high = min(support[1], statement.numbers.get("upper", math.inf))
    if not low < high:
        raise BeliefError(f"nothing is left of {span(support)} between lower and upper")
    ends = (0.0, math.inf) if family in POSITIVE else LINE
    if family == "Beta":
        ends = support if all(map(math.isfinite, support)) else (low, high)
        if not all(map(math.isfinite, ends)):
            raise BeliefError("a Beta needs two finite ends; state lower and upper as well")
    return Target(
        np.array([QUANTILES[key] for key in stated]),
        np.array(list(stated.values())),
        ends,
        (max(low, ends[0]), min(high, ends[1])),
        statement.numbers.get("nu", DEFAULT_NU),
    )


def _three_points(numbers: dict[str, float], support: Span, family: str | None) -> Belief:
    low, mode, high = (numbers[key] for key in ("low", "mode", "high"))
    check_closed(numbers, support)
    if not (low <= mode <= high and low < high):
        raise BeliefError(
            f"low <= mode <= high and low < high must hold, got low = {low:g}, mode = {mode:g}, "
            f"high = {high:g}"
        )
    chosen = _family(family or "PERT", support, ("PERT", "Triangular"))
    return PERT(low, mode, high) if chosen == "PERT" else Triangular(low, mode, high)


def _from_mixture(statement: Statement, support: Span) -> Elicitation:
    parts, weights, said = [], [], []
    for index, item in enumerate(statement.lists["mixture"]):
        place = f"mixture[{index}]"
        if not isinstance(item, Mapping) or "weight" not in item:
            raise BeliefError(f"{place}: a component is a table with a weight, got {item!r}")
        weights.append(as_number(f"{place}: weight", item["weight"]))
        rest = {key: value for key, value in item.items() if key not in ("weight", "family")}
        try:
            part = elicit(rest, support=support, family=item.get("family"))
        except BeliefError as error:
            raise BeliefError(f"{place}: {error}") from error
        parts.append(part)
        said += [f"{place}: {note}" for note in part.notes]
    belief = Mixture(tuple(part.belief for part in parts), tuple(weights))
    return Elicitation(belief, max(part.misfit for part in parts), tuple(said))
