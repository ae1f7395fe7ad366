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
    label,
    new_axes,
    title,
    words,
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
ARCHITECTURES: Final = {"mixture": (MAIN, "o"), "dense": (LOSS, "s")}
COLUMNS, PANEL_INCHES = 3, 2.55
MILLI: Final = 1e3
# A factor of four in the batch is summarized where it has so many rows.
BIN, FEWEST = 4.0, 10
# From so many rows of a panel on, their intervals grow fainter.
FAINT: Final = 40
TITLE_WIDTH: Final = 26
QUANTILES: Final = (5, 25, 50, 75, 95)
TICKS: Final = (3, 10, 30, 100, 300, 1000)
RATIOS: Final = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4)
VIEW: Final = (0.22, 4.6)


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
    chosen = _chosen(folds, by)
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
    for ax in grid[len(chosen) :]:
        ax.set_axis_off()
    _legend(grid[len(chosen)], looks, shade)
    figure.supxlabel("Measured time per output token [ms]", color=INK, fontsize=TEXT_SIZE)
    figure.supylabel("Predicted time per output token [ms]", color=INK, fontsize=TEXT_SIZE)
    return panels


def errors(folds: Sequence[Prediction], by: str = "accelerator", ax: Axes | None = None) -> Axes:
    """Draw measured over predicted time per output token against the batch, held out.

    Parameters
    ----------
    folds : sequence of Prediction
    by : {"accelerator", "model", "source"}
        What was held out.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        A dot is a row. Where a factor of four in the batch has enough rows, a mark shows the
        median of their errors, and bars hold the central 50 % and 90 %.

    Raises
    ------
    CalibrationError
        If no fold held out `by`.
    """
    chosen = _chosen(folds, by)
    ratio = np.exp(np.concatenate([fold.data.log_time - fold.median for fold in chosen]))
    batch = np.array([row.batch for fold in chosen for row in fold.data.rows])
    kind = np.array([architecture(group) for fold in chosen for group in fold.data.group])
    ax = new_axes(ax, 4.6)
    dress(ax)
    ax.axhspan(1 / (1 + NEAR), 1 / (1 - NEAR), color=GRID, alpha=0.7, linewidth=0)
    ax.axhline(1, color=MUTED, linewidth=1)
    for name, (color, marker) in ARCHITECTURES.items():
        here = kind == name
        ax.plot(
            batch[here], ratio[here], marker, color=color, label=name,
            markersize=4, markeredgewidth=0, alpha=0.45,
        )  # fmt: skip
    _summaries(ax, batch, ratio)
    _beyond(ax, batch, ratio)
    _ratio_axes(ax)
    near = np.mean(relative(np.log(ratio)) <= NEAR)
    title(
        ax,
        f"How far off: each {by} predicted from the others",
        f"{ratio.size} configurations, {100 * near:.0f} % of them within {100 * NEAR:.0f} % (gray);"
        " above 1, slower than predicted",
    )
    label(
        ax,
        "Sequences in flight in one instance",
        "Black: median, central 50 % and 90 % of the rows within a factor of four in the batch.",
    )
    return ax


def name_of(by: str, key: str) -> str:
    """Return what people call a model, accelerator or source."""
    if by == "model":
        return find_model(key).name.removesuffix("-Instruct")
    return key.upper() if by == "accelerator" else key


def _chosen(folds: Sequence[Prediction], by: str) -> list[Prediction]:
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
    """Return the range of times to show: all but one in two hundred at either end."""
    log = np.concatenate([np.concatenate([fold.data.log_time, fold.median]) for fold in folds])
    low, high = np.exp(np.quantile(log, (0.005, 0.995))) * MILLI
    return low / 1.5, high * 1.5


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
    off = np.median(relative(fold.data.log_time - fold.median))
    count = len(fold.data.rows)
    said = [f"{count} row{'s' * (count > 1)}", f"median error {100 * off:.0f} %"]
    slow = np.exp(fold.data.log_time) * MILLI
    beyond = slow[slow > view[1]]
    if beyond.size:
        said.insert(0, f"not shown: {beyond.size},\nup to {beyond.max():,.0f} ms")
    ax.text(
        0.98, 0.04, "\n".join(said), transform=ax.transAxes, ha="right", va="bottom",
        color=MUTED, fontsize=NOTE_SIZE, linespacing=1.3,
    )  # fmt: skip


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


def _summaries(ax: Axes, batch: Array, ratio: Array) -> None:
    place = np.floor(np.log(batch) / np.log(BIN))
    for here in (place == each for each in np.unique(place)):
        if here.sum() < FEWEST:
            continue
        at = float(np.exp(np.median(np.log(batch[here]))))
        low90, low50, middle, high50, high90 = np.percentile(ratio[here], QUANTILES)
        ax.plot([at, at], [low90, high90], color=INK, linewidth=1)
        ax.plot([at, at], [low50, high50], color=INK, linewidth=3.5, solid_capstyle="butt")
        ax.plot([at], [middle], "D", color="white", markeredgecolor=INK, markersize=5)


def _beyond(ax: Axes, batch: Array, ratio: Array) -> None:
    for outside, edge, marker, up in (
        (ratio > VIEW[1], VIEW[1] / 1.05, "^", -9),
        (ratio < VIEW[0], VIEW[0] * 1.05, "v", 9),
    ):
        if not outside.any():
            continue
        ax.plot(batch[outside], np.full(outside.sum(), edge), marker, color=INK, markersize=5)
        far = ratio[outside].max() if up < 0 else ratio[outside].min()
        words(
            ax, f"{outside.sum()} beyond, up to {far:.2g}", (batch[outside].max(), edge), (6, 0),
            "data", va="center", color=MUTED, size=NOTE_SIZE,
        )  # fmt: skip


def _ratio_axes(ax: Axes) -> None:
    ax.set(xscale="log", yscale="log", ylim=VIEW)
    ax.yaxis.set_ticks(RATIOS)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([], minor=True)
        axis.set_major_formatter("{x:,g}")
    ax.set_ylabel("Measured over predicted time", color=INK, fontsize=TEXT_SIZE)
    ax.legend(frameon=False, fontsize=NOTE_SIZE, loc="lower left", ncols=2, labelcolor=INK)
