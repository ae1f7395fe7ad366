"""Lay out blocks as text of a stable width, without control characters: for pipes and files."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from margincarlo.cli.page import Answer, Block, Heading
from margincarlo.cli.shell import one_line
from margincarlo.result.tables import Remark, Table

WIDTH = 100


def plain(blocks: Iterable[Block]) -> str:
    """Return blocks as plain text."""
    paragraphs: list[str] = []
    previous: Block | None = None
    for block in blocks:
        if previous is not None and not _continues(previous, block):
            paragraphs.append("")
        paragraphs.extend(_lines(block))
        previous = block
    return "\n".join(paragraphs) + "\n"


def _continues(previous: Block, block: Block) -> bool:
    return isinstance(previous, Answer | Remark) and type(previous) is type(block)


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield one_line(block.text)
        case Answer():
            yield one_line(block.text)
        case Table():
            yield from table_lines(block)
        case Remark():
            text = f"WARNING: {block.text}" if block.loud else block.text
            yield from textwrap.wrap(one_line(text), WIDTH, break_long_words=False)


def table_lines(table: Table) -> list[str]:
    """Return a table as columns two spaces apart, numbers on the right."""
    cells = [[one_line(cell) for cell in row] for row in (table.header, *table.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    head, *body = (_row(row, widths, table.numeric) for row in cells)
    return [head, "  ".join("-" * width for width in widths), *body]


def _row(cells: Sequence[str], widths: Sequence[int], numeric: frozenset[int]) -> str:
    aligned = (
        cell.rjust(width) if i in numeric else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(aligned).rstrip()
