"""`margincarlo new`: write a scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from margincarlo.errors import ScenarioError


@click.command("new", short_help="Write a scenario to start from.")
@click.argument("file", metavar="FILE")
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
def command(file: str, force: bool) -> None:
    """Write a commented scenario that runs as it is, to be changed into your own."""
    from importlib import resources

    from margincarlo.result.export import write_text

    if Path(file).exists() and not force:
        raise ScenarioError("is there already; --force replaces it", where=file)
    starter = resources.files("margincarlo") / "data" / "starter.toml"
    write_text(file, starter.read_text(encoding="utf-8"))
    click.echo(f"Wrote {file}; `margincarlo run {file}` answers its question.", err=True)
