"""A posterior in a file: whole or not at all, and what reading a damaged one says."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from margincarlo.errors import CalibrationError
from margincarlo.throughput.learn import thinned
from margincarlo.throughput.stored import Learned, read_learned, write_learned

type Files = dict[str, bytes]


@pytest.fixture(scope="module")
def small(learned: Learned) -> Learned:
    """Few draws, quick to write."""
    return replace(learned, posterior=thinned(learned.posterior, 20))


@pytest.fixture
def path(small: Learned, tmp_path: Path) -> Path:
    """A file of few draws."""
    path = tmp_path / "posterior.npz"
    write_learned(small, path)
    return path


def test_round_trip(small: Learned, path: Path) -> None:
    again = read_learned(path)
    assert again.posterior.levels == small.posterior.levels
    assert again.posterior.groups == small.posterior.groups
    assert again.widths == small.widths
    assert again.provenance == small.provenance
    for name, draws in small.posterior.draws.items():
        np.testing.assert_array_equal(again.posterior.draws[name], draws.astype(np.float32))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_thinning_keeps_whole_rows(learned: Learned) -> None:
    few = thinned(learned.posterior, 7)
    place = np.linspace(0, learned.posterior.size - 1, 7).round().astype(int)
    assert place[[0, -1]].tolist() == [0, learned.posterior.size - 1]
    for name, draws in few.draws.items():
        np.testing.assert_array_equal(draws, learned.posterior.draws[name][place])
    assert thinned(few, 100).size == 7


def test_a_written_file_is_as_open_as_any_other(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


def test_a_failing_write_leaves_what_was_there(
    small: Learned, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fails(file: Any, **_: Any) -> None:
        file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(np, "savez_compressed", fails)
    with pytest.raises(OSError, match="no space left"):
        write_learned(small, path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_json_cannot_hold_is_not_written(small: Learned, tmp_path: Path) -> None:
    odd = replace(small, provenance=MappingProxyType({"made": object()}))
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_learned(odd, tmp_path / "odd.npz")
    assert list(tmp_path.iterdir()) == []


def parts(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def array(values: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(values))
    return stream.getvalue()


def head(files: Files, **changes: Any) -> Files:
    old = json.loads(bytes(np.load(io.BytesIO(files["head.npy"]))))
    text = json.dumps({**old, **changes}).encode()
    return {**files, "head.npy": array(np.frombuffer(text, dtype=np.uint8))}


def without(files: Files, name: str) -> Files:
    return {key: value for key, value in files.items() if key != name}


CHANGED: dict[str, tuple[Callable[[Files], Files], str]] = {
    "no head": (lambda files: without(files, "head.npy"), "head"),
    "no residual": (lambda files: without(files, "residual.npy"), "residual"),
    "another format": (lambda files: head(files, format=99), "its format is 99"),
    "fewer levels": (lambda files: head(files, levels={}), "kind"),
    "fewer groups": (lambda files: head(files, groups=["one"]), "draws of residual"),
    "widths of another shape": (lambda files: head(files, widths=[["model"]]), "unpack"),
    "head that is no JSON": (
        lambda files: {**files, "head.npy": array(np.frombuffer(b"{", dtype=np.uint8))},
        "Expecting property name",
    ),
    "draws that are not finite": (
        lambda files: {**files, "residual.npy": array(np.full((20, 4), np.nan))},
        "draws of residual are of another shape, or not finite",
    ),
    "draws of another length": (
        lambda files: {**files, "decode_mbu__mean.npy": array(np.zeros(3))},
        "draws of decode_mbu|mean are of another shape",
    ),
    "objects": (
        lambda files: {**files, "residual.npy": array(np.array([{}], dtype=object))},
        "Object arrays cannot be loaded",
    ),
}


def refusal(path: Path) -> str:
    with pytest.raises(CalibrationError) as caught:
        read_learned(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: cannot be read as a throughput posterior")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_file_is_refused(path: Path, name: str) -> None:
    change, reason = CHANGED[name]
    changed = change(parts(path))
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in changed.items():
            archive.writestr(part, content)
    assert reason in refusal(path)


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"PK\x03\x04", array([1.0]), b"\x93NUMPY\x01"],
    ids=["empty", "text", "torn archive", "one array", "torn array"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    assert "margincarlo fit throughput" in refusal(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_torn_file_is_refused(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refusal(path)


def test_flipped_bits_are_noticed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 16] = bytes(16)
    path.write_bytes(content)
    refusal(path)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.npz")
    assert "Is a directory" in refusal(tmp_path)
