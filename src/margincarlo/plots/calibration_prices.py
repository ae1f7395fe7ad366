"""Prices that were predicted, held out, against those that hosts ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.held_out import HeldOut
from margincarlo.calibration.market import Market
from margincarlo.plots.style import (
    GRID,
    INK,
    MAIN,
    MUTED,
    NOTE_SIZE,
    TEXT_SIZE,
    dress,
    label,
    new_axes,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FACTOR: Final = 2.0
WORDS: Final = {
    "family": "no model of its family",
    "model": "no other host of its model",
    "row": "all but that offer",
}


def predicted_prices(
    found: HeldOut,
    market: Market,
    kind: Literal["output", "input"] = "output",
    ax: Axes | None = None,
) -> Axes:
    """Draw predicted against asked prices of endpoints that taught nothing.

    Parameters
    ----------
    found : HeldOut
    market : Market
        Whose endpoints were held out.
    kind : {"output", "input"}
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Median and central 90 % of each endpoint, USD/Mtok on logarithmic scales.
    """
    draws = found.log_output if kind == "output" else found.log_input
    asked = np.exp(market.log_output if kind == "output" else market.log_input)
    low, middle, high = np.exp(np.quantile(draws, [0.05, 0.5, 0.95], axis=0))
    ax = new_axes(ax, 6.4)
    dress(ax)
    ax.vlines(asked, low, high, color=MAIN, linewidth=0.8, alpha=0.16)
    ax.plot(asked, middle, "o", color=MAIN, markersize=3.4, markeredgecolor="white",
            markeredgewidth=0.4)  # fmt: skip
    _diagonal(ax, np.concatenate([asked, middle]))
    ax.set_ylabel(f"Predicted {kind} price [USD/Mtok]", color=INK, fontsize=TEXT_SIZE)
    inside = ((asked > low) & (asked < high)).mean()
    off = np.median(np.abs(middle / asked - 1))
    said = f"median error {100 * off:.0f} %\n{100 * inside:.0f} % inside their 90 % interval"
    ax.text(
        0.02, 0.97, said, transform=ax.transAxes, va="top", color=MUTED, fontsize=NOTE_SIZE
    )  # fmt: skip
    title(
        ax,
        f"Predicted {kind} prices of endpoints that taught nothing",
        f"{asked.size} endpoints; the model had seen {WORDS.get(found.by, 'the others')}",
    )
    label(ax, f"Asked {kind} price [USD/Mtok]", "Lines: central 90 %. Gray: within a factor of 2.")
    return ax


def _diagonal(ax: Axes, prices: npt.NDArray[np.float64]) -> None:
    view = np.array([prices.min() / 1.4, prices.max() * 1.4])
    ax.fill_between(
        view, view / FACTOR, view * FACTOR, color=GRID, alpha=0.6, linewidth=0, zorder=0
    )
    ax.plot(view, view, color=MUTED, linewidth=0.8, zorder=1)
    ax.set(xscale="log", yscale="log", xlim=view, ylim=view, box_aspect=0.72)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter("{x:,g}")
        axis.set_minor_formatter("")
