"""A tree made ready to run: constants computed once, the rest an ordered list of steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from margincarlo.quantities import quantity
from margincarlo.scenario import Scenario
from margincarlo.tree import Node
from margincarlo.tree.evaluate import compute
from margincarlo.units import factor


@dataclass(frozen=True)
class Step:
    """One node to compute, and the nodes that nobody needs afterwards."""

    node: Node
    forget: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """What to evaluate for a block of draws.

    Attributes
    ----------
    constants : mapping of str to float
        Nodes that no uncertain input reaches, in base units.
    steps : sequence of Step
        The other derived nodes, each after all it needs.
    """

    constants: Mapping[str, float]
    steps: Sequence[Step]

    def evaluate(self, drawn: Mapping[str, Any]) -> dict[str, Any]:
        """Return the nodes that are kept, from the uncertain inputs in base units."""
        values: dict[str, Any] = {**self.constants, **drawn}
        for step in self.steps:
            values[step.node.name] = compute(step.node, values)
            for name in step.forget:
                del values[name]
        return values


def prepare(scenario: Scenario, keep: frozenset[str]) -> Model:
    """Fold constants, and order the rest so that only what `keep` names outlives its use."""
    # NumPy's floats, not Python's: division by zero is then undefined rather than an exception.
    constants: dict[str, float] = {
        given.name: np.float64(given.base_value)
        for given in scenario.inputs.values()
        if given.is_point
    }
    running: list[Node] = []
    with np.errstate(all="ignore"):
        for node in scenario.tree:
            if not node.needs:
                continue
            if all(need in constants for need in node.needs):
                constants[node.name] = compute(node, constants)
            else:
                running.append(node)
    return Model(constants, _with_last_uses(running, keep | set(constants)))


def _with_last_uses(nodes: Sequence[Node], keep: frozenset[str]) -> tuple[Step, ...]:
    seen: set[str] = set(keep)
    steps: list[Step] = []
    for node in reversed(nodes):
        last = {name for name in (*node.needs, node.name) if name not in seen}
        seen |= last
        steps.append(Step(node, tuple(sorted(last))))
    return tuple(reversed(steps))


def display_factor(name: str) -> float:
    """Return what one base unit of node `name` is in its display unit."""
    known = quantity(name.rpartition(".")[2])
    return 1.0 / factor(known.display, known.unit)
