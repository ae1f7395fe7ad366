"""A Gaussian mixed model of log prices: slopes, and effects of model, provider and creator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.baseline_covariates import covariates
from margincarlo.calibration.market import Market
from margincarlo.errors import CalibrationError

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Wide beside any effect on a log price, and enough to tell collinear columns apart.
SLOPE_SD: Final = 1.0
INTERCEPT_SD: Final = 3.0
FIRST_NOISE: Final = 0.2
FIRST_SPREAD: Final = 0.3
# Of the logarithm of a standard deviation: from 2 % to a factor of 4.5.
BOUNDS: Final = (-4.0, 1.5)
# Derivative of the log likelihood, and relative change of it, that count as none. Rounding moves
# the likelihood by 1e-8; a spread is then known to 1 %.
FLAT: Final = 0.01
SAME: Final = 1e-8


@dataclass(frozen=True, eq=False)
class Mixed:
    """A fitted mixed model.

    Attributes
    ----------
    mean : ndarray
        Of slopes and effects, in the order of the columns.
    factor : ndarray
        Cholesky factor of their precision.
    noise : float
        Standard deviation of a row about them.
    spreads : ndarray
        Standard deviation of each kind of effect.
    """

    mean: Array
    factor: Array
    noise: float
    spreads: Array

    def draws(self, columns: Array, *, rng: np.random.Generator, size: int) -> Array:
        """Return draws of new rows (draw, row): slopes, effects and noise are all uncertain."""
        standard = rng.standard_normal((self.mean.size, size))
        effects = self.mean[:, None] + np.linalg.solve(self.factor.T, standard)
        noise = rng.standard_normal((size, columns.shape[0]))
        return np.asarray((columns @ effects).T + self.noise * noise)


@dataclass(frozen=True, eq=False)
class Moments:
    """What the likelihood needs of rows: sums of squares and products.

    Attributes
    ----------
    columns : ndarray
        Products of columns.
    cross : ndarray
        Products of columns and the response.
    square : float
        Of the response.
    rows : int
    kinds : tuple of int
        Columns of each kind; the first are those of slopes.
    """

    columns: Array
    cross: Array
    square: float
    rows: int
    kinds: tuple[int, ...]

    def prior_variance(self, log_spreads: Array) -> Array:
        """Return the variance of each column's coefficient before any row was seen."""
        slopes = np.full(self.kinds[0], SLOPE_SD**2)
        slopes[0] = INTERCEPT_SD**2
        return np.concatenate([slopes, np.repeat(np.exp(2 * log_spreads), self.kinds[1:])])

    def minus_log_likelihood(self, log_sd: Array) -> tuple[float, Array]:
        """Return minus the log density of the response, slopes and effects integrated out.

        Parameters
        ----------
        log_sd : ndarray
            Logarithms of the noise and of the spread of each kind of effect.

        Returns
        -------
        float
        ndarray
            Its derivatives.
        """
        variance = self.prior_variance(log_sd[1:])
        noise = np.exp(-2 * log_sd[0])
        precision = self.precision(log_sd)
        covariance = np.linalg.inv(precision)
        mean = noise * covariance @ self.cross
        value = np.linalg.slogdet(precision).logabsdet + np.log(variance).sum()
        value += self.rows * (2 * log_sd[0] + np.log(2 * np.pi))
        value += noise * (self.square - self.cross @ mean)
        second = np.diag(covariance) + mean**2
        ends = np.cumsum(self.kinds)
        by_kind = np.add.reduceat(1 - second / variance, ends[:-1])
        misfit = self.square - 2 * self.cross @ mean + mean @ self.columns @ mean
        by_noise = self.rows - noise * (misfit + np.sum(covariance * self.columns))
        return float(value) / 2, np.concatenate([[by_noise], by_kind])

    def precision(self, log_sd: Array) -> Array:
        """Return the inverse of the covariance of slopes and effects given the rows."""
        prior = np.diag(1 / self.prior_variance(log_sd[1:]))
        return np.asarray(np.exp(-2 * log_sd[0]) * self.columns + prior)


def moments(response: Array, slopes: Array, effects: Sequence[Array]) -> Moments:
    """Return what the likelihood needs of rows.

    Parameters
    ----------
    response : ndarray
    slopes : ndarray
        Columns of covariates, intercept first.
    effects : sequence of ndarray
        For each kind of effect, which level each row has: 1, and 0 elsewhere.
    """
    columns = np.column_stack([slopes, *effects])
    return Moments(
        columns.T @ columns,
        columns.T @ response,
        float(response @ response),
        response.size,
        (slopes.shape[1], *(each.shape[1] for each in effects)),
    )


def fit(known: Moments) -> Mixed:
    """Return slopes and effects at the standard deviations that maximize the likelihood.

    Raises
    ------
    CalibrationError
        If the search does not converge.
    """
    from scipy.optimize import minimize

    kinds = len(known.kinds) - 1
    # With derivatives: calls to linear algebra are what takes time on a busy machine.
    found = minimize(
        known.minus_log_likelihood,
        np.log([FIRST_NOISE, *[FIRST_SPREAD] * kinds]),
        jac=True,
        method="L-BFGS-B",
        bounds=[BOUNDS] * (kinds + 1),
        options={"gtol": FLAT, "ftol": SAME},
    )
    if not found.success:
        raise CalibrationError(f"the mixed model of prices did not converge: {found.message}")
    precision = known.precision(found.x)
    mean = np.exp(-2 * found.x[0]) * np.linalg.solve(precision, known.cross)
    spreads = np.exp(found.x)
    return Mixed(mean, np.linalg.cholesky(precision), float(spreads[0]), spreads[1:])


def hierarchical(
    market: Market, train: Mask, test: Index, *, rng: np.random.Generator, size: int
) -> tuple[Array, Array]:
    """Draw prices from a mixed model of the mean and the difference of the two log prices.

    Those two err nearly independently, which the two prices themselves do not.
    """
    from threadpoolctl import threadpool_limits

    slopes = covariates(market, train)
    effects = [
        _levels(market.model, len(market.models.names)),
        _levels(market.provider, len(market.providers)),
        _levels(market.models.creator[market.model], len(market.models.creators)),
    ]
    new = np.column_stack([slopes, *effects])[test]
    drawn = []
    # Matrices this small gain nothing from threads, which on a busy machine wait for each other.
    with threadpool_limits(1):
        for price in (market.blend, market.split):
            known = moments(price[train], slopes[train], [each[train] for each in effects])
            drawn.append(fit(known).draws(new, rng=rng, size=size))
    blend, split = drawn
    return blend + split / 2, blend - split / 2


def _levels(place: Index, size: int) -> Array:
    return np.asarray(place[:, None] == np.arange(size), dtype=np.float64)
