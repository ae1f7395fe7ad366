"""A tree as indented text, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from margincarlo.quantities import quantity
from margincarlo.tree.layout import Layout, Spot, lay_out
from margincarlo.tree.node import Node, Tree

# Pixels. Both character widths are those of the monospaced fonts named below.
CHARACTER, SMALL_CHARACTER = 7.25, 6.65
LINE, PAD = 15.0, 10.0
BOX, NODE, BEND = 40.0, 52.0, 12.0
BETWEEN, MARGIN = 64.0, 24.0

STYLE = """\
svg{--paper:#fff;--ink:#1c2126;--soft:#5b6670;--line:#8d99a5;--fill:#eef2f5}
@media (prefers-color-scheme:dark){
svg{--paper:#15191d;--ink:#e8edf1;--soft:#a3b0bb;--line:#6d7b88;--fill:#252c33}}
text{font:12px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--ink)}
.soft{fill:var(--soft);font-size:11px}
.title{font-size:15px;font-weight:bold}
rect,path{fill:none;stroke:var(--line);stroke-width:1}
path{stroke-opacity:.75}
.paper{fill:var(--paper);stroke:none}
.given{fill:var(--fill);stroke:var(--ink)}
.default{fill:var(--paper);stroke:var(--ink);stroke-dasharray:4 3}
.derived,.mixed{fill:var(--paper);stroke:var(--line)}
.mixed{stroke-width:3}
.output{stroke:var(--ink);stroke-width:2.5}
g:hover>rect{stroke-width:3}
"""

KINDS = {
    "given": "given",
    "default": "neutral default",
    "derived": "derived by an equation",
    "mixed": "weighted over workloads",
}


def tree_lines(
    tree: Tree, names: Sequence[str] = (), labels: Mapping[str, str] | None = None
) -> list[str]:
    """Return a tree as indented text, from outputs down to what is given.

    Parameters
    ----------
    tree : Tree
    names : sequence of str, optional
        Nodes to start from; the tree's outputs if none is named.
    labels : mapping of str to str, optional
        What to say of a node besides its name and kind, such as the value of a leaf.

    Returns
    -------
    list of str
        What lies below a node is written once; after that the node refers to it.
    """
    lines: list[str] = []
    seen: set[str] = set()
    for name in names or tree.outputs:
        lines.extend(_lines(tree, tree[name], labels or {}, seen, 0))
    return lines


def _lines(
    tree: Tree, node: Node, labels: Mapping[str, str], seen: set[str], depth: int
) -> Iterator[str]:
    again = node.name in seen and bool(node.needs)
    tail = "see above" if again else _kind(node)
    label = labels.get(node.name, "")
    yield f"{'  ' * depth}{node.name}{' ' * bool(label)}{label}  ({tail})"
    if again:
        return
    seen.add(node.name)
    for need in node.needs:
        yield from _lines(tree, tree[need], labels, seen, depth + 1)


def _kind(node: Node) -> str:
    if node.weights:
        shares = ", ".join(f"{scope} {share:.3g}" for scope, share in node.weights.items())
        return f"mixed: {shares}"
    return f"{node.kind}: {node.way}" if node.way else node.kind


def tree_svg(
    tree: Tree,
    names: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    title: str = "",
) -> str:
    """Return a tree as a self-contained SVG: inputs on the left, outputs on the right.

    Parameters
    ----------
    tree, names, labels
        As for `tree_lines`.
    title : str, optional
        Written above.

    Returns
    -------
    str
        Colors follow the reader's light or dark scheme; kinds of nodes differ in shape as well.
    """
    roots = tuple(names) or tree.outputs
    nodes = _needed(tree, roots)
    texts = {node.name: _second_line(node, labels or {}) for node in nodes}
    layout = lay_out({node.name: node.needs for node in nodes}, node=NODE, bend=BEND)
    frame = _frame(layout, texts, top=MARGIN + (1.5 * LINE if title else 0.0))
    paths = [_curve(frame, source, user) for source, user in layout.links]
    paths += [_straight(frame, spot) for spot in frame.bends]
    boxes = [_box(frame, node, texts[node.name], node.name in roots) for node in nodes]
    return _page(title, frame, [*paths, *boxes])


def _needed(tree: Tree, roots: Sequence[str]) -> list[Node]:
    wanted = set(roots).union(*(tree.depends_on(name) for name in roots))
    return [node for node in tree if node.name in wanted]


def _second_line(node: Node, labels: Mapping[str, str]) -> str:
    unit = quantity(node.quantity).display
    about = labels.get(node.name) or ("" if unit == "1" else f"[{unit}]")
    way = _kind(node) if node.way or node.weights else ""
    return " ".join(part for part in (about, way) if part)


@dataclass(frozen=True)
class _Frame:
    """A layout in pixels: left edge and width of each layer, and what lies above it."""

    layout: Layout
    lefts: Sequence[float]
    widths: Sequence[float]
    top: float

    @property
    def bends(self) -> list[Spot]:
        depth = self.layout.depth
        return [spot for layer in self.layout.layers for spot in layer if depth[spot[0]] != spot[1]]

    def ends(self, spot: Spot) -> tuple[float, float, float]:
        """Return where a spot begins and ends from the left, and its vertical center."""
        left = self.lefts[spot[1]]
        return left, left + self.widths[spot[1]], self.top + self.layout.heights[spot]


def _frame(layout: Layout, texts: Mapping[str, str], top: float) -> _Frame:
    widths = [0.0] * len(layout.layers)
    for name, layer in layout.depth.items():
        text = max(len(name) * CHARACTER, len(texts[name]) * SMALL_CHARACTER)
        widths[layer] = max(widths[layer], text + 2 * PAD)
    # The deepest layer is the leftmost.
    lefts = [0.0] * len(widths)
    x = MARGIN
    for layer in reversed(range(len(widths))):
        lefts[layer] = x
        x += widths[layer] + BETWEEN
    return _Frame(layout, lefts, widths, top)


def _curve(frame: _Frame, source: Spot, user: Spot) -> str:
    _, x, y = frame.ends(source)
    end, _, to = frame.ends(user)
    middle = (x + end) / 2
    points = f"{middle:.1f} {y:.1f} {middle:.1f} {to:.1f} {end:.1f} {to:.1f}"
    return f'<path d="M{x:.1f} {y:.1f}C{points}"/>'


def _straight(frame: _Frame, spot: Spot) -> str:
    left, right, y = frame.ends(spot)
    return f'<path d="M{left:.1f} {y:.1f}H{right:.1f}"/>'


def _box(frame: _Frame, node: Node, text: str, output: bool) -> str:
    left, right, y = frame.ends((node.name, frame.layout.depth[node.name]))
    shape = _shape(node.kind, left, y - BOX / 2, right - left, BOX, " output" if output else "")
    meaning = f"{node.name}: {quantity(node.quantity).meaning} ({KINDS[node.kind]})"
    first = y - 3 if text else y + 4
    lines = _text(left + PAD, first, node.name)
    if text:
        lines += _text(left + PAD, y + 12, text, "soft")
    return f"<g><title>{escape(meaning)}</title>{shape}{lines}</g>"


def _shape(kind: str, left: float, top: float, width: float, height: float, more: str = "") -> str:
    # What an equation yields has round ends, what is given has square ones.
    corner = 2 if kind in ("given", "default") else 14
    return (
        f'<rect class="{kind}{more}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}"'
        f' height="{height:.1f}" rx="{corner}"/>'
    )


def _text(x: float, y: float, text: str, look: str = "") -> str:
    style = f' class="{look}"' if look else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'


def _page(title: str, frame: _Frame, parts: Sequence[str]) -> str:
    kinds = {kind: words for kind, words in KINDS.items() if any(f'"{kind}' in p for p in parts)}
    kinds["derived output"] = "output"
    legend = []
    x, bottom = MARGIN, frame.top + frame.layout.height + MARGIN
    for kind, words in kinds.items():
        look, _, more = kind.partition(" ")
        legend.append(_shape(look, x, bottom, 30.0, 18.0, f" {more}" if more else ""))
        legend.append(_text(x + 38, bottom + 13, words, "soft"))
        x += 38 + len(words) * SMALL_CHARACTER + MARGIN
    width = max(frame.lefts[0] + frame.widths[0] + MARGIN, x, len(title) * 9.2 + 2 * MARGIN)
    height = bottom + 18 + MARGIN
    heading = _text(MARGIN, MARGIN + 8, title, "title") if title else ""
    body = "\n".join(["<rect class='paper' width='100%' height='100%'/>", heading, *parts, *legend])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
        f"<title>{escape(title or 'driver tree')}</title>\n<style>{STYLE}</style>\n{body}\n</svg>\n"
    )
