"""The commands that do not run a scenario, and what all commands have in common."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import get_args

import pytest
from click.testing import Result

import margincarlo as mc
from margincarlo.cli import main
from margincarlo.cli.options import KEEPS, SAMPLERS
from margincarlo.cli.reference import command_page, result_page
from margincarlo.quantities import quantities
from margincarlo.result.export import json_text
from margincarlo.sampling.plans import SAMPLERS as ENGINE_SAMPLERS
from margincarlo.scenario import scenario_schema
from margincarlo.simulation.run import Keep

Call = Callable[..., Result]
COMMANDS = sorted(main.commands)


def test_there_are_these_commands() -> None:
    names = "accelerators calibrate check fit models new prices profiles report run tree validate"
    assert names.split() == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_has_help_and_a_place_in_the_docs(
    name: str, project_root: Path
) -> None:
    command = main.commands[name]
    assert command.help
    assert command.short_help
    assert all(option.help for option in command.params if option.param_type_name == "option")
    page = (project_root / "docs/reference/cli.md").read_text(encoding="utf-8")
    assert f"## `margincarlo {name}`" in page


@pytest.mark.parametrize(
    ("path", "fresh"),
    [
        ("docs/reference/cli.md", lambda: command_page(main)),
        ("docs/reference/json.md", result_page),
        ("src/margincarlo/data/scenario.schema.json", lambda: json_text(scenario_schema())),
    ],
)
def test_what_follows_from_the_code_is_fresh(path: str, fresh: object, project_root: Path) -> None:
    assert callable(fresh)
    assert (project_root / path).read_text(encoding="utf-8") == fresh(), (
        "run `python docs/generate.py` and commit what it wrote"
    )


def test_options_allow_what_the_engine_allows() -> None:
    assert SAMPLERS == ENGINE_SAMPLERS
    assert get_args(Keep) == KEEPS


def test_version(call: Call) -> None:
    assert call("--version").stdout == f"margincarlo, version {mc.__version__}\n"


def test_help_imports_neither_numpy_nor_rich() -> None:
    code = (
        "import sys; from margincarlo.cli import main; main(['run', '--help'], standalone_mode="
        "False); sys.exit(any(name in sys.modules for name in ('numpy', 'rich', 'pydantic')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_check_goes_through_folders_and_past_failures(call: Call, small: Path) -> None:
    folder = small.parent / "deep" / "er"
    folder.mkdir(parents=True)
    bad = folder / "bad.toml"
    bad.write_text(
        small.read_text(encoding="utf-8").replace("outputs", "outptus"), encoding="utf-8"
    )
    (folder / "notes.txt").write_text("no scenario", encoding="utf-8")
    result = call("check", small.parent, small)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split()[0] for line in lines] == ["FAIL", "OK", "OK"]
    assert "did you mean 'outputs'?" in lines[0]
    assert lines[0].startswith(f"FAIL {bad}: ")
    assert lines[1] == f"OK   {small}"


def test_check_of_good_files_exits_with_0(call: Call, small: Path) -> None:
    assert call("check", small).exit_code == 0


def test_check_of_an_empty_folder_fails(call: Call, tmp_path: Path) -> None:
    result = call("check", tmp_path)
    assert result.exit_code == 1
    assert "is a folder without scenario files" in result.stdout


def test_new_writes_a_scenario_that_runs_without_a_note(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    assert call("new", path).exit_code == 0
    result = call("run", path, "--draws", 4096)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.count("P(") == 3
    assert not any(given.notes for given in mc.load(path).inputs.values())


def test_new_replaces_a_file_only_by_force(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("mine", encoding="utf-8")
    result = call("new", path)
    assert result.exit_code == 1
    assert "is there already; --force replaces it" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"
    assert call("new", path, "--force").exit_code == 0
    starter = resources.files("margincarlo") / "data" / "starter.toml"
    assert path.read_bytes() == starter.read_bytes()


def test_tree_shows_leaves_with_their_beliefs(call: Call, small: Path) -> None:
    lines = call("tree", small).stdout.splitlines()
    assert lines[2:6] == [
        "contribution_margin  (derived)",
        "  contribution_profit  (derived)",
        "    net_revenue ~ 1 to 4 USD, LogNormal  (given)",
        "    compute_cost ~ 0.5 to 3 USD, LogNormal  (given)",
    ]
    assert "contribution_profit  (see above)" in lines


def test_tree_of_one_quantity_and_its_picture(call: Call, small: Path) -> None:
    assert "margin" not in call("tree", small, "--of", "contribution_profit").stdout.split("?")[1]
    picture = small.with_suffix(".svg")
    assert call("tree", small, "--svg", picture).stdout == ""
    assert picture.read_text(encoding="utf-8").startswith("<svg ")
    wrong = call("tree", small, "--of", "contribution_profits", "--svg", small.with_name("no.svg"))
    assert wrong.exit_code == 1
    assert "did you mean 'contribution_profit'?" in wrong.stderr
    assert not small.with_name("no.svg").exists()


def test_tree_answers_what_a_quantity_depends_on(call: Call, small: Path) -> None:
    text = call("tree", small, "--depends", "contribution_margin").stdout
    assert text.startswith("contribution_margin depends on 2 inputs\n")
    assert "Derived on the way: contribution_profit." in text


def test_tree_without_a_scenario_lists_quantities_and_derivations(call: Call) -> None:
    text = call("tree").stdout
    assert all(name in text for name in quantities())
    assert "rented | owned" in text
    assert call("tree", "--of", "gross_margin").exit_code == 2


def test_models_are_listed_and_filtered(call: Call) -> None:
    assert len(call("models").stdout.splitlines()) == 2 + len(mc.models())
    lines = call("models", "DeepSeek-v3.2").stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["deepseek/deepseek-v3.2"]
    found = json.loads(call("models", "--format", "json").stdout)
    assert [each["id"] for each in found] == list(mc.models())
    assert all(each["source"] for each in found)


def test_accelerators_are_listed_and_filtered(call: Call) -> None:
    assert len(call("accelerators").stdout.splitlines()) == 2 + len(mc.accelerators())
    (row,) = csv.DictReader(io.StringIO(call("accelerators", "H200", "--format", "csv").stdout))
    assert (row["id"], float(row["memory_gb"])) == ("h200", mc.accelerators()["h200"].memory_gb)


def test_a_filter_without_match_suggests(call: Call) -> None:
    result = call("accelerators", "h2000")
    assert result.exit_code == 1
    assert "no accelerator has 'h2000' in its name; did you mean" in result.stderr


def test_report_refuses_a_missing_folder_before_it_runs(call: Call, small: Path) -> None:
    result = call("report", small, "-o", small.parent / "none" / "r.html")
    assert result.exit_code == 1
    assert "there is no folder" in result.stderr


def test_report_writes_a_page(call: Call, small: Path) -> None:
    page = small.with_suffix(".html")
    assert call("report", small, "-o", page, "--draws", 1024).exit_code == 0
    assert page.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_profiles_are_listed_by_what_a_scenario_calls_them(call: Call) -> None:
    text = call("profiles").stdout
    found = json.loads(call("profiles", "--format", "json").stdout)
    assert {each["kind"] for each in found} == {"workload", "load_shape", "channel"}
    assert all(re.search(rf"^{each['kind']} +{each['name']} ", text, re.M) for each in found)
    rows = list(csv.DictReader(io.StringIO(call("profiles", "--format", "csv").stdout)))
    assert len(rows) == sum(len(each["inputs"]) for each in found)
    assert all(row["source"] and row["as_of"] for row in rows)


def test_a_profile_is_shown_with_its_figures_and_sources(call: Call) -> None:
    text = " ".join(call("profiles", "deepseek").stdout.split())
    assert 'load_shape = "deepseek": One large fleet' in text
    assert "load_elasticity 0.55 0.7537 0.9 derived 2025-02-28" in text
    assert "226.75 nodes on average and 278 at the peak" in text
    known = " ".join(call("profiles", "deepseek_day6").stdout.split())
    assert "cache_hit_share 0.5625 measurement 2025-02-28" in known
    assert "h100 " in call("profiles", "contract_3y").stdout


def test_a_profile_that_is_not_there_suggests_one(call: Call) -> None:
    result = call("profiles", "contract_3years")
    assert result.exit_code == 1
    assert "did you mean 'contract_3y'?; `margincarlo profiles` lists them" in result.stderr


def test_the_tree_and_the_run_say_which_profile_an_input_is_from(
    call: Call, tmp_path: Path
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'schema = 1\ntitle = "Busy?"\noutputs = ["utilization"]\nload_shape = "campus"\n',
        encoding="utf-8",
    )
    assert "LogNormal, profile campus  (given)" in call("tree", path).stdout
    text = " ".join(call("run", path, "--draws", 1024).stdout.split())
    assert "5 come from shipped profiles (campus; 4 on judgement)" in text
