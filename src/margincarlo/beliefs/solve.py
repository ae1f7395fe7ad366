"""A small least-squares solver for two parameters.

Two unknowns and a good start do not need `scipy.optimize`, whose import costs half a second in
every run that states a share by two quantiles.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from margincarlo.beliefs.table import FloatArray

type Residual = Callable[[FloatArray], FloatArray]

STEP = 1e-6


def least_squares(residual: Residual, start: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Minimize the sum of squared residuals by the Levenberg–Marquardt method.

    Parameters
    ----------
    residual : callable
        Parameters to residuals, both one-dimensional; may return infinities where undefined.
    start : ndarray
        Parameters of order one from which to begin.

    Returns
    -------
    (ndarray, ndarray)
        The parameters found and their residuals. Whether these are small enough is the caller's
        question.
    """
    at, misses = start, residual(start)
    damping = 1e-3
    for _ in range(300):
        slopes = _jacobian(residual, at)
        if not np.isfinite(slopes).all() or np.abs(misses).max() < 1e-14:
            break
        square, downhill = slopes.T @ slopes, slopes.T @ misses
        scaled = damping * np.diag(np.diag(square) + 1e-12)
        move = np.clip(-np.linalg.solve(square + scaled, downhill), -2.0, 2.0)
        trial = residual(at + move)
        if trial @ trial < misses @ misses:
            at, misses, damping = at + move, trial, max(0.1 * damping, 1e-15)
        else:
            damping *= 10.0
            if damping > 1e12 or np.abs(move).max() < 1e-15:
                break
    return at, misses


def _jacobian(residual: Residual, at: FloatArray) -> FloatArray:
    columns = []
    for index in range(at.size):
        nudge = np.zeros_like(at)
        nudge[index] = STEP
        columns.append((residual(at + nudge) - residual(at - nudge)) / (2.0 * STEP))
    return np.stack(columns, axis=1)
