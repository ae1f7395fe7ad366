"""Probabilities and statements in words."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from margincarlo.report import LIKELIHOOD, likelihood
from margincarlo.report.age import age
from margincarlo.report.wording import chance, hedged, in_words
from margincarlo.result import Probability
from margincarlo.scenario import read_statement

TODAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (1.0, "virtually certain"),
        (0.99, "virtually certain"),
        (0.989, "extremely likely"),
        (0.93, "very likely"),
        (0.7, "likely"),
        (0.5, "about as likely as not"),
        (0.329, "unlikely"),
        (0.07, "very unlikely"),
        (0.02, "extremely unlikely"),
        (0.009, "exceptionally unlikely"),
        (0.0, "exceptionally unlikely"),
    ],
)
def test_each_probability_has_its_word(probability: float, word: str) -> None:
    assert likelihood(probability) == word


def test_the_scale_descends_to_zero_and_repeats_no_word() -> None:
    borders = [least for least, _ in LIKELIHOOD]
    assert borders == sorted(borders, reverse=True)
    assert borders[-1] == 0
    assert len({word for _, word in LIKELIHOOD}) == len(LIKELIHOOD)


def test_the_documented_words_are_the_words_used(project_root: Path) -> None:
    text = (project_root / "docs/how-to/read_a_report.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| (\d+) %", text, flags=re.MULTILINE)
    assert rows == [(word, f"{100 * least:g}") for least, word in LIKELIHOOD]


def test_two_words_where_the_error_spans_a_border() -> None:
    assert hedged(Probability(0.93, 0.01)) == "very likely"
    assert hedged(Probability(0.905, 0.01)) == "likely to very likely"
    assert hedged(Probability(0.905, float("nan"))) == "very likely"


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (Probability(0.934, 0.011), "P = 0.93 ± 0.01"),
        (Probability(1.0, 3 / 4096), "P > 0.9993"),
        (Probability(0.0, 3 / 4096), "P < 0.0007"),
    ],
)
def test_a_chance_shows_its_error_or_bound(found: Probability, text: str) -> None:
    assert chance(found, 4096).replace("\N{NO-BREAK SPACE}", " ") == text


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("gross_margin > 0", "gross margin is above 0"),
        ("gross_margin >= 0.5", "gross margin is at least 50 %"),
        ("decode_mbu < 40 %", "decode MBU is below 40 %"),
        ("gpu_hour_cost <= 2.5 USD/h", "GPU hour cost is at most 2.5 USD/h"),
        ("output_token_cost < output_price", "output token cost is below output price"),
        ("chat.gross_margin > 0", "chat: gross margin is above 0"),
    ],
)
def test_statements_read_as_clauses(statement: str, words: str) -> None:
    assert in_words(read_statement(statement)).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("as_of", "text", "is_old"),
    [
        ("", "", False),
        ("2026-11-20", "today", False),
        ("2026-11-19", "1 day", False),
        ("2026-05-20", "6 months", False),
        ("2025-11-19", "12 months", True),
        ("2024-03", "2.6 years", True),
        ("2026", "current", False),
        ("2025", "11 months", False),
        ("2027-01-01", "dated in the future", False),
        ("2026-13", "age unknown", False),
        ("Q3 2026", "age unknown", False),
    ],
)
def test_age_of_evidence(as_of: str, text: str, is_old: bool) -> None:
    found = age(as_of, TODAY)
    assert (found.text, found.is_old) == (text, is_old)
