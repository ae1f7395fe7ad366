"""The same model without PyMC: its mode, and a Gaussian around it. Fast enough for every fold.

The posterior is found by iteratively reweighted Gauss-Newton steps: Student-t residuals weigh rows
down that lie far off [1]_. Standard deviations of populations stay at their prior medians.

References
----------
.. [1] K. L. Lange, R. J. A. Little and J. M. G. Taylor, "Robust Statistical Modeling Using the t
   Distribution", Journal of the American Statistical Association 84(408), 1989: section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.errors import CalibrationError
from margincarlo.measurements import predicted_time
from margincarlo.throughput.data import Data
from margincarlo.throughput.design import (
    FACTORS,
    INTERCEPTS,
    SLOPES,
    TERMS,
    covariates,
    indicator,
    levels_of,
)
from margincarlo.throughput.model import RESIDUAL as RESIDUAL_PRIOR
from margincarlo.throughput.model import TAILS, efficiency_of
from margincarlo.throughput.posterior import Posterior, frozen

Array = npt.NDArray[np.float64]

ROUNDS: Final = 300
SETTLED: Final = 1e-3
STEP: Final = 1e-4
HALVINGS: Final = 12


@dataclass(frozen=True, eq=False)
class Columns:
    """Design matrices, one per term, over one vector of parameters.

    `slices` says where each named effect lies; `mean` and `sd` are the prior.
    """

    matrices: dict[str, Array]
    slices: dict[str, slice]
    mean: Array
    sd: Array


def fit(data: Data, weight: Array, *, draws: int, seed: int) -> Posterior:
    """Return draws of the posterior of `data`, approximated at its mode.

    Parameters
    ----------
    data : Data
    weight : ndarray
        Exponent of each row's likelihood; 0 holds it out.
    draws, seed : int
    """
    columns = _columns(data)
    groups = sorted(set(data.group))
    place = np.array([groups.index(each) for each in data.group])
    theta, scale = columns.mean.copy(), np.full(len(groups), np.exp(RESIDUAL_PRIOR[0]))
    precision = np.diag(columns.sd**-2.0)
    for _ in range(ROUNDS):
        log_time, jacobian = _linearized(data, columns, theta)
        residual = data.log_time - log_time
        rows = weight * (TAILS + 1) / (TAILS + (residual / scale[place]) ** 2)
        scale = _scales(residual, rows, weight, place, scale)
        weighted = jacobian * (rows / scale[place] ** 2)[:, None]
        precision = weighted.T @ jacobian + np.diag(columns.sd**-2.0)
        pull = weighted.T @ residual + (columns.mean - theta) / columns.sd**2
        step = np.linalg.solve(precision, pull)
        height = partial(_height, data, columns, weight, scale[place])
        theta = theta + _shortened(height, theta, step)
        if np.abs(step).max() < SETTLED:
            break
    else:
        raise CalibrationError(f"the mode was not found in {ROUNDS} steps; are rows contradictory?")
    return _draws(data, columns, theta, precision, scale, tuple(groups), draws, seed)


def _height(data: Data, columns: Columns, weight: Array, scale: Array, theta: Array) -> float:
    """Return the logarithm of the posterior density at `theta`, up to a constant."""
    log = {term: columns.matrices[term] @ theta for term in TERMS}
    off = (data.log_time - _log_time(data, log)) / scale
    likelihood = -(TAILS + 1) / 2 * np.log1p(off**2 / TAILS)
    prior = -(((theta - columns.mean) / columns.sd) ** 2) / 2
    return float((weight * likelihood).sum() + prior.sum())


def _shortened(height: Callable[[Array], float], theta: Array, step: Array) -> Array:
    """Return the step, halved until it leads upwards: a time falls no lower than nothing."""
    here = height(theta)
    for _ in range(HALVINGS):
        if height(theta + step) >= here:
            break
        step = step / 2
    return step


def _columns(data: Data) -> Columns:
    rows = data.configurations
    levels = levels_of(rows)
    slopes = covariates(rows)
    matrices: dict[str, list[Array]] = {term: [] for term in TERMS}
    slices: dict[str, slice] = {}
    mean: list[float] = []
    sd: list[float] = []

    def add(term: str, key: str, block: Array, center: float, spread: float) -> None:
        slices[key] = slice(len(mean), len(mean) + block.shape[1])
        mean.extend([center] * block.shape[1])
        sd.extend([spread] * block.shape[1])
        for other, blocks in matrices.items():
            blocks.append(block if other == term else np.zeros_like(block))

    for term, (center, spread) in INTERCEPTS.items():
        add(term, f"{term}|mean", np.ones((len(rows), 1)), center, spread)
    for name, (term, spread) in SLOPES.items():
        add(term, f"{term}|{name}", slopes[name][:, None], 0.0, spread)
    for factor in FACTORS:
        block = indicator(rows, factor.name, levels[factor.name])
        add(factor.term, factor.key, block, 0.0, factor.sd)
    stacked = {term: np.hstack(blocks) for term, blocks in matrices.items()}
    return Columns(stacked, slices, np.array(mean), np.array(sd))


def _linearized(data: Data, columns: Columns, theta: Array) -> tuple[Array, Array]:
    """Return log time at `theta`, and its derivatives to the parameters."""
    log = {term: columns.matrices[term] @ theta for term in TERMS}
    jacobian = np.zeros((len(data.rows), theta.size))
    for term in TERMS:
        above = _log_time(data, {**log, term: log[term] + STEP})
        below = _log_time(data, {**log, term: log[term] - STEP})
        jacobian += ((above - below) / (2 * STEP))[:, None] * columns.matrices[term]
    return _log_time(data, log), jacobian


def _log_time(data: Data, log: dict[str, Array]) -> Array:
    time = predicted_time(data.facts, efficiency_of(log, data.facts.layers, np.exp))
    return np.asarray(np.log(time), dtype=np.float64)


def _scales(residual: Array, rows: Array, weight: Array, place: Array, scale: Array) -> Array:
    """Return residual scales: weighted squares, with the log-normal prior as a few rows more."""
    center, spread = RESIDUAL_PRIOR
    found = scale.copy()
    for group in range(scale.size):
        here = place == group
        count, squares = weight[here].sum(), (rows[here] * residual[here] ** 2).sum()
        for _ in range(20):
            pull = (np.log(found[group]) - center) / spread**2
            slope = count - squares / found[group] ** 2 + pull
            curvature = 2 * squares / found[group] ** 2 + 1 / spread**2
            found[group] *= np.exp(np.clip(-slope / curvature, -0.5, 0.5))
    return found


def _draws(
    data: Data,
    columns: Columns,
    theta: Array,
    precision: Array,
    scale: Array,
    groups: tuple[str, ...],
    draws: int,
    seed: int,
) -> Posterior:
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(precision)
    sample = theta + np.linalg.solve(root.T, rng.standard_normal((theta.size, draws))).T
    found = {name: sample[:, place] for name, place in columns.slices.items()}
    factors = {factor.key for factor in FACTORS}
    kept = {name: block if name in factors else block[:, 0] for name, block in found.items()}
    kept |= {f"{factor.key}|sd": np.full(draws, factor.sd) for factor in FACTORS if factor.learned}
    kept["residual"] = np.broadcast_to(scale, (draws, scale.size))
    return frozen(levels_of(data.configurations), groups, kept)
