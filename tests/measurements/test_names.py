"""Names as benchmarks write them."""

from __future__ import annotations

import csv
from importlib import resources

import pytest

from margincarlo.measurements.names import accelerator_called, model_called


@pytest.fixture(scope="module")
def shipped() -> list[dict[str, str]]:
    """Rows of the shipped table."""
    path = resources.files("margincarlo") / "data" / "throughput.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_every_name_of_the_shipped_table_is_known(shipped: list[dict[str, str]]) -> None:
    assert [name for name in {row["model"] for row in shipped} if not model_called(name)] == []
    parts = {row["hardware"] for row in shipped}
    assert [name for name in parts if not accelerator_called(name)] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("DeepSeek-R1-0528", "deepseek/deepseek-r1"),
        ("deepseek-ai/DeepSeek-R1", "deepseek/deepseek-r1"),
        ("DeepSeek-V3/R1", "deepseek/deepseek-r1"),
        ("Kimi-K2", "moonshotai/kimi-k2-0905"),
        ("Kimi K2.5", "moonshotai/kimi-k2.5"),
        ("Llama 3.3 70B", "meta-llama/llama-3.3-70b-instruct"),
        ("Llama-3.3-70B-Instruct", "meta-llama/llama-3.3-70b-instruct"),
        ("Qwen3-235B-A22B (FP8)", "qwen/qwen3-235b-a22b-2507"),
        ("  GLM-5  ", "z-ai/glm-5"),
        ("MiniMax-M2.5", "minimax/minimax-m2.5"),
    ],
)
def test_models(name: str, expected: str) -> None:
    found = model_called(name)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "(",
        "gpt-oss",
        "DeepSeek",
        "DeepSeek-V4",
        "Qwen3",
        "DeepSeek-R1 (Distill-Llama-70B)",
        "DeepSeek-R1-Distill-Llama-70B",
        "GPT-5",
    ],
)
def test_models_that_are_unknown_or_several(name: str) -> None:
    assert model_called(name) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("B300 SXM", "b300"),
        ("H100 SXM5", "h100"),
        ("H100-SXM", "h100"),
        ("NVIDIA H200", "h200"),
        ("AMD Instinct MI300X", "mi300x"),
        ("MI355X (OAM)", "mi355x"),
        ("H200-SXM-141GB", "h200"),
        ("GB200 NVL72", "gb200"),
        ("H100 PCIe", "h100-pcie"),
        ("H100 (PCIe)", "h100-pcie"),
        ("H100-PCIe-80GB", "h100-pcie"),
        ("A100 SXM 40GB", "a100-40gb"),
        ("H20-96G", "h20"),
        ("RTX PRO 6000 BSE", "rtx-pro-6000"),
    ],
)
def test_accelerators(name: str, expected: str) -> None:
    found = accelerator_called(name)
    assert found is not None
    assert found.id == expected


@pytest.mark.parametrize(
    "name",
    [
        "",
        "SXM",
        "NVIDIA",
        "H200 NVL",
        "H200-NVL",
        "H200_NVL",
        "H100 (NVL)",
        "H100 NVL",
        "MI350X",
        "MI300A",
        "H20-141G",
        "A100",
        "A100 PCIe",
        "L40",
        "B100",
        "B200 PCIe",
        "GB200 NVL4",
    ],
)
def test_another_part_is_never_taken_for_one_we_know(name: str) -> None:
    assert accelerator_called(name) is None
