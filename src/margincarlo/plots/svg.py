"""A picture as an SVG element that can stand inside a page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def to_svg(draw: Callable[[Axes], object], *, name: str, size: tuple[float, float]) -> str:
    """Return what `draw` draws, as an ``<svg>`` element.

    Parameters
    ----------
    draw : callable
        Takes the Axes to draw on.
    name : str
        Prefix of every id inside, so that several pictures can stand in one page; the same name
        and picture give the same text.
    size : tuple of float
        Width and height in inches.

    Returns
    -------
    str
        With text as text, a transparent ground, and no reference to anything outside.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    draw(axes)
    axes.patch.set_visible(False)
    out = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(out, format="svg", metadata=nothing, facecolor="none", edgecolor="none")
    return _for_a_page(out.getvalue(), name)


def _for_a_page(text: str, name: str) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(href="|url\()#', rf"\g<1>#{name}-", text)
    # Inside HTML the namespaces are implied, and the page decides how large the picture is.
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    return re.sub(r' (width|height)="[\d.]+pt"', "", text, count=2).strip()
