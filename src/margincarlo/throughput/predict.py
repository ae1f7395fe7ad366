"""Predict the efficiencies and the speed of a configuration from a posterior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from margincarlo.measurements import Efficiency, Facts, predicted_time
from margincarlo.throughput.design import (
    FACTORS,
    LEVELS,
    SLOPES,
    TERMS,
    Configuration,
    Factor,
    covariates,
)
from margincarlo.throughput.model import efficiency_of
from margincarlo.throughput.posterior import Posterior

Array = npt.NDArray[np.float64]


def log_efficiencies(
    posterior: Posterior, rows: Sequence[Configuration], *, seed: int
) -> dict[str, Array]:
    """Return the logarithm of each efficiency.

    Parameters
    ----------
    posterior : Posterior
    rows : sequence of Configuration
    seed : int
        Of the effects of levels that were never measured; rows of one such level share its draws.

    Returns
    -------
    dict of str to ndarray
        Term → (row, draw); the overhead is one of each layer, in s.
    """
    slopes = covariates(rows)
    log: dict[str, Array] = {}
    for term in TERMS:
        total = np.tile(posterior.draws[f"{term}|mean"], (len(rows), 1))
        for factor in (each for each in FACTORS if each.term == term):
            total += _effects(posterior, rows, factor, seed)
        for name, (of, _) in SLOPES.items():
            if of == term:
                total += slopes[name][:, None] * posterior.draws[f"{term}|{name}"]
        log[term] = total
    return log


def _effects(
    posterior: Posterior, rows: Sequence[Configuration], factor: Factor, seed: int
) -> Array:
    known = posterior.levels[factor.name]
    learned = posterior.draws[factor.key]
    drawn: dict[str, Array] = {}
    for row in rows:
        level = LEVELS[factor.name](row)
        if level in drawn:
            continue
        if level in known:
            drawn[level] = learned[:, known.index(level)]
        else:
            sd: Any = posterior.draws[f"{factor.key}|sd"] if factor.learned else factor.sd
            key = [seed, *f"{factor.key}|{level}".encode()]
            drawn[level] = sd * _symmetric(np.random.default_rng(key), posterior.size)
    return np.stack([drawn[LEVELS[factor.name](row)] for row in rows])


def efficiencies(
    posterior: Posterior, rows: Sequence[Configuration], layers: Array, *, seed: int
) -> Efficiency:
    """Return efficiencies (row, draw); `layers` is one number a row."""
    log = log_efficiencies(posterior, rows, seed=seed)
    return efficiency_of(log, layers[:, None], np.exp)


def log_times(
    posterior: Posterior, rows: Sequence[Configuration], facts: Facts, *, seed: int
) -> Array:
    """Return log time per output token (row, draw), s, without residual error."""
    efficiency = efficiencies(posterior, rows, facts.layers, seed=seed)
    return np.asarray(np.log(predicted_time(facts.column(), efficiency)), dtype=np.float64)


def _symmetric(rng: np.random.Generator, size: int) -> Array:
    """Return standard normal draws, each with its negative, so that their median is zero."""
    half = rng.standard_normal(size - size // 2)
    return rng.permutation(np.concatenate([half, -half])[:size])
