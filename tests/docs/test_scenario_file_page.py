"""The reference of the scenario file follows from the code, and its examples are scenarios."""

from __future__ import annotations

import re
import tomllib

import pytest

from margincarlo.equations import DERIVATIONS
from margincarlo.scenario import read_statement
from margincarlo.scenario.file import InputTable, ScenarioFile
from margincarlo.scenario.inputs import read_input
from margincarlo.units import factor


@pytest.fixture(scope="module")
def page(project_root):
    return (project_root / "docs/reference/scenario_file.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def blocks(page):
    found = re.findall(r"^```(?:\{code-block\} )?toml\n(?::[^\n]*\n)?(.*?)^```$", page, re.M | re.S)
    return [tomllib.loads(block) for block in found]


def test_the_page_is_what_the_generator_writes(page, docs_script):
    fresh = docs_script("generate_scenario_file").page()
    assert page == fresh, "run `python docs/generate_scenario_file.py`"


def test_every_key_has_a_row(page):
    for model in (ScenarioFile, InputTable):
        for name, field in model.model_fields.items():
            assert f"| `{field.alias or name}` | " in page


def test_every_way_of_deriving_is_named(page):
    for name, ways in DERIVATIONS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` | {{py"))
        assert [way for way in ways if f"`{way} <" in row] == list(ways)


def test_meanings_are_kept_only_where_the_schema_has_none(docs_script):
    script = docs_script("generate_scenario_file")
    used = {
        name
        for model in script.MODELS
        for name, field in model.model_fields.items()
        if not field.description
    }
    assert set(script.MEANINGS) == used


def test_the_whole_example_is_a_scenario(blocks):
    from margincarlo import load, simulate

    (whole,) = (block for block in blocks if "schema" in block)
    simulation = simulate(load(whole), draws=1024)
    assert 0 < simulation.summaries()[0].median.value < 1


def test_the_ways_of_stating_a_belief_work(blocks):
    stated = [block["inputs"] for block in blocks if "inputs" in block and "schema" not in block]
    assert len(stated) == 1
    for name, content in stated[0].items():
        assert not read_input(name, content).is_point


def test_the_statements_can_be_read(blocks):
    asked = [ask["statement"] for block in blocks for ask in block.get("ask", [])]
    assert len(asked) == 2
    for statement in asked:
        assert read_statement(statement).names


@pytest.mark.parametrize(
    ("unit", "base", "size"),
    [
        ("USD/Mtok", "USD/token", 1e-6),
        ("USD/GPU-hour", "USD/GPU/s", 1 / 3600),
        ("USD/h", "USD/GPU/s", 1 / 3600),
        ("$/h", "USD/GPU/s", 1 / 3600),
        ("kB/token", "B/token", 1e3),
        ("1/year", "1/s", 1 / (8760 * 3600)),
        ("%", "1", 0.01),
    ],
)
def test_units_are_what_the_page_says(unit, base, size):
    assert factor(unit, base) == pytest.approx(size)
