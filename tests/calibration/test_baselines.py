"""Baselines see training rows only, and do what their names say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from margincarlo.calibration.baseline_covariates import covariates, filled_index, sizes
from margincarlo.calibration.baseline_hierarchical import (
    INTERCEPT_SD,
    SLOPE_SD,
    Moments,
    fit,
    moments,
)
from margincarlo.calibration.baselines import (
    BASELINES,
    REFERENCE,
    least_squares,
    reference,
    score_baselines,
    size_ratio,
)
from margincarlo.calibration.folds import folds, groups_by
from margincarlo.calibration.market import Market, market_of
from margincarlo.calibration.score import score
from margincarlo.prices.offers import offers
from margincarlo.prices.snapshot import read_snapshot

QUICK = [name for name in BASELINES if name != "gradient boosting"]


@pytest.fixture(scope="module")
def market() -> Market:
    return market_of(offers(read_snapshot()).frame())


@pytest.fixture(scope="module")
def held(market: Market) -> Any:
    return folds(groups_by(market, "family"), 8, seed=0) == 0


def _draws(name: str, market: Market, held: Any, size: int = 50) -> Any:
    rng = np.random.default_rng(1)
    return np.stack(BASELINES[name](market, ~held, np.flatnonzero(held), rng=rng, size=size))


@pytest.mark.parametrize(
    "name", [*QUICK, pytest.param("gradient boosting", marks=pytest.mark.slow)]
)
def test_held_out_prices_teach_nothing_and_a_seed_decides(name: str, market: Market, held: Any):
    hidden = replace(
        market,
        log_output=np.where(held, 99.0, market.log_output),
        log_input=np.where(held, -99.0, market.log_input),
    )
    found = _draws(name, market, held)
    assert found.shape == (2, 50, held.sum())
    assert (found == _draws(name, hidden, held)).all()


def test_held_out_models_do_not_teach_what_an_index_would_be(market: Market, held: Any):
    models = market.models
    seen = np.isin(np.arange(len(models.names)), market.model[~held])
    altered = replace(models, index=np.where(seen, models.index, 99.0))
    found, other = filled_index(models, seen), filled_index(altered, seen)
    missing = seen & ~np.isfinite(models.index)
    assert missing.any()
    assert (found[missing] == other[missing]).all()


def test_a_missing_index_is_what_elo_age_and_size_say(market: Market):
    models = market.models
    truth = 1.0 - 0.4 * models.age + 0.2 * models.log_total
    blank = ~np.isfinite(models.index)
    planted = replace(models, index=np.where(blank, np.nan, truth))
    everything = np.ones(truth.size, dtype=bool)
    assert filled_index(planted, everything) == pytest.approx(truth)
    rated = np.isfinite(models.elo)
    by_elo = replace(models, index=np.where(blank, np.nan, truth + 0.5 * models.elo))
    assert filled_index(by_elo, everything)[rated] == pytest.approx(
        (truth + 0.5 * models.elo)[rated]
    )


def test_least_squares_finds_a_power_law_and_its_scatter(market: Market, held: Any):
    noise = np.random.default_rng(0).normal(0, 0.2, held.size)
    law = sizes(market) @ [0.1, 0.5, 0.3]
    planted = replace(market, log_output=law + noise)
    output, _ = least_squares(
        planted, ~held, np.flatnonzero(held), rng=np.random.default_rng(0), size=2000
    )
    assert np.abs(np.median(output, axis=0) - law[held]).max() < 0.06
    assert output.std(axis=0) == pytest.approx(np.full(held.sum(), 0.2), rel=0.1)


def _grouped(seed: int) -> tuple[Any, Any, list[Any]]:
    rng = np.random.default_rng(seed)
    first, second = rng.integers(40, size=200), rng.integers(25, size=200)
    slopes = np.column_stack([np.ones(200), rng.normal(size=200)])
    effects = [np.eye(40)[first], np.eye(25)[second]]
    response = slopes @ [0.5, -0.3] + rng.normal(0, 0.15, 200)
    response += effects[0] @ rng.normal(0, 0.5, 40) + effects[1] @ rng.normal(0, 0.25, 25)
    return response, slopes, effects


def _dense(slopes: Any, effects: list[Any], log_sd: Any) -> Any:
    prior = np.diag([INTERCEPT_SD**2, SLOPE_SD**2])
    spreads = np.exp(2 * log_sd[1:])
    shared = sum(var * each @ each.T for var, each in zip(spreads, effects, strict=True))
    return slopes @ prior @ slopes.T + shared


def test_the_likelihood_is_that_of_the_dense_normal_distribution():
    response, slopes, effects = _grouped(0)
    log_sd = np.log([0.2, 0.4, 0.3])
    covariance = _dense(slopes, effects, log_sd) + 0.04 * np.eye(200)
    expected = -multivariate_normal(np.zeros(200), covariance).logpdf(response)
    known: Moments = moments(response, slopes, effects)
    value, slope = known.minus_log_likelihood(log_sd)
    assert value == pytest.approx(expected)
    for place, step in enumerate(1e-4 * np.eye(3)):
        ahead, behind = (known.minus_log_likelihood(log_sd + way)[0] for way in (step, -step))
        assert slope[place] == pytest.approx((ahead - behind) / 2e-4, rel=1e-4)


def test_predictions_are_those_of_the_dense_normal_distribution():
    response, slopes, effects = _grouped(1)
    train = np.arange(200) < 190
    mixed = fit(moments(response[train], slopes[train], [each[train] for each in effects]))
    log_sd = np.log([mixed.noise, *mixed.spreads])
    shared = _dense(slopes, effects, log_sd)
    covariance = shared + mixed.noise**2 * np.eye(200)
    gain = np.linalg.solve(covariance[np.ix_(train, train)], shared[np.ix_(train, ~train)]).T
    mean = gain @ response[train]
    variance = np.diag(covariance[np.ix_(~train, ~train)] - gain @ shared[np.ix_(train, ~train)])
    new = np.column_stack([slopes, *effects])[~train]
    found = mixed.draws(new, rng=np.random.default_rng(0), size=10_000)
    assert found.mean(axis=0) == pytest.approx(mean, abs=0.03)
    assert found.var(axis=0) == pytest.approx(variance, rel=0.08)


def test_spreads_of_effects_are_found():
    found = [fit(moments(*_grouped(seed))) for seed in range(8)]
    # A spread of 25 levels is known to 14 %, a mean over 8 of them to 5 %.
    assert np.mean([each.noise for each in found]) == pytest.approx(0.15, rel=0.05)
    spreads = np.mean([each.spreads for each in found], axis=0)
    assert spreads == pytest.approx([0.5, 0.25], rel=0.15)


def test_covariates_hold_no_price(market: Market, held: Any):
    other = replace(market, log_output=market.log_output + 1, log_input=market.log_input - 1)
    found = covariates(market, ~held)
    assert np.isfinite(found).all()
    assert (found == covariates(other, ~held)).all()


def test_the_median_of_the_size_ratio_is_the_plain_product(market: Market):
    own = np.array([name == REFERENCE for name in groups_by(market, "model")])
    row = groups_by(market, "model").index("deepseek/deepseek-r1")
    output, _ = size_ratio(
        market,
        np.ones(own.size, dtype=bool),
        np.array([row]),
        rng=np.random.default_rng(0),
        size=40_000,
    )
    # 671B with 37B active against 1000B with 32B active.
    expected = np.median(np.exp(market.log_output[own])) * np.sqrt(0.671 * 37 / 32)
    assert np.exp(np.median(output)) == pytest.approx(expected, rel=0.05)


def test_a_sibling_stands_in_where_the_reference_is_held_out(market: Market):
    models = market.models
    everything = np.ones(len(models.names), dtype=bool)
    assert models.names[reference(models, everything)] == REFERENCE
    without = np.array([name != REFERENCE for name in models.names])
    assert models.names[reference(models, without)].startswith("moonshotai/kimi-k2")
    strangers = np.array([not name.startswith("moonshotai") for name in models.names])
    near = reference(models, strangers)
    assert abs(models.log_total[near] - np.log(10)) < 0.7


def test_quality_and_groups_beat_sizes_alone(market: Market):
    fold = folds(groups_by(market, "family"), 8, seed=0)
    crps = {}
    for name in ("least squares on sizes", "mixed model with quality"):
        found = np.empty((2, 300, fold.size))
        for each in range(8):
            found[:, :, fold == each] = _draws(name, market, fold == each, size=300)
        crps[name] = score(found[0], market.log_output, market.family).crps
    assert crps["mixed model with quality"] < crps["least squares on sizes"] - 0.05


@pytest.mark.slow
def test_scores_on_families_are_what_was_found_before(market: Market):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 (whether anything draws from it)
    told: list[str] = []
    found = score_baselines(market, "family", seed=0, report=told.append)
    assert told == [f"fold {each} of 8" for each in range(1, 9)]
    assert list(found) == list(BASELINES)
    output = {name: scores[0].mdape for name, scores in found.items()}
    assert output["least squares on sizes"] == pytest.approx(0.47, abs=0.06)
    assert output["Kimi K2.5 x size ratio"] == pytest.approx(0.40, abs=0.04)
    assert output["mixed model with quality"] == min(output.values()) < 0.38
    for scores in found.values():
        assert all(0.75 <= each.cover90 <= 0.97 for each in scores)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
