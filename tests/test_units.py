"""The door: what units a scenario may use, and what it hears when it uses another."""

from __future__ import annotations

import pytest

from margincarlo.errors import UnitError
from margincarlo.units import factor

HOUR = 3600.0


@pytest.mark.parametrize(
    "unit", ["USD/h", "$/h", "USD/GPU/h", "USD/GPU-h", "USD/GPU-hour", "$/GPU-hr", "USD/GPU*h",
             "USD/h/GPU", " USD / h "],
)  # fmt: skip
def test_a_gpu_hour_is_spelled_in_many_ways(unit):
    assert factor(unit, "USD/GPU/s") == pytest.approx(1 / HOUR, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "base", "expected"),
    [
        ("USD/Mtok", "USD/token", 1e-6),
        ("$/Mtoken", "USD/token", 1e-6),
        ("Mtok/h", "token/s", 1e6 / HOUR),
        ("tok/s", "token/s", 1),
        ("USD/kWh", "USD/J", 1 / 3.6e6),
        ("cent/kWh", "USD/J", 0.01 / 3.6e6),
        ("USD/kW/month", "USD/W/s", 1 / 1000 / (730 * HOUR)),
        ("USD/kW-month", "USD/W/s", 1 / 1000 / (730 * HOUR)),
        ("USD/GB/h", "USD/B/s", 1e-9 / HOUR),
        ("GB", "B/GPU", 1e9),
        ("GiB", "B", 2**30),
        ("TB/s", "B/GPU/s", 1e12),
        ("TFLOP/s", "FLOP/GPU/s", 1e12),
        ("Gparam", "param", 1e9),
        ("kW", "W/GPU", 1000),
        ("billion USD", "USD", 1e9),
        ("GPU-h", "GPU*s", HOUR),
        ("us", "s", 1e-6),
        ("µs", "s", 1e-6),
        ("year", "s", 8760 * HOUR),
        ("month", "s", 730 * HOUR),
        ("%/year", "1/s", 0.01 / (8760 * HOUR)),
        ("%", "1", 0.01),
        ("1", "1", 1),
        ("", "1", 1),
    ],
)
def test_one_of_a_unit_in_base_units(unit, base, expected):
    assert factor(unit, base) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    ("unit", "base"),
    [
        ("h", "USD/GPU/s"),
        ("USD", "USD/token"),
        ("Mtok/USD", "USD/token"),
        ("s*s", "s"),
        ("GB", "B/GPU/s"),
        ("token", "param"),
        ("%", "s"),
    ],
)
def test_a_unit_of_the_wrong_kind_is_refused_with_the_right_one(unit, base):
    with pytest.raises(UnitError, match="wrong kind: this quantity is in") as caught:
        factor(unit, base)
    assert unit in str(caught.value)
    assert base in str(caught.value)


@pytest.mark.parametrize(
    ("unit", "nearest"), [("USD/Mtokn", "USD/Mtok"), ("tok/s/user", "tok/s"), ("FLOPS", "FLOP")]
)
def test_an_unknown_unit_gets_a_suggestion(unit, nearest):
    with pytest.raises(UnitError, match=f"not known; did you mean '{nearest}'\\?"):
        factor(unit, "1")


def test_an_unknown_unit_hears_what_units_look_like():
    with pytest.raises(UnitError, match="write one such as 'USD/Mtok', 'USD/h'"):
        factor("EUR", "USD")


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "s; s",
        "[s for s in ()]",
        "lambda: s",
        "s\n",
        "s if s else s",
        "open('x')",
        "{}",
        "s" * 61,
    ],
)
def test_what_looks_like_code_is_no_unit(text):
    with pytest.raises(UnitError, match=r"is not a unit|is not known"):
        factor(text, "s")


@pytest.mark.parametrize("text", ["2*s", "1e400*s", "1000", "**", "(", "s +", "1/0", "0.5 s"])
def test_a_number_is_no_part_of_a_unit(text):
    with pytest.raises(UnitError):
        factor(text, "s")


def test_the_alias_table_speaks_the_language_of_the_registry():
    from typing import get_args

    from margincarlo import units

    aliases = {
        name: get_args(alias)[1]
        for name, alias in vars(units).items()
        if hasattr(alias, "__metadata__")
    }
    assert len(aliases) > 20
    assert [name for name, unit in aliases.items() if factor(unit, unit) != 1] == []
