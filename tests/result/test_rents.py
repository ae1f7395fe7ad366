"""Assumptions about rent side by side: tables, JSON, notebook and page."""

from __future__ import annotations

import csv
import io
import json
from importlib import resources
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # publishes no types
import pytest
from click.testing import CliRunner

import margincarlo as mc
from margincarlo.cli import main
from margincarlo.report import report_html
from margincarlo.result import Estimate
from margincarlo.result.rents import (
    brief,
    calibrated,
    rent_reading,
    rent_spans,
    rent_tables,
    rent_warnings,
)

# Some rows of a calibration are too slow for the speed that users are promised; that is counted.
pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.errors.FeasibilityWarning")

TOML = """
schema = 1
title = "Do hosts profit?"
model = "moonshotai/kimi-k2.5"
precision = "int4"
outputs = ["gross_margin", "loaded_output_token_cost"]

[posterior]

[inputs]
gpus_per_replica = 8
input_tokens = 8000
output_tokens = 500
interactivity_target = 40
input_price = 0.3
output_price = 1.2

[[ask]]
statement = "gross_margin > 0"

[run]
draws = 2048
"""
RENTS = ["two_sided", "softplus", "exponential", "gamma", "mixture", "without prices"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    found = tmp_path_factory.mktemp("rents") / "host.toml"
    found.write_text(TOML)
    return found


@pytest.fixture(scope="module")
def simulation(path):
    return mc.simulate(mc.load(path))


def test_there_is_a_row_for_each_assumption_and_one_without_prices(simulation):
    asked, outputs = rent_tables(simulation)
    assert asked.header == ("rent", "weight", "P(gross_margin > 0)")
    assert outputs.header == ("rent", "gross_margin", "loaded_output_token_cost, USD/Mtok")
    for table in (asked, outputs):
        assert [row[0] for row in table.rows] == RENTS
    shown = dict(zip(RENTS, (row[2] for row in asked.rows), strict=True))
    assert shown["mixture"] == str(simulation.probabilities()[0])
    weights = [row[1] for row in asked.rows]
    assert all(weight.endswith(" %") for weight in weights[:4])
    assert weights[4:] == ["", ""]


def test_one_assumption_alone_has_nothing_beside_it(path):
    alone = mc.simulate(mc.load(path, overrides={"posterior.rent": "gamma"}))
    assert not list(rent_tables(alone))
    assert not list(rent_spans(alone))
    assert "rent gamma alone" in next(calibrated(alone)).text


def test_what_hangs_on_the_assumption_is_said_at_once(simulation):
    (span,) = rent_spans(simulation)
    without = simulation.by_rent["without_prices"].probabilities()[0]
    assert f"is {without.texts()[0]} without prices" in span.text
    assert "which no price can settle" in span.text


def test_an_answer_that_is_the_same_everywhere_needs_no_warning(path):
    cheap = mc.simulate(mc.load(path, overrides={"inputs.output_price": 1000}))
    assert {run.probabilities()[0].value for run in cheap.by_rent.values()} == {1.0}
    assert not list(rent_spans(cheap))


def test_an_answer_that_no_assumption_moves_is_told_once(path):
    dear = {"inputs.output_price": 4, "inputs.input_price": 1, "run.draws": 64}
    (span,) = rent_spans(mc.simulate(mc.load(path, overrides=dear)))
    assert span.text.endswith("without prices, and about 1.00 whatever is assumed about rent.")


def test_the_words_say_what_is_assumed(simulation):
    text = rent_reading(simulation).text
    for expected in ("Rent is what a price holds beyond cost", "may sell below its cost"):
        assert expected in text
    rows, *_ = (remark.text for remark in calibrated(simulation))
    assert rows.startswith("gpu_hour_cost, operations_cost, utilization")
    assert "read none alone" in rows


def test_an_assumption_that_is_mostly_impossible_is_loud(path):
    hasty = {"inputs.interactivity_target": 250, "inputs.gpus_per_replica": 8}
    found = mc.simulate(mc.load(path, overrides=hasty))
    warned = list(rent_warnings(found))
    assert warned
    assert all(remark.loud for remark in warned)


def test_text_has_the_tables_after_the_outputs(path):
    text = CliRunner().invoke(main, ["run", str(path)]).stdout
    usual, beside = text.index("quantity "), text.index("Under each assumption about rent")
    assert usual < beside < text.index("What this rests on")
    assert "without prices" in text[beside:]


def test_json_obeys_the_schema_and_has_every_assumption(simulation):
    schema = resources.files("margincarlo") / "data" / "result.schema.json"
    found: Any = simulation.to_dict()
    jsonschema.validate(found, json.loads(schema.read_text(encoding="utf-8")))
    assert list(found["by_rent"]) == [name.replace(" ", "_") for name in RENTS]
    assert found["by_rent"]["mixture"]["probabilities"][0]["value"] == float(
        simulation.probabilities()[0]
    )
    assert found["calibration"]["rent"] == "mixture"
    assert sum(found["calibration"]["weights"].values()) == pytest.approx(1)


def test_csv_has_rows_for_every_assumption(path):
    text = CliRunner().invoke(main, ["run", str(path), "--format", "csv"]).stdout
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["figure"] == "probability"]
    assert [row["scenario"] for row in rows] == [
        "host",
        *(f"host: {name.replace(' ', '_')}" for name in RENTS if name != "mixture"),
    ]


def test_a_notebook_and_a_page_show_them(simulation):
    for html in (simulation._repr_html_(), report_html(simulation)):
        assert "Under each assumption about rent" in html
        assert "without prices" in html
        assert "rows of a calibration on prices" in html


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (0.41234, 0.0004, "0.412"),
        (1560.2, 20.0, "1560"),
        (-3.14, 0.2, "-3.1"),
        (0.0, 0.0, "0"),
        (2.5, 0.0, "2.50"),
        (float("inf"), float("nan"), "inf"),
    ],
)
def test_few_digits(value, error, text):
    assert brief(Estimate(value, error)) == text
