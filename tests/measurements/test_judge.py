"""Rows: each that cannot be right gives its reason, and never becomes a score."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margincarlo.measurements import COLUMNS, Measurement, facts_of
from margincarlo.measurements.judge import UnjudgedError, judge
from margincarlo.measurements.physics import check_physics
from tests.measurements.conftest import GOOD


def judged(**changes: str) -> Measurement:
    row = judge({**GOOD, **changes}, "line 2")
    check_physics(row)
    return row


NUMBERS = [column.name for column in COLUMNS if column.kind == "number"]
CONTRADICTION = "rate, time per token and concurrency contradict each other"
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "seconds for milliseconds": ({"tpot_ms": "0.02"}, "faster than the hardware allows"),
    "microseconds for milliseconds": ({"tpot_ms": "20000"}, "over 300 times slower"),
    "a total rate for a user's": (
        {"tpot_ms": "", "interactivity_tok_s_user": "12800"},
        "faster than the hardware allows",
    ),
    "no time": ({"tpot_ms": ""}, "no time per output token"),
    "time of zero": ({"tpot_ms": "0"}, "no time per output token"),
    "no prompt": ({"input_len": "0"}, "prompt or output length is not stated"),
    "no output": ({"output_len": ""}, "prompt or output length is not stated"),
    "neither rate nor concurrency": (
        {"concurrency_or_batch": ""},
        "neither output rate nor concurrency is stated",
    ),
    "concurrency in words alone": (
        {"concurrency_or_batch": "256 per GPU"},
        "neither output rate nor concurrency is stated",
    ),
    "rate of the node for one accelerator": ({"decode_tok_s_per_gpu": "1600"}, CONTRADICTION),
    "thousands of tokens": ({"decode_tok_s_per_gpu": "0.2"}, CONTRADICTION),
    "a rate of too many requests": ({"total_tok_s_per_gpu": "3200"}, CONTRADICTION),
    "huge parallelism": (
        {"parallelism": "TP99999"},
        "how many accelerators hold one instance is not stated",
    ),
    "a number too long for Python": (
        {"parallelism": "TP" + "9" * 5000},
        "how many accelerators hold one instance is not stated",
    ),
    "no layout": (
        {"parallelism": "8 GPUs"},
        "how many accelerators hold one instance is not stated",
    ),
    "fewer accelerators than an instance": (
        {"num_gpus": "4"},
        "one instance takes more accelerators than there are",
    ),
    "fewer than the decode pool": (
        {"disaggregated": "True", "num_decode_gpu": "16", "parallelism": "decode TP8 x5"},
        "the instances need another number of accelerators than there are",
    ),
    "a decode pool of the whole world": (
        {"disaggregated": "True", "num_decode_gpu": "1e9", "parallelism": "decode TP8 x1"},
        "the instances need another number of accelerators than there are",
    ),
    "too little memory": (
        {"parallelism": "TP1", "num_gpus": "1", "tpot_ms": "300"},
        "the weights do not fit into the memory of one instance",
    ),
    "unknown model": ({"model": "GPT-5"}, "the registry does not know the model 'GPT-5'"),
    "no model": ({"model": ""}, "the registry does not know the model ''"),
    "a model of a control character": ({"model": "\x1b["}, r"know the model '\x1b['"),
    "a model of endless name": ({"model": "x" * 9999}, "xxx…'"),
    "unknown accelerator": ({"hardware": "MI350X"}, "know the accelerator 'MI350X'"),
    "a part of the registry's without a link": (
        {"hardware": "Groq LPU v1"},
        "the registry has no link_bandwidth of groq-lpu-v1 at fp8",
    ),
    "a part of the registry's without a peak": (
        {"hardware": "vr200", "precision_weights": "bf16"},
        "the registry has no peak_flops of vr200 at bf16",
    ),
    "precision not stated": (
        {"precision_weights": "quantized"},
        "the precision of the weights is not stated as bf16, fp8, fp4 or int4",
    ),
    "drafted tokens": ({"spec_decode": "MTP-3"}, "tokens are drafted"),
    "a flag that is none": (
        {"disaggregated": "perhaps"},
        "disaggregated is neither True nor False",
    ),
    "a date of no calendar": ({"date": "2026-02-30"}, "the date is none of the calendar"),
    "a month of no calendar": ({"date": "2026-13"}, "the date is none of the calendar"),
}


def test_the_row_that_the_others_change_can_be_judged() -> None:
    row = judged()
    assert (row.model, row.accelerator) == ("deepseek/deepseek-r1", "h200")
    assert (row.batch, row.instances, row.gpus) == (32, 1, 8)
    assert row.time_per_output_token == 0.02


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_row_gives_its_reason(name: str) -> None:
    changes, reason = WRONG[name]
    with pytest.raises(UnjudgedError) as caught:
        judged(**changes)
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 120
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("column", NUMBERS)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-1", "is negative or not finite"),
        ("nan", "is negative or not finite"),
        ("inf", "is negative or not finite"),
        ("-inf", "is negative or not finite"),
        ("1e400", "is negative or not finite"),
        ("1e308", "is of an absurd magnitude"),
        ("5e-324", "is of an absurd magnitude"),
        ("about 8", "is no number"),
    ],
)
def test_numbers_that_are_none(column: str, text: str, reason: str) -> None:
    if column == "concurrency_or_batch" and reason == "is no number":
        assert judged(concurrency_or_batch=text, decode_tok_s_per_gpu="200").concurrency == 0
        return
    with pytest.raises(UnjudgedError, match=f"^{column} {reason}"):
        judged(**{column: text})


# By Little's law: rate of one instance x time per token.
@pytest.mark.parametrize(
    ("changes", "batch", "instances"),
    [
        ({}, 32, 1),
        ({"num_gpus": "16"}, 16, 2),
        ({"parallelism": "TP8 x2", "num_gpus": ""}, 16, 2),
        ({"decode_tok_s_per_gpu": "180"}, 180 * 8 * 0.020, 1),
        ({"decode_tok_s_per_gpu": "90", "num_gpus": "16"}, 90 * 8 * 0.020, 2),
        ({"total_tok_s_per_gpu": "360"}, 180 * 8 * 0.020, 1),
        ({"total_tok_s_per_gpu": "720", "input_len": "3072"}, 180 * 8 * 0.020, 1),
        (
            {
                "total_tok_s_per_gpu": "240",
                "disaggregated": "True",
                "num_gpus": "12",
                "num_decode_gpu": "8",
                "parallelism": "prefill TP4 x1; decode TP8 x1",
            },
            240 / 2 * 12 * 0.020,
            1,
        ),
        ({"concurrency_or_batch": "", "decode_tok_s_per_gpu": "100"}, 16, 1),
        ({"tpot_ms": "", "interactivity_tok_s_user": "50"}, 32, 1),
    ],
)
def test_sequences_in_flight(changes: dict[str, str], batch: float, instances: int) -> None:
    row = judged(**changes)
    assert row.batch == pytest.approx(batch)
    assert row.instances == instances


def test_random_lengths_are_nine_tenths_on_average() -> None:
    assert judged().input_tokens == 1024
    for changes in ({"scenario": "0.8-1.0x"}, {"source_group": "InferenceX dump"}):
        row = judged(**changes)
        assert (row.input_tokens, row.output_tokens) == pytest.approx((921.6, 921.6))


ODD = st.sampled_from(["", "0", "1e9", "1e-6", "3", "8", "0.5", "1_000", "x", "1e308", "72"])


@given(st.dictionaries(st.sampled_from(NUMBERS), ODD), st.sampled_from(["TP8", "TP1", "EP72"]))
def test_whatever_the_numbers_facts_are_finite_or_there_is_a_reason(
    changes: dict[str, str], layout: str
) -> None:
    try:
        row = judged(**changes, parallelism=layout)
    except UnjudgedError:
        return
    facts = facts_of([row])
    for field in dataclasses.fields(facts):
        value = getattr(facts, field.name)
        assert np.isfinite(value).all()
        assert value[0] >= 0
    assert math.isfinite(math.log(row.time_per_output_token))
