"""What a file says is what runs: units, inheritance, overrides, statements."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # publishes no types
import pytest

from margincarlo.errors import ScenarioError, StatementError, UnusedInputWarning
from margincarlo.scenario import (
    load,
    read_override,
    read_precision,
    read_statement,
    scenario_schema,
)

SMALL: dict[str, Any] = {
    "schema": 1,
    "title": "Does it pay?",
    "outputs": ["contribution_margin"],
    "inputs": {"net_revenue": {"p5": 0.8, "p95": 1.2}, "compute_cost": 0.4},
}


def with_inputs(**inputs: Any) -> dict[str, Any]:
    """Scenario whose outputs are its inputs."""
    return {"schema": 1, "title": "units", "outputs": list(inputs), "inputs": inputs}


@pytest.mark.parametrize(
    ("name", "number", "unit", "base"),
    [
        ("output_price", 3, "USD/Mtok", 3e-6),
        ("output_price", 3e-6, "USD/token", 3e-6),
        ("output_price", 0.003, "USD/ktok", 3e-6),
        ("gpu_list_price", 3.6, "USD/GPU-hour", 1e-3),
        ("gpu_list_price", 3.6, "USD/h", 1e-3),
        ("utilization", 55, "%", 0.55),
        ("memory_capacity", 141, "GB", 141e9),
        ("decode_step_overhead", 5, "ms", 5e-3),
        ("decode_step_overhead", 5000, "us", 5e-3),
    ],
)
def test_any_unit_is_converted_at_the_door(name, number, unit, base):
    scenario = load(with_inputs(**{name: {"value": number, "unit": unit}}))
    assert scenario.inputs[name].base_value == pytest.approx(base, rel=1e-12)
    assert scenario.inputs[name].unit == unit


def test_quantiles_stated_in_another_unit_are_met_in_it():
    scenario = load(with_inputs(utilization={"p5": 30, "p95": 60, "unit": "%"}))
    belief = scenario.inputs["utilization"].belief
    assert belief.quantile(0.05) == pytest.approx(30, rel=1e-6)
    assert belief.quantile(0.95) == pytest.approx(60, rel=1e-6)
    assert belief.support == (0, 100)


def test_evidence_comes_along(tmp_path):
    path = tmp_path / "evidence.toml"
    path.write_text(
        'schema = 1\ntitle = "t"\noutputs = ["utilization"]\n[inputs.utilization]\np5 = 0.3\n'
        'p95 = 0.6\nsource = "a survey"\nas_of = 2026-05-01\nkind = "measurement"\n'
        'note = "of twelve"\nnature = "varies"\n'
    )
    given = load(path).inputs["utilization"]
    assert given.evidence.source == "a survey"
    assert given.evidence.as_of == "2026-05-01"
    assert (given.evidence.kind, given.evidence.note) == ("measurement", "of twelve")
    assert (given.nature, given.origin) == ("varies", "scenario")


def test_a_file_adds_to_what_it_extends(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "rows.csv").write_text("net_revenue\n1\n2\n")
    (tmp_path / "base" / "base.toml").write_text(
        'schema = 1\ntitle = "base"\noutputs = ["contribution_margin"]\n'
        "[inputs]\ncompute_cost = 0.4\n[run]\nseed = 3\ndraws = 100\n"
        '[[joint]]\nfile = "rows.csv"\ninputs = ["net_revenue"]\n'
    )
    path = tmp_path / "own.toml"
    path.write_text(
        'schema = 1\ntitle = "own"\nextends = "base/base.toml"\n'
        "[inputs]\ncompute_cost = 0.5\n[run]\ndraws = 200\n"
    )
    scenario = load(path)
    assert (scenario.title, scenario.name) == ("own", "own")
    assert scenario.outputs == ("contribution_margin",)
    assert (scenario.run.seed, scenario.run.draws) == (3, 200)
    assert scenario.inputs["compute_cost"].base_value == 0.5
    assert scenario.inputs["net_revenue"].joint == "base/rows.csv"
    assert scenario.joints[0].columns["net_revenue"].tolist() == [1, 2]
    assert scenario.sha256 != load(tmp_path / "base" / "base.toml").sha256


def test_overrides_replace_what_the_file_says():
    name, value = read_override(" inputs.compute_cost = { p5 = 0.2, p95 = 0.3 }")
    assert (name, value) == ("inputs.compute_cost", {"p5": 0.2, "p95": 0.3})
    scenario = load(SMALL, overrides={name: value, "run.seed": 9, "derive.gpu_hour_cost": "owned"})
    assert scenario.inputs["compute_cost"].belief.quantile(0.05) == pytest.approx(0.2)
    assert scenario.run.seed == 9
    assert load(SMALL).inputs["compute_cost"].is_point
    with pytest.raises(ScenarioError, match="unknown key; did you mean 'draws'"):
        load(SMALL, overrides={"run.drawz": 9})


def test_what_nothing_depends_on_is_said():
    source = {**SMALL, "inputs": {**SMALL["inputs"], "utilization": 0.5}}
    with pytest.warns(UnusedInputWarning, match="nothing depends on utilization"):
        assert load(source).unused == ("utilization",)


def test_the_shared_schema_accepts_what_loads_and_refuses_what_does_not():
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid(SMALL)
    assert json.loads(json.dumps(schema)) == schema
    for broken in (
        {**SMALL, "schema": 2},
        {**SMALL, "inputs": {"utilisation": 0.5}},
        {**SMALL, "run": {"draws": "1e6"}},
        {**SMALL, "colour": "red"},
    ):
        assert not validator.is_valid(broken)
        with pytest.raises(ScenarioError):
            load(broken)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("gross_margin > 50 %", 0.5),
        ("gross_margin > .5", 0.5),
        ("output_token_cost <= 2 USD/Mtok", 2.0),
        ("output_token_cost < 2e-6 USD/token", 2.0),
        ("visible_output_tokens >= 1_000", 1000.0),
        ("contribution_profit > -3e-4", -3e-4),
        ("chat.gross_margin > 0", 0.0),
    ],
)
def test_statements_compare_with_numbers_in_any_unit(text, value):
    (condition,) = read_statement(f"  {text} ").conditions
    assert condition.value == pytest.approx(value)
    assert read_statement(text).text == text


def test_statements_join_conditions_and_compare_quantities():
    statement = read_statement("gross_margin > 0 and  output_price > input_price")
    assert statement.names == {"gross_margin", "output_price", "input_price"}
    values = {"gross_margin": 0.1, "output_price": 3.0, "input_price": 2.0}
    assert statement.holds(values)
    assert not statement.holds(values | {"gross_margin": 0.0})
    assert not statement.holds(values | {"output_price": 2.0})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gross_margin",
        "gross_margin = 3",
        "gross_margin == 3",
        "gross_margin > 1 or gross_margin < 0",
        "gross_margin > 1e999",
        "gross_margin > nan",
        "1 > gross_margin > 0",
        "not gross_margin > 0",
        "gross_margin > 0; import os",
        "(gross_margin > 0)",
        "gross_margin > __import__('os').getpid()",
        "a.b.gross_margin > 0",
    ],
)
def test_nothing_else_is_a_statement(text):
    with pytest.raises(ScenarioError):
        read_statement(text)


def test_a_precision_is_a_statement_and_an_error():
    precision = read_precision("gross_margin > 0 within 0.002")
    assert precision.within == 0.002
    assert precision.statement.text == "gross_margin > 0"
    for text in ("gross_margin > 0", "gross_margin > 0 within 2", "gross_margin > 0 within much"):
        with pytest.raises(StatementError, match=r"such as 'gross_margin > 0 within 0\.002'"):
            read_precision(text)


def test_a_mapping_is_as_good_as_a_file(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(
        'schema = 1\ntitle = "Does it pay?"\noutputs = ["contribution_margin"]\n'
        "[inputs]\nnet_revenue = { p5 = 0.8, p95 = 1.2 }\ncompute_cost = 0.4\n"
    )
    assert tomllib.loads(path.read_text()) == SMALL
    one, other = load(path), load(SMALL)
    assert one.inputs == other.inputs
    assert one.sha256 == other.sha256
    assert (one.name, other.name) == ("small", "Does it pay?")


def test_an_input_fixed_later_leaves_its_correlations():
    tied = {
        **SMALL,
        "inputs": {"net_revenue": {"p5": 0.8, "p95": 1.2}, "compute_cost": {"p5": 0.3, "p95": 0.6}},
        "correlation": [{"between": ["net_revenue", "compute_cost"], "rank": 0.5}],
    }
    assert load(tied).copula.members == {"net_revenue", "compute_cost"}
    assert not load(tied, overrides={"inputs.compute_cost": 0.4}).copula.members
    written = {**tied, "inputs": {**tied["inputs"], "compute_cost": 0.4}}
    with pytest.raises(ScenarioError, match="compute_cost is one number"):
        load(written)
