"""`margincarlo prices show` and `diff`: what they print, and what they refuse."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from margincarlo.cli.prices import URL
from margincarlo.prices import openrouter
from margincarlo.prices.listing import Override
from margincarlo.prices.offers_csv import read_offers_csv
from margincarlo.prices.snapshot import make_snapshot, read_snapshot, write_snapshot

Call = Callable[..., Result]


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """Months after the shipped snapshot: one host gone, one dearer, one promotion, one unread."""
    shipped = read_snapshot()
    offers = [offer for offer in shipped.offers if offer.provider != "Venice"]
    (kimi,) = (n for n, each in enumerate(offers) if _is(each, "moonshotai/kimi-k2.5", "novita"))
    (glm,) = (n for n, each in enumerate(offers) if _is(each, "z-ai/glm-4.7", "z-ai"))
    offers[kimi] = replace(offers[kimi], output_price=offers[kimi].output_price * 2)
    night = Override(None, 0, 600, 0.1, None, None)
    offers[glm] = replace(offers[glm], discount=0.25, overrides=(night,))
    offers.append(replace(offers[glm], provider="Fresh", tag="fresh"))
    path = tmp_path / "later.json.gz"
    found = make_snapshot(
        observed_at="2026-11-21T12:00:00Z",
        source="a test",
        models=shipped.models,
        offers=offers,
        failures=[("qwen/qwen3-32b", "HTTP 500, 5 times")],
    )
    write_snapshot(found, path)
    return path


def _is(offer: object, model: str, tag: str) -> bool:
    return (getattr(offer, "model", ""), getattr(offer, "tag", "")) == (model, tag)


def words(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, "")
    return " ".join(result.stdout.split())


def test_the_address_is_the_modules_own() -> None:
    assert URL == openrouter.URL


def test_show_lists_what_ships(call: Call) -> None:
    text = words(call("prices", "show"))
    assert text.startswith("What hosts ask, 2026-08-08T15:31:00Z model endpoint format input")
    assert "645 paid offers of 151 models by 57 hosts." in text
    assert f"SHA-256 {read_snapshot().sha256}" in text


def test_show_one_model(call: Call) -> None:
    text = words(call("prices", "show", "--model", "Kimi-K2.5"))
    assert "moonshotai/kimi-k2.5 deepinfra fp4 0.45 2.25 0.07 52 0.745" in text
    assert "moonshotai/kimi-k2.5 moonshotai int4 0.6 3 0.1 60 1.21 creator" in text
    assert "10 paid offers of 1 model by 10 hosts." in text
    assert "glm" not in text


def test_show_a_file_with_its_failures(call: Call, later: Path) -> None:
    text = words(call("prices", "show", later, "--model", "glm-4.7"))
    assert "WARNING: qwen/qwen3-32b could not be read: HTTP 500, 5 times" in text
    assert "25 %" in text
    assert "other prices at some hours" in text


def test_show_as_json(call: Call, later: Path) -> None:
    found = json.loads(call("prices", "show", later, "--format", "json").stdout)
    snapshot = read_snapshot(later)
    assert found["observed_at"] == "2026-11-21T12:00:00Z"
    assert found["sha256"] == snapshot.sha256
    assert found["failures"] == {"qwen/qwen3-32b": "HTTP 500, 5 times"}
    assert len(found["offers"]) == len(snapshot.offers)
    assert [each["input_price"] for each in found["offers"]] == [
        each.input_price for each in snapshot.offers
    ]


def test_show_as_csv_is_a_table_of_offers(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "offers.csv"
    path.write_text(call("prices", "show", "--format", "csv").stdout, encoding="utf-8")
    plain = [
        replace(each, cache_hit_share=None, traffic=None, overrides=())
        for each in read_snapshot().offers
    ]
    assert sorted(read_offers_csv(path).offers, key=repr) == sorted(plain, key=repr)


def test_show_as_markdown(call: Call) -> None:
    text = call("prices", "show", "--model", "kimi-k2.5", "--format", "md").stdout
    assert text.startswith("# What hosts ask, 2026-08-08")
    assert "\n| moonshotai/kimi-k2.5 | deepinfra | fp4 | 0.45 | 2.25 | 0.07 |" in text


def test_show_knows_what_was_meant(call: Call, tmp_path: Path) -> None:
    result = call("prices", "show", "--model", "moonshotai/kimmi-k2.5")
    assert result.exit_code == 1
    assert "did you mean 'moonshotai/kimi-k2.5'?" in result.stderr
    result = call("prices", "show", tmp_path / "none.json.gz")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "none.json.gz: cannot be read" in result.stderr


def test_diff_of_a_snapshot_with_itself(call: Call) -> None:
    text = words(call("prices", "diff", "shipped", "shipped"))
    assert "645 endpoints are in both: output is cheaper at 0, dearer at 0; 645 ask what" in text
    assert "Median change of all in both: input none, output none." in text
    assert "0 endpoints are new and 0 gone" in text


def test_diff_says_what_moved_came_and_went(call: Call, later: Path) -> None:
    text = words(call("prices", "diff", "shipped", later))
    venice = [each for each in read_snapshot().offers if each.provider == "Venice"]
    assert text.startswith("Prices of 2026-11-21T12:00:00Z against 2026-08-08T15:31:00Z")
    for expected in (
        f"{645 - len(venice)} endpoints are in both: output is cheaper at 0, dearer at 1;",
        "Median change of those that moved: input none, output +100 %.",
        "What moved most model endpoint input now ratio output now ratio",
        "moonshotai/kimi-k2.5 novita 0.57 0.57 1 2.85 5.7 2",
        "Promotions model endpoint off, old off, new",
        "z-ai/glm-4.7 z-ai 25 %",
        "New endpoints model endpoint format input output",
        "z-ai/glm-4.7 fresh",
        "Gone endpoints",
        "WARNING: Not read in full, so nothing is said to be new or gone: qwen/qwen3-32b.",
    ):
        assert expected in text
    gone = {each.model for each in venice} - {each.model for each in read_snapshot(later).offers}
    assert ("No longer offered, or not asked about" in text) == bool(gone)


def test_diff_backwards_and_short(call: Call, later: Path) -> None:
    text = words(call("prices", "diff", later, "shipped", "--top", 1))
    assert "output is cheaper at 1, dearer at 0" in text
    assert "output -50 %." in text
    assert "more: --top, or --format csv." in text


def test_diff_as_csv_and_json(call: Call, later: Path) -> None:
    text = call("prices", "diff", "shipped", later, "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    kinds = [row["what"] for row in rows]
    assert (kinds.count("changed"), kinds.count("new")) == (2, 1)
    (kimi,) = (row for row in rows if row["output_ratio"] == "2.0")
    assert (kimi["model"], kimi["endpoint_tag"]) == ("moonshotai/kimi-k2.5", "novita")
    found = json.loads(call("prices", "diff", "shipped", later, "--format", "json").stdout)
    assert (found["old"], found["new"]) == ("2026-08-08T15:31:00Z", "2026-11-21T12:00:00Z")
    assert found["unread"] == ["qwen/qwen3-32b"]
    assert [each["what"] for each in found["endpoints"]] == kinds
