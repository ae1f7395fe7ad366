"""What changed between two snapshots of prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf, log

from margincarlo.prices.listing import Offer, Snapshot

# Prices are written to at most so many digits; less is the noise of arithmetic.
SAME = 1e-9


@dataclass(frozen=True)
class Change:
    """One endpoint in two snapshots.

    Attributes
    ----------
    old, new : Offer
    """

    old: Offer
    new: Offer

    @property
    def input_ratio(self) -> float:
        """New over old input price, as a buyer pays."""
        return _ratio(self.old.input_price, self.new.input_price)

    @property
    def output_ratio(self) -> float:
        """New over old output price, as a buyer pays."""
        return _ratio(self.old.output_price, self.new.output_price)

    @property
    def size(self) -> float:
        """Larger of the two moves, as the absolute logarithm of its ratio."""
        return max(_distance(self.input_ratio), _distance(self.output_ratio))

    @property
    def is_change(self) -> bool:
        """A price moved."""
        return self.size > SAME

    @property
    def discount_changed(self) -> bool:
        """The promotional discount is another one."""
        return abs(self.new.discount - self.old.discount) > SAME


@dataclass(frozen=True)
class Difference:
    """Two snapshots side by side.

    Attributes
    ----------
    old, new : Snapshot
    added, removed : tuple of Offer
        Endpoints in one snapshot only, of models with offers in both.
    new_models, gone_models : tuple of str
        Slugs with offers in one snapshot only. A model may be gone because nobody asked for it.
    unread : tuple of str
        Slugs that one of the snapshots could not read, wholly or in part. Endpoints of theirs that
        one snapshot lacks are neither added nor removed.
    common : tuple of Change
        Endpoints in both, whether they changed or not, the largest moves first.
    """

    old: Snapshot
    new: Snapshot
    added: tuple[Offer, ...]
    removed: tuple[Offer, ...]
    new_models: tuple[str, ...]
    gone_models: tuple[str, ...]
    unread: tuple[str, ...]
    common: tuple[Change, ...]

    @property
    def changed(self) -> tuple[Change, ...]:
        """Endpoints with another price, the largest moves first."""
        return tuple(each for each in self.common if each.is_change)

    @property
    def discounts(self) -> tuple[Change, ...]:
        """Endpoints with another promotional discount."""
        return tuple(each for each in self.common if each.discount_changed)


def difference(old: Snapshot, new: Snapshot) -> Difference:
    """Compare two snapshots.

    An endpoint is known again by model, host and tag. Tags that name the quantization and tags that
    do not are taken for one; quantization decides where a host has several.

    Parameters
    ----------
    old, new : Snapshot
    """
    before, after = _by_model(old.offers), _by_model(new.offers)
    unread = {slug for slug, _ in (*old.failures, *new.failures)}
    common: list[Change] = []
    added: list[Offer] = []
    removed: list[Offer] = []
    for model in sorted(before.keys() & after.keys()):
        pairs, gone, fresh = _matched(before[model], after[model])
        common += pairs
        if model not in unread:
            removed += gone
            added += fresh
    return Difference(
        old=old,
        new=new,
        added=tuple(added),
        removed=tuple(removed),
        new_models=tuple(sorted(after.keys() - before.keys() - unread)),
        gone_models=tuple(sorted(before.keys() - after.keys() - unread)),
        unread=tuple(sorted(unread)),
        common=tuple(sorted(common, key=lambda each: -each.size)),
    )


def _by_model(offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    found: defaultdict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        found[offer.model].append(offer)
    return found


def _matched(
    old: Sequence[Offer], new: Sequence[Offer]
) -> tuple[list[Change], list[Offer], list[Offer]]:
    """Pair endpoints, by the strictest key first; return pairs, and what is left of each side."""
    pairs: list[Change] = []
    gone, fresh = list(old), list(new)
    for key in (_exact, _same_format, _same_tag):
        for before, after in _pairs(gone, fresh, key):
            pairs.append(Change(before, after))
            gone.remove(before)
            fresh.remove(after)
    return pairs, gone, fresh


def _pairs[Key](
    old: Sequence[Offer], new: Sequence[Offer], key: Callable[[Offer], Key]
) -> Iterator[tuple[Offer, Offer]]:
    waiting: defaultdict[Key, list[Offer]] = defaultdict(list)
    for offer in new:
        waiting[key(offer)].append(offer)
    for offer in tuple(old):
        if waiting[key(offer)]:
            yield offer, waiting[key(offer)].pop(0)


def _exact(offer: Offer) -> tuple[str, ...]:
    return offer.provider, offer.tag, offer.quantization


def _same_format(offer: Offer) -> tuple[str, ...]:
    return offer.provider, _stem(offer), offer.quantization


def _same_tag(offer: Offer) -> tuple[str, ...]:
    return offer.provider, _stem(offer)


def _stem(offer: Offer) -> str:
    """Return the tag without its quantization."""
    return offer.tag.removesuffix(f"/{offer.quantization}")


def _ratio(old: float, new: float) -> float:
    if old == new:
        return 1.0
    return new / old if old else inf


def _distance(ratio: float) -> float:
    return abs(log(ratio)) if 0 < ratio < inf else inf
