"""Repeats: the newest run of a configuration counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from margincarlo.measurements import Measurement, newest
from margincarlo.measurements.judge import judge
from tests.measurements.conftest import GOOD


@pytest.fixture
def row() -> Measurement:
    """A measurement of 2026-05-01."""
    return judge(GOOD, "r")


def test_the_newest_stays_wherever_it_stands(row: Measurement) -> None:
    old, undated = replace(row, date="2025-12-31"), replace(row, date="")
    for rows in ([old, row, undated], [row, undated, old], [undated, old, row]):
        assert newest(rows) == (row,)


def test_of_equal_dates_the_last_stays(row: Measurement) -> None:
    again = replace(row, time_per_output_token=0.021)
    assert newest([row, again]) == (again,)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "deepseek/deepseek-v3.2"},
        {"accelerator": "b200"},
        {"engine": "vllm"},
        {"precision": "fp4"},
        {"parallelism": "TP8/EP8/DPA1"},
        {"gpus": 16},
        {"instances": 2},
        {"disaggregated": True},
        {"speculative": True},
        {"input_tokens": 8192.0},
        {"output_tokens": 512.0},
        {"concurrency": 64.0},
    ],
)
def test_another_configuration_is_no_repeat(row: Measurement, change: dict[str, object]) -> None:
    other = replace(row, date="2027-01-01", **change)  # type: ignore[arg-type]  # by field
    assert newest([row, other]) == (row, other)


def test_where_concurrency_is_unknown_the_batch_tells_runs_apart(row: Measurement) -> None:
    one, two = (replace(row, concurrency=0.0, batch=batch) for batch in (8.0, 16.0))
    assert newest([one, two]) == (one, two)
    assert newest([one, replace(one, batch=8.01)])[0].batch == 8.01


def test_order_is_kept_and_nothing_gives_nothing(row: Measurement) -> None:
    others = [replace(row, concurrency=float(n)) for n in (9, 3, 7)]
    assert newest(others) == tuple(others)
    assert newest([]) == ()
