"""The distribution of one quantity as curves, whether its draws were kept or only tallied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from margincarlo.errors import ScenarioError
from margincarlo.result import Estimate, Simulation
from margincarlo.result.estimate import from_replicates

Floats = npt.NDArray[np.float64]

# Evenly spaced, with a few more towards the ends, where heavy tails are.
_TAIL = np.array([1e-5, 3e-5, 1e-4, 2e-4])
SHARES: Floats = np.concatenate([[0.0], _TAIL, np.linspace(0, 1, 2001)[1:-1], 1 - _TAIL[::-1], [1]])
BINS, PLACES = 1200, 301
# Less than his 0.9: bandwidths that change from place to place cost bias, and balanced draws
# have less noise than he allows for.
SILVERMAN = 0.75
# Local scale: from so many normal scores below a place to as many above; not beyond the farthest.
_REACH, _BULK, _FARTHEST = 0.6, 1.6, 3.0
# Part of the view beyond the wider of the shown interval and the central 90 %, as a multiple of it.
MARGIN = 0.6


@dataclass(frozen=True, eq=False)
class Curve:
    """Quantiles of one quantity, from all draws and from each replicate, in its display unit.

    Attributes
    ----------
    values : ndarray, shape (share,)
        Quantiles at `SHARES`.
    each : ndarray, shape (replicate, share)
    counted : int
        Draws that they are from.
    """

    values: Floats
    each: Floats
    counted: int

    @property
    def least(self) -> float:
        """Smallest draw."""
        return float(self.values[0])

    @property
    def greatest(self) -> float:
        """Largest draw."""
        return float(self.values[-1])

    @property
    def is_point(self) -> bool:
        """Whether every draw has the same value."""
        return not self.greatest - self.least > 1e-12 * max(abs(self.least), abs(self.greatest))

    def quantile(self, share: float) -> float:
        """Return the value that the quantity stays at or below with the given probability."""
        return float(np.interp(share, SHARES, self.values))

    def below(self, at: Floats | float) -> Floats:
        """Return the share of draws below each of `at`."""
        return np.asarray(np.interp(at, self.values, SHARES, left=0.0, right=1.0))

    def above(self, at: Floats) -> tuple[Estimate, ...]:
        """Return the share of draws above each of `at`, with its Monte Carlo error."""
        value = 1.0 - self.below(at)
        full = self.each[np.isfinite(self.each).all(axis=1)]
        each = np.array([1.0 - np.interp(at, row, SHARES, left=0.0, right=1.0) for row in full])
        each = each.reshape(len(full), at.size)
        return tuple(from_replicates(float(value[i]), each[:, i]) for i in range(at.size))

    def view(self, mass: float) -> tuple[float, float]:
        """Return the range worth looking at: heavy tails are cut, and the cut can be counted."""
        tail = (1 - max(mass, 0.9)) / 2
        low, high = self.quantile(tail), self.quantile(1 - tail)
        room = MARGIN * (high - low)
        if self.is_point:
            room = 0.5 * abs(self.least) or 0.5
            return self.least - room, self.greatest + room
        return max(self.least, low - room), min(self.greatest, high + room)

    def density(self, left: float, right: float) -> tuple[Floats, Floats]:
        """Return places between `left` and `right`, and the probability density there.

        A Gaussian kernel smooths binned shares. Each bin's bandwidth follows Silverman's rule [1]_
        for a normal as wide as the distribution is around that bin [2]_, so that neither a peak is
        blurred nor a heavy tail rippled. Mass is reflected at the smallest and largest draw, so
        that none leaks past them.

        References
        ----------
        .. [1] B. W. Silverman, "Density estimation for statistics and data analysis", 1986,
           eq. 3.31.
        .. [2] G. R. Terrell, D. W. Scott, "Variable kernel density estimation", Annals of
           Statistics 20, 1992: the sample-point estimator.
        """
        ends = self._bandwidths(np.array([left, right]))
        start, stop = max(self.least, left - 4 * ends[0]), min(self.greatest, right + 4 * ends[1])
        edges = np.linspace(start, stop, BINS + 1)
        mass, middles = np.diff(self.below(edges)), 0.5 * (edges[1:] + edges[:-1])
        widths = np.maximum(self._bandwidths(middles), edges[1] - edges[0])
        at = np.linspace(left, right, PLACES)
        found = np.zeros(PLACES)
        for places in (middles, 2 * self.least - middles, 2 * self.greatest - middles):
            found += np.exp(-0.5 * ((at[:, None] - places) / widths) ** 2) @ (mass / widths)
        inside = (at >= self.least) & (at <= self.greatest)
        return at, np.where(inside, found / np.sqrt(2 * np.pi), 0.0)

    def _bandwidths(self, at: Floats) -> Floats:
        scores = ndtri(self.below(at))
        # Towards a sharp edge the scale falls to nothing; there the one a little inside serves.
        scales = np.maximum(self._scale(scores, _FARTHEST), self._scale(scores, _BULK))
        return np.asarray(SILVERMAN * scales * self.counted**-0.2)

    def _scale(self, scores: Floats, farthest: float) -> Floats:
        at = np.clip(scores, -farthest, farthest)
        low, high = ndtr(at - _REACH), ndtr(at + _REACH)
        width = np.interp(high, SHARES, self.values) - np.interp(low, SHARES, self.values)
        return np.asarray(width / (2 * _REACH))


def curve(simulation: Simulation, name: str) -> Curve:
    """Return the distribution of `name`.

    Raises
    ------
    ScenarioError
        If nothing was kept of it, or no draw is physically possible.
    """
    if simulation.sample.counted == 0:
        simulation.estimate(name)  # raises, saying why there is nothing to draw
    values, each = simulation.sample.quantiles(name, SHARES.tolist())
    if not np.isfinite(values).all():
        raise ScenarioError(
            f"{name} is no finite number in some draws, so it cannot be drawn;"
            " make it an output, and such draws are left out and counted"
        )
    return Curve(values, each, simulation.sample.counted)
