"""Keep a posterior in a file, with what it was made of."""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from margincarlo.errors import CalibrationError
from margincarlo.measurements import Measurement
from margincarlo.throughput.design import FACTORS
from margincarlo.throughput.posterior import RESIDUAL, Posterior, frozen, keys
from margincarlo.throughput.widths import Width

SHIPPED: Final = "throughput_posterior.npz"
FORMAT: Final = 1
# What reading a file that is no archive of arrays, a torn one or one of something else raises.
UNREADABLE: Final = (OSError, EOFError, ValueError, LookupError, TypeError, BadZipFile, zlib.error)


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
        "widths": [
            [*key, each.half50, each.half90, each.extra] for key, each in learned.widths.items()
        ],
        "provenance": dict(learned.provenance),
    }
    arrays = {name: learned.posterior.draws[name].astype(np.float32) for name in keys()}
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as file:
            text = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
            named: dict[str, Any] = {_safe(name): array for name, array in arrays.items()}
            np.savez_compressed(file, head=text, **named)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
    except UNREADABLE as problem:
        reason = " ".join(str(problem).split())
        raise CalibrationError(
            f"{path}: cannot be read as a throughput posterior: {reason};"
            " `margincarlo fit throughput --out FILE.npz` makes one"
        ) from None


@cache
def _shipped() -> Learned:
    with (resources.files("margincarlo") / "data" / SHIPPED).open("rb") as file:
        return _read(file)


def _read(file: Any) -> Learned:
    stored = np.load(file, allow_pickle=False)
    if not isinstance(stored, np.lib.npyio.NpzFile):
        raise TypeError("it holds one array")
    with stored:
        head = json.loads(bytes(stored["head"]))
        if head["format"] != FORMAT:
            raise ValueError(f"its format is {head['format']!r}, and this version reads {FORMAT}")
        draws = {name: stored[_safe(name)] for name in keys()}
    levels = {name: tuple(each) for name, each in head["levels"].items()}
    _check(draws, levels, head["groups"])
    factors = {(by, kind): Width(*each) for by, kind, *each in head["widths"]}
    return Learned(
        frozen(levels, tuple(head["groups"]), draws),
        MappingProxyType(factors),
        MappingProxyType(head["provenance"]),
    )


def _check(
    draws: Mapping[str, Any], levels: Mapping[str, Sequence[str]], groups: Sequence[str]
) -> None:
    """Refuse draws that are not one finite number for each draw and level."""
    size = len(draws[RESIDUAL])
    shapes = {factor.key: (size, len(levels[factor.name])) for factor in FACTORS}
    shapes[RESIDUAL] = (size, len(groups))
    for name, array in draws.items():
        if array.shape != shapes.get(name, (size,)) or not np.isfinite(array).all():
            raise ValueError(f"its draws of {name} are of another shape, or not finite")


def _safe(name: str) -> str:
    return name.replace("|", "__")
