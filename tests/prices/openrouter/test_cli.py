"""`margincarlo prices fetch`: what people and scripts see."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from margincarlo.cli import main
from margincarlo.prices.snapshot import read_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.prices.openrouter.conftest import Service


def fetch(service: Service, out: Path, *more: str) -> Result:
    arguments = ["prices", "fetch", "--url", service.url, "--out", str(out), *more]
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_it_counts_and_names(service: Service, behaviors: Any, tmp_path: Path) -> None:
    service.offer("maker/m0:free")
    service.offer("maker/closed", hugging_face_id=None)
    service.script["/models/maker/m3/endpoints"] = [behaviors["fails"](404)]
    out = tmp_path / "prices.json.gz"
    result = fetch(service, out)
    assert result.exit_code == 0
    assert result.stderr == "Note: maker/m3 could not be read: HTTP 404\n"
    text = " ".join(result.stdout.split())
    assert "Asked about 10 models: 18 paid offers of 9 models by 2 hosts; 1 model could not" in text
    assert f"Written to {out}." in text
    assert "Left out: 1 × closed model, 1 × variant :free." in text
    assert "No speeds: the service tells them to those with a key" in text
    assert len(read_snapshot(out).offers) == 18


def test_options_reach_the_fetch(service: Service, behaviors: Any, tmp_path: Path) -> None:
    service.offer("maker/closed", hugging_face_id=None)
    assert fetch(service, tmp_path / "a.json.gz", "--model", "maker/closed").exit_code == 0
    assert fetch(service, tmp_path / "b.json.gz", "--closed").exit_code == 0
    for name in ("m3", "m4", "m5"):
        service.script[f"/models/maker/{name}/endpoints"] = [behaviors["fails"](404)]
    out = tmp_path / "c.json.gz"
    refused = fetch(service, out)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Error: 3 of 10 models could not be read, more than 20%")
    assert fetch(service, out, "--accept-partial").exit_code == 0
    assert {offer.model for offer in read_snapshot(tmp_path / "a.json.gz").offers} == {
        "maker/closed"
    }
    assert "maker/closed" in {each.model for each in read_snapshot(tmp_path / "b.json.gz").offers}


def test_it_says_how_much_was_resumed(service: Service, behaviors: Any, tmp_path: Path) -> None:
    for name in ("m7", "m8", "m9"):
        service.script[f"/models/maker/{name}/endpoints"] = [behaviors["fails"](404)]
    out = tmp_path / "prices.json.gz"
    assert fetch(service, out).exit_code == 1
    service.script.clear()
    service.requests.clear()
    kept = 10
    result = fetch(service, out)
    kept -= len(service.requests)
    assert f"Asked about 10 models ({kept} of them by the fetch that was stopped)" in " ".join(
        result.stdout.split()
    )


class Terminal(io.StringIO):
    """Standard error of somebody who watches."""

    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_and_none_in_a_pipe(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, stream in (("a", Terminal()), ("b", io.StringIO())):
        monkeypatch.setattr("sys.stderr", stream)
        arguments = ["prices", "fetch", "--url", service.url, "--out", str(tmp_path / name)]
        main(arguments, standalone_mode=False)
        assert ("10/10" in stream.getvalue()) == stream.isatty()
    assert stream.getvalue() == ""
