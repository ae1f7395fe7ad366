"""Quality of models, as one number that two published indices show."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from margincarlo.calibration.market import Models

# Index / 20 of the average model.
TYPICAL: Final = 1.3
ELO_TAILS: Final = 4.0


def quality(models: Models) -> Any:
    """Return the quality of each model over that of the average one.

    Where no index was published, quality is a parameter: its prior is what age and size say of
    models that have one, and Elo and prices teach the rest.
    """
    import pymc as pm

    known = np.flatnonzero(np.isfinite(models.index))
    unknown = np.flatnonzero(~np.isfinite(models.index))
    about = np.column_stack(
        [np.ones(models.age.size), models.age, models.log_total, models.log_active]
    )
    expected = about @ pm.Normal("quality|slopes", [1.2, -0.5, 0.2, 0.1], 0.5, shape=4)
    spread = pm.HalfNormal("quality|spread", 0.4)
    pm.Normal("quality|index", expected[known], spread, observed=models.index[known])
    levels: Any = pm.math.constant(models.index[known])
    if unknown.size:
        guess = pm.Normal("quality|guess", 0.0, 1.0, shape=unknown.size)
        levels = pm.math.concatenate([levels, expected[unknown] + spread * guess])
        levels = levels[np.argsort(np.concatenate([known, unknown]))]
    level = pm.Deterministic("quality", levels - TYPICAL)
    _elo(models, level)
    return level


def _elo(models: Models, level: Any) -> None:
    import pymc as pm

    rated = np.flatnonzero(np.isfinite(models.elo))
    if not rated.size:
        return
    line = pm.Normal("quality|elo_line", [0.0, 1.0], [1.0, 0.7], shape=2)
    sigma = pm.HalfNormal("quality|elo_spread", 0.5)
    mean = line[0] + line[1] * level[rated]
    pm.StudentT("quality|elo", ELO_TAILS, mean, sigma=sigma, observed=models.elo[rated])
