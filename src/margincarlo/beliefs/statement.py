"""Reading the keys in which somebody states a belief, before any fitting."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from margincarlo.errors import BeliefError, did_you_mean

QUANTILES = {"p5": 0.05, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
WAYS: dict[str, tuple[str, ...]] = {
    "quantiles": tuple(QUANTILES),
    "moments": ("mean", "sd"),
    "three points": ("low", "mode", "high"),
    "value": ("value",),
    "values": ("values", "weights"),
    "mixture": ("mixture",),
}
EXTRAS = ("lower", "upper", "nu")
_KEYS = tuple(key for keys in WAYS.values() for key in keys) + EXTRAS
_HELP = (
    "state two or more of p5 p10 p25 p50 p75 p90 p95, or mean and sd, or low, mode and high, "
    "or value, or values and weights, or mixture"
)
_INTERVALS = ("mass", "credibility", "confidence", "interval", "ci", "ci_prob", "prob")


@dataclass(frozen=True)
class Statement:
    """One belief as it was stated.

    Parameters
    ----------
    way : str
        One of the keys of `WAYS`.
    numbers : dict of str to float
        Every key that takes one number, in the order of `WAYS`.
    lists : dict of str to sequence
        ``values``, ``weights`` and ``mixture``, as they came.
    """

    way: str
    numbers: dict[str, float]
    lists: dict[str, Sequence[object]]

    @property
    def quantiles(self) -> dict[str, float]:
        """The stated quantiles, from the lowest probability to the highest."""
        return {key: self.numbers[key] for key in QUANTILES if key in self.numbers}

    def refuse(self, *extras: str) -> None:
        """Raise when an extra key comes with a way of stating that has no use for it."""
        for key in extras:
            if key in self.numbers:
                stated = ", ".join(name for name in WAYS[self.way] if name in self._given)
                raise BeliefError(f"{key} cannot go with {stated}; leave {key} out")

    @property
    def _given(self) -> set[str]:
        return set(self.numbers) | set(self.lists)


def read(keys: Mapping[str, object]) -> Statement:
    """Sort out what was stated.

    Parameters
    ----------
    keys : mapping
        As in a scenario file, for example ``{"p5": 1.6, "p95": 3.2}``.

    Raises
    ------
    BeliefError
        On an unknown key, two ways of stating at once, an incomplete way, or a value that is not a
        finite number.
    """
    for key in keys:
        _check_known(key)
    way = _only_way(keys)
    lists = {
        key: as_list(key, keys[key]) for key in ("values", "weights", "mixture") if key in keys
    }
    numbers = {key: as_number(key, keys[key]) for key in _KEYS if key in keys and key not in lists}
    statement = Statement(way, numbers, lists)
    _check_complete(statement, keys)
    return statement


def as_number(key: str, value: object) -> float:
    """Return a finite number as a float, or raise a `BeliefError` that shows the right spelling."""
    if isinstance(value, str):
        raise BeliefError(
            f"{key} = {value!r} is a number that came as text: write 1e6 without quotes"
        )
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise BeliefError(f"{key} = {value!r} is not a number")
    if not math.isfinite(value):
        raise BeliefError(f"{key} = {value} is not a finite number; leave the key out instead")
    return float(value)


def as_list(key: str, value: object) -> Sequence[object]:
    """Return a list, tuple or array as a sequence, or raise a `BeliefError`."""
    if isinstance(value, np.ndarray):
        return tuple(value.tolist())
    if isinstance(value, (list, tuple)):
        return tuple(value)
    raise BeliefError(f"{key} must be a list, got {value!r}")


def _check_known(key: str) -> None:
    if key in _KEYS:
        return
    if key in _INTERVALS:
        raise BeliefError(
            f"unknown key {key!r}: intervals are stated by their ends; "
            "p5 and p95 are the ends of the central 90 %, p10 and p90 of the central 80 %"
        )
    if key[:1] in ("p", "q") and key[1:].replace(".", "").isdigit():
        raise BeliefError(f"unknown quantile {key!r}; there are {' '.join(QUANTILES)}")
    raise BeliefError(f"unknown key {key!r}{did_you_mean(key, _KEYS)}; {_HELP}")


def _only_way(keys: Mapping[str, object]) -> str:
    used = {way: [key for key in members if key in keys] for way, members in WAYS.items()}
    used = {way: members for way, members in used.items() if members}
    if not used:
        raise BeliefError(f"nothing is stated; {_HELP}")
    if len(used) > 1:
        clash = " and ".join(", ".join(members) for members in used.values())
        raise BeliefError(f"{clash} clash: a belief is stated in exactly one way; keep one of them")
    return next(iter(used))


def _check_complete(statement: Statement, keys: Mapping[str, object]) -> None:
    if statement.way == "quantiles":
        if len(statement.quantiles) == 1:
            (key,) = statement.quantiles
            other = "p95" if QUANTILES[key] <= 0.5 else "p5"
            raise BeliefError(
                f"{key} alone does not fix a belief; give a second quantile, for example {other}"
            )
        return
    missing = [key for key in WAYS[statement.way] if key not in keys]
    if missing:
        stated = ", ".join(key for key in WAYS[statement.way] if key in keys)
        raise BeliefError(f"{stated} needs {' and '.join(missing)} as well")
