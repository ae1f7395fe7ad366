"""Snapshots of prices in words and tables."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from statistics import median
from typing import TYPE_CHECKING, Any

from margincarlo.cli.page import Block, Heading
from margincarlo.prices.offer_columns import COLUMNS
from margincarlo.result.tables import Remark, Table

if TYPE_CHECKING:
    from margincarlo.prices.diff import Change, Difference
    from margincarlo.prices.listing import Offer, Snapshot
    from margincarlo.prices.sweep import Progress

# Columns of a comparison's CSV: one row for each endpoint that is not as it was.
RECORD = (
    "what",
    "model",
    "provider",
    "endpoint_tag",
    "quantization",
    "old_input_usd_per_mtok",
    "new_input_usd_per_mtok",
    "input_ratio",
    "old_output_usd_per_mtok",
    "new_output_usd_per_mtok",
    "output_ratio",
    "old_discount",
    "new_discount",
)


def fetched(snapshot: Snapshot, progress: Progress, out: str) -> Iterator[Block]:
    """Yield what a fetch has brought."""
    offers = snapshot.offers
    resumed = f" ({progress.resumed} of them by the fetch that was stopped)"
    failed = _count(snapshot.failures, "model")
    yield Remark(
        f"Asked about {progress.total} models{resumed if progress.resumed else ''}:"
        f" {_counts(offers)}; {failed} could not be read in full. Written to {out}."
    )
    if progress.skipped:
        counts = (f"{count} × {why}" for why, count in sorted(progress.skipped.items()))
        yield Remark(f"Left out: {', '.join(counts)}.")
    if all(offer.tokens_per_second is None for offer in offers):
        yield Remark("No speeds: the service tells them to those with a key (OPENROUTER_API_KEY).")


def offer_cells(offer: Offer, observed_at: str) -> list[object]:
    """Return an offer as a row of a table of offers."""
    return [
        getattr(offer, column.field) if column.field else observed_at[:10] for column in COLUMNS
    ]


def offers_page(snapshot: Snapshot, offers: Sequence[Offer]) -> Iterator[Block]:
    """Yield the offers of a snapshot, then where they come from."""
    yield Heading(f"What hosts ask, {snapshot.observed_at}")
    prices = ("input", "output", "cached input", "off")
    header = ("model", "endpoint", "format", *prices, "tok/s", "first token [s]", "notes")
    rows = tuple(_offer(offer) for offer in offers)
    yield Table(header, rows, frozenset(range(3, 9)))
    yield Remark(f"{_counts(offers)}. Prices in USD/Mtok, after promotions ('off').")
    yield Remark(f"Source: {snapshot.source}. SHA-256 {snapshot.sha256}.")
    for slug, reason in snapshot.failures:
        yield Remark(f"{slug} could not be read: {reason}", loud=True)


def _offer(offer: Offer) -> tuple[str, ...]:
    return (
        offer.model,
        offer.tag,
        "" if offer.quantization == "unknown" else offer.quantization,
        f"{offer.input_price:.4g}",
        f"{offer.output_price:.4g}",
        _number(offer.cache_read_price),
        _discount(offer),
        _number(offer.tokens_per_second),
        _number(offer.time_to_first_token),
        ", ".join(_notes(offer)),
    )


def _notes(offer: Offer) -> Iterator[str]:
    if offer.first_party:
        yield "creator"
    if offer.status < 0:
        yield "degraded"
    if any(each.min_prompt_tokens is not None for each in offer.overrides):
        yield "other prices for long prompts"
    if any(each.utc_start is not None for each in offer.overrides):
        yield "other prices at some hours"


def difference_page(found: Difference, top: int) -> Iterator[Block]:
    """Yield what moved, what came and what went."""
    yield Heading(f"Prices of {found.new.observed_at} against {found.old.observed_at}")
    yield from _summary(found)
    if found.changed:
        yield Heading("What moved most", level=2)
        header = ("model", "endpoint", "input", "now", "ratio", "output", "now", "ratio")
        rows = tuple(_moved(each) for each in found.changed[:top])
        yield Table(header, rows, frozenset(range(2, 8)))
        yield from _rest(found.changed, top)
    if found.discounts:
        yield Heading("Promotions", level=2)
        rows = tuple(
            (each.new.model, each.new.tag, _discount(each.old), _discount(each.new))
            for each in found.discounts[:top]
        )
        yield Table(("model", "endpoint", "off, old", "off, new"), rows, frozenset({2, 3}))
        yield from _rest(found.discounts, top)
    for title, offers in (("New endpoints", found.added), ("Gone endpoints", found.removed)):
        if offers:
            yield Heading(title, level=2)
            cells = tuple(_offer(offer)[:5] for offer in offers[:top])
            names = ("model", "endpoint", "format", "input", "output")
            yield Table(names, cells, frozenset({3, 4}))
            yield from _rest(offers, top)
    yield from _models(found)


def _summary(found: Difference) -> Iterator[Block]:
    moves = [each.output_ratio for each in found.changed]
    cheaper, dearer = sum(each < 1 for each in moves), sum(each > 1 for each in moves)
    yield Remark(
        f"{len(found.common)} endpoints are in both: output is cheaper at {cheaper}, dearer at"
        f" {dearer}; {len(found.common) - len(found.changed)} ask what they asked."
    )
    for name, part in (("all in both", found.common), ("those that moved", found.changed)):
        if part:
            yield Remark(
                f"Median change of {name}: input {_change([each.input_ratio for each in part])},"
                f" output {_change([each.output_ratio for each in part])}."
            )
    yield Remark(
        f"At models with offers in both, {len(found.added)} endpoints are new and"
        f" {len(found.removed)} gone. Prices are what a buyer pays, in USD/Mtok."
    )


def _models(found: Difference) -> Iterator[Block]:
    if found.new_models:
        yield Remark(f"New models ({len(found.new_models)}): {', '.join(found.new_models)}.")
    if found.gone_models:
        names = ", ".join(found.gone_models)
        yield Remark(f"No longer offered, or not asked about ({len(found.gone_models)}): {names}.")
    if found.unread:
        names = ", ".join(found.unread)
        yield Remark(f"Not read in full, so nothing is said to be new or gone: {names}.", loud=True)


def records(found: Difference) -> list[dict[str, Any]]:
    """Return one record for each endpoint that is not as it was; its keys are `RECORD`."""
    moved = [each for each in found.common if each.is_change or each.discount_changed]
    rows = [_record("changed", each.new, each.old, each.new) for each in moved]
    rows += [_record("new", offer, None, offer) for offer in found.added]
    return rows + [_record("gone", offer, offer, None) for offer in found.removed]


def _record(what: str, one: Offer, old: Offer | None, new: Offer | None) -> dict[str, Any]:
    prices: list[float | None] = []
    for name in ("input_price", "output_price"):
        before, after = (getattr(each, name) if each else None for each in (old, new))
        prices += [before, after, after / before if before and after is not None else None]
    discounts = [each.discount if each else None for each in (old, new)]
    values = (what, one.model, one.provider, one.tag, one.quantization, *prices, *discounts)
    return dict(zip(RECORD, values, strict=True))


def _moved(change: Change) -> tuple[str, ...]:
    old, new = change.old, change.new
    return (
        new.model,
        new.tag,
        f"{old.input_price:.4g}",
        f"{new.input_price:.4g}",
        f"{change.input_ratio:.3g}",
        f"{old.output_price:.4g}",
        f"{new.output_price:.4g}",
        f"{change.output_ratio:.3g}",
    )


def _change(ratios: Sequence[float]) -> str:
    middle = 100 * (median(ratios) - 1)
    return f"{middle:+.3g} %" if middle else "none"


def _rest(rows: Sequence[object], top: int) -> Iterator[Block]:
    if len(rows) > top:
        yield Remark(f"{len(rows) - top} more: --top, or --format csv.")


def _discount(offer: Offer) -> str:
    return f"{100 * offer.discount:.3g} %" if offer.discount else ""


def _counts(offers: Sequence[Offer]) -> str:
    models = _count({offer.model for offer in offers}, "model")
    hosts = _count({offer.provider for offer in offers}, "host")
    return f"{_count(offers, 'paid offer')} of {models} by {hosts}"


def _count(things: Collection[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
