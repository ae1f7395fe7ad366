"""Families between two ends."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaincc, betainccinv, betaincinv, ndtr

from margincarlo.beliefs.base import Belief, require, settle, two_sided
from margincarlo.beliefs.table import FloatArray


@dataclass(frozen=True, repr=False)
class Uniform(Belief):
    """Uniform distribution: every value between the ends is equally likely.

    Parameters
    ----------
    lower, upper : float
        Smallest and largest value, in the quantity's unit.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        settle(self, lower=self.lower, upper=self.upper)
        require(self, self.lower < self.upper, "lower < upper must hold")

    @property
    def support(self) -> tuple[float, float]:
        """From lower to upper."""
        return self.lower, self.upper

    def from_normal(self, z: FloatArray) -> FloatArray:
        """``lower + (upper - lower) ndtr(z)``."""
        out = np.asarray(ndtr(z))
        out *= self.upper - self.lower
        out += self.lower
        return np.asarray(np.minimum(out, self.upper, out=out))

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:  # noqa: ARG002
        return np.minimum(self.lower + (self.upper - self.lower) * below, self.upper)

    def _below(self, value: FloatArray) -> FloatArray:
        return np.clip((value - self.lower) / (self.upper - self.lower), 0.0, 1.0)

    def _above(self, value: FloatArray) -> FloatArray:
        return np.clip((self.upper - value) / (self.upper - self.lower), 0.0, 1.0)

    def _moments(self) -> tuple[float, float]:
        return 0.5 * (self.lower + self.upper), (self.upper - self.lower) / math.sqrt(12.0)


@dataclass(frozen=True, repr=False)
class Triangular(Belief):
    """Triangular distribution.

    Parameters
    ----------
    lower, c, upper : float
        Smallest, most likely and largest value, in the quantity's unit.
    """

    lower: float
    c: float
    upper: float

    def __post_init__(self) -> None:
        settle(self, lower=self.lower, c=self.c, upper=self.upper)
        in_order = self.lower <= self.c <= self.upper and self.lower < self.upper
        require(self, in_order, "lower <= c <= upper and lower < upper must hold")

    @property
    def support(self) -> tuple[float, float]:
        """From lower to upper."""
        return self.lower, self.upper

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        width = self.upper - self.lower
        rising = self.lower + np.sqrt(below * (width * (self.c - self.lower)))
        falling = self.upper - np.sqrt(above * (width * (self.upper - self.c)))
        return np.where(below * width <= self.c - self.lower, rising, falling)

    def _below(self, value: FloatArray) -> FloatArray:
        x, width = np.clip(value, self.lower, self.upper), self.upper - self.lower
        # On a side of width zero nothing is read: any divisor but zero will do.
        rising = (x - self.lower) ** 2 / (width * ((self.c - self.lower) or 1.0))
        falling = 1.0 - (self.upper - x) ** 2 / (width * ((self.upper - self.c) or 1.0))
        return np.where((x < self.c) | (self.c == self.upper), rising, falling)

    def _moments(self) -> tuple[float, float]:
        a, c, b = self.lower, self.c, self.upper
        return (a + b + c) / 3.0, math.sqrt(((b - a) ** 2 + (c - a) ** 2 + (b - c) ** 2) / 36.0)


class _ScaledBeta(Belief):
    """A beta distribution stretched between two ends."""

    lower: float
    upper: float

    @abc.abstractmethod
    def _shape(self) -> tuple[float, float]:
        """Return alpha and beta."""

    @property
    def support(self) -> tuple[float, float]:
        """From lower to upper."""
        return self.lower, self.upper

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        a, b = self._shape()
        share = two_sided(
            below, above, lambda p: betaincinv(a, b, p), lambda q: betainccinv(a, b, q)
        )
        return np.minimum(self.lower + (self.upper - self.lower) * share, self.upper)

    def _below(self, value: FloatArray) -> FloatArray:
        return np.asarray(betainc(*self._shape(), self._share(value)))

    def _above(self, value: FloatArray) -> FloatArray:
        return np.asarray(betaincc(*self._shape(), self._share(value)))

    def _share(self, value: FloatArray) -> FloatArray:
        return np.clip((value - self.lower) / (self.upper - self.lower), 0.0, 1.0)

    def _moments(self) -> tuple[float, float]:
        a, b = self._shape()
        width, total = self.upper - self.lower, a + b
        return (
            self.lower + width * a / total,
            width * math.sqrt(a / total * (b / total) / (total + 1.0)),
        )


@dataclass(frozen=True, repr=False)
class Beta(_ScaledBeta):
    """Beta distribution, stretched from (0, 1) to (lower, upper).

    Parameters
    ----------
    alpha, beta : float
        Shapes, above 0; the mean share is ``alpha / (alpha + beta)``.
    lower, upper : float, optional
        The ends, in the quantity's unit; 0 and 1 unless given.
    """

    alpha: float
    beta: float
    lower: float = 0.0
    upper: float = 1.0

    def __post_init__(self) -> None:
        settle(self, alpha=self.alpha, beta=self.beta, lower=self.lower, upper=self.upper)
        require(self, self.alpha > 0.0 and self.beta > 0.0, "alpha and beta must be above 0")
        require(self, self.lower < self.upper, "lower < upper must hold")

    def _shape(self) -> tuple[float, float]:
        return self.alpha, self.beta


@dataclass(frozen=True, repr=False)
class PERT(_ScaledBeta):
    """PERT distribution: the beta with mean ``(lower + 4 mode + upper) / 6`` [1]_.

    Parameters
    ----------
    lower, mode, upper : float
        Smallest, most likely and largest value, in the quantity's unit.

    References
    ----------
    .. [1] Malcolm, Roseboom, Clark and Fazar, "Application of a technique for research and
       development program evaluation", Operations Research 7, 1959.
    """

    lower: float
    mode: float
    upper: float

    def __post_init__(self) -> None:
        settle(self, lower=self.lower, mode=self.mode, upper=self.upper)
        in_order = self.lower <= self.mode <= self.upper and self.lower < self.upper
        require(self, in_order, "lower <= mode <= upper and lower < upper must hold")

    def _shape(self) -> tuple[float, float]:
        width = self.upper - self.lower
        return (
            1.0 + 4.0 * (self.mode - self.lower) / width,
            1.0 + 4.0 * (self.upper - self.mode) / width,
        )
