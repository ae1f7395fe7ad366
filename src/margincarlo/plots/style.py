"""How our figures look: a few colors with a role each, quiet axes, words under the picture."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from margincarlo.quantities import quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Blue, orange and vermilion of M. Okabe and K. Ito, "Color Universal Design", 2008: told apart with
# any color vision. Each role has a color of its own, so that a page can restyle a picture by role.
INK: Final = "#1b1f24"
MUTED: Final = "#5a6470"
GRID: Final = "#d8dde3"
MAIN: Final = "#0072b2"
COST: Final = "#e69f00"
LOSS: Final = "#d55e00"
ROLES: Final = {"ink": INK, "muted": MUTED, "grid": GRID, "main": MAIN, "cost": COST, "loss": LOSS}

TITLE_SIZE, TEXT_SIZE, NOTE_SIZE = 11.0, 9.5, 8.5
WRAP: Final = 84
_WIDE_INCHES = 6.8

_ACRONYMS = {word.lower(): word for word in ("FLOPs", "GPU", "GPUs", "KV", "MBU", "MFU", "PUE")}
_NATURES = {
    "unknown": "The spread is what is not known (epistemic).",
    "varies": "The spread is variation from case to case, not lack of knowledge.",
    "unknown and varies": "The spread mixes what is unknown with what varies from case to case:"
    " it is wider than our ignorance of the average case.",
}


def new_axes(ax: Axes | None, height: float = 4.0) -> Axes:
    """Return `ax`, or the Axes of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, fresh = plt.subplots(figsize=(_WIDE_INCHES, height), layout="constrained")
    return fresh


def dress(ax: Axes) -> None:
    """Take away what is not data."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
    ax.tick_params(colors=MUTED, labelsize=TEXT_SIZE, length=3)
    ax.set_axisbelow(True)


def title(ax: Axes, heading: str, detail: str, width: int = WRAP) -> None:
    """Write a heading in bold and a line of figures below it, at the left above the Axes."""
    above, below = textwrap.fill(heading, round(0.82 * width)), textwrap.fill(detail, width)
    lines = below.count("\n") + 1
    # The title proper is the lower text; blank lines in front make the layout leave room.
    room = "\N{NO-BREAK SPACE}\n" * (above.count("\n") + 1) + below
    ax.set_title(
        room, loc="left", pad=8, color=INK, fontsize=TEXT_SIZE, linespacing=1.8, parse_math=False
    )
    up = 8 + 1.3 * TEXT_SIZE + 1.8 * TEXT_SIZE * (lines - 1)
    words(ax, above, (0, 1), (0, up), va="bottom", color=INK, size=TITLE_SIZE, weight="bold")


def label(ax: Axes, text: str, note: str = "", width: int = WRAP) -> None:
    """Label the x axis, and write a note below the label."""
    wrapped, below = textwrap.fill(text, width - 6), textwrap.fill(note, round(1.1 * width))
    room = "\n" * (below.count("\n") + 2) if note else ""
    ax.set_xlabel(
        wrapped + room, color=INK, fontsize=TEXT_SIZE, loc="left", linespacing=1.3,
        parse_math=False,
    )  # fmt: skip
    if note:
        down = -27 - 1.3 * TEXT_SIZE * (wrapped.count("\n") + 1)
        words(ax, below, (0, 0), (0, down), va="top", color=MUTED, size=NOTE_SIZE)


def words(
    ax: Axes,
    text: str,
    at: tuple[float, float],
    off: tuple[float, float],
    coordinates: Any = "axes fraction",
    **how: Any,
) -> None:
    """Write text at an offset in points from a place, without the layout making room for it."""
    written = ax.annotate(
        text, at, off, xycoords=coordinates, textcoords="offset points",
        annotation_clip=False, linespacing=1.3, parse_math=False, **how,
    )  # fmt: skip
    written.set_in_layout(False)


def axis_text(name: str) -> str:
    """Return what a quantity means, and its unit, for an axis."""
    known = quantity(name.rpartition(".")[2])
    meaning = known.meaning.replace(" - ", " − ")
    if is_share(name):
        return f"{meaning} (1 = 100 %)"
    return meaning if known.display == "1" else f"{meaning} [{known.display}]"


def is_margin(name: str) -> bool:
    """Whether a quantity is a margin, so that zero is break-even."""
    return name.rpartition(".")[2].endswith("_margin")


def is_share(name: str) -> bool:
    """Whether a quantity is a share, so that 1 is 100 %."""
    known = quantity(name.rpartition(".")[2])
    return is_margin(name) or (known.display == "1" and known.support == (0.0, 1.0))


def spoken(name: str) -> str:
    """Return a quantity's name as words, the workload's in front.

    Examples
    --------
    >>> spoken("chat.gross_margin")
    'chat: gross margin'
    """
    scope, _, own = name.rpartition(".")
    words = " ".join(_ACRONYMS.get(word, word) for word in own.split("_"))
    return f"{scope}: {words}" if scope else words


def nature_note(varies: str) -> str:
    """Return what kind of uncertainty a spread shows, in words."""
    return _NATURES.get(varies, "")
