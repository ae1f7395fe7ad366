"""Time per output token: one source for floats, arrays and graphs, and what it must obey."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from margincarlo.equations import EQUATIONS
from margincarlo.measurements import (
    Efficiency,
    Facts,
    facts_of,
    newest,
    predicted_time,
    read_measurements,
)
from margincarlo.measurements.facts import call
from margincarlo.measurements.steps import FULL

REAL = Efficiency(0.6, 0.4, 0.5, 2e-3)


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Facts of every twentieth row of the shipped table."""
    return facts_of(newest(read_measurements().measurements)[::20])


def one(facts: Facts, place: int) -> Facts:
    return Facts(**{name: each[place] for name, each in asdict(facts).items()})


def test_floats_arrays_and_graphs_agree(facts: Facts) -> None:
    import pytensor.tensor as pt

    expected = predicted_time(facts, REAL)
    each = [float(predicted_time(one(facts, n), REAL)) for n in range(len(expected))]
    np.testing.assert_allclose(each, expected, rtol=1e-12)
    symbols = [pt.dscalar(name) for name in asdict(REAL)]
    graph = predicted_time(facts, Efficiency(*symbols))
    given = dict(zip(symbols, asdict(REAL).values(), strict=True))
    found = graph.eval(given, mode="FAST_COMPILE")
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_columns_of_facts_broadcast_against_rows_of_draws(facts: Facts) -> None:
    mbu = np.array([[0.5, 0.6, 0.7]])
    found = predicted_time(facts.column(), replace(REAL, decode_mbu=mbu))
    assert found.shape == (len(facts.layers), 3)
    np.testing.assert_allclose(found[:, 1], predicted_time(facts, REAL), rtol=1e-12)


SHARE = st.floats(0.01, 1.0)


@given(
    st.sampled_from(["decode_mbu", "prefill_mfu", "link_efficiency"]),
    SHARE,
    SHARE,
    st.tuples(SHARE, SHARE, SHARE, st.floats(0.0, 0.1)),
)
def test_more_efficiency_is_never_slower(
    facts: Facts, name: str, one: float, other: float, rest: tuple[float, float, float, float]
) -> None:
    base = Efficiency(*rest)
    slow, fast = (predicted_time(facts, replace(base, **{name: x})) for x in sorted((one, other)))
    assert (slow >= fast * (1 - 1e-12)).all()
    assert (fast >= predicted_time(facts, FULL) * (1 - 1e-12)).all()


@given(st.floats(0.0, 0.1), st.floats(0.0, 0.1))
def test_overhead_adds_as_it_is(facts: Facts, one: float, other: float) -> None:
    first, second = (
        predicted_time(facts, replace(REAL, decode_step_overhead=x)) for x in (one, other)
    )
    np.testing.assert_allclose(second - first, other - one, rtol=1e-9, atol=1e-12)


def test_without_prefill_it_is_the_decode_step(facts: Facts) -> None:
    alone = replace(facts, uncached_input_per_output=np.zeros_like(facts.layers))
    known = {**asdict(alone), **asdict(REAL), "decode_mfu": REAL.decode_mbu}
    known |= {"verified_tokens": 1.0, "synchronization_time": 0.0, "draft_time": 0.0}
    known |= {"communication_overlap": 0.0, "slowdown": 1.0, "tokens_per_step": 1.0}
    for name in (
        "dense_read_time",
        "expert_read_time",
        "sequence_read_time",
        "sequence_compute_time",
        "sequence_traffic_time",
        "decode_step_time",
    ):
        known[name] = call(EQUATIONS[name], known)
    np.testing.assert_allclose(predicted_time(alone, REAL), known["decode_step_time"], rtol=1e-12)
    assert (predicted_time(facts, REAL) >= predicted_time(alone, REAL)).all()


def test_by_hand() -> None:
    """Seventy billion bytes, one request of 1.6 GB of cache, on two H100 with others to prefill."""
    names = Facts.__dataclass_fields__
    facts = replace(
        Facts(**{name: np.zeros(1) for name in names}),
        decode_batch=np.ones(1),
        gpus_per_replica=np.full(1, 2.0),
        dense_bytes=np.full(1, 70e9),
        dense_copies=np.ones(1),
        kv_copies=np.ones(1),
        read_kv_bytes=np.full(1, 1.6e9),
        memory_bandwidth=np.full(1, 3.35e12),
        peak_flops=np.full(1, 1979e12),
        decode_flops_per_token=np.full(1, 140e9),
        prefill_flops_per_token=np.full(1, 140e9),
        link_bandwidth=np.full(1, 450e9),
        layers=np.full(1, 80.0),
    )
    found = predicted_time(facts, Efficiency(0.5, 0.5, 0.5, 1e-3))
    assert found == pytest.approx(71.6e9 / (2 * 3.35e12 * 0.5) + 1e-3, rel=1e-9)
