"""What throughput and prices taught of the beliefs behind costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from margincarlo.calibration.contraction import PRIOR, PRODUCTS, Stage, natural, stages, unit_of
from margincarlo.calibration.monte_carlo import assumptions_of
from margincarlo.calibration.posterior import MIXTURE, WITHOUT, Posterior
from margincarlo.calibration.priors import BELIEFS
from margincarlo.plots.numbers import number
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
    spoken,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Stage or assumption about rent → what it is called, its color and its mark.
LOOKS: Final[Mapping[str, tuple[str, str, str]]] = {
    PRIOR: ("prior", GRID, "|"),
    WITHOUT: ("without prices", MUTED, "o"),
    "two_sided": ("two-sided rent", MAIN, "s"),
    "softplus": ("softplus rent", LOSS, "^"),
    "exponential": ("exponential rent", COST, "D"),
    "gamma": ("gamma rent", "#009e73", "v"),
    MIXTURE: ("mixture of rents", INK, "P"),
}
SPREAD: Final = 0.62
# Characters of a line above Axes that leave room for names at their left.
NARROW: Final = 70
TICKS: Final = (1, 2, 3, 5, 10, 20, 30, 50, 100)
INTERVAL: Final = (0.05, 0.5, 0.95)


def called(rent: str) -> str:
    """Return what people call an assumption about rent."""
    return LOOKS[rent][0]


def products(posterior: Posterior, ax: Axes | None = None) -> Axes:
    """Draw what prices identify: what a GPU-hour costs over what it yields.

    Parameters
    ----------
    posterior : Posterior
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Median and central 90 % of the priors, with published throughput, and with prices under each
        assumption about rent, USD/h on a logarithmic scale.
    """
    every = stages(posterior)
    rows = [(name, stage) for name in PRODUCTS for stage in every]
    ax = new_axes(ax, 4.6)
    dress(ax)
    for at, (name, stage) in enumerate(rows):
        gap = 0.8 * list(PRODUCTS).index(name)
        _interval(ax, at + gap, every[stage], name, stage, standard=False)
    places = [at + 0.8 * list(PRODUCTS).index(name) for at, (name, _) in enumerate(rows)]
    ax.set_yticks(places, [called(stage) for _, stage in rows], parse_math=False)
    _heads(ax, places[:: len(every)])
    ax.set(xscale="log", ylim=(places[-1] + 0.7, -1.5))
    ax.set_xticks(_inside(ax.get_xlim()))
    ax.xaxis.set_major_formatter("{x:,g}")
    ax.set_xticks([], minor=True)
    _quiet(ax)
    title(
        ax,
        "Prices teach products of beliefs",
        "Median and central 90 %: priors, with published throughput, with prices too",
        NARROW,
    )
    label(
        ax,
        "USD per GPU-hour ÷ (share that is sold × share of the peak that is reached)",
        "How far prices narrow a product, and to which level, depends on what is assumed of rent.",
        NARROW,
    )
    return ax


def beliefs(posterior: Posterior, rent: str = "", ax: Axes | None = None) -> Axes:
    """Draw each belief and product before and after the evidence, in units of its prior.

    Parameters
    ----------
    posterior : Posterior
    rent : str
        Assumption about rent of the last stage; the mixture by default, or the only one there is.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    matplotlib.axes.Axes
        Median and central 90 %: 0 is the median of the prior and 1 one of its standard deviations.
        At the right, medians on the natural scale: prior, throughput, prices.
    """
    every = stages(posterior)
    rent = rent or assumptions_of(posterior)[-1]
    shown = (PRIOR, WITHOUT, rent)
    names = [*PRODUCTS, *BELIEFS]
    ax = new_axes(ax, 6.4)
    dress(ax)
    for at, name in enumerate(names):
        for place, stage in enumerate(shown):
            where = at + SPREAD * ((place + 0.5) / len(shown) - 0.5)
            _interval(ax, where, every[stage], name, stage, standard=True, prior=every[PRIOR])
        ax.text(1.01, at, _medians(every, shown, name), transform=_across(ax), va="center",
                color=INK, fontsize=NOTE_SIZE, parse_math=False)  # fmt: skip
    ax.plot([], [], color=GRID, linewidth=4.5, label="prior")
    for stage, said in ((WITHOUT, "with throughput"), (rent, f"with prices: {called(rent)}")):
        _, color, mark = LOOKS[stage]
        ax.plot([], [], mark, linestyle="-", color=color, markersize=5, label=said)
    ax.set_yticks(range(len(names)), [_with_unit(name) for name in names], parse_math=False)
    ax.axvline(0, color=GRID, linewidth=0.8, zorder=0)
    ax.set(ylim=(len(names) - 0.4, -1.5), xlim=(-2.1, 2.1))
    legend(ax, 3)
    _quiet(ax)
    title(ax, "What was learned of each belief", "Median and central 90 %", NARROW)
    label(
        ax,
        "Standard deviations of the prior from its median",
        "At the right: medians of prior, with throughput → with prices. Parts that prices seem to"
        " move take their share of what a product learned.",
        NARROW,
    )
    return ax


def _heads(ax: Axes, places: Sequence[float]) -> None:
    for (name, meaning), first in zip(PRODUCTS.items(), places, strict=True):
        head = name.removesuffix("_product").capitalize()
        ax.text(
            0.995, first - 0.62, f"{head}: {meaning}", transform=_across(ax), ha="right",
            va="bottom", color=INK, fontsize=NOTE_SIZE, parse_math=False,
        )  # fmt: skip


def _interval(
    ax: Axes,
    at: float,
    of: Stage,
    name: str,
    stage: str,
    *,
    standard: bool,
    prior: Stage | None = None,
) -> None:
    _, color, mark = LOOKS[stage]
    values = np.quantile(of.draws[name], INTERVAL)
    if standard and prior is not None:
        before = prior.draws[name]
        low, middle, high = (values - np.median(before)) / before.std()
    else:
        low, middle, high = natural(name, values)
    wide = stage == PRIOR
    ax.plot([low, high], [at, at], color=color, linewidth=4.5 if wide else 1.4,
            solid_capstyle="butt")  # fmt: skip
    ax.plot([middle], [at], mark, color=MUTED if wide else color, markersize=5, zorder=3)


def _medians(every: Mapping[str, Stage], shown: tuple[str, ...], name: str) -> str:
    first, second, last = (
        number(float(natural(name, np.median(every[stage].draws[name]))), 2) for stage in shown
    )
    return f"{first}, {second} → {last}"


def _with_unit(name: str) -> str:
    unit = unit_of(name)
    return spoken(name) if unit == "1" else f"{spoken(name)} [{unit}]"


def _inside(view: tuple[float, float]) -> list[float]:
    return [each for each in TICKS if view[0] < each < view[1]]


def legend(ax: Axes, columns: int) -> None:
    """Add a legend above the rows."""
    ax.legend(
        frameon=False, fontsize=NOTE_SIZE, labelcolor=INK, ncols=columns, loc="upper left",
        bbox_to_anchor=(-0.02, 1.01), handletextpad=0.5, columnspacing=1.4, borderpad=0.2,
    )  # fmt: skip


def _across(ax: Axes) -> Any:
    """Return coordinates across the Axes, and in data along its height."""
    return ax.get_yaxis_transform()


def _quiet(ax: Axes) -> None:
    ax.tick_params(axis="y", length=0, labelcolor=INK, labelsize=TEXT_SIZE)
    ax.grid(axis="x", color=GRID, linewidth=0.6)
    ax.spines["left"].set_visible(False)
