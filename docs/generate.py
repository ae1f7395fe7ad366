"""Write the reference pages that follow from the code: `python docs/generate.py`.

A test fails when a page is not what this script would write.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import margincarlo
from margincarlo.cli import main as command_line
from margincarlo.cli.reference import command_page, result_page
from margincarlo.equations import DERIVATIONS, EQUATIONS, MODULES
from margincarlo.measurements import COLUMNS, Column
from margincarlo.quantities import Quantity, quantities
from margincarlo.result.export import json_text, write_text
from margincarlo.scenario import scenario_schema

REFERENCE = Path(__file__).parent / "reference"
DATA = Path(margincarlo.__file__).parent / "data"

GREEK = frozenset(
    {"alpha", "beta", "gamma", "delta", "eta", "theta", "kappa", "lambda", "mu", "pi", "rho"}
    | {"tau", "phi", "psi", "ell"}
)
_SYMBOL = re.compile(r"([A-Za-z/]+)(?:_([A-Za-z0-9,]+))?(['*]?)")

NOMENCLATURE = """\
# Nomenclature

Every quantity, as it is called in signatures, scenario files, tables and reports. The unit is the
one that people see, and that is meant where a scenario names none; inside, everything is in the
base unit. A value outside the range is refused. A quantity that has an equation may be given all
the same: that cuts off everything above it.

## What you may state

| Quantity | Symbol | Unit | Base unit | Range | Default | Meaning |
| --- | --- | --- | --- | --- | --- | --- |
{inputs}

## What an equation yields

A quantity with several ways of deriving it lists them, the default first.

| Quantity | Symbol | Unit | Base unit | Derived by | Meaning |
| --- | --- | --- | --- | --- | --- |
{derived}
"""

EQUATION_PAGE = """\
# Equations

Each equation is a function named after the quantity it yields; its keyword arguments are the
quantities it needs, in base units: s, B, FLOP, token, param, GPU, USD, J. Operands may be floats,
NumPy arrays or PyTensor variables, and the result has the shape that they broadcast to. No equation
checks its operands: what is out of range is refused where a scenario is read.
[](nomenclature.md) lists the symbols.
"""

MEASUREMENTS_PAGE = """\
# Tables of measurements

What `margincarlo validate throughput --data FILE.csv` and `margincarlo fit throughput --data
FILE.csv` read: comma-separated values in UTF-8, one row for each run of a benchmark, the names of
the columns in the first row. The order of columns is free, and columns of other names are
ignored. An empty cell means "not published".

| Column | Holds | Meaning |
| --- | --- | --- |
{columns}

A file without one of the columns marked "needed" is refused. A row is judged if it has, besides
those, a time per token (`tpot_ms` or `interactivity_tok_s_user`) and a hint at the batch: a rate
(`decode_tok_s_per_gpu` or `total_tok_s_per_gpu`) or `concurrency_or_batch`. The rate comes first:
by Little's law, sequences in flight are output tokens per second times the time per token.

A row that cannot be judged is skipped, and counted with its reason: a model or accelerator that
the registry does not know, tokens that are drafted, figures that contradict each other, weights
that do not fit, a time that no machine can reach. Of several runs of one configuration the newest
counts. A flag is True or False.
"""


def latex(symbol: str) -> str:
    """Return a symbol of the table, such as ``u_commit``, as LaTeX."""
    match = _SYMBOL.fullmatch(symbol)
    if match is None:
        raise ValueError(f"symbol {symbol!r} is not of the form base_subscript, then ' or *")
    base, subscript, mark = match.groups()
    if base in GREEK:
        base = "\\" + base
    elif len(base) > 1:
        base = base if "/" in base else rf"\mathrm{{{base}}}"
    if subscript == "bar":
        return rf"\bar{{{base}}}"
    if subscript:
        base += f"_{subscript}" if len(subscript) == 1 else rf"_{{\mathrm{{{subscript}}}}}"
    return base + {"": "", "'": "'", "*": "^{*}"}[mark]


def nomenclature() -> str:
    """Return the page that lists every quantity."""
    derived = {**EQUATIONS, **DERIVATIONS}
    every = quantities().values()
    return NOMENCLATURE.format(
        inputs="\n".join(_input_row(each) for each in every if each.name not in derived),
        derived="\n".join(_derived_row(each) for each in every if each.name in derived),
    )


def equations() -> str:
    """Return the page that shows every equation, in the order of the modules."""
    sections = [
        f"## {module.__name__.rpartition('.')[2].replace('_', ' ').capitalize()}\n\n"
        f"```{{eval-rst}}\n.. automodule:: {module.__name__}\n   :members:\n```\n"
        for module in MODULES
    ]
    return "\n".join([EQUATION_PAGE, *sections])


def measurements() -> str:
    """Return the page that lists the columns of a table of measurements."""
    return MEASUREMENTS_PAGE.format(columns="\n".join(_column_row(each) for each in COLUMNS))


def _column_row(column: Column) -> str:
    holds = f"{column.kind}, needed" if column.needed else column.kind
    return f"| `{column.name}` | {holds} | {column.meaning} |"


def _input_row(quantity: Quantity) -> str:
    default = "" if quantity.default is None else f"{quantity.default:g}"
    cells = (*_head(quantity), _range(quantity), default, quantity.meaning)
    return f"| {' | '.join(cells)} |"


def _derived_row(quantity: Quantity) -> str:
    ways = DERIVATIONS.get(quantity.name)
    found = ways.values() if ways else [EQUATIONS[quantity.name]]
    links = ", ".join(f"{{py:func}}`~{way.__module__}.{way.__name__}`" for way in found)
    return f"| {' | '.join((*_head(quantity), links, quantity.meaning))} |"


def _head(quantity: Quantity) -> tuple[str, str, str, str]:
    return (
        f"`{quantity.name}`",
        f"${latex(quantity.symbol)}$",
        quantity.display.replace("%", r"\%"),
        quantity.unit,
    )


def _range(quantity: Quantity) -> str:
    lower, upper = quantity.support
    if math.isinf(lower):
        return "any" if math.isinf(upper) else f"up to {upper:g}"
    return f"from {lower:g}" if math.isinf(upper) else f"{lower:g} to {upper:g}"


def main() -> None:
    """Write the pages, and the schema that editors use."""
    REFERENCE.mkdir(exist_ok=True)
    pages = {
        "nomenclature.md": nomenclature(),
        "equations.md": equations(),
        "measurements.md": measurements(),
        "cli.md": command_page(command_line),
        "json.md": result_page(),
    }
    for name, text in pages.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
    write_text(DATA / "scenario.schema.json", json_text(scenario_schema()))


if __name__ == "__main__":
    main()
