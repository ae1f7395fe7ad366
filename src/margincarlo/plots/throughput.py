"""Time per output token: what was predicted, held out, against what others measured."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from margincarlo.errors import CalibrationError
from margincarlo.plots.style import (
    COST,
    GRID,
    INK,
    LOSS,
    MAIN,
    MUTED,
    NOTE_SIZE,
    TEXT_SIZE,
    dress,
)
from margincarlo.registry import find_model
from margincarlo.throughput.folds import BY, Prediction
from margincarlo.throughput.score import NEAR, relative
from margincarlo.throughput.widths import architecture, widths

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

Array = npt.NDArray[np.float64]

# Okabe and Ito's palette without its yellow, which is too pale for a dot on white.
COLORS: Final = (MAIN, LOSS, "#009e73", "#cc79a7", COST, "#56b4e9", INK, MUTED)
# Color is never alone; seven shapes and eight colors make 56 pairs before one comes again.
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
COLUMNS, PANEL_INCHES = 3, 2.55
MILLI: Final = 1e3
# From so many rows of a panel on, their intervals grow fainter.
FAINT: Final = 40
TITLE_WIDTH: Final = 26
TICKS: Final = (3, 10, 30, 100, 300, 1000)


def held_out(
    folds: Sequence[Prediction],
    by: str = "accelerator",
    figure: Figure | SubFigure | None = None,
) -> tuple[Axes, ...]:
    """Draw predicted against measured time per output token, a panel for each name held out.

    Parameters
    ----------
    folds : sequence of Prediction
        From `margincarlo.throughput.folds.hold_out`. Each fold's intervals have the width that the
        errors of the other folds call for.
    by : {"accelerator", "model", "source"}
        What was held out; folds that held out something else are not drawn.
    figure : matplotlib.figure.Figure or SubFigure, optional
        Where to draw, empty; a new figure otherwise.

    Returns
    -------
    tuple of matplotlib.axes.Axes
        The panels, in the order of the folds. Times are in ms, on logarithmic scales.

    Raises
    ------
    CalibrationError
        If no fold held out `by`.
    """
    chosen = chosen_folds(folds, by)
    shade = "accelerator" if by == "model" else "model"
    looks = _looks(sorted({BY[shade](row) for fold in chosen for row in fold.data.rows}))
    # One more place than panels, for the legend.
    lines = len(chosen) // COLUMNS + 1
    figure = figure or _figure(lines)
    grid = figure.subplots(lines, COLUMNS, squeeze=False, sharex=True, sharey=True).ravel()
    panels = tuple(grid[: len(chosen)])
    view = _view(chosen)
    for ax, fold in zip(panels, chosen, strict=True):
        _panel(ax, fold, _half_widths(fold, folds), shade, looks)
        _frame(ax, fold, view)
    for ax in panels[-COLUMNS:]:
        # Shared axes hide these where the grid goes on below, though no panel does.
        ax.tick_params(labelbottom=True)
        # Not once for the figure, where the legend may stand between panels and label.
        ax.set_xlabel("Measured time [ms]", color=INK, fontsize=TEXT_SIZE)
    for ax in grid[len(chosen) :]:
        ax.set_axis_off()
    _legend(grid[len(chosen)], looks, shade)
    figure.supylabel("Predicted time per output token [ms]", color=INK, fontsize=TEXT_SIZE)
    return panels


def name_of(by: str, key: str) -> str:
    """Return what people call a model, accelerator or source."""
    if by == "model":
        return find_model(key).name.removesuffix("-Instruct")
    return key.upper() if by == "accelerator" else key


def chosen_folds(folds: Sequence[Prediction], by: str) -> list[Prediction]:
    """Return the folds that held out `by`; raise CalibrationError if there is none."""
    chosen = [fold for fold in folds if fold.by == by]
    if not chosen:
        held = ", ".join(dict.fromkeys(fold.by for fold in folds)) or "nothing"
        raise CalibrationError(
            f"no picture: no fold was predicted without one {by}; these held out {held}"
        )
    return chosen


def _looks(keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    return {
        key: (COLORS[place % len(COLORS)], MARKERS[place % len(MARKERS)])
        for place, key in enumerate(keys)
    }


def _figure(lines: int) -> Figure:
    import matplotlib.pyplot as plt

    size = (COLUMNS * PANEL_INCHES + 0.4, lines * PANEL_INCHES + 0.4)
    return plt.figure(figsize=size, layout="constrained")


def _half_widths(fold: Prediction, folds: Sequence[Prediction]) -> tuple[Array, Array]:
    of = widths(folds, without=fold.held)
    each = [of[fold.by, architecture(group)] for group in fold.data.group]
    return (
        fold.half90 * [width.half90 for width in each],
        fold.half50 * [width.half50 for width in each],
    )


def _panel(
    ax: Axes,
    fold: Prediction,
    half_widths: tuple[Array, Array],
    shade: str,
    looks: Mapping[str, tuple[str, str]],
) -> None:
    measured, keys = np.exp(fold.data.log_time) * MILLI, [BY[shade](row) for row in fold.data.rows]
    alpha = 0.4 * min(1.0, (FAINT / len(keys)) ** 0.5)
    # The fewest rows on top: they would be lost below the many.
    for key, _ in Counter(keys).most_common():
        color, marker = looks[key]
        here = np.array([mine == key for mine in keys])
        for half, width in zip(half_widths, (0.8, 2.4), strict=True):
            low, high = (np.exp(fold.median + sign * half)[here] * MILLI for sign in (-1, 1))
            ax.vlines(measured[here], low, high, color=color, linewidth=width, alpha=alpha)
        ax.plot(
            measured[here], np.exp(fold.median[here]) * MILLI, marker, color=color,
            markersize=3.8, markeredgecolor="white", markeredgewidth=0.4,
        )  # fmt: skip


def _view(folds: Sequence[Prediction]) -> tuple[float, float]:
    """Return the range of times to show: all predictions, and 99.5 % of what was measured."""
    measured = np.concatenate([fold.data.log_time for fold in folds])
    predicted = np.concatenate([fold.median for fold in folds])
    low = min(measured.min(), predicted.min())
    high = max(np.quantile(measured, 0.995), predicted.max())
    return float(np.exp(low)) * MILLI / 1.3, float(np.exp(high)) * MILLI * 1.3


def _frame(ax: Axes, fold: Prediction, view: tuple[float, float]) -> None:
    dress(ax)
    line = np.array(view)
    near = (line * (1 - NEAR), line * (1 + NEAR))
    ax.set(xscale="log", yscale="log", xlim=view, ylim=view, box_aspect=1)
    ax.fill_between(line, *near, color=GRID, alpha=0.7, linewidth=0, zorder=0)
    ax.plot(line, line, color=MUTED, linewidth=0.8, zorder=1)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([each for each in TICKS if view[0] < each < view[1]])
        axis.set_major_formatter("{x:,g}")
        axis.set_ticks([], minor=True)
    ax.tick_params(labelsize=NOTE_SIZE)
    heading = textwrap.fill(name_of(fold.by, fold.held), TITLE_WIDTH)
    ax.set_title(heading, loc="left", color=INK, fontsize=TEXT_SIZE, weight="bold")
    ax.text(
        0.03, 0.97, _said(fold, view[1]), transform=ax.transAxes, ha="left", va="top",
        color=MUTED, fontsize=NOTE_SIZE, linespacing=1.3,
    )  # fmt: skip


def _said(fold: Prediction, highest: float) -> str:
    off = np.median(relative(fold.data.log_time - fold.median))
    count = len(fold.data.rows)
    said = [f"{count} row{'s' * (count > 1)}", f"median error {100 * off:.0f} %"]
    measured = np.exp(fold.data.log_time) * MILLI
    beyond = measured[measured > highest]
    if beyond.size:
        said += [f"not shown: {beyond.size},", f"up to {beyond.max():,.0f} ms"]
    return "\n".join(said)


def _legend(ax: Axes, looks: Mapping[str, tuple[str, str]], shade: str) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dots = [
        Line2D(
            [],
            [],
            linestyle="",
            color=color,
            marker=marker,
            markersize=5,
            label=name_of(shade, key),
        )
        for key, (color, marker) in looks.items()
    ]
    bars = [
        Line2D([], [], color=MUTED, linewidth=2.2, alpha=0.5, label="central 50 %"),
        Line2D([], [], color=MUTED, linewidth=0.7, label="central 90 %"),
        Patch(color=GRID, label=f"within {100 * NEAR:.0f} %"),
    ]
    found = ax.legend(
        handles=[*dots, *bars], loc="center left", bbox_to_anchor=(-0.12, 0.5), frameon=False,
        fontsize=NOTE_SIZE, title=shade.capitalize(), alignment="left", labelcolor=INK,
    )  # fmt: skip
    found.get_title().set(fontsize=TEXT_SIZE, weight="bold", color=INK)
