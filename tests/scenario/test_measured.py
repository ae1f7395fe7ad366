"""`efficiency = "measured"`: joint draws learned from measurements, as inputs of a scenario."""

from __future__ import annotations

import numpy as np
import pytest

import margincarlo as mc
from margincarlo.errors import ScenarioError

# A machine slower or faster than predicted can come out beyond its own limits; that is counted.
pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")

DRAWN = (
    "decode_mbu",
    "decode_mfu",
    "prefill_mfu",
    "link_efficiency",
    "decode_step_overhead",
)


def content(**more):
    inputs = {
        "gpus_per_replica": 8,
        "interactivity_target": 15,
        "output_tokens": 500,
        "input_output_ratio": 4,
        "cache_hit_share": 0.5,
    }
    base = {
        "schema": 1,
        "title": "A measured machine",
        "model": "deepseek/deepseek-r1",
        "accelerator": "h200",
        "precision": "fp8",
        "efficiency": "measured",
        "outputs": ["decode_throughput", "prefill_throughput"],
        "inputs": inputs,
    }
    return base | more


def test_efficiencies_are_drawn_as_whole_rows():
    scenario = mc.load(content())
    (joint,) = scenario.joints
    assert set(joint.columns) == set(DRAWN)
    assert {scenario.inputs[name].origin for name in DRAWN} == {"profile"}
    draws = mc.simulate(scenario, draws=4096).draws
    rows = {tuple(row) for row in np.column_stack([joint.columns[name] for name in DRAWN])}
    drawn = np.column_stack([draws[name].to_numpy() for name in DRAWN])
    overhead = DRAWN.index("decode_step_overhead")
    drawn[:, overhead] /= 1e3
    found = np.array(sorted(rows))
    for row in drawn[:50]:
        assert np.isclose(found, row, rtol=1e-9).all(axis=1).any()


def test_no_share_exceeds_one():
    (joint,) = mc.load(content()).joints
    for name in ("decode_mbu", "decode_mfu", "prefill_mfu", "link_efficiency"):
        assert joint.columns[name].max() <= 1


def test_production_takes_off_what_deepseek_lost():
    scenario = mc.load(content())
    derate = scenario.inputs["production_derate"]
    assert derate.belief.mean < 1
    assert "DeepSeek" in derate.evidence.source
    tuned = mc.load(content(), overrides={"inputs.production_derate": 1})
    slow, fast = (
        mc.simulate(each, draws=2048).estimate("prefill_throughput").value
        for each in (scenario, tuned)
    )
    assert slow < fast


def test_what_was_never_measured_is_less_certain():
    def spread(**more):
        scenario = mc.load(content(**more), overrides={"inputs.production_derate": 1})
        joint = scenario.joints[0].columns
        return np.log(joint["decode_step_overhead"]).std()

    assert spread(model="qwen/qwen3-235b-a22b-2507", accelerator="b300") > 1.5 * spread()


def test_the_evidence_says_what_was_measured():
    known = mc.load(content()).inputs["decode_mbu"].evidence
    new = mc.load(content(accelerator="b300")).inputs["decode_mbu"].evidence
    assert "published measurements" in known.source
    assert known.note.startswith("both measured")
    assert new.note.startswith("accelerator never measured")
    apart = mc.load(content(model="openai/gpt-oss-120b", accelerator="b200")).inputs["decode_mbu"]
    assert apart.evidence.note.startswith("both measured, but never together")


def test_the_error_found_on_rows_held_out_is_drawn_apart():
    error = mc.load(content()).inputs["step_time_error"]
    assert not error.joint
    assert error.belief.quantile(0.5) == pytest.approx(1, rel=1e-3)
    dense = mc.load(content(model="meta-llama/llama-3.3-70b-instruct")).inputs["step_time_error"]
    assert dense.belief.quantile(0.95) < error.belief.quantile(0.95)


def test_a_model_is_slow_in_its_first_months():
    early, late = (
        mc.load(content(software_date=day)).joints[0].columns["decode_step_overhead"]
        for day in ("2025-02-27", "2026-08-01")
    )
    assert np.median(early) > 1.5 * np.median(late)


def test_what_the_author_states_stands():
    scenario = mc.load(content(), overrides={"inputs.decode_mbu": 0.6})
    assert scenario.inputs["decode_mbu"].is_point
    assert "decode_mbu" not in scenario.joints[0].columns
    assert "decode_mfu" in scenario.joints[0].columns


def test_data_parallel_attention_copies_weights_and_not_caches():
    plain, data = (
        mc.simulate(
            mc.load(content(parallelism=each, outputs=["dense_copies", "kv_copies"])), draws=64
        )
        for each in ("tensor", "data")
    )
    assert [plain.estimate(name).value for name in ("dense_copies", "kv_copies")] == [1, 8]
    assert [data.estimate(name).value for name in ("dense_copies", "kv_copies")] == [8, 1]


def test_a_dense_model_owes_no_traffic():
    scenario = mc.load(content(model="meta-llama/llama-3.3-70b-instruct"))
    assert scenario.inputs["communication_bytes_per_token"].base_value == 0


def test_measured_efficiencies_replace_stated_ones_on_the_command_line(project_root):
    path = project_root / "scenarios" / "frontier_api.toml"
    overrides = {"efficiency": "measured", "model": "z-ai/glm-4.6", "accelerator": "h200"}
    stated = mc.load(path).inputs["decode_mbu"]
    assert stated.origin == "scenario"
    with pytest.warns(match="nothing depends on|misses|implies"):
        scenario = mc.load(path, overrides=overrides)
    assert scenario.inputs["decode_mbu"].profile == "measured"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"model": None}, "those of a model on an accelerator; name both"),
        ({"accelerator": None}, "those of a model on an accelerator; name both"),
        ({"engine": "sglan"}, "did you mean 'sglang'"),
        ({"parallelism": "tensors"}, "did you mean 'tensor'"),
        ({"efficiency": None, "engine": "sglang"}, 'only efficiency = "measured" differs'),
        ({"efficiency": None, "software_date": "2026-01-01"}, "only efficiency"),
        ({"software_date": "last spring"}, "must be a day such as"),
        ({"software_date": "2020-01-01"}, "came out on 2025-01-20; name a later day"),
        ({"efficiency": "guessed"}, "measured"),
    ],
)
def test_mistakes_are_explained(more, message):
    stated = {key: value for key, value in content(**more).items() if value is not None}
    with pytest.raises(ScenarioError, match=message):
        mc.load(stated)
