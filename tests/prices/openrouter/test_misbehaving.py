"""A fetch from a service that is slow, broken, hostile or changed."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from margincarlo.errors import FetchError
from margincarlo.prices.fetch import fetch_prices
from margincarlo.prices.retry import Limits, seconds_asked

if TYPE_CHECKING:
    from pathlib import Path

    from margincarlo.prices.listing import Snapshot
    from tests.prices.openrouter.conftest import Service

M3 = "/models/maker/m3/endpoints"
# How to misbehave for good: name of the behavior, its arguments, reason, number of requests.
LASTING: list[tuple[str, tuple[Any, ...] | None, str, int]] = [
    ("fails", (500,), "HTTP 500, 2 times", 2),
    ("fails", (429,), "HTTP 429, 2 times", 2),
    ("fails", (404,), "HTTP 404", 1),
    ("fails", (403,), "HTTP 403: not allowed; is the key in OPENROUTER_API_KEY still good?", 1),
    ("hangs", None, "no answer in time (ReadTimeout), 2 times", 2),
    ("drips", None, "the answer was not whole after 0.25 s, 2 times", 2),
    ("hangs_up", None, "RemoteProtocolError: peer closed connection", 2),
    ("never_ends", None, "the answer is longer than 0.1 MB", 1),
    ("says", ({"data": {}},), "data.endpoints: Field required", 1),
    ("says", ({"data": {"endpoints": {"a": 1}}},), "data.endpoints: Input should be a valid l", 1),
    ("says", ([],), "answer: Input should be a valid dictionary", 1),
    ("says", ({"error": {"code": 400, "message": "no"}},), "error 400: no", 1),
    ("says", ({"error": {"code": 502, "message": "later"}},), "error 502: later, 2 times", 2),
]
PASSING: list[tuple[str, tuple[Any, ...] | None]] = [
    ("fails", (503,)),
    ("fails", (429,)),
    ("hangs", None),
    ("hangs_up", None),
    ("says", ({"error": {"code": 429, "message": "slow down"}},)),
]
NO_JSON = [
    b"<!doctype html><title>Just a moment...</title>",
    b'{"data": {"endpoints": [',
    b"\xff",
    b"",
    b'{"data": NaN}',
    b"[" * 50_000,
]


def fetch(service: Service, limits: Limits, **more: Any) -> Snapshot:
    return fetch_prices(url=service.url, limits=limits, **more)


def chosen(behaviors: Any, name: str, arguments: tuple[Any, ...] | None) -> Any:
    return behaviors[name] if arguments is None else behaviors[name](*arguments)


def test_failing_models_are_named_and_the_others_are_kept(
    service: Service, behaviors: Any, quick: Limits
) -> None:
    for number, (name, arguments, *_) in enumerate(LASTING):
        service.offer(f"bad/b{number:02}")
        path = f"/models/bad/b{number:02}/endpoints"
        service.script[path] = [chosen(behaviors, name, arguments)]
    begin = time.monotonic()
    found = fetch(service, quick, accept_partial=True)
    assert time.monotonic() - begin < 5
    assert len(found.offers) == 20
    assert [slug for slug, _ in found.failures] == [f"bad/b{n:02}" for n in range(len(LASTING))]
    for (slug, reason), (_, _, why, requests) in zip(found.failures, LASTING, strict=True):
        assert reason[: len(why)] == why
        assert service.paths.count(f"/models/{slug}/endpoints") == requests


def test_what_passes_is_tried_again(service: Service, behaviors: Any, quick: Limits) -> None:
    for number, (name, arguments) in enumerate(PASSING):
        bad = chosen(behaviors, name, arguments)
        service.script[M3.replace("3", str(number))] = [bad, behaviors["well"]]
    service.script["/models"] = [behaviors["fails"](502), behaviors["well"]]
    found = fetch(service, quick)
    assert (len(found.offers), found.failures) == (20, ())
    assert len(service.paths) == 11 + len(PASSING) + 1


def test_json_that_is_none(service: Service, behaviors: Any, quick: Limits) -> None:
    for number, body in enumerate(NO_JSON):
        path = M3.replace("3", str(number))
        service.script[path] = [behaviors["sends"](body)]
    found = fetch(service, quick, accept_partial=True).failures
    assert len(found) == len(NO_JSON)
    assert all(reason.startswith("answered with damaged JSON: ") for _, reason in found)


def test_html_instead_of_json(service: Service, behaviors: Any, quick: Limits) -> None:
    kind = {"content_type": "text/html; charset=utf-8"}
    service.script[M3] = [behaviors["sends"](NO_JSON[0], **kind)]
    assert fetch(service, quick).failures == (
        ("maker/m3", "answered with text/html instead of application/json"),
    )


def test_everybody_waits_as_long_as_the_service_asks(
    service: Service, behaviors: Any, quick: Limits
) -> None:
    # A day: no more than the client's longest wait.
    refusal = behaviors["fails"](429, retry_after="86400")
    first = min(f"/models/{slug}/endpoints" for slug in service.models)
    service.script[first] = [refusal, behaviors["well"]]
    patient = Limits(**{**vars(quick), "longest_wait": 0.2, "connections": 1})
    times: list[float] = []
    begin = time.monotonic()
    found = fetch(service, patient, report=lambda _: times.append(time.monotonic() - begin))
    assert found.failures == ()
    # The list came at once; no model before the wait was over, though only one was refused.
    assert times[0] < 0.2 <= times[1]


def test_retry_after() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    assert seconds_asked("Sat, 21 Nov 2026 00:02:00 GMT", now) == 120
    assert seconds_asked(" 7 ", now) == 7
    for nothing in (None, "", "soon", "-5", "Sat, 21 Nov 2026 00:02:00 -0000"):
        assert seconds_asked(nothing, now) is None
    limits, rng = Limits(), Random(1)
    assert limits.wait(1, 7.0, rng) == 7
    assert limits.wait(1, 1e9, rng) == limits.wait(1, float("9" * 400), rng) == 60
    assert limits.wait(1, -120.0, rng) == 0
    for attempt, longest in ((1, 0.5), (2, 1.0), (4, 4.0), (100, 60.0)):
        waits = [limits.wait(attempt, None, rng) for _ in range(50)]
        assert longest / 2 <= min(waits) < max(waits) <= longest


def test_a_gigabyte_is_not_read(service: Service, behaviors: Any, quick: Limits) -> None:
    service.script["/models"] = [behaviors["never_ends"]]
    with pytest.raises(FetchError, match=r"/models: the answer is longer than 0\.3 MB"):
        fetch(service, quick)
    # What was sent besides waits in the buffers of the machine.
    assert service.sent < 50e6


def test_a_gigabyte_that_is_announced_or_packed(
    service: Service, behaviors: Any, quick: Limits
) -> None:
    bomb = gzip.compress(b" " * 20_000_000)
    for body, headers in (
        (b"", {"content_length": "9" * 12}),
        (bomb, {"content_encoding": "gzip"}),
    ):
        service.script[M3] = [behaviors["sends"](body, **headers)]
        assert fetch(service, quick).failures == (("maker/m3", "the answer is longer than 0.1 MB"),)


def test_another_host_is_not_visited(
    service: Service, start: Callable[[], Service], behaviors: Any, quick: Limits
) -> None:
    other = start()
    other.models = service.models
    service.script[M3] = [behaviors["fails"](302, location=f"{other.url}{M3}")]
    ((slug, reason),) = fetch(service, quick, key="sk-very-secret").failures
    assert slug == "maker/m3"
    assert reason == f"redirected to {other.url}{M3}, another host, which is not followed"
    service.script["/models"] = [behaviors["fails"](301, location=f"{other.url}/models")]
    with pytest.raises(FetchError, match="another host, which is not followed; nothing was writt"):
        fetch(service, quick, key="sk-very-secret")
    assert other.requests == []


def test_the_same_host_may_redirect(service: Service, behaviors: Any, quick: Limits) -> None:
    m4 = M3.replace("m3", "m4")
    service.script[M3] = [behaviors["fails"](307, location=f"/api/v1{m4}")]
    assert fetch(service, quick).failures == ()
    service.script[m4] = [behaviors["fails"](307, location=f"/api/v1{M3}")]
    assert dict(fetch(service, quick).failures) == {
        f"maker/{name}": "redirected more than 5 times" for name in ("m3", "m4")
    }


def test_an_endpoint_that_cannot_be_read_is_named_and_the_models_others_are_kept(
    service: Service, quick: Limits
) -> None:
    drifted = service.endpoint("together", pricing={"prompt": 3e-07})
    service.offer("maker/m3", service.endpoint(), drifted)
    found = fetch(service, quick)
    ((slug, reason),) = found.failures
    assert slug == "maker/m3"
    assert reason.startswith("endpoint together: pricing.prompt: Input should be a valid string")
    assert [offer.tag for offer in found.offers if offer.model == "maker/m3"] == ["deepinfra/fp8"]


def test_too_many_failures_write_nothing_unless_they_are_accepted(
    service: Service, behaviors: Any, quick: Limits, tmp_path: Path
) -> None:
    for name in ("m3", "m4", "m5"):
        service.script[M3.replace("m3", name)] = [behaviors["fails"](404)]
    out = tmp_path / "prices.json.gz"
    with pytest.raises(FetchError) as caught:
        fetch(service, quick, out=out)
    text = str(caught.value)
    assert "3 of 10 models could not be read, more than 20%: " in text
    assert all(f"maker/{name} (HTTP 404)" in text for name in ("m3", "m4", "m5"))
    assert "--accept-partial" in text
    assert not out.exists()
    found = fetch(service, quick, out=out, accept_partial=True)
    assert [slug for slug, _ in found.failures] == ["maker/m3", "maker/m4", "maker/m5"]
    assert len(found.offers) == 14
    assert out.exists()


def test_a_list_that_has_changed_its_shape(service: Service, behaviors: Any, quick: Limits) -> None:
    answers: dict[str, Any] = {
        "data: Field required": {"models": []},
        "the list is empty": {"data": []},
    }
    for why, content in answers.items():
        service.script["/models"] = [behaviors["says"](content)]
        with pytest.raises(FetchError) as caught:
            fetch(service, quick)
        assert why in str(caught.value)
        assert "the snapshot of 2026-08-08 that ships with margincarlo stays" in str(caught.value)
    for entry, _ in service.models.values():
        entry["pricing"] = {"input": 0.3, "output": 1.2}
    service.script.clear()
    with pytest.raises(FetchError, match=r"10 of 10 models .*pricing\.prompt: Field required"):
        fetch(service, quick)


def test_nobody_answers(service: Service, quick: Limits) -> None:
    service.close()
    with pytest.raises(FetchError, match=r"/models: ConnectError.*, 2 times; nothing was written"):
        fetch(service, quick)
