"""`margincarlo prices`: fetch what hosts ask, show it, and compare two days."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from margincarlo.errors import SnapshotError, did_you_mean

if TYPE_CHECKING:
    from margincarlo.cli.page import Block
    from margincarlo.prices.listing import Offer, Snapshot
    from margincarlo.prices.sweep import Progress

SHIPPED = "shipped"
# Spelt out, because `--help` must not wait for what opens connections; a test keeps it equal.
URL = "https://openrouter.ai/api/v1"


@click.group("prices", short_help="Fetch, show and compare prices of hosts.")
def command() -> None:
    """What hosts on OpenRouter ask for tokens: dated snapshots in files that are never changed.

    The snapshot that ships with the package serves wherever none is named.
    """


def format_option[Function: Callable[..., Any]](function: Function) -> Function:
    """Give a command the option --format."""
    style = click.option(
        "--format",
        "style",
        type=click.Choice(("text", "json", "csv", "md")),
        default="text",
        show_default=True,
        help="How to print it.",
    )
    return style(function)


@command.command("fetch", short_help="Read today's prices into a new snapshot.")
@click.option("--out", metavar="FILE.json.gz", required=True, help="New file for the snapshot.")
@click.option(
    "--model",
    "models",
    metavar="SLUG",
    multiple=True,
    help="Only this model, closed or not, such as deepseek/deepseek-v3.2. May be repeated.",
)
@click.option("--closed", is_flag=True, help="Ask about models without published weights too.")
@click.option("--accept-partial", is_flag=True, help="Write it even if many models fail.")
@click.option("--url", metavar="URL", default=URL, show_default=True, help="Address of the API.")
def fetch(out: str, models: Sequence[str], closed: bool, accept_partial: bool, url: str) -> None:
    """Read what hosts ask now, and write it as a new snapshot: whole or not at all.

    A fetch that was stopped goes on where it was if it is run again within two hours. With a key in
    the environment variable OPENROUTER_API_KEY the service also tells speeds.
    """
    from margincarlo.cli.emit import emit_blocks
    from margincarlo.cli.prices_page import fetched
    from margincarlo.prices.fetch import fetch_prices

    last: list[Progress] = []
    with _progress() as show_progress:

        def tell(progress: Progress) -> None:
            last[:] = [progress]
            show_progress(progress)

        found = fetch_prices(
            url=url,
            out=Path(out),
            models=models,
            closed=closed,
            accept_partial=accept_partial,
            report=tell,
        )
    for slug, reason in found.failures:
        click.echo(f"Note: {slug} could not be read: {reason}", err=True)
    emit_blocks(fetched(found, last[0], out))


@command.command("show", short_help="List the offers of a snapshot.")
@click.argument("snapshot", default=SHIPPED)
@click.option("--model", metavar="TEXT", default="", help="Only models whose slug contains it.")
@format_option
def show(snapshot: str, model: str, style: str) -> None:
    """List the offers of SNAPSHOT, a file that `prices fetch` wrote; otherwise the shipped ones.

    Prices are what a buyer pays for a million tokens, after promotions; JSON and CSV also give the
    prices before. `margincarlo validate prices --data` reads the CSV.
    """
    from dataclasses import asdict

    from margincarlo.cli.prices_page import offer_cells, offers_page
    from margincarlo.prices.offer_columns import NAMES

    found = _read(snapshot)
    offers = _of_model(found, model)
    head = {
        "observed_at": found.observed_at,
        "source": found.source,
        "sha256": found.sha256,
        "failures": dict(found.failures),
    }
    _print(
        style,
        lambda: {**head, "offers": [asdict(offer) for offer in offers]},
        (NAMES, [offer_cells(offer, found.observed_at) for offer in offers]),
        lambda: offers_page(found, offers),
    )


@command.command("diff", short_help="Compare two snapshots.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Rows of each table; JSON and CSV have all.",
)
@format_option
def diff(old: str, new: str, top: int, style: str) -> None:
    """Compare the prices in the snapshot OLD with those in NEW.

    Either is a file that `prices fetch` wrote, or the word "shipped". Shows what moved most, how
    the median price moved, which endpoints and promotions came and went.
    """
    from margincarlo.cli.prices_page import RECORD, difference_page, records
    from margincarlo.prices.diff import difference

    found = difference(_read(old), _read(new))
    rows = records(found)
    head = {"old": found.old.observed_at, "new": found.new.observed_at}
    lists = {
        "new_models": found.new_models,
        "gone_models": found.gone_models,
        "unread": found.unread,
    }
    _print(
        style,
        lambda: {**head, **lists, "endpoints": rows},
        (RECORD, [list(row.values()) for row in rows]),
        lambda: difference_page(found, top),
    )


def _print(
    style: str,
    content: Callable[[], Any],
    table: tuple[Sequence[str], Sequence[Sequence[object]]],
    blocks: Callable[[], Iterable[Block]],
) -> None:
    from margincarlo.cli.emit import csv_text, emit, emit_blocks
    from margincarlo.cli.markdown import markdown
    from margincarlo.result.export import json_text

    match style:
        case "json":
            emit(json_text(content()), None)
        case "csv":
            emit(csv_text(*table), None)
        case "md":
            emit(markdown(blocks()), None)
        case _:
            emit_blocks(blocks())


def _read(name: str) -> Snapshot:
    from margincarlo.prices.snapshot import read_snapshot

    return read_snapshot(None if name == SHIPPED else Path(name))


def _of_model(snapshot: Snapshot, text: str) -> list[Offer]:
    found = [offer for offer in snapshot.offers if text.lower() in offer.model.lower()]
    if not found:
        known = sorted({offer.model for offer in snapshot.offers})
        hint = did_you_mean(text, known) or "; `margincarlo prices show` lists all offers"
        raise SnapshotError(f"no model on offer has {text[:80]!r} in its slug{hint}")
    return found


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """Yield what to call with the progress; it shows a bar where somebody watches."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("models"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("models", total=None)
        yield lambda progress: bar.update(task, completed=progress.done, total=progress.total)
