"""Whether a set of rank correlations can hold together, and what would."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from margincarlo.beliefs.table import FloatArray

SLACK = 1e-10
LARGEST_SCAN = 20_000


def to_gaussian(rank: FloatArray) -> FloatArray:
    """Pearson correlation of the normals whose Spearman rank correlation is `rank`.

    ``2 sin(π ρ / 6)``, Kruskal, "Ordinal measures of association", JASA 53, 1958.
    """
    inner = 2.0 * np.sin(np.pi / 6.0 * rank)
    return np.where(np.abs(rank) == 1.0, rank, inner)


def to_rank(gaussian: FloatArray) -> FloatArray:
    """Spearman rank correlation of normals with this Pearson correlation."""
    return np.asarray(6.0 / np.pi * np.arcsin(0.5 * gaussian))


def smallest_eigenvalue(rank: FloatArray) -> float:
    """Smallest eigenvalue of the Gaussian correlation matrix; negative when infeasible."""
    return float(np.linalg.eigvalsh(to_gaussian(rank))[0])


def feasible(rank: FloatArray) -> bool:
    """Whether some joint distribution has these rank correlations, in a Gaussian copula."""
    return smallest_eigenvalue(rank) >= -SLACK


def culprits(rank: FloatArray) -> tuple[int, ...]:
    """Members of a smallest subset that is already infeasible.

    Subsets are scanned from three members up while that is cheap; after that members are dropped
    for as long as the rest stays infeasible, which yields a subset that cannot be made smaller by
    leaving any one out.
    """
    members, scanned = tuple(range(len(rank))), 0
    for size in range(3, len(rank)):
        for subset in combinations(members, size):
            scanned += 1
            if scanned > LARGEST_SCAN:
                return _shrink(rank)
            if not feasible(rank[np.ix_(subset, subset)]):
                return subset
    return members


def _shrink(rank: FloatArray) -> tuple[int, ...]:
    kept = list(range(len(rank)))
    for member in range(len(rank)):
        without = [other for other in kept if other != member]
        if not feasible(rank[np.ix_(without, without)]):
            kept = without
    return tuple(kept)


def nearest_feasible(rank: FloatArray) -> FloatArray:
    """Rank correlations near `rank` that can hold together, rounded to three decimals.

    The Gaussian correlations nearest in the sum of squares, by alternating projections with
    Dykstra's correction (Higham, "Computing the nearest correlation matrix", IMA Journal of
    Numerical Analysis 22, 2002); what is lost to rounding is bought back by pulling all of them
    slightly toward zero.
    """
    nearest = to_gaussian(rank)
    correction = np.zeros_like(nearest)
    for _ in range(300):
        shifted = nearest - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
        correction = positive - shifted
        nearest = positive.copy()
        np.fill_diagonal(nearest, 1.0)
    exact = to_rank(np.clip(nearest, -1.0, 1.0))
    for pull in (1.0, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9):
        near = np.round(exact * pull, 3)
        np.fill_diagonal(near, 1.0)
        if feasible(near):
            break
    return near


def factor(gaussian: FloatArray) -> FloatArray:
    """Lower triangular root of a positive semidefinite matrix (Cholesky, zero pivots allowed)."""
    size = len(gaussian)
    root = np.zeros_like(gaussian)
    for column in range(size):
        rest = gaussian[column:, column] - root[column:, :column] @ root[column, :column]
        if rest[0] > SLACK:
            root[column:, column] = rest / np.sqrt(rest[0])
    return root
