"""The command line: reads arguments, calls the Python interface, prints.

Every command is a thin function in a file of its own. Nothing but click is imported before a
command runs, so that ``--help`` answers at once.
"""

from __future__ import annotations

import click

from margincarlo import __version__
from margincarlo.cli import (
    accelerators,
    calibrate,
    check,
    fit,
    models,
    new,
    prices,
    profiles,
    report,
    run,
    tree,
    validate,
)
from margincarlo.cli.shell import Commands

__all__ = ["main"]


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="margincarlo")
def main() -> None:
    """Monte Carlo uncertainty analysis for the economics of LLM inference.

    A scenario file states what you believe about GPU prices, throughput, traffic and token prices;
    `run` answers with credible intervals and probabilities. Start with `new` and `check`.
    """


for module in (
    run,
    check,
    new,
    tree,
    models,
    accelerators,
    calibrate,
    profiles,
    prices,
    report,
    validate,
    fit,
):
    main.add_command(module.command)
