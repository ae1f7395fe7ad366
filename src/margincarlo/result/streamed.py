"""What is left of draws that were not kept: moments, histograms, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from margincarlo.errors import ScenarioError
from margincarlo.result.histogram import Bins, quantiles
from margincarlo.scenario import Statement

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Tally:
    """Figures of one output, by replicate.

    Attributes
    ----------
    bins : Bins
    shift : float
        Number near the mean that was taken off before summing.
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
        bins = Bins.around(pilot)
        finite = pilot[np.isfinite(pilot)]
        return cls(
            bins,
            float(finite.mean()) if finite.size else 0.0,
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
        off *= off
        self.squares[replicate] += off.sum()
        self.low[replicate] = min(self.low[replicate], values.min())
        self.high[replicate] = max(self.high[replicate], values.max())
        self.bins.add(values, self.counts[replicate])


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
            each = _sd(tally.sizes, tally.sums, tally.squares)
            return float(_sd(tally.sizes.sum(), tally.sums.sum(), tally.squares.sum())), each

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
        tally = self._tally(name)
        edges = tally.bins.edges()
        each = [
            quantiles(row, edges, shares, low, high)
            for row, low, high in zip(tally.counts, tally.low, tally.high, strict=True)
        ]
        low, high = float(tally.low.min()), float(tally.high.max())
        return quantiles(tally.counts.sum(axis=0), edges, shares, low, high), np.array(each)

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


def _sd(size: Any, total: Any, squares: Any) -> Any:
    variance = squares / size - (total / size) ** 2
    return np.sqrt(np.maximum(variance, 0.0))
