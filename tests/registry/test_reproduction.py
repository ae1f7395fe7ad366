"""The equations, fed with the registry, give back what was compiled layer by layer."""

from __future__ import annotations

import pytest

from margincarlo.equations.memory import local_kv_bytes, read_kv_bytes, stored_kv_bytes
from margincarlo.equations.roofline import decode_flops_per_token
from margincarlo.registry import expand, models

CONTEXTS = {"8k": 8192, "32k": 32768, "128k": 131072}
# Its arithmetic bends once more above 8k: two straight pieces miss attention at 8k by 7 %, and all
# arithmetic of a token by less than 1 %.
BENT = "deepseek/deepseek-v4.1-flash"


def values(model: str, *, kv_precision: str = "bf16") -> dict[str, float]:
    facts = expand(model=model, accelerator=None, precision=None, kv_precision=kv_precision)
    return {name: fact.value for name, fact in facts.items()}


def local(known: dict[str, float], context: float) -> float:
    return float(
        local_kv_bytes(
            local_kv_bytes_per_token=known["local_kv_bytes_per_token"],
            local_attention_window=known["local_attention_window"],
            context_length=context,
        )
    )


def stored(known: dict[str, float], context: float) -> float:
    return float(
        stored_kv_bytes(
            kv_bytes_per_token=known["kv_bytes_per_token"],
            context_length=context,
            local_kv_bytes=local(known, context),
            state_bytes=known["state_bytes"],
        )
    )


def read(known: dict[str, float], context: float) -> float:
    return float(
        read_kv_bytes(
            kv_bytes_per_token=known["kv_bytes_per_token"],
            context_length=context,
            sparse_kv_bytes_per_token=known["sparse_kv_bytes_per_token"],
            sparse_kv_bytes=known["sparse_kv_bytes"],
            local_kv_bytes=local(known, context),
            state_bytes=known["state_bytes"],
        )
    )


def attention(known: dict[str, float], context: float) -> float:
    return float(
        decode_flops_per_token(
            matmul_flops_per_token=0.0,
            attention_flops_slope=known["attention_flops_slope"],
            attention_flops_plateau=known["attention_flops_plateau"],
            attention_span=known["attention_span"],
            context_length=context,
        )
    )


@pytest.mark.parametrize("model", models())
def test_what_a_sequence_stores(model, reference):
    known = values(model)
    for name, context in CONTEXTS.items():
        compiled = float(reference[model][f"kv_plus_state_bytes_at_{name}"])
        assert stored(known, context) == pytest.approx(compiled, rel=1e-6)


@pytest.mark.parametrize("model", models())
def test_what_a_step_reads(model, reference):
    known = values(model)
    for name in ("32k", "128k"):
        compiled = float(reference[model][f"kv_read_bytes_per_step_at_{name}"])
        # The compilation counts the state once; a step reads it and writes it back.
        once = read(known, CONTEXTS[name]) - known["state_bytes"]
        assert once == pytest.approx(compiled, rel=1e-6)


@pytest.mark.parametrize("model", models())
def test_attention_arithmetic(model, reference):
    known = values(model)
    for name, context in CONTEXTS.items():
        compiled = float(reference[model][f"attn_gflops_per_token_at_{name}"]) * 1e9
        relative = 0.08 if (model, name) == (BENT, "8k") else 0.002
        assert attention(known, context) == pytest.approx(compiled, rel=relative)


def test_the_exception_hardly_matters_for_all_arithmetic(reference):
    known = values(BENT)
    compiled = float(reference[BENT]["attn_gflops_per_token_at_8k"]) * 1e9
    weights = 2 * known["active_parameters"]
    miss = attention(known, 8192) - compiled
    assert abs(miss) < 0.01 * (weights + compiled)


@pytest.mark.parametrize("model", models())
def test_prefill_of_latent_attention_is_not_absorbed(model, reference):
    row = reference[model]
    expected = 1.0
    attention_layers = models()[model].attention
    # Sparse attention selects for each query, so kernels compute it absorbed in prefill too.
    if "mla x" in attention_layers:
        wide = sum(float(row[name]) for name in ("qk_nope_head_dim", "qk_rope_head_dim"))
        latent = 2 * float(row["kv_lora_rank"]) + float(row["qk_rope_head_dim"])
        expected = (wide + float(row["v_head_dim"])) / latent
    assert values(model)["prefill_attention_ratio"] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("model", models())
def test_active_parameters_are_dense_ones_and_the_share_of_the_routed(model):
    known = values(model)
    routed = known["activated_expert_share"] * known["routed_parameters"]
    assert known["dense_parameters"] + routed == pytest.approx(known["active_parameters"], rel=3e-4)


@pytest.mark.parametrize(
    ("model", "per_token"),
    # 61 layers of 576 latent elements, and 80 layers of 8 heads with 128 keys and 128 values.
    [("DeepSeek-V3", 61 * 576 * 2), ("llama-3.3-70b-instruct", 80 * 8 * 256 * 2)],
)
def test_kv_cache_of_well_known_models(model, per_token):
    assert values(model)["kv_bytes_per_token"] == per_token


def test_sparse_attention_reads_a_selection_and_its_index():
    known = values("deepseek-v3.2")
    # Keys of the indexer for the whole context; 2,048 latent entries in each of 61 layers.
    assert known["sparse_kv_bytes_per_token"] == pytest.approx(61 * 128 * 2)
    assert known["sparse_kv_bytes"] == pytest.approx(2048 * 61 * 576 * 2)
    assert known["attention_span"] == 2048


def test_low_precision_scales_every_part_of_the_cache_but_not_the_state():
    for model in ("gpt-oss-120b", "deepseek-v3.2", "kimi-k3", "deepseek-v4-pro"):
        wide, narrow = values(model), values(model, kv_precision="fp8")
        scale = narrow["kv_bytes_per_token"] / wide["kv_bytes_per_token"]
        assert 0.4 < scale < 0.6
        scaled = ("sparse_kv_bytes_per_token", "sparse_kv_bytes", "local_kv_bytes_per_token")
        for name in scaled:
            assert narrow[name] == pytest.approx(scale * wide[name])
        assert narrow["state_bytes"] == wide["state_bytes"]
