"""Facts about quantities, and the smallest replica."""

from __future__ import annotations

import pytest

from margincarlo.errors import ScenarioError
from margincarlo.evidence import KINDS
from margincarlo.quantities import quantities
from margincarlo.registry import PRECISIONS, accelerators, expand, models, smallest_replica
from margincarlo.units import factor

EVERY_MODEL = {
    "total_parameters",
    "active_parameters",
    "dense_parameters",
    "routed_parameters",
    "activated_expert_share",
    "layers",
    "hidden_size",
    "maximum_context",
    "weight_precision",
    "dense_precision",
    "kv_bytes_per_token",
    "kv_shards",
    "sparse_kv_bytes_per_token",
    "sparse_kv_bytes",
    "local_kv_bytes_per_token",
    "local_attention_window",
    "state_bytes",
    "attention_flops_slope",
    "attention_flops_plateau",
    "attention_span",
    "prefill_attention_ratio",
}
MIXTURE = {"experts", "experts_per_token", "expert_layers"}
DENSE = {"expert_imbalance", "routing_diversity"}
EVERY_PART = {
    "memory_capacity",
    "memory_bandwidth",
    "peak_flops",
    "link_bandwidth",
    "accelerator_power",
    "host_power",
}


def test_a_mixture_and_an_accelerator_in_base_units():
    facts = expand(model="deepseek-r1", accelerator="h100", precision="bf16")
    assert set(facts) == EVERY_MODEL | MIXTURE | EVERY_PART
    known = {name: fact.value for name, fact in facts.items()}
    assert known["total_parameters"] == pytest.approx(671.026e9)
    assert known["activated_expert_share"] == 8 / 256
    assert known["expert_layers"] == 58
    assert known["weight_precision"] == known["dense_precision"] == 2.0
    assert known["memory_capacity"] == pytest.approx(80e9)
    assert known["memory_bandwidth"] == pytest.approx(3.35e12)
    assert known["peak_flops"] == pytest.approx(989e12)
    assert known["link_bandwidth"] == pytest.approx(450e9)
    assert known["accelerator_power"] == 700
    assert known["host_power"] == 670


def test_a_dense_model_uses_every_weight():
    facts = expand(model="llama-3.3-70b-instruct", accelerator=None, precision=None)
    assert set(facts) == EVERY_MODEL | DENSE
    known = {name: fact.value for name, fact in facts.items()}
    assert known["dense_parameters"] == known["active_parameters"] == pytest.approx(69.502e9)
    assert known["routed_parameters"] == 0
    assert known["activated_expert_share"] == 1
    assert known["expert_imbalance"] == known["routing_diversity"] == 1


def test_nothing_named_says_nothing():
    assert not expand(model=None, accelerator=None, precision=None)


@pytest.mark.parametrize("blank", [{"precision": ""}, {"precision": None, "kv_precision": ""}])
def test_a_blank_precision_is_not_taken_for_none(blank):
    with pytest.raises(ScenarioError, match="precision may be"):
        expand(model=None, accelerator=None, **blank)


def test_what_is_not_known_is_left_out():
    # No published bf16 peak; no link; no model that would say what native weights are.
    assert "peak_flops" not in expand(model="qwen3-32b", accelerator="vr200", precision=None)
    assert "link_bandwidth" not in expand(model=None, accelerator="groq-lpu-v1", precision="bf16")
    assert "peak_flops" not in expand(model=None, accelerator="h100", precision=None)
    assert "peak_flops" in expand(model=None, accelerator="h100", precision="fp8")


@pytest.mark.parametrize(
    ("model", "precision", "per_token"),
    [
        ("deepseek-r1", None, 35136),
        ("deepseek-r1", "bf16", 70272),
        ("qwen3-32b", None, 262144),
        ("qwen3-32b", "fp8", 131072),
        ("kimi-k2.5", None, 35136),
    ],
)
def test_the_kv_cache_is_as_narrow_as_the_weights(model, precision, per_token):
    facts = expand(model=model, accelerator=None, precision=precision)
    assert facts["kv_bytes_per_token"].value == per_token


def test_the_kv_cache_may_be_chosen_apart():
    facts = expand(model="deepseek-r1", accelerator=None, precision="fp8", kv_precision="bf16")
    assert facts["kv_bytes_per_token"].value == 70272


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_fact_is_plausible_and_sourced(precision):
    names = [(model, None) for model in models()] + [(None, part) for part in accelerators()]
    for model, part in names:
        facts = expand(model=model, accelerator=part, precision=precision)
        for name, fact in facts.items():
            quantity = quantities()[name]
            shown = fact.value / factor(quantity.display, quantity.unit)
            assert quantity.support[0] <= shown <= quantity.support[1], (model, part, name)
            assert quantity.plausible[0] <= shown <= quantity.plausible[1], (model, part, name)
            assert fact.evidence
            assert fact.evidence.as_of
            assert fact.evidence.kind in KINDS
            assert "confidence" in fact.evidence.note


def test_an_estimate_of_ours_is_called_a_judgement():
    facts = expand(model=None, accelerator="l40s", precision="bf16")
    assert facts["host_power"].evidence.kind == "judgement"
    assert facts["memory_capacity"].evidence.kind == "claim"


@pytest.mark.parametrize(
    ("part", "precision", "count"),
    # 1,342.05 GB over 72 GB; 673.04 GB over 72 GB and 126.9 GB.
    [("h100", "bf16", 19), ("h100", "native", 10), ("h200", None, 6)],
)
def test_deepseek_r1_does_not_fit_on_a_few_accelerators(part, precision, count):
    assert smallest_replica("deepseek-r1", part, precision) == count


def test_the_reserve_counts():
    assert smallest_replica("deepseek-r1", "h100", "native", reserve=0.0) == 9
    assert smallest_replica("llama-3.1-8b-instruct", "h100", "bf16") == 1


@pytest.mark.parametrize("reserve", [-0.1, 1.0, float("nan")])
def test_a_reserve_out_of_range_is_refused(reserve):
    with pytest.raises(ScenarioError, match="reserve must be from 0 to below 1"):
        smallest_replica("deepseek-r1", "h100", None, reserve=reserve)
