"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import margincarlo as mc

SLOW = ("arviz", "matplotlib", "nutpie", "pandas", "pint", "pymc", "pytensor", "seaborn", "xarray")


@pytest.mark.parametrize("name", mc.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(mc, name) is not None


def test_dir_lists_exactly_the_public_names() -> None:
    assert dir(mc) == sorted(mc.__all__)


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'simulat'"):
        mc.simulat  # noqa: B018


def loaded_after(statement: str) -> set[str]:
    """Top-level modules loaded in a fresh process after a statement."""
    code = f"{statement}\nimport sys; print(*{{m.partition('.')[0] for m in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_loads_nothing_slow() -> None:
    assert not loaded_after("import margincarlo").intersection(SLOW, {"numpy", "scipy", "pydantic"})


def test_running_a_scenario_loads_neither_frames_nor_plots() -> None:
    run = """
import margincarlo as mc
host = {"schema": 1, "title": "t", "outputs": ["compute_cost"], "inputs": {
    "input_tokens": 1000, "output_tokens": 100, "input_token_cost": 0.1, "cached_token_cost": 0,
    "output_token_cost": {"p5": 0.5, "p95": 2}}}
mc.simulate(mc.load(host)).summaries()
"""
    assert not loaded_after(run).intersection(set(SLOW) - {"pint"})
