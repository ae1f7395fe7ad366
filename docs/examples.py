"""Run the examples of the pages and write what they print: `python docs/examples.py PAGE …`.

A page is Markdown. In it,

* a block with the caption ``host.toml`` is that file; with ``host.toml, at the end`` it is added to
  it; with ``host.toml, in place of [inputs.utilization]`` it replaces that table (several
  are joined by ``and``);
* a ``console`` block holds ``$ margincarlo …`` commands, each followed by what it prints;
* a ``pycon`` block is a Python session; the blocks of a page are one session;
* ``<!-- python … -->`` is run in that session and shows nothing;
* in prose, ``<!-- = expression -->text<!-- -->`` is the value of the expression.

Examples run in an empty folder beside a copy of ``scenarios/``. A test fails when a page does not
show what its examples print.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import shutil
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from margincarlo.cli import main as margincarlo

ROOT = Path(__file__).parents[1]
FOLDERS = ("tutorial", "how-to", "explanation")
COLUMNS = "100"
# 0.207 - 0.205 is a little more than 0.002 in floating point.
ROUNDING = 1.001

_PART = re.compile(
    r"^(?P<fence>`{3,})(?:\{code-block\} *)?(?P<language>\w+)\n(?P<options>(?::\w+:[^\n]*\n)*)"
    r"(?P<body>.*?)^(?P=fence)$"
    r"|^<!-- python\n(?P<hidden>.*?)^-->$"
    r"|(?P<mark><!-- = (?P<expression>[^\n]+?) -->)[^\n]*?<!-- -->",
    re.MULTILINE | re.DOTALL,
)
_CAPTION = re.compile(r"^:caption: (?P<file>[\w./-]+?)(?:, (?P<how>.*))?$", re.MULTILINE)
_NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PLUS_MINUS = re.compile(rf"({_NUMBER.pattern})( ± )({_NUMBER.pattern})")


def pages() -> list[Path]:
    """Return the pages that have commands, Python sessions or computed figures."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / "docs" / folder).glob("*.md"))]
    runs = ("console", "pycon")
    return [
        path
        for path in (ROOT / "README.md", *found)
        if any(part["language"] in runs or part["hidden"] for part in _PART.finditer(_read(path)))
    ]


def rewritten(text: str, folder: Path) -> str:
    """Return the text of a page with what its examples print, run in `folder`."""
    session = _Session(folder)
    return _PART.sub(session.part, text)


def differences(shown: str, printed: str) -> list[str]:
    """Return the lines in which two versions of a page differ by more than the figures' error."""
    old, new = shown.splitlines(), printed.splitlines()
    if len(old) != len(new):
        return [f"{len(old)} lines became {len(new)}", *sorted(set(new) - set(old))]
    return [f"- {a}\n+ {b}" for a, b in zip(old, new, strict=True) if not _same(a, b)]


@dataclass
class _Session:
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def part(self, found: re.Match[str]) -> str:
        """Run one part of a page, and return it with what it prints."""
        caption = _CAPTION.search(found["options"] or "")
        if caption:
            self._file(caption["file"], caption["how"] or "", found["body"])
            return found[0]
        with contextlib.chdir(self.folder), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if found["hidden"]:
                exec(found["hidden"], self.names)
            elif found["expression"]:
                return f"{found['mark']}{eval(found['expression'], self.names)}<!-- -->"
            elif found["language"] in ("console", "pycon"):
                run = self._console if found["language"] == "console" else self._python
                start, stop = (place - found.start() for place in found.span("body"))
                return found[0][:start] + run(found["body"]) + found[0][stop:]
        return found[0]

    def _file(self, name: str, how: str, body: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8") if how else body
        if how == "at the end":
            text += "\n" + body
        elif how:
            first, *others = re.findall(r"\[[\w.]+\]", how)
            for table in others:
                text = _replaced(text, table, "")
            text = _replaced(text, first, body)
        path.write_text(text, encoding="utf-8")

    def _console(self, body: str) -> str:
        commands = [line for line in body.splitlines() if line.startswith("$ ")]
        return "".join(f"{command}\n{self._run(command)}" for command in commands)

    def _run(self, command: str) -> str:
        line, _, head = command.partition(" | head -n ")
        _, found, arguments = line.partition("margincarlo ")
        if not found:
            raise ValueError(f"cannot run {command!r}: only margincarlo is run here")
        result = CliRunner(env={"COLUMNS": COLUMNS}).invoke(margincarlo, shlex.split(arguments))
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        lines = [each.rstrip() for each in result.output.rstrip().splitlines()]
        lines = lines[: int(head)] if head else lines
        return "".join(f"{each}\n" for each in lines)

    def _python(self, body: str) -> str:
        written = ""
        for example in doctest.DocTestParser().get_examples(body):
            source = example.source.splitlines()
            written += "".join(f"{'...' if n else '>>>'} {line}\n" for n, line in enumerate(source))
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(compile(example.source, "<page>", "single"), self.names)
            written += output.getvalue()
        return written


def _replaced(text: str, table: str, body: str) -> str:
    pattern = rf"^{re.escape(table)}\n.*?(?=^\[|\Z)"
    changed, count = re.subn(pattern, body and f"{body}\n", text, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise ValueError(f"{table} is in the file {count} times")
    return changed


def _same(old: str, new: str) -> bool:
    a, b = (" ".join(text.split()) for text in (old, new))
    if a == b:
        return True
    if _NUMBER.sub("#", a) != _NUMBER.sub("#", b):
        return False
    errors = {m.start(): _value(m[3]) for m in _PLUS_MINUS.finditer(a)}
    # An error from sixteen replicates is itself known to within a fifth, and then it is rounded.
    errors |= {m.start(3): _value(m[3]) / 2 for m in _PLUS_MINUS.finditer(a)}
    pairs = zip(_NUMBER.finditer(a), _NUMBER.finditer(b), strict=True)
    return all(
        abs(_value(one[0]) - _value(two[0]))
        <= ROUNDING * max(errors.get(one.start(), 0.0), _last(one[0]))
        for one, two in pairs
    )


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _last(text: str) -> float:
    """Return one unit of the last digit shown; 0 for a whole number, which is a count."""
    digits, _, exponent = text.lower().partition("e")
    decimals = len(digits.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals) if decimals else 0.0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main(paths: list[Path]) -> None:
    """Write pages anew."""
    for path in paths or pages():
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copytree(ROOT / "scenarios", Path(scratch) / "scenarios")
            path.write_text(rewritten(_read(path), Path(scratch)), encoding="utf-8")


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
