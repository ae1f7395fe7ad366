"""Find a model or an accelerator by the name that a person would write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from margincarlo.errors import ScenarioError, did_you_mean
from margincarlo.registry.tables import Accelerator, Model, accelerators, models

SHOWN: Final = 6


def find_model(name: str) -> Model:
    """Return the model that `name` means.

    Parameters
    ----------
    name : str
        Id, its part after the slash, name or Hugging Face repository, in any case; or an ending of
        the id that only one model has. ``"deepseek-v3.2"`` is ``"deepseek/deepseek-v3.2"``.

    Raises
    ------
    ScenarioError
        If no model is called so, or several are; near names or the candidates are given.
    """
    return _find("model", name, models())


def find_accelerator(name: str) -> Accelerator:
    """Return the accelerator that `name` means.

    Parameters
    ----------
    name : str
        Id or full name, in any case; or an ending of the id that only one accelerator has.

    Raises
    ------
    ScenarioError
        If no accelerator is called so, or several are; near names or the candidates are given.
    """
    return _find("accelerator", name, accelerators())


def _find[Row: (Model, Accelerator)](kind: str, name: str, known: Mapping[str, Row]) -> Row:
    if name in known:
        return known[name]
    wanted = name.strip().lower()
    named = [row for row in known.values() if wanted in row.aliases]
    hits = named or [
        row for key, row in known.items() if key.endswith((f"/{wanted}", f"-{wanted}"))
    ]
    if len(hits) == 1:
        return hits[0]
    candidates = [row.id for row in hits] or [key for key in known if _has_part(key, wanted)]
    if candidates:
        raise ScenarioError(
            f"{name!r} is not the full name of one {kind}; write {_one_of(candidates)};"
            f" `margincarlo {kind}s` lists them"
        )
    options = [alias for row in known.values() for alias in row.aliases]
    raise ScenarioError(
        f"no {kind} is called {name!r}{did_you_mean(wanted, sorted(options))};"
        f" `margincarlo {kind}s` lists them"
    )


def _has_part(key: str, wanted: str) -> bool:
    return f"-{wanted}-" in f"-{key.replace('/', '-')}-"


def _one_of(candidates: list[str]) -> str:
    shown = " or ".join(repr(candidate) for candidate in candidates[:SHOWN])
    more = len(candidates) - SHOWN
    return f"{shown} (or one of {more} more)" if more > 0 else shown
