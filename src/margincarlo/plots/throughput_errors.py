"""How far off the predicted time per output token was, by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from margincarlo.plots.style import (
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
from margincarlo.plots.throughput import chosen_folds
from margincarlo.throughput.folds import Prediction
from margincarlo.throughput.score import NEAR, relative
from margincarlo.throughput.widths import architecture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[np.float64]

ARCHITECTURES: Final = {"mixture": (MAIN, "o"), "dense": (LOSS, "s")}
# A factor of four in the batch is summarized where it has so many rows.
BIN, FEWEST = 4.0, 10
QUANTILES: Final = (5, 25, 50, 75, 95)
RATIOS: Final = (0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4)
VIEW: Final = (0.22, 4.6)


def throughput_errors(
    folds: Sequence[Prediction], by: str = "accelerator", ax: Axes | None = None
) -> Axes:
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
    chosen = chosen_folds(folds, by)
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
    for outside, edge, marker, far, farthest in (
        (ratio > VIEW[1], VIEW[1] / 1.05, "^", "up to", ratio.max()),
        (ratio < VIEW[0], VIEW[0] * 1.05, "v", "down to", ratio.min()),
    ):
        if not outside.any():
            continue
        ax.plot(batch[outside], np.full(outside.sum(), edge), marker, color=INK, markersize=5)
        words(
            ax, f"{outside.sum()} beyond, {far} {farthest:.2g}", (batch[outside].min(), edge),
            (-7, 0), "data", ha="right", va="center", color=MUTED, size=NOTE_SIZE,
        )  # fmt: skip


def _ratio_axes(ax: Axes) -> None:
    ax.set(xscale="log", yscale="log", ylim=VIEW)
    ax.yaxis.set_ticks(RATIOS)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_ticks([], minor=True)
        axis.set_major_formatter("{x:,g}")
    ax.set_ylabel("Measured over predicted time", color=INK, fontsize=TEXT_SIZE)
    ax.legend(frameon=False, fontsize=NOTE_SIZE, loc="lower left", ncols=2, labelcolor=INK)
