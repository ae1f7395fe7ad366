"""What an answer says becomes offers and models, in the units that we mean."""

from __future__ import annotations

from typing import Any

import pytest

from margincarlo.prices.listing import Offer, Override
from margincarlo.prices.parse import first_party, parse_offers
from margincarlo.prices.parse_list import parse_models
from margincarlo.prices.snapshot import read_snapshot


def endpoint(**more: Any) -> dict[str, Any]:
    pricing = {"prompt": "0.00000022", "completion": "0.0000008"} | more.pop("pricing", {})
    return {"provider_name": "Novita", "tag": "novita/fp8", "pricing": pricing} | more


def offer(**more: Any) -> Offer:
    found = parse_offers("maker/model", [endpoint(**more)])
    assert (found.skipped, found.problems) == ({}, ())
    return found.offers[0]


def entry(**more: Any) -> dict[str, Any]:
    return {
        "id": "maker/model",
        "name": "A model",
        "created": 1_786_200_000,
        "pricing": {"prompt": "0.0000003", "completion": "0"},
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
    } | more


def test_prices_come_out_as_people_write_them() -> None:
    found = offer(pricing={"prompt": "0.00000022", "input_cache_read": "0.000000028"})
    assert (found.input_price, found.output_price, found.cache_read_price) == (0.22, 0.8, 0.028)
    assert (found.base_input_price, found.base_output_price) == (0.22, 0.8)
    assert (found.quantization, found.status, found.discount) == ("unknown", 0, 0.0)


def test_listed_prices_are_net_of_the_discount() -> None:
    # Novita's GLM-5.2 on 2026-08-08: 1.40 on its own list, and 84.3 % off.
    found = offer(pricing={"prompt": "0.0000002198", "discount": 0.843})
    assert (found.input_price, found.base_input_price) == (0.2198, 1.4)
    assert offer(pricing={"prompt": "0.0000012", "discount": -0.2}).base_input_price == 1.0


def test_statistics_are_medians_in_seconds() -> None:
    stats = {"p50": 640.0, "p75": 900, "p90": 1, "p99": 1}
    found = offer(latency_last_30m=stats, throughput_last_30m={"p50": 71})
    assert (found.time_to_first_token, found.tokens_per_second) == (0.64, 71.0)
    found = offer(latency_last_30m=None, throughput_last_30m={"p50": 0})
    assert (found.time_to_first_token, found.tokens_per_second) == (None, None)


def test_overrides_by_hour_and_by_length() -> None:
    night = {"utc_start": 2200, "utc_end": 600, "prompt": "0.0000001"}
    long = {"min_prompt_tokens": 200_000, "completion": "0.000002", "input_cache_read": "0"}
    found = offer(pricing={"overrides": [night, long]}).overrides
    assert found == (
        Override(None, 2200, 600, 0.1, None, None),
        Override(200_001, None, None, None, 2.0, 0.0),
    )


@pytest.mark.parametrize(
    ("pricing", "why"),
    [
        ({"prompt": "-1", "completion": "-1"}, "endpoint without a price of its own"),
        ({"prompt": "0", "completion": "0"}, "free endpoint"),
        ({"discount": 1}, "free endpoint"),
        ({"prompt": "0"}, "endpoint that charges for one direction only"),
    ],
)
def test_what_is_no_paid_offer_is_counted(pricing: dict[str, Any], why: str) -> None:
    found = parse_offers("maker/model", [endpoint(pricing=pricing), endpoint()])
    assert found.skipped == {why: 1}
    assert len(found.offers) == 1


@pytest.mark.parametrize(
    ("override", "why"),
    [
        ({"weekday": 6, "prompt": "0"}, "override under a condition that is not known here"),
        ({"min_prompt_tokens": 1, "prompt": "-1"}, "override without a price of its own"),
    ],
)
def test_overrides_that_cannot_be_kept_are_counted(override: dict[str, Any], why: str) -> None:
    found = parse_offers("maker/model", [endpoint(pricing={"overrides": [override]})])
    assert found.skipped == {why: 1}
    assert found.offers[0].overrides == ()


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"pricing": {"prompt": 2.2e-07}}, "pricing.prompt: Input should be a valid string"),
        ({"pricing": {"prompt": "cheap"}}, "'cheap', not a number of USD per token"),
        ({"pricing": {"prompt": "NaN"}}, "'NaN', not a number of USD per token"),
        ({"pricing": {"prompt": "0.22"}}, "more than 10,000 USD/Mtok"),
        ({"pricing": {"discount": 1.5}}, "pricing.discount: Input should be less than or equal"),
        ({"tag": None}, "tag: Input should be a valid string"),
        ({"context_length": -1}, "context_length is -1"),
        ({"pricing": {"overrides": [{"utc_start": 75, "utc_end": 100, "prompt": "0"}]}}, "HHMM"),
    ],
)
def test_one_unreadable_endpoint_is_named_and_hides_no_other(
    more: dict[str, Any], why: str
) -> None:
    found = parse_offers("maker/model", [endpoint(**more), endpoint(tag="other")])
    assert [each.tag for each in found.offers] == ["other"]
    (problem,) = found.problems
    assert problem.startswith("endpoint ")
    assert why in problem


def test_a_model_of_the_list() -> None:
    scores = {
        "artificial_analysis": {"intelligence_index": 61.5, "coding_index": None},
        "design_arena": [{"elo": 1300.0, "arena": "models"}, {"elo": 1200, "arena": "models"}],
    }
    (found,) = parse_models([entry(benchmarks=scores, hugging_face_id="maker/Model")]).models
    assert (found.model, found.name, found.created) == ("maker/model", "A model", "2026-08-08")
    assert (found.intelligence_index, found.design_arena_elo) == (61.5, 1250.0)
    assert found.open_weight
    (found,) = parse_models([entry(benchmarks=None, hugging_face_id="")]).models
    assert (found.intelligence_index, found.design_arena_elo) == (None, None)
    assert not found.open_weight
    assert parse_models([entry()], known_open=["maker/model"]).models[0].open_weight


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"pricing": {"prompt": "-1", "completion": "-1"}}, "router"),
        ({"pricing": {"prompt": "0", "completion": "0"}}, "free"),
        ({"id": "maker/model:free"}, "variant :free"),
        ({"id": "maker/model:thinking"}, "variant :thinking"),
        ({"id": "~maker/model-latest"}, "alias"),
        ({"alias_target": {"slug": "a/b", "name": "B"}}, "alias"),
        (
            {"architecture": {"input_modalities": ["text"], "output_modalities": ["image"]}},
            "not text to text",
        ),
    ],
)
def test_what_is_no_paid_model_is_left_out_with_the_reason(more: dict[str, Any], why: str) -> None:
    found = parse_models([entry(**more)])
    assert (found.models, found.problems) == ((), ())
    assert list(found.skipped.values()) == [why]


def test_entries_that_cannot_be_read_are_named() -> None:
    broken = [entry(created="yesterday"), entry(id="../../etc/passwd"), "text", entry()]
    found = parse_models(broken)
    assert [slug for slug, _ in found.problems] == ["maker/model", "../../etc/passwd", "entry 2"]
    assert "created: Input should be a valid integer" in found.problems[0][1]
    assert len(found.models) == 1


def test_creators_are_known_as_in_the_shipped_snapshot() -> None:
    offers = read_snapshot().offers
    assert sum(each.first_party for each in offers) > 70
    assert all(first_party(each.model, each.tag) == each.first_party for each in offers)
    assert first_party("x-ai/grok-4", "xai")
