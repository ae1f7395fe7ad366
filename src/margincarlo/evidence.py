"""Evidence: where a number comes from, and how it was obtained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal[
    "",
    "measurement",
    "filing",
    "list price",
    "market",
    "press",
    "judgement",
    "derived",
    "claim",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True)
class Evidence:
    """Source of a belief or fact.

    Attributes
    ----------
    source : str
        Who says so, and where: a title, a document, an address.
    as_of : str
        ISO date (or month, or year) that the number describes.
    note : str
        What a reader must know to judge it.
    kind : str
        One of `KINDS`; empty where nobody says.
    """

    source: str = ""
    as_of: str = ""
    note: str = ""
    kind: str = ""

    def __bool__(self) -> bool:
        return bool(self.source)
