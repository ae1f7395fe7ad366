"""Read TOML, and say what is wrong with it in terms of the line as it was written."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from margincarlo.errors import ScenarioError
from margincarlo.scenario.place import shown

_PLACE = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)"
)
# What people write for a value that TOML writes otherwise → what to write.
_VALUES = (
    (r"[-+]?\.\d", "TOML writes 0.75, not .75"),
    (r"[-+]?\d[\d_]*\.(?!\d)", "TOML writes 5.0, not 5."),
    (r"[-+]?0\d", "TOML writes numbers without zeros before them"),
    (r"[-+]?\d+(,\d{3})+", "TOML writes 1000 or 1_000, not 1,000"),
    (r"[-+]?[\d.]+ *%", "write 0.5, or { value = 50, unit = '%' }"),
    (r"[$€]|[-+]?[\d.]+ *[A-Za-z$€]++(?! *=)", "write { value = 3, unit = 'USD/h' }"),
    (r"(True|False)\b", "TOML writes true and false"),
    (r"(None|null|nil|NA|NaN)\b", "leave the key out instead"),
    (r"[,}\]#]|$", "a value is missing here"),
    (r"(?!(true|false|inf|nan)\b)[A-Za-z]", "text belongs in quotes"),
)
_TWICE = ("overwrite", "twice", "mutate", "redefine", "Duplicate")
_MISTAKES = (
    ("Unclosed inline table", "close it with } on its line, and put commas between its entries"),
    ("Unclosed array", "close it with ], and put commas between its entries"),
    ("Expected '='", "write key = value"),
    ("Expected ']", "write [table], or [[table]] for one of several"),
    ("Invalid initial character", "a table in { } stays on one line"),
    ("Invalid value", "a value is missing here"),
    ("Unterminated string", "close the quotes"),
    ('Expected "', "close the quotes"),
    ("Illegal character", "close the quotes on the line where they begin"),
    ("Unescaped", "write paths with / or in single quotes"),
)


def read_toml(text: str, where: str) -> dict[str, Any]:
    """Return the content of a TOML document.

    Raises
    ------
    ScenarioError
        With the line that is wrong, and what to write instead where that is plain.
    """
    try:
        content = tomllib.loads(text)
        _check_whole_numbers(content)
    except tomllib.TOMLDecodeError as problem:
        raise ScenarioError(f"is not valid TOML {_explain(problem, text)}", where=where) from None
    except RecursionError:
        raise ScenarioError(
            "has brackets within brackets, hundreds deep; a scenario needs three", where=where
        ) from None
    except ValueError:  # more digits than Python reads, or than TOML allows
        raise ScenarioError(
            "holds a whole number of more than 64 bits; write it as 1e30", where=where
        ) from None
    return content


def _check_whole_numbers(value: Any) -> None:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ValueError
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _check_whole_numbers(each)


def _explain(problem: tomllib.TOMLDecodeError, text: str) -> str:
    found = _PLACE.fullmatch(str(problem))
    what = found["what"] if found else str(problem)
    line, column, place = "", 0, "at its end"
    if found and found["line"]:
        line, column = text.split("\n")[int(found["line"]) - 1], int(found["column"]) - 1
        place = f"in line {found['line']}, {shown(line.strip())}"
    if any(sign in what for sign in _TWICE):
        return f"{place}: something is given twice; keep one of them"
    return f"{place}: {what[:1].lower()}{what[1:]}{_hint(what, line, column)}"


def _hint(what: str, line: str, column: int) -> str:
    if what == "Invalid value" or what.startswith(("Expected newline", "Unclosed inline")):
        start = column if what == "Invalid value" else line.rfind("=", 0, column) + 1
        value = line[start:].strip()
        for pattern, hint in _VALUES if start else ():
            if re.match(pattern, value):
                return f"; {hint}"
    return next((f"; {hint}" for sign, hint in _MISTAKES if sign in what), "")
