"""`margincarlo tree`: how outputs follow from what is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from margincarlo.cli.page import Block
    from margincarlo.scenario import Input, Scenario


RANGES = "~ is uncertain: the range is the central (equal-tailed) 90 % interval."


@click.command("tree", short_help="Show how outputs follow from inputs.")
@click.argument("scenario", required=False)
@click.option("--of", metavar="QUANTITY", help="Start from this quantity, not from the outputs.")
@click.option("--svg", metavar="FILE", help="Write a picture instead.")
@click.option("--depends", metavar="QUANTITY", help="List what this quantity depends on instead.")
def command(scenario: str | None, of: str | None, svg: str | None, depends: str | None) -> None:
    """Show how the outputs of SCENARIO follow from what it gives.

    Without a scenario: list every quantity there is, and the ways of deriving it.
    """
    from margincarlo.cli.emit import emit, emit_blocks
    from margincarlo.cli.shell import one_line
    from margincarlo.scenario import load
    from margincarlo.tree.drawing import tree_lines, tree_svg

    if scenario is None:
        if of or svg or depends:
            raise click.UsageError("--of, --svg and --depends need a SCENARIO")
        emit_blocks(_nomenclature())
        return
    found = load(scenario)
    labels = {name: label(given) for name, given in found.inputs.items()}
    names = (of,) if of else found.outputs
    if depends:
        emit_blocks(_dependencies(found, depends))
    elif svg:
        emit(tree_svg(found.tree, names, labels, one_line(found.title)), svg)
    else:
        lines = tree_lines(found.tree, names, labels)
        emit("\n".join([one_line(found.title), "", *lines, "", RANGES, ""]), None)


def label(given: Input) -> str:
    """Return value or central 90 % interval of an input in its display unit."""
    from margincarlo.cli.shell import one_line
    from margincarlo.units import factor

    known = given.quantity
    scale = given.factor / factor(known.display, known.unit)
    unit = "" if known.display == "1" else f" {known.display}"
    if given.is_point:
        text = f"= {_number(given.belief.mean * scale)}{unit}"
    else:
        low, high = (_number(given.belief.quantile(share) * scale) for share in (0.05, 0.95))
        family = f"rows of {given.joint}" if given.joint else given.belief.family
        text = f"~ {low} to {high}{unit}, {family}"
    origin = f"profile {given.profile}" if given.profile else given.origin
    named = given.origin in ("profile", "registry")
    return one_line(f"{text}, {origin}" if named else text)


def _number(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}"


def _dependencies(scenario: Scenario, name: str) -> Iterator[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.result.tables import Remark, Table

    behind = scenario.tree.depends_on(name)
    nodes = [node for node in scenario.tree if node.name in behind]
    inputs = [scenario.inputs[node.name] for node in nodes if not node.needs]
    groups = {
        "Uncertain": [each for each in inputs if not each.is_point],
        "Known": [each for each in inputs if each.is_point and each.origin != "default"],
        "Neutral by default": [each for each in inputs if each.origin == "default"],
    }
    yield Heading(f"{name} depends on {len(inputs)} inputs")
    for title, members in groups.items():
        if members:
            rows = tuple((each.name, label(each), each.quantity.meaning) for each in members)
            yield Table((title, "value", "meaning"), rows)
    derived = ", ".join(node.name for node in nodes if node.needs)
    yield Remark(f"Derived on the way: {derived or 'nothing'}.")
    yield Remark(RANGES)


def _nomenclature() -> Iterator[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.equations import DERIVATIONS, EQUATIONS
    from margincarlo.quantities import quantities
    from margincarlo.result.tables import Table

    def source(name: str, default: float | None) -> str:
        if name in EQUATIONS or name in DERIVATIONS:
            return "derived"
        return "given" if default is None else f"given, or {default:g}"

    yield Heading("Quantities: what a scenario may give, and what equations derive")
    rows = tuple(
        (each.name, each.display, source(each.name, each.default), each.meaning)
        for each in quantities().values()
    )
    yield Table(("quantity", "unit", "from", "meaning"), rows)
    yield Heading("Quantities with several derivations: choose under [derive], the first is usual")
    ways = tuple((name, " | ".join(ways)) for name, ways in DERIVATIONS.items())
    yield Table(("quantity", "ways"), ways)
