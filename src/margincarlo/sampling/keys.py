"""From a seed and a name to random bits that no other key shares."""

from __future__ import annotations

import hashlib
from enum import IntEnum
from operator import index
from typing import SupportsIndex

import numpy as np

from margincarlo.errors import ScenarioError


class Use(IntEnum):
    """What the random bits are for: part of the key, so that uses never share bits."""

    DRAWS = 0
    SCRAMBLE = 1


def whole(value: SupportsIndex, what: str, *, least: int) -> int:
    """Return `value` as an int, or raise unless it is a whole number of at least `least`.

    Parameters
    ----------
    value : int
        Python or NumPy integer. A bool or a float is refused, even ``1e5``: which whole number a
        float stands for is the author's to say.
    what : str
        What the number is, as the message should call it.
    least : int
        Smallest number allowed.

    Raises
    ------
    ScenarioError
        When `value` is not such a number.
    """
    problem = f"{what} must be a whole number of at least {least}, not {value!r}"
    try:
        number = None if isinstance(value, bool) else index(value)
    except TypeError:
        number = None
    if number is None:
        raise ScenarioError(f"{problem}; write it without point, exponent or quotes")
    if number < least:
        raise ScenarioError(f"{problem}; raise it to {least} or more")
    return number


def digest(name: str) -> int:
    """Return a 128-bit hash of `name`: the same on every machine, unlike ``hash``."""
    raw = hashlib.blake2b(name.encode(), digest_size=16, person=b"margincarlo").digest()
    return int.from_bytes(raw, "little")


def bits(seed: int, name: str, use: Use, *where: int) -> np.random.SFC64:
    """Return the random bits that belong to one key alone.

    Parameters
    ----------
    seed : int
        Seed of the run, zero or more.
    name : str
        Name of the input.
    use : Use
        What the bits are for.
    *where : int
        Replicate, or replicate and cell.

    Notes
    -----
    The parts of the key stay separate words of the entropy that ``SeedSequence`` mixes. Adding them
    up instead would give seed 1, cell 0 the stream of seed 0, cell 1.
    """
    name_hash = digest(name)
    words = [name_hash >> shift & 0xFFFF_FFFF for shift in (0, 32, 64, 96)]
    return np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(int(use), *words, *where)))
