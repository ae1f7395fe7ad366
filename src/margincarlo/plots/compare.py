"""Several scenarios side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.plots.curve import Curve, curve
from margincarlo.plots.density import break_even
from margincarlo.plots.numbers import short
from margincarlo.plots.style import (
    GRID,
    INK,
    MAIN,
    NOTE_SIZE,
    axis_text,
    dress,
    is_margin,
    label,
    nature_note,
    new_axes,
    spoken,
    title,
)
from margincarlo.plots.view import chosen_view
from margincarlo.result import INTERVAL_KIND, Simulation, Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("ridge", "forest")
OVERLAP = 0.85
WIDTH, LABEL_WIDTH = 60, 22


def compare(
    simulations: Mapping[str, Simulation],
    name: str,
    kind: Literal["ridge", "forest"] = "ridge",
    ax: Axes | None = None,
) -> Axes:
    """Draw one quantity of several scenarios, one below the other.

    Parameters
    ----------
    simulations : mapping of str to Simulation
        Label → run; drawn from top to bottom. Draws need not have been kept.
    name : str
        A quantity that all of them report.
    kind : {"ridge", "forest"}
        Densities, or medians with intervals.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        The interval of every row has the mass that the first scenario asks for.

    Raises
    ------
    ScenarioError
        If there is nothing to compare, `kind` is unknown, or a run lacks the quantity.
    """
    if kind not in KINDS:
        raise ScenarioError(
            f"kind must be 'ridge' or 'forest', not {kind!r}{did_you_mean(str(kind), KINDS)}"
        )
    if not simulations:
        raise ScenarioError("there is nothing to compare: give at least one simulation")
    mass = next(iter(simulations.values())).scenario.run.mass
    rows = [_row(words, simulation, name, mass) for words, simulation in simulations.items()]
    ax = new_axes(ax, 1.9 + (0.85 if kind == "ridge" else 0.5) * len(rows))
    dress(ax)
    left, right = _view([found for found, _ in rows], name, mass)
    for place, (found, summary) in enumerate(rows):
        if kind == "ridge":
            _ridge(ax, place, found, left, right)
        _interval(ax, place, summary, (left, right))
    _finish(ax, list(simulations), kind, (left, right))
    if is_margin(name) and left < 0 < right:
        break_even(ax, at_left=left + right < 0)
    _words(ax, rows, list(simulations), name, (left, right))
    return ax


def _row(words: str, simulation: Simulation, name: str, mass: float) -> tuple[Curve, Summary]:
    try:
        (summary,) = simulation.summaries(name, mass=mass)
        return curve(simulation, name), summary
    except ScenarioError as problem:
        raise problem.at(words) from None


def _view(curves: Sequence[Curve], name: str, mass: float) -> tuple[float, float]:
    views = [chosen_view(found, name, mass) for found in curves]
    return min(left for left, _ in views), max(right for _, right in views)


def _ridge(ax: Axes, place: int, found: Curve, left: float, right: float) -> None:
    if found.is_point:
        return
    x, y = found.density(left, right)
    # Rows count downwards, densities rise upwards; each row has its own scale, as in any ridgeline.
    top = place - OVERLAP * y / float(y.max())
    ax.fill_between(x, place, top, color=MAIN, alpha=0.25, linewidth=0, zorder=2 + 0.01 * place)
    ax.plot(x, top, color=MAIN, linewidth=1.5, zorder=2 + 0.01 * place)


def _interval(ax: Axes, place: int, summary: Summary, view: tuple[float, float]) -> None:
    low, high = np.clip([summary.low.value, summary.high.value], *view)
    ax.plot([low, high], [place, place], color=INK, linewidth=2.2, solid_capstyle="butt", zorder=4)
    ax.plot([summary.median.value], [place], "o", color=INK, markersize=5.5, zorder=5)
    median, least, most = (short(each) for each in (summary.median, summary.low, summary.high))
    words = median if least == most else f"{median}  ({least} to {most})"
    ax.annotate(
        words, (1, place), (8, 0), xycoords=("axes fraction", "data"),
        textcoords="offset points", va="center", color=INK, fontsize=NOTE_SIZE,
    )  # fmt: skip


def _finish(ax: Axes, labels: Sequence[str], kind: str, view: tuple[float, float]) -> None:
    ax.set_xlim(*view)
    ax.set_ylim(len(labels) - 0.6, -1.35 if kind == "ridge" else -0.75)
    wrapped = [textwrap.fill(each, LABEL_WIDTH) for each in labels]
    ax.set_yticks(range(len(labels)), wrapped, parse_math=False)
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.grid(axis="x" if kind == "ridge" else "both", color=GRID, linewidth=0.8)
    ax.spines["left"].set_visible(False)


def _words(
    ax: Axes,
    rows: Sequence[tuple[Curve, Summary]],
    labels: Sequence[str],
    name: str,
    view: tuple[float, float],
) -> None:
    words = spoken(name)
    mass = f"{100 * rows[0][1].mass:g} %"
    title(ax, words[0].upper() + words[1:], f"Median and {INTERVAL_KIND} {mass} interval", WIDTH)
    cut = max(1 - float(found.below(view[1]) - found.below(view[0])) for found, _ in rows)
    notes = [f"Not shown: up to {cut:.1%} of a row’s draws.".replace("%", " %")] * (cut > 5e-4)
    natures = [nature_note(summary.varies) or "Nothing is uncertain." for _, summary in rows]
    if len(set(natures)) == 1:
        notes.append(natures[0])
    else:
        notes.append("Beware: these spreads are of different kinds.")
        notes += [f"{row}: {nature}" for row, nature in zip(labels, natures, strict=True)]
    label(ax, axis_text(name), " ".join(notes), WIDTH)
