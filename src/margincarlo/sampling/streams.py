"""One input's standard-normal draws, cell by cell."""

from __future__ import annotations

from typing import Protocol, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from margincarlo.sampling.inverse_normal import inverse_normal
from margincarlo.sampling.keys import Use, bits, whole
from margincarlo.sampling.net import direction_numbers, points, scramble
from margincarlo.sampling.plans import Plan, check_sampler


class Normals(Protocol):
    """One input's source of standard-normal draws. Safe to use from several threads at once."""

    def draw(self, replicate: int, cell: int, out: NDArray[np.float64]) -> None:
        """Fill `out` with the standard-normal draws of one cell.

        Parameters
        ----------
        replicate, cell : int
            Which cell: 0 to ``plan.replicates - 1`` and 0 to ``plan.cells - 1``.
        out : array of float64, shape (plan.size(cell),)
            Filled in place; contiguous.

        Raises
        ------
        IndexError
            When the plan has no such cell.
        ValueError
            When `out` is not an array that fits the cell.
        """


def stream(plan: Plan, *, seed: SupportsIndex, name: str, dimension: int) -> Normals:
    """Return one input's source of standard-normal draws.

    Parameters
    ----------
    plan : Plan
        How many draws, and how they are cut.
    seed : int
        Seed of the run, zero or more.
    name : str
        Name of the input; together with `seed` it decides the draws.
    dimension : int
        Dimension of the net that is the input's own, 0 to 1023; unused when the draws are random.
        See :func:`~margincarlo.sampling.dimension_of`.

    Raises
    ------
    ScenarioError
        When the sampler is unknown or the seed is not a whole number of at least 0.
    ValueError
        When there is no such dimension.
    """
    check_sampler(plan.sampler)
    number = whole(seed, "seed", least=0)
    if plan.sampler == "random":
        return _RandomNormals(plan, number, name)
    return _SobolNormals(plan, number, name, dimension)


class _RandomNormals:
    """A generator of its own for each cell."""

    def __init__(self, plan: Plan, seed: int, name: str) -> None:
        self._plan = plan
        self._seed = seed
        self._name = name

    def draw(self, replicate: int, cell: int, out: NDArray[np.float64]) -> None:
        _check_cell(self._plan, replicate, cell, out)
        source = bits(self._seed, self._name, Use.DRAWS, replicate, cell)
        np.random.Generator(source).standard_normal(out=out)


class _SobolNormals:
    """An independently scrambled net for each replicate.

    Only the scrambled direction numbers are kept, 132 bytes a replicate. The points of a cell are
    cheap enough (a fifth of the inverse normal) to be made afresh, so nothing is shared between
    threads that one of them could change.
    """

    def __init__(self, plan: Plan, seed: int, name: str, dimension: int) -> None:
        self._plan = plan
        numbers = direction_numbers(dimension)
        self._nets = [
            scramble(numbers, bits(seed, name, Use.SCRAMBLE, replicate))
            for replicate in range(plan.replicates)
        ]

    def draw(self, replicate: int, cell: int, out: NDArray[np.float64]) -> None:
        _check_cell(self._plan, replicate, cell, out)
        numbers, shift = self._nets[replicate]
        inverse_normal(points(numbers, shift, cell * self._plan.cell, out.size), out)


def _check_cell(plan: Plan, replicate: int, cell: int, out: NDArray[np.float64]) -> None:
    if not 0 <= replicate < plan.replicates:
        raise IndexError(f"replicate {replicate} of a plan that has {plan.replicates}")
    shape = (plan.size(cell),)
    if out.shape != shape or out.dtype != np.float64 or not out.flags.c_contiguous:
        raise ValueError(
            f"out must be a contiguous float64 array of shape {shape}, "
            f"not {out.dtype} of shape {out.shape}"
        )
