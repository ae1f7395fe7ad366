"""Numbers as people read them: few digits, no exponent where none is needed, a real minus."""

from __future__ import annotations

import math
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
    if not -4 <= power < 9:
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


def percent(estimate: Estimate, decimals: int = 1) -> str:
    """Return a share as a percentage, to so many decimals at most.

    Examples
    --------
    >>> percent(Estimate(-0.12345, 0.0004)), percent(Estimate(0.5, 0.04))
    ('−12.3 %', '50 %')
    """
    scaled = Estimate(100 * estimate.value, 100 * estimate.error)
    shown = scaled.texts()[0].partition(".")[2]
    places = min(len(shown), decimals) if scaled.error > 0 else decimals
    text = f"{round(scaled.value, places) + 0.0:.{places}f}"
    text = text if scaled.error > 0 or "." not in text else text.rstrip("0").rstrip(".")
    return f"{text} %".replace("-", MINUS)
