"""Rows of a price list as columns of text, and back."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from margincarlo.prices.listing import Listed, Offer, Override

FORMAT: Final = 1
# A sweep of every endpoint of OpenRouter takes about a hundredth of this.
LARGEST_TEXT: Final = 20_000_000


def pack(content: Mapping[str, Any], sha256: str) -> bytes:
    """Return the text of a snapshot: always the same for the same content."""
    return _text({"format": FORMAT, "sha256": sha256, **_plain(content)})


def digest(content: Mapping[str, Any]) -> str:
    """Return the checksum of the fields of a snapshot, without its own."""
    return hashlib.sha256(_text(_plain(content))).hexdigest()


def unpack(packed: bytes) -> tuple[dict[str, Any], str]:
    """Return the fields of a snapshot and the checksum that its file states, both unchecked.

    Raises
    ------
    ValueError, LookupError, TypeError, AttributeError
        If the bytes are of anything else.
    """
    try:
        head = json.loads(_decompressed(packed))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("it holds no JSON") from None
    if not isinstance(head, dict) or "format" not in head:
        raise ValueError("it holds something else")
    if head.pop("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}, which is what this version reads")
    columns = head["offers"]
    columns["overrides"] = [tuple(Override(*each) for each in row) for row in columns["overrides"]]
    stored = head.pop("sha256")
    models = _rows(head["models"], Listed)
    return {**head, "models": models, "offers": _rows(columns, Offer)}, stored


def _plain(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return rows as columns: what JSON can hold, and compresses well."""
    offers = _columns(content["offers"], Offer)
    names = [field.name for field in fields(Override)]
    offers["overrides"] = [
        [[getattr(each, name) for name in names] for each in row] for row in offers["overrides"]
    ]
    return {**content, "models": _columns(content["models"], Listed), "offers": offers}


def _columns(rows: Sequence[Any], row_type: type) -> dict[str, list[Any]]:
    return {field.name: [getattr(row, field.name) for row in rows] for field in fields(row_type)}


def _rows[Row: (Listed, Offer)](columns: Mapping[str, Sequence[Any]], row_type: type[Row]) -> Any:
    names = [field.name for field in fields(row_type)]
    if sorted(columns) != sorted(names):
        raise ValueError(f"its columns are {', '.join(columns)}, not {', '.join(names)}")
    if len({len(cells) for cells in columns.values()}) > 1:
        raise ValueError("its columns differ in length")
    cells = zip(*(columns[name] for name in names), strict=True)
    return [row_type(*row) for row in cells]


def _text(content: Mapping[str, Any]) -> bytes:
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def _decompressed(packed: bytes) -> bytes:
    if not packed:
        raise ValueError("it is empty")
    reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        text = reader.decompress(packed, LARGEST_TEXT)
    except zlib.error:
        raise ValueError("it is not packed with gzip, or is damaged") from None
    if reader.unconsumed_tail:
        raise ValueError(f"it unpacks to more than {LARGEST_TEXT / 1e6:.0f} MB")
    if not reader.eof:
        raise ValueError("its end is missing")
    if reader.unused_data:
        raise ValueError("something follows its end")
    return text
