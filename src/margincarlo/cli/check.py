"""`margincarlo check`: validate scenarios without running them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from margincarlo.errors import MargincarloError


@click.command("check", short_help="Validate scenarios without running them.")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.pass_context
def command(ctx: click.Context, paths: Sequence[str]) -> None:
    """Validate scenario files, and all *.toml in folders, without running them.

    Prints a line for each, OK or FAIL with the reason. Exits with code 1 if any fails.
    """
    from margincarlo.cli.shell import one_line

    failed = False
    for path in _files(paths):
        problem = _problem(path)
        failed |= bool(problem)
        click.echo(f"FAIL {one_line(problem)}" if problem else f"OK   {one_line(str(path))}")
    if failed:
        ctx.exit(1)


def _files(paths: Sequence[str]) -> Iterator[Path]:
    for path in map(Path, paths):
        found = sorted(path.rglob("*.toml")) if path.is_dir() else []
        yield from found or [path]


def _problem(path: Path) -> str:
    from margincarlo.scenario import load

    if path.is_dir():
        return f"{path}: is a folder without scenario files (*.toml)"
    try:
        load(path)
    except MargincarloError as problem:
        said = str(problem)
        return said if said.startswith(str(path)) else f"{path}: {said}"
    return ""
