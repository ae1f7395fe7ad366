"""Lay out blocks on a terminal: color, a progress bar. The only place that knows rich."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from margincarlo.cli.page import Answer, Block, Heading
from margincarlo.cli.shell import one_line
from margincarlo.result.tables import Remark, Table

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.progress import Progress

# Seconds of work before a progress bar is worth showing.
PATIENCE = 1.0


def show(blocks: Iterable[Block], console: Console | None = None) -> None:
    """Print blocks on a terminal."""
    from rich.console import Console

    console = console or Console(highlight=False)
    previous: Block | None = None
    for block in blocks:
        if previous is not None and type(previous) is not type(block):
            console.print()
        console.print(_renderable(block))
        previous = block


def _renderable(block: Block) -> RenderableType:
    from rich.text import Text

    match block:
        case Heading():
            return Text(
                one_line(block.text), style="bold underline" if block.level == 1 else "bold"
            )
        case Answer():
            return Text(one_line(block.text), style="bold cyan")
        case Remark(loud=True):
            return Text(f"WARNING: {one_line(block.text)}", style="bold red")
        case Remark():
            return Text(one_line(block.text), style="dim")
        case Table():
            return _table(block)


def _table(table: Table) -> RenderableType:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    found = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for i, name in enumerate(table.header):
        number = i in table.numeric
        found.add_column(Text(name), justify="right" if number else "left", no_wrap=number)
    for row in table.rows:
        found.add_row(*(Text(one_line(cell)) for cell in row))
    return found


class Bar:
    """A progress bar that appears once work has taken a while; threads may call it."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._progress: Progress | None = None

    def __call__(self, share: float) -> None:
        """Show that this share of the work is done."""
        with self._lock:
            if self._progress is None:
                if time.monotonic() - self._start < PATIENCE:
                    return
                self._progress = self._appear()
            self._progress.update(self._progress.task_ids[0], completed=share)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()

    @staticmethod
    def _appear() -> Progress:
        from rich.console import Console
        from rich.progress import Progress

        progress = Progress(console=Console(stderr=True), transient=True)
        progress.add_task("drawing", total=1.0)
        progress.start()
        return progress


@contextmanager
def progress() -> Iterator[Callable[[float], None] | None]:
    """Yield what to call with the share done, or None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    bar = Bar()
    try:
        yield bar
    finally:
        bar.close()
