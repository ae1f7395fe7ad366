"""How a replica shares its work: it holds weights and caches, and scenarios share it alike."""

from __future__ import annotations

import numpy as np
import pytest

import margincarlo as mc
from margincarlo.calibration.costs import at_sites
from margincarlo.calibration.layout import COPY_SHARE, WEIGHT_SHARE, replica, sharing
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.sites import cost_tree
from margincarlo.registry import expand
from margincarlo.tree import evaluate, grow

# Its attention alone, on every accelerator, would leave no room for experts.
SPLIT = "moonshotai/kimi-k3"
COPIED = "moonshotai/kimi-k2.5"


def known(model, precision):
    facts = expand(model=model, accelerator="h200", precision=precision)
    return {name: fact.value for name, fact in facts.items()}


@pytest.mark.parametrize(
    ("model", "precision", "gpus"),
    [(COPIED, "int4", 8), (SPLIT, "fp4", 32), ("openai/gpt-oss-120b", "fp4", 1)],
)
def test_a_replica_is_the_least_that_holds_weights_and_sequences(model, precision, gpus):
    facts = known(model, precision)
    assert replica(facts) == gpus
    weights = facts["dense_parameters"] * facts["dense_precision"]
    weights += facts["routed_parameters"] * facts["weight_precision"]
    share = weights / (gpus * facts["memory_capacity"])
    assert share <= WEIGHT_SHARE
    assert gpus == 1 or 2 * share > WEIGHT_SHARE


def test_attention_is_copied_unless_it_is_too_large():
    facts = known(COPIED, "int4")
    assert sharing(facts, 8) == {"attention_data_parallelism": 1}
    facts = known(SPLIT, "fp4")
    assert facts["dense_parameters"] * facts["dense_precision"] > COPY_SHARE * 141e9
    assert sharing(facts, 32) == {"attention_data_parallelism": 0, "kv_shards": 32}


@pytest.mark.parametrize(("model", "precision"), [(COPIED, "int4"), (SPLIT, "fp4")])
def test_scenarios_share_work_as_the_calibration_does(model, precision):
    scenario = mc.load(
        {
            "schema": 1,
            "title": "alike",
            "model": model,
            "precision": precision,
            "outputs": ["output_token_cost"],
            "posterior": {},
            "inputs": {"gpus_per_replica": replica(known(model, precision)), **REQUEST},
        }
    )
    wanted = sharing(known(model, precision), replica(known(model, precision)))
    for name, value in wanted.items():
        assert scenario.inputs[name].base_value == value


@pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")
def test_a_replica_whose_size_is_a_belief_shares_work_alike():
    sizes = {"values": [32, 64], "weights": [0.5, 0.5]}
    scenario = mc.load(
        {
            "schema": 1,
            "title": "either",
            "model": SPLIT,
            "precision": "fp4",
            "outputs": ["output_token_cost", "memory_occupancy"],
            "posterior": {},
            "inputs": {"gpus_per_replica": sizes, **REQUEST},
        }
    )
    assert scenario.inputs["attention_data_parallelism"].base_value == 0
    simulation = mc.simulate(scenario, draws=1024)
    assert simulation.feasibility.share < 0.3


REQUEST = {"input_tokens": 20_000, "output_tokens": 800, "interactivity_target": 40}


def test_every_batch_of_the_market_fits_its_memory(market, rng):
    """Draws of the priors are wilder than any posterior."""
    given = {leaf.name for leaf in cost_tree().leaves()}
    tree = grow(
        ["memory_occupancy", "capacity_batch"], given=given, derive={"decode_batch": "market"}
    )
    held = {
        name: prior.mean + prior.sd * rng.standard_normal((50, 1))
        for name, prior in BELIEFS.items()
    }
    values = evaluate(tree, {**market.sites.facts, **at_sites(market.sites, held, np.exp)})
    assert np.max(values["memory_occupancy"]) <= 1 + 1e-12
    assert np.min(values["capacity_batch"]) > 10
