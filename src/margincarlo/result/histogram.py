"""A histogram over the bits of floating-point numbers: quantiles of any number of draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Bins per factor of two, and factors of two from the largest magnitude down to where bins end.
MANTISSA_BITS = 9
OCTAVES = 40
SPARE_OCTAVES = 4
_SHIFT = np.int64(52 - MANTISSA_BITS)
_MAGNITUDE = np.int64(0x7FFF_FFFF_FFFF_FFFF)
_HALF = OCTAVES << MANTISSA_BITS


@dataclass(frozen=True)
class Bins:
    """Bins that are narrow relative to the value: 1/512 of it, either side of zero.

    A draw's bin is read off its exponent and leading bits, so counting costs a few nanoseconds and
    counts of parts add up exactly to those of the whole.

    Attributes
    ----------
    lowest : int
        Leading bits of the least magnitude that has a bin of its own.
    """

    lowest: int

    @classmethod
    def around(cls, pilot: Floats) -> Bins:
        """Return bins for values of the magnitude of `pilot`, with room above."""
        finite = np.abs(pilot[np.isfinite(pilot)])
        largest = float(finite.max()) if finite.size else 1.0
        top = int(np.float64(largest or 1.0).view(np.int64) >> _SHIFT)
        return cls(top + (SPARE_OCTAVES << MANTISSA_BITS) - _HALF)

    def add(self, values: Floats, counts: npt.NDArray[np.int64]) -> None:
        """Add to `counts`, shape (bin,), how many values fall into each bin."""
        leading = values.view(np.int64)
        place = leading & _MAGNITUDE
        place >>= _SHIFT
        place -= self.lowest
        np.clip(place, 0, _HALF - 1, out=place)
        place ^= leading >> 63  # mirrors what is below zero: bin n becomes bin -1 - n
        # Of the many bins few are filled: counting starts at the first of those.
        first = int(place.min())
        place -= first
        found = np.bincount(place)
        counts[_HALF + first :][: found.size] += found

    def edges(self) -> Floats:
        """Return the edges of the bins, in order; the outermost bins have no end."""
        leading = np.arange(self.lowest, self.lowest + _HALF + 1, dtype=np.int64) << _SHIFT
        positive = leading.view(np.float64).copy()
        positive[0], positive[-1] = 0.0, np.inf
        return np.concatenate([-positive[:0:-1], positive])


def quantiles(
    counts: npt.NDArray[np.int64], edges: Floats, shares: Sequence[float], low: float, high: float
) -> Floats:
    """Return quantiles, interpolated inside their bins.

    Parameters
    ----------
    counts : ndarray of int, shape (bin,)
    edges : ndarray, shape (bin + 1,)
    shares : sequence of float
    low, high : float
        Least and greatest value counted.
    """
    total = int(counts.sum())
    if total == 0:
        return np.full(len(shares), np.nan)
    if low == high:
        return np.full(len(shares), low)
    filled = np.flatnonzero(counts)
    cumulative = np.cumsum(counts[filled])
    wanted = np.asarray(shares) * total
    found = np.minimum(np.searchsorted(cumulative, wanted), filled.size - 1)
    place = filled[found]
    before = cumulative[found] - counts[place]
    inside = np.clip((wanted - before) / counts[place], 0.0, 1.0)
    left, right = np.maximum(edges[place], low), np.minimum(edges[place + 1], high)
    return np.asarray(left + inside * (right - left))


def below(
    counts: npt.NDArray[np.int64], edges: Floats, values: Floats, low: float, high: float
) -> Floats:
    """Return the shares at or below values, interpolated inside their bins.

    Parameters
    ----------
    counts : ndarray of int, shape (bin,)
    edges : ndarray, shape (bin + 1,)
    values : ndarray, shape (value,)
    low, high : float
        Least and greatest value counted.
    """
    total = int(counts.sum())
    if total == 0:
        return np.full(values.size, np.nan)
    filled = np.flatnonzero(counts)
    cumulative = np.concatenate([[0], np.cumsum(counts[filled])])
    place = np.clip(np.searchsorted(edges[filled], values, side="right") - 1, 0, None)
    left = np.maximum(edges[filled][place], low)
    width = np.minimum(edges[filled + 1][place], high) - left
    inside = np.clip((values - left) / np.where(width > 0, width, 1.0), 0.0, 1.0)
    found = cumulative[place] + inside * counts[filled][place]
    return np.where(values < low, 0.0, np.where(values >= high, 1.0, found / total))
