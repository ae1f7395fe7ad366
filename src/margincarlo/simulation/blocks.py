"""Run the blocks of one replicate: draw, evaluate, check, and hand over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from margincarlo.feasibility import TOLERANCE
from margincarlo.sampling import Plan
from margincarlo.scenario import Scenario
from margincarlo.simulation.draw import Drawer
from margincarlo.simulation.model import Model, display_factor

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Block:
    """Consecutive cells of a replicate.

    Attributes
    ----------
    start : int
        Place of its first draw in the replicate.
    values : mapping of str to ndarray, shape (draw,)
        What is kept, in display units.
    possible : ndarray of bool, shape (draw,)
        No physical bound is broken.
    defined : ndarray of bool, shape (draw,)
        Everything that is reported is a finite number.
    reasons, undefined : mapping of str to int
        Draws by physical bound broken; by what is reported and no finite number.
    """

    start: int
    values: Mapping[str, Floats]
    possible: Bools
    defined: Bools
    reasons: Mapping[str, int]
    undefined: Mapping[str, int]


@dataclass(frozen=True, eq=False)
class Runner:
    """All that is needed to run any block of a scenario.

    `names` are kept; `reported`, which are among them, must be finite for a draw to count.
    """

    scenario: Scenario
    plan: Plan
    model: Model
    drawer: Drawer
    names: Sequence[str]
    reported: Sequence[str]
    block_cells: int

    def blocks(self, replicate: int) -> Iterator[Block]:
        """Yield the blocks of a replicate, in order."""
        for first in range(0, self.plan.cells, self.block_cells):
            cells = range(first, min(first + self.block_cells, self.plan.cells))
            yield self._block(replicate, cells)

    def _block(self, replicate: int, cells: range) -> Block:
        size = sum(self.plan.size(cell) for cell in cells)
        # Impossible draws may divide by zero; they are found and counted below.
        with np.errstate(all="ignore"):
            values = self.model.evaluate(self.drawer.draw(replicate, cells))
            broken = self._broken(values, size)
            kept = {name: self._shown(name, values[name], size) for name in self.names}
        impossible = np.logical_or.reduce([np.zeros(size, bool), *broken.values()])
        finite = {name: np.isfinite(kept[name]) for name in self.reported}
        holes = {name: ~where for name, where in finite.items() if not where.all()}
        return Block(
            start=cells.start * self.plan.cell,
            values=kept,
            possible=~impossible,
            defined=~np.logical_or.reduce([np.zeros(size, bool), *holes.values()]),
            reasons={reason: int(where.sum()) for reason, where in broken.items()},
            undefined={name: int((hole & ~impossible).sum()) for name, hole in holes.items()},
        )

    def _broken(self, values: Mapping[str, Floats], size: int) -> dict[str, Bools]:
        broken: dict[str, Bools] = {}
        for name, check in self.scenario.checks.items():
            value, lower, upper = values[name], check.lower - TOLERANCE, check.upper + TOLERANCE
            # The extremes settle most blocks. NaN is inside of nothing, and makes both of them NaN.
            if np.min(value) >= lower and np.max(value) <= upper:
                continue
            outside = ~((value >= lower) & (value <= upper))
            broken[check.reason] = np.broadcast_to(outside, size) | broken.get(check.reason, False)
        return broken

    @staticmethod
    def _shown(name: str, value: Floats | float, size: int) -> Floats:
        return np.broadcast_to(np.asarray(value, dtype=np.float64) * display_factor(name), size)
