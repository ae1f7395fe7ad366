"""Probability density of one quantity, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from margincarlo.plots.curve import Curve, curve
from margincarlo.plots.style import (
    INK,
    LOSS,
    MAIN,
    MUTED,
    TEXT_SIZE,
    axis_text,
    dress,
    is_margin,
    label,
    new_axes,
    title,
    words,
)
from margincarlo.plots.view import chosen_view, heading, interval, note
from margincarlo.result import Simulation, Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def density(
    simulation: Simulation, name: str, *, mass: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the probability density of a quantity, its central interval shaded.

    Parameters
    ----------
    simulation : Simulation
        Draws need not have been kept.
    name : str
        An output, or any quantity that was kept.
    mass : float, optional
        Mass of the central interval, between 0 and 1; the scenario's otherwise.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        With x in the quantity's display unit. Heavy tails are cut from the view, and a note says
        how many draws that hides.

    Raises
    ------
    ScenarioError
        If nothing was kept of the quantity, or no draw is physically possible.
    """
    (summary,) = simulation.summaries(name, mass=mass)
    found = curve(simulation, name)
    left, right = chosen_view(found, name, summary.mass)
    ax = new_axes(ax)
    dress(ax)
    if not found.is_point:
        _fill(ax, found, summary, left, right)
    _median(ax, found, summary)
    if is_margin(name) and left < 0 < right:
        break_even(ax, at_left=left + right < 0)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom=0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylabel("Probability density", color=MUTED, fontsize=TEXT_SIZE)
    title(ax, heading(summary, simulation.condition), interval(summary))
    label(ax, axis_text(name), note(found, summary, (left, right)))
    return ax


def _fill(ax: Axes, found: Curve, summary: Summary, left: float, right: float) -> None:
    x, y = found.density(left, right)
    low, high = summary.low.value, summary.high.value
    inside = np.unique(np.concatenate([x[(x > low) & (x < high)], [low, high]]))
    ax.fill_between(x, y, color=MAIN, alpha=0.12, linewidth=0)
    ax.fill_between(inside, np.interp(inside, x, y), color=MAIN, alpha=0.32, linewidth=0)
    ax.plot(x, y, color=MAIN, linewidth=1.8, label="density")
    ax.set_ylim(top=1.2 * float(y.max()))


def _median(ax: Axes, found: Curve, summary: Summary) -> None:
    at = summary.median.value
    height, rising = 1.0, False
    if not found.is_point:
        x, y = found.density(*found.view(summary.mass))
        height = float(np.interp(at, x, y))
        rising = float(np.interp(at + 0.02 * (x[-1] - x[0]), x, y)) > height
    ax.plot([at, at], [0, height], color=INK, linewidth=1.4, label="median")
    # The word stands where the curve is lower than at the median.
    words(
        ax, "median", (at, height), (-4 if rising else 4, 2), "data",
        ha="right" if rising else "left", color=INK, size=TEXT_SIZE,
    )  # fmt: skip


def break_even(ax: Axes, at_left: bool, at_bottom: bool = False) -> None:
    """Mark zero, where a margin breaks even; the word stands left or right of the line."""
    ax.axvline(0, color=LOSS, linewidth=1.4, linestyle=(0, (5, 2.5)), label="break-even")
    height, offset, align = (0, 4, "bottom") if at_bottom else (1, -1, "top")
    words(
        ax, "break-even", (0, height), (-5 if at_left else 5, offset), ("data", "axes fraction"),
        ha="right" if at_left else "left", va=align, color=LOSS, size=TEXT_SIZE,
    )  # fmt: skip
