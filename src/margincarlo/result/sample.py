"""What a run keeps: all draws, or their moments and a histogram."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from margincarlo.errors import FeasibilityWarning, ScenarioError, did_you_mean
from margincarlo.scenario import Statement

Floats = npt.NDArray[np.float64]


class Sample(Protocol):
    """Draws in display units, as far as they were kept, of which some may be left out.

    Every method returns a figure from all draws, and the same from each replicate.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """What was kept."""
        ...

    @property
    def counted(self) -> int:
        """Draws that figures are based on."""
        ...

    def mean(self, name: str) -> tuple[float, Floats]:
        """Return the mean."""
        ...

    def sd(self, name: str) -> tuple[float, Floats]:
        """Return the standard deviation; that of replicates to first order around it.

        Roots of the replicates' own variances scatter too little where tails are heavy.
        """
        ...

    def quantile(self, name: str, shares: Sequence[float]) -> Floats:
        """Return quantiles of all draws, shape (share,)."""
        ...

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
        ...

    def below(self, name: str, values: Sequence[float]) -> Floats:
        """Return the share of each replicate at or below values, shape (replicate, value)."""
        ...

    def share(self, statement: Statement) -> tuple[float, Floats]:
        """Return the share of draws in which a statement holds."""
        ...


@dataclass(frozen=True, eq=False)
class Draws:
    """All draws.

    Attributes
    ----------
    values : mapping of str to ndarray, shape (replicate, draw)
        In display units.
    used : ndarray of bool, shape (replicate, draw)
        Which draws count.
    """

    values: Mapping[str, Floats]
    used: npt.NDArray[np.bool_]

    @property
    def names(self) -> tuple[str, ...]:
        """What was kept."""
        return tuple(self.values)

    @property
    def counted(self) -> int:
        """Draws that figures are based on."""
        return int(self.used.sum())

    def __getitem__(self, name: str) -> Floats:
        if name not in self.values:
            raise ScenarioError(
                f"{name!r} was not kept{did_you_mean(name, self.values)}; it is not in this"
                " scenario's tree, or the run kept its outputs alone (keep='all' keeps everything)"
            )
        return self.values[name]

    def rows(self, name: str) -> list[Floats]:
        """Return the draws that count, one array per replicate."""
        values = self[name]
        return [row[use] for row, use in zip(values, self.used, strict=True)]

    def _finite_rows(self, name: str) -> list[Floats]:
        # Whatever the run reports is finite already; anything else that was kept may not be.
        rows = self.rows(name)
        finite = [row[np.isfinite(row)] for row in rows]
        left_out = sum(map(len, rows)) - sum(map(len, finite))
        if left_out:
            warnings.warn(
                f"{name} is no finite number in {left_out} draws, left out of its figures",
                FeasibilityWarning,
                stacklevel=2,
            )
        return finite

    def flat(self, name: str) -> Floats:
        """Return the draws that count."""
        return self[name][self.used]

    def mean(self, name: str) -> tuple[float, Floats]:
        """Return the mean."""
        rows = self._finite_rows(name)
        sums, sizes = np.array([row.sum() for row in rows]), np.array([row.size for row in rows])
        with np.errstate(invalid="ignore"):
            return float(sums.sum() / sizes.sum()), sums / sizes

    def sd(self, name: str) -> tuple[float, Floats]:
        """Return the standard deviation."""
        rows = self._finite_rows(name)
        flat = np.concatenate(rows)
        if not flat.size:
            return np.nan, np.full(len(rows), np.nan)
        center, sd = float(flat.mean()), float(flat.std())
        each = [((row - center) ** 2).mean() if row.size else np.nan for row in rows]
        return sd, around(sd, np.array(each))

    def quantile(self, name: str, shares: Sequence[float]) -> Floats:
        """Return quantiles of all draws, shape (share,)."""
        return _quantile(np.concatenate(self._finite_rows(name)), shares)

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
        rows = self._finite_rows(name)
        each = [_quantile(row, shares) for row in rows]
        return _quantile(np.concatenate(rows), shares), np.array(each)

    def below(self, name: str, values: Sequence[float]) -> Floats:
        """Return the share of each replicate at or below values, shape (replicate, value)."""
        missing = np.full(len(values), np.nan)
        rows = self._finite_rows(name)
        return np.array(
            [[(row <= value).mean() for value in values] if row.size else missing for row in rows]
        )

    def share(self, statement: Statement) -> tuple[float, Floats]:
        """Return the share of draws in which a statement holds."""
        held = self.holds(statement) & self.used
        hits, sizes = held.sum(axis=1), self.used.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(hits.sum() / sizes.sum()), hits / sizes

    def holds(self, statement: Statement) -> npt.NDArray[np.bool_]:
        """Return where a statement holds, shape (replicate, draw)."""
        return np.broadcast_to(
            statement.holds({name: self[name] for name in statement.names}), self.used.shape
        )


def around(sd: float, squares: Floats) -> Floats:
    """Return standard deviations of replicates, to first order around that of all draws.

    Parameters
    ----------
    sd : float
        Of all draws.
    squares : ndarray, shape (replicate,)
        Mean squared distance of the draws of each replicate from the mean of all draws.
    """
    return sd + (squares - sd**2) / (2 * sd) if sd > 0 else np.zeros_like(squares)


def _quantile(values: Floats, shares: Sequence[float]) -> Floats:
    return np.asarray(np.quantile(values, shares) if values.size else np.full(len(shares), np.nan))
