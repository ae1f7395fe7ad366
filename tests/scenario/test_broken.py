"""Every file of scenarios/broken is refused in one line that says where, what and what to do."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest

from margincarlo.errors import MargincarloError, ScenarioError
from margincarlo.scenario import load, read_override

FOLDER = Path(__file__).parents[2] / "scenarios" / "broken"
BROKEN = sorted(FOLDER.glob("*.toml"))
# What shows in a message when a Python object was printed instead of what its author wrote.
INTERNALS = re.compile(r"<class|<margincarlo|object at 0x|dict_|\bNone\b(?! *')|\{'|\('\w+',|np\.")


def refused(source: object, **options: object) -> str:
    """Load, which must fail with a scenario error, and return its message."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ScenarioError) as caught:
            load(source, **options)  # type: ignore[arg-type]  # whatever a user may pass
    return str(caught.value)


def test_there_are_enough_of_them():
    assert len(BROKEN) >= 25


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_it_is_refused_in_one_clear_line(path, monkeypatch):
    monkeypatch.chdir(FOLDER)
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    message = refused(Path(path.name))
    assert re.search(expected, message)
    assert message.startswith(f"{path.name}: ")
    assert message.isprintable()
    assert not INTERNALS.search(message)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; `margincarlo new FILE` writes a starter"),
        (b" \n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff", "is not UTF-8 text; a scenario is a TOML file"),
        (b"PK\x03\x04\x00\x00", "is not valid TOML in line 1"),
        (b"schema: 1\ntitle: it is YAML\n", "'schema: 1': expected '='.*; write key = value"),
        (b'{"schema": 1}', "is not valid TOML in line 1"),
        (b"schema = 1\ntitle = 'x'\ninputs = " + b"[" * 2000, "hundreds deep|TOML"),
        (b"schema = 1" + b"0" * 5000, "whole number of more than 64 bits; write it as 1e30"),
        (b'schema = 1\n"a\\nb\\u001b[2J" = 1\n', r"a\?b\?\[2J: unknown key|title: is missing"),
        (b'schema = 1\ntitle = "t"\nextends = "a\\u0000b"\n', "is no name that a file can have"),
    ],
    ids=["empty", "blank", "binary", "zip", "yaml", "json", "deep", "digits", "control", "nul"],
)
def test_it_is_no_scenario_at_all(tmp_path, content, expected):
    path = tmp_path / "any.toml"
    path.write_bytes(content)
    message = refused(path)
    assert re.search(expected, message)
    assert message.isprintable()
    assert len(message) < 600 + len(str(path))


def test_a_file_of_50_megabytes_is_not_read(tmp_path):
    path = tmp_path / "draws.toml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert "has 50.0 MB; a scenario file has at most 1 MB" in refused(path)


def test_a_folder_is_no_scenario(tmp_path):
    assert "is a folder; name a scenario file" in refused(tmp_path)


def test_a_missing_file_suggests_its_neighbor():
    message = refused(FOLDER / "key_twize.toml")
    assert message.endswith("key_twize.toml: no such file; did you mean 'key_twice.toml'?")


def test_a_file_without_permission_says_so(tmp_path, monkeypatch):
    def refuse(_self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "secret.toml"
    path.write_text("schema = 1")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert refused(path) == f"{path}: cannot be read: Permission denied"


def test_a_chain_of_nine_files_is_too_deep(tmp_path):
    for number in range(10):
        extends = f'extends = "{number + 1}.toml"' if number < 9 else ""
        (tmp_path / f"{number}.toml").write_text(f'schema = 1\ntitle = "t"\n{extends}\n')
    assert "extends: goes more than 8 files deep; extend less" in refused(tmp_path / "0.toml")


def test_joint_draws_that_are_no_csv(tmp_path):
    base = {"schema": 1, "title": "t", "outputs": ["utilization"]}
    for name, content, expected in [
        ("a.csv", b"", "is not a CSV or Parquet table"),
        ("b.parquet", b"utilization\n0.5\n", "is not a CSV or Parquet table"),
        ("c.csv", b"utilization\n0.5\n", "has 1 rows of draws; 2 to 10,000,000 are allowed"),
        ("d.csv", b"\xff\xfe\x00utilization", "is not a CSV or Parquet table"),
        ("e.csv", b"utilization\nhigh\nlow\n", "no finite number in data row 1 \\(2 of 2 rows\\)"),
    ]:
        path = tmp_path / name
        path.write_bytes(content)
        message = refused({**base, "joint": [{"file": str(path), "inputs": ["utilization"]}]})
        assert re.search(rf"^joint 1: .*{name}: .*{expected}", message)


@pytest.mark.parametrize("text", ["inputs.x", "=3", "inputs.x=", "inputs.x={", "x=[" * 2000])
def test_an_override_that_cannot_be_read_shows_one_that_can(text):
    with pytest.raises(ScenarioError, match=r"--set .*: write a path, '=' and a TOML value"):
        read_override(text)


def test_an_override_below_a_number_is_refused():
    source = {"schema": 1, "title": "t", "inputs": {}}
    assert refused(source, overrides={"schema.x": 1}) == (
        "schema.x: schema is no table, so nothing in it can be set"
    )


def test_errors_are_also_margincarlo_and_value_errors():
    with pytest.raises(MargincarloError):
        load(FOLDER / "nan.toml")
    with pytest.raises(ValueError, match="finite"):
        load(FOLDER / "nan.toml")
