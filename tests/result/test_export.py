"""Files of a simulation: what is in them, and that they are there whole or not at all."""

from __future__ import annotations

import csv
import json
import math
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # publishes no types
import numpy as np
import pytest

import margincarlo as mc
from margincarlo.result.export import written

CONTENT: dict[str, Any] = {
    "schema": 1,
    "title": "Does a token <script>earn</script>?",
    "outputs": ["output_token_margin", "loaded_output_token_cost"],
    "inputs": {
        "output_price": {
            "p5": 1,
            "p95": 3,
            "unit": "USD/Mtok",
            "source": "list",
            "nature": "varies",
        },
        "loaded_output_token_cost": {"p5": 50, "p95": 200, "unit": "cent/Mtok"},
    },
    "ask": [{"statement": "output_token_margin > 0", "because": "why else"}],
    "run": {"draws": 1024},
}


@pytest.fixture(scope="module")
def simulation() -> mc.Simulation:
    """1,024 draws of a price and a cost."""
    return mc.simulate(mc.load(CONTENT))


@pytest.fixture(scope="module")
def schema() -> Any:
    """The published schema of results."""
    path = resources.files("margincarlo") / "data" / "result.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_document_obeys_the_schema(simulation: mc.Simulation, schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(simulation.to_dict(), schema)


def test_a_conditioned_document_says_so(simulation: mc.Simulation, schema: Any) -> None:
    found = simulation.given("output_token_margin > 0").to_dict()
    jsonschema.validate(found, schema)
    assert found["condition"] == "output_token_margin > 0"
    assert found["probabilities"][0]["value"] == 1.0
    assert found["counted"] < found["draws"]


def test_figures_are_in_display_units(simulation: mc.Simulation) -> None:
    found = simulation.to_dict()
    cost, stated = found["outputs"]["loaded_output_token_cost"], found["inputs"]
    assert cost["unit"] == "USD/Mtok"
    assert cost["interval"]["low"] == pytest.approx(0.5, rel=0.05)
    assert cost["median"] == pytest.approx(1.0, rel=0.02)
    given = stated["loaded_output_token_cost"]
    assert (given["unit"], given["stated_unit"]) == ("USD/Mtok", "cent/Mtok")
    assert (given["p5"], given["p95"]) == pytest.approx((0.5, 2.0))
    assert given["parameters"]["mu"] == pytest.approx(math.log(100))
    assert stated["output_price"]["nature"] == "varies"
    assert found["outputs"]["output_token_margin"]["natures"] == ["unknown", "varies"]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    scenario = mc.load(CONTENT)
    runs = [{"workers": 1}, {"workers": 2}, {"workers": 2, "block_size": 64}]
    paths = [tmp_path / f"{i}.json" for i in range(len(runs))]
    for settings, path in zip(runs, paths, strict=True):
        mc.simulate(scenario, draws=2**19, keep="none", **settings).to_json(path)  # type: ignore[arg-type]  # a union of settings
    first, *others = (path.read_bytes() for path in paths)
    assert all(other == first for other in others)


def test_what_is_not_finite_is_null(schema: Any) -> None:
    cauchy = {"p5": 1, "p95": 3, "family": "StudentT", "nu": 1}
    inputs = {"net_revenue": cauchy, "compute_cost": 1}
    outputs = ["contribution_profit"]
    found = mc.simulate(mc.load({**CONTENT, "inputs": inputs, "outputs": outputs, "ask": []}))
    assert math.isnan(found.scenario.inputs["net_revenue"].belief.mean)
    content = found.to_dict()
    assert content["inputs"]["net_revenue"]["mean"] is None
    jsonschema.validate(content, schema)
    json.dumps(content, allow_nan=False)


def test_csv_and_parquet_hold_the_draws(simulation: mc.Simulation, tmp_path: Path) -> None:
    from pyarrow import parquet

    name = "output_token_margin"
    with simulation.to_csv(tmp_path / "draws.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_array_equal([float(row[name]) for row in rows], simulation[name])
    assert {int(row["replicate"]) for row in rows} == set(range(16))
    table = parquet.read_table(simulation.to_parquet(tmp_path / "draws.parquet"))
    np.testing.assert_array_equal(table[name].to_numpy(), simulation[name])
    assert table.schema.field("output_price").metadata[b"units"] == b"USD/Mtok"
    assert table.schema.metadata[b"sha256"].decode() == simulation.scenario.sha256


def test_netcdf_holds_the_draws(simulation: mc.Simulation, tmp_path: Path) -> None:
    import xarray as xr

    path = simulation.to_netcdf(tmp_path / "draws.nc")
    with xr.open_dataset(path, engine="h5netcdf") as found:
        np.testing.assert_array_equal(found["output_price"].to_numpy(), simulation["output_price"])
        assert found["output_price"].attrs["units"] == "USD/Mtok"
        assert found.attrs["seed"] == "0"


@pytest.mark.parametrize("write", ["to_json", "to_csv", "to_parquet", "to_netcdf"])
def test_a_missing_folder_is_named(simulation: mc.Simulation, tmp_path: Path, write: str) -> None:
    with pytest.raises(mc.ScenarioError, match=r"x\.out: there is no folder") as found:
        getattr(simulation, write)(tmp_path / "none" / "x.out")
    assert "\n" not in str(found.value)


def test_a_folder_is_no_file(simulation: mc.Simulation, tmp_path: Path) -> None:
    with pytest.raises(mc.ScenarioError, match="is a folder"):
        simulation.to_json(tmp_path)


def test_draws_that_were_not_kept_cannot_be_written(tmp_path: Path) -> None:
    found = mc.simulate(mc.load(CONTENT), keep="none")
    with pytest.raises(mc.ScenarioError, match="draws were not kept"):
        found.to_parquet(tmp_path / "x.parquet")
    assert list(tmp_path.iterdir()) == []


def stopped_write(target: Path, stop: BaseException) -> None:
    with written(target) as part:
        part.write_text("half", encoding="utf-8")
        raise stop


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_write_leaves_what_was_there(
    tmp_path: Path, stop: type[BaseException]
) -> None:
    target = tmp_path / "x.json"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(stop):
        stopped_write(target, stop())
    assert target.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    full = OSError(28, "No space left on device")
    with pytest.raises(mc.ScenarioError, match=r"x\.json: cannot be written: No space left"):
        stopped_write(tmp_path / "x.json", full)
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_keeps_its_permissions_and_links(tmp_path: Path) -> None:
    target, link = tmp_path / "x.json", tmp_path / "link.json"
    target.write_text("before", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    with written(link) as part:
        part.write_text("after", encoding="utf-8")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "after"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_and_not_replaced() -> None:
    with written("/dev/null") as part:
        part.write_text("gone", encoding="utf-8")
    assert Path("/dev/null").is_char_device()


def test_a_notebook_shows_the_answer_escaped(simulation: mc.Simulation) -> None:
    html = simulation._repr_html_()
    assert "&lt;script&gt;earn" in html
    assert "<script" not in html
    assert "P(output_token_margin &gt; 0) = " in html
    assert html.index("P(") < html.index("<table")
    given = simulation.given("output_token_margin > 0")._repr_html_()
    assert "P(output_token_margin &gt; 0 | output_token_margin &gt; 0)" in given


def test_a_notebook_shows_why_there_is_nothing_to_show() -> None:
    hot = {
        "schema": 1,
        "title": "too hot",
        "outputs": ["memory_occupancy"],
        "inputs": {"memory_occupancy": {"p5": 2, "p95": 3}},
        "run": {"draws": 64},
    }
    with pytest.warns(mc.FeasibilityWarning, match="impossible"):
        found = mc.simulate(mc.load(hot))
    assert "not one of 64 draws is physically possible" in found._repr_html_()
