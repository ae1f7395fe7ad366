"""Which part of a distribution a picture shows, and what to say of the rest."""

from __future__ import annotations

from margincarlo.plots.curve import Curve
from margincarlo.plots.numbers import number, short
from margincarlo.plots.style import is_margin, nature_note, spoken
from margincarlo.result import INTERVAL_KIND, Summary

# Zero is shown when it is at most this far outside the view, as a share of the view's width.
_NEAR = 0.35


def chosen_view(found: Curve, name: str, mass: float) -> tuple[float, float]:
    """Return the range to show, widened to break-even for a margin that comes near it."""
    left, right = found.view(mass)
    room = _NEAR * (right - left)
    if is_margin(name) and left - room <= 0 <= right + room:
        pad = 0.05 * (right - left)
        left, right = min(left, -pad), max(right, pad)
    return left, right


def outside(found: Curve, left: float, right: float) -> str:
    """Return how many draws lie outside the view, in words; empty if next to none do."""
    below, above = float(found.below(left)), 1 - float(found.below(right))
    parts = []
    if below > 5e-4:
        parts.append(f"{below:.1%} to its left (down to {number(found.least, 2)})")
    if above > 5e-4:
        parts.append(f"{above:.1%} to its right (up to {number(found.greatest, 2)})")
    return f"Not shown: {' and '.join(parts)}." if parts else ""


def note(found: Curve, summary: Summary, view: tuple[float, float]) -> str:
    """Return what a reader must know of a picture: the cut, break-even, and kind of spread."""
    left, right = view
    away = ""
    if is_margin(summary.name) and not left <= 0 <= right:
        away = f"Zero lies to the {'right' if right < 0 else 'left'} of the picture."
    said = (outside(found, left, right), away, nature_note(summary.varies))
    return " ".join(sentence for sentence in said if sentence).replace("%", " %")


def heading(summary: Summary, condition: str) -> str:
    """Return the quantity's name, and what the draws were conditioned on."""
    words = spoken(summary.name)
    given = f", given {condition}" if condition else ""
    return words[0].upper() + words[1:] + given


def interval(summary: Summary) -> str:
    """Return median and interval as text, with the interval's kind and mass."""
    unit = "" if summary.unit == "1" else f" {summary.unit}"
    median, low, high = (short(each) for each in (summary.median, summary.low, summary.high))
    if low == high == median:
        return f"{median}{unit}: no input behind it is uncertain"
    mass = f"{100 * summary.mass:g} %"
    return f"Median {median}{unit}; {INTERVAL_KIND} {mass} interval {low} to {high}{unit}"
