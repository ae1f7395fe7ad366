"""Stated values against the support of their quantity, with the keys that would work."""

from __future__ import annotations

import math

from margincarlo.beliefs.fitting import Span, span
from margincarlo.errors import BeliefError


def check_open(stated: dict[str, float], bounds: Span) -> None:
    """Raise unless every quantile lies strictly inside the bounds."""
    for key, value in stated.items():
        if not bounds[0] < value < bounds[1]:
            raise BeliefError(_outside_open(key, value, stated, bounds))


def check_closed(stated: dict[str, float], support: Span) -> None:
    """Raise unless every value lies inside the support or on its ends."""
    for key, value in stated.items():
        if not support[0] <= value <= support[1]:
            raise BeliefError(
                f"{key} = {value:g} lies outside {span(support)}{_percent(value, support)}; "
                f"write {key} {_range(support)}"
            )


def _outside_open(key: str, value: float, stated: dict[str, float], bounds: Span) -> str:
    example = _inside(stated, bounds, low=value <= bounds[0])
    remedy = f"write {key} {_range(bounds)}, for example {key} = {example:.4g}"
    if bounds == (0.0, math.inf):
        also = ", or value = 0" if value == 0.0 else ""
        return (
            f"a positive quantity cannot have {key} = {value:g}; write a small positive {key}, "
            f"for example {key} = {example:.4g}, or low = 0 with mode and high{also}"
        )
    touching = ""
    if value in bounds:
        touching = ", or low, mode and high, which may touch the ends"
    where = f"{key} = {value:g} lies outside {span(bounds)}{_percent(value, bounds)}"
    return f"{where}; {remedy}{touching}"


def _inside(stated: dict[str, float], bounds: Span, *, low: bool) -> float:
    """Return a value between the offended bound and the nearest stated value that is inside."""
    inside = [value for value in stated.values() if bounds[0] < value < bounds[1]]
    bound = bounds[0] if low else bounds[1]
    if inside:
        nearest = min(inside) if low else max(inside)
    else:
        nearest = bound + (1.0 if low else -1.0)
        if math.isfinite(bounds[0]) and math.isfinite(bounds[1]):
            nearest = 0.5 * (bounds[0] + bounds[1])
    return bound + 0.1 * (nearest - bound)


def _range(bounds: Span) -> str:
    low, high = bounds
    if math.isfinite(low) and math.isfinite(high):
        return f"between {low:g} and {high:g}"
    return f"above {low:g}" if math.isfinite(low) else f"below {high:g}"


def _percent(value: float, bounds: Span) -> str:
    if bounds == (0.0, 1.0) and 1.0 < value <= 100.0:
        return f" (shares are fractions: {value:g} % is {value / 100.0:g})"
    return ""
