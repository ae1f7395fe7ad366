"""How a published configuration spreads one model over accelerators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

SHARDS: Final = re.compile(
    r"\bTP(\d{1,9})(?:\s*[/,]\s*EP(\d{1,9}))?(?:\s*[/,]\s*DPA([01]))?"
    r"(?:\s*[x×]\s*(\d{1,9}))?(?!\d)",
    re.IGNORECASE,
)
WIDE: Final = re.compile(r"\bEP(\d{1,9})(?:/DP\d+)?\b", re.IGNORECASE)
# Pipeline and context parallelism are in no equation, and engines disagree on what TP8/DP8 is.
OTHER: Final = re.compile(
    r"(?<![a-z])(?:PP|CP|DP|DPA)0*(?:[2-9]|1\d)|DP[- ]?att|dp_size", re.IGNORECASE
)
DECODE: Final = re.compile(r"decode", re.IGNORECASE)
LARGEST: Final = 1024


@dataclass(frozen=True)
class Layout:
    """Accelerators that decode together.

    Attributes
    ----------
    gpus : int
        Accelerators of one instance.
    instances : int
        Copies of the model that share the traffic; 0: not stated.
    data_parallel : bool
        Whether each accelerator attends to sequences of its own.
    expert_parallel : bool
        Whether experts live whole on some accelerator.
    """

    gpus: int
    instances: int
    data_parallel: bool
    expert_parallel: bool


def read_layout(text: str) -> Layout | None:
    """Return the layout of the decoding instances, or None where the text does not say.

    Parameters
    ----------
    text : str
        Such as ``TP8``, ``TP8/EP8/DPA0`` or ``prefill TP4/EP4/DPA1 x1; decode TP8/EP8/DPA1 x2``.

    Examples
    --------
    >>> read_layout("prefill TP4/EP4/DPA0 x1; decode TP8/EP8/DPA1 x2")
    Layout(gpus=8, instances=2, data_parallel=True, expert_parallel=True)
    """
    decode = DECODE.split(text)[-1]
    found = SHARDS.search(decode)
    if found:
        if OTHER.search(decode):
            return None
        tensor, expert = int(found[1]), int(found[2] or 1)
        instances = int(found[4] or 0)
        if tensor < 1 or (found[4] and not 1 <= instances <= LARGEST):
            return None
        return _layout(max(tensor, expert), instances, found[3] == "1", expert > 1)
    wide = WIDE.search(decode)
    return _layout(int(wide[1]), 0, data_parallel=True, expert_parallel=True) if wide else None


def _layout(gpus: int, instances: int, data_parallel: bool, expert_parallel: bool) -> Layout | None:
    if not 1 <= gpus <= LARGEST:
        return None
    return Layout(gpus, instances, data_parallel, expert_parallel or (data_parallel and gpus > 1))
