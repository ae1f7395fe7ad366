"""Probability that a quantity exceeds each value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from margincarlo.plots.curve import Curve, curve
from margincarlo.plots.density import break_even
from margincarlo.plots.numbers import number, with_error
from margincarlo.plots.style import (
    GRID,
    INK,
    MAIN,
    TEXT_SIZE,
    axis_text,
    dress,
    is_margin,
    label,
    new_axes,
    spoken,
    title,
    words,
)
from margincarlo.plots.view import chosen_view, heading, note
from margincarlo.result import Estimate, Simulation, Streamed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 240


def exceedance(simulation: Simulation, name: str, ax: Axes | None = None) -> Axes:
    """Draw the probability that a quantity is above each value, with its Monte Carlo error.

    Parameters
    ----------
    simulation : Simulation
        Draws need not have been kept.
    name : str
        An output, or any quantity that was kept.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The band is the 95 % confidence interval for Monte Carlo error, which says nothing of
        whether the beliefs are right.

    Raises
    ------
    ScenarioError
        If nothing was kept of the quantity, or no draw is physically possible.
    """
    (summary,) = simulation.summaries(name)
    found = curve(simulation, name)
    left, right = chosen_view(found, name, summary.mass)
    ax = new_axes(ax)
    dress(ax)
    worst = _band(ax, found, left, right)
    if is_margin(name) and left < 0 < right:
        above = _above_zero(simulation, found, name)
        at_left = left + right < 0
        break_even(ax, at_left, at_bottom=above.value > 0.8)
        _at_zero(ax, above, at_left)
    ax.set_xlim(left, right)
    ax.set_ylim(0, 1.12)
    ax.set_yticks(np.linspace(0, 1, 5), ["0", "25 %", "50 %", "75 %", "100 %"])
    ax.grid(axis="y", color=GRID, linewidth=0.8)
    ax.set_ylabel("Probability of more than x", color=INK, fontsize=TEXT_SIZE)
    band = f"Band: Monte Carlo error, at most ±{number(100 * worst, 1)} points. " if worst else ""
    title(ax, heading(summary, simulation.condition), f"Probability that {spoken(name)} is above x")
    label(ax, f"x: {axis_text(name)}", band + note(found, summary, (left, right)))
    return ax


def _band(ax: Axes, found: Curve, left: float, right: float) -> float:
    x = np.linspace(left, right, POINTS)
    above = found.above(x)
    value = np.array([each.value for each in above])
    error = np.nan_to_num(np.array([each.error for each in above]))
    ax.fill_between(
        x, np.clip(value - error, 0, 1), np.clip(value + error, 0, 1),
        color=MAIN, alpha=0.3, linewidth=0, label="Monte Carlo error",
    )  # fmt: skip
    ax.plot(x, value, color=MAIN, linewidth=1.8, label="exceedance")
    return float(error.max())


def _above_zero(simulation: Simulation, found: Curve, name: str) -> Estimate:
    statement = f"{name} > 0"
    sample = simulation.sample
    if isinstance(sample, Streamed) and statement not in sample.hits:
        return found.above(np.zeros(1))[0]
    return simulation.probability(statement)


def _at_zero(ax: Axes, above: Estimate, at_left: bool) -> None:
    ax.plot([0], [above.value], "o", color=INK, markersize=5, label="P(x > 0)")
    # The curve falls, so there is room below it at the left and above it at the right.
    words(
        ax, f"P(> 0) = {with_error(above)}", (0, above.value), (-12, -2) if at_left else (9, 6),
        "data", ha="right" if at_left else "left", va="center" if at_left else "bottom",
        color=INK, size=TEXT_SIZE, weight="bold",
    )  # fmt: skip
