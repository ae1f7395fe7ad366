"""Scores of predicted prices: how far off, how wide, how often inside; each with its noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LEVELS: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
RESAMPLES: Final = 1000


@dataclass(frozen=True)
class Score:
    """How well prices were predicted that had been held out.

    Attributes
    ----------
    mdape : float
        Median absolute relative error of the median prediction.
    crps : float
        Mean continuous ranked probability score of the logarithm of the price.
    cover50, cover90 : float
        Share of rows inside the central 50 % and 90 % interval.
    macro50, macro90 : float
        The same share of each group, and the mean of these: each group counts once, however many
        rows it has.
    half_width : float
        Factor from the middle of the central 90 % interval to its ends; median over rows.
    rows, groups : int
        Rows, and groups that they are from.
    errors : mapping of str to float
        Standard error of each figure, from a bootstrap of whole groups; not a number where a single
        group leaves none to estimate it from.
    """

    mdape: float
    crps: float
    cover50: float
    cover90: float
    macro50: float
    macro90: float
    half_width: float
    rows: int
    groups: int
    errors: Mapping[str, float]


@dataclass(frozen=True)
class Difference:
    """Mean of a difference over rows.

    Attributes
    ----------
    value : float
    error : float
        Standard error, from a bootstrap of whole groups.
    """

    value: float
    error: float


@dataclass(frozen=True, eq=False)
class _Rows:
    """What each row adds to a score, and its share of its group."""

    error: Array
    crps: Array
    inside50: Array
    inside90: Array
    half_width: Array
    of_group: Array


def score(draws: Array, actual: Array, groups: Sequence[str], *, seed: int = 0) -> Score:
    """Score predictions of log prices.

    Parameters
    ----------
    draws : ndarray
        Predictive draws of the logarithm of the price (draw, row).
    actual : ndarray
        Logarithm of the price of each row.
    groups : sequence of str
        Group of each row, for standard errors: rows of one family err together.
    seed : int
        Of the bootstrap.

    Raises
    ------
    ValueError
        If shapes differ, or a number is not finite.

    Examples
    --------
    >>> draws = np.log([[0.9, 2.0], [1.1, 2.2], [1.3, 2.4]])
    >>> found = score(draws, np.log([1.0, 2.2]), ["a", "b"])
    >>> found.mdape, found.cover50
    (0.05, 1.0)
    """
    rows = _scored(draws, actual, groups)
    weights = resampled(groups, np.random.default_rng(seed))
    found, spread = _figures(rows, np.ones((1, actual.size))), _figures(rows, weights)
    several = len(set(groups)) > 1
    return Score(
        **{name: float(value[0]) for name, value in found.items()},
        rows=actual.size,
        groups=len(set(groups)),
        errors={
            name: float(np.std(value)) if several else float("nan")
            for name, value in spread.items()
        },
    )


def paired_difference(
    first: Array, second: Array, actual: Array, groups: Sequence[str], *, seed: int = 0
) -> Difference:
    """Return the CRPS of one method less that of another on the same rows.

    Parameters
    ----------
    first, second : ndarray
        Predictive draws of the logarithm of the price (draw, row).
    actual : ndarray
        Logarithm of the price of each row.
    groups : sequence of str
        Group of each row, for the standard error.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Difference
        Below 0 where the first method is better.
    """
    by_row = crps(first, actual) - crps(second, actual)
    weights = resampled(groups, np.random.default_rng(seed))
    means = weights @ by_row / weights.sum(axis=1)
    several = len(set(groups)) > 1
    return Difference(float(by_row.mean()), float(np.std(means)) if several else float("nan"))


def crps(draws: Array, actual: Array) -> Array:
    """Return the continuous ranked probability score of each row: lower is better.

    That of the empirical distribution of the draws, exactly: the mean distance of a draw to what
    happened, less half the mean distance between two draws.

    Parameters
    ----------
    draws : ndarray
        (draw, row).
    actual : ndarray
        (row,).

    References
    ----------
    T. Gneiting and A. E. Raftery, "Strictly proper scoring rules, prediction, and estimation",
    Journal of the American Statistical Association 102, 2007, equation 21.

    Examples
    --------
    >>> crps(np.array([[0.0], [1.0]]), np.array([1.0]))
    array([0.25])
    """
    size = draws.shape[0]
    rank = 2 * np.arange(1, size + 1) - size - 1
    apart = 2 * (rank @ np.sort(draws, axis=0)) / size**2
    return np.asarray(np.abs(draws - actual).mean(axis=0) - apart / 2)


def _scored(draws: Array, actual: Array, groups: Sequence[str]) -> _Rows:
    if draws.ndim != 2 or draws.shape[1:] != actual.shape or actual.size != len(groups):
        raise ValueError(
            f"draws of shape {draws.shape}, {actual.size} prices and {len(groups)} groups; each row"
            " must have all three"
        )
    if not (np.isfinite(draws).all() and np.isfinite(actual).all()):
        raise ValueError("a draw or a price is not a finite number, so it cannot be scored")
    low90, low50, median, high50, high90 = np.quantile(draws, LEVELS, axis=0)
    return _Rows(
        error=np.abs(np.expm1(median - actual)),
        crps=crps(draws, actual),
        inside50=((low50 <= actual) & (actual <= high50)).astype(np.float64),
        inside90=((low90 <= actual) & (actual <= high90)).astype(np.float64),
        half_width=np.exp((high90 - low90) / 2),
        of_group=of_group(groups),
    )


def _figures(rows: _Rows, weights: Array) -> dict[str, Array]:
    """Return each figure under each set of weights (set, row)."""
    total = weights.sum(axis=1)
    once = weights * rows.of_group
    return {
        "mdape": _median(rows.error, weights),
        "crps": weights @ rows.crps / total,
        "cover50": weights @ rows.inside50 / total,
        "cover90": weights @ rows.inside90 / total,
        "macro50": once @ rows.inside50 / once.sum(axis=1),
        "macro90": once @ rows.inside90 / once.sum(axis=1),
        "half_width": _median(rows.half_width, weights),
    }


def of_group(groups: Sequence[str]) -> Array:
    """Return one over the number of rows of each row's group.

    Parameters
    ----------
    groups : sequence of str
        Group of each row.
    """
    _, group, sizes = np.unique(
        np.asarray(groups, dtype=object), return_inverse=True, return_counts=True
    )
    return np.asarray(1.0 / sizes[group])


def _median(values: Array, weights: Array) -> Array:
    """Return the median under each set of whole weights, as if rows were repeated."""
    order = np.argsort(values)
    below = np.cumsum(weights[:, order], axis=1)
    half = below[:, -1:] / 2
    ends = [np.argmax(below >= half, axis=1), np.argmax(below > half, axis=1)]
    return np.asarray(values[order][np.stack(ends)].mean(axis=0))


def resampled(groups: Sequence[str], rng: np.random.Generator) -> Array:
    """Return how often each row is in each resample of whole groups, (resample, row).

    Parameters
    ----------
    groups : sequence of str
        Group of each row.
    rng : numpy.random.Generator
    """
    names, group = np.unique(np.asarray(groups, dtype=object), return_inverse=True)
    picked = rng.multinomial(names.size, np.full(names.size, 1 / names.size), size=RESAMPLES)
    return picked[:, group].astype(np.float64)
