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
        """Return the standard deviation."""
        ...

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
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
        each = np.array([row.std() if row.size else np.nan for row in rows])
        return float(flat.std()) if flat.size else np.nan, each

    def quantiles(self, name: str, shares: Sequence[float]) -> tuple[Floats, Floats]:
        """Return quantiles, shapes (share,) and (replicate, share)."""
        missing = np.full(len(shares), np.nan)
        rows = self._finite_rows(name)
        each = [np.quantile(row, shares) if row.size else missing for row in rows]
        flat = np.concatenate(rows)
        return (np.quantile(flat, shares) if flat.size else missing), np.array(each)

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
