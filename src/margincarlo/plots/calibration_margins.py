"""Who earns more than serving costs, under each assumption about rent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from margincarlo.calibration.margins import MarginDraws, margin_draws
from margincarlo.calibration.monte_carlo import assumptions_of
from margincarlo.calibration.posterior import MIXTURE, Posterior
from margincarlo.errors import CalibrationError
from margincarlo.plots.calibration import LOOKS, NARROW, called, legend
from margincarlo.plots.style import (
    GRID,
    INK,
    LOSS,
    MAIN,
    MUTED,
    NOTE_SIZE,
    TEXT_SIZE,
    WRAP,
    dress,
    label,
    new_axes,
    title,
)
from margincarlo.plots.throughput import name_of
from margincarlo.prices.offers import Offers

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

ROW_INCHES: Final = 0.205
# So much of a color at most, that words on it are read in light and dark.
DEEPEST: Final = 0.62
LOWEST_MARGIN: Final = -1.0
COVERED: Final = {
    "marginal": "the GPU time that the tokens occupy",
    "loaded": "GPU time, unused hours and operations",
}
GROUPS: Final = {"provider": "host", "model": "model"}


def every_margin(
    posterior: Posterior, offers: Offers, definition: Literal["marginal", "loaded"] = "loaded"
) -> dict[str, MarginDraws]:
    """Return margins under each assumption about rent, the run without prices first."""
    return {
        rent: margin_draws(posterior, offers, definition, rent)
        for rent in assumptions_of(posterior)
    }


def profitable(
    found: Mapping[str, MarginDraws],
    by: Literal["provider", "model"] = "provider",
    ax: Axes | None = None,
) -> Axes:
    """Draw how likely prices cover costs, a row for each host or model.

    Parameters
    ----------
    found : mapping of str to MarginDraws
        Assumption about rent → margins; a column each, the last of which sorts the rows.
    by : {"provider", "model"}
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        In each cell the probability that the price of an endpoint of that row covers its cost, in
        percent, averaged over its endpoints.
    """
    tables: dict[str, Any] = {rent: each.table(by).set_index(by) for rent, each in found.items()}
    order = _order(tables[list(tables)[-1]])
    ax = new_axes(ax, 1.9 + ROW_INCHES * len(order))
    for column, table in enumerate(tables.values()):
        for row, name in enumerate(order):
            _cell(ax, column, row, float(table.loc[name, "share"]))
    first = next(iter(tables.values()))
    names = [_named(by, name, int(first.loc[name, "endpoints"])) for name in order]
    ax.set_yticks(range(len(order)), names, parse_math=False)
    ax.tick_params(length=0, labelcolor=INK, labelsize=NOTE_SIZE)
    ax.set_xticks([])
    for column, rent in enumerate(tables):
        ax.text(column, -0.75, _header(rent), ha="center", va="bottom", color=INK,
                fontsize=NOTE_SIZE)  # fmt: skip
    ax.set(xlim=(-0.5, len(tables) - 0.5), ylim=(len(order) - 0.5, -2.4))
    for spine in ax.spines.values():
        spine.set_visible(False)
    covered = COVERED[next(iter(found.values())).definition]
    width = round(WRAP - 0.95 * max(len(name) for name in names))
    title(
        ax,
        f"Which {GROUPS[by]}s sell above cost",
        f"Probability in % that a price covers {covered}, by what one assumes of rent; mean over a"
        f" {GROUPS[by]}'s endpoints (their number in parentheses)",
        width,
    )
    said = "Rent is the markup over cost. Prices cannot tell which column is right."
    label(ax, said, width=width)
    return ax


def deciding(
    found: Mapping[str, MarginDraws], models: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Draw the margin of each model's median host under each assumption about rent.

    Parameters
    ----------
    found : mapping of str to MarginDraws
        Assumption about rent → margins.
    models : sequence of str
        Slugs.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Median and central 90 % of draws; below -100 % the line leaves the picture.

    Raises
    ------
    CalibrationError
        If none of these models is sold.
    """
    tables: dict[str, Any] = {
        rent: each.table("model").set_index("model") for rent, each in found.items()
    }
    sold = [name for name in models if name in next(iter(tables.values())).index]
    if not sold:
        raise CalibrationError("no picture: nobody sells any of these models")
    ax = new_axes(ax, 1.9 + 0.62 * len(sold))
    dress(ax)
    _intervals(ax, tables, sold)
    ax.axvline(0, color=MUTED, linewidth=0.9)
    ax.set_yticks(range(len(sold)), [name_of("model", name) for name in sold], parse_math=False)
    ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=TEXT_SIZE)
    ax.set(xlim=(LOWEST_MARGIN, 1.0), ylim=(len(sold) - 0.4, -1.15))
    ax.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %".replace("-", "−"))
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.spines["left"].set_visible(False)
    legend(ax, 3)
    title(
        ax,
        "Margins under each assumption about rent",
        "Margin of each model's median host: median and central 90 %",
        NARROW,
    )
    definition = next(iter(found.values())).definition
    label(
        ax,
        f"Share of revenue left after {COVERED[definition]}",
        "At the left edge lines leave the picture: losses of more than all revenue.",
        NARROW,
    )
    return ax


def _intervals(ax: Axes, tables: Mapping[str, Any], sold: Sequence[str]) -> None:
    for place, (rent, table) in enumerate(tables.items()):
        said, color, mark = LOOKS[rent]
        for row, name in enumerate(sold):
            at = row + 0.74 * ((place + 0.5) / len(tables) - 0.5)
            told = table.loc[name]
            low = max(float(told["low"]), LOWEST_MARGIN)
            ax.plot([low, told["high"]], [at, at], color=color, linewidth=1.3)
            ax.plot([told["median"]], [at], mark, color=color, markersize=4.6, zorder=3)
        ax.plot([], [], mark, color=color, label=said)


def _order(table: pd.DataFrame) -> list[str]:
    ranked: Any = table.sort_values(["share", "median"], ascending=False)
    return [str(name) for name in ranked.index]


def _cell(ax: Axes, column: int, row: int, share: float) -> None:
    from matplotlib.patches import Rectangle

    deep = DEEPEST * min(1.0, 2 * abs(share - 0.5))
    color = MAIN if share >= 0.5 else LOSS
    ax.add_patch(
        Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, color=color, alpha=deep, linewidth=0)
    )
    shown = int(np.floor(100 * share)) if share > 0.5 else int(np.ceil(100 * share))
    text = "> 99" if share > 0.99 else "< 1" if share < 0.01 else f"{shown}"
    ax.text(
        column, row, text, ha="center", va="center_baseline", color=INK, fontsize=NOTE_SIZE - 0.5
    )


def _named(by: str, name: str, endpoints: int) -> str:
    said = name_of("model", name).removeprefix("NVIDIA-") if by == "model" else name
    return f"{said} ({endpoints})"


def _header(rent: str) -> str:
    return called(rent).replace(" ", "\n", 1) if rent != MIXTURE else "mixture\nof rents"
