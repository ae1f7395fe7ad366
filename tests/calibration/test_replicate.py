"""Means of endpoints from stored draws are those of the model that was sampled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from margincarlo.calibration.market import market_of
from margincarlo.calibration.model import build
from margincarlo.calibration.posterior import AXES
from margincarlo.calibration.ppc import ppc, statistics
from margincarlo.calibration.replicate import endpoint_means, market_behind
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import CalibrationError
from margincarlo.prices.offers import offers
from margincarlo.prices.snapshot import read_snapshot


@pytest.mark.slow
def test_endpoint_means_are_those_of_the_sampled_model() -> None:
    market = market_of(offers(read_snapshot()).frame())
    model: Any = build(market)
    names = ["blend_mean", "split_mean", *AXES]
    values = model.compile_fn(
        model.replace_rvs_by_values([model[name] for name in names]),
        inputs=model.value_vars,
        on_unused_input="ignore",
        mode="FAST_COMPILE",
    )
    rng = np.random.default_rng(1)
    start = model.initial_point()
    for _ in range(3):
        point = {
            name: np.asarray(0.3 * rng.standard_normal(each.shape)) for name, each in start.items()
        }
        found = dict(zip(names, values(point), strict=True))
        draws = {name: np.asarray(found[name])[None] for name in AXES}
        blend, split = endpoint_means(draws, market)
        np.testing.assert_allclose(blend[0], found["blend_mean"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(split[0], found["split_mean"], rtol=0, atol=1e-9)


def test_a_posterior_speaks_of_its_own_offers_alone() -> None:
    posterior, every = read_posterior(), offers(read_snapshot())
    assert market_behind(posterior, every).models.names == posterior.models
    with pytest.raises(CalibrationError, match="these offers are of 012345678901"):
        market_behind(posterior, replace(every, sha256="0123456789012345"))
    with pytest.raises(CalibrationError, match="other models or hosts than the posterior"):
        market_behind(posterior, replace(every, rows=every.rows[:100]))


def test_statistics_of_a_market_by_hand() -> None:
    market = market_behind(read_posterior())
    size, level = market.model.size, market.model.astype(float)
    # Every host of a model asks one price, and the ratio is 4 throughout.
    same = statistics(market, level[None] + np.log(4), level[None])
    assert same["share of endpoints at the commonest output price of their model"] == [1.0]
    assert same["share of endpoints at the commonest ratio of their model"] == [1.0]
    assert same["median ratio of the dearest to the cheapest host of a model"] == [1.0]
    assert same["sd of log output prices within a model"] == pytest.approx([0.0], abs=1e-9)
    assert same["median ratio of output to input price"] == pytest.approx([4.0])
    # No host asks what another asks.
    apart = np.arange(size, dtype=float)[None]
    other = statistics(market, apart, np.zeros((1, size)))
    assert other["share of endpoints at the commonest output price of their model"] == [0.0]
    assert other["skewness of models' median log output prices"] == pytest.approx(
        statistics(market, 5 + 3 * apart, 0 * apart)["skewness of models' median log output prices"]
    )


def test_markets_that_the_posterior_draws_look_like_the_one_observed() -> None:
    table: Any = ppc(read_posterior(), replicates=60).set_index("statistic")
    level = table.loc["sd of log output prices"]
    assert level["low"] < level["observed"] < level["high"]
    copied = table.loc["share of third parties that ask the creator's output price"]
    assert copied["tail"] > 0.1
    assert ((table["tail"] > 0) & (table["tail"] <= 1)).all()
