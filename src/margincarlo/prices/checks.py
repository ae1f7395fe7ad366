"""What a row of a price list may say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

from margincarlo.errors import SnapshotError
from margincarlo.prices.listing import Listed, Offer, Override

# Dearest real prices are near 600 USD/Mtok; a price per token in the wrong unit is far beyond.
DEAREST: Final = 1e5
MOST: Final = 1e18
PRICE: Final = (0.0, DEAREST)
COUNT: Final = (0.0, MOST)
CLOCK: Final = (0.0, 2400.0)
# Inclusive. A discount below 0 is a surcharge: an endpoint of 2026-08-08 has -20 %.
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "input_price": PRICE,
    "output_price": PRICE,
    "base_input_price": PRICE,
    "base_output_price": PRICE,
    "cache_read_price": PRICE,
    "discount": (-1.0, math.nextafter(1.0, 0.0)),
    "context_length": COUNT,
    "max_output_tokens": COUNT,
    "tokens_per_second": (0.0, 1e6),
    "time_to_first_token": (0.0, 1e6),
    "status": (-1000.0, 1000.0),
    "cache_hit_share": (0.0, 1.0),
    "traffic": COUNT,
    "min_prompt_tokens": COUNT,
    "utc_start": CLOCK,
    "utc_end": CLOCK,
    "intelligence_index": (-1000.0, 1000.0),
    "design_arena_elo": (-1e4, 1e4),
    "prompt_tokens": COUNT,
    "completion_tokens": COUNT,
    "requests": COUNT,
}
NAMES: Final = ("model", "provider")


def checked_offer(offer: Offer) -> Offer:
    """Return an offer with text on one line, and numbers of the declared type.

    Raises
    ------
    SnapshotError
        If a value is of another type, not finite or out of bounds. The text names offer and field.
    """
    return _checked(offer, label(offer.model, offer.provider, offer.tag))


def checked_model(model: Listed) -> Listed:
    """Return a model with text on one line, and numbers of the declared type.

    Raises
    ------
    SnapshotError
        If a value is of another type, not finite or out of bounds, or `created` is no day.
    """
    found = _checked(model, f"model {model.model}")
    if found.created:
        try:
            dt.date.fromisoformat(found.created)
        except ValueError:
            raise _wrong(f"model {found.model}", "created", found.created, "a day") from None
    return found


def checked_time(text: str) -> str:
    """Return `text`, which is a day or a time in UTC as ISO 8601 writes it.

    Raises
    ------
    SnapshotError
        If it is neither.
    """
    try:
        time = dt.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        time = None
    if time is None or (time.utcoffset() != dt.timedelta(0) and len(text) > len("2026-08-08")):
        example = "2026-08-08 or 2026-08-08T15:31:00Z"
        raise SnapshotError(f"the time of observation is {text!r}; write it as {example}")
    return text


def allowed(name: str) -> str:
    """Return the bounds of a field in words."""
    low, high = BOUNDS[name]
    return "from -1 to below 1" if name == "discount" else f"from {low:g} to {high:g}"


def label(model: str, provider: str, tag: str) -> str:
    """Return what an error calls an offer."""
    return f"offer of {model} by {provider}{f' ({tag})' if tag else ''}"


def one_line(text: str) -> str:
    """Return text that a terminal can show on one line: no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _checked[Row: (Offer, Listed, Override)](row: Row, where: str) -> Row:
    where = one_line(where)
    kinds = _KINDS[type(row)]
    values = {name: read(getattr(row, name), name, where) for name, read in kinds.items()}
    return type(row)(**values)


def _text(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, name, value, "text")
    found = one_line(value)
    if not found and name in NAMES:
        raise _wrong(where, name, value, "a name")
    return found


def _flag(value: Any, name: str, where: str) -> bool:
    if not isinstance(value, bool):
        raise _wrong(where, name, value, "true or false")
    return value


def _whole(value: Any, name: str, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(where, name, value, "a whole number")
    return _bounded(value, name, where)


def _number(value: Any, name: str, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(where, name, value, "a number")
    return float(_bounded(value, name, where))


def _bounded[Number: (int, float)](value: Number, name: str, where: str) -> Number:
    low, high = BOUNDS[name]
    # Also false for NaN.
    if not low <= value <= high:
        raise _wrong(where, name, value, allowed(name))
    return value


def _overrides(value: Any, name: str, where: str) -> tuple[Override, ...]:
    if not isinstance(value, tuple) or not all(isinstance(each, Override) for each in value):
        raise _wrong(where, name, value, "overrides")
    return tuple(_checked(each, f"{where}, override {n}") for n, each in enumerate(value, 1))


def _optional(read: Callable[[Any, str, str], Any]) -> Callable[[Any, str, str], Any]:
    return lambda value, name, where: None if value is None else read(value, name, where)


def _wrong(where: str, name: str, value: object, wanted: str) -> SnapshotError:
    shown = repr(value)
    shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
    return SnapshotError(f"{where}: {name} is {shown}, and must be {wanted}")


_READERS: Final[Mapping[str, Callable[[Any, str, str], Any]]] = {
    "str": _text,
    "bool": _flag,
    "int": _whole,
    "int | None": _optional(_whole),
    "float": _number,
    "float | None": _optional(_number),
    "tuple[Override, ...]": _overrides,
}
# Annotations are strings in that module, so they can choose what is checked.
_KINDS: Final[Mapping[type, Mapping[str, Callable[[Any, str, str], Any]]]] = {
    row_type: {field.name: _READERS[str(field.type)] for field in fields(row_type)}
    for row_type in (Offer, Listed, Override)
}
