"""Margins of endpoints are those of every scenario, and their uncertainty is not their spread."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from margincarlo.calibration.costs import log_costs
from margincarlo.calibration.margins import MarginDraws, margin_draws, margins
from margincarlo.calibration.monte_carlo import choose, mean_error, share_error
from margincarlo.calibration.posterior import Posterior
from margincarlo.calibration.sites import sites_of
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import CalibrationError
from margincarlo.prices.offers import Offers, offers
from margincarlo.prices.snapshot import read_snapshot


@pytest.fixture(scope="module")
def sold() -> Offers:
    """Few endpoints: of one host that prices cached tokens, and of one that does not."""
    every = offers(read_snapshot())
    rows = [row for row in every.rows if row.model == "qwen/qwen3-coder"]
    assert any(row.cache_read_ratio is None for row in rows)
    assert any(row.cache_read_ratio and row.cache_hit_share for row in rows)
    return Offers(every.observed_at, every.sha256, tuple(rows), (), ())


def _by_hand(posterior: Posterior, sold: Offers, loaded: bool) -> Any:
    """Revenue less cost of the mean request, over revenue, with nothing cached."""
    frame = sold.frame().assign(cache_hit_share=0.0)
    chosen = choose(posterior, "two_sided", most=3)
    held = {name: each[:, None] for name, each in chosen.beliefs.items()}
    sites = sites_of(frame).with_own_efficiencies(chosen.beliefs)
    output, prompt = log_costs(sites, held, loaded=loaded, exp=np.exp, log=np.log)
    tokens = frame[["input_tokens", "output_tokens"]].to_numpy()
    prices = frame[["input_price", "output_price"]].to_numpy()
    revenue = (tokens * prices).sum(axis=1)
    cost = np.exp(prompt) * tokens[:, 0] + np.exp(output) * tokens[:, 1]
    return 1 - cost / revenue


@pytest.mark.parametrize(("definition", "loaded"), [("marginal", False), ("loaded", True)])
def test_a_margin_is_revenue_less_cost_over_revenue(
    sold: Offers, definition: Any, loaded: bool
) -> None:
    posterior = read_posterior()
    found = margin_draws(
        posterior, sold, definition, "two_sided", given={"cache_hit_share": 0.0}, most=3
    )
    np.testing.assert_allclose(found.margin, _by_hand(posterior, sold, loaded), rtol=1e-9)


def test_cached_tokens_are_sold_at_the_price_that_is_published_or_in_full(sold: Offers) -> None:
    posterior, frame = read_posterior(), sold.frame()
    given = {"cache_hit_share": 1.0}
    found = margin_draws(posterior, sold, "marginal", "two_sided", given=given, most=2).margin
    twice = margin_draws(
        posterior, sold, "marginal", "two_sided", given={**given, "payment_fee_rate": 0.5}, most=2
    ).margin
    np.testing.assert_array_equal(found, twice)
    ratio = frame["cache_read_ratio"].fillna(1.0).to_numpy()
    prompt = ratio * frame["input_price"] * frame["input_tokens"]
    revenue = prompt + frame["output_price"] * frame["output_tokens"]
    # Where all of the prompt is cached, only output costs anything.
    cost = (1 - found) * revenue.to_numpy() / frame["output_tokens"].to_numpy()
    assert (cost > 0).all()
    full = margin_draws(posterior, sold, "marginal", "two_sided", given={
        **given, "cache_read_multiplier": 1.0}, most=2).margin  # fmt: skip
    assert (full[:, ratio == 1] == found[:, ratio == 1]).all()
    assert (full[:, ratio < 1] > found[:, ratio < 1]).all()


def test_fees_lower_the_gross_margin_by_their_rate(sold: Offers) -> None:
    plain = margin_draws(read_posterior(), sold, "loaded", most=2).margin
    given = {"payment_fee_rate": 0.03}
    after = margin_draws(read_posterior(), sold, "loaded", given=given, most=2).margin
    np.testing.assert_allclose(plain - after, 0.03, rtol=1e-9)


def test_a_group_shows_what_is_not_known_and_not_how_its_endpoints_differ(sold: Offers) -> None:
    frame = sold.frame()[["model", "provider", "tag"]].iloc[:2].assign(provider="one host")
    # One endpoint surely earns, the other surely does not: half of them do, and that is certain.
    margin = np.tile([0.5, -0.5], (100, 1))
    found = MarginDraws("loaded", "two_sided", margin, np.zeros(100, dtype=np.int64), frame)
    row: Any
    (row,) = found.table("provider").to_dict("records")
    assert (row["share"], row["share_low"], row["share_high"]) == (0.5, 0.5, 0.5)
    assert (row["median"], row["low"], row["high"]) == (0.0, 0.0, 0.0)
    assert row["endpoints"] == 2
    assert found.table()["probability"].tolist() == [1.0, 0.0]
    # Where no draw differs, three draws in a hundred bound what was not seen.
    assert found.table()["error"].tolist() == [0.03, 0.03]


def test_dearer_definitions_and_unknown_ones(sold: Offers) -> None:
    posterior = read_posterior()
    busy = margins(posterior, sold, "marginal", "without_prices")
    loaded = margins(posterior, sold, "loaded", "without_prices")
    assert (busy["median"] > loaded["median"]).all()
    assert (busy["probability"] >= loaded["probability"]).all()
    with pytest.raises(CalibrationError, match=r"'loadeds'; did you mean 'loaded'\?"):
        margins(posterior, sold, "loadeds")  # type: ignore[arg-type]
    with pytest.raises(CalibrationError, match=r"no draws under rent 'softpuls'; did you mean"):
        margins(posterior, sold, "loaded", "softpuls")
    with pytest.raises(CalibrationError, match="by 'models' make no sense"):
        margins(posterior, sold, "loaded", by="models")  # type: ignore[arg-type]
    with pytest.raises(CalibrationError, match="'input_prise' is nothing that margins"):
        margins(posterior, sold, "loaded", given={"input_prise": 1.0})


def test_the_error_of_a_mean_counts_neighbors_that_hang_together() -> None:
    rng = np.random.default_rng(1)
    strata = np.zeros(4000, dtype=np.int64)
    alone = rng.standard_normal(4000)
    together = np.repeat(rng.standard_normal(400), 10)
    assert mean_error(alone, strata) == pytest.approx(2.09 / 4000**0.5, rel=0.35)
    assert mean_error(together, strata) == pytest.approx(2.09 / 400**0.5, rel=0.35)
    # The share of each assumption is fixed, so that a shift between them is no error.
    halves = np.repeat([0, 1], 2000)
    assert mean_error(alone + 100 * halves, halves) < 0.1
    assert share_error(np.ones((50, 2), dtype=bool), strata[:50]).tolist() == [0.06, 0.06]


def test_a_posterior_without_an_assumption_says_so() -> None:
    posterior = read_posterior()
    only = Posterior(
        {name: each[posterior.rows("gamma")] for name, each in posterior.draws.items()},
        posterior.variant[posterior.rows("gamma")],
        posterior.without,
        posterior.models,
        posterior.providers,
        posterior.creators,
        MappingProxyType({}),
    )
    with pytest.raises(CalibrationError, match="choose one of without_prices, gamma, mixture"):
        choose(only, "two_sided")
