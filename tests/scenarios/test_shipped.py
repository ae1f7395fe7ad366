"""Every shipped scenario gives the figures it gave when it was last looked at by a person.

`golden.json` holds medians, interval bounds and probabilities with their Monte Carlo errors, from a
seed that is not the scenarios' own. After a change that is meant to move them, run this file as a
program and read the difference.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

import margincarlo as mc

HERE = Path(__file__).parent
GOLDEN = HERE / "golden.json"
SCENARIOS = sorted((HERE.parents[1] / "scenarios").glob("*.toml"))
OTHER_SEED = 7


def figures(path: Path, seed: int | None) -> dict[str, list[float]]:
    """Every figure of a scenario, with its error."""
    found: dict[str, list[float]] = {}
    simulation = mc.simulate(mc.load(path), seed=seed)
    for summary in simulation.summaries():
        for figure in ("median", "low", "high"):
            estimate = getattr(summary, figure)
            found[f"{figure} of {summary.name}"] = [estimate.value, estimate.error]
    for probability in simulation.probabilities():
        found[f"P({probability.statement})"] = [probability.value, probability.error]
    return found


@pytest.fixture(scope="module")
def golden() -> dict[str, dict[str, list[float]]]:
    content: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return content


def test_every_shipped_scenario_has_its_figures(golden: dict[str, Any]) -> None:
    assert set(golden) == {path.stem for path in SCENARIOS}


@pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_figures_are_those_of_the_golden_run(path: Path, golden: dict[str, Any]) -> None:
    now = figures(path, seed=None)
    assert now.keys() == golden[path.stem].keys()
    for name, (value, error) in now.items():
        then, other = golden[path.stem][name]
        # Both errors are 95 % half-widths: 1.96 standard errors. Four of these are allowed.
        assert abs(value - then) <= 4 * math.hypot(error, other) / 1.96 + 1e-12 * abs(then), name


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_belief_has_a_source_and_the_title_asks(path: Path) -> None:
    scenario = mc.load(path)
    assert scenario.title.endswith("?")
    without = [given.name for given in scenario.uncertain if not given.evidence.source]
    assert not without


if __name__ == "__main__":
    fresh = {path.stem: figures(path, seed=OTHER_SEED) for path in SCENARIOS}
    GOLDEN.write_text(json.dumps(fresh, indent=1) + "\n", encoding="utf-8")
