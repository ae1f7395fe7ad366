"""Load shapes: how load swings about its mean, and what share of idle capacity is handed back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from margincarlo.profiles.profile import Profile, find_profile, read_profiles


@cache
def load_shapes() -> Mapping[str, Profile]:
    """Return every load shape by name, in the order of ``data/load_shapes.toml``."""
    return read_profiles("load_shape", "load_shapes.toml")


def find_load_shape(name: str) -> Profile:
    """Return the load shape called `name`.

    Raises
    ------
    ScenarioError
        If there is none; the nearest and all others are given.
    """
    return find_profile("load_shape", name, load_shapes())
