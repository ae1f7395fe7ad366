"""One pass over a service's models: which are asked for their offers, and what comes of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from margincarlo.errors import FetchError, did_you_mean
from margincarlo.prices.listing import Listed, Offer
from margincarlo.prices.openrouter import Service
from margincarlo.prices.parse import ModelOffers, parse_offers
from margincarlo.prices.parse_list import ModelList, parse_models
from margincarlo.prices.response import Details, Listing, reason
from margincarlo.prices.resume import Partial
from margincarlo.prices.retry import UnreadError
from margincarlo.prices.snapshot import read_snapshot

# With more failures than this share of its models, a sweep is no picture of the market.
TOLERATED: Final = 0.2
PAGE: Final = 1000


@dataclass(frozen=True)
class Progress:
    """How far a fetch has come.

    Attributes
    ----------
    done, total : int
        Models.
    resumed : int
        Of these, read by an earlier fetch that was stopped.
    skipped : mapping of str to int
        What is no paid offer of a text model: why, and how many.
    failures : mapping of str to str
        Slugs that could not be read, wholly or in part, and why.
    """

    done: int
    total: int
    resumed: int
    skipped: Mapping[str, int]
    failures: Mapping[str, str]


@dataclass
class Sweep:
    """A pass over the models of a service, and what it has found.

    Attributes
    ----------
    partial : Partial
        Where parts are kept.
    wanted : frozenset of str
        Slugs to ask about, closed or not; none: all.
    closed : bool
        Ask about closed models too.
    accept_partial : bool
        Go on even if many models cannot be read.
    report : callable or None
        Is told the progress.
    listed, asked : sequence
        Models of the list, and slugs of those that are asked for their offers.
    offers : list of Offer
    failures : dict of str to str
        Slugs that could not be read, wholly or in part, and why.
    """

    partial: Partial
    wanted: frozenset[str]
    closed: bool
    accept_partial: bool
    report: Callable[[Progress], None] | None
    listed: Sequence[Listed] = ()
    asked: Sequence[str] = ()
    offers: list[Offer] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    _skipped: Counter[str] = field(default_factory=Counter)
    _done: int = 0
    _resumed: int = 0
    _total: int = 0

    async def run(self, service: Service) -> None:
        """Read the list, then the offers.

        Raises
        ------
        FetchError
            If the list cannot be read, or too many models fail.
        """
        self._choose(await self._list(service))
        self._tell()
        asking = [asyncio.ensure_future(self._ask(service, slug)) for slug in self.asked]
        try:
            for each in asyncio.as_completed(asking):
                self._take(*await each)
                self._tell()
                self._check()
        finally:
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)

    async def _list(self, service: Service) -> ModelList:
        kept = self.partial.get("models", ModelList)
        if kept is not None:
            return kept
        try:
            entries = await _entries(service)
        except UnreadError as problem:
            raise FetchError(
                f"{service.url}/models: {problem}; nothing was written; the snapshot of"
                f" {read_snapshot().observed_at[:10]} that ships with margincarlo stays in use"
            ) from None
        known_open = {row.model for row in read_snapshot().models if row.open_weight}
        found = parse_models(entries, known_open)
        self.partial.put("models", found)
        return found

    def _choose(self, found: ModelList) -> None:
        broken = dict(found.problems)
        unknown = self.wanted - {row.model for row in found.models} - broken.keys()
        if unknown:
            raise FetchError(_unknown(min(unknown), found))
        self.listed = [row for row in found.models if not self.wanted or row.model in self.wanted]
        asked = [row for row in self.listed if self.wanted or self.closed or row.open_weight]
        self.asked = [row.model for row in asked]
        self.failures = {
            slug: why for slug, why in broken.items() if not self.wanted or slug in self.wanted
        }
        if not self.wanted:
            self._skipped.update(found.skipped.values())
            self._skipped["closed model"] += len(self.listed) - len(asked)
        self._total = len(self.asked) + len(self.failures)
        self._done = len(self.failures)
        self._check()

    async def _ask(self, service: Service, slug: str) -> tuple[str, ModelOffers | str, bool]:
        kept = self.partial.get(slug, ModelOffers)
        if kept is not None:
            return slug, kept, True
        try:
            answer = await service.read(f"/models/{slug}/endpoints", service.limits.model_size)
            found = parse_offers(slug, Details.model_validate(answer).data.endpoints)
        except UnreadError as problem:
            return slug, str(problem), False
        except ValidationError as problem:
            return slug, reason(problem), False
        if not found.problems:
            self.partial.put(slug, found)
        return slug, found, False

    def _take(self, slug: str, found: ModelOffers | str, resumed: bool) -> None:
        self._done += 1
        self._resumed += resumed
        if isinstance(found, str):
            self.failures[slug] = found
            return
        self.offers.extend(found.offers)
        self._skipped.update(found.skipped)
        if found.problems:
            self.failures[slug] = "; ".join(found.problems)

    def _tell(self) -> None:
        if self.report is not None:
            skipped = {why: count for why, count in self._skipped.items() if count}
            self.report(
                Progress(self._done, self._total, self._resumed, skipped, dict(self.failures))
            )

    def _check(self) -> None:
        if self.accept_partial or len(self.failures) <= TOLERATED * self._total:
            return
        named = "; ".join(f"{slug} ({why})" for slug, why in list(self.failures.items())[:5])
        more = f"; and {len(self.failures) - 5} more" if len(self.failures) > 5 else ""
        raise FetchError(
            f"{len(self.failures)} of {self._total} models could not be read, more than"
            f" {TOLERATED:.0%}: {named}{more}. Nothing was written; the same command goes on"
            " from here, and --accept-partial takes what there is"
        )


async def _entries(service: Service) -> list[Any]:
    """Return the items of the list; of all its pages, should it have come to that."""
    entries: list[Any] = []
    path = "/models"
    while True:
        answer = await service.read(path, service.limits.list_size)
        try:
            page = Listing.model_validate(answer)
        except ValidationError as problem:
            raise UnreadError(reason(problem)) from None
        entries += page.data
        if len(entries) >= (page.total_count or 0):
            break
        if not page.data:
            raise UnreadError(f"{len(entries)} models came, and {page.total_count} are announced")
        path = f"/models?offset={len(entries)}&limit={PAGE}"
    if not entries:
        raise UnreadError("the list is empty")
    return entries


def _unknown(slug: str, found: ModelList) -> str:
    if slug in found.skipped:
        return f"{slug} has no price of its own that can be compared: {found.skipped[slug]}"
    hint = did_you_mean(slug, [row.model for row in found.models])
    return f"no model {slug[:100]!r} is in the list{hint}; slugs are such as deepseek/deepseek-v3.2"
