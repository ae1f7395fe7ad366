"""Facts: figures computed by hand for one dense model and one mixture."""

from __future__ import annotations

import pytest

from margincarlo.measurements import Facts, Measurement, facts_of, read_measurements
from margincarlo.measurements.judge import judge
from tests.measurements.conftest import GOOD

FP8 = 1 + 4 / 128**2


@pytest.fixture(scope="module")
def shipped() -> dict[str, Measurement]:
    """Measurements of the shipped table by the name of their row."""
    return {row.row: row for row in read_measurements().measurements}


def facts(row: Measurement) -> dict[str, float]:
    found = facts_of([row])
    return {name: float(getattr(found, name)[0]) for name in Facts.__dataclass_fields__}


def test_llama_on_two_h100(shipped: dict[str, Measurement]) -> None:
    row = shipped["3679"]
    assert (row.model, row.parallelism) == ("meta-llama/llama-3.3-70b-instruct", "TP2")
    assert (row.accelerator, row.precision, row.kv_precision) == ("h100", "fp8", "fp8")
    found = facts(row)
    # Embedding and output head keep 2 B; their share of all weights is that of the weights read.
    average = ((70.554 - 2.101346) * FP8 + 2.101346 * 2) / 70.554
    assert found["dense_bytes"] == pytest.approx(69.502e9 * average, rel=1e-9)
    assert (found["routed_bytes"], found["communication_bytes_per_token"]) == (0, 0)
    assert (found["dense_copies"], found["kv_copies"]) == (1, 1)
    # 80 layers x 8 heads x 128 x (key and value) x 1 B, over the prompt and half of the output.
    assert found["read_kv_bytes"] == pytest.approx(80 * 8 * 128 * 2 * (5000 + 500 / 2))
    # 2 a weight, and 4 x 80 layers x 8192 a token of context.
    matmul = 2 * 69.502e9
    assert found["decode_flops_per_token"] == pytest.approx(matmul + 4 * 80 * 8192 * 5250)
    assert found["prefill_flops_per_token"] == pytest.approx(matmul + 4 * 80 * 8192 * 2500)
    assert found["uncached_input_per_output"] == 10
    assert found["peak_flops"] == 1979e12
    assert found["memory_bandwidth"] == 3.35e12


def test_deepseek_under_tensor_parallelism(shipped: dict[str, Measurement]) -> None:
    row = shipped["61"]
    assert (row.model, row.parallelism) == ("deepseek/deepseek-r1", "TP8/EP1/DPA0")
    assert (row.accelerator, row.precision, row.kv_precision) == ("h200", "fp8", "bf16")
    found = facts(row)
    assert found["routed_bytes"] == pytest.approx(653.909e9 * FP8, rel=1e-9)
    assert found["expert_coverage"] == pytest.approx(1 - (1 - 8 / 256) ** row.batch, rel=1e-9)
    # One latent head cannot be split: every accelerator has the whole cache.
    assert (found["kv_copies"], found["dense_copies"]) == (8, 1)
    # 61 layers x (512 latent + 64 rotary) x 2 B.
    assert found["read_kv_bytes"] == pytest.approx(61 * 576 * 2 * 921.6 * 1.5)
    # Two all-reduces a layer, each 2 x 7/8 x 7168 x 2 B an accelerator, over 8.
    all_reduce = 2 * 61 * 2 * (7 / 8) * 7168 * 2
    assert found["communication_bytes_per_token"] == pytest.approx(all_reduce * 8)


def test_deepseek_under_data_parallel_attention(shipped: dict[str, Measurement]) -> None:
    row = shipped["19"]
    assert (row.model, row.parallelism) == ("deepseek/deepseek-r1", "TP8/EP8/DPA1")
    found = facts(row)
    assert (found["kv_copies"], found["dense_copies"]) == (1, 8)
    # To 8 experts in 8-bit and back in 16-bit, over 58 layers; 1 in 8 stays where it is.
    assert found["communication_bytes_per_token"] == pytest.approx(58 * 8 * 7168 * 3)


def test_a_mixture_of_shared_heads_splits_its_cache() -> None:
    for gpus, copies in ((2, 1), (8, 1), (16, 2)):
        layout = {"model": "gpt-oss-120b", "precision_weights": "mxfp4", "num_gpus": ""}
        row = judge({**GOOD, **layout, "parallelism": f"TP{gpus}"}, "r")
        assert facts(row)["kv_copies"] == copies


def test_where_others_prefill_no_prefill_is_owed(shipped: dict[str, Measurement]) -> None:
    row = next(row for row in shipped.values() if row.disaggregated)
    assert facts(row)["uncached_input_per_output"] == 0


def test_columns_broadcast_against_draws(shipped: dict[str, Measurement]) -> None:
    found = facts_of([shipped["61"], shipped["19"]])
    assert found.column().layers.shape == (2, 1)
    assert found.layers.shape == (2,)
