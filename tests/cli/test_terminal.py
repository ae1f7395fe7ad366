"""What a terminal shows: the same words as a pipe, with color, and a progress bar."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

import margincarlo as mc
from margincarlo.cli import terminal
from margincarlo.cli.page import run_page
from margincarlo.cli.plain import plain


def shown(blocks: object, *, color: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=color, width=200, highlight=False)
    terminal.show(blocks, console)  # type: ignore[arg-type]  # the tests pass lists of blocks
    return stream.getvalue()


def test_a_terminal_shows_the_words_of_a_pipe(small: Path) -> None:
    blocks = list(run_page(mc.simulate(mc.load(small))))

    def words(text: str) -> list[str]:
        return [word for word in text.split() if set(word) - set("-─")]

    assert words(shown(blocks, color=False)) == words(plain(blocks))
    assert "\x1b[" in shown(blocks, color=True)


def test_a_title_cannot_command_the_terminal(small: Path) -> None:
    text = small.read_text(encoding="utf-8").replace("Does", r"\u001b]0;owned\u0007[bold]Does")
    small.write_text(text, encoding="utf-8")
    page = shown(run_page(mc.simulate(mc.load(small))), color=True)
    assert "\x1b]" not in page
    assert "[bold]Does" in page


class Watched(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_appears_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Watched()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    with terminal.progress() as tell:
        assert tell is not None
        tell(0.2)
    assert stream.getvalue() == ""
    monkeypatch.setattr(terminal, "PATIENCE", 0.0)
    with terminal.progress() as tell:
        assert tell is not None
        tell(0.5)
    assert "drawing" in stream.getvalue()
    assert "50%" in stream.getvalue()


def test_nobody_watches_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with terminal.progress() as tell:
        assert tell is None
