"""What is left of draws that were not kept: moments, histograms, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from margincarlo.errors import ScenarioError
from margincarlo.result.histogram import Bins, below, quantiles
from margincarlo.result.sample import around
from margincarlo.scenario import Statement

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tally:
    """Figures of one output, by replicate.

    Attributes
    ----------
    bins : Bins
        Of values less `shift`: fine where most of them are, however far that is from zero.
    shift : float
        Number amid the values that was taken off before summing and counting.
    sizes, sums, squares, low, high : ndarray, shape (replicate,)
    counts : ndarray of int, shape (replicate, bin)
    """

    bins: Bins
    shift: float
    sizes: npt.NDArray[np.int64]
    sums: Floats
    squares: Floats
    low: Floats
    high: Floats
    counts: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, pilot: Floats, replicates: int) -> Tally:
        """Return a tally for values like those of `pilot`."""
        finite = pilot[np.isfinite(pilot)]
        # The median, not the mean: tails may have carried that far away from most values.
        shift = float(np.median(finite)) if finite.size else 0.0
        bins = Bins.around(finite - shift)
        return cls(
            bins,
            shift,
            np.zeros(replicates, dtype=np.int64),
            np.zeros(replicates),
            np.zeros(replicates),
            np.full(replicates, np.inf),
            np.full(replicates, -np.inf),
            np.zeros((replicates, bins.edges().size - 1), dtype=np.int64),
        )

    def add(self, replicate: int, values: Floats) -> None:
        """Count one cell of a replicate; cells come in order, so that sums keep their bits."""
        if not values.size:
            return
        off = values - self.shift
        self.sizes[replicate] += values.size
        self.sums[replicate] += off.sum()
        self.low[replicate] = min(self.low[replicate], values.min())
        self.high[replicate] = max(self.high[replicate], values.max())
        self.bins.add(off, self.counts[replicate])
        off *= off
        self.squares[replicate] += off.sum()

    def quantile(self, shares: Sequence[float]) -> Floats:
        """Return quantiles of all draws, shape (share,)."""
        counts, edges = self.counts.sum(axis=0), self.bins.edges()
        return self._quantile(counts, edges, shares, self.low.min(), self.high.max())

    def quantiles(self, shares: Sequence[float]) -> Floats:
        """Return quantiles of each replicate, shape (replicate, share)."""
        rows, edges = zip(self.counts, self.low, self.high, strict=True), self.bins.edges()
        return np.array([self._quantile(row, edges, shares, low, high) for row, low, high in rows])

    def _quantile(
        self,
        counts: npt.NDArray[np.int64],
        edges: Floats,
        shares: Sequence[float],
        low: float,
        high: float,
    ) -> Floats:
        found = quantiles(counts, edges, shares, low - self.shift, high - self.shift)
        return np.clip(found + self.shift, low, high)

    def below(self, values: Sequence[float]) -> Floats:
        """Return the share of each replicate at or below values, shape (replicate, value)."""
        edges, off = self.bins.edges(), np.asarray(values) - self.shift
        rows = zip(self.counts, self.low - self.shift, self.high - self.shift, strict=True)
        return np.array([below(row, edges, off, low, high) for row, low, high in rows])


@dataclass(frozen=True, eq=False)
class Streamed:
    """Figures of draws that were not kept.

    Attributes
    ----------
    tallies : mapping of str to Tally
    sizes : ndarray of int, shape (replicate,)
        Draws that figures are based on.
    hits : mapping of str to ndarray of int, shape (replicate,)
        Statement → draws in which it holds.
    """

    tallies: Mapping[str, Tally]
    sizes: npt.NDArray[np.int64]
    hits: Mapping[str, npt.NDArray[np.int64]]

    @property
    def names(self) -> tuple[str, ...]:
        """What was tallied."""
        return tuple(self.tallies)

    @property
    def counted(self) -> int:
        """Draws that figures are based on."""
        return int(self.sizes.sum())

    def mean(self, name: str) -> tuple[float, Floats]:
        """Return the mean."""
        tally = self._tally(name)
        with np.errstate(invalid="ignore", divide="ignore"):
            each = tally.shift + tally.sums / tally.sizes
            return float(tally.shift + tally.sums.sum() / tally.sizes.sum()), each

    def sd(self, name: str) -> tuple[float, Floats]:
        """Return the standard deviation."""
        tally = self._tally(name)
        with np.errstate(invalid="ignore", divide="ignore"):
            size = tally.sizes.sum()
            center = tally.sums.sum() / size
            variance = tally.squares.sum() / size - center**2
            squares = (tally.squares - 2 * center * tally.sums) / tally.sizes + center**2
        sd = float(np.sqrt(max(variance, 0.0)))
        return sd, around(sd, squares)

    def quantile(self, name: str, shares: Sequence[float]) -> Floats:
        """Return quantiles of all draws, shape (share,)."""
        return self._tally(name).quantile(shares)

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
        tally = self._tally(name)
        return tally.quantile(shares), tally.quantiles(shares)

    def below(self, name: str, values: Sequence[float]) -> Floats:
        """Return the share of each replicate at or below values, shape (replicate, value)."""
        return self._tally(name).below(values)

    def share(self, statement: Statement) -> tuple[float, Floats]:
        """Return the share of draws in which a statement holds."""
        if statement.text not in self.hits:
            raise ScenarioError(
                f"draws were not kept, so {statement.text!r} cannot be counted now;"
                " put it under [[ask]], or run with keep='outputs'"
            )
        hits = self.hits[statement.text]
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(hits.sum() / self.sizes.sum()), hits / self.sizes

    def _tally(self, name: str) -> Tally:
        if name not in self.tallies:
            raise ScenarioError(
                f"{name!r} was not tallied; add it to outputs, or run with keep='all'"
            )
        return self.tallies[name]
