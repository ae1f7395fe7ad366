"""Families on the whole line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, stdtr, stdtrit

from margincarlo.beliefs.base import Belief, require, score, settle, two_sided
from margincarlo.beliefs.table import FloatArray


@dataclass(frozen=True, repr=False)
class Normal(Belief):
    """Normal distribution.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation (above 0), in the quantity's unit.
    """

    mu: float
    sigma: float

    def __post_init__(self) -> None:
        settle(self, mu=self.mu, sigma=self.sigma)
        require(self, self.sigma > 0.0, "sigma must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """The whole line."""
        return -math.inf, math.inf

    def from_normal(self, z: FloatArray) -> FloatArray:
        """``mu + sigma z``."""
        out = z * self.sigma
        out += self.mu
        return out

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        return self.mu + self.sigma * score(below, above)

    def _at_score(self, z: FloatArray) -> FloatArray:
        return self.mu + self.sigma * z

    def _below(self, value: FloatArray) -> FloatArray:
        return np.asarray(ndtr((value - self.mu) / self.sigma))

    def _above(self, value: FloatArray) -> FloatArray:
        return np.asarray(ndtr((self.mu - value) / self.sigma))

    def _moments(self) -> tuple[float, float]:
        return self.mu, self.sigma


@dataclass(frozen=True, repr=False)
class StudentT(Belief):
    """Student's t distribution, shifted and scaled: a normal with heavier tails.

    Parameters
    ----------
    nu : float
        Degrees of freedom (above 0); the mean exists above 1, the variance above 2.
    mu, sigma : float
        Location and scale (above 0), in the quantity's unit. The scale is *not* the standard
        deviation.
    """

    nu: float
    mu: float
    sigma: float

    def __post_init__(self) -> None:
        settle(self, nu=self.nu, mu=self.mu, sigma=self.sigma)
        require(self, self.nu > 0.0 and self.sigma > 0.0, "nu and sigma must be above 0")

    @property
    def support(self) -> tuple[float, float]:
        """The whole line."""
        return -math.inf, math.inf

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        unit = two_sided(below, above, self._low_tail, lambda q: -self._low_tail(q))
        return self.mu + self.sigma * unit

    def _low_tail(self, probability: FloatArray) -> FloatArray:
        # scipy.special.stdtrit answers +inf at probability 0.
        return np.where(probability == 0.0, -math.inf, stdtrit(self.nu, probability))

    def _below(self, value: FloatArray) -> FloatArray:
        return np.asarray(stdtr(self.nu, (value - self.mu) / self.sigma))

    def _above(self, value: FloatArray) -> FloatArray:
        return np.asarray(stdtr(self.nu, (self.mu - value) / self.sigma))

    def _moments(self) -> tuple[float, float]:
        if self.nu <= 1.0:
            return math.nan, math.nan
        if self.nu <= 2.0:
            return self.mu, math.inf
        return self.mu, self.sigma * math.sqrt(self.nu / (self.nu - 2.0))
