"""Scores of predictions: how far off, how often inside the interval, against the baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.throughput.folds import Prediction
from margincarlo.throughput.widths import Width, architecture, widths

Array = npt.NDArray[np.float64]

NEAR: Final = 0.25
RESAMPLES: Final = 200


@dataclass(frozen=True)
class Score:
    """How well a group of rows was predicted.

    Attributes
    ----------
    by, group : str
        What was held out; vendor and architecture, or the name held out.
    rows, folds : int
        Rows, and how many names were held out in turn.
    error : float
        Median absolute relative error of the time per token.
    typical : float
        Mean over folds of the same: a fold counts as one, however many rows it has.
    throughput : float
        Median absolute relative error of the throughput predicted at the measured time per token.
    bias : float
        Median of measured over predicted, less 1: above 0 we promise too much speed.
    near : float
        Share of rows within 25 %.
    cover90, cover50 : float
        Share of rows inside the central 90 % and 50 % interval, each fold's width factor taken
        from the other folds.
    baselines : mapping of str to float
        Median absolute relative error of each baseline.
    errors : mapping of str to float
        Standard error of each figure, from a bootstrap of whole folds; not a number where a single
        fold leaves none to estimate it from.
    """

    by: str
    group: str
    rows: int
    folds: int
    error: float
    typical: float
    throughput: float
    bias: float
    near: float
    cover90: float
    cover50: float
    baselines: Mapping[str, float]
    errors: Mapping[str, float]

    @property
    def beats_baselines(self) -> bool:
        """Whether every baseline is further off."""
        return all(self.error < other for other in self.baselines.values())


@dataclass(frozen=True, eq=False)
class Scored:
    """Rows of many folds, flat."""

    by: tuple[str, ...]
    held: tuple[str, ...]
    group: tuple[str, ...]
    error: Array
    speed: Array
    inside90: npt.NDArray[np.bool_]
    inside50: npt.NDArray[np.bool_]
    baselines: Mapping[str, Array]


def scored(
    predictions: Sequence[Prediction], factors: Mapping[tuple[str, str], Width] | None = None
) -> Scored:
    """Return every row's log error and whether its intervals hold it.

    Parameters
    ----------
    predictions : sequence of Prediction
    factors : mapping, optional
        Width factors; by default each fold takes those of the other folds.
    """
    inside90, inside50 = [], []
    for fold in predictions:
        of = factors or widths(predictions, without=fold.held)
        each = [of[fold.by, architecture(group)] for group in fold.data.group]
        error = np.abs(fold.data.log_time - fold.median)
        inside90.append(error <= fold.half90 * [width.half90 for width in each])
        inside50.append(error <= fold.half50 * [width.half50 for width in each])
    names = predictions[0].baselines
    return Scored(
        by=tuple(fold.by for fold in predictions for _ in fold.data.rows),
        held=tuple(fold.held for fold in predictions for _ in fold.data.rows),
        group=tuple(group for fold in predictions for group in fold.data.group),
        error=np.concatenate([fold.data.log_time - fold.median for fold in predictions]),
        speed=np.concatenate([np.abs(fold.batch / _true(fold) - 1) for fold in predictions]),
        inside90=np.concatenate(inside90),
        inside50=np.concatenate(inside50),
        baselines={
            name: np.concatenate(
                [fold.data.log_time - fold.baselines[name] for fold in predictions]
            )
            for name in names
        },
    )


def scores(rows: Scored, *, detail: bool = False) -> list[Score]:
    """Return the score of each group, or of each name held out in each group."""
    keys = list(zip(rows.by, rows.held if detail else rows.group, strict=True))
    order = sorted(dict.fromkeys(keys), key=lambda key: (list(rows.by).index(key[0]), key[1]))
    return [_score(rows, key, np.array([each == key for each in keys])) for key in order]


def _true(fold: Prediction) -> Array:
    return np.array([row.batch for row in fold.data.rows])


def _score(rows: Scored, key: tuple[str, str], here: npt.NDArray[np.bool_]) -> Score:
    places = [
        np.flatnonzero(here & np.array([each == held for each in rows.held]))
        for held in dict.fromkeys(held for held, mine in zip(rows.held, here, strict=True) if mine)
    ]
    figures = _figures(rows, places)
    return Score(
        by=key[0],
        group=key[1],
        rows=int(here.sum()),
        folds=len(places),
        error=figures["error"],
        typical=figures["typical"],
        throughput=figures["throughput"],
        bias=figures["bias"],
        near=figures["near"],
        cover90=figures["cover90"],
        cover50=figures["cover50"],
        baselines={name: figures[name] for name in rows.baselines},
        errors=_bootstrap(rows, places),
    )


def _figures(rows: Scored, folds: Sequence[npt.NDArray[np.intp]]) -> dict[str, float]:
    all_of_them = np.concatenate(folds)
    error = rows.error[all_of_them]
    return {
        "error": _median_error(error),
        "typical": float(np.mean([_median_error(rows.error[fold]) for fold in folds])),
        "throughput": float(np.median(rows.speed[all_of_them])),
        "bias": float(np.expm1(np.median(error))),
        "near": float(np.mean(relative(error) <= NEAR)),
        "cover90": float(rows.inside90[all_of_them].mean()),
        "cover50": float(rows.inside50[all_of_them].mean()),
        **{name: _median_error(other[all_of_them]) for name, other in rows.baselines.items()},
    }


def _bootstrap(rows: Scored, folds: Sequence[npt.NDArray[np.intp]]) -> dict[str, float]:
    if len(folds) < 2:
        return dict.fromkeys(_figures(rows, folds), float("nan"))
    rng = np.random.default_rng(0)
    picks = rng.integers(len(folds), size=(RESAMPLES, len(folds)))
    found = [_figures(rows, [folds[place] for place in pick]) for pick in picks]
    return {name: float(np.std([each[name] for each in found])) for name in found[0]}


def relative(error: Array) -> Array:
    """Return the absolute error of the prediction, as a share of what was measured."""
    return np.abs(np.expm1(-error))


def _median_error(error: Array) -> float:
    return float(np.median(relative(error)))
