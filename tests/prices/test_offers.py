"""Offers that can be judged, why the others cannot, and tables of one's own."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest

from margincarlo.errors import SnapshotError
from margincarlo.prices.host_offer import HostOffer, served
from margincarlo.prices.listing import Listed, Offer, Snapshot
from margincarlo.prices.offer_columns import COLUMNS, NAMES
from margincarlo.prices.offers import CUSTOM_PARTS, Offers, offers, split_is_credible
from margincarlo.prices.offers_csv import read_offers_csv
from margincarlo.prices.snapshot import make_snapshot, read_snapshot
from margincarlo.registry import models

KIMI = "moonshotai/kimi-k2.5"
LISTED = Listed(KIMI, "Kimi", "2026-01-27", True, 40.0, 1200.0, 15e9, 1e9, 1e6)
OFFER = Offer(
    model=KIMI,
    provider="Host",
    tag="host",
    quantization="fp8",
    input_price=0.45,
    output_price=1.8,
    base_input_price=0.5,
    base_output_price=2.0,
    cache_read_price=0.09,
    discount=0.1,
    context_length=262144,
    max_output_tokens=None,
    tokens_per_second=40.0,
    time_to_first_token=0.8,
    status=0,
    first_party=False,
)


def market(*changes: dict[str, Any], on: str = "2026-08-08", listed: Listed = LISTED) -> Snapshot:
    """Offers of hosts A, B, …, each `OFFER` but for its changes."""
    rows = [
        replace(OFFER, **{"provider": f"Host {chr(65 + number)}", **change})
        for number, change in enumerate(changes)
    ]
    known = {row.model: Listed(row.model, row.model, "", True) for row in rows}
    return make_snapshot(
        observed_at=on,
        source="made by hand",
        models=(known | {listed.model: listed}).values(),
        offers=rows,
    )


def only(*changes: dict[str, Any], **market_of: Any) -> HostOffer:
    return offers(market(*changes, **market_of)).rows[0]


@pytest.fixture(scope="module")
def shipped() -> Offers:
    return offers(read_snapshot())


def test_what_ships(shipped: Offers) -> None:
    frame = shipped.frame()
    kinds = ["model", "provider", "creator", "family"]
    assert [len(frame), *frame[kinds].nunique()] == [422, 56, 44, 11, 39]
    assert shipped.reasons == {"model is not in the registry": 206, "host with custom parts": 17}
    assert len(frame) + len(shipped.dropped) == len(read_snapshot().offers)
    assert {each.provider for each in shipped.custom_parts} == CUSTOM_PARTS
    assert frame["speed_imputed"].sum() == 10
    assert frame["tokens_per_second"].between(8, 150).all()
    assert frame["age"].between(0, 3).all()
    assert frame.notna().sum()[["intelligence_index", "cache_hit_share"]].to_list() == [324, 293]
    positive = frame.select_dtypes("float64").filter(like="price").to_numpy()
    assert np.isfinite(positive).all()
    assert (positive > 0).all()
    assert set(frame["served_precision"]) == {"fp8", "fp4", "int4", "bf16"}


def test_rows_keep_one_order(shipped: Offers) -> None:
    snapshot = read_snapshot()
    shuffled = make_snapshot(
        observed_at=snapshot.observed_at,
        source=snapshot.source,
        models=snapshot.models[::-1],
        offers=snapshot.offers[::-1],
    )
    assert offers(shuffled) == shipped
    order = [(row.model, row.provider, row.tag) for row in shipped.rows]
    assert order == sorted(order)


def test_siblings_of_one_skeleton_are_one_family(shipped: Offers) -> None:
    families = {row.model: row.family for row in shipped.rows}
    kin = {families[f"moonshotai/kimi-{name}"] for name in ("k2.5", "k2.6", "k2.7-code")}
    assert len(kin) == 1
    assert families["moonshotai/kimi-k3"] not in kin


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model": "nobody/knows"}, "model is not in the registry"),
        ({"model": f"{KIMI}:free"}, "free"),
        ({"model": f"{KIMI}:thinking"}, "variant of another model"),
        ({"input_price": 0, "output_price": 0}, "free"),
        ({"output_price": 0}, "no price for input or for output"),
        ({"input_price": 0}, "no price for input or for output"),
        ({"base_output_price": 0}, "no price for input or for output"),
        ({"provider": "Groq"}, "host with custom parts"),
        ({"provider": "Host A"}, "repeats another offer"),
    ],
)
def test_what_is_left_out_has_a_reason(change: dict[str, Any], reason: str) -> None:
    found = offers(market({}, change))
    assert [row.provider for row in found.rows] == ["Host A"]
    assert [each.reason for each in found.dropped] == [reason]
    assert found.reasons == {reason: 1}


def test_nothing_left_is_an_error_that_counts() -> None:
    gone = market({"provider": "Groq"}, {"provider": "Cerebras"}, {"model": "nobody/knows"})
    with pytest.raises(SnapshotError) as caught:
        offers(gone)
    assert "2 x host with custom parts; 1 x model is not in" in str(caught.value)
    with pytest.raises(SnapshotError, match="there is none"):
        offers(market())


def test_models_that_could_not_be_read_stay_named() -> None:
    snapshot = make_snapshot(
        observed_at="2026-08-08",
        source="made by hand",
        models=[LISTED],
        offers=[OFFER],
        failures=[("maker/two", "HTTP 500")],
    )
    assert offers(snapshot).failures == (("maker/two", "HTTP 500"),)


def test_one_row_by_hand() -> None:
    row = only({"status": -2})
    assert row.blended_price == pytest.approx((15 * 0.5 + 2.0) / 16)
    assert row.prompt_completion_ratio == pytest.approx(15)
    assert row.cache_read_ratio == pytest.approx(0.2)
    # 2026-01-27 to 2026-08-08.
    assert row.age == pytest.approx(193 / 365.25)
    assert (row.creator, row.hosts, row.degraded, row.promoted) == ("moonshotai", 1, True, True)
    assert (row.base_output_price, row.output_price) == (2.0, 1.8)


@pytest.mark.parametrize(
    ("tag", "fast"),
    [("host/fast", True), ("host/highspeed", True), ("host/turbo", False), ("fast", False)],
)
def test_a_tag_names_the_faster_tier(tag: str, fast: bool) -> None:
    assert only({"tag": tag}).fast is fast


def test_a_surcharge_is_no_promotion() -> None:
    assert not only({"discount": -0.2}).promoted


def test_speeds_are_bounded_and_missing_ones_are_the_median_of_the_model() -> None:
    speeds = [3.0, 671.0, 60.0, None, 0.0]
    rows = offers(market(*({"tokens_per_second": each} for each in speeds))).rows
    expected = median([8.0, 150.0, 60.0])
    assert [row.tokens_per_second for row in rows] == [8.0, 150.0, 60.0, expected, expected]
    assert [row.speed_imputed for row in rows] == [False, False, False, True, True]
    assert only({"tokens_per_second": None}).tokens_per_second == 40.0
    others = market({"tokens_per_second": None}, {"model": "z-ai/glm-5.2", "tokens_per_second": 90})
    assert offers(others).rows[0].tokens_per_second == 90


def test_hosts_are_counted_once_and_without_custom_parts() -> None:
    found = offers(market({}, {"provider": "Host A", "tag": "other"}, {"provider": "Groq"}, {}))
    assert [row.hosts for row in found.rows] == [2, 2, 2]


@pytest.mark.parametrize(
    ("quantization", "model", "expected"),
    [
        ("nvfp4", KIMI, "fp4"),
        ("mxfp8", KIMI, "fp8"),
        ("fp16", KIMI, "bf16"),
        ("bf16", "meta-llama/llama-3.3-70b-instruct", "bf16"),
        ("unknown", KIMI, "int4"),
        ("unknown", "openai/gpt-oss-120b", "fp4"),
        ("unknown", "deepseek/deepseek-v3.2", "fp8"),
        ("unknown", "meta-llama/llama-3.3-70b-instruct", "fp8"),
        ("fp5", "meta-llama/llama-3.3-70b-instruct", "fp8"),
    ],
)
def test_precision_is_as_declared_or_else_native(
    quantization: str, model: str, expected: str
) -> None:
    assert served(quantization, models()[model]) == expected
    row = only({"quantization": quantization, "model": model})
    assert row.served_precision == expected
    assert row.precision_declared == (quantization not in ("unknown", "fp5"))


def test_what_is_not_known_is_said_to_be_so() -> None:
    bare = Listed(KIMI, "Kimi", "", True, completion_tokens=0.0, prompt_tokens=5.0)
    row = only({"cache_read_price": None}, listed=bare)
    assert row.intelligence_index is row.prompt_completion_ratio is row.cache_read_ratio is None
    assert row.blended_price == pytest.approx((14.3 * 0.5 + 2.0) / 15.3)
    # Released 2026-01-27 says the registry, which stands in for the day of listing.
    assert row.age == only({}, listed=replace(bare, created=models()[KIMI].released)).age
    frame = offers(market({"cache_read_price": None}, listed=bare)).frame()
    assert str(frame["intelligence_index"].dtype) == "float64"
    assert frame["intelligence_index"].isna().all()


def test_an_age_is_never_negative() -> None:
    assert only({}, on="2025-01-01").age == 0


def test_after_the_day_that_hosts_began_to_bid_the_split_is_refused() -> None:
    late = offers(market({}, on="2026-09-23T00:00:00Z"))
    early = offers(market({}, on="2026-09-22T23:59:59Z"))
    assert split_is_credible("2026-09-22")
    assert not split_is_credible("2026-09-23")
    assert set(early.frame()) - set(late.frame()) == {"base_input_price", "base_output_price"}
    assert late.frame()["blended_price"].to_list() == early.frame()["blended_price"].to_list()
    early.check_split()
    with pytest.raises(SnapshotError, match="use blended_price, or an earlier snapshot"):
        late.check_split()


@pytest.mark.parametrize(
    "change", [{"output_price": 0.0}, {"blended_price": float("nan")}, {"age": -1.0}, {"hosts": 0}]
)
def test_a_row_without_a_logarithm_is_refused(shipped: Offers, change: dict[str, Any]) -> None:
    with pytest.raises(SnapshotError, match=next(iter(change))):
        replace(shipped.rows[0], **change)


HEADER = "observed_on,model,provider,quantization,input_usd_per_mtok,output_usd_per_mtok,discount"
ROW = f"2026-08-08,{KIMI},Host,fp8,0.45,1.8,0.1"


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "offers.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    snapshot = read_offers_csv(table(tmp_path, HEADER, ROW, ROW.replace(KIMI, "nobody/knows")))
    found = offers(snapshot)
    (row,) = found.rows
    assert (row.output_price, row.base_output_price) == pytest.approx((1.8, 2.0))
    assert found.reasons == {"model is not in the registry": 1}
    listed = {each.model: each for each in read_snapshot().models}[KIMI]
    assert row.design_arena_elo == listed.design_arena_elo
    assert (row.quantization, row.degraded, row.first_party) == ("fp8", False, False)


def test_every_column_is_read_and_none_is_needed_twice(tmp_path: Path) -> None:
    cells = ["2026-08-08", KIMI, "Moonshot AI", "moonshotai/int4", "int4", "True", "262144.0"]
    cells += ["8192", "0.6", "2.5", "0.1", "1.2", "5", "0.5", "33", "1.5", "-2"]
    path = table(tmp_path, ",".join(["region", *NAMES]), ",".join(["eu", *cells]))
    (offer,) = read_offers_csv(path).offers
    given = {column.field for column in COLUMNS if column.field}
    assert given == set(vars(offer)) - {"cache_hit_share", "traffic", "overrides"}
    assert offer == Offer(
        *(KIMI, "Moonshot AI", "moonshotai/int4", "int4", 0.6, 2.5, 1.2, 5.0, 0.1, 0.5),
        *(262144, 8192, 33.0, 1.5, -2, True),
    )


@pytest.mark.parametrize("base", [("output", "2.0"), ("input", "0.5")])
def test_a_base_price_gives_the_discount(base: tuple[str, str], tmp_path: Path) -> None:
    header = HEADER.replace("discount", f"base_{base[0]}_usd_per_mtok")
    path = table(tmp_path, header, ROW.replace(",0.1", f",{base[1]}"))
    (offer,) = read_offers_csv(path).offers
    found = (offer.discount, offer.base_input_price, offer.base_output_price)
    assert found == pytest.approx((0.1, 0.5, 2.0))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("1.8", "free", "line 2: output_usd_per_mtok is 'free', and must be a number"),
        ("1.8", "", "line 2: output_usd_per_mtok is empty; it is needed"),
        ("1.8", "-1", "line 2: output_usd_per_mtok is '-1', and must be from 0 to 100000"),
        ("1.8", "nan", "line 2: output_usd_per_mtok is 'nan'"),
        ("1.8", "1e999", "line 2: output_usd_per_mtok is '1e999'"),
        (",0.1", ",1", "line 2: discount is '1', and must be from -1 to below 1"),
        ("Host", "", "line 2: provider is empty"),
        ("Host", "\x1b[31m", "line 2: provider"),
        ("Host", "\0", "line 2: provider"),
        ("2026-08-08", "August", "line 2: observed_on"),
        ("2026-08-08", "", "line 2: observed_on"),
        (",0.1", ",0.1,more", "line 2 has more cells than columns"),
        (ROW, "", "has no row"),
        (ROW, f"{ROW}\n{ROW.replace('08-08', '08-09')}", "keep the offers of one day"),
        ("output_usd_per_mtok", "output_price", "no column output_usd_per_mtok"),
        ("discount", "provider", "two columns provider"),
        (HEADER, "", "has no column"),
        (
            "discount",
            "base_input_usd_per_mtok",
            f"line 2: offer of {KIMI} by Host: discount is -3.5",
        ),
        ("discount", "status", "status is '0.1', and must be a whole number"),
        ("discount", "first_party", "first_party is '0.1', and must be True or False"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(
    old: str, new: str, said: str, tmp_path: Path
) -> None:
    path = table(tmp_path, *f"{HEADER}\n{ROW}".replace(old, new).split("\n"))
    with pytest.raises(SnapshotError, match=r"^[^\n]+$") as caught:
        read_offers_csv(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_base_price_that_contradicts_its_discount(tmp_path: Path) -> None:
    path = table(tmp_path, f"{HEADER},base_output_usd_per_mtok", f"{ROW},0.002")
    with pytest.raises(SnapshotError, match=r"line 2: base_output_usd_per_mtok is 0\.002, but"):
        read_offers_csv(path)


def test_files_that_are_no_table(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "quote").write_text(f'{HEADER}\n"{"x" * 200_000}')
    (tmp_path / "huge").touch()
    os.truncate(tmp_path / "huge", 60_000_000)
    for name, said in {
        "pipe": "no regular file",
        "noise": "not UTF-8",
        "quote": "is no CSV",
        "huge": "more than 50 MB",
        "missing": "cannot be read",
        "a\0b": "no name that a file can have",
    }.items():
        with pytest.raises(SnapshotError, match=said):
            read_offers_csv(tmp_path / name)
