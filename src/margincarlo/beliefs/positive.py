"""Families of positive quantities."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc, gammaincc, gammainccinv, gammaincinv, ndtr

from margincarlo.beliefs.base import Belief, require, score, settle, two_sided
from margincarlo.beliefs.table import FloatArray


@dataclass(frozen=True, repr=False)
class LogNormal(Belief):
    """Log-normal distribution: its logarithm is normal.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation (above 0) of the natural logarithm; ``exp(mu)`` is the median
        in the quantity's unit.
    """

    mu: float
    sigma: float

    def __post_init__(self) -> None:
        settle(self, mu=self.mu, sigma=self.sigma)
        require(self, self.sigma > 0.0, "sigma must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """The positive numbers."""
        return 0.0, math.inf

    def from_normal(self, z: FloatArray) -> FloatArray:
        """``exp(mu + sigma z)``."""
        out = np.asarray(z * self.sigma)
        out += self.mu
        return np.asarray(np.exp(out, out=out))

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        return self._at_score(score(below, above))

    def _at_score(self, z: FloatArray) -> FloatArray:
        return np.asarray(np.exp(self.mu + self.sigma * z))

    def _below(self, value: FloatArray) -> FloatArray:
        return np.asarray(ndtr(self._score_of(value)))

    def _above(self, value: FloatArray) -> FloatArray:
        return np.asarray(ndtr(-self._score_of(value)))

    def _score_of(self, value: FloatArray) -> FloatArray:
        with np.errstate(divide="ignore"):
            return np.asarray((np.log(np.maximum(value, 0.0)) - self.mu) / self.sigma)

    def _moments(self) -> tuple[float, float]:
        variance = self.sigma**2
        with np.errstate(over="ignore"):
            mean = float(np.exp(self.mu + 0.5 * variance))
            return mean, mean * float(np.sqrt(np.expm1(variance)))


@dataclass(frozen=True, repr=False)
class LogUniform(Belief):
    """Log-uniform distribution: every factor of ten between the ends is equally likely.

    Parameters
    ----------
    lower, upper : float
        Smallest (above 0) and largest value, in the quantity's unit.
    """

    lower: float
    upper: float

    def __post_init__(self) -> None:
        settle(self, lower=self.lower, upper=self.upper)
        require(self, 0.0 < self.lower < self.upper, "0 < lower < upper must hold")

    @property
    def support(self) -> tuple[float, float]:
        """From lower to upper."""
        return self.lower, self.upper

    def from_normal(self, z: FloatArray) -> FloatArray:
        """``lower (upper / lower) ** ndtr(z)``."""
        return self._at_share(np.asarray(ndtr(z)))

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:  # noqa: ARG002
        return self._at_share(below)

    def _at_share(self, below: FloatArray) -> FloatArray:
        start = math.log(self.lower)
        out = np.asarray(np.exp(start + (math.log(self.upper) - start) * below))
        return np.clip(out, self.lower, self.upper)

    def _below(self, value: FloatArray) -> FloatArray:
        inside = np.clip(value, self.lower, self.upper)
        return np.asarray(np.log(inside / self.lower) / math.log(self.upper / self.lower))

    def _moments(self) -> tuple[float, float]:
        logs, width = math.log(self.upper / self.lower), self.upper - self.lower
        mean = width / logs
        variance = 0.5 * width * (self.upper + self.lower) / logs - mean**2
        return mean, math.sqrt(max(variance, 0.0))


@dataclass(frozen=True, repr=False)
class Gamma(Belief):
    """Gamma distribution.

    Parameters
    ----------
    alpha : float
        Shape, above 0.
    beta : float
        Rate, above 0, per unit of the quantity: the mean is ``alpha / beta``.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        settle(self, alpha=self.alpha, beta=self.beta)
        require(self, self.alpha > 0.0 and self.beta > 0.0, "alpha and beta must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """The positive numbers."""
        return 0.0, math.inf

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        unit = two_sided(
            below,
            above,
            lambda p: gammaincinv(self.alpha, p),
            lambda q: gammainccinv(self.alpha, q),
        )
        return unit / self.beta

    def _below(self, value: FloatArray) -> FloatArray:
        return np.asarray(gammainc(self.alpha, self.beta * np.maximum(value, 0.0)))

    def _above(self, value: FloatArray) -> FloatArray:
        return np.asarray(gammaincc(self.alpha, self.beta * np.maximum(value, 0.0)))

    def _moments(self) -> tuple[float, float]:
        return self.alpha / self.beta, math.sqrt(self.alpha) / self.beta
