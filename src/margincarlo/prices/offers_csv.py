"""Offers from a table of one's own."""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from margincarlo.errors import SnapshotError, did_you_mean
from margincarlo.prices.checks import BOUNDS, allowed, checked_offer, checked_time
from margincarlo.prices.listing import Listed, Offer, Snapshot
from margincarlo.prices.offer_columns import COLUMNS, NAMES, NEEDED, OfferColumn
from margincarlo.prices.snapshot import make_snapshot, read_snapshot

LARGEST_FILE: Final = 50_000_000
# Prices are often rounded to cents, and discounts to percents.
DISAGREEMENT: Final = 0.1
CENT: Final = 0.01
KINDS: Final = ("output", "input")
WORDS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False, "": False}


def read_offers_csv(path: str | Path) -> Snapshot:
    """Read a table of offers, one row for each endpoint.

    Parameters
    ----------
    path : path
        A CSV file with columns as in `margincarlo.prices.offer_columns`; others are ignored.

    Returns
    -------
    Snapshot
        Quality and traffic of models are those of the snapshot that ships, where it has them.

    Raises
    ------
    SnapshotError
        If the file cannot be read, lacks a needed column, has no row, mixes days, or has a cell
        that says nothing; the text names the line and the column.
    """
    where = str(path)
    days: set[str] = set()
    found: list[Offer] = []
    for line, cells in _rows(_text(Path(path), where), where):
        place = f"{where}: line {line}"
        days.add(_day(cells["observed_on"], place))
        found.append(_offer(cells, place))
    if not found:
        raise SnapshotError(f"{where}: has no row; one row is one endpoint")
    if len(days) > 1:
        raise SnapshotError(
            f"{where}: observed_on is {min(days)} in one row and {max(days)} in another;"
            " keep the offers of one day"
        )
    return make_snapshot(observed_at=days.pop(), source=where, models=_listed(found), offers=found)


def _listed(found: Sequence[Offer]) -> Iterator[Listed]:
    known = {row.model: row for row in read_snapshot().models}
    for slug in sorted({offer.model for offer in found}):
        yield known.get(slug) or Listed(model=slug, name=slug, created="", open_weight=True)


def _offer(cells: Mapping[str, str], place: str) -> Offer:
    values = {
        column.field: _cell(column, cells[column.name], place) for column in COLUMNS if column.field
    }
    _complete(values, place)
    values["quantization"] = values["quantization"] or "unknown"
    values["status"] = values["status"] or 0
    try:
        return checked_offer(Offer(**values))
    except SnapshotError as problem:
        raise SnapshotError(f"{place}: {problem}") from None


def _complete(values: dict[str, Any], place: str) -> None:
    """Fill in base prices from the discount, or the discount from base prices."""
    if values["discount"] is None:
        pairs = [(values[f"{kind}_price"], values[f"base_{kind}_price"]) for kind in KINDS]
        values["discount"] = next((1 - paid / base for paid, base in pairs if paid and base), 0.0)
    for kind in KINDS:
        paid, base = values[f"{kind}_price"], values[f"base_{kind}_price"]
        expected = paid / (1 - values["discount"])
        if base is None:
            values[f"base_{kind}_price"] = expected
        elif abs(base - expected) > DISAGREEMENT * expected + CENT:
            raise SnapshotError(
                f"{place}: base_{kind}_usd_per_mtok is {base:g}, but the price {paid:g} and the"
                f" discount {values['discount']:g} say {expected:.4g}; correct one of them"
            )


def _cell(column: OfferColumn, cell: str, place: str) -> Any:
    text = cell.strip()
    if not text and column.needed:
        raise SnapshotError(f"{place}: {column.name} is empty; it is needed: {column.meaning}")
    if not text and column.kind in ("number", "whole"):
        return None
    try:
        value = _READERS[column.kind](text)
    except (ValueError, LookupError, OverflowError):
        raise _wrong(column, text, place, _ALLOWED[column.kind]) from None
    low, high = BOUNDS.get(column.field, (None, None))
    # Also false for NaN.
    if low is not None and high is not None and not low <= value <= high:
        raise _wrong(column, text, place, allowed(column.field))
    return value


def _wrong(column: OfferColumn, text: str, place: str, wanted: str) -> SnapshotError:
    return SnapshotError(f"{place}: {column.name} is {text[:60]!r}, and must be {wanted}")


def _whole(text: str) -> int:
    number = float(text)
    if number != int(number):
        raise ValueError
    return int(number)


def _name(text: str) -> str:
    if not text.isprintable():
        raise ValueError
    return text


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "text": _name,
    "flag": lambda text: WORDS[text.lower()],
    "whole": _whole,
    "number": float,
}
_ALLOWED: Final[Mapping[str, str]] = {
    "text": "text without control characters",
    "flag": "True or False",
    "whole": "a whole number",
    "number": "a number",
}


def _day(text: str, place: str) -> str:
    try:
        return checked_time(text.strip())
    except SnapshotError as problem:
        raise SnapshotError(f"{place}: observed_on: {problem}") from None


def _text(path: Path, where: str) -> str:
    try:
        # A pipe or a device could go on forever.
        regular = stat.S_ISREG(path.stat().st_mode)
        large = path.stat().st_size > LARGEST_FILE
        text = path.read_bytes().decode("utf-8-sig") if regular and not large else ""
    except UnicodeDecodeError:
        raise SnapshotError(f"{where}: is not UTF-8 text; save it as CSV") from None
    except OSError as problem:
        raise SnapshotError(f"{where}: cannot be read: {problem.strerror}") from None
    except ValueError:
        raise SnapshotError(f"{where!r}: is no name that a file can have") from None
    if not regular:
        raise SnapshotError(f"{where}: is no regular file; give a CSV file")
    if large:
        raise SnapshotError(f"{where}: has more than {LARGEST_FILE / 1e6:.0f} MB; keep one day")
    return text


def _rows(text: str, where: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    # Only line feeds end lines: str.splitlines would also cut at a form feed inside a cell.
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error as problem:
        raise SnapshotError(f"{where}: is no CSV: {problem}") from None
    columns = [column.strip() for column in lines[0][1]] if lines else []
    _check_columns(columns, where)
    for line, cells in lines[1:]:
        if len(cells) > len(columns):
            raise SnapshotError(
                f"{where}: line {line} has more cells than columns; put text with commas in quotes"
            )
        named = dict(zip_longest(columns, cells, fillvalue=""))
        yield line, {name: named.get(name, "") for name in NAMES}


def _check_columns(columns: Sequence[str], where: str) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        near = did_you_mean(missing[0], [each for each in columns if each not in NAMES])
        raise SnapshotError(
            f"{where}: has no column {', '.join(missing)}{near}; its first row must name"
            f" {', '.join(NEEDED)}"
        )
    twice = [name for name in NAMES if columns.count(name) > 1]
    if twice:
        raise SnapshotError(f"{where}: has two columns {twice[0]}; leave one")
