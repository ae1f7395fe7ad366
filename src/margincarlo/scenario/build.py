"""From a source to a scenario that can be run: expand, elicit, grow, check."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from margincarlo.equations import DERIVATIONS
from margincarlo.errors import (
    ImplausibleBeliefWarning,
    ScenarioError,
    UnusedInputWarning,
    did_you_mean,
)
from margincarlo.feasibility import CHECKS, Check
from margincarlo.quantities import quantity
from margincarlo.scenario.calibrated import with_accelerator
from margincarlo.scenario.conflicts import check_conflicts
from margincarlo.scenario.correlations import read_correlations
from margincarlo.scenario.discount import check_discount
from margincarlo.scenario.file import ClaimTable, ScenarioFile
from margincarlo.scenario.fit import check_fit
from margincarlo.scenario.given import read_given
from margincarlo.scenario.inputs import input_by_default
from margincarlo.scenario.model import Ask, Calibration, Claim, Input, Joint, Scenario
from margincarlo.scenario.place import on_one_line, placed
from margincarlo.scenario.read import Source, read_source
from margincarlo.scenario.statement import read_statement
from margincarlo.scenario.validate import validate
from margincarlo.tree import Tree, check_name, choose, grow, grow_if_possible
from margincarlo.units import factor


def load(
    source: str | Path | Mapping[str, Any], *, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    source : path or mapping
        A TOML file, or a mapping of the same shape.
    overrides : mapping of str to anything, optional
        Dotted path → value that replaces what the file says, for example
        ``{"inputs.utilization": {"p5": 0.3, "p95": 0.6}}``.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With file, path inside it, what was found, what is allowed and what to do.

    Warns
    -----
    ImplausibleBeliefWarning
        If a belief misses what was stated, or implies tails that its author may not have meant.
    UnusedInputWarning
        If something is given that no output depends on.
    """
    with on_one_line():
        found = read_source(source, overrides)
        with placed(str(found.path) if found.path else ""):
            file = with_accelerator(validate(ScenarioFile, found.content))
            scenario = _build(file, found)
    for given in scenario.inputs.values():
        for note in given.notes:
            warnings.warn(f"{given.name}: {note}", ImplausibleBeliefWarning, stacklevel=2)
    if scenario.unused:
        warnings.warn(
            f"{scenario.name}: nothing depends on {', '.join(scenario.unused)};"
            " the values are ignored",
            UnusedInputWarning,
            stacklevel=2,
        )
    return scenario


def _build(file: ScenarioFile, source: Source) -> Scenario:
    path = source.path
    found = read_given(file, path.parent if path else Path())
    given, derive = found.inputs, found.derive
    check_conflicts(given)
    check_discount(file, given)
    _check_derive(file.derive)
    asks = _each(file.ask, "ask", lambda ask: Ask(read_statement(ask.statement), ask.because))
    asks = asks or _usual_asks(file.outputs)
    claims = _each(file.claim, "claim", _claim)
    shares = _shares(file)
    wanted = _wanted(file.outputs, asks, claims, shares)
    with placed("inputs"):
        grow(wanted, given=given, derive=derive, workloads=shares)
    checks, unchecked = _checks(given, derive, shares)
    tree = grow([*wanted, *checks], given=given, derive=derive, workloads=shares)
    inputs = {
        leaf.name: given.get(leaf.name) or input_by_default(leaf.name) for leaf in tree.leaves()
    }
    check_fit(file, inputs)
    written = [
        name
        for name, each in given.items()
        if each.origin == "scenario" and name not in source.inherited
    ]
    return Scenario(
        title=file.title,
        description=file.description,
        path=path,
        sha256=source.sha256,
        inputs=MappingProxyType(inputs),
        unused=tuple(name for name in written if name not in inputs),
        tree=tree,
        outputs=tuple(file.outputs),
        asks=asks,
        claims=claims,
        checks=MappingProxyType(checks),
        unchecked=unchecked,
        copula=read_correlations(file, inputs, given, source.restated),
        joints=tuple(
            _used(joint, tree) for joint in found.joints if set(joint.columns) & set(inputs)
        ),
        run=file.run,
        model=file.model or "",
        accelerator=file.accelerator or "",
        workload=_needed(file.workload, inputs),
        load_shape=_needed(file.load_shape, inputs),
        channel=_needed(file.channel, inputs),
        calibration=_drawn(found.calibration, inputs),
    )


def _usual_asks(outputs: Sequence[str]) -> tuple[Ask, ...]:
    """Return what is asked where the author asks nothing: whether margins are above zero."""
    margins = [name for name in outputs if name.endswith("_margin")]
    margins.sort(key=lambda name: not name.endswith("gross_margin"))
    return tuple(Ask(read_statement(f"{name} > 0")) for name in margins)


def _wanted(
    outputs: Sequence[str],
    asks: Sequence[Ask],
    claims: Sequence[Claim],
    shares: Mapping[str, float],
) -> list[str]:
    places = [("outputs", outputs)]
    places += [(f"ask {n}", sorted(ask.statement.names)) for n, ask in enumerate(asks, 1)]
    places += [(f"claim {n}", [claim.quantity]) for n, claim in enumerate(claims, 1)]
    for place, names in places:
        with placed(place):
            for name in names:
                check_name(name, shares)
    return list(dict.fromkeys(name for _, names in places for name in names))


def _check_derive(derive: Mapping[str, str]) -> None:
    for name in derive:
        if name not in DERIVATIONS:
            raise ScenarioError(
                f"{name} has no alternative derivations{did_you_mean(name, DERIVATIONS)};"
                f" those that have are {', '.join(DERIVATIONS)}",
                where=f"derive.{name}",
            )
        choose(name, derive)


def _shares(file: ScenarioFile) -> dict[str, float]:
    total = sum(workload.share for workload in file.workloads.values())
    for scope in file.workloads:
        if not scope.isidentifier():
            raise ScenarioError(
                "a workload's name is letters, digits and _; rename it", where=f"workloads.{scope}"
            )
    return {scope: workload.share / total for scope, workload in file.workloads.items()}


def _checks(
    given: Mapping[str, Input], derive: Mapping[str, str], shares: Mapping[str, float]
) -> tuple[dict[str, Check], tuple[str, ...]]:
    checks: dict[str, Check] = {}
    unchecked: dict[str, None] = {}
    for check in CHECKS:
        nodes = grow_if_possible(check.quantity, given=given, derive=derive, workloads=shares)
        checks.update(dict.fromkeys(nodes, check))
        if not nodes:
            unchecked[check.reason] = None
    held = {check.reason for check in checks.values()}
    return checks, tuple(reason for reason in unchecked if reason not in held)


def _needed(profile: str | None, inputs: Mapping[str, Input]) -> str:
    """Return the name of a profile if the tree uses any of it."""
    return profile if profile and any(each.profile == profile for each in inputs.values()) else ""


def _claim(table: ClaimTable) -> Claim:
    known = quantity(table.quantity.rpartition(".")[2])
    unit = table.unit or known.display
    scale = factor(unit, known.unit) / factor(known.display, known.unit)
    return Claim(
        table.says,
        table.quantity,
        table.claimed * scale,
        table.verdict,
        table.because,
        table.source,
        table.tolerance,
    )


def _drawn(known: Calibration | None, inputs: Mapping[str, Input]) -> Calibration | None:
    """Return a calibration if the tree uses any of it."""
    return known if known and any(name in inputs for name in known.names) else None


def _used(joint: Joint, tree: Tree) -> Joint:
    columns = {name: column for name, column in joint.columns.items() if name in tree}
    return Joint(joint.name, MappingProxyType(columns))


def _each[Table, Read](
    tables: list[Table], place: str, read: Callable[[Table], Read]
) -> tuple[Read, ...]:
    found: list[Read] = []
    for number, table in enumerate(tables, 1):
        with placed(f"{place} {number}"):
            found.append(read(table))
    return tuple(found)
