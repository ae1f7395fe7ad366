"""How many draws there are, and how they are cut into replicates and cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, SupportsIndex

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.sampling.keys import whole

CELL: Final = 65_536
"""Draws in a full cell, the unit of work: few enough that the arrays of one stay in cache, and
enough that threads, which take turns at the interpreter between operations, seldom meet there."""

REPLICATES: Final = 16
"""Independent scrambles (or batches) whose spread gives the Monte Carlo error."""

SAMPLERS: Final = ("sobol", "random")

_LEAST_LOG2: Final = 2
_MOST_LOG2: Final = 32


@dataclass(frozen=True)
class Plan:
    """How many draws, and how they are cut; build it with :func:`plan`.

    Attributes
    ----------
    sampler : str
        ``"sobol"`` (scrambled digital net) or ``"random"``.
    replicates : int
        Number of independent scrambles or batches. Their *estimates* are independent; draw n of one
        scramble and draw n of another are not, since both come from point n of the same net.
    per_replicate : int
        Draws in each replicate; a power of two under ``"sobol"``.
    cell : int
        Draws in a cell, the unit of work. Cells never straddle replicates.
    """

    sampler: str
    replicates: int
    per_replicate: int
    cell: int

    @property
    def draws(self) -> int:
        """Draws in all."""
        return self.replicates * self.per_replicate

    @property
    def cells(self) -> int:
        """Cells in each replicate."""
        return -(-self.per_replicate // self.cell)

    def size(self, cell: int) -> int:
        """Return the draws in cell number `cell` of a replicate; only the last can be shorter."""
        if not 0 <= cell < self.cells:
            raise IndexError(f"cell {cell} of a replicate that has {self.cells}")
        return min(self.cell, self.per_replicate - cell * self.cell)


def plan(draws: SupportsIndex, sampler: str = "sobol") -> Plan:
    """Return the smallest plan with at least `draws` draws.

    Parameters
    ----------
    draws : int
        Draws wanted, at least 1. Rounded up to a multiple of 16 under ``"random"``, and to 16 times
        a power of two, at least 64, under ``"sobol"``: a net is balanced only when it is complete.
    sampler : {"sobol", "random"}
        Where the draws come from.

    Raises
    ------
    ScenarioError
        When `sampler` is unknown, or `draws` is not a whole number of at least 1, or is more than
        the 2**36 that a 32-bit net of 16 replicates has.

    Examples
    --------
    >>> plan(100_000).draws
    131072
    >>> plan(100_000, "random")
    Plan(sampler='random', replicates=16, per_replicate=6250, cell=6250)
    """
    check_sampler(sampler)
    wanted = whole(draws, "draws", least=1)
    per_replicate = -(-wanted // REPLICATES)
    if sampler == "sobol":
        log2 = max(_LEAST_LOG2, (per_replicate - 1).bit_length())
        if log2 > _MOST_LOG2:
            most = REPLICATES << _MOST_LOG2
            raise ScenarioError(
                f"draws must be at most {most} with sampler = 'sobol', not {wanted}; "
                "ask for fewer, or use sampler = 'random'"
            )
        per_replicate = 1 << log2
    return Plan(sampler, REPLICATES, per_replicate, min(per_replicate, CELL))


def check_sampler(sampler: str) -> None:
    """Raise ScenarioError unless `sampler` is one we have."""
    if sampler in SAMPLERS:
        return
    allowed = " or ".join(repr(name) for name in SAMPLERS)
    hint = did_you_mean(str(sampler), SAMPLERS)
    raise ScenarioError(f"sampler must be {allowed}, not {sampler!r}{hint or '; choose one'}")
