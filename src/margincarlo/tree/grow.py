"""Grow a tree: from outputs down to what is given."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from types import MappingProxyType

from margincarlo.equations import DERIVATIONS, EQUATIONS, Equation
from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.quantities import quantity
from margincarlo.tree.node import MissingInputsError, Node, Tree

# Amounts per request: the average request of a mix has the weighted sum of its workloads' amounts.
# Everything else that depends on a workload's inputs exists once per workload.
AMOUNTS = frozenset(
    {
        "list_revenue",
        "net_revenue",
        "compute_cost",
        "loaded_compute_cost",
        "total_tokens",
        "request_gpu_time",
    }
)


@cache
def _parameters(equation: Equation) -> tuple[str, ...]:
    return tuple(inspect.signature(equation).parameters)


def choose(name: str, derive: Mapping[str, str]) -> tuple[Equation | None, str]:
    """Return the equation that derives quantity `name`, and the name of the way if there are many.

    Raises
    ------
    ScenarioError
        If `derive` names a way that does not exist.
    """
    if name in EQUATIONS:
        return EQUATIONS[name], ""
    ways = DERIVATIONS.get(name)
    if ways is None:
        return None, ""
    way = derive.get(name, next(iter(ways)))
    if way not in ways:
        raise ScenarioError(
            f"{name} cannot be derived by {way!r}{did_you_mean(way, ways)};"
            f" choose one of {', '.join(ways)}",
            where=f"derive.{name}",
        )
    return ways[way], way


class _Growth:
    """State of one growth: the nodes found so far, and what is missing."""

    def __init__(
        self, given: Collection[str], derive: Mapping[str, str], workloads: Mapping[str, float]
    ) -> None:
        self.given = given
        self.derive = derive
        self.workloads = workloads
        self.nodes: dict[str, Node] = {}
        self.missing: dict[str, str] = {}
        self.known: dict[tuple[str, str], str | None] = {}

    def find(self, name: str, scope: str, wanted_by: str) -> str | None:
        """Return the node of quantity `name` as workload `scope` sees it; None if it is missing."""
        key = (name, scope)
        if key not in self.known:
            self.known[key] = self._leaf(name, scope) or self._derived(name, scope, wanted_by)
        return self.known[key]

    def _leaf(self, name: str, scope: str) -> str | None:
        scoped = f"{scope}.{name}" if scope else name
        for candidate in dict.fromkeys((scoped, name)):
            if candidate in self.given:
                return self._add(Node(candidate, name, "given", None, MappingProxyType({})))
        return None

    def _derived(self, name: str, scope: str, wanted_by: str) -> str | None:
        if not scope and name in AMOUNTS and self.workloads:
            return self._mixed(name, wanted_by)
        equation, way = choose(name, self.derive)
        if equation is None:
            return self._default(name, wanted_by)
        wired = {need: self.find(need, scope, name) for need in _parameters(equation)}
        arguments = {need: node for need, node in wired.items() if node is not None}
        if len(arguments) < len(wired):
            return None
        # An amount of a workload is never the amount of the mix, even where no input differs.
        own = name in AMOUNTS or any("." in node for node in arguments.values())
        title = f"{scope}.{name}" if scope and own else name
        return self._add(Node(title, name, "derived", equation, MappingProxyType(arguments), way))

    def _mixed(self, name: str, wanted_by: str) -> str | None:
        parts = {scope: self.find(name, scope, wanted_by) for scope in self.workloads}
        found = {scope: node for scope, node in parts.items() if node is not None}
        if len(found) < len(parts):
            return None
        weights = MappingProxyType(dict(self.workloads))
        return self._add(Node(name, name, "mixed", None, MappingProxyType(found), "", weights))

    def _default(self, name: str, wanted_by: str) -> str | None:
        if quantity(name).default is None:
            self.missing.setdefault(name, wanted_by)
            return None
        return self._add(Node(name, name, "default", None, MappingProxyType({})))

    def _add(self, node: Node) -> str:
        self.nodes.setdefault(node.name, node)
        return node.name


def grow(
    outputs: Sequence[str],
    *,
    given: Collection[str],
    derive: Mapping[str, str] | None = None,
    workloads: Mapping[str, float] | None = None,
) -> Tree:
    """Grow the tree of `outputs`.

    Parameters
    ----------
    outputs : sequence of str
        Quantities to derive, or ``workload.quantity``.
    given : collection of str
        Names that need no derivation; whatever lies above them is pruned.
    derive : mapping of str to str, optional
        Way of deriving a quantity that has several.
    workloads : mapping of str to float, optional
        Workloads of a mix, with their share of requests.

    Returns
    -------
    Tree

    Raises
    ------
    MissingInputsError
        If nothing gives what the outputs need; all of it is named at once.
    """
    growth = _Growth(given, derive or {}, workloads or {})
    names: list[str] = []
    for output in outputs:
        check_name(output, growth.workloads)
        scope, _, name = output.rpartition(".")
        found = growth.find(name, scope, "outputs")
        if found is not None and found != output:
            raise ScenarioError(
                f"{output!r} does not depend on its workload: write {found!r}, which is the same"
                " for all of them"
            )
        if found is not None:
            names.append(found)
    if growth.missing:
        raise MissingInputsError(_missing(growth.missing))
    return Tree(MappingProxyType(growth.nodes), tuple(dict.fromkeys(names)))


def check_name(output: str, workloads: Mapping[str, float]) -> None:
    """Refuse the name of an output that no tree can have.

    Raises
    ------
    ScenarioError
        If it names no quantity, or a workload that is not there.
    """
    scope, _, name = output.rpartition(".")
    if scope and scope not in workloads:
        there = f"workloads are {', '.join(workloads)}" if workloads else "it has no workloads"
        raise ScenarioError(
            f"{output!r} is of no workload given here{did_you_mean(scope, workloads)}; {there}"
        )
    quantity(name)


def grow_if_possible(
    name: str,
    *,
    given: Collection[str],
    derive: Mapping[str, str],
    workloads: Mapping[str, float],
) -> tuple[str, ...]:
    """Return the nodes by which quantity `name` can be derived, one per workload that differs."""
    found: list[str] = []
    for scope in workloads or ("",):
        growth = _Growth(given, derive, workloads)
        node = growth.find(name, scope, name)
        if node is not None:
            found.append(node)
    return tuple(dict.fromkeys(found))


def _missing(missing: Mapping[str, str]) -> str:
    def line(name: str, wanted_by: str) -> str:
        known = quantity(name)
        instead = "" if wanted_by == "outputs" else f", or {wanted_by} itself"
        return f"{name} [{known.display}]{instead}"

    items = "; ".join(line(name, by) for name, by in missing.items())
    return f"nothing gives {items}. Add to [inputs]"
