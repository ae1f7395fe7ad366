"""How much wider or narrower intervals must be to hold what they promise.

A hierarchical model knows few accelerators and models, so the spread between them, and with it the
width of an interval for a new one, is poorly known. The errors that were found on rows held out say
what the width should have been.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.throughput.folds import Prediction

Array = npt.NDArray[np.float64]

FEWEST: Final = 10


@dataclass(frozen=True)
class Width:
    """Factors on the half-widths of the central 50 % and 90 % of log time."""

    half50: float
    half90: float


def architecture(group: str) -> str:
    """Return dense or mixture of a group such as ``nvidia mixture``."""
    return group.rpartition(" ")[2]


def widths(
    predictions: Sequence[Prediction], *, without: str = ""
) -> Mapping[tuple[str, str], Width]:
    """Return the factor for what was held out and the architecture.

    Parameters
    ----------
    predictions : sequence of Prediction
    without : str
        A fold whose own errors do not count, so that its coverage is an honest test.

    Returns
    -------
    mapping of (str, str) to Width
        (by, architecture) → factors. An architecture with too few rows in the other folds takes
        the factor of all.
    """
    found: dict[tuple[str, str], Width] = {}
    for by in dict.fromkeys(each.by for each in predictions):
        folds = [each for each in predictions if each.by == by and each.held != without]
        for kind in ("dense", "mixture"):
            some = [_errors(fold, kind) for fold in folds]
            if sum(len(errors[0]) for errors in some) < FEWEST:
                some = [_errors(fold, "") for fold in folds]
            found[by, kind] = _factors(some)
    return MappingProxyType(found)


def _errors(fold: Prediction, kind: str) -> tuple[Array, Array, Array]:
    """Return errors in half-widths, and the weight of each row: folds count by the root of size."""
    here = np.array([architecture(group).endswith(kind) for group in fold.data.group])
    error = np.abs(fold.data.log_time - fold.median)[here]
    weight = np.full(error.size, 1 / np.sqrt(max(error.size, 1)))
    return error / fold.half50[here], error / fold.half90[here], weight


def _factors(errors: Sequence[tuple[Array, Array, Array]]) -> Width:
    if not errors:
        return Width(1.0, 1.0)
    half50, half90, weight = (np.concatenate(parts) for parts in zip(*errors, strict=True))
    return Width(_quantile(half50, weight, 0.5), _quantile(half90, weight, 0.9))


def _quantile(values: Array, weight: Array, level: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, level * reached[-1])])
