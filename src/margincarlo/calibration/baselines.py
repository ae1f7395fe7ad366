"""What people use instead: four predictions of prices that ours is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.baseline_covariates import covariates, sizes
from margincarlo.calibration.baseline_hierarchical import hierarchical
from margincarlo.calibration.folds import folds, groups_by
from margincarlo.calibration.market import Market, Models
from margincarlo.calibration.score import Score, score
from margincarlo.registry import find_model

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Report = Callable[[str], None]
Prices = tuple[Array, Array]

DRAWS: Final = 1000
# The seeds of this project price everything by this model.
REFERENCE: Final = "moonshotai/kimi-k2.5"
INNER_FOLDS: Final = 5
TREES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "n_estimators": 100,
        "learning_rate": 0.08,
        "max_depth": 3,
        "min_samples_leaf": 5,
        "subsample": 0.7,
    }
)


class Baseline(Protocol):
    """A way to predict prices of some rows from those of others."""

    def __call__(
        self, market: Market, train: Mask, test: Index, *, rng: np.random.Generator, size: int
    ) -> Prices:
        """Return draws of log output and log input price (draw, test row).

        Parameters
        ----------
        market : Market
        train : ndarray of bool
            Rows whose prices may be looked at.
        test : ndarray of int
            Rows to predict.
        rng : numpy.random.Generator
        size : int
            Number of draws.
        """
        ...


def least_squares(
    market: Market, train: Mask, test: Index, *, rng: np.random.Generator, size: int
) -> Prices:
    """Draw prices from ordinary least squares on log active and log total parameters."""
    columns = sizes(market)
    known, new = columns[train], columns[test]
    inverse = np.linalg.pinv(known.T @ known)
    leverage = np.einsum("ij,jk,ik->i", new, inverse, new)
    freedom = known.shape[0] - known.shape[1]

    def draws(price: Array) -> Array:
        slopes = inverse @ known.T @ price[train]
        residual = price[train] - known @ slopes
        spread = np.sqrt(residual @ residual / freedom * (1 + leverage))
        return np.asarray(new @ slopes + spread * rng.standard_t(freedom, (size, test.size)))

    return draws(market.log_output), draws(market.log_input)


def gradient_boosting(
    market: Market, train: Mask, test: Index, *, rng: np.random.Generator, size: int
) -> Prices:
    """Draw prices from boosted trees; intervals from residuals of families held out in turn."""
    from sklearn.ensemble import GradientBoostingRegressor

    columns = covariates(market, train)[:, 1:]
    known = np.flatnonzero(train)
    families = [market.family[row] for row in known]
    seed = int(rng.integers(2**31))
    inner = folds(families, min(INNER_FOLDS, len(set(families))), seed)

    def predicted(price: Array, learn: Index, rows: Index) -> Array:
        trees = GradientBoostingRegressor(random_state=seed, **TREES)
        return np.asarray(trees.fit(columns[learn], price[learn]).predict(columns[rows]))

    def draws(price: Array) -> Array:
        residual = np.empty(known.size)
        for fold in range(inner.max() + 1):
            held = inner == fold
            residual[held] = price[known[held]] - predicted(price, known[~held], known[held])
        return _around(predicted(price, known, test), residual, rng=rng, size=size)

    return draws(market.log_output), draws(market.log_input)


def size_ratio(
    market: Market, train: Mask, test: Index, *, rng: np.random.Generator, size: int
) -> Prices:
    """Draw prices about those of Kimi K2.5 times the geometric mean of both ratios of parameters.

    Where Kimi K2.5 is held out, the model nearest to it in size takes its place. Residuals of the
    rows that may be looked at give the intervals.
    """
    models = market.models
    one = reference(models, np.isin(np.arange(len(models.names)), market.model[train]))
    log_size = ((models.log_active + models.log_total) / 2)[market.model]

    def draws(price: Array) -> Array:
        own = train & (market.model == one)
        level = np.median(price[own]) + log_size - log_size[own][0]
        return _around(level[test], price[train] - level[train], rng=rng, size=size)

    return draws(market.log_output), draws(market.log_input)


def reference(models: Models, seen: Mask) -> int:
    """Return the place of Kimi K2.5, or of the seen model nearest to it in both sizes."""
    wanted = find_model(REFERENCE)
    away = np.hypot(
        models.log_total - np.log(wanted.total_params_b / 100),
        models.log_active - np.log(wanted.active_params_b / 10),
    )
    away[[name == REFERENCE for name in models.names]] = -1.0
    return int(np.argmin(np.where(seen, away, np.inf)))


BASELINES: Final[Mapping[str, Baseline]] = MappingProxyType(
    {
        "least squares on sizes": least_squares,
        "mixed model with quality": hierarchical,
        "gradient boosting": gradient_boosting,
        "Kimi K2.5 x size ratio": size_ratio,
    }
)


def predict_baselines(
    market: Market, by: str, *, k: int = 8, seed: int, report: Report = lambda _: None
) -> dict[str, Prices]:
    """Predict every row by each baseline from the folds that it is not in.

    Parameters
    ----------
    market : Market
    by : {"family", "model", "row"}
        What is held out together.
    k : int
        Number of folds.
    seed : int
        Of the folds and of the draws.
    report : callable, optional
        Is told which fold is next.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Name → draws of log output and of log input price (draw, row).
    """
    fold = folds(groups_by(market, by), k, seed)
    shape = (DRAWS, fold.size)
    found = {name: (np.empty(shape), np.empty(shape)) for name in BASELINES}
    for each in range(k):
        report(f"fold {each + 1} of {k}")
        held = np.flatnonzero(fold == each)
        for place, (name, predict) in enumerate(BASELINES.items()):
            rng = np.random.default_rng([seed, each, place])
            drawn = predict(market, fold != each, held, rng=rng, size=DRAWS)
            for into, part in zip(found[name], drawn, strict=True):
                into[:, held] = part
    return found


def score_baselines(
    market: Market, by: str, *, k: int = 8, seed: int, report: Report = lambda _: None
) -> dict[str, tuple[Score, Score]]:
    """Score each baseline on rows that it was not fitted to; parameters as `predict_baselines`.

    Returns
    -------
    dict of str to (Score, Score)
        Name → scores of the output and of the input price; standard errors are over families.
    """
    found = predict_baselines(market, by, k=k, seed=seed, report=report)
    return {
        name: (
            score(output, market.log_output, market.family),
            score(prompt, market.log_input, market.family),
        )
        for name, (output, prompt) in found.items()
    }


def _around(center: Array, residual: Array, *, rng: np.random.Generator, size: int) -> Array:
    """Return draws whose median is the prediction and whose spread is that of residuals."""
    either = np.concatenate([residual, -residual])
    return np.asarray(center + rng.choice(either, (size, center.size)))
