"""The reference pages of the command line and of its JSON, from `--help` and from the schema."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

import click

COMMANDS = """\
# Command line

Written from each command's `--help`. What is wrong with a scenario, an option's value or a file
ends in one line, `Error: …`, on standard error and exit code 1; a misspelt option ends in exit code
2. Warnings are one-line notes on standard error. On a terminal tables have color and long runs a
progress bar; in a pipe or a file everything is plain text. Every command calls the Python
interface: `run` is `margincarlo.load`, `margincarlo.simulate` and the methods of `Simulation`.

`run --format csv` prints one figure a row: scenario, name of the output or statement, unit, figure
(`probability`, `mean`, `sd`, `median`, `q5`, …), value, and its Monte Carlo error. Where inputs are
rows of a calibration on prices, rows under each assumption about rent follow; their scenario is
called `host: softplus`. `--format json` is described in [](json.md); with several scenarios it is a
list of such objects.
"""

RESULT = """\
# JSON of a result

What `margincarlo run --format json` prints and `Simulation.to_json` writes. The same seed gives the
same bytes, whatever the number of workers and the machine's paths and clock. The JSON Schema is in
the package: `margincarlo/data/result.schema.json`. `null` stands for a number that is not finite;
in a path `*` stands for a name, `[]` for every item of a list, and `?` marks what may be absent.

| Path | Type | Meaning |
| --- | --- | --- |
"""


def command_page(main: click.Group) -> str:
    """Return the reference page of a group of commands."""
    context = click.Context(main, info_name="margincarlo")
    parts = [COMMANDS, _section("margincarlo", main)]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if command is not None:
            parts.append(_section(f"margincarlo {name}", command))
    return "\n".join(parts)


def _section(title: str, command: click.Command) -> str:
    # A width of its own, so that the page does not depend on the terminal of whoever writes it.
    context = click.Context(command, info_name=title, max_content_width=88, terminal_width=88)
    return f"## `{title}`\n\n```text\n{command.get_help(context)}\n```\n"


def result_page() -> str:
    """Return the reference page of the JSON of a result."""
    schema = resources.files("margincarlo") / "data" / "result.schema.json"
    content = json.loads(schema.read_text(encoding="utf-8"))
    rows = (f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _fields(content, ""))
    return RESULT + "\n".join(rows) + "\n"


def _fields(schema: dict[str, Any], path: str) -> Iterator[tuple[str, str, str]]:
    if path:
        yield path, _kind(schema), schema["description"]
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        optional = "" if name in required else "?"
        yield from _fields(field, f"{path}.{name}{optional}".lstrip("."))
    named, item = schema.get("additionalProperties"), schema.get("items")
    if isinstance(named, dict) and "description" in named:
        yield from _fields(named, f"{path}.*")
    if isinstance(item, dict) and "description" in item:
        yield from _fields(item, f"{path}[]")


def _kind(schema: dict[str, Any]) -> str:
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(each)}`" for each in schema["enum"])
    kind = schema.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else kind
