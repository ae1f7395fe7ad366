"""Rank correlations between named quantities, drawn with a Gaussian copula."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from margincarlo.beliefs import correlation_matrix
from margincarlo.beliefs.table import FloatArray
from margincarlo.errors import CorrelationError

type Pair = tuple[str, str]


@dataclass(frozen=True)
class Correlation:
    """Two quantities that tend to be high together (or one high when the other is low).

    Parameters
    ----------
    first, second : str
        Their names.
    rank : float
        Spearman's rank correlation, −1 to 1. At ±1 the two share one driver.
    because : str, optional
        Why, in a few words.
    """

    first: str
    second: str
    rank: float
    because: str = ""

    def __post_init__(self) -> None:
        pair = f"correlation of {self.first!r} and {self.second!r}"
        if self.first == self.second:
            raise CorrelationError(f"{pair}: a quantity always follows itself; name two quantities")
        number = isinstance(self.rank, (int, float, np.integer, np.floating))
        if isinstance(self.rank, bool) or not number or not abs(self.rank) <= 1.0:
            raise CorrelationError(f"{pair}: rank must lie between -1 and 1, got {self.rank!r}")
        object.__setattr__(self, "rank", float(self.rank))


@dataclass(frozen=True)
class Copula:
    """Turns independent standard normals into correlated ones, group by group.

    Made by `correlate`. A group is everything linked by stated correlations, directly or through
    others; groups never mix, so that a change in one leaves the others bit-identical.

    Parameters
    ----------
    correlations : tuple of Correlation
        As stated.
    """

    correlations: tuple[Correlation, ...] = ()

    @cached_property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Names that move together, sorted within and between groups."""
        return tuple(sorted(_components(self.correlations)))

    @cached_property
    def members(self) -> frozenset[str]:
        """Every name that is correlated with another."""
        return frozenset(name for group in self.groups for name in group)

    def matrix(self, group: Sequence[str]) -> FloatArray:
        """Pearson correlations of the normals of one group, in the order of its names."""
        return correlation_matrix.to_gaussian(self.rank_matrix(group))

    def rank_matrix(self, group: Sequence[str]) -> FloatArray:
        """Spearman rank correlations within one group, in the order of its names.

        A pair that nobody stated counts as uncorrelated, except that a quantity tied to another by
        ±1 has that quantity's correlations.
        """
        stated = self._stated
        shared = {name: self._drivers.get(name, (name, 1.0)) for name in group}
        rank = np.eye(len(group))
        for i, first in enumerate(group):
            for j, second in enumerate(group[:i]):
                given = stated.get((first, second))
                rank[i, j] = rank[j, i] = (
                    given if given is not None else self._inherited(shared[first], shared[second])
                )
        return rank

    def mix(self, normals: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Replace independent standard normals by correlated ones.

        Parameters
        ----------
        normals : mapping of str to ndarray
            Independent standard normal draws by name, all of one shape. Of each
            group all members are given, or none.

        Returns
        -------
        dict of str to ndarray
            The same names. Members of a group are new arrays, the rest is passed through. Every
            draw is mixed by itself, so that blocks of any size give the same bits.

        Raises
        ------
        CorrelationError
            If only some members of a group are given.
        """
        out = dict(normals)
        for group in self.groups:
            absent = [name for name in group if name not in normals]
            if len(absent) == len(group):
                continue
            if absent:
                raise CorrelationError(
                    f"{', '.join(absent)} must be drawn together with the rest of "
                    f"{', '.join(group)}; add the draws or drop the correlation"
                )
            out |= self._mix_group(group, normals)
        return out

    def _mix_group(
        self, group: tuple[str, ...], normals: Mapping[str, FloatArray]
    ) -> dict[str, FloatArray]:
        leaders, root = self._roots[group]
        mixed: dict[str, FloatArray] = {}
        for row, name in enumerate(leaders):
            total = normals[leaders[0]] * root[row, 0]
            # Not a matrix product: BLAS rounds differently with the number of draws.
            for column in range(1, row + 1):
                if root[row, column] != 0.0:
                    total += normals[leaders[column]] * root[row, column]
            mixed[name] = total
        for name in group:
            leader, sign = self._drivers.get(name, (name, 1.0))
            if name != leader:
                mixed[name] = sign * mixed[leader]
        return mixed

    @cached_property
    def _stated(self) -> dict[Pair, float]:
        stated: dict[Pair, float] = {}
        for link in self.correlations:
            stated[link.first, link.second] = stated[link.second, link.first] = link.rank
        return stated

    @cached_property
    def _drivers(self) -> dict[str, tuple[str, float]]:
        """For each name tied to others by ±1: the first of them, and the sign toward it."""
        tied = [link for link in self.correlations if abs(link.rank) == 1.0]
        drivers: dict[str, tuple[str, float]] = {}
        for group in _components(tied):
            drivers[group[0]] = (group[0], 1.0)
            waiting = [group[0]]
            while waiting:
                name = waiting.pop()
                for other in group:
                    if other not in drivers and abs(self._stated.get((name, other), 0.0)) == 1.0:
                        sign = drivers[name][1] * self._stated[name, other]
                        drivers[other] = (group[0], sign)
                        waiting.append(other)
        return drivers

    def _inherited(self, first: tuple[str, float], second: tuple[str, float]) -> float:
        """Correlation of two names through whatever shares their drivers."""
        if first[0] == second[0]:
            return first[1] * second[1]
        for (one, other), rank in sorted(self._stated.items()):
            leader, sign = self._drivers.get(one, (one, 1.0))
            toward, other_sign = self._drivers.get(other, (other, 1.0))
            if (leader, toward) == (first[0], second[0]):
                return rank * sign * other_sign * first[1] * second[1]
        return 0.0

    @cached_property
    def _roots(self) -> dict[tuple[str, ...], tuple[tuple[str, ...], FloatArray]]:
        roots = {}
        for group in self.groups:
            leaders = tuple(n for n in group if self._drivers.get(n, (n, 1.0))[0] == n)
            roots[group] = (leaders, correlation_matrix.factor(self.matrix(leaders)))
        return roots


def correlate(correlations: Sequence[Correlation]) -> Copula:
    """Check that the correlations can hold together and return what draws them.

    Parameters
    ----------
    correlations : sequence of Correlation
        Each pair of names at most once.

    Raises
    ------
    CorrelationError
        If a pair is given twice, or no joint distribution has these correlations; then the names
        of a smallest set that is already impossible, and the nearest ranks that are possible.
    """
    seen: set[frozenset[str]] = set()
    for link in correlations:
        pair = frozenset((link.first, link.second))
        if pair in seen:
            raise CorrelationError(
                f"the correlation of {link.first!r} and {link.second!r} is given twice; keep one"
            )
        seen.add(pair)
    copula = Copula(tuple(correlations))
    for group in copula.groups:
        rank = copula.rank_matrix(group)
        if not correlation_matrix.feasible(rank):
            raise CorrelationError(_impossible(group, rank, seen))
    return copula


def _impossible(group: tuple[str, ...], rank: FloatArray, seen: set[frozenset[str]]) -> str:
    chosen = correlation_matrix.culprits(rank)
    part = rank[np.ix_(chosen, chosen)]
    near = correlation_matrix.nearest_feasible(part)
    names = [group[index] for index in chosen]
    pairs = []
    for i, first in enumerate(names):
        for j in range(i + 1, len(names)):
            unstated = "" if frozenset((first, names[j])) in seen else " (not stated)"
            pairs.append(f"{first}–{names[j]} {near[i, j]:g} instead of {part[i, j]:g}{unstated}")
    least = correlation_matrix.smallest_eigenvalue(part)
    return (
        f"the correlations of {', '.join(names)} cannot hold together (smallest eigenvalue "
        f"{least:.3g}); the nearest that can: {'; '.join(pairs)}"
    )


def _components(correlations: Sequence[Correlation]) -> list[tuple[str, ...]]:
    groups: list[set[str]] = []
    for link in correlations:
        pair = {link.first, link.second}
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [pair.union(*touched)]
    return [tuple(sorted(group)) for group in groups]
