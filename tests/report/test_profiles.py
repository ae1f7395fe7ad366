"""What comes from a shipped profile is told apart from what the author states."""

from __future__ import annotations

import datetime as dt
import json
import re
from importlib import resources

import jsonschema  # type: ignore[import-untyped]  # publishes no types
import pytest

import margincarlo as mc
from margincarlo.report import report_html
from margincarlo.report.assumptions import assumptions

TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def simulation() -> mc.Simulation:
    """A run on DeepSeek's disclosed mix, of which the author states one input."""
    source = {
        "schema": 1,
        "title": "How long are prompts?",
        "outputs": ["input_tokens", "prefill_context", "utilization"],
        "workload": "deepseek_day6",
        "load_shape": "deepseek",
        "inputs": {"output_tokens": {"p5": 300, "p95": 900, "source": "ours"}},
    }
    return mc.simulate(mc.load(source), draws=1024)


def test_known_and_uncertain_inputs_of_profiles_are_in_the_tables(simulation) -> None:
    found = assumptions(simulation.scenario, TODAY)
    assert [row.name for row in found.authored] == ["output_tokens"]
    assert {row.name for row in found.stated} == {"input_output_ratio", "cache_hit_share"}
    assert len(found.shipped) == 7
    assert found.shipped_judged == 3
    assert set(found.profiles) == {"deepseek_day6", "deepseek"}
    assert found.registry == found.defaults == ()


def test_the_page_names_the_profiles(simulation) -> None:
    page = " ".join(re.sub(r"<[^>]*>", " ", report_html(simulation, today=TODAY)).split())
    assert "7 come from shipped profiles: " in page
    assert "0 of 1 are the author’s judgement; of 7 from shipped profiles 3 are judgement" in page
    assert page.count("profile deepseek_day6") == 2
    assert page.count("profile deepseek ") == 5
    assert "Workload deepseek_day6 Load shape deepseek" in page


def test_the_document_says_that_a_profile_gave_it(simulation) -> None:
    path = resources.files("margincarlo") / "data" / "result.schema.json"
    found = simulation.to_dict()
    jsonschema.validate(found, json.loads(path.read_text(encoding="utf-8")))
    assert found["inputs"]["peak_to_mean_load"]["origin"] == "profile"
    assert found["inputs"]["output_tokens"]["origin"] == "scenario"
