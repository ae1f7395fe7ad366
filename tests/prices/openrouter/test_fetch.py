"""A fetch from a service that behaves: whom it asks, what it sends, what it writes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from margincarlo.errors import FetchError, SnapshotError
from margincarlo.prices.fetch import fetch_prices
from margincarlo.prices.openrouter import KEY, URL, checked_url, key_for
from margincarlo.prices.retry import Limits
from margincarlo.prices.snapshot import read_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from margincarlo.prices.sweep import Progress
    from tests.prices.openrouter.conftest import Service

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_all_models_are_read_and_written(service: Service, tmp_path: Path, quick: Limits) -> None:
    out = tmp_path / "prices.json.gz"
    told: list[Progress] = []
    found = fetch_prices(
        url=service.url, out=out, limits=quick, now=lambda: NOON, report=told.append
    )
    assert read_snapshot(out) == found
    assert list(tmp_path.iterdir()) == [out]
    assert (found.observed_at, found.source) == (
        "2026-11-21T12:00:00Z",
        f"OpenRouter, {service.url}",
    )
    assert [row.model for row in found.models] == sorted(service.models)
    assert (len(found.offers), found.failures) == (20, ())
    assert sorted(service.paths) == sorted(
        ["/models", *(f"/models/{slug}/endpoints" for slug in service.models)]
    )
    assert [each.done for each in told] == list(range(11))
    assert {each.total for each in told} == {10}


def test_five_connections_are_used_and_no_more(
    service: Service, behaviors: Any, quick: Limits
) -> None:
    for slug in service.models:
        service.script[f"/models/{slug}/endpoints"] = [behaviors["naps"]]
    fetch_prices(url=service.url, limits=quick)
    assert service.busiest == quick.connections == Limits().connections == 5


def test_only_paid_open_text_models_are_asked(service: Service, quick: Limits) -> None:
    service.offer("maker/m0:free")
    service.offer("openrouter/auto", pricing={"prompt": "-1", "completion": "-1"})
    service.offer("maker/closed", hugging_face_id=None)
    # It is open, as the shipped snapshot knows; the service has never said so.
    service.offer("openai/gpt-oss-120b", hugging_face_id="")
    told: list[Progress] = []
    fetch = partial(fetch_prices, url=service.url, limits=quick, report=told.append)
    found = fetch()
    assert {row.model: row.open_weight for row in found.models if "m" not in row.model[6:]} == {
        "maker/closed": False,
        "openai/gpt-oss-120b": True,
    }
    asked = set(service.paths)
    assert "/models/openai/gpt-oss-120b/endpoints" in asked
    assert not asked & {f"/models/{slug}/endpoints" for slug in ("maker/closed", "openrouter/auto")}
    assert told[-1].skipped == {"variant :free": 1, "router": 1, "closed model": 1}
    assert {offer.model for offer in fetch(closed=True).offers} - {
        offer.model for offer in found.offers
    } == {"maker/closed"}


def test_named_models_only_closed_or_not(service: Service, quick: Limits) -> None:
    service.offer("maker/closed", hugging_face_id=None)
    service.offer("maker/m0:free")
    fetch = partial(fetch_prices, url=service.url, limits=quick)
    found = fetch(models=["maker/closed", "maker/m3"])
    assert [row.model for row in found.models] == ["maker/closed", "maker/m3"]
    assert len(service.paths) == 3
    with pytest.raises(FetchError, match="no model 'maker/clsed' is in the list; did you mean"):
        fetch(models=["maker/clsed"])
    with pytest.raises(FetchError, match=r"maker/m0:free has no price of its own.*variant :free"):
        fetch(models=["maker/m0:free"])


def test_a_list_of_several_pages(service: Service, behaviors: Any, quick: Limits) -> None:
    entries = service.answer("/models")["data"]
    first = {"data": entries[:6], "total_count": 10}
    service.script["/models"] = [behaviors["says"](first)]
    rest = "/models?offset=6&limit=1000"
    service.script[rest] = [behaviors["says"]({"data": entries[6:], "total_count": 10})]
    assert len(fetch_prices(url=service.url, limits=quick).models) == 10
    service.script[rest] = [behaviors["says"]({"data": [], "total_count": 10})]
    with pytest.raises(FetchError, match="6 models came, and 10 are announced"):
        fetch_prices(url=service.url, limits=quick)


def test_a_snapshot_is_never_overwritten(service: Service, tmp_path: Path) -> None:
    out = tmp_path / "prices.json.gz"
    out.write_text("dear to me", encoding="utf-8")
    with pytest.raises(SnapshotError, match="a snapshot is never changed; choose another name"):
        fetch_prices(url=service.url, out=out)
    assert service.requests == []
    assert out.read_text(encoding="utf-8") == "dear to me"


def test_a_folder_that_is_not_there_is_told_before_anything_is_asked(
    service: Service, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match="cannot keep what was read so far: No such file"):
        fetch_prices(url=service.url, out=tmp_path / "no" / "prices.json.gz")
    assert service.requests == []


def test_no_offer_at_all_is_an_error(start: Callable[[], Service], quick: Limits) -> None:
    service = start()
    service.offer("maker/m0", service.endpoint(pricing={"prompt": "0", "completion": "0"}))
    with pytest.raises(FetchError, match="no paid offer of 1 models; nothing was written"):
        fetch_prices(url=service.url, limits=quick)


def test_the_key_goes_to_the_service_and_nowhere_else(
    service: Service, quick: Limits, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    out = tmp_path / "prices.json.gz"
    fetch_prices(url=service.url, key="sk-very-secret", limits=quick, out=out)
    assert {headers["authorization"] for _, headers in service.requests} == {
        "Bearer sk-very-secret"
    }
    assert caplog.records
    assert "secret" not in caplog.text
    assert b"secret" not in out.read_bytes()


def test_only_openrouter_is_told_the_key_of_the_environment(
    service: Service, quick: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, "sk-very-secret\n")
    fetch_prices(url=service.url, limits=quick, models=["maker/m0"])
    assert not any("authorization" in headers for _, headers in service.requests)
    assert key_for(URL, None) == "sk-very-secret"
    assert key_for(URL, "") == ""
    for other in ("http://openrouter.ai/api/v1", "https://openrouter.ai.example.org/api/v1"):
        assert key_for(other, None) == ""


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
def test_a_key_that_cannot_be_one_is_not_shown(key: str) -> None:
    with pytest.raises(FetchError, match="the key has characters that no key has") as caught:
        key_for(URL, key)
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "openrouter.ai",
        "ftp://openrouter.ai",
        "http://",
        "https://me:pass@a.org",
        "http://a.org?b",
        "http://a.org:99999",
        "http://[",
        "http://a b",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(FetchError, match="the address of the service is such as https://openr"):
        checked_url(url)


def test_a_notebook_has_a_loop_of_its_own(service: Service, quick: Limits) -> None:
    async def cell() -> int:
        return len(fetch_prices(url=service.url, limits=quick, models=["maker/m0"]).offers)

    assert asyncio.run(cell()) == 2
