"""The efficiencies that measurements taught, accelerator by accelerator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from margincarlo.errors import CalibrationError, did_you_mean
from margincarlo.plots.style import (
    GRID,
    INK,
    NOTE_SIZE,
    axis_text,
    dress,
    label,
    new_axes,
    spoken,
    title,
)
from margincarlo.plots.throughput import COLORS, MARKERS, name_of
from margincarlo.quantities import quantity
from margincarlo.throughput.design import LEVELS, Configuration
from margincarlo.throughput.scenario_draws import measured_draws
from margincarlo.throughput.stored import Learned
from margincarlo.units import factor

if TYPE_CHECKING:
    from matplotlib.axes import Axes

QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
# Room that the rows of one accelerator take, of the distance to the next.
SPREAD: Final = 0.56
HOLLOW: Final = "Hollow: nobody measured such a model on this accelerator."


def efficiencies(
    learned: Learned,
    configurations: Mapping[str, Sequence[Configuration]],
    name: str,
    ax: Axes | None = None,
) -> Axes:
    """Draw what was learned of one efficiency, with a row for each accelerator.

    Parameters
    ----------
    learned : Learned
        From `margincarlo.throughput.stored.read_learned`.
    configurations : mapping of str to sequence of Configuration
        Label, such as a model's name → that model on several accelerators.
    name : {"decode_mbu", "decode_mfu", "prefill_mfu", "link_efficiency", "decode_step_overhead", \
"step_time_error"}
        What to draw.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Median, central 50 % and central 90 % of the draws that a scenario takes, in the quantity's
        display unit. A hollow mark is an accelerator that nobody measured with such a model.

    Raises
    ------
    CalibrationError
        If `name` is not learned, or there is no configuration.
    """
    rows = [(key, each) for key, several in configurations.items() for each in several]
    if not rows:
        raise CalibrationError("no picture: give at least one configuration")
    parts = list(dict.fromkeys(each.accelerator for _, each in rows))
    ax = new_axes(ax, 1.7 + 0.42 * len(parts))
    dress(ax)
    for place, key in enumerate(configurations):
        offset = SPREAD * ((place + 0.5) / len(configurations) - 0.5)
        for each in configurations[key]:
            at = parts.index(each.accelerator) + offset
            _row(ax, at, _draws(learned, each, name), _measured(learned, each), place)
        ax.plot([], [], MARKERS[place % len(MARKERS)], color=COLORS[place % len(COLORS)], label=key)
    _finish(ax, [name_of("accelerator", part) for part in parts])
    said = spoken(name)
    title(ax, said[0].upper() + said[1:], "Median, central 50 % and central 90 % of draws")
    hollow = "" if all(_measured(learned, each) for _, each in rows) else HOLLOW
    label(ax, axis_text(name), hollow)
    return ax


def _draws(learned: Learned, each: Configuration, name: str) -> npt.NDArray[np.float64]:
    columns = measured_draws(learned, each).columns
    if name not in columns:
        raise CalibrationError(
            f"{name!r} is not learned from measurements; these are: {', '.join(columns)}"
            f"{did_you_mean(name, columns)}"
        )
    entry = quantity(name)
    return columns[name] / factor(entry.display, entry.unit)


def _measured(learned: Learned, each: Configuration) -> bool:
    return LEVELS["kernels"](each) in learned.posterior.levels["kernels"]


def _row(ax: Axes, at: float, draws: npt.NDArray[np.float64], measured: bool, place: int) -> None:
    color, marker = COLORS[place % len(COLORS)], MARKERS[place % len(MARKERS)]
    low90, low50, middle, high50, high90 = np.quantile(draws, QUANTILES)
    ax.plot([low90, high90], [at, at], color=color, linewidth=1)
    ax.plot([low50, high50], [at, at], color=color, linewidth=3.2, solid_capstyle="butt")
    ax.plot(
        [middle], [at], marker, color=color if measured else "white",
        markeredgecolor=color, markersize=6, zorder=3,
    )  # fmt: skip


def _finish(ax: Axes, names: Sequence[str]) -> None:
    ax.set_yticks(range(len(names)), names, parse_math=False)
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.set_ylim(len(names) - 0.5, -0.5)
    ax.set_xlim(left=0)
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.legend(frameon=False, fontsize=NOTE_SIZE, labelcolor=INK, loc="best")
