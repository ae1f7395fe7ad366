"""Two snapshots side by side: what is the same endpoint, what moved, and what nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from margincarlo.prices.diff import Difference, difference
from margincarlo.prices.listing import Listed, Offer, Snapshot
from margincarlo.prices.snapshot import make_snapshot, read_snapshot

PLAIN = Offer(
    model="maker/model",
    provider="DeepInfra",
    tag="deepinfra/fp8",
    quantization="fp8",
    input_price=0.3,
    output_price=1.2,
    base_input_price=0.3,
    base_output_price=1.2,
    cache_read_price=None,
    discount=0.0,
    context_length=None,
    max_output_tokens=None,
    tokens_per_second=None,
    time_to_first_token=None,
    status=0,
    first_party=False,
)


def offer(tag: str = "deepinfra/fp8", **more: Any) -> Offer:
    return replace(PLAIN, tag=tag, provider=tag.partition("/")[0], **more)


def snapshot(offers: Iterable[Offer], failures: Iterable[tuple[str, str]] = ()) -> Snapshot:
    offers = list(offers)
    models = [Listed(slug, slug, "2026-08-08", True) for slug in {each.model for each in offers}]
    return make_snapshot(
        observed_at="2026-11-21", source="here", models=models, offers=offers, failures=failures
    )


def compare(old: Iterable[Offer], new: Iterable[Offer], *failed: str) -> Difference:
    return difference(snapshot(old), snapshot(new, [(slug, "HTTP 500") for slug in failed]))


def test_prices_that_moved_come_largest_first() -> None:
    found = compare(
        [offer("a"), offer("b"), offer("c")],
        [offer("a", output_price=1.5), offer("b", input_price=0.1), offer("c")],
    )
    assert [each.new.tag for each in found.common] == ["b", "a", "c"]
    assert [each.new.tag for each in found.changed] == ["b", "a"]
    first, second = found.changed
    assert [first.input_ratio, first.output_ratio] == pytest.approx([1 / 3, 1.0])
    assert [second.input_ratio, second.output_ratio] == pytest.approx([1.0, 1.25])
    assert not any((found.added, found.removed, found.discounts))


def test_a_price_from_or_to_nothing_is_the_largest_move() -> None:
    free = {"input_price": 0.0, "base_input_price": 0.0}
    found = compare([offer("a", **free), offer("b")], [offer("a"), offer("b", **free)])
    assert {each.new.tag: each.input_ratio for each in found.changed} == {"a": inf, "b": 0.0}
    assert {each.size for each in found.changed} == {inf}


def test_a_promotion_that_leaves_the_price_is_no_price_change() -> None:
    found = compare([offer()], [offer(discount=0.5, base_input_price=0.6, base_output_price=2.4)])
    assert found.changed == ()
    assert [each.new.discount for each in found.discounts] == [0.5]


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        (("deepinfra", "fp8"), ("deepinfra/fp8", "fp8"), True),
        (("deepinfra", "unknown"), ("deepinfra", "fp8"), True),
        (("deepinfra/fp4", "fp4"), ("deepinfra/fp8", "fp8"), True),
        (("deepinfra/turbo", "fp8"), ("deepinfra/turbo/fp8", "fp8"), True),
        (("deepinfra/turbo", "fp8"), ("deepinfra/fp8", "fp8"), False),
        (("novita/fp8", "fp8"), ("deepinfra/fp8", "fp8"), False),
    ],
)
def test_an_endpoint_is_known_again_under_another_tag(
    old: tuple[str, str], new: tuple[str, str], same: bool
) -> None:
    before, after = (offer(tag, quantization=quantization) for tag, quantization in (old, new))
    found = compare([before], [after])
    assert len(found.common) == same
    assert (found.removed, found.added) == (((), ()) if same else ((before,), (after,)))


def test_formats_of_one_host_are_not_mixed_up() -> None:
    old = [offer("deepinfra", quantization=each) for each in ("bf16", "fp4")]
    new = [
        offer(f"deepinfra/{each}", quantization=each, output_price=2.0) for each in ("fp4", "fp8")
    ]
    found = compare(old, new)
    assert {(each.old.quantization, each.new.quantization) for each in found.common} == {
        ("fp4", "fp4"),
        ("bf16", "fp8"),
    }


def test_models_and_endpoints_that_came_and_went() -> None:
    gone, fresh = offer(model="maker/old"), offer(model="maker/new")
    found = compare([offer("a"), offer("b"), gone], [offer("a"), offer("c"), fresh])
    assert [each.tag for each in found.removed] == ["b"]
    assert [each.tag for each in found.added] == ["c"]
    assert (found.new_models, found.gone_models) == (("maker/new",), ("maker/old",))


def test_what_could_not_be_read_is_not_gone() -> None:
    old = [offer("a"), offer("b"), offer("a", model="maker/other")]
    found = compare(old, [offer("a")], "maker/model", "maker/other")
    assert (found.removed, found.gone_models) == ((), ())
    assert found.unread == ("maker/model", "maker/other")
    assert len(found.common) == 1
    back = difference(found.new, found.old)
    assert (back.added, back.new_models) == ((), ())


def test_the_shipped_snapshot_is_like_itself() -> None:
    shipped = read_snapshot()
    found = difference(shipped, shipped)
    assert len(found.common) == len(shipped.offers)
    assert all(each.old == each.new for each in found.common)
    assert not any((found.added, found.removed, found.changed, found.discounts))
    assert not any((found.new_models, found.gone_models, found.unread))


@given(st.data())
def test_every_offer_has_one_place(data: st.DataObject) -> None:
    offers = st.builds(
        offer,
        st.sampled_from(["a", "a/fp8", "a/fp4", "a/turbo", "b", "b/fp8"]),
        model=st.sampled_from(["m/1", "m/2"]),
        quantization=st.sampled_from(["fp8", "fp4", "unknown"]),
        output_price=st.sampled_from([1.0, 2.0]),
    )
    old, new = (snapshot(data.draw(st.lists(offers, max_size=6))) for _ in range(2))
    found = difference(old, new)
    for side, alone, models in (
        (old, found.removed, found.gone_models),
        (new, found.added, found.new_models),
    ):
        paired = [each.old if side is old else each.new for each in found.common]
        missing = [each for each in side.offers if each.model in models]
        assert sorted([*paired, *alone, *missing], key=repr) == sorted(side.offers, key=repr)
    assert all(each.old.provider == each.new.provider for each in found.common)
