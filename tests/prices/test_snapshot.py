"""A snapshot in a file: whole or not at all, and trusted only if it is what was written."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from margincarlo.errors import SnapshotError
from margincarlo.prices.listing import Listed, Offer, Override, Snapshot
from margincarlo.prices.snapshot import (
    LARGEST_FILE,
    SHIPPED,
    make_snapshot,
    read_snapshot,
    write_snapshot,
)

MODEL = Listed("maker/one", "Maker: One", "2026-05-01", True, 31.5, None, 9e12, 4e11, 1e6)
OFFER = Offer(
    model="maker/one",
    provider="Host",
    tag="host/fp8",
    quantization="fp8",
    input_price=0.2,
    output_price=0.8,
    base_input_price=0.4,
    base_output_price=1.6,
    cache_read_price=None,
    discount=0.5,
    context_length=131072,
    max_output_tokens=None,
    tokens_per_second=41.0,
    time_to_first_token=0.7,
    status=0,
    first_party=False,
    overrides=(Override(200_001, None, None, 0.4, 1.6, None), Override(None, 100, 400, 1, 2, 0.1)),
)
OTHER = replace(OFFER, provider="Another", tag="another", status=-2, overrides=())


def small(**changes: Any) -> Snapshot:
    content: dict[str, Any] = {
        "observed_at": "2026-08-08T15:31:00Z",
        "source": "made by hand",
        "models": [MODEL],
        "offers": [OFFER, OTHER],
        "failures": [("maker/two", "HTTP 500")],
    }
    return make_snapshot(**content | changes)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prices.json.gz"
    write_snapshot(small(), path)
    return path


def test_round_trip(path: Path) -> None:
    assert read_snapshot(path) == small()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_content_alone_decides_checksum_and_bytes(path: Path, tmp_path: Path) -> None:
    again = small(offers=[OTHER, replace(OFFER, tag=" host/fp8\n")])
    write_snapshot(again, tmp_path / "again.json.gz")
    assert (tmp_path / "again.json.gz").read_bytes() == path.read_bytes()
    changed = small(offers=[replace(OFFER, output_price=0.8000001), OTHER])
    assert changed.sha256 != again.sha256
    assert small(failures=[]).sha256 != again.sha256


def test_whole_numbers_are_prices_too(tmp_path: Path) -> None:
    whole = small(offers=[replace(OFFER, input_price=1)])
    write_snapshot(whole, tmp_path / "prices.json.gz")
    assert repr(read_snapshot(tmp_path / "prices.json.gz").offers[0].input_price) == "1.0"


def test_rows_are_sorted_whatever_their_order() -> None:
    twins = [replace(OFFER, output_price=price) for price in (3.0, 1.0, 2.0)]
    assert small(offers=twins) == small(offers=twins[::-1])
    assert [each.provider for each in small().offers] == ["Another", "Host"]


def test_text_stays_on_one_line() -> None:
    found = small(failures=[("maker/two", "<html>\n\x1b[31m\x00 500")], source="a\r\nb")
    assert found.failures == (("maker/two", "<html> [31m 500"),)
    assert found.source == "a b"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input_price": -1.0}, "input_price is -1.0, and must be from 0"),
        ({"output_price": float("nan")}, "output_price is nan"),
        ({"base_output_price": float("inf")}, "base_output_price is inf"),
        ({"cache_read_price": -0.1}, "cache_read_price"),
        ({"discount": 1.0}, "discount is 1.0"),
        ({"discount": True}, "discount is True, and must be a number"),
        ({"output_price": "0.8"}, "output_price is '0.8', and must be a number"),
        ({"output_price": None}, "output_price is None"),
        ({"context_length": 4096.5}, "context_length is 4096.5, and must be a whole number"),
        ({"cache_hit_share": 1.01}, "cache_hit_share"),
        ({"first_party": 1}, "first_party"),
        ({"provider": "\x00"}, "provider"),
        ({"overrides": (Override(None, 0, 2500, 1.0, 1.0, None),)}, "override 1: utc_end is 2500"),
        ({"model": "maker/unknown"}, "the model is not listed"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        small(offers=[OTHER, replace(OFFER, **change)])
    assert said in str(caught.value)
    assert str(caught.value).startswith("offer of maker/")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"models": [MODEL, replace(MODEL, name="again")]}, "maker/one is listed twice"),
        ({"models": [replace(MODEL, created="May")]}, "created is 'May', and must be a day"),
        ({"models": [replace(MODEL, prompt_tokens=-1.0)]}, "prompt_tokens is -1.0"),
        ({"observed_at": "yesterday"}, "'yesterday'"),
        ({"observed_at": "2026-08-08T15:31:00"}, "write it as 2026-08-08"),
        ({"observed_at": "2026-08-08T15:31:00+02:00"}, "write it as 2026-08-08"),
    ],
)
def test_a_listing_that_cannot_be_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SnapshotError, match=r"^[^\n]+$") as caught:
        small(**change)
    assert said in str(caught.value)


def test_an_existing_file_is_never_replaced(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(SnapshotError, match="never changed; choose another name"):
        write_snapshot(small(source="another"), path)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_file_that_appears_meanwhile_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prices.json.gz"
    monkeypatch.setattr(os, "fsync", lambda _: path.write_text("of another process"))
    with pytest.raises(SnapshotError, match="never changed"):
        write_snapshot(small(), path)
    assert path.read_text() == "of another process"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_without_links_a_file_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_snapshot(small(), tmp_path / "prices.json.gz")
    assert read_snapshot(tmp_path / "prices.json.gz") == small()
    assert len(list(tmp_path.iterdir())) == 1


def test_a_snapshot_with_a_checksum_of_something_else_is_not_written(tmp_path: Path) -> None:
    forged = replace(small(), source="forged")
    with pytest.raises(SnapshotError, match="make_snapshot"):
        write_snapshot(forged, tmp_path / "prices.json.gz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["missing/prices.json.gz", "a\0b", "x" * 300])
def test_a_place_that_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="cannot be written"):
        write_snapshot(small(), tmp_path / name)


KILLED = """
import os, signal, sys
from pathlib import Path
from margincarlo.prices.snapshot import read_snapshot, write_snapshot
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
exec(sys.argv[2])
write_snapshot(read_snapshot(), Path(sys.argv[1]))
"""


@pytest.mark.parametrize(
    ("moment", "whole"),
    [("os.fsync = die", False), ("Path.hardlink_to = die", False), ("Path.unlink = die", True)],
)
def test_a_killed_writer_leaves_nothing_to_trust(moment: str, whole: bool, tmp_path: Path) -> None:
    path = tmp_path / "prices.json.gz"
    ended = subprocess.run([sys.executable, "-c", KILLED, path, moment], check=False)
    assert ended.returncode == -9
    assert path.exists() == whole
    assert [each.name for each in tmp_path.glob("*.json.gz")] == [path.name] * whole
    if whole:
        assert read_snapshot(path) == read_snapshot()
    else:
        write_snapshot(small(), path)


def test_a_file_cut_anywhere_is_refused(path: Path) -> None:
    packed = path.read_bytes()
    for size in range(len(packed)):
        path.write_bytes(packed[:size])
        with pytest.raises(SnapshotError, match="prices fetch"):
            read_snapshot(path)


def test_a_flipped_bit_never_changes_a_price(path: Path) -> None:
    packed = path.read_bytes()
    # The ten bytes before hold time and system, which say nothing of the content.
    for place in range(10, len(packed)):
        path.write_bytes(packed[:place] + bytes([packed[place] ^ 4]) + packed[place + 1 :])
        with pytest.raises(SnapshotError, match=r"^[^\n]+prices fetch[^\n]+$"):
            read_snapshot(path)


def edited(edit: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def damage(packed: bytes) -> bytes:
        content = json.loads(gzip.decompress(packed))
        edit(content)
        return gzip.compress(json.dumps(content).encode())

    return damage


def edited_offers(edit: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    return edited(lambda content: edit(content["offers"]))


OFFERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "its columns are": lambda offers: offers.pop("tag"),
    "differ in length": lambda offers: offers["tag"].pop(),
    "input_price is -1, and must be from 0": lambda offers: offers.update(input_price=[-1, 1]),
    "discount is 1": lambda offers: offers.update(discount=[1, 0]),
    "discount is inf": lambda offers: offers.update(discount=[1e400, 0]),
    "output_price is nan": lambda offers: offers.update(output_price=[float("nan"), 0]),
    "status is {}": lambda offers: offers.update(status=[{}, 0]),
    "parts are not those": lambda offers: offers.update(overrides=[[], [[1]]]),
}
CONTENT: dict[str, Callable[[dict[str, Any]], object]] = {
    "its format is not 1": lambda content: content.update(format=2),
    "holds something else": lambda content: content.pop("format"),
    "parts are not those": lambda content: content.pop("offers"),
    "does not fit its checksum": lambda content: content.update(source="forged"),
}
BYTES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": ("it is empty", lambda _: b""),
    "zeros": ("not packed with gzip", lambda _: bytes(500)),
    "noise": ("not packed with gzip", lambda _: os.urandom(500)),
    "bare": ("not packed with gzip", gzip.decompress),
    "twice": ("something follows its end", lambda packed: packed + packed),
    "nothing": ("no JSON", lambda _: gzip.compress(b"")),
    "page": ("no JSON", lambda _: gzip.compress(b"<html>")),
    "list": ("something else", lambda _: gzip.compress(b"[]")),
    "binary": ("no JSON", lambda _: gzip.compress(b"\xff\xfe\xfd")),
    "deep": ("no JSON", lambda _: gzip.compress(b"[" * 200_000)),
    "bomb": ("unpacks to more than 20 MB", lambda _: gzip.compress(b" " * 30_000_000, 1)),
    "extra": ("parts", edited(lambda content: content.update(extra=1))),
    "column": ("parts", edited(lambda content: content.update(offers=[]))),
    "names": ("parts", edited(lambda content: content.update(failures=[[1, 2]]))),
    "checksum": ("checksum", edited(lambda content: content.update(sha256="0" * 64))),
    **{said: (said, edited(edit)) for said, edit in CONTENT.items()},
    **{f"offers {said}": (said, edited_offers(edit)) for said, edit in OFFERS.items()},
}


@pytest.mark.parametrize("case", BYTES)
def test_a_file_of_anything_else_is_refused_in_one_line(case: str, path: Path) -> None:
    said, damage = BYTES[case]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SnapshotError, match=r"^[^\n]+$") as caught:
        read_snapshot(path)
    assert str(caught.value).startswith(f"{path}: is no snapshot to trust: ")
    assert said in str(caught.value)
    assert "prices fetch" in str(caught.value)


def test_a_huge_file_is_not_read(path: Path) -> None:
    os.truncate(path, LARGEST_FILE + 1)
    with pytest.raises(SnapshotError, match="more than 5 MB"):
        read_snapshot(path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SnapshotError, match="no regular file"):
        read_snapshot(tmp_path / "pipe")


@pytest.mark.parametrize("name", ["missing.json.gz", "a\0b", "x" * 300])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=r"^[^\n]+$"):
        read_snapshot(tmp_path / name)


def test_the_shipped_one() -> None:
    shipped = read_snapshot()
    assert shipped is read_snapshot()
    assert (len(shipped.offers), len({each.provider for each in shipped.offers})) == (645, 57)
    assert len({each.model for each in shipped.offers}) == 151
    assert shipped.observed_at.startswith(SHIPPED.removeprefix("prices_")[:10])
    assert "sui414/openrouter-pricing-data" in shipped.source
    closed = [each for each in shipped.models if not each.open_weight]
    assert sum(each.intelligence_index is not None for each in closed) > 40
    # Prices are net of the promotion: Novita itself lists 1.40 USD/Mtok.
    novita = next(o for o in shipped.offers if o.model == "z-ai/glm-5.2" and o.provider == "Novita")
    assert novita.input_price == pytest.approx(0.2198)
    assert novita.base_input_price == pytest.approx(1.40)
