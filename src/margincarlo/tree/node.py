"""Nodes of the driver tree, and the tree as an ordered collection of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from margincarlo.equations import Equation
from margincarlo.errors import ScenarioError, did_you_mean

Kind = Literal["given", "default", "derived", "mixed"]


class MissingInputsError(ScenarioError):
    """Nothing gives what the outputs need."""


@dataclass(frozen=True)
class Node:
    """One quantity of a tree.

    Attributes
    ----------
    name : str
        The quantity, or ``workload.quantity`` where it differs between workloads.
    quantity : str
        The quantity.
    kind : {"given", "default", "derived", "mixed"}
        Given by the scenario; neutral by default; from an equation; a weighted sum over workloads.
    equation : callable or None
        The equation of a derived node.
    arguments : mapping of str to str
        Parameter of the equation → name of the node it takes; workload → node where mixed.
    way : str
        Which of several derivations was chosen; empty where there is one.
    weights : mapping of str to float
        Share of requests of each workload, where mixed.
    """

    name: str
    quantity: str
    kind: Kind
    equation: Equation | None
    arguments: Mapping[str, str]
    way: str = ""
    weights: Mapping[str, float] | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the nodes that this one is computed from."""
        return tuple(self.arguments.values())


@dataclass(frozen=True)
class Tree:
    """A directed acyclic graph of nodes, each after all it needs."""

    nodes: Mapping[str, Node]
    outputs: tuple[str, ...]

    def __getitem__(self, name: str) -> Node:
        if name not in self.nodes:
            raise ScenarioError(
                f"{name!r} is not in this scenario's tree{did_you_mean(name, self.nodes)};"
                " `margincarlo tree` draws what is"
            )
        return self.nodes[name]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __contains__(self, name: object) -> bool:
        return name in self.nodes

    def __len__(self) -> int:
        return len(self.nodes)

    def depends_on(self, name: str) -> frozenset[str]:
        """Return the names of all nodes that `name` is computed from, directly or not.

        Parameters
        ----------
        name : str
            A node of this tree.

        Raises
        ------
        ScenarioError
            If there is no such node.
        """
        found: set[str] = set()
        waiting = list(self[name].needs)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(self[node].needs)
        return frozenset(found)

    def leaves(self) -> tuple[Node, ...]:
        """Return the nodes that nothing derives: what is given, and defaults."""
        return tuple(node for node in self if not node.needs)
