"""Rates that others published fall inside the interval that public configuration alone gives."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import margincarlo as mc
from margincarlo.errors import FeasibilityWarning

FILES = (
    "deepseek_day6_decode",
    "deepseek_day6_prefill",
    "nim_h100_in_flight",
    "sglang_96_h100_decode",
    "sglang_96_h100_prefill",
)


@pytest.fixture(scope="module")
def folder(project_root: Path) -> Path:
    return project_root / "scenarios" / "ground_truth"


def test_every_file_is_tested(folder):
    assert sorted(path.stem for path in folder.glob("*.toml")) == list(FILES)


@pytest.mark.parametrize("name", FILES)
def test_the_published_rate_is_inside_the_central_90_percent(folder, name):
    scenario = mc.load(folder / f"{name}.toml")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FeasibilityWarning)
        simulation = mc.simulate(scenario)
    assert scenario.claims
    for claim in scenario.claims:
        (summary,) = (each for each in simulation.summaries() if each.name == claim.quantity)
        low, high = summary.figures["q5"], summary.figures["q95"]
        assert low.value + low.error < claim.claimed < high.value - high.error


@pytest.mark.parametrize("name", FILES)
def test_what_is_claimed_is_no_input(folder, name):
    scenario = mc.load(folder / f"{name}.toml")
    assert not {claim.quantity for claim in scenario.claims} & set(scenario.inputs)
