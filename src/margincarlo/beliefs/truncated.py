"""Truncation: the tails beyond the bounds are cut off and the rest scaled up, never piled on."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from margincarlo.beliefs.base import Belief, require, settle
from margincarlo.beliefs.table import FloatArray
from margincarlo.beliefs.unbounded import Normal


class _Cut(Belief):
    """A continuous belief between two bounds, by the inverse CDF of the whole."""

    lower: float
    upper: float

    @abc.abstractmethod
    def _whole(self) -> Belief:
        """Return the belief before truncation."""

    @property
    def support(self) -> tuple[float, float]:
        """Overlap of the bounds and the support of what is truncated."""
        low, high = self._whole().support
        return max(low, self.lower), min(high, self.upper)

    @cached_property
    def _ends(self) -> tuple[float, float, float]:
        """Probability below the lower bound, above the upper one, and what is left between.

        The difference is taken in the tail where it does not cancel.
        """
        bounds, whole = np.array([self.lower, self.upper]), self._whole()
        below, above = whole._below(bounds), whole._above(bounds)
        kept = above[0] - above[1] if below[0] > 0.5 else below[1] - below[0]
        return float(below[0]), float(above[1]), float(kept)

    def _check_cut(self) -> None:
        for name in ("lower", "upper"):
            bound = getattr(self, name)
            if bound in (math.inf, -math.inf):
                object.__setattr__(self, name, float(bound))
            else:
                settle(self, **{name: bound})
        require(self, self.lower < self.upper, "lower < upper must hold")
        require(self, self._ends[2] > 0.0, "nothing is left between lower and upper")

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        cut_below, cut_above, kept = self._ends
        inner = self._whole()._invert(cut_below + kept * below, cut_above + kept * above)
        # Only rounding can put a value outside; it moves by one unit in the last place.
        return np.clip(inner, *self.support)

    def _below(self, value: FloatArray) -> FloatArray:
        cut_below, _, kept = self._ends
        x = np.clip(value, self.lower, self.upper)
        whole = self._whole()
        if cut_below > 0.5:
            share = whole._above(np.array([self.lower])) - whole._above(x)
        else:
            share = whole._below(x) - cut_below
        return np.asarray(np.clip(share / kept, 0.0, 1.0))

    def _above(self, value: FloatArray) -> FloatArray:
        _, cut_above, kept = self._ends
        x = np.clip(value, self.lower, self.upper)
        whole = self._whole()
        if cut_above > 0.5:
            share = whole._below(np.array([self.upper])) - whole._below(x)
        else:
            share = whole._above(x) - cut_above
        return np.asarray(np.clip(share / kept, 0.0, 1.0))


@dataclass(frozen=True, repr=False)
class TruncatedNormal(_Cut):
    """Normal distribution cut off at one or two bounds.

    Parameters
    ----------
    mu, sigma : float
        Mean and standard deviation (above 0) *before* truncation, in the quantity's unit.
    lower, upper : float, optional
        The bounds; infinite unless given.
    """

    mu: float
    sigma: float
    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        settle(self, mu=self.mu, sigma=self.sigma)
        require(self, self.sigma > 0.0, "sigma must be above 0")
        self._check_cut()

    def _whole(self) -> Belief:
        return self._normal

    @cached_property
    def _normal(self) -> Normal:
        return Normal(self.mu, self.sigma)


@dataclass(frozen=True, repr=False)
class Truncated(_Cut):
    """Any continuous belief cut off at one or two bounds.

    Parameters
    ----------
    base : Belief
        What is truncated. It may not give a single value a probability of its own.
    lower, upper : float, optional
        The bounds, in the quantity's unit; infinite unless given.
    """

    base: Belief
    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        self._check_cut()
        smooth = not self.base._atoms()
        require(self, smooth, "only a continuous belief can be truncated; leave the values out")

    def _whole(self) -> Belief:
        return self.base
