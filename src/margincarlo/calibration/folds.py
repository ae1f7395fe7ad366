"""Which rows are held out together: whole families, whole models, or single rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.market import Market
from margincarlo.errors import did_you_mean

Index = npt.NDArray[np.int64]

BY: Final = ("family", "model", "row")
# Hundreds of endpoints are dealt to folds; families and models can each be one of its own.
ROW_FOLDS: Final = 13


def groups_by(market: Market, by: str) -> tuple[str, ...]:
    """Return the name of the group that each row belongs to.

    Parameters
    ----------
    market : Market
    by : {"family", "model", "row"}
        Rows of a family share creator, layers, width and experts: to hold out only the model would
        leave its siblings to copy from. A row by itself asks for a new host of a known model.

    Raises
    ------
    ValueError
        If `by` is none of these.
    """
    if by == "family":
        return market.family
    if by == "model":
        return tuple(market.models.names[place] for place in market.model)
    if by == "row":
        return tuple(str(row) for row in range(market.model.size))
    allowed = ", ".join(BY)
    raise ValueError(f"cannot hold out by {by!r}; choose from {allowed}{did_you_mean(by, BY)}")


def count(groups: Sequence[str], by: str, k: int | None) -> int:
    """Return the number of folds.

    Parameters
    ----------
    groups : sequence of str
        Group of each row.
    by : {"family", "model", "row"}
    k : int, optional
        At most so many. By default every family or model is a fold of its own, and rows are dealt
        to thirteen.
    """
    size = len(set(groups))
    if k is None and by != "row":
        return size
    return min(ROW_FOLDS if k is None else k, size)


def folds(groups: Sequence[str], k: int, seed: int) -> Index:
    """Deal rows to folds, whole groups at a time, so that folds have about as many rows.

    Groups go, largest first, to whichever fold has least rows; groups of one size in an order that
    the seed decides.

    Parameters
    ----------
    groups : sequence of str
        Group of each row.
    k : int
        Number of folds, from 2 to the number of groups.
    seed : int

    Returns
    -------
    ndarray of int
        Fold of each row, from 0 to k - 1; none is empty.

    Raises
    ------
    ValueError
        If there are fewer groups than folds, or fewer than 2 folds.

    Examples
    --------
    >>> folds(["a", "a", "a", "b", "c", "c"], k=2, seed=0).tolist()
    [0, 0, 0, 1, 1, 1]
    """
    names, group, sizes = np.unique(
        np.asarray(groups, dtype=object), return_inverse=True, return_counts=True
    )
    if not 2 <= k <= names.size:
        raise ValueError(f"{k} folds of {names.size} groups; choose from 2 to {names.size} folds")
    shuffled = np.random.default_rng(seed).permutation(names.size)
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    fold = np.empty(names.size, dtype=np.int64)
    rows = np.zeros(k, dtype=np.int64)
    for each in order:
        fold[each] = least = int(np.argmin(rows))
        rows[least] += sizes[each]
    return fold[group]
