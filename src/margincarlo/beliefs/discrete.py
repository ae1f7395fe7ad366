"""Beliefs about single values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import ndtri

from margincarlo.beliefs.base import Belief, finite, require, settle
from margincarlo.beliefs.table import FloatArray
from margincarlo.errors import BeliefError


@dataclass(frozen=True, repr=False)
class Point(Belief):
    """A value taken as known.

    Parameters
    ----------
    value : float
        In the quantity's unit.
    """

    value: float

    def __post_init__(self) -> None:
        settle(self, value=self.value)

    @property
    def support(self) -> tuple[float, float]:
        """The value, twice."""
        return self.value, self.value

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Return the value, whatever the score."""
        return np.full(np.shape(z), self.value)

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:  # noqa: ARG002
        return np.full_like(below, self.value)

    def _below(self, value: FloatArray) -> FloatArray:
        return np.where(value >= self.value, 1.0, 0.0)

    def _atoms(self) -> tuple[tuple[float, float], ...]:
        return ((self.value, 1.0),)

    def _moments(self) -> tuple[float, float]:
        return self.value, 0.0


@dataclass(frozen=True, repr=False)
class Discrete(Belief):
    """A few values, each with a probability.

    Parameters
    ----------
    values : sequence of float
        Distinct values, in the quantity's unit; kept in increasing order.
    weights : sequence of float
        Their probabilities: above 0, adding up to 1.
    """

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        weights = checked_weights(self, self.weights, len(self.values))
        values = [finite(self, "each value", value) for value in self.values]
        require(
            self,
            len(set(values)) == len(values),
            "equal values: keep one, with their weights added",
        )
        pairs = sorted(zip(values, weights, strict=True))
        object.__setattr__(self, "values", tuple(value for value, _ in pairs))
        object.__setattr__(self, "weights", tuple(weight for _, weight in pairs))

    @property
    def support(self) -> tuple[float, float]:
        """Smallest and largest value."""
        return self.values[0], self.values[-1]

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Exact: a search among the scores at which the value changes."""
        return self._levels[np.searchsorted(self._scores, z)]

    @cached_property
    def _levels(self) -> FloatArray:
        return np.asarray(self.values)

    @cached_property
    def _scores(self) -> FloatArray:
        return np.asarray(ndtri(self._steps))

    @cached_property
    def _steps(self) -> FloatArray:
        steps = np.cumsum(self.weights)[:-1]
        return np.asarray(np.minimum(steps, 1.0))

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:  # noqa: ARG002
        return self._levels[np.searchsorted(self._steps, below)]

    def _below(self, value: FloatArray) -> FloatArray:
        totals = np.concatenate([[0.0], self._steps, [1.0]])
        return totals[np.searchsorted(self._levels, value, side="right")]

    def _atoms(self) -> tuple[tuple[float, float], ...]:
        return tuple(zip(self.values, self.weights, strict=True))

    def _moments(self) -> tuple[float, float]:
        values, weights = np.asarray(self.values), np.asarray(self.weights)
        mean = float(weights @ values)
        return mean, math.sqrt(float(weights @ (values - mean) ** 2))


def checked_weights(belief: Belief, weights: Sequence[float], count: int) -> list[float]:
    """Return weights as floats that sum to exactly one, or say what is wrong with them.

    Raises
    ------
    BeliefError
        If there is not one positive weight for each of `count` things, or they do not sum to 1.
    """
    name = belief.family
    if count == 0 or len(weights) != count:
        raise BeliefError(
            f"{name}: one weight for each value is needed, "
            f"got {len(weights)} weights for {count} values"
        )
    numbers = [finite(belief, "each weight", weight) for weight in weights]
    if min(numbers) <= 0.0:
        raise BeliefError(f"{name}: weights must be above 0, got {min(numbers):g}; leave it out")
    total = math.fsum(numbers)
    if not math.isclose(total, 1.0, rel_tol=1e-9):
        raise BeliefError(
            f"{name}: weights must sum to 1, these sum to {total:.6g}; divide each by {total:.6g}"
        )
    return [number / total for number in numbers]
