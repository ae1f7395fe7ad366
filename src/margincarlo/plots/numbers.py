"""Numbers as people read them: few digits, no exponent where none is needed, a real minus."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from margincarlo.result import Estimate

MINUS: Final = "−"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """Return a number to so many significant digits.

    Examples
    --------
    >>> number(-0.12345), number(1234567.0), number(2.5e-7), number(40.0)
    ('−0.123', '1,234,567', '2.5 × 10⁻⁷', '40')
    """
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: f"{MINUS}∞"}.get(value, "not a number")
    if value == 0:
        return "0"
    power = math.floor(math.log10(abs(value)))
    if not -6 <= power < 9:
        mantissa = f"{value / 10.0**power:.{digits - 1}f}".rstrip("0").rstrip(".")
        return f"{mantissa} × 10{str(power).translate(_SUPERSCRIPT)}".replace("-", MINUS)
    places = max(digits - 1 - power, 0)
    text = f"{value:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.replace("-", MINUS)


def texts(estimate: Estimate) -> tuple[str, str]:
    """Return value and Monte Carlo error as text; the error is empty where there is none."""
    value, error = estimate.texts()
    if error == "0":
        return number(estimate.value, 4), ""
    return value.replace("-", MINUS), error


def with_error(estimate: Estimate) -> str:
    """Return an estimate such as ``0.93 ± 0.01``."""
    value, error = texts(estimate)
    return f"{value} ± {error}" if error else value


def short(estimate: Estimate, digits: int = 3) -> str:
    """Return the value alone, to so many digits or to the first digit of its error.

    Examples
    --------
    >>> short(Estimate(1098.279, 8.0)), short(Estimate(0.0078, 0.0094))
    ('1,100', '0.008')
    """
    if not (estimate.error > 0 and math.isfinite(estimate.value) and estimate.value):
        return number(estimate.value, digits)
    power = math.floor(math.log10(abs(estimate.value)))
    places = max(digits - 1 - power, 0)
    shown = len(estimate.texts()[0].partition(".")[2])
    rounded = round(estimate.value, min(digits - 1 - power, shown))
    return f"{rounded + 0.0:,.{min(places, shown)}f}".replace("-", MINUS)


def percent_places(estimates: Iterable[Estimate], most: int = 1) -> int:
    """Return how many decimals of percentages all of the estimates support."""
    errors = [100 * each.error for each in estimates if each.error > 0]
    return min([len(Estimate(0.0, each).texts()[1].partition(".")[2]) for each in errors] + [most])


def percent(share: float, places: int = 1) -> str:
    """Return a share as a percentage.

    Examples
    --------
    >>> percent(-0.12345), percent(0.5, 0)
    ('−12.3 %', '50 %')
    """
    return f"{round(100 * share, places) + 0.0:,.{places}f} %".replace("-", MINUS)
