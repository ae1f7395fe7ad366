"""Lay out blocks as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from margincarlo.cli.page import Answer, Block, Heading
from margincarlo.cli.shell import one_line
from margincarlo.result.tables import Remark, Table

_SPECIAL = re.compile(r"([\\`*|<>\[\]#])")


def markdown(blocks: Iterable[Block]) -> str:
    """Return blocks as Markdown; what users wrote is escaped."""
    return "\n\n".join(map(_markdown, blocks)) + "\n"


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escape(block.text)}"
        case Answer():
            return f"**{_escape(block.text)}**"
        case Table():
            return _table(block)
        case Remark():
            return f"> **Warning:** {_escape(block.text)}" if block.loud else _escape(block.text)


def _table(table: Table) -> str:
    rules = ("---:" if i in table.numeric else "---" for i in range(len(table.header)))
    rows = (table.header, *table.rows)
    head, *body = ([_escape(cell) for cell in row] for row in rows)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rules, *body))


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text))
