"""Posterior predictive checks: markets that the model draws beside the one observed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.market import Market
from margincarlo.calibration.monte_carlo import choose
from margincarlo.calibration.posterior import MIXTURE, Posterior
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.replicate import endpoint_means, market_behind, rows_of
from margincarlo.prices.offers import Offers

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]

REPLICATES: Final = 400
# Prices this near to each other count as the same: 2.5 times the rounding of copies in the model.
NEAR: Final = 0.05
LEAST_ENDPOINTS: Final = 3


def ppc(
    posterior: Posterior,
    offers: Offers | None = None,
    rent: str = MIXTURE,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> pd.DataFrame:
    """Return statistics of the observed market beside those of markets that the posterior draws.

    Parameters
    ----------
    posterior : Posterior
    offers : Offers, optional
        That it was learned from; the shipped ones by default.
    rent : str
        ``"mixture"`` or an assumption about rent.
    replicates : int
        Markets to draw, each from one draw of the posterior.
    seed : int

    Returns
    -------
    DataFrame
        ``statistic``; ``observed``; ``low``, ``median`` and ``high``, the central 90 % of the
        markets drawn; ``tail``, the two-sided probability of something as extreme: small where the
        model misses something.
    """
    import pandas as pd

    market = market_behind(posterior, offers)
    rng = np.random.default_rng([seed, 12])
    draws = rows_of(posterior, choose(posterior, rent, most=replicates).rows)
    blend, split = endpoint_means(draws, market)
    means = {**draws, "blend_mean": blend, "split_mean": split}
    everyone = np.arange(market.model.size)
    drawn = statistics(market, *log_prices(means, market, everyone, seen=False, rng=rng))
    real = statistics(market, market.log_output[None, :], market.log_input[None, :])
    return pd.DataFrame([_row(name, float(real[name][0]), drawn[name]) for name in real])


def statistics(market: Market, log_output: Array, log_input: Array) -> dict[str, Array]:
    """Return statistics of markets.

    Parameters
    ----------
    market : Market
        Which endpoint sells which model.
    log_output, log_input : ndarray, shape (market, endpoint)
        Logarithms of USD/Mtok.

    Returns
    -------
    dict of str to ndarray, shape (market,)
    """
    groups = [np.flatnonzero(market.model == n) for n in range(len(market.models.names))]
    several = [each for each in groups if each.size >= LEAST_ENDPOINTS]
    ratio = log_output - log_input
    middles = np.column_stack([np.median(log_output[:, own], axis=1) for own in groups])
    apart = np.column_stack([np.ptp(log_output[:, own], axis=1) for own in several])
    return {
        "sd of log output prices": log_output.std(axis=1),
        "sd of log output prices within a model": _within(log_output, several),
        "sd of models' median log output prices": middles.std(axis=1),
        "skewness of models' median log output prices": _skewness(middles),
        "median ratio of the dearest to the cheapest host of a model": np.exp(
            np.median(apart, axis=1)
        ),
        "share of endpoints at the commonest output price of their model": _tied(
            log_output, several
        ),
        "share of endpoints at the commonest ratio of their model": _tied(ratio, several),
        "share of third parties that ask the creator's output price": _copied(market, log_output),
        "median ratio of output to input price": np.exp(np.median(ratio, axis=1)),
    }


def _row(name: str, observed: float, drawn: Array) -> dict[str, str | float]:
    low, median, high = np.quantile(drawn, [0.05, 0.5, 0.95]).tolist()
    # The observed market counts as one more, so that no probability is 0.
    above = (1 + (drawn >= observed).sum()) / (1 + drawn.size)
    below = (1 + (drawn <= observed).sum()) / (1 + drawn.size)
    return {
        "statistic": name,
        "observed": observed,
        "low": low,
        "median": median,
        "high": high,
        "tail": float(min(1.0, 2 * min(above, below))),
    }


def _within(prices: Array, groups: list[npt.NDArray[np.intp]]) -> Array:
    squares = sum(prices[:, own].var(axis=1) * own.size for own in groups)
    return np.sqrt(np.asarray(squares) / sum(own.size - 1 for own in groups))


def _skewness(values: Array) -> Array:
    centered = values - values.mean(axis=1, keepdims=True)
    return np.asarray((centered**3).mean(axis=1) / (centered**2).mean(axis=1) ** 1.5)


def _tied(values: Array, groups: list[npt.NDArray[np.intp]]) -> Array:
    """Return the share of endpoints near the value that most of their model's endpoints are near.

    An endpoint that is near no other counts as tied with nobody.
    """
    tied = np.zeros(values.shape[0])
    for own in groups:
        each = values[:, own]
        near = np.abs(each[:, :, None] - each[:, None, :]) < NEAR
        most = near.sum(axis=2).max(axis=1)
        tied += np.where(most > 1, most, 0)
    return tied / sum(own.size for own in groups)


def _copied(market: Market, log_output: Array) -> Array:
    others = np.flatnonzero(np.isfinite(market.creator_blend))
    if not others.size:
        return np.zeros(log_output.shape[0])
    listed = log_output[:, market.listed[others]]
    return np.asarray((np.abs(log_output[:, others] - listed) < NEAR).mean(axis=1))
