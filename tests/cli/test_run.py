"""`margincarlo run`: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # publishes no types
import pytest
from click.testing import Result

import margincarlo as mc

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The published schema of results."""
    path = resources.files("margincarlo") / "data" / "result.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_text_gives_the_answer_before_anything_else(call: Call, small: Path) -> None:
    result = call("run", small)
    title, blank, first, *_ = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert title == "Does a request <b>earn</b> | *money*?"
    assert blank == ""
    expected = mc.simulate(mc.load(small)).probability("contribution_margin > 0")
    assert first == f"P(contribution_margin > 0) = {expected}"


def test_text_tells_what_a_reader_must_know(call: Call, small: Path) -> None:
    text = " ".join(call("run", small).stdout.split())
    for expected in (
        "quantity median 5 % 95 % unit",
        "5 % and 95 % bound the central (equal-tailed) 90 % interval.",
        "half-width of the 95 % confidence interval for Monte Carlo error",
        "Contribution margin: 1 - cost of the GPU time that the tokens occupy / net revenue.",
        "the spread mixes what is not known with what varies",
        "contribution_profit: a request earns 1 USD (qualified).",
        "None of 1,024 draws breaks a physical bound that was checked.",
        "Not checked, for want of inputs: prefill MFU above 1",
        "1 rest on evidence, 0 on the author's judgement, 1 on nothing (none: compute_cost)",
        "1,024 scrambled Sobol draws in 16 independent replicates, seed 0",
    ):
        assert expected in text


@pytest.mark.parametrize("style", ["text", "md"])
def test_a_pipe_gets_no_control_characters_or_boxes(call: Call, small: Path, style: str) -> None:
    small.write_text(
        small.read_text(encoding="utf-8").replace("Does", r"\u001b[31mDoes"), encoding="utf-8"
    )
    text = call("run", small, "--format", style).stdout
    assert all(c == "\n" or c.isprintable() for c in text)
    assert not set(text) & set("─━│┃┏╭")


def test_markdown_escapes_what_users_wrote(call: Call, small: Path) -> None:
    heading, *_ = call("run", small, "--format", "md").stdout.splitlines()
    assert heading == r"# Does a request \<b\>earn\</b\> \| \*money\*?"


def test_json_obeys_the_published_schema(call: Call, small: Path, schema: Any) -> None:
    found = json.loads(call("run", small, "--format", "json", "--mass", "0.8").stdout)
    jsonschema.validate(found, schema)
    assert found["outputs"]["contribution_margin"]["interval"]["mass"] == 0.8
    assert found["inputs"]["net_revenue"]["evidence"]["as_of"] == "2026-11-01"
    assert found["correlations"][0]["rank"] == 0.5


def test_json_has_the_same_bytes_whatever_the_workers(call: Call, small: Path) -> None:
    texts = [call("run", small, "--format", "json", "--workers", n).stdout for n in (1, 2, 2)]
    assert texts[0] == texts[1] == texts[2]
    assert call("run", small, "--format", "json", "--seed", 1).stdout != texts[0]


def test_csv_has_one_figure_a_row(call: Call, small: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(call("run", small, "--format", "csv").stdout)))
    figures = ["mean", "sd", "median", "q5", "q95"]
    assert [row["figure"] for row in rows] == ["probability", *figures, *figures]
    assert (rows[0]["scenario"], rows[0]["name"]) == ("small", "contribution_margin > 0")
    assert all(float(row["error"]) >= 0 for row in rows)
    assert {row["unit"] for row in rows} == {"1", "USD"}


def test_several_scenarios_are_compared(call: Call, small: Path, schema: Any) -> None:
    other = small.with_name("other.toml")
    text = (
        small.read_text(encoding="utf-8")
        .replace("margin > 0", "margin > 0.5")
        .replace("net_revenue = { p5 = 1", '"net_revenue" = { p5 = 2')
    )
    other.write_text(text, encoding="utf-8")
    last = call("run", small, other).stdout.split("Scenarios compared")[1].splitlines()
    header, _, first, second = last[2:]
    assert header.split("  ")[0] == "scenario"
    assert "P(contribution_margin > 0)" in header
    assert "P(contribution_margin > 0.5)" in header
    assert first.startswith("small")
    assert first.endswith(" -")
    assert second.startswith("other")
    found = json.loads(call("run", small, other, "--format", "json").stdout)
    assert [each["scenario"] for each in found] == ["small", "other"]
    for each in found:
        jsonschema.validate(each, schema)


def test_set_replaces_what_the_file_says(call: Call, small: Path) -> None:
    change = "inputs.compute_cost={p5=0.01,p95=0.02}"
    found = json.loads(call("run", small, "--set", change, "--format", "json").stdout)
    assert found["inputs"]["compute_cost"]["p95"] == pytest.approx(0.02)
    assert found["probabilities"][0]["value"] == 1.0


def test_until_draws_more(call: Call, small: Path) -> None:
    until = "contribution_margin > 0 within 0.005"
    found = json.loads(call("run", small, "--until", until, "--format", "json").stdout)
    assert found["draws"] > 1024
    assert found["probabilities"][0]["error"] <= 0.005


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "inputs.compute_cost"], "write a path, '=' and a TOML value"),
        (["--set", "inputs.compute_costs=1"], "did you mean 'compute_cost'?"),
        (["--set", "run.draws=many"], "--set run.draws=many"),
        (["--mass", "90"], "mass is a share between 0 and 1, not 90; did you mean 0.9?"),
        (["--until", "contribution_margin > 0"], "and the error of its probability"),
        (["--output", "no/such/folder/x.json"], "there is no folder 'no/such/folder'"),
    ],
)
def test_a_mistake_is_one_line_and_code_1(
    call: Call, small: Path, arguments: list[str], message: str
) -> None:
    result = call("run", small, *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


def test_a_missing_file_is_one_line_and_code_1(call: Call, tmp_path: Path) -> None:
    result = call("run", tmp_path / "none.toml")
    assert result.exit_code == 1
    assert "none.toml: no such file" in result.stderr


def test_output_is_whole_or_not_at_all(call: Call, small: Path) -> None:
    target = small.with_name("out.json")
    assert call("run", small, "--format", "json", "-o", target).stdout == ""
    before = target.read_bytes()
    assert json.loads(before)["scenario"] == "small"
    result = call("run", small, "-o", target, "--set", "run.draws=0")
    assert result.exit_code == 1
    assert target.read_bytes() == before
    assert sorted(path.name for path in small.parent.iterdir()) == ["out.json", "small.toml"]


def test_warnings_are_one_line_notes(call: Call, small: Path) -> None:
    result = call("run", small, "--set", "inputs.utilization=0.5")
    assert result.exit_code == 0
    assert result.stderr.startswith("Note: ")
    assert "utilization" in result.stderr
    assert result.stderr.count("\n") == 1


IMPOSSIBLE = """\
schema = 1
title = "Does an overdriven machine pay?"
outputs = ["implied_decode_mbu"]
[inputs]
decode_throughput = {{ p5 = {low}, p95 = {high} }}
decode_batch = 1
decode_step_bytes = 100
tokens_per_step = 1
gpus_per_replica = 8
memory_bandwidth = 4.8
[run]
draws = 1024
infeasible = "{policy}"
"""


@pytest.mark.parametrize(
    ("low", "high", "policy", "loud"),
    [(100, 500, "reject", False), (100, 5000, "reject", True), (100, 500, "keep", True)],
)
def test_impossible_draws_are_loud_when_most_or_when_kept(
    call: Call, tmp_path: Path, low: float, high: float, policy: str, loud: bool
) -> None:
    path = tmp_path / "hot.toml"
    path.write_text(IMPOSSIBLE.format(low=low, high=high, policy=policy), encoding="utf-8")
    result = call("run", path)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "decode MBU above 1 (" in " ".join(result.stdout.split())
    assert ("WARNING: Physically impossible" in result.stdout) is loud


def test_a_bug_of_ours_keeps_its_traceback(
    call: Call, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("our bug")

    monkeypatch.setattr("margincarlo.simulation.simulate", broken)
    with pytest.raises(RuntimeError, match="our bug"):
        call("run", small)
