"""Which dimension of the net belongs to which input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from margincarlo.errors import ScenarioError
from margincarlo.sampling.keys import digest

DIMENSIONS: Final = 1024
"""Dimensions whose direction numbers are shipped."""

FIRST_HASHED: Final = 256
"""Dimensions below this are for known names; the rest are dealt out by hash."""


def dimension_of(name: str, known: Mapping[str, int]) -> int:
    """Return the dimension of the net that belongs to `name`, whatever other inputs exist.

    Parameters
    ----------
    name : str
        Name of an input, such as ``utilization`` or ``chat.input_tokens``.
    known : mapping of str to int
        Dimensions, 0 to 255, that are kept for names known in advance.

    Returns
    -------
    int
        ``known[name]``, or for any other name a stable number from 256 to 1023.
    """
    if name in known:
        return known[name]
    return FIRST_HASHED + digest(name) % (DIMENSIONS - FIRST_HASHED)


def check_dimensions(names: Iterable[str], known: Mapping[str, int]) -> None:
    """Raise unless every name has a dimension of its own.

    Two inputs in one dimension are scrambled independently, yet they follow the same underlying
    points and are no longer spread evenly over their plane.

    Parameters
    ----------
    names : iterable of str
        Names of all inputs of a run; one that comes twice is one input.
    known : mapping of str to int
        As in :func:`dimension_of`.

    Raises
    ------
    ScenarioError
        Naming the two inputs that share a dimension, and which to rename.
    """
    owner: dict[int, str] = {}
    for name in names:
        dimension = dimension_of(name, known)
        other = owner.setdefault(dimension, name)
        if other == name:
            continue
        mine = other if name in known else name
        raise ScenarioError(
            f"inputs {other!r} and {name!r} both fall on dimension {dimension} of the Sobol' net, "
            f"where each input needs its own; rename one, such as {mine!r}, "
            "or use sampler = 'random'"
        )
