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

FEWEST: Final = 3
# Half of the central 90 % of a normal distribution, in standard deviations.
NORMAL_90: Final = 1.6448536269514722


@dataclass(frozen=True)
class Width:
    """How wide intervals of log time should be.

    Attributes
    ----------
    half50, half90 : float
        Factors on the half-widths of the central 50 % and 90 %.
    extra : float
        Standard deviation of an error that widens the central 90 % as much; 0 where the factor
        would narrow it.
    """

    half50: float
    half90: float
    extra: float = 0.0


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
        (by, architecture) → factors. Where fewer than three folds have the architecture, they say
        nothing of the next one, and the model's own width stands.
    """
    found: dict[tuple[str, str], Width] = {}
    for by in dict.fromkeys(each.by for each in predictions):
        folds = [each for each in predictions if each.by == by and each.held != without]
        for kind in ("dense", "mixture"):
            having = [each for each in folds if _here(each, kind).any()]
            found[by, kind] = _width(having, kind) if len(having) >= FEWEST else Width(1.0, 1.0)
    return MappingProxyType(found)


def _here(fold: Prediction, kind: str) -> npt.NDArray[np.bool_]:
    mine = np.array([architecture(group).endswith(kind) for group in fold.data.group])
    # A source that alone measured a model teaches what a new model does, not what a source does.
    return mine & fold.known if fold.by == "source" else mine


def _width(folds: Sequence[Prediction], kind: str) -> Width:
    """Return factors from the errors of folds, which count by the root of their size."""
    here = [_here(fold, kind) for fold in folds]
    error = _joined([np.abs(fold.data.log_time - fold.median) for fold in folds], here)
    half50, half90 = (
        _joined([getattr(fold, name) for fold in folds], here) for name in ("half50", "half90")
    )
    weight = _joined([np.full(mask.size, 1 / np.sqrt(mask.sum())) for mask in here], here)
    factor = _quantile(error / half90, weight, 0.9)
    lacking = max(factor**2 - 1, 0.0) ** 0.5 * _quantile(half90, weight, 0.5)
    return Width(_quantile(error / half50, weight, 0.5), factor, lacking / NORMAL_90)


def _joined(parts: Sequence[Array], here: Sequence[npt.NDArray[np.bool_]]) -> Array:
    return np.concatenate([part[mask] for part, mask in zip(parts, here, strict=True)])


def _quantile(values: Array, weight: Array, level: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, level * reached[-1])])
