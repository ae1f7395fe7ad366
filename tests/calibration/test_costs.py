"""The physical part of the model: costs of endpoints, through the equations of every scenario."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.calibration.costs import blended, log_costs
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.without import from_priors, without_prices
from margincarlo.registry import find_model


@pytest.fixture(scope="module")
def typical():
    return {name: np.array(prior.mean) for name, prior in BELIEFS.items()}


def costs(market, held, loaded=True):
    return log_costs(market.sites, held, loaded=loaded, exp=np.exp, log=np.log)


def test_twice_the_price_of_hours_is_twice_the_cost(market, typical):
    dearer = typical | {
        name: typical[name] + np.log(2) for name in ("gpu_hour_cost", "operations_cost")
    }
    for before, after in zip(costs(market, typical), costs(market, dearer), strict=True):
        assert after - before == pytest.approx(np.log(2), abs=1e-12)


def test_hours_and_utilization_enter_through_their_ratio(market, typical):
    share = 1 / (1 + np.exp(-typical["utilization"]))
    half = np.log(share / 2 / (1 - share / 2))
    cheaper = typical | {
        "utilization": half,
        **{name: typical[name] - np.log(2) for name in ("gpu_hour_cost", "operations_cost")},
    }
    for before, after in zip(costs(market, typical), costs(market, cheaper), strict=True):
        assert after == pytest.approx(before, abs=1e-12)


def test_marginal_cost_knows_no_utilization(market, typical):
    idle = typical | {"utilization": np.array(-3.0)}
    for before, after in zip(
        costs(market, typical, loaded=False), costs(market, idle, loaded=False), strict=True
    ):
        assert after == pytest.approx(before, abs=1e-12)


def test_a_cache_of_eight_bits_is_what_the_checkpoint_says(market):
    names = np.array([market.models.names[each] for each in market.model])
    llama = np.flatnonzero(names == "meta-llama/llama-3.3-70b-instruct")
    bytes_each = market.sites.facts["kv_bytes_per_token"][llama]
    assert {163_840.0, 327_680.0} >= set(bytes_each)
    assert 163_840.0 in bytes_each


def test_only_mixtures_of_several_accelerators_communicate(market):
    facts = market.sites.facts
    several = facts["gpus_per_replica"] > 1
    mixture = np.array([find_model(market.models.names[each]).is_mixture for each in market.model])
    assert ((facts["communication_bytes_per_token"] > 1) == (several & mixture)).all()


def test_a_blend_lies_between_its_parts():
    both = blended(9.0, np.log(10.0), np.log(1.0), np.exp, np.log)
    assert np.exp(both) == pytest.approx(1.9)


def test_measurements_teach_efficiencies_and_nothing_else():
    before, after = from_priors(4000, seed=0), without_prices(4000, seed=0)
    learned = {name for name in BELIEFS if after[name].std() < 0.8 * before[name].std()}
    assert learned == {"decode_mbu", "prefill_mfu", "link_efficiency", "decode_step_overhead"}


@pytest.mark.slow
def test_the_run_without_prices_is_what_the_sampler_finds():
    import nutpie
    import pymc as pm

    from margincarlo.calibration.costs import beliefs

    with pm.Model() as model:
        beliefs(throughput=True)
    found = nutpie.sample(
        nutpie.compile_pymc_model(model), draws=2000, tune=500, chains=2, seed=1, progress_bar=False
    ).posterior.to_dataset()
    exact = without_prices(20_000, seed=1)
    for name in BELIEFS:
        sampled = np.asarray(found[name])
        assert sampled.mean() == pytest.approx(exact[name].mean(), abs=0.1 * exact[name].std())
        assert sampled.std() == pytest.approx(exact[name].std(), rel=0.1)
