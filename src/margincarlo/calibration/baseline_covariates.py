"""What a regression of prices may look at: sizes, quality, age, hosts and speed of each row."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.market import Market, Models

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Of the index / 20; it only centers the column, so that its slope and the intercept are apart.
TYPICAL_INDEX: Final = 1.3


def sizes(market: Market) -> Array:
    """Return intercept and logarithms of active and total parameters (row, column)."""
    models = market.models
    of_model = np.column_stack([np.ones(models.age.size), models.log_active, models.log_total])
    return of_model[market.model]


def covariates(market: Market, train: Mask) -> Array:
    """Return everything known of a row before its price, intercept first (row, column).

    Parameters
    ----------
    market : Market
    train : ndarray of bool
        Rows whose models may teach what a missing quality index would be.
    """
    models = market.models
    quality = filled_index(models, np.isin(np.arange(len(models.names)), market.model[train]))
    of_model = np.column_stack([quality - TYPICAL_INDEX, models.age, models.log_hosts])
    flags = [market.first_party, market.four_bit, market.degraded, market.fast]
    of_row = [market.log_speed, *flags]
    return np.column_stack([sizes(market), of_model[market.model], *of_row])


def filled_index(models: Models, train: Mask) -> Array:
    """Return the quality index of each model; a regression says what is missing.

    Parameters
    ----------
    models : Models
    train : ndarray of bool
        Models that the regression learns from: on age, sizes and, for models that have one, Elo.

    Returns
    -------
    ndarray
        Index / 20. That some entries are estimates is not carried into the width of intervals.
    """
    about = np.column_stack(
        [np.ones(models.age.size), models.age, models.log_total, models.log_active]
    )
    known, rated = np.isfinite(models.index), np.isfinite(models.elo)
    with_elo = np.column_stack([about, np.where(rated, models.elo, 0.0)])
    index = models.index.copy()
    for missing, columns, fit in (
        (~known & rated, with_elo, train & known & rated),
        (~known & ~rated, about, train & known),
    ):
        slopes = np.linalg.lstsq(columns[fit], models.index[fit], rcond=None)[0]
        index[missing] = columns[missing] @ slopes
    return index
