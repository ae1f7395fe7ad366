"""Gather the blocks of a run: keep every draw, or tally it and let it go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import numpy as np

from margincarlo.result.sample import Draws, Sample
from margincarlo.result.streamed import Streamed, Tally
from margincarlo.sampling import Plan
from margincarlo.scenario import Statement
from margincarlo.simulation.blocks import Block


class Collector(Protocol):
    """Takes blocks; those of one replicate come in order, replicates in any order."""

    def add(self, replicate: int, block: Block) -> None:
        """Take one block."""
        ...

    def sample(self) -> Sample:
        """Return what was gathered."""
        ...


@dataclass
class Counts:
    """Impossible and undefined draws of one replicate."""

    impossible: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    undefined: Counter[str] = field(default_factory=Counter)

    def add(self, block: Block) -> None:
        """Count one block."""
        self.impossible += int((~block.possible).sum())
        self.reasons.update(block.reasons)
        self.undefined.update({name: n for name, n in block.undefined.items() if n})


def _used(block: Block, policy: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return block.defined if policy == "keep" else block.defined & block.possible


class Keeper:
    """Keeps every draw."""

    def __init__(self, plan: Plan, names: Sequence[str], policy: str) -> None:
        shape = (plan.replicates, plan.per_replicate)
        self._values = {name: np.empty(shape) for name in names}
        self._used = np.empty(shape, dtype=bool)
        self._policy = policy

    def add(self, replicate: int, block: Block) -> None:
        """Copy one block to its place."""
        place = slice(block.start, block.start + block.possible.size)
        for name, values in self._values.items():
            values[replicate, place] = block.values[name]
        self._used[replicate, place] = _used(block, self._policy)

    def sample(self) -> Draws:
        """Return all draws, read-only from now on."""
        for values in (*self._values.values(), self._used):
            values.flags.writeable = False
        return Draws(MappingProxyType(self._values), self._used)


class Teller:
    """Tallies draws and lets them go, so that memory does not grow with their number."""

    def __init__(
        self,
        plan: Plan,
        pilot: Block,
        names: Sequence[str],
        statements: Sequence[Statement],
        policy: str,
    ) -> None:
        self._plan = plan
        self._policy = policy
        used = _used(pilot, policy)
        # Where not one draw of the pilot counts, the others still tell the magnitude.
        used = used if used.any() else np.ones_like(used)
        self._tallies = {
            name: Tally.empty(pilot.values[name][used], plan.replicates) for name in names
        }
        self._sizes = np.zeros(plan.replicates, dtype=np.int64)
        self._statements = {statement.text: statement for statement in statements}
        self._hits: Mapping[str, np.ndarray[tuple[int], np.dtype[np.int64]]] = {
            text: np.zeros(plan.replicates, dtype=np.int64) for text in self._statements
        }

    def add(self, replicate: int, block: Block) -> None:
        """Tally one block, cell by cell."""
        used = _used(block, self._policy)
        for start in range(0, used.size, self._plan.cell):
            cell = slice(start, start + self._plan.cell)
            chosen = slice(None) if used[cell].all() else used[cell]
            for name, tally in self._tallies.items():
                tally.add(replicate, block.values[name][cell][chosen])
        self._sizes[replicate] += used.sum()
        for text, statement in self._statements.items():
            held = np.broadcast_to(statement.holds(block.values), used.shape)
            self._hits[text][replicate] += (held & used).sum()

    def sample(self) -> Streamed:
        """Return the tallies."""
        return Streamed(self._tallies, self._sizes, self._hits)
