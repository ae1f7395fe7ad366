"""`margincarlo report`: the result of a scenario as one HTML page."""

from __future__ import annotations

from typing import Any

import click

from margincarlo.cli.options import Settings, run_options


@click.command("report", short_help="Write the result as one HTML page.")
@click.argument("scenario")
@click.option("--output", "-o", metavar="FILE", required=True, help="The HTML file to write.")
@run_options
def command(scenario: str, output: str, **options: Any) -> None:
    """Run a scenario and write one HTML page that works from disk and prints well.

    It shows the answer first, then distributions, costs, assumptions with their evidence, and how
    to run the same again.
    """
    from margincarlo.report import write_report
    from margincarlo.result.export import check_writable

    check_writable(output)
    settings = Settings(**options)
    write_report(settings.simulate(settings.load(scenario)), output)
    click.echo(f"Wrote {output}", err=True)
