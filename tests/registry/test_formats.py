"""Bytes per weight and the precision computed in."""

from __future__ import annotations

import pytest

from margincarlo.errors import ScenarioError
from margincarlo.registry import expand, find_accelerator, models
from margincarlo.registry.formats import bytes_per_weight, peak_tflops, weight_formats


def gigabytes(model: str, precision: str | None) -> float:
    from margincarlo.equations.memory import weight_bytes

    facts = expand(model=model, accelerator=None, precision=precision)
    needed = ("total_parameters", "routed_parameters", "weight_precision", "dense_precision")
    values = {name: facts[name].value for name in needed}
    return float(weight_bytes(**values, dense_copies=1)) / 1e9


@pytest.mark.parametrize("model", models())
def test_weights_are_as_large_as_published_and_in_bf16(model, reference):
    row = reference[model]
    # The reference is rounded to 0.1 GB.
    native, bf16 = float(row["native_weight_gb_computed"]), float(row["bf16_weight_gb"])
    assert gigabytes(model, None) == pytest.approx(native, rel=1e-3, abs=0.06)
    assert gigabytes(model, "bf16") == pytest.approx(bf16, rel=1e-4, abs=0.06)


def test_deepseek_r1_is_published_with_673_gigabytes():
    assert gigabytes("deepseek-r1", "native") == pytest.approx(673.0, abs=0.1)


@pytest.mark.parametrize(
    ("model", "on_disk"),
    # Kimi K2.5 as reported by the vLLM recipes; gpt-oss-120b by its model card (60.8 GiB).
    [("kimi-k2.5", 595.0), ("gpt-oss-120b", 60.8 * 1.073741824)],
)
def test_four_bit_checkpoints_are_as_large_as_on_disk(model, on_disk):
    assert gigabytes(model, "native") == pytest.approx(on_disk, rel=0.005)


def test_a_model_published_in_the_precision_asked_for_is_taken_as_published():
    by_id = models()
    assert weight_formats(by_id["openai/gpt-oss-120b"], "fp4") == ("mxfp4", "bf16")
    assert weight_formats(by_id["moonshotai/kimi-k2.5"], "int4") == ("int4", "bf16")
    assert weight_formats(by_id["deepseek/deepseek-v4-pro"], "fp4") == ("mxfp4", "fp8")
    assert weight_formats(by_id["deepseek/deepseek-r1"], "fp4") == ("nvfp4", "fp8")


@pytest.mark.parametrize(("precision", "narrow"), [("fp8", 1.000244), ("fp4", 0.5625)])
def test_embeddings_keep_two_bytes_and_other_layers_one(precision, narrow):
    model = models()["deepseek/deepseek-r1"]
    experts, dense = bytes_per_weight(model, precision)
    outside = 671.026 - 653.909
    linear = 1.000244
    assert experts == pytest.approx(narrow, rel=1e-6)
    embedding = 2 * 129280 * 7168 / 1e9
    held = (outside - embedding) * linear + 2 * embedding
    assert dense * outside == pytest.approx(held, rel=1e-5)


def test_narrower_weights_are_smaller():
    for model in ("deepseek-r1", "llama-3.1-8b-instruct", "qwen3.5-397b-a17b"):
        sizes = [gigabytes(model, precision) for precision in ("bf16", "fp8", "fp4")]
        assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("part", "wanted", "used", "peak"),
    [
        ("h100", "bf16", "bf16", 989),
        ("h100", "fp8", "fp8", 1979),
        ("h100", "fp4", "bf16", 989),
        ("h100", "int4", "bf16", 989),
        ("b200", "fp4", "fp4", 9000),
        ("a100-80gb", "fp8", "bf16", 312),
        ("a100-80gb", "fp4", "bf16", 312),
    ],
)
def test_the_peak_is_of_the_widest_precision_needed(part, wanted, used, peak):
    assert peak_tflops(find_accelerator(part), wanted) == (used, peak)


def test_a_fallback_says_so():
    facts = expand(model="deepseek-r1", accelerator="a100-80gb", precision="fp8")
    assert facts["peak_flops"].value == pytest.approx(312e12)
    assert "no fp8 peak, so fp8 weights compute in bf16" in facts["peak_flops"].evidence.note


def test_native_weights_choose_the_precision_computed_in():
    def peak(model: str) -> float:
        return expand(model=model, accelerator="b200", precision=None)["peak_flops"].value

    assert peak("deepseek-r1") == pytest.approx(4500e12)
    assert peak("gpt-oss-120b") == pytest.approx(9000e12)
    assert peak("kimi-k2.5") == pytest.approx(2250e12)
    assert peak("qwen3-32b") == pytest.approx(2250e12)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"precision": "fp16"}, "precision may be native, bf16, fp8, fp4, int4, not 'fp16'"),
        ({"precision": None, "kv_precision": "fp4"}, "kv_precision may be bf16, fp8, not 'fp4'"),
    ],
)
def test_an_unknown_precision_says_what_is_allowed(given, message):
    with pytest.raises(ScenarioError, match=message):
        expand(model="deepseek-r1", accelerator=None, **given)
