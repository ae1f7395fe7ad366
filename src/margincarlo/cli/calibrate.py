"""`margincarlo calibrate`: learn from prices, and report what they taught."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from margincarlo.errors import CalibrationError, did_you_mean

if TYPE_CHECKING:
    from margincarlo.calibration.posterior import Posterior
    from margincarlo.cli.page import Block


@click.group(
    "calibrate",
    invoke_without_command=True,
    # What click makes of it differs between its versions.
    subcommand_metavar="[COMMAND] [ARGS]...",
    short_help="Learn costs and rents from prices.",
)
@click.option(
    "--snapshot", metavar="FILE.json.gz", help="Prices to learn from; the shipped otherwise."
)
@click.option("--out", metavar="FILE", help="Where the posterior goes, a netCDF file.")
@click.option(
    "--rent",
    "rents",
    metavar="NAME[=WEIGHT]",
    multiple=True,
    help="Assumption about rent: two_sided, softplus, exponential or gamma. May be repeated;"
    " otherwise the default mixture.",
)
@click.option("--draws", type=click.IntRange(min=100), help="Draws of each of four chains.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of sampler and folds."
)
@click.option(
    "--accept-anyway", is_flag=True, help="Keep a posterior that the gate refuses, and record why."
)
@click.pass_context
def command(
    context: click.Context,
    snapshot: str | None,
    out: str | None,
    rents: Sequence[str],
    draws: int | None,
    seed: int,
    accept_anyway: bool,
) -> None:
    """Learn from what hosts ask: cost beliefs, and the rent of each model over its cost.

    Every assumption about rent is sampled with four chains, and families of models are held out in
    turn; a posterior that does not pass is refused, and nothing is written. Takes some minutes. The
    same seed gives the same posterior on the same versions.
    """
    if context.invoked_subcommand is not None:
        return
    if out is None:
        raise click.UsageError("Missing option '--out'.")
    _calibrate(snapshot, Path(out), _weights(rents), draws, seed, accept_anyway)


def _calibrate(
    snapshot: str | None,
    out: Path,
    weights: dict[str, float] | None,
    draws: int | None,
    seed: int,
    accept_anyway: bool,
) -> None:
    from margincarlo.calibration.learn import DRAWS, Settings, calibrate
    from margincarlo.calibration.rent import WEIGHTS
    from margincarlo.calibration.stored import write_posterior
    from margincarlo.cli.emit import emit_blocks
    from margincarlo.prices.offers import offers
    from margincarlo.prices.snapshot import read_snapshot
    from margincarlo.result.export import check_writable

    out.parent.mkdir(parents=True, exist_ok=True)
    check_writable(out)
    settings = Settings(
        weights=weights or WEIGHTS,
        draws=draws or DRAWS,
        seed=seed,
        accept_anyway=accept_anyway,
    )
    found = offers(read_snapshot(Path(snapshot) if snapshot else None))
    with progress(settings.steps) as tell:
        posterior = calibrate(found, settings, report=tell)
    write_posterior(posterior, out)
    emit_blocks(list(_page(posterior, out)))


def _weights(rents: Sequence[str]) -> dict[str, float] | None:
    from margincarlo.calibration.rent import RENTS

    found: dict[str, float] = {}
    for text in rents:
        name, _, weight = text.partition("=")
        if name not in RENTS:
            raise CalibrationError(
                f"--rent {text!r}: there is no assumption {name!r}{did_you_mean(name, RENTS)};"
                f" choose from {', '.join(RENTS)}"
            )
        found[name] = _weight(text, weight)
    return found or None


def _weight(text: str, weight: str) -> float:
    try:
        value = float(weight or 1)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise CalibrationError(
            f"--rent {text!r}: a weight is a number above 0, such as two_sided=0.5"
        )
    return value


@contextmanager
def progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show a bar on a terminal, and nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=steps)

        def tell(text: str) -> None:
            bar.update(task, advance=1, description=text)

        yield tell


def _page(posterior: Posterior, out: Path) -> Iterator[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.cli.scores import CROSS_FITTED, SCORES, score_cells, score_reading
    from margincarlo.result.tables import Remark, Table

    known = posterior.provenance
    yield Heading("Sampler")
    rows = tuple(
        (
            kind,
            f"{known['weights'][kind]:.2f}",
            f"{each['rhat']:.3f}",
            f"{each['ess']:.0f}",
            str(each["divergences"]),
            f"{each['bfmi']:.2f}",
        )
        for kind, each in known["diagnostics"].items()
    )
    header = ("rent", "weight", "R-hat", "least ESS", "divergences", "E-BFMI")
    yield Table(header, rows, frozenset(range(1, 6)))
    yield Heading("Prices of families held out")
    scores = tuple(
        (f"{kind}, {how}", *score_cells(each))
        for how, of in (("as modeled", "held_out_as_modeled"), ("recalibrated", "held_out"))
        for kind, each in known[of].items()
    )
    yield Table(SCORES, scores, frozenset(range(1, len(SCORES))))
    yield score_reading(f"families in {known['folds']} folds", CROSS_FITTED)
    yield Remark(
        f"{known['endpoints']} endpoints of {known['models']} models, seen {known['observed_at']};"
        f" {posterior.size} joint draws written to {out}."
        " `margincarlo calibrate report` says what they taught."
    )
    for failure in known["accepted_anyway"]:
        yield Remark(f"accepted anyway: {failure}", loud=True)


@command.command("report", short_help="Write what a calibration taught as an HTML page.")
@click.argument("posterior", required=False, metavar="[FILE]")
@click.option("--snapshot", metavar="FILE.json.gz", help="The prices that it was learned from.")
@click.option("-o", "--output", metavar="FILE.html", required=True, help="Where the page goes.")
def report(posterior: str | None, snapshot: str | None, output: str) -> None:
    """Say in words and pictures what prices taught, and what they cannot teach.

    FILE is a posterior of `margincarlo calibrate`; the one that ships with the package otherwise.
    """
    from margincarlo.calibration.stored import read_posterior
    from margincarlo.prices.offers import offers
    from margincarlo.prices.snapshot import read_snapshot
    from margincarlo.report.calibration import write_calibration_report
    from margincarlo.result.export import check_writable

    check_writable(output)
    found = read_posterior(Path(posterior) if posterior else None)
    seen = offers(read_snapshot(Path(snapshot) if snapshot else None))
    if seen.sha256 != found.provenance["snapshot"]:
        raise CalibrationError(
            "the posterior was learned from other prices than these; name them with --snapshot"
        )
    write_calibration_report(found, seen, Path(output))
    click.echo(f"Written to {output}")
