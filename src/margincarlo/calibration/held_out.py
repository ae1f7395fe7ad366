"""Hold endpoints out, learn from the rest, and see how well their prices are predicted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.anew import anew
from margincarlo.calibration.folds import count, folds, groups_by
from margincarlo.calibration.market import Market
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.recalibrate import (
    cross_fitted,
    normal_scores,
    recalibration,
    standard_errors,
)
from margincarlo.calibration.sample import Compiled
from margincarlo.calibration.score import score

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

OUTPUT: Final = "output"
INPUT: Final = "input"
# Enough for intervals of one endpoint; a fold takes five seconds.
DRAWS: Final = 300
TUNE: Final = 250
# Of assumptions that are a twentieth of the mixture each.
FEWER: Final = {"exponential": 80, "gamma": 80}
CHAINS: Final = 2
# How often a held-out model is drawn for each draw of what all models share.
TIMES: Final = 5


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Predictions of prices that taught nothing.

    Attributes
    ----------
    log_output, log_input : ndarray
        (draw, endpoint), logarithms of USD/Mtok; nan for what was never held out.
    by : str
        What was held out together.
    """

    log_output: Array
    log_input: Array
    by: str


def hold_out(
    compiled: Compiled,
    kind: str,
    by: str,
    *,
    k: int | None,
    seed: int,
    report: Callable[[str], None],
) -> HeldOut:
    """Predict every endpoint from the folds that it is not in.

    Parameters
    ----------
    compiled : Compiled
        One compilation serves all folds.
    kind : str
        Assumption about rent.
    by : {"family", "model", "row"}
    k : int, optional
        Folds, as `count` takes them.
    seed : int
    report : callable
        Told of each fold.
    """
    market = compiled.market
    groups = groups_by(market, by)
    total = count(groups, by, k)
    fold = folds(groups, total, seed)
    rng = np.random.default_rng([seed, 7])
    draws, times = FEWER.get(kind, DRAWS), 1 if by == "row" else TIMES
    log_output = np.full((draws * CHAINS * times, market.model.size), np.nan)
    log_input = np.full_like(log_output, np.nan)
    for number in range(total):
        report(f"{kind}: without {by} fold {number + 1} of {total}")
        # A creator's list is public: a new host knows it, and nobody predicts it.
        held = (fold == number) & ((by != "row") | (market.first_party == 0))
        found = compiled.sample(
            kind,
            seed=seed + number,
            draws=draws,
            tune=TUNE,
            chains=CHAINS,
            diagnosed=False,
            held_out=held,
        )
        rows = np.flatnonzero(held)
        drawn = {name: found.stacked(name) for name in found.draws}
        if by != "row":
            drawn = anew(kind, drawn, market, rows, times=times, rng=rng)
        log_output[:, rows], log_input[:, rows] = log_prices(
            drawn, market, rows, seen=by == "row", rng=rng
        )
    return HeldOut(log_output, log_input, by)


def pooled(parts: Mapping[str, HeldOut], weights: Mapping[str, float], *, seed: int) -> HeldOut:
    """Return predictions of a mixture of assumptions, as many draws as there are for it."""
    rng = np.random.default_rng([seed, 8])
    sizes = {kind: each.log_output.shape[0] for kind, each in parts.items()}
    total = min(sizes[kind] / weights[kind] for kind in parts)
    rows = {kind: rng.permutation(sizes[kind])[: round(weights[kind] * total)] for kind in parts}
    return HeldOut(
        np.concatenate([parts[kind].log_output[rows[kind]] for kind in parts]),
        np.concatenate([parts[kind].log_input[rows[kind]] for kind in parts]),
        next(iter(parts.values())).by,
    )


def recalibrated(found: HeldOut, market: Market) -> HeldOut:
    """Return predictions, those of each family recalibrated by the scores of the others."""
    rows, groups = _families(found, market)
    drawn = {}
    for name, (draws, actual) in _kinds(found, market).items():
        drawn[name] = draws.copy()
        drawn[name][:, rows] = cross_fitted(draws[:, rows], actual[rows], groups)
    return replace(found, log_output=drawn[OUTPUT], log_input=drawn[INPUT])


def recalibrations(found: HeldOut, market: Market) -> dict[str, dict[str, Any]]:
    """Return what predictions of new models are to be recalibrated by, as plain values."""
    rows, groups = _families(found, market)
    told = {}
    for name, (draws, actual) in _kinds(found, market).items():
        where = normal_scores(draws[:, rows], actual[rows])
        told[name] = {
            **asdict(recalibration(where, groups)),
            "errors": standard_errors(where, groups),
        }
    return told


def scores(found: HeldOut, market: Market) -> dict[str, Any]:
    """Return the scores of output and input prices, or of blended ones, as plain values."""
    rows, groups = _families(found, market)
    kinds = _kinds(found, market)
    if not market.has_split:
        kinds = {"blended": kinds[OUTPUT]}
    return {
        name: asdict(score(draws[:, rows], actual[rows], groups))
        for name, (draws, actual) in kinds.items()
    }


def _families(found: HeldOut, market: Market) -> tuple[Index, list[str]]:
    """Return the endpoints that were held out, and the family of each."""
    rows = np.flatnonzero(np.isfinite(found.log_output[0]))
    return rows, [market.family[row] for row in rows]


def _kinds(found: HeldOut, market: Market) -> dict[str, tuple[Array, Array]]:
    return {
        OUTPUT: (found.log_output, market.log_output),
        INPUT: (found.log_input, market.log_input),
    }
