"""Evaluate a tree on floats, arrays or graphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from margincarlo.tree.node import Node, Tree


def compute(node: Node, values: Mapping[str, Any]) -> Any:
    """Return the value of one derived or mixed node from the values of what it needs."""
    if node.equation is not None:
        return node.equation(**{name: values[need] for name, need in node.arguments.items()})
    weights = node.weights or {}
    return sum(weights[scope] * values[need] for scope, need in node.arguments.items())


def evaluate(tree: Tree, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every node.

    Parameters
    ----------
    tree : Tree
    values : mapping of str to float, array or graph
        One for every leaf, in base units.

    Returns
    -------
    dict of str to the type that the operators yield
    """
    found = dict(values)
    for node in tree:
        if node.needs:
            found[node.name] = compute(node, found)
    return found
