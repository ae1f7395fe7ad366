"""Pictures of a page: drawn once, recolored by the page in light, dark and print."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from margincarlo.errors import ScenarioError
from margincarlo.plots import density, exceedance, to_svg, waterfall
from margincarlo.plots.style import ROLES, is_margin, spoken
from margincarlo.report.verdict import main_quantity
from margincarlo.result import Simulation

MOST_PLOTTED = 3
CURVE_SIZE, WATERFALL_SIZE = (6.8, 3.9), (6.8, 4.5)


@dataclass(frozen=True)
class Picture:
    """A picture, or why there is none.

    Attributes
    ----------
    svg : Markup
        Inline SVG whose colors are the page's variables; empty where there is none.
    missing : str
        Why there is none.
    """

    svg: Markup
    missing: str = ""


def distributions(simulation: Simulation) -> tuple[Picture, ...]:
    """Return density and exceedance curve of the main quantity and of the reported margins."""
    if simulation.sample.counted == 0:
        return ()
    main = main_quantity(simulation)
    margins = [name for name in simulation.scenario.outputs if is_margin(name)]
    pictures: list[Picture] = []
    for place, name in enumerate(list(dict.fromkeys([main, *margins]))[:MOST_PLOTTED]):
        words = spoken(name)
        if not simulation.scenario.natures(name):
            text = f"{words[0].upper()}{words[1:]} has no distribution: no input behind it is"
            pictures.append(Picture(Markup(), f"{text} uncertain."))
            continue
        for draw, said in ((density, "Probability density"), (exceedance, "Exceedance curve")):
            plot = partial(_on, draw, simulation, name)
            id_ = f"{draw.__name__}{place}"
            pictures.append(_picture(plot, id_, CURVE_SIZE, f"{said} of {words}"))
    return tuple(pictures)


def cost_waterfall(simulation: Simulation) -> Picture:
    """Return the cost waterfall, or why there is none."""
    return _picture(
        partial(_on, waterfall, simulation),
        "waterfall",
        WATERFALL_SIZE,
        "Waterfall from net revenue to gross profit, as shares of mean net revenue",
    )


def _on(plot: Callable[..., object], *what: object, ax: Any) -> object:
    return plot(*what, ax=ax)


def _picture(
    plot: Callable[..., object], name: str, size: tuple[float, float], words: str
) -> Picture:
    try:
        svg = to_svg(lambda ax: plot(ax=ax), name=name, size=size)
    except ScenarioError as problem:
        said = problem.problem
        return Picture(Markup(), f"{said[0].upper()}{said[1:]}.")
    for role, color in ROLES.items():
        svg = svg.replace(color, f"var(--{role})")
    described = f'<svg role="img" aria-label="{escape(words)}" '
    return Picture(Markup(svg.replace("<svg ", described, 1)))
