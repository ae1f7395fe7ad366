"""Workloads: prompt and output tokens of a request, and how much of the prompt a cache holds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from margincarlo.profiles.profile import Profile, find_profile, read_profiles


@cache
def workloads() -> Mapping[str, Profile]:
    """Return every workload by name, in the order of ``data/workloads.toml``."""
    return read_profiles("workload", "workloads.toml")


def find_workload(name: str) -> Profile:
    """Return the workload called `name`.

    Raises
    ------
    ScenarioError
        If there is none; the nearest and all others are given.
    """
    return find_profile("workload", name, workloads())
