"""The distribution of one quantity as curves, whether its draws were kept or only tallied."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from margincarlo.errors import ScenarioError
from margincarlo.result import Estimate, Simulation
from margincarlo.result.estimate import from_replicates

Floats = npt.NDArray[np.float64]

# Evenly spaced, with a few more towards the ends, where heavy tails are.
_TAIL = np.array([1e-5, 3e-5, 1e-4, 2e-4])
SHARES: Floats = np.concatenate([[0.0], _TAIL, np.linspace(0, 1, 2001)[1:-1], 1 - _TAIL[::-1], [1]])
BINS = 600
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

        A Gaussian kernel smooths binned shares. Its bandwidth follows Silverman's rule [1]_ with
        the narrowest quarter of the distribution as the scale, so that a heavy tail does not blur
        the peak; mass is reflected at the smallest and largest draw, so that none leaks past them.

        References
        ----------
        .. [1] B. W. Silverman, "Density estimation for statistics and data analysis", 1986,
           eq. 3.31.
        """
        width = self._bandwidth()
        start, stop = max(self.least, left - 4 * width), min(self.greatest, right + 4 * width)
        edges = np.linspace(start, stop, BINS + 1)
        step = edges[1] - edges[0]
        shares = np.diff(self.below(edges))
        reach = min(int(4 * width / step) + 1, BINS)
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / width) ** 2)
        padded = np.pad(shares, reach, mode="symmetric")
        if start > self.least:
            padded[:reach] = 0.0
        if stop < self.greatest:
            padded[-reach:] = 0.0
        smooth = np.convolve(padded, kernel / kernel.sum(), mode="valid") / step
        places = np.linspace(left, right, BINS // 2)
        middles = 0.5 * (edges[1:] + edges[:-1])
        return places, np.asarray(np.interp(places, middles, smooth))

    def _bandwidth(self) -> float:
        normal = {(0.05, 0.25): 0.970, (0.25, 0.5): 0.674, (0.5, 0.75): 0.674, (0.75, 0.95): 0.970}
        scales = [
            (self.quantile(high) - self.quantile(low)) / sds for (low, high), sds in normal.items()
        ]
        spread = self.greatest - self.least
        # A quarter that is a single value says nothing of the scale of the rest.
        scale = min([each for each in scales if each > 1e-6 * spread], default=0.1 * spread)
        return max(0.9 * scale * float(self.counted) ** -0.2, spread * 1e-6)


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
