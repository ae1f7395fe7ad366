"""The list of models of OpenRouter's API → models, and those that are left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from margincarlo.prices.checks import checked_model
from margincarlo.prices.listing import Listed
from margincarlo.prices.parse import label, per_token, why_not
from margincarlo.prices.response import Entry


@dataclass(frozen=True)
class ModelList:
    """Models of a list.

    Attributes
    ----------
    models : tuple of Listed
        Models with a price of their own that answer text with text.
    skipped : dict of str to str
        Other slugs, and why they are left out.
    problems : tuple of (str, str)
        Slugs whose entry could not be read, and why.
    """

    models: tuple[Listed, ...]
    skipped: dict[str, str] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()


def parse_models(entries: Iterable[Any], known_open: Collection[str] = ()) -> ModelList:
    """Return the models of a list.

    Parameters
    ----------
    entries : iterable
        Items of ``data`` in the answer.
    known_open : collection of str
        Slugs with published weights, for entries that do not say so.
    """
    models: dict[str, Listed] = {}
    skipped: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for number, raw in enumerate(entries):
        try:
            entry = Entry.model_validate(raw)
            why = _left_out(entry)
            listed = checked_model(_listed(entry, known_open))
        except (ValidationError, ValueError) as problem:
            problems.append((label(raw, "id", f"entry {number}"), why_not(problem)))
            continue
        if why:
            skipped[entry.id] = why
        else:
            models.setdefault(entry.id, listed)
    return ModelList(tuple(models.values()), skipped, tuple(problems))


def _left_out(entry: Entry) -> str:
    inside, outside = entry.architecture.input_modalities, entry.architecture.output_modalities
    prices = (per_token(entry.pricing.prompt), per_token(entry.pricing.completion))
    if entry.id.startswith("~") or entry.alias_target is not None:
        return "alias"
    if min(prices) < 0:
        return "router"
    if ":" in entry.id:
        return f"variant :{entry.id.partition(':')[2]}"
    if "text" not in inside or "text" not in outside:
        return "not text to text"
    return "" if any(prices) else "free"


def _listed(entry: Entry, known_open: Collection[str]) -> Listed:
    scores = entry.benchmarks
    index = scores.artificial_analysis if scores else None
    elos = [each.elo for each in scores.design_arena or ()] if scores else []
    return Listed(
        model=entry.id,
        name=entry.name,
        created=datetime.fromtimestamp(entry.created, UTC).date().isoformat(),
        open_weight=bool(entry.hugging_face_id) or entry.id in known_open,
        intelligence_index=index.intelligence_index if index else None,
        design_arena_elo=sum(elos) / len(elos) if elos else None,
    )
