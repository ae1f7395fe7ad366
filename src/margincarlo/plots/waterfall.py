"""From the net revenue of a request down to its gross profit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from margincarlo.errors import ScenarioError
from margincarlo.plots.numbers import percent, percent_places
from margincarlo.plots.style import (
    COST,
    GRID,
    INK,
    LOSS,
    MAIN,
    MUTED,
    TEXT_SIZE,
    dress,
    label,
    new_axes,
    title,
)
from margincarlo.result import Estimate, Simulation
from margincarlo.result.estimate import from_replicates

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Label → quantities whose means it adds, each with its sign.
STEPS: Final[Mapping[str, Mapping[str, int]]] = {
    "Net revenue": {"net_revenue": 1},
    "GPU time that\nthe tokens occupy": {"compute_cost": -1},
    "Idle and reserved\ncapacity, operations": {"loaded_compute_cost": -1, "compute_cost": 1},
    "Hosting": {"hosting_cost": -1},
    "Cloud channels": {"channel_fee": -1},
    "Payment": {"payment_fee": -1},
    "Gross profit": {"gross_profit": 1},
}
WIDTH: Final = 66
_TOTALS = ("Net revenue", "Gross profit")


@dataclass(frozen=True)
class WaterfallStep:
    """One bar.

    Attributes
    ----------
    label : str
    share : Estimate
        Mean over the draws, as a share of mean net revenue; costs are negative.
    """

    label: str
    share: Estimate


def waterfall_steps(simulation: Simulation) -> tuple[WaterfallStep, ...]:
    """Return the steps from net revenue to gross profit, as shares of mean net revenue.

    Raises
    ------
    ScenarioError
        If the scenario does not derive a gross profit, or its parts were not kept.
    """
    needed = list(dict.fromkeys(name for parts in STEPS.values() for name in parts))
    absent = [name for name in needed if name not in simulation.scenario.tree]
    if absent:
        raise ScenarioError(
            f"no waterfall: this scenario does not derive {', '.join(absent)};"
            " ask for gross_margin, and give its parts rather than the margin itself"
        )
    lost = [name for name in needed if name not in simulation.sample.names]
    if lost:
        raise ScenarioError(
            f"no waterfall: {', '.join(lost)} were not kept; run with keep='all',"
            " or add them to outputs"
        )
    if simulation.sample.counted == 0:
        simulation.estimate("net_revenue")  # raises, saying why there is nothing to draw
    means = {name: simulation.sample.mean(name) for name in needed}
    revenue, revenues = means["net_revenue"]
    return tuple(
        WaterfallStep(
            words,
            from_replicates(
                sum(sign * means[name][0] for name, sign in parts.items()) / revenue,
                sum(sign * means[name][1] for name, sign in parts.items()) / revenues,
            ),
        )
        for words, parts in STEPS.items()
    )


def waterfall(simulation: Simulation, ax: Axes | None = None) -> Axes:
    """Draw where the revenue of the average request goes.

    Parameters
    ----------
    simulation : Simulation
        With gross profit and its parts kept.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Shares of mean net revenue. The last bar is the fleet margin, 1 − Σ cost / Σ revenue, which
        is not the mean of the draws' margins.

    Raises
    ------
    ScenarioError
        If the scenario does not derive a gross profit, or its parts were not kept.
    """
    steps = waterfall_steps(simulation)
    ax = new_axes(ax, 4.5)
    dress(ax)
    places = percent_places(step.share for step in steps)
    running = 0.0
    for row, step in enumerate(steps):
        total = step.label in _TOTALS
        start = 0.0 if total else running
        running = start + step.share.value
        _bar(ax, row, start, running, step, places)
        if row + 1 < len(steps):
            ax.plot([running, running], [row - 0.34, row + 1.34], color=MUTED, linewidth=0.8)
    ax.axvline(0, color=INK, linewidth=1)
    _axes(ax, steps)
    given = f", given {simulation.condition}" if simulation.condition else ""
    title(
        ax,
        f"Where the revenue of the average request goes{given}",
        "Mean of each step over all draws, as a share of mean net revenue",
        WIDTH,
    )
    label(
        ax,
        "Share of mean net revenue",
        "These are means. Gross profit is the margin of the whole fleet: 1 less the sum of costs"
        " over the sum of revenues. It is not the mean or the median of the draws’ margins.",
        WIDTH,
    )
    return ax


def _bar(ax: Axes, row: int, start: float, stop: float, step: WaterfallStep, places: int) -> None:
    total = step.label in _TOTALS
    color = (MAIN if stop >= 0 else LOSS) if total else COST
    ax.barh(row, stop - start, left=start, height=0.68, color=color, linewidth=0)
    # Below zero the figure stands at the left, clear of the zero line.
    at_left = min(start, stop) < 0 and max(start, stop) <= 0
    end = min(start, stop) if at_left else max(start, stop)
    shown = percent(step.share.value, places if step.share.value not in (0, 1) else 0)
    ax.annotate(
        shown, (end, row), (-5 if at_left else 5, 0), textcoords="offset points", va="center",
        ha="right" if at_left else "left",
        color=INK if step.share.value else MUTED, fontsize=TEXT_SIZE,
        weight="bold" if total else "normal",
    )  # fmt: skip


def _axes(ax: Axes, steps: tuple[WaterfallStep, ...]) -> None:
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    ax.set_yticks(range(len(steps)), [step.label for step in steps])
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.invert_yaxis()
    ax.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=" %"))
    ax.grid(axis="x", color=GRID, linewidth=0.8)
    ax.spines["left"].set_visible(False)
    # Bars would keep the limits at their ends, and leave no room for the figures beside them.
    ax.use_sticky_edges = False
    ax.margins(x=0.2)
