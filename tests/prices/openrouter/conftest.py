"""A service on this machine that misbehaves as it is told, and limits that make tests quick."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from margincarlo.prices.openrouter import KEY
from margincarlo.prices.retry import Limits

type Behavior = Callable[[BaseHTTPRequestHandler, Any], None]


class Quiet(ThreadingHTTPServer):
    """A server that does not mind clients which hang up."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tests hang up all the time; what they check is on the client's side."""


class Service:
    """A price service.

    `models` is what it knows, by slug: an entry of the list and its endpoints. `script` says how it
    answers a path instead: one behavior after the other, the last one again and again.
    """

    def __init__(self) -> None:
        self.models: dict[str, tuple[dict[str, Any], list[Any]]] = {}
        self.script: dict[str, list[Behavior]] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        self.busiest = 0
        self.sent = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._server = Quiet(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/v1"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def offer(self, slug: str, *endpoints: Any, **more: Any) -> None:
        entry = {
            "id": slug,
            "name": slug.title(),
            "created": 1_700_000_000,
            "pricing": {"prompt": "0.0000003", "completion": "0.0000012"},
            "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
            "hugging_face_id": slug,
            "never seen before": {"fine": True},
        }
        self.models[slug] = (entry | more, list(endpoints or (self.endpoint(),)))

    @staticmethod
    def endpoint(tag: str = "deepinfra/fp8", **more: Any) -> dict[str, Any]:
        pricing = {"prompt": "0.0000003", "completion": "0.0000012"} | more.pop("pricing", {})
        return {
            "provider_name": tag.partition("/")[0].title(),
            "tag": tag,
            "quantization": "fp8",
            "context_length": 131_072,
            "pricing": pricing,
        } | more

    def answer(self, path: str) -> Any:
        if path == "/models":
            return {"data": [entry for entry, _ in self.models.values()]}
        slug = path.removeprefix("/models/").removesuffix("/endpoints")
        return {"data": {"id": slug, "endpoints": self.models[slug][1]}}

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                service._serve(self)

            def log_message(self, *arguments: Any) -> None:
                """Tests look at `requests`."""

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.removeprefix("/api/v1")
        with self._lock:
            self.requests.append((path, {k.lower(): v for k, v in handler.headers.items()}))
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
            script = self.script.get(path, [well])
            behavior = script.pop(0) if len(script) > 1 else script[0]
        try:
            behavior(handler, self)
        finally:
            with self._lock:
                self._busy -= 1


def send(handler: Any, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, text in {"content_type": "application/json", **headers}.items():
        handler.send_header(name.replace("_", "-"), text)
    if "content_length" not in headers:
        handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def well(handler: Any, service: Service) -> None:
    send(handler, json.dumps(service.answer(handler.path.removeprefix("/api/v1"))).encode())


def sends(body: bytes, **headers: Any) -> Behavior:
    return lambda handler, _: send(handler, body, **headers)


def says(content: Any) -> Behavior:
    return sends(json.dumps(content).encode())


def fails(status: int, **headers: str) -> Behavior:
    return lambda handler, _: send(handler, b"{}", status, **headers)


def hangs(handler: Any, service: Service) -> None:
    service.released.wait(30)
    handler.close_connection = True


def naps(handler: Any, service: Service) -> None:
    service.released.wait(0.03)
    well(handler, service)


def drips(handler: Any, service: Service) -> None:
    """Send a byte at a time: no pause is long, and the answer never whole."""
    send(handler, b"", content_length="1000")
    while not service.released.wait(0.02):
        handler.wfile.write(b" ")
    handler.close_connection = True


def hangs_up(handler: Any, _: Service) -> None:
    send(handler, b'{"data": [', content_length="1000")
    handler.close_connection = True


def never_ends(handler: Any, service: Service) -> None:
    """Send a gigabyte, without saying so before."""
    handler.send_response(200)
    handler.send_header("content-type", "application/json")
    handler.end_headers()
    handler.close_connection = True
    for _ in range(16_000):
        handler.wfile.write(b" " * 65_536)
        service.sent += 65_536


# A client loads the certificates of the world, which takes longer than most of these tests.
certificates = cache(ssl.create_default_context)


@pytest.fixture
def behaviors() -> dict[str, Any]:
    """Ways to answer, by name."""
    return {
        each.__name__: each
        for each in (
            sends,
            well,
            says,
            fails,
            hangs,
            naps,
            drips,
            hangs_up,
            never_ends,
        )
    }


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Service]]:
    """Start services; they stop at the end of the test."""
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(ssl, "create_default_context", certificates)
    started: list[Service] = []

    def run() -> Service:
        started.append(Service())
        return started[-1]

    yield run
    for each in started:
        each.close()


@pytest.fixture
def service(start: Callable[[], Service]) -> Service:
    """Ten models with two hosts each."""
    found = start()
    for number in range(10):
        cheap = found.endpoint("novita/fp8", pricing={"prompt": f"0.000000{number + 1}"})
        found.offer(f"maker/m{number}", found.endpoint(), cheap)
    return found


@pytest.fixture
def quick() -> Limits:
    """Limits of a client without patience."""
    return Limits(
        connect=0.5,
        read=0.1,
        total=0.25,
        tries=2,
        backoff=0.001,
        longest_wait=0.05,
        list_size=300_000,
        model_size=100_000,
    )
