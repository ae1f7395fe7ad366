"""What every belief can do, whatever its family."""

from __future__ import annotations

import abc
import dataclasses
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any, overload

import numpy as np
from scipy.special import ndtr, ndtri

from margincarlo.beliefs.table import FloatArray, NormalTable, tabulate
from margincarlo.errors import BeliefError

type Tail = Callable[[FloatArray], FloatArray]


class Belief(abc.ABC):
    """What is believed about one quantity: a probability distribution.

    Beliefs are small frozen objects, equal by value and hashable. Families and parameters carry
    PyMC's names, so that a belief becomes a prior by name alone.
    """

    @property
    @abc.abstractmethod
    def support(self) -> tuple[float, float]:
        """Smallest and largest value, in the quantity's unit."""

    @abc.abstractmethod
    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        """Values with these tail probabilities: they add up to one, the smaller is accurate."""

    @abc.abstractmethod
    def _below(self, value: FloatArray) -> FloatArray:
        """Probability of at most `value`."""

    def _above(self, value: FloatArray) -> FloatArray:
        """Probability of more than `value`, accurate in the upper tail."""
        return 1.0 - self._below(value)

    def _atoms(self) -> tuple[tuple[float, float], ...]:
        """Single values that have a probability of their own, with that probability."""
        return ()

    def _moments(self) -> tuple[float, float]:
        """Mean and standard deviation, integrated over the score with the trapezoidal rule."""
        z = np.linspace(-13.0, 13.0, 4001)
        weight = np.exp(-0.5 * z * z)
        weight /= weight.sum()
        values = self._at_score(z)
        mean = float(weight @ values)
        return mean, math.sqrt(float(weight @ (values - mean) ** 2))

    @cached_property
    def _mean_and_sd(self) -> tuple[float, float]:
        return self._moments()

    @cached_property
    def _table(self) -> NormalTable:
        # Two threads may both build it; they build the same immutable table.
        return tabulate(self._at_score, *self.support)

    def _at_score(self, z: FloatArray) -> FloatArray:
        return self._invert(ndtr(z), ndtr(-z))

    @overload
    def quantile(self, probability: float) -> float: ...
    @overload
    def quantile(self, probability: FloatArray) -> FloatArray: ...
    def quantile(self, probability: float | FloatArray) -> float | FloatArray:
        """Value that the quantity stays at or below with the given probability.

        Parameters
        ----------
        probability : float or ndarray
            Between 0 and 1.

        Returns
        -------
        float or ndarray
            Of the same shape, in the quantity's unit.

        Raises
        ------
        BeliefError
            If a probability lies outside 0–1.
        """
        p = np.asarray(probability, dtype=np.float64)
        wrong = p[(p < 0.0) | (p > 1.0)]
        if wrong.size:
            first = float(wrong[0])
            hint = f"; did you mean {first / 100.0:g}?" if 1.0 < first <= 100.0 else ""
            raise BeliefError(f"a probability lies between 0 and 1, got {first:g}{hint}")
        flat = p.reshape(-1)
        return _like(probability, self._invert(flat, 1.0 - flat).reshape(p.shape))

    @overload
    def cumulative(self, value: float) -> float: ...
    @overload
    def cumulative(self, value: FloatArray) -> FloatArray: ...
    def cumulative(self, value: float | FloatArray) -> float | FloatArray:
        """Probability that the quantity is at most `value` (the CDF).

        Parameters
        ----------
        value : float or ndarray
            In the quantity's unit.

        Returns
        -------
        float or ndarray
            Of the same shape, between 0 and 1.
        """
        x = np.asarray(value, dtype=np.float64)
        return _like(value, self._below(x.reshape(-1)).reshape(x.shape))

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Values at standard normal scores: ``quantile(ndtr(z))``, but fast.

        Parameters
        ----------
        z : ndarray
            Standard normal draws (or quasi-random points through the inverse normal CDF).

        Returns
        -------
        ndarray
            New array of the same shape. Exact for families with a closed form; otherwise from a
            table accurate to about 1e-8 standard deviations, exact beyond ±6.5.
        """
        return self._table(z)

    @property
    def mean(self) -> float:
        """Mean, in the quantity's unit (NaN where the family has none)."""
        return self._mean_and_sd[0]

    @property
    def sd(self) -> float:
        """Standard deviation, in the quantity's unit (infinite or NaN where there is none)."""
        return self._mean_and_sd[1]

    @property
    def is_point(self) -> bool:
        """Whether only one value is possible."""
        low, high = self.support
        return low == high

    @property
    def family(self) -> str:
        """Name of the family, as PyMC writes it."""
        return type(self).__name__

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters by name: floats, or lists and nested beliefs made of JSON types."""
        return {name: _plain(value) for name, value in _fields(self)}

    def __repr__(self) -> str:
        return describe(self)


def describe(belief: Belief) -> str:
    """Return family, parameters and what they imply, in one line.

    Examples
    --------
    >>> from margincarlo.beliefs import LogNormal
    >>> describe(LogNormal(0.847, 0.144))
    'LogNormal(mu=0.847, sigma=0.144)  mean 2.36, 1 % 1.67, 99 % 3.26'
    """
    name = signature(belief)
    if belief.is_point:
        return name
    low, high = belief.quantile(0.01), belief.quantile(0.99)
    return f"{name}  mean {belief.mean:.3g}, 1 % {low:.3g}, 99 % {high:.3g}"


def signature(belief: Belief) -> str:
    """Return the call that makes the belief, numbers rounded to read."""
    return f"{belief.family}({', '.join(f'{k}={_short(v)}' for k, v in _fields(belief))})"


def score(below: FloatArray, above: FloatArray) -> FloatArray:
    """Standard normal value with these tail probabilities, accurate in both tails."""
    return two_sided(below, above, ndtri, lambda q: -ndtri(q))


def two_sided(
    below: FloatArray, above: FloatArray, from_below: Tail, from_above: Tail
) -> FloatArray:
    """Invert each probability from the tail in which it is the smaller."""
    out = np.empty_like(below)
    upper = above < below
    lower = ~upper
    out[lower] = from_below(below[lower])
    out[upper] = from_above(above[upper])
    return out


def settle(belief: Belief, **numbers: object) -> None:
    """Store parameters as plain floats, refusing what is not a finite number."""
    for name, given in numbers.items():
        object.__setattr__(belief, name, finite(belief, name, given))


def finite(belief: Belief, name: str, given: object) -> float:
    """Return a parameter as a plain float, refusing what is not a finite number."""
    if isinstance(given, bool) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise BeliefError(f"{belief.family}: {name} must be a number, got {given!r}")
    if not math.isfinite(given):
        raise BeliefError(f"{belief.family}: {name} must be finite, got {given!r}")
    return float(given)


def require(belief: Belief, holds: bool, rule: str) -> None:
    """Raise a `BeliefError` naming the family unless its parameters obey the rule."""
    if not holds:
        raise BeliefError(f"{signature(belief)}: {rule}")


def _like(given: float | FloatArray, answer: FloatArray) -> float | FloatArray:
    return answer if isinstance(given, np.ndarray) else float(answer)


def _fields(belief: Belief) -> list[tuple[str, object]]:
    fields = dataclasses.fields(belief)  # type: ignore[arg-type]  # every family is a dataclass
    return [(field.name, getattr(belief, field.name)) for field in fields]


def _plain(value: object) -> object:
    if isinstance(value, Belief):
        return {"family": value.family, **value.parameters}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _short(value: object) -> str:
    if isinstance(value, Belief):
        return signature(value)
    if isinstance(value, tuple):
        shown = [_short(item) for item in (value if len(value) <= 8 else value[:3])]
        rest = [] if len(value) <= 8 else ["…", _short(value[-1])]
        return f"({', '.join(shown + rest)})"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
