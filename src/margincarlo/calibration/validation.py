"""Score the model of prices on what was held out, beside what people would use instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from margincarlo.calibration.baselines import predict_baselines
from margincarlo.calibration.folds import count, groups_by
from margincarlo.calibration.held_out import HeldOut, hold_out, pooled, recalibrated
from margincarlo.calibration.market import Market
from margincarlo.calibration.sample import Compiled
from margincarlo.calibration.score import Score, score

OURS: Final = "margincarlo"
AS_MODELED: Final = f"{OURS}, as modeled"

Scores = Mapping[str, tuple[Score, Score]]


def validate(
    market: Market,
    weights: Mapping[str, float],
    *,
    by: tuple[str, ...],
    k: int | None,
    seed: int,
    report: Callable[[str], None] = lambda _: None,
) -> dict[str, Scores]:
    """Return scores of held-out prices.

    Parameters
    ----------
    market : Market
    weights : mapping of str to float
        Assumption about rent → its share in the mixture.
    by : tuple of {"family", "model", "row"}
        What is held out together.
    k : int, optional
        Folds, as `count` takes them.
    seed : int
    report : callable
        Told of each fold.

    Returns
    -------
    dict of str to dict of str to (Score, Score)
        What was held out → method → scores of output and input prices.
    """
    parts: dict[str, dict[str, HeldOut]] = {each: {} for each in by}
    report("compiling")
    compiled = Compiled(market)
    for kind in weights:
        for each in by:
            parts[each][kind] = hold_out(compiled, kind, each, k=k, seed=seed, report=report)
    return {each: _scores(market, parts[each], weights, k, seed) for each in by}


def _scores(
    market: Market,
    parts: Mapping[str, HeldOut],
    weights: Mapping[str, float],
    k: int | None,
    seed: int,
) -> Scores:
    mixture = pooled(parts, weights, seed=seed)
    total = count(groups_by(market, mixture.by), mixture.by, k)
    ours = {OURS: mixture}
    if len(parts) > 1:
        ours |= {f"{OURS}, {kind}": each for kind, each in parts.items()}
    others = predict_baselines(market, mixture.by, k=total, seed=seed)
    every = ours | {name: HeldOut(*each, mixture.by) for name, each in others.items()}
    # A new host of a known model is predicted as the model says.
    if mixture.by != "row":
        every = {name: recalibrated(each, market) for name, each in every.items()}
        every[AS_MODELED] = mixture
    drawn = {name: (each.log_output, each.log_input) for name, each in every.items()}
    rows = np.flatnonzero(np.isfinite(mixture.log_output[0]))
    groups = [market.family[row] for row in rows]
    return {
        name: (
            score(output[:, rows], market.log_output[rows], groups),
            score(prompt[:, rows], market.log_input[rows], groups),
        )
        for name, (output, prompt) in drawn.items()
    }
