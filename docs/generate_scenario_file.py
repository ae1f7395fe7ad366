"""Write the reference page of the scenario file: `python docs/generate_scenario_file.py`.

A test fails when the page is not what this script would write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from margincarlo.beliefs.fitting import TWO_PARAMETERS
from margincarlo.beliefs.moments import FAMILIES
from margincarlo.equations import DERIVATIONS
from margincarlo.quantities import quantities
from margincarlo.registry.formats import KV_PRECISIONS, PRECISIONS
from margincarlo.scenario.file import (
    AskTable,
    ClaimTable,
    CorrelationTable,
    InputTable,
    JointTable,
    PosteriorTable,
    RunTable,
    ScenarioFile,
    WorkloadTable,
)
from margincarlo.scenario.layers import MERGED
from margincarlo.scenario.read import DEEPEST, LARGEST_FILE

HERE = Path(__file__).parent
PAGE = HERE / "reference" / "scenario_file.md"
TEMPLATE = HERE / "_templates" / "scenario_file.md"

# What the schema leaves to the name of the key.
MEANINGS = {
    "description": "what there is to say about the question",
    "workloads": "kinds of requests in a mix",
    "correlation": "rank correlations",
    "joint": "inputs whose joint draws come from a file",
    "ask": "statements whose probability is wanted",
    "claim": "published numbers to hold against what comes out here",
    "run": "how to run",
    "because": "why, for the reader",
    "unit": "its unit; the quantity's display unit otherwise",
    "source": "who says so, and where",
    "as_of": "date that the numbers describe",
    "note": "what a reader must know to judge them",
    "inputs": "the columns to use, or what this workload believes",
    "units": "unit of a column; the quantity's display unit otherwise",
    "draws": "draws wanted, rounded up to what the sampler can balance",
    "seed": "the same seed gives the same bits",
    "sampler": "scrambled Sobol points, or pseudo-random draws",
}
MODELS = (
    ScenarioFile,
    InputTable,
    WorkloadTable,
    CorrelationTable,
    JointTable,
    PosteriorTable,
    AskTable,
    ClaimTable,
    RunTable,
)
LIMITS = {"gt": "above", "ge": "at least", "lt": "below", "le": "at most"}
WORDS = {str: "text", int: "whole number", float: "number", Any: "number"}


def table(model: type[BaseModel]) -> str:
    """Return a table of the keys of `model`: type, default and meaning."""
    rows = ["| Key | Type | Default | Meaning |", "| --- | --- | --- | --- |"]
    rows += [_row(name, field) for name, field in model.model_fields.items()]
    return "\n".join(rows)


def derivations() -> str:
    """Return a table of the quantities that have several derivations."""
    known = quantities()
    rows = ["| Quantity | Ways, the default first | Meaning |", "| --- | --- | --- |"]
    for name, ways in DERIVATIONS.items():
        links = [f"{{py:func}}`{way} <{f.__module__}.{f.__name__}>`" for way, f in ways.items()]
        rows.append(f"| `{name}` | {', '.join(links)} | {known[name].meaning} |")
    return "\n".join(rows)


def units() -> str:
    """Return tables of prefixes and units, from the file that defines them."""
    text = (resources.files("margincarlo") / "data" / "units.txt").read_text(encoding="utf-8")
    lines = [line.split(" = ") for line in text.splitlines() if " = " in line and line[0] != "#"]
    prefixes = [_definition(line, "-") for line in lines if line[0].endswith("-")]
    named = [_definition(line, "") for line in lines if not line[0].endswith("-")]
    head = "| Written | Also | Is |\n| --- | --- | --- |\n"
    return f"{head}{'\n'.join(named)}\n\nPrefixes:\n\n{head}{'\n'.join(prefixes)}"


def page() -> str:
    """Return the whole page."""
    parts = {
        "top": table(ScenarioFile),
        "input": table(InputTable),
        "workload": table(WorkloadTable),
        "correlation": table(CorrelationTable),
        "joint": table(JointTable),
        "posterior": table(PosteriorTable),
        "ask": table(AskTable),
        "claim": table(ClaimTable),
        "run": table(RunTable),
        "derivations": derivations(),
        "units": units(),
        "quantile_families": _listed(TWO_PARAMETERS),
        "moment_families": _listed(FAMILIES),
        "precisions": _listed(PRECISIONS),
        "kv_precisions": _listed(KV_PRECISIONS),
        "merged": _listed(f"[{name}]" for name in MERGED),
        "largest": f"{LARGEST_FILE / 1e6:g} MB",
        "deepest": str(DEEPEST),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    return re.sub(r"<<(\w+)>>", lambda found: parts[found[1]], text)


def _row(name: str, field: FieldInfo) -> str:
    shown = field.alias or name
    words = ", ".join([*_type(name, field), *_limits(field)])
    return f"| `{shown}` | {words} | {_default(field)} | {field.description or MEANINGS[name]} |"


def _type(name: str, field: FieldInfo) -> Iterator[str]:
    if name == "as_of":
        yield "text or date"
        return
    kinds = [kind for kind in _members(field.annotation) if kind is not type(None)]
    for kind in kinds:
        yield _words(kind)


def _members(annotation: Any) -> tuple[Any, ...]:
    # `X | None` has members; `list[X]`, `dict[str, X]` and `Literal` are one kind of thing.
    composed = get_origin(annotation) in (list, dict, Literal)
    return (annotation,) if composed or not get_args(annotation) else get_args(annotation)


def _words(kind: Any) -> str:
    arguments = get_args(kind)
    if get_origin(kind) is Literal:
        return " or ".join(f"`{value!r}`".replace("'", '"') for value in arguments if value != "")
    if get_origin(kind) is list:
        return f"list of {_words(arguments[0])}s".replace("texts", "text")
    if get_origin(kind) is dict or (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return "table"
    return WORDS[kind]


def _limits(field: FieldInfo) -> Iterator[str]:
    for limit in field.metadata:
        for key, words in LIMITS.items():
            if hasattr(limit, key):
                yield f"{words} {getattr(limit, key):g}"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = field.default
    if value in (None, "", [], {}) or field.default_factory is not None:
        return ""
    return f"`{value!r}`".replace("'", '"')


def _definition(parts: list[str], dash: str) -> str:
    name, value, *others = (part.strip().removesuffix("-") + dash for part in parts)
    base = value.startswith("[")
    also = ", ".join(f"`{other}`" for other in others if other != f"_{dash}")
    return f"| `{name}` | {also} | {'base unit' if base else value.removesuffix('-')} |"


def _listed(names: Any) -> str:
    *first, last = (f"`{name}`" for name in names)
    return f"{', '.join(first)} and {last}"


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
