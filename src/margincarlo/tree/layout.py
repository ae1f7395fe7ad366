"""Where the nodes of a tree go in a picture: layers by depth, few crossings, straight lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 24

# A node in a layer. In layers other than its own, a node is a bend of the line to its users:
# one bend a layer, however many users there are beyond, so that lines are shared.
type Spot = tuple[str, int]


@dataclass(frozen=True)
class Layout:
    """Places of nodes and bends.

    Attributes
    ----------
    layers : tuple of tuple of Spot
        Layer 0 holds the outputs; order within a layer is from top to bottom.
    depth : mapping of str to int
        Layer that a node itself is in.
    links : tuple of pair of Spot
        From a spot to the one that uses it, always one layer up.
    heights : mapping of Spot to float
        Vertical center of each spot, from 0 down.
    height : float
        From top to bottom.
    """

    layers: tuple[tuple[Spot, ...], ...]
    depth: Mapping[str, int]
    links: tuple[tuple[Spot, Spot], ...]
    heights: Mapping[Spot, float]
    height: float


def lay_out(needs: Mapping[str, Sequence[str]], *, node: float, bend: float) -> Layout:
    """Lay out a directed acyclic graph.

    Parameters
    ----------
    needs : mapping of str to sequence of str
        Node → nodes that it uses, every node after all it uses.
    node, bend : float
        Height that a node or a bend takes up, its distance to the next included.
    """
    depth = _depths(needs)
    links = _links(needs, depth)
    layers = _ordered(_first_order(links, depth), links)
    sizes = {spot: node if depth[spot[0]] == spot[1] else bend for row in layers for spot in row}
    heights = _heights(layers, links, sizes)
    height = max(heights[spot] + sizes[spot] / 2 for spot in heights)
    return Layout(tuple(map(tuple, layers)), depth, tuple(links), heights, height)


def _depths(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    depth = dict.fromkeys(needs, 0)
    for name in reversed(tuple(needs)):
        for need in needs[name]:
            depth[need] = max(depth[need], depth[name] + 1)
    return depth


def _links(needs: Mapping[str, Sequence[str]], depth: Mapping[str, int]) -> list[tuple[Spot, Spot]]:
    links: dict[tuple[Spot, Spot], None] = {}
    for user, sources in needs.items():
        for source in sources:
            for layer in range(depth[source], depth[user] + 1, -1):
                links[(source, layer), (source, layer - 1)] = None
            links[(source, depth[user] + 1), (user, depth[user])] = None
    return list(links)


def _first_order(links: Sequence[tuple[Spot, Spot]], depth: Mapping[str, int]) -> list[list[Spot]]:
    sources = _neighbors([(user, source) for source, user in links])
    layers: list[dict[Spot, None]] = [{} for _ in range(max(depth.values(), default=0) + 1)]
    waiting: list[Spot] = [(name, 0) for name, layer in depth.items() if layer == 0]
    while waiting:
        spot = waiting.pop()
        if spot not in layers[spot[1]]:
            layers[spot[1]][spot] = None
            waiting.extend(reversed(sources.get(spot, [])))
    return [list(layer) for layer in layers]


def _neighbors(links: Sequence[tuple[Spot, Spot]]) -> dict[Spot, list[Spot]]:
    found: dict[Spot, list[Spot]] = {}
    for here, there in links:
        found.setdefault(here, []).append(there)
    return found


def _ordered(layers: list[list[Spot]], links: Sequence[tuple[Spot, Spot]]) -> list[list[Spot]]:
    """Sort layers by where their neighbors are, to and fro, and keep the fewest crossings."""
    users = _neighbors(links)
    sources = _neighbors([(user, source) for source, user in links])
    best, fewest = [list(layer) for layer in layers], _crossings(layers, users)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        order = range(1, len(layers)) if downwards else range(len(layers) - 2, -1, -1)
        for i in order:
            beside = layers[i - 1 if downwards else i + 1]
            place = {spot: float(rank) for rank, spot in enumerate(beside)}
            near = users if downwards else sources
            own = {spot: float(rank) for rank, spot in enumerate(layers[i])}
            centers = {
                spot: _mean([place[other] for other in near.get(spot, [])], own[spot])
                for spot in layers[i]
            }
            layers[i].sort(key=centers.__getitem__)
        crossings = _crossings(layers, users)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _mean(numbers: Sequence[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _crossings(layers: Sequence[Sequence[Spot]], users: Mapping[Spot, Sequence[Spot]]) -> int:
    total = 0
    for upper, lower in pairwise(layers):
        place = {spot: rank for rank, spot in enumerate(upper)}
        ends = [rank for spot in lower for rank in sorted(place[u] for u in users[spot])]
        total += sum(before > end for i, end in enumerate(ends) for before in ends[:i])
    return total


def _heights(
    layers: Sequence[Sequence[Spot]],
    links: Sequence[tuple[Spot, Spot]],
    sizes: Mapping[Spot, float],
) -> dict[Spot, float]:
    """Pull every spot towards its neighbors, as far as the order in its layer allows."""
    near = _neighbors([*links, *((user, source) for source, user in links)])
    heights: dict[Spot, float] = {}
    for layer in layers:
        heights.update(_spread(layer, [0.0] * len(layer), sizes))
    for sweep in range(2 * SWEEPS):
        for layer in layers if sweep % 2 else reversed(layers):
            wanted = [
                _mean([heights[other] for other in near.get(spot, [])], heights[spot])
                for spot in layer
            ]
            heights.update(_spread(layer, wanted, sizes))
    top = min(heights[spot] - sizes[spot] / 2 for spot in heights)
    return {spot: height - top for spot, height in heights.items()}


def _spread(
    layer: Sequence[Spot], wanted: Sequence[float], sizes: Mapping[Spot, float]
) -> dict[Spot, float]:
    """Return the places nearest to those wanted, in squares, that keep order and distance.

    Takes distances off first; what is left is isotonic regression by pooling adjacent violators.
    """
    offsets: list[float] = []
    bottom = 0.0
    for spot in layer:
        offsets.append(bottom + sizes[spot] / 2)
        bottom += sizes[spot]
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    starts = [mean for mean, count in pools for _ in range(count)]
    return {
        spot: start + offset for spot, start, offset in zip(layer, starts, offsets, strict=True)
    }
