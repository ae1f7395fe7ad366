"""Cells: how precisions, engines, dates and flags are spelled."""

from __future__ import annotations

import pytest

from margincarlo.measurements import Measurement
from margincarlo.measurements.judge import judge
from tests.measurements.conftest import GOOD


def judged(**changes: str) -> Measurement:
    return judge({**GOOD, **changes}, "line 2")


@pytest.mark.parametrize(
    ("model", "text", "expected"),
    [
        ("DeepSeek-R1", "FP8 (block)", "fp8"),
        ("DeepSeek-R1", "NVFP4", "fp4"),
        ("gpt-oss-120b", "mxfp4 (native checkpoint)", "native"),
        ("gpt-oss-120b", "bf16", "bf16"),
        ("Kimi-K2-Thinking", "int4", "native"),
        ("Kimi-K2", "int4", "int4"),
        ("Llama-3.3-70B", "nvfp4", "fp4"),
    ],
)
def test_precision_of_weights(model: str, text: str, expected: str) -> None:
    row = judge({**GOOD, "model": model, "precision_weights": text}, "r")
    assert row.precision == expected


@pytest.mark.parametrize(
    ("kv", "engine", "weights", "expected"),
    [
        ("fp8_e4m3", "vllm", "fp8", "fp8"),
        ("auto=bf16", "trt", "fp4", "bf16"),
        ("", "TensorRT-LLM", "fp8", "fp8"),
        ("", "NVIDIA NIM", "bf16", "fp8"),
        ("", "vLLM", "fp8", "bf16"),
        ("", "sglang", "nvfp4", "fp8"),
    ],
)
def test_precision_of_the_cache(kv: str, engine: str, weights: str, expected: str) -> None:
    row = judge({**GOOD, "precision_kv": kv, "engine": engine, "precision_weights": weights}, "r")
    assert row.kv_precision == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dynamo-trt", "trt"),
        ("TensorRT-LLM 1.2", "trt"),
        ("mori-SGLang", "sglang"),
        ("vLLM 0.12", "vllm"),
        ("ATOM", "atom"),
        ("", "other"),
        ("llama.cpp", "other"),
    ],
)
def test_engines(text: str, expected: str) -> None:
    assert judged(engine=text).engine == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-01", "2026-05-01"),
        ("run of 2026-05-01, 2026-06-01", "2026-05-01"),
        ("2026-05", "2026-05-15"),
        ("", ""),
        ("last spring", ""),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert judged(date=text).date == expected


@pytest.mark.parametrize("text", ["True", "true ", "YES", "1", "1.0"])
def test_flags(text: str) -> None:
    assert judged(disaggregated=text).disaggregated
