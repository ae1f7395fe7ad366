"""`margincarlo validate throughput`: what it prints, of which table, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from margincarlo import measurements
from margincarlo.measurements import Measurement, newest, read_measurements
from margincarlo.throughput import folds

Call = Callable[..., Result]

COLUMNS = (
    "tpot_ms,model,hardware,note,parallelism,precision_weights,concurrency_or_batch,input_len,"
    "output_len,engine,num_gpus,date"
)
UNSEEN = f"""\
{COLUMNS}
16,Qwen3-235B-A22B,B300 SXM,"mine, all",TP4/EP4,fp8,32,1024,1024,vllm,4,2026-05-01
24,MiniMax-M2.5,H200 SXM,,TP4/EP4,fp8,64,1024,1024,vllm,4,2026-05-01
28,Kimi-K2.5,B200 SXM,,TP8,int4,64,1024,1024,sglang,8,2026-05-01
31,Kimi-K2.5,B200 SXM,an older run,TP8,int4,64,1024,1024,sglang,8,2026-02-01
20,GLM-5,B200 SXM,,TP8,fp8,16,1024,1024,sglang,8,2026-05-01
0.02,GLM-5,B200 SXM,seconds,TP8,fp8,32,1024,1024,sglang,8,2026-05-01
20,GLM-5,H200 NVL,,TP8,fp8,32,1024,1024,sglang,8,2026-05-01
"""


def a_quarter(rows: Sequence[Measurement]) -> tuple[Measurement, ...]:
    return newest(rows)[::4]


def rows_on(accelerator: str) -> int:
    rows = a_quarter(read_measurements().measurements)
    return sum(row.accelerator.startswith(accelerator) for row in rows)


def shipped_rows(number: int) -> str:
    path = resources.files("margincarlo") / "data" / "throughput.csv"
    return "\n".join(path.read_text(encoding="utf-8").splitlines()[: number + 1]) + "\n"


@pytest.fixture
def unseen(tmp_path: Path) -> Path:
    """Four configurations never seen, an older run, and two rows that cannot be judged."""
    path = tmp_path / "mine.csv"
    path.write_text(UNSEEN, encoding="utf-8")
    return path


@pytest.fixture
def two_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold out two accelerators only, of a quarter of the table: quick."""
    monkeypatch.setattr(measurements, "newest", a_quarter)
    held = [("accelerator", "mi325x"), ("accelerator", "mi300x")]
    monkeypatch.setattr(folds, "names_held", lambda _: iter(held))


def words(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, "")
    return " ".join(result.stdout.split())


@pytest.mark.usefixtures("two_folds")
def test_the_shipped_table_is_held_out(call: Call) -> None:
    text = words(call("validate", "throughput"))
    assert text.startswith("Time per output token, predicted against measured without one")
    count = rows_on("mi300x") + rows_on("mi325x")
    assert f"amd mixture {count} 2 " in text
    for expected in (
        f"{rows_on('')} configurations, the newest run of each",
        "Median error: of the time per output token",
        "a bootstrap of whole folds",
        "one efficiency",
        "active weights",
    ):
        assert expected in text


@pytest.mark.usefixtures("two_folds")
def test_detail_gives_each_name_its_line(call: Call) -> None:
    text = words(call("validate", "throughput", "--detail"))
    for name in ("mi300x", "mi325x"):
        assert f"{name} {rows_on(name)} 1 " in text


@pytest.mark.usefixtures("two_folds")
def test_formats_agree_and_the_seed_matters(call: Call) -> None:
    found = json.loads(call("validate", "throughput", "--format", "json").stdout)
    assert set(found) == {"scores", "skipped"}
    (score,) = found["scores"]
    text = call("validate", "throughput", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert "{" not in text
    assert {name: row[name] for name in ("by", "group", "rows")} == {
        "by": "accelerator",
        "group": "amd mixture",
        "rows": str(rows_on("mi300x") + rows_on("mi325x")),
    }
    for name in ("error", "typical", "throughput", "bias", "near", "cover90", "cover50"):
        assert float(row[name]) == score[name]
        assert float(row[f"{name} ±"]) == score["errors"][name]
    for name, error in score["baselines"].items():
        assert float(row[name]) == error
    other = json.loads(call("validate", "throughput", "--format", "json", "--seed", 1).stdout)
    assert other["scores"][0]["error"] != score["error"]


def test_another_table_is_predicted_without_being_learned(call: Call, unseen: Path) -> None:
    text = words(call("validate", "throughput", "--data", unseen))
    for expected in (
        "neither measured",
        "model never measured",
        "5 rows judged, 1 of them older runs of the same configuration; 2 skipped",
        "skipped 1: faster than the hardware allows (MBU or MFU above 1)",
        "skipped 1: the registry does not know the accelerator 'H200 NVL'",
    ):
        assert expected in text
    assert "no test" not in text


def scores_of(result: Result) -> Mapping[tuple[str, str], Any]:
    found = json.loads(result.stdout)["scores"]
    return {(score["by"], score["group"]): score for score in found}


def test_another_table_in_detail(call: Call, unseen: Path) -> None:
    arguments = ("validate", "throughput", "--data", unseen, "--format", "json")
    found = scores_of(call(*arguments, "--detail"))
    assert set(found) == {
        ("neither measured", "qwen/qwen3-235b-a22b-2507 on b300"),
        ("model never measured", "minimax/minimax-m2.5 on h200"),
        ("model never measured", "moonshotai/kimi-k2.5 on b200"),
        ("model never measured", "z-ai/glm-5 on b200"),
    }
    # Realistic times: predictions are within a factor of three, and most are much nearer.
    assert all(1 / 3 < 1 + score["bias"] < 3 for score in found.values())
    assert {score["rows"] for score in found.values()} == {1}
    whole = scores_of(call(*arguments))
    assert {key: score["rows"] for key, score in whole.items()} == {
        ("neither measured", "nvidia mixture"): 1,
        ("model never measured", "nvidia mixture"): 3,
    }


def test_rows_already_learned_are_no_test(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "again.csv"
    path.write_text(shipped_rows(12), encoding="utf-8")
    warning = "12 of 12 rows are in the table that the posterior was learned from"
    text = words(call("validate", "throughput", "--data", path))
    assert f"WARNING: {warning}: for these this is no test" in text
    assert "both measured" in text
    # A program that reads the scores must not miss it either.
    result = call("validate", "throughput", "--data", path, "--format", "csv")
    assert result.exit_code == 0
    assert result.stderr == f"Note: {warning}: for these this is no test\n"
    assert "WARNING" not in result.stdout


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "is empty; its first row must name model"),
        (UNSEEN.replace("hardware", "hardwares"), "did you mean 'hardwares'?"),
        (COLUMNS + "\n", "no row can be judged: there is none"),
        (
            "\n".join([COLUMNS, *UNSEEN.splitlines()[-2:]]),
            "no row can be judged: 1 x faster than the hardware allows",
        ),
        (UNSEEN + "1," * 20, "line 9 has more cells than columns"),
    ],
    ids=["missing", "empty", "column", "header", "rows", "ragged"],
)
def test_a_mistake_is_one_line_and_code_1(
    call: Call, tmp_path: Path, content: str | None, message: str
) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    result = call("validate", "throughput", "--data", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {path}: ")
    assert result.stderr.count("\n") == 1
    assert message in result.stderr


@pytest.mark.parametrize(
    "arguments", [("--seed", "-1"), ("--format", "xml"), ("--data",), ("--what",)]
)
def test_a_wrong_option_is_a_usage_error(call: Call, arguments: tuple[str, ...]) -> None:
    assert call("validate", "throughput", *arguments).exit_code == 2


def test_a_hostile_table_cannot_command_the_terminal(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    odd = UNSEEN.replace("20,GLM-5,H200 NVL", "20,\x1b]0;owned\x07,H200 SXM")
    path.write_text(odd, encoding="utf-8")
    for style in ("text", "json"):
        result = call("validate", "throughput", "--data", path, "--format", style)
        assert result.exit_code == 0
        assert "\x1b" not in result.stdout + result.stderr


@pytest.mark.slow
def test_all_folds(call: Call) -> None:
    found = scores_of(call("validate", "throughput", "--format", "json"))
    assert {by for by, _ in found} == {"accelerator", "model", "source"}
    groups = {"amd dense", "amd mixture", "nvidia dense", "nvidia mixture"}
    assert {group for _, group in found} == groups
    assert sum(score["rows"] for score in found.values()) == 3 * len(
        newest(read_measurements().measurements)
    )
    assert all(score["error"] < min(score["baselines"].values()) for score in found.values())
