"""`[posterior]`: rows of a calibration on prices as inputs of a scenario."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import get_args

import numpy as np
import pytest

import margincarlo as mc
from margincarlo.calibration.efficiency import own_efficiency
from margincarlo.calibration.posterior import MIXTURE, WITHOUT
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.rent import RENTS
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import ScenarioError
from margincarlo.scenario import Joint, with_rent
from margincarlo.scenario.file import PosteriorTable

# Some rows of a calibration are too slow for the speed that users are promised; that is counted.
pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")

KIMI = "moonshotai/kimi-k2.5"


def content(rent="mixture", **more):
    inputs = {
        "gpus_per_replica": 8,
        "input_tokens": 8000,
        "output_tokens": 500,
        "interactivity_target": 40,
        "input_price": 0.5,
        "output_price": 2.5,
    }
    base = {
        "schema": 1,
        "title": "Hosts",
        "model": KIMI,
        "precision": "int4",
        "outputs": ["gross_margin", "loaded_output_token_cost"],
        "posterior": {"rent": rent},
        "inputs": inputs,
    }
    return base | more


@pytest.fixture(scope="module")
def host():
    return mc.load(content())


def log_cost(scenario):
    simulation = mc.simulate(scenario, draws=8192)
    return np.log(simulation["loaded_output_token_cost"])


def test_every_row_is_one_of_the_calibration(host):
    (joint,) = host.joints
    held = read_posterior().beliefs(MIXTURE)
    offset = own_efficiency(KIMI, "int4", held)
    hour = np.exp(held["gpu_hour_cost"]) / 3600
    share = np.exp(held["decode_mbu"] + offset["decode_mbu"])
    load = 1 / (1 + np.exp(-held["utilization"]))
    known = {tuple(row) for row in np.round(np.column_stack([hour, share, load]), 12)}
    names = ("gpu_hour_cost", "decode_mbu", "utilization")
    drawn = np.round(np.column_stack([joint.columns[name] for name in names]), 12)
    assert {tuple(row) for row in drawn} <= known
    assert np.array_equal(joint.columns["decode_mfu"], joint.columns["decode_mbu"])


def test_cost_is_known_better_from_rows_than_from_columns(host, rng):
    (joint,) = host.joints
    columns = {name: rng.permutation(column) for name, column in joint.columns.items()}
    shuffled = replace(host, joints=(Joint(joint.name, MappingProxyType(columns)),))
    shuffled = replace(shuffled, calibration=None)
    assert log_cost(host).std() < 0.9 * log_cost(shuffled).std()


def test_the_mixture_is_the_weighted_sum_of_its_assumptions(host):
    asked = replace(host, asks=mc.load(content(ask=[{"statement": "gross_margin > 0.4"}])).asks)
    runs = mc.simulate(asked, draws=65_536).by_rent
    weights = asked.calibration.weights
    parts = sum(
        weights[rent] * runs[rent].probabilities()[0].value for rent in weights if rent in runs
    )
    # Rows with a share above 1 are left out, of some assumptions more than of others.
    assert runs[MIXTURE].probabilities()[0].value == pytest.approx(parts, abs=0.01)


def test_each_assumption_is_what_loading_with_it_gives(host):
    runs = mc.simulate(host, draws=1024).by_rent
    assert tuple(runs) == (*read_posterior().rents, MIXTURE, WITHOUT)
    for rent, run in runs.items():
        alone = mc.simulate(mc.load(content(), overrides={"posterior.rent": rent}), draws=1024)
        for name in host.outputs:
            assert np.array_equal(alone[name], run[name])
        assert alone.probabilities() == run.probabilities()
        assert bool(alone.by_rent) == (rent == MIXTURE)


def test_prices_narrow_the_cost(host):
    before, after = (log_cost(with_rent(host, rent)).std() for rent in (WITHOUT, "two_sided"))
    assert after < 0.8 * before


def test_the_same_bits_whatever_the_workers(host):
    one, two = (mc.simulate(host, draws=8192, workers=each) for each in (1, 2))
    for rent, run in one.by_rent.items():
        assert np.array_equal(run["gross_margin"], two.by_rent[rent]["gross_margin"])


def test_a_condition_leaves_no_assumption_beside_it(host):
    simulation = mc.simulate(host, draws=2048)
    assert simulation.by_rent
    assert not simulation.given("gross_margin > 0").by_rent


def test_the_evidence_says_what_taught_the_rows(host):
    evidence = host.inputs["utilization"].evidence
    assert evidence.as_of == read_posterior().provenance["observed_at"][:10]
    assert f"calibration on prices of {evidence.as_of}" in evidence.source
    assert evidence.note.startswith("rent two_sided ")
    assert f"efficiencies of {KIMI}" in evidence.note
    assert "joint draws, whose own error is not in the ± of a run" in evidence.note
    alone = mc.load(content("gamma")).inputs["utilization"].evidence
    assert alone.note.startswith("rent gamma alone")
    without = mc.load(content(WITHOUT)).inputs["utilization"].evidence
    assert "before any price" in without.source


def test_what_was_learned_with_comes_along(host):
    fixed = {
        "draft_length": 1,
        "draft_step_time": 0,
        "synchronization_time": 0,
        "routing_diversity": 1,
        "expert_imbalance": 1,
        "step_time_error": 1,
        "attention_data_parallelism": 1,
    }
    for name, value in fixed.items():
        assert host.inputs[name].base_value == value
        assert host.inputs[name].profile == "calibration"
    assert host.inputs["link_bandwidth"].base_value == 450e9
    assert host.accelerator == "h200"
    ways = {node.name: node.way for node in host.tree if node.way}
    assert ways["decode_batch"] == "market"
    assert ways["communication_bytes_per_token"] == "expert_parallel"


@pytest.mark.parametrize(
    ("model", "gpus"), [("meta-llama/llama-3.3-70b-instruct", 2), ("openai/gpt-oss-120b", 1)]
)
def test_a_dense_model_or_one_accelerator_sends_nothing(model, gpus):
    changed = {"model": model, "precision": "native", "inputs.gpus_per_replica": gpus}
    scenario = mc.load(content(), overrides=changed)
    assert scenario.inputs["communication_bytes_per_token"].base_value == 0
    if "attention_data_parallelism" in scenario.inputs:
        assert scenario.inputs["attention_data_parallelism"].base_value == 0


def test_what_the_author_states_stands(host):
    scenario = mc.load(content(), overrides={"inputs.utilization": 0.5, "inputs.draft_length": 0})
    assert scenario.inputs["utilization"].is_point
    assert scenario.inputs["draft_length"].base_value == 0
    assert "utilization" not in scenario.joints[0].columns
    assert set(host.joints[0].columns) - set(scenario.joints[0].columns) == {"utilization"}


@pytest.mark.parametrize(
    ("stated", "gone"),
    [
        ({"inputs.gpu_list_price": 3}, "gpu_hour_cost"),
        ({"channel": "contract_3y"}, "gpu_hour_cost"),
        ({"load_shape": "deepseek"}, "utilization"),
    ],
)
def test_who_states_the_parts_of_a_belief_derives_it(stated, gone):
    scenario = mc.load(content(), overrides=stated)
    assert gone not in scenario.joints[0].columns
    assert gone in {node.name for node in scenario.tree if node.needs}


def test_some_beliefs_alone():
    names = ["gpu_hour_cost", "utilization"]
    stated = {
        "decode_throughput": 5000,
        "prefill_throughput": 50_000,
        "operations_cost": 0.1,
    }
    base = content(posterior={"inputs": names})
    inputs = {**base["inputs"], **stated}
    del inputs["interactivity_target"]
    scenario = mc.load(base | {"inputs": inputs, "outputs": ["gross_margin"]})
    assert set(scenario.joints[0].columns) == set(names)
    assert "draft_length" not in scenario.inputs


def test_without_a_model_efficiencies_are_those_of_the_average_one():
    closed = {
        "total_parameters": 2000,
        "active_parameters": 75,
        "dense_share": 0.3,
        "weight_precision": 1,
        "kv_bytes_per_token": 50,
        "attention_flops_slope": 3,
        "communication_bytes_per_token": 10,
    }
    base = content()
    del base["model"]
    base |= {"precision": "fp8", "inputs": {**base["inputs"], **closed, "gpus_per_replica": 32}}
    scenario = mc.load(base)
    assert "efficiencies of the average model" in scenario.inputs["decode_mbu"].evidence.note
    held = read_posterior().beliefs(MIXTURE)["decode_mbu"]
    middle = np.median(scenario.joints[0].columns["decode_mbu"])
    assert middle == pytest.approx(np.median(np.exp(held)), rel=0.01)


def test_no_share_exceeds_one_and_what_was_left_out_is_told():
    scenario = mc.load(content(model="deepseek/deepseek-r1", precision="fp8"))
    for name in ("decode_mbu", "prefill_mfu", "link_efficiency", "utilization"):
        assert scenario.joints[0].columns[name].max() <= 1
    assert "% with a share above 1 left out" in scenario.inputs["decode_mbu"].evidence.note


def test_the_assumptions_of_the_schema_are_those_of_the_calibration():
    annotation = PosteriorTable.model_fields["rent"].annotation
    assert set(get_args(annotation)) == {MIXTURE, *RENTS, WITHOUT}


def test_a_scenario_without_a_posterior_has_no_assumption_to_change():
    scenario = mc.load(
        {"schema": 1, "title": "t", "outputs": ["utilization"], "inputs": {"utilization": 0.5}}
    )
    with pytest.raises(ScenarioError, match=r"draws nothing from a calibration: no \[posterior\]"):
        with_rent(scenario, "gamma")


def test_an_assumption_that_there_is_not(host):
    with pytest.raises(ScenarioError, match="has no draws under 'lavish'; it has two_sided"):
        with_rent(host, "lavish")


def test_the_beliefs_that_are_given_are_those_of_the_prior(host):
    assert set(host.calibration.names) == {*BELIEFS, "decode_mfu"}


def test_neighboring_rows_cost_alike(host):
    columns = host.joints[0].columns
    level = np.log(columns["gpu_hour_cost"] / columns["utilization"])
    cheap, dear = np.array_split(level, 2)
    assert cheap.mean() < dear.mean() - 0.1
