"""Numbers as text."""

from __future__ import annotations

import math

import pytest

from margincarlo.plots.numbers import number, percent, percent_places, short, texts, with_error
from margincarlo.result import Estimate


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.00012, "0.00012"),
        (-3.0, "−3"),
        (123456.0, "123,456"),
        (math.inf, "∞"),
        (math.nan, "not a number"),
        (6.02e23, "6.02 × 10²³"),
        (-1e-9, "−1 × 10⁻⁹"),
    ],
)
def test_numbers_read_well(value: float, text: str) -> None:
    assert number(value) == text


def test_an_estimate_shows_no_more_digits_than_its_error_supports() -> None:
    assert with_error(Estimate(-5.9471, 0.027)) == "−5.95 ± 0.03"
    assert short(Estimate(15.0751, 0.08)) == "15.1"
    assert short(Estimate(-0.0004, 0.02)) == "0.00"


def test_an_exact_number_has_no_error() -> None:
    assert texts(Estimate(0.25, 0.0)) == ("0.25", "")
    assert with_error(Estimate(0.25, 0.0)) == "0.25"


def test_percentages_share_the_decimals_that_all_of_them_support() -> None:
    places = percent_places([Estimate(-3.35, 0.02), Estimate(0.03, 0.0), Estimate(0.1, 1e-4)])
    assert places == 0
    assert percent(-3.351, places) == "−335 %"
    assert percent_places([Estimate(1.0, 0.0)]) == 1
