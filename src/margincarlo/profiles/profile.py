"""A profile: inputs of a scenario that go by one name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from margincarlo.errors import ScenarioError, did_you_mean


@dataclass(frozen=True)
class Profile:
    """What is believed of a workload, a load shape or a rental channel.

    Attributes
    ----------
    kind : str
        Key of a scenario that names it: workload, load_shape or channel.
    name, title : str
        What a scenario calls it; what it is, in a sentence.
    inputs : mapping of str to mapping
        Quantity → table of the same shape as ``[inputs.QUANTITY]`` of a scenario.
    """

    kind: str
    name: str
    title: str
    inputs: Mapping[str, Mapping[str, Any]]


def read_profiles(kind: str, file: str) -> Mapping[str, Profile]:
    """Return the profiles of a file of ``data/`` by name, in its order.

    Parameters
    ----------
    kind : str
        Key of a scenario that names one of them.
    file : str
        TOML: a table per profile, with a title and a table of inputs.
    """
    path = resources.files("margincarlo") / "data" / file
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {
        name: Profile(kind, name, table["title"], MappingProxyType(table["inputs"]))
        for name, table in content.items()
    }
    return MappingProxyType(found)


def find_profile(kind: str, name: str, known: Mapping[str, Profile]) -> Profile:
    """Return the profile called `name`.

    Raises
    ------
    ScenarioError
        If there is none; the nearest and all others are given.
    """
    found = known.get(name)
    if found is None:
        raise ScenarioError(
            f"no {kind.replace('_', ' ')} is called {name[:80]!r}{did_you_mean(name, known)};"
            f" there are {', '.join(known)}: see `margincarlo profiles`"
        )
    return found
