"""A fetch that was stopped goes on where it was, and trusts nothing that is damaged or old."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from margincarlo.errors import FetchError
from margincarlo.prices.fetch import fetch_prices
from margincarlo.prices.snapshot import read_snapshot

if TYPE_CHECKING:
    from margincarlo.prices.retry import Limits
    from margincarlo.prices.sweep import Progress
    from tests.prices.openrouter.conftest import Service

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
M9 = "/models/maker/m9/endpoints"
SCRIPT = """
import sys
from pathlib import Path
from margincarlo.prices.fetch import fetch_prices
fetch_prices(url=sys.argv[1], out=Path(sys.argv[2]))
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the snapshot goes."""
    return tmp_path / "prices.json.gz"


@pytest.fixture
def stopped(service: Service, behaviors: Any, quick: Limits, out: Path) -> Path:
    """Folder of a fetch at noon that gave up on three models, and had read others."""
    for name in ("m7", "m8", "m9"):
        service.script[M9.replace("m9", name)] = [behaviors["fails"](404)]
    one = replace(quick, connections=1)
    with pytest.raises(FetchError, match="3 of 10 models could not be read"):
        fetch_prices(url=service.url, out=out, limits=one, now=lambda: NOON)
    service.script.clear()
    service.requests.clear()
    return out.with_name(".prices.json.gz.partial")


def again(service: Service, out: Path, limits: Limits, *, after: timedelta, **more: Any) -> Any:
    return fetch_prices(url=service.url, out=out, limits=limits, now=lambda: NOON + after, **more)


def test_a_killed_fetch_goes_on(service: Service, behaviors: Any, quick: Limits, out: Path) -> None:
    for number in (4, 6, 7, 8, 9):
        service.script[M9.replace("9", str(number))] = [behaviors["hangs"]]
    with subprocess.Popen([sys.executable, "-c", SCRIPT, service.url, str(out)]) as process:
        folder = out.with_name(".prices.json.gz.partial")
        # The time of the fetch, the list, and five models.
        _wait_until(lambda: folder.exists() and len(list(folder.glob("*.json"))) == 7)
        process.send_signal(signal.SIGKILL)
    assert list(out.parent.iterdir()) == [folder]
    service.released.set()
    service.script.clear()
    service.requests.clear()
    told: list[Progress] = []
    found = fetch_prices(url=service.url, out=out, limits=quick, report=told.append)
    assert sorted(service.paths) == [M9.replace("9", str(number)) for number in (4, 6, 7, 8, 9)]
    assert (told[-1].resumed, told[-1].done) == (5, 10)
    assert list(out.parent.iterdir()) == [out]
    assert found.offers == fetch_prices(url=service.url, limits=quick).offers


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.slow
@pytest.mark.parametrize("requests", [0, 1, 2, 3, 5, 8, 10, 11])
@pytest.mark.parametrize("delay", [0.0, 0.002, 0.01])
def test_killed_at_any_moment_it_leaves_nothing_that_is_wrong(
    service: Service, quick: Limits, out: Path, requests: int, delay: float
) -> None:
    with subprocess.Popen([sys.executable, "-c", SCRIPT, service.url, str(out)]) as process:
        _wait_until(lambda: len(service.requests) >= requests)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    whole = fetch_prices(url=service.url, limits=quick).offers
    if not out.exists():
        assert fetch_prices(url=service.url, out=out, limits=quick).offers == whole
    assert read_snapshot(out).offers == whole


@pytest.mark.usefixtures("stopped")
def test_within_two_hours_only_the_rest_is_asked(
    service: Service, quick: Limits, out: Path
) -> None:
    found = again(service, out, quick, after=timedelta(hours=1, minutes=59))
    # The three that failed, and those that were under way when it gave up.
    assert {M9.replace("9", number) for number in "789"} <= set(service.paths)
    assert "/models" not in service.paths
    assert len(service.paths) < 10
    assert found.observed_at == "2026-11-21T12:00:00Z"
    assert len(found.offers) == 20


@pytest.mark.usefixtures("stopped")
@pytest.mark.parametrize(
    ("after", "more"),
    [
        (timedelta(hours=2), {}),
        (timedelta(seconds=-1), {}),
        (timedelta(), {"key": "sk-1"}),
    ],
)
def test_of_another_time_or_kind_nothing_is_taken(
    service: Service, quick: Limits, out: Path, after: timedelta, more: dict[str, str]
) -> None:
    found = again(service, out, quick, after=after, **more)
    assert len(service.paths) == 11
    assert found.observed_at == f"{NOON + after:%Y-%m-%dT%H:%M:%SZ}"


def test_of_another_service_nothing_is_taken(
    service: Service, start: Callable[[], Service], quick: Limits, out: Path, stopped: Path
) -> None:
    other = start()
    other.models = service.models
    again(other, out, quick, after=timedelta())
    assert len(other.paths) == 11
    assert not stopped.exists()


@pytest.mark.parametrize("damage", ["half", "empty", "changed", "other"])
def test_damaged_parts_are_read_again(
    service: Service, quick: Limits, out: Path, stopped: Path, damage: str
) -> None:
    whole = {part: part.read_bytes() for part in stopped.iterdir()}
    (header,) = (part for part, content in whole.items() if b"started" in content)
    for part in whole.keys() - {header}:
        content = whole[part]
        damaged = {
            "half": content[: len(content) // 2],
            "empty": b"",
            "changed": content.replace(b'":[', b'": [', 1),
            "other": whole[header],
        }
        part.write_bytes(damaged[damage])
    found = again(service, out, quick, after=timedelta())
    assert len(service.paths) == 11
    assert {offer.provider for offer in found.offers} == {"Deepinfra", "Novita"}


@pytest.mark.usefixtures("stopped")
def test_damaged_time_discards_everything(
    service: Service, quick: Limits, out: Path, stopped: Path
) -> None:
    (header,) = (part for part in stopped.iterdir() if b"started" in part.read_bytes())
    header.write_bytes(header.read_bytes().replace(b"T12:00", b"T13:00"))
    found = again(service, out, quick, after=timedelta(hours=1))
    assert len(service.paths) == 11
    assert found.observed_at == "2026-11-21T13:00:00Z"


def test_what_cannot_be_kept_is_told(
    service: Service, quick: Limits, out: Path, stopped: Path
) -> None:
    for part in stopped.iterdir():
        if b"started" not in part.read_bytes():
            part.unlink()
            part.mkdir()
    with pytest.raises(FetchError, match="cannot keep what was read so far: Is a directory"):
        again(service, out, quick, after=timedelta())
    assert not out.exists()
