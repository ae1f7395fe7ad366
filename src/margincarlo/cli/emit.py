"""Print blocks or text, or write them to a file."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence

import click

from margincarlo.cli.page import Block
from margincarlo.cli.plain import plain


def emit(text: str, output: str | None) -> None:
    """Print text, or write it to a file: whole or not at all."""
    from margincarlo.result.export import write_text

    if output:
        write_text(output, text)
    else:
        click.echo(text, nl=False)


def emit_blocks(blocks: Iterable[Block], output: str | None = None) -> None:
    """Print blocks, with color on a terminal; in a pipe or file they are plain text."""
    if output or not sys.stdout.isatty():
        emit(plain(blocks), output)
    else:
        from margincarlo.cli.terminal import show

        show(blocks)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as the text of a CSV file."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
