"""`margincarlo fit`: learn from measurements again."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from margincarlo.cli.page import Block
    from margincarlo.throughput.posterior import Posterior
    from margincarlo.throughput.summary import Learnt

# What the summary shows: a mixture and a dense model with measurements on several accelerators.
REFERENCES = (("deepseek/deepseek-r1", "sglang"), ("meta-llama/llama-3.3-70b-instruct", "trt"))


@click.group("fit", short_help="Learn efficiencies from measurements.")
def command() -> None:
    """Learn what ships with the package again, or from a table of your own."""


@command.command("throughput", short_help="Learn the efficiencies of the throughput equations.")
@click.option("--data", metavar="FILE.csv", help="A table of measurements; the shipped otherwise.")
@click.option("--out", metavar="FILE.npz", required=True, help="Where the posterior goes.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--as-of", metavar="DATE", help="Date of the measurements; today otherwise.")
def throughput(data: str | None, out: str, seed: int, as_of: str | None) -> None:
    """Sample the hierarchical model with PyMC, check it, and write its posterior.

    Takes a few minutes. A sample that does not pass its diagnostics is refused, and nothing is
    written. The same seed gives the same posterior on the same versions.
    """
    from pathlib import Path

    from margincarlo.cli.emit import emit_blocks
    from margincarlo.measurements import read_measurements
    from margincarlo.result.export import check_writable
    from margincarlo.result.tables import Remark
    from margincarlo.throughput.learn import learn
    from margincarlo.throughput.stored import write_learned

    check_writable(out)
    table = read_measurements(data)
    when = as_of or date.today().isoformat()  # noqa: DTZ011 - the user's own calendar
    learned = learn(table, seed=seed, as_of=when, progress=sys.stderr.isatty())
    write_learned(learned, Path(out))
    found = learned.provenance
    checks = found["diagnostics"]
    emit_blocks(
        [
            *_summary(learned.posterior),
            Remark(
                f"Learned from {found['measurements']} measurements with seed {found['seed']}:"
                f" R-hat at most {checks['rhat']:.3f}, effective sample size at least"
                f" {checks['ess']:.0f}, {checks['divergences']} divergences. Written to {out}."
            ),
        ]
    )


def _summary(posterior: Posterior) -> list[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.result.tables import Remark, Table
    from margincarlo.throughput.summary import SHOWN, learnt

    blocks: list[Block] = []
    for model, engine in REFERENCES:
        rows = list(learnt(posterior, model, engine=engine))
        parts = dict.fromkeys(row.accelerator for row in rows)
        cells = tuple(
            (part, *(_cell(row) for row in rows if row.accelerator == part)) for part in parts
        )
        header = ("accelerator", *(f"{name} [{unit}]" for name, (_, unit) in SHOWN.items()))
        blocks.append(Heading(f"{model} in FP8, {engine}"))
        blocks.append(Table(header, cells, frozenset(range(1, len(header)))))
    text = "Median ± Monte Carlo standard error, and the central 90 % interval of the posterior."
    return [*blocks, Remark(text)]


def _cell(row: Learnt) -> str:
    return f"{row.median:.3g} ± {row.error:.1g} ({row.low:.3g} to {row.high:.3g})"
