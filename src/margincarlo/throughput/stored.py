"""Keep a posterior in a file, with what it was made of."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from margincarlo.errors import CalibrationError
from margincarlo.measurements import Measurement
from margincarlo.throughput.posterior import Posterior, frozen, keys
from margincarlo.throughput.widths import Width

SHIPPED: Final = "throughput_posterior.npz"
FORMAT: Final = 1


@dataclass(frozen=True, eq=False)
class Learned:
    """A posterior with its provenance.

    Attributes
    ----------
    posterior : Posterior
    widths : mapping of (str, str) to Width
        What held-out errors say of the width of intervals.
    provenance : mapping
        Hash of the measurements, their number, seed, versions, diagnostics, date.
    """

    posterior: Posterior
    widths: Mapping[tuple[str, str], Width]
    provenance: Mapping[str, Any]


def fingerprint(rows: Sequence[Measurement]) -> str:
    """Return a hash of what was learned from."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def write_learned(learned: Learned, path: Path) -> None:
    """Write a file that is there whole or not at all.

    Draws are stored in single precision: half of the size, and far below their Monte Carlo error.
    """
    head = {
        "format": FORMAT,
        "levels": dict(learned.posterior.levels),
        "groups": learned.posterior.groups,
        "widths": [[*key, each.half50, each.half90] for key, each in learned.widths.items()],
        "provenance": dict(learned.provenance),
    }
    arrays = {name: learned.posterior.draws[name].astype(np.float32) for name in keys()}
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            text = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
            named: dict[str, Any] = {_safe(name): array for name, array in arrays.items()}
            np.savez_compressed(file, head=text, **named)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_learned(path: Path | None = None) -> Learned:
    """Read a posterior; by default the one that ships with the package.

    Raises
    ------
    CalibrationError
        If the file is missing or is no such posterior.
    """
    if path is None:
        return _shipped()
    try:
        with path.open("rb") as file:
            return _read(file)
    except (OSError, ValueError, KeyError, json.JSONDecodeError) as problem:
        raise CalibrationError(
            f"{path}: cannot be read as a throughput posterior: {problem};"
            " `margincarlo fit throughput --out FILE` makes one"
        ) from None


@cache
def _shipped() -> Learned:
    with (resources.files("margincarlo") / "data" / SHIPPED).open("rb") as file:
        return _read(file)


def _read(file: Any) -> Learned:
    with np.load(file, allow_pickle=False) as stored:
        head = json.loads(bytes(stored["head"]))
        draws = {name: stored[_safe(name)] for name in keys()}
    levels = {name: tuple(each) for name, each in head["levels"].items()}
    factors = {(by, kind): Width(half50, half90) for by, kind, half50, half90 in head["widths"]}
    return Learned(
        frozen(levels, tuple(head["groups"]), draws),
        MappingProxyType(factors),
        MappingProxyType(head["provenance"]),
    )


def _safe(name: str) -> str:
    return name.replace("|", "__")
