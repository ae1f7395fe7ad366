"""How old evidence is."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

OLD: Final = 365
"""Days after which evidence is marked as old: prices of tokens and GPUs move within months."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class Age:
    """Age of a date that may be a day, a month or a year.

    Attributes
    ----------
    text : str
        In words; empty where there is no date.
    is_old : bool
        Whether even its latest reading is more than `OLD` days ago.
    """

    text: str
    is_old: bool = False


def age(as_of: str, today: dt.date) -> Age:
    """Return how old evidence is on a day.

    Parameters
    ----------
    as_of : str
        ISO date, month or year; anything else has an unknown age.
    today : datetime.date
        Day on which it is judged.

    Examples
    --------
    >>> age("2024-03", dt.date(2026, 11, 20)).text
    '2.6 years'
    """
    if not as_of:
        return Age("")
    last = _last_day(as_of)
    if last is None:
        return Age("age unknown")
    days = (today - last).days
    if days < 0:
        begun = as_of in (str(today.year), f"{today:%Y-%m}")
        return Age("current") if begun else Age("dated in the future")
    return Age(_in_words(days), days > OLD)


def _last_day(as_of: str) -> dt.date | None:
    found = _DATE.fullmatch(as_of.strip()[:10])
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 12)
    try:
        day = int(found[3]) if found[3] else calendar.monthrange(year, month)[1]
        return dt.date(year, month, day)
    except ValueError:
        return None


def _in_words(days: int) -> str:
    if days == 0:
        return "today"
    if days < 61:
        return "1 day" if days == 1 else f"{days} days"
    if days < 731:
        return f"{round(days / 30.44)} months"
    return f"{days / 365.25:.1f} years"
