"""Lists of creators, tiers, and how far hosts of one model are apart."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.calibration.dispersion import (
    LEAST,
    LEVEL,
    RATIO,
    TYPICAL_AGE,
    drawn_noise,
    noise,
    sold_by_creators,
)
from margincarlo.calibration.predictive import log_prices
from margincarlo.calibration.simulate import without_lists
from margincarlo.calibration.unseen import Newcomer, scales_of

KIMI = "moonshotai/kimi-k2.7-code"


def parts(name, **values):
    return {f"{name}|{part}": np.full(20_000, value) for part, value in values.items()}


def endpoints_of(market, name):
    return np.flatnonzero(market.model == market.models.names.index(name))


def test_of_several_tiers_the_cheapest_is_the_list(market):
    """Moonshot sells Kimi K2.7 for 0.95 / 4.00 USD/Mtok, and twice that at high speed."""
    own = endpoints_of(market, KIMI)
    (row,) = np.unique(market.listed[own])
    assert market.first_party[row]
    assert np.exp([market.log_input[row], market.log_output[row]]) == pytest.approx([0.95, 4.0])
    tiers = own[market.first_party[own] == 1]
    assert market.fast[tiers].sum() == 1
    assert not market.fast[row]
    assert np.isnan(market.creator_blend[tiers]).all()
    others = own[market.first_party[own] == 0]
    assert not market.fast[others].any()
    assert (market.creator_blend[others] == market.blend[row]).all()
    assert (market.creator_split[others] == market.split[row]).all()


def test_a_tier_sold_as_faster_copies_no_list(market):
    own = endpoints_of(market, "moonshotai/kimi-k3")
    fast = own[(market.fast[own] == 1) & (market.first_party[own] == 0)]
    assert fast.size == 3
    assert (market.listed[fast] >= 0).all()
    assert np.isnan(market.creator_blend[fast]).all()


def test_a_model_that_its_creator_does_not_sell_has_no_list(market):
    own = endpoints_of(market, "openai/gpt-oss-120b")
    assert (market.listed[own] == -1).all()
    assert np.isnan(market.creator_blend[own]).all()
    assert sold_by_creators(market)[market.model[own[0]]] == 0
    assert sold_by_creators(market)[market.models.names.index(KIMI)] == 1
    assert not sold_by_creators(without_lists(market)).any()


@pytest.mark.parametrize("name", [LEVEL, RATIO])
def test_noise_grows_with_age_and_shrinks_beside_a_list(name, rng):
    draws = parts(name, typical=0.2, age=0.7, listed=-0.5, spread=0.0)
    ages, sold = np.array([TYPICAL_AGE, TYPICAL_AGE + 1, TYPICAL_AGE]), np.array([0.0, 0.0, 1.0])
    found = drawn_noise(draws, name, ages, sold, rng)
    wanted = LEAST[name] + 0.2 * np.exp([0.0, 0.7, -0.5])
    assert found == pytest.approx(np.tile(wanted, (20_000, 1)))


def test_whether_a_creator_sells_may_be_unknown(rng):
    """And is the same for everything that follows from it in one draw."""
    draws = parts(LEVEL, typical=0.2, age=0.0, listed=-0.5, spread=0.0)
    draws |= parts(RATIO, typical=0.2, age=0.0, listed=0.5, spread=0.0)
    draws |= {"copies|level": np.full(20_000, -1.0), "copies|spread": np.zeros(20_000)}
    newcomer = Newcomer(0.0, 0.0, 1.0, None, None, sold=0.25)
    found = scales_of(draws, newcomer, rng)
    sells = found["copies"] > 0
    assert sells.mean() == pytest.approx(0.25, abs=0.015)
    assert found["copies"][sells] == pytest.approx(np.full(sells.sum(), 1 / (1 + np.e)))
    for name, slope in ((LEVEL, -0.5), (RATIO, 0.5)):
        wanted = LEAST[name] + 0.2 * np.exp(slope * sells)
        assert found[f"{name}|scale"] == pytest.approx(wanted)


def test_models_differ_by_a_lognormal_factor(rng):
    draws = parts(LEVEL, typical=0.2, age=0.0, listed=0.0, spread=0.6)
    found = np.log(drawn_noise(draws, LEVEL, np.ones(1), np.zeros(1), rng) - LEAST[LEVEL])
    assert found.mean() == pytest.approx(np.log(0.2), abs=0.02)
    assert found.std() == pytest.approx(0.6, rel=0.03)


def test_the_fit_has_the_same_scale_as_what_is_drawn(market):
    import pymc as pm

    with pm.Model() as model:
        scale = noise(market, RATIO)
        inputs = [model[f"{RATIO}|{part}"] for part in ("typical", "age", "listed", "spread", "z")]
    given = (0.2, 0.7, -0.5, 0.0, np.zeros(len(market.models.names)))
    found = scale.eval(dict(zip(inputs, map(np.asarray, given), strict=True)))
    one = {
        f"{RATIO}|{part}": np.array([value])
        for part, value in zip(("typical", "age", "listed", "spread"), given[:4], strict=True)
    }
    wanted = drawn_noise(
        one, RATIO, market.models.age, sold_by_creators(market), np.random.default_rng(0)
    )
    assert found == pytest.approx(wanted[0])


def draws_for(market, size, **more):
    shape = size, market.model.size
    models = size, len(market.models.names)
    return {
        "blend_mean": np.zeros(shape),
        "split_mean": np.zeros(shape),
        "tails": np.full(size, 5.0),
        f"{LEVEL}|scale": np.full(models, 0.3),
        f"{RATIO}|scale": np.full(models, 0.3),
        "copies": np.ones(models),
    } | more


def test_who_copies_an_unknown_list_asks_what_was_drawn_for_it(market, rng):
    own = endpoints_of(market, KIMI)
    row = market.listed[own[0]]
    output, prompt = log_prices(draws_for(market, 4000), market, own, seen=False, rng=rng)
    listed = np.flatnonzero(own == row)
    others = market.first_party[own] == 0
    apart = output[:, others] - output[:, listed]
    assert np.abs(apart).max() < 0.2
    assert output[:, listed].std() > 0.3
    # The creator's faster tier is no copy of its list.
    fast = np.flatnonzero((market.first_party[own] == 1) & (own != row))
    assert np.abs(output[:, fast] - output[:, listed]).std() > 0.3
    # Asked for alone, a host gets the same.
    alone, _ = log_prices(draws_for(market, 4000), market, own[others][:1], seen=False, rng=rng)
    assert alone.std() == pytest.approx(output[:, others][:, 0].std(), rel=0.1)
    assert prompt.shape == output.shape


def test_who_copies_a_known_list_asks_that(market, rng):
    own = endpoints_of(market, KIMI)
    others = own[market.first_party[own] == 0]
    output, prompt = log_prices(draws_for(market, 500), market, others, seen=True, rng=rng)
    assert np.exp(np.median(output, axis=0)) == pytest.approx(np.full(others.size, 4.0), rel=0.02)
    assert np.exp(np.median(prompt, axis=0)) == pytest.approx(np.full(others.size, 0.95), rel=0.02)


def test_where_nobody_lists_all_set_their_own(market, rng):
    bare = without_lists(market)
    output, _ = log_prices(draws_for(market, 2000), bare, np.arange(9), seen=False, rng=rng)
    assert np.abs(np.corrcoef(output.T) - np.eye(9)).max() < 0.15
