"""Names as benchmarks write them, found in the registry."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from margincarlo.errors import ScenarioError
from margincarlo.registry import Accelerator, Model, find_accelerator, find_model, models

# Parts of a benchmark's name that tell apart neither models nor accelerators of the registry.
IDLE_PARTS: Final = frozenset(
    {"sxm", "sxm5", "nvl72", "bse", "oam", "instruct", "chat"}
    | {"nvidia", "amd", "instinct"}
    | {"bf16", "fp8", "fp4", "nvfp4", "mxfp4", "int4"}
)
RENAMED: Final = {"deepseek-v3/r1": "deepseek/deepseek-r1", "h20-96g": "h20"}
DATE: Final = re.compile(r"-\d{4}$")
# A table has many rows of few names, and a miss costs a search for near names.
NAMES_KEPT: Final = 4096


@lru_cache(maxsize=NAMES_KEPT)
def model_called(name: str) -> Model | None:
    """Return the model that a benchmark calls `name`; None if the registry lacks it.

    A release date at the end, such as ``-0528``, changes no geometry. A name that begins several
    ids means any of them if they agree in size.
    """
    for candidate in _spellings(name):
        try:
            return find_model(candidate)
        except ScenarioError:
            continue
    stem = _spellings(name)[-1]
    rows = [row for row in models().values() if row.id.rpartition("/")[2].startswith(f"{stem}-")]
    sizes = {(row.total_params_b, row.active_params_b) for row in rows}
    return rows[0] if len(sizes) == 1 else None


@lru_cache(maxsize=NAMES_KEPT)
def accelerator_called(name: str) -> Accelerator | None:
    """Return the accelerator that a benchmark calls `name`; None if the registry lacks it."""
    # A hyphen joins the form factor as often as a space does: H100-SXM.
    for candidate in (*_spellings(name), *_spellings(name.replace("-", " "))):
        try:
            return find_accelerator(candidate)
        except ScenarioError:
            continue
    return None


def _spellings(name: str) -> list[str]:
    plain = name.strip().lower()
    named = RENAMED.get(plain, plain)
    undated = DATE.sub("", named)
    # What stands in parentheses can be another part: H100 (PCIe).
    words = re.split(r"[\s_()]+", undated)
    parts = [word for word in words if word and word not in IDLE_PARTS]
    return list(_distinct([named, undated, "-".join(parts)]))


def _distinct(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)
