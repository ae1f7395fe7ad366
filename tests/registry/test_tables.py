"""The tables: complete, sourced, quick to load."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import time

import pytest

from margincarlo.evidence import KINDS
from margincarlo.registry import Accelerator, Model, accelerators, models
from margincarlo.registry.formats import BYTES_PER_WEIGHT

PARTS = (
    "a100-40gb a100-80gb h100 h100-pcie h200 h20 h800 b200 b300 gb200 gb300 vr200 rtx-pro-6000 l40s"
    " l4 mi300x mi325x mi355x tpu-v5e tpu-v5p tpu-v6e tpu-v7 trainium2 inferentia2 groq-lpu-v1"
    " cerebras-wse-3"
)


def test_there_are_69_models_and_26_accelerators():
    assert len(models()) == 69
    assert list(accelerators()) == PARTS.split()


def test_a_model_without_a_slug_gets_one_from_its_repository():
    assert models()["nvidia/nemotron-h-56b-base-8k"].hf_repo == "nvidia/Nemotron-H-56B-Base-8K"


def test_ids_look_alike():
    assert all(re.fullmatch(r"[a-z-]+/[a-z0-9.-]+", key) for key in models())
    assert all(re.fullmatch(r"[a-z0-9-]+", key) for key in accelerators())


@pytest.mark.parametrize("table", [models, accelerators])
def test_no_alias_means_two_rows(table):
    rows = list(table().values())
    aliases = [alias for row in rows for alias in row.aliases]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("table", [models, accelerators])
def test_every_row_says_where_it_comes_from(table):
    for row in table().values():
        assert row.source
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.as_of)
        assert row.confidence in ("high", "medium", "low")
        assert re.fullmatch(r"20\d\d-(\d\d-\d\d|H[12])", row.released)


def test_kinds_of_evidence_are_known():
    for part in accelerators().values():
        assert {part.kind, part.tdp_kind, part.host_power_kind} <= set(KINDS)
        assert part.power_source


def test_number_formats_are_known():
    for model in models().values():
        assert {model.expert_format, model.other_format} <= set(BYTES_PER_WEIGHT)


@pytest.mark.parametrize(("table", "row_type"), [(models, Model), (accelerators, Accelerator)])
def test_rows_cannot_be_changed(table, row_type):
    row = next(iter(table().values()))
    assert isinstance(row, row_type)
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.name = "another"


def test_loading_is_quick():
    seconds = []
    for _ in range(5):
        models.cache_clear()
        accelerators.cache_clear()
        start = time.perf_counter()
        models()
        accelerators()
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.05


def test_loading_imports_nothing_slow():
    program = (
        "import sys; from margincarlo.registry import accelerators, models; models();"
        " accelerators(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert not {"pandas", "pint", "scipy", "xarray"} & set(done.stdout.decode().split())
