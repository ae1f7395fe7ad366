"""Mixtures: one of several beliefs holds, each with a probability."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from margincarlo.beliefs.base import Belief, require, score
from margincarlo.beliefs.discrete import Discrete, checked_weights
from margincarlo.beliefs.table import FloatArray

type Curve = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, repr=False)
class Mixture(Belief):
    """One of several beliefs, each with a probability.

    Parameters
    ----------
    components : sequence of Belief
        About the same quantity, in the same unit. Single values (`Point`, `Discrete`) are allowed.
    weights : sequence of float
        Their probabilities: above 0, adding up to 1.
    """

    components: tuple[Belief, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        components = tuple(self.components)
        object.__setattr__(self, "components", components)
        require(
            self, all(isinstance(part, Belief) for part in components), "components are beliefs"
        )
        weights = checked_weights(self, self.weights, len(components))
        object.__setattr__(self, "weights", tuple(weights))

    @property
    def support(self) -> tuple[float, float]:
        """From the smallest to the largest value of any component."""
        ends = [part.support for part in self.components]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def from_normal(self, z: FloatArray) -> FloatArray:
        """Values at standard normal scores; see `Belief.from_normal`."""
        if self._discrete is not None:
            return self._discrete.from_normal(z)
        return super().from_normal(z)

    @cached_property
    def _discrete(self) -> Discrete | None:
        """The same belief as single values, when it has nothing else."""
        atoms = self._atoms()
        total = math.fsum(weight for _, weight in atoms)
        if not math.isclose(total, 1.0):
            return None
        return Discrete(tuple(v for v, _ in atoms), tuple(w / total for _, w in atoms))

    def _atoms(self) -> tuple[tuple[float, float], ...]:
        total: dict[float, float] = {}
        for part, weight in zip(self.components, self.weights, strict=True):
            for value, share in part._atoms():
                total[value] = total.get(value, 0.0) + weight * share
        return tuple(sorted(total.items()))

    def _below(self, value: FloatArray) -> FloatArray:
        parts = zip(self.components, self.weights, strict=True)
        return np.asarray(sum(weight * part._below(value) for part, weight in parts))

    def _above(self, value: FloatArray) -> FloatArray:
        parts = zip(self.components, self.weights, strict=True)
        return np.asarray(sum(weight * part._above(value) for part, weight in parts))

    def _invert(self, below: FloatArray, above: FloatArray) -> FloatArray:
        """Solve in scores, between the smallest and the largest quantile of the components."""
        if self._discrete is not None:
            return self._discrete._invert(below, above)
        candidates = np.stack([part._invert(below, above) for part in self.components])
        low, high = candidates.min(axis=0), candidates.max(axis=0)
        out = np.where(below <= above, low, high)
        todo = (below > 0.0) & (above > 0.0) & (low < high)
        for value, weight in self._atoms():
            on_it = todo & self._covers(value, weight, below, above)
            out[on_it] = value
            todo &= ~on_it
        lower = below <= above
        for tail, curve in ((todo & lower, self._low_score), (todo & ~lower, self._high_score)):
            if tail.any():
                target = score(below[tail], above[tail])
                out[tail] = _solve(curve, target, low[tail], high[tail])
        return out

    def _low_score(self, value: FloatArray) -> FloatArray:
        return np.asarray(ndtri(self._below(value)))

    def _high_score(self, value: FloatArray) -> FloatArray:
        return np.asarray(-ndtri(self._above(value)))

    def _covers(
        self, value: float, weight: float, below: FloatArray, above: FloatArray
    ) -> NDArray[np.bool_]:
        """Whether the jump of the CDF at `value` passes over these probabilities."""
        up_to = float(self._below(np.array([value]))[0])
        over = float(self._above(np.array([value]))[0])
        from_below = (below > up_to - weight) & (below <= up_to)
        from_above = (above >= over) & (above < over + weight)
        return np.where(below <= above, from_below, from_above)

    def _moments(self) -> tuple[float, float]:
        means = np.array([part.mean for part in self.components])
        sds = np.array([part.sd for part in self.components])
        weights = np.asarray(self.weights)
        mean = float(weights @ means)
        return mean, math.sqrt(float(weights @ (sds**2 + (means - mean) ** 2)))


def _solve(curve: Curve, target: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Where a non-decreasing curve reaches each target, within the target's own bracket.

    Chandrupatla's method: inverse quadratic interpolation where it is safe, else bisection
    ("A new hybrid quadratic/bisection algorithm …", Advances in Engineering Software 28, 1997).
    """
    which = np.arange(low.size)
    out, a, b = low.copy(), low.copy(), high.copy()
    tiny = 1e-16 * (high - low)
    with np.errstate(all="ignore"):
        fa, fb = curve(a) - target, curve(b) - target
        step = fa / (fa - fb)
        step = np.where((step > 0.01) & (step < 0.99), step, 0.5)
        for _ in range(200):
            x = a + step * (b - a)
            fx = curve(x) - target[which]
            same = (fx < 0.0) == (fa < 0.0)
            c, fc = np.where(same, a, b), np.where(same, fa, fb)
            b, fb = np.where(same, b, a), np.where(same, fb, fa)
            a, fa = x, fx
            near = np.where(np.abs(fa) < np.abs(fb), a, b)
            least = (4e-16 * np.abs(near) + tiny[which]) / np.abs(b - a)
            out[which] = near
            more = (least < 0.5) & (fa != 0.0)
            if not more.any():
                break
            step = np.clip(_next_step(a, b, c, fa, fb, fc), least, 1.0 - least)
            a, b, fa, fb, step, which = (v[more] for v in (a, b, fa, fb, step, which))
    return out


def _next_step(
    a: FloatArray, b: FloatArray, c: FloatArray, fa: FloatArray, fb: FloatArray, fc: FloatArray
) -> FloatArray:
    xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
    safe = (phi**2 < xi) & ((1.0 - phi) ** 2 < 1.0 - xi)
    first = fa / (fb - fa) * fc / (fb - fc)
    second = (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.where(safe, first + second, 0.5)
