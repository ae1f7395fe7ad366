"""What is stated is what is believed; what cannot be is refused with a remedy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from margincarlo.beliefs import (
    PERT,
    Beta,
    Discrete,
    Gamma,
    LogNormal,
    Mixture,
    Normal,
    Point,
    StudentT,
    Triangular,
    Truncated,
    TruncatedNormal,
    elicit,
)
from margincarlo.errors import BeliefError

LINE = (-math.inf, math.inf)
POSITIVE = (0.0, math.inf)
SHARE = (0.0, 1.0)
PROBABILITIES = {
    "p5": 0.05,
    "p10": 0.1,
    "p25": 0.25,
    "p50": 0.5,
    "p75": 0.75,
    "p90": 0.9,
    "p95": 0.95,
}


@pytest.mark.parametrize("keys", [{"p5": 0.3, "p95": 0.6}, {"p25": 0.35, "p50": 0.42}])
@pytest.mark.parametrize(
    ("family", "support", "kind"),
    [
        (None, LINE, Normal),
        (None, POSITIVE, LogNormal),
        (None, SHARE, Beta),
        (None, (0.2, math.inf), Truncated),
        (None, (-1.0, math.inf), TruncatedNormal),
        ("Normal", POSITIVE, TruncatedNormal),
        ("Normal", SHARE, TruncatedNormal),
        ("TruncatedNormal", LINE, TruncatedNormal),
        ("TruncatedNormal", SHARE, TruncatedNormal),
        ("LogNormal", LINE, LogNormal),
        ("LogNormal", SHARE, Truncated),
        ("Gamma", POSITIVE, Gamma),
        ("Gamma", SHARE, Truncated),
        ("StudentT", LINE, StudentT),
        ("StudentT", SHARE, Truncated),
        ("Beta", (-1.0, 2.0), Beta),
        ("Uniform", SHARE, None),
        ("LogUniform", POSITIVE, None),
    ],
)
def test_two_quantiles_are_met_exactly(family, support, kind, keys):
    found = elicit(keys, support=support, family=family)
    for key, value in keys.items():
        assert found.belief.quantile(PROBABILITIES[key]) == pytest.approx(value, rel=1e-9)
        assert found.belief.cumulative(value) == pytest.approx(PROBABILITIES[key], rel=1e-7)
    assert found.misfit == 0.0
    assert kind is None or type(found.belief) is kind
    assert found.belief.support[0] >= support[0]
    assert found.belief.support[1] <= support[1]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([("Normal", LINE), ("LogNormal", POSITIVE), ("Beta", SHARE)]),
    st.lists(st.floats(0.001, 0.999), min_size=2, max_size=2),
    st.lists(st.sampled_from(list(PROBABILITIES)), min_size=2, max_size=2, unique=True),
)
def test_any_two_quantiles_are_reproduced(case, values, names):
    family, support = case
    low, high = sorted(values)
    if high - low < 1e-4:
        high = low + 1e-4
    names = sorted(names, key=PROBABILITIES.__getitem__)
    belief = elicit(dict(zip(names, (low, high), strict=True)), support=support).belief
    assert belief.family == family
    reached = belief.quantile(np.array([PROBABILITIES[name] for name in names]))
    np.testing.assert_allclose(reached, [low, high], rtol=1e-6)


@pytest.mark.parametrize(
    ("keys", "support", "family", "bounds"),
    [
        ({"p5": 2.0, "p95": 5.0, "upper": 6.0}, POSITIVE, None, (0.0, 6.0)),
        ({"p5": 2.0, "p95": 5.0, "lower": 1.0, "upper": 6.0}, LINE, None, (1.0, 6.0)),
        ({"p5": 0.3, "p95": 0.7, "lower": 0.1}, SHARE, None, (0.1, 1.0)),
        ({"p5": 0.3, "p95": 0.7, "lower": 0.1, "upper": 0.9}, LINE, "Beta", (0.1, 0.9)),
    ],
)
def test_lower_and_upper_cut_and_the_quantiles_hold(keys, support, family, bounds):
    belief = elicit(keys, support=support, family=family).belief
    assert belief.support == bounds
    assert belief.quantile(0.05) == pytest.approx(keys["p5"], rel=1e-9)
    assert belief.quantile(0.95) == pytest.approx(keys["p95"], rel=1e-9)
    draws = belief.from_normal(np.random.default_rng(1).standard_normal(5000))
    assert ((draws > bounds[0]) & (draws < bounds[1])).all()


@pytest.mark.parametrize("support", [LINE, POSITIVE, SHARE])
def test_quantiles_of_a_member_leave_no_misfit(support):
    truth = {LINE: Normal(0.5, 0.1), POSITIVE: LogNormal(-1.0, 0.3), SHARE: Beta(2.0, 3.0)}[support]
    keys = {key: truth.quantile(p) for key, p in PROBABILITIES.items()}
    found = elicit(keys, support=support)
    assert found.misfit < 1e-7
    assert found.notes == ()
    for name, value in truth.parameters.items():
        assert found.belief.parameters[name] == pytest.approx(value, rel=1e-6)


def test_misfit_is_measured_and_told():
    found = elicit({"p5": 1.0, "p50": 15.0, "p95": 20.0}, support=POSITIVE)
    reached = found.belief.quantile(np.array([0.05, 0.5, 0.95]))
    assert found.misfit == pytest.approx(np.abs(reached - [1.0, 15.0, 20.0]).max() / 19.0)
    assert found.misfit > 0.3
    assert "p95 = 20 became" in found.notes[0]


@pytest.mark.parametrize(
    ("family", "support"),
    [("Normal", LINE), ("LogNormal", POSITIVE), ("Gamma", POSITIVE), ("Beta", SHARE)],
)
def test_mean_and_sd_are_met(family, support):
    belief = elicit({"mean": 0.4, "sd": 0.15}, support=support, family=family).belief
    assert belief.family == family
    assert [belief.mean, belief.sd] == pytest.approx([0.4, 0.15])


def test_other_ways_of_stating():
    three = {"low": 0, "mode": 2, "high": 5}
    assert elicit(three, support=POSITIVE).belief == PERT(0, 2, 5)
    assert elicit(three, family="Triangular").belief == Triangular(0, 2, 5)
    assert elicit({"value": 0}, support=POSITIVE).belief == Point(0)
    stated = {"values": [2, 1], "weights": [0.25, 0.75]}
    assert elicit(stated).belief == Discrete((1, 2), (0.75, 0.25))
    student = elicit({"p5": 1, "p95": 2, "nu": 3}, family="StudentT").belief
    assert student.parameters["nu"] == 3.0


def test_a_mixture_is_made_of_statements():
    usual, crisis = {"p5": 1.0, "p95": 2.0}, {"p5": 5.0, "p95": 20.0}
    found = elicit(
        {"mixture": [{"weight": 0.8, **usual}, {"weight": 0.2, **crisis}]}, support=POSITIVE
    )
    parts = tuple(elicit(keys, support=POSITIVE).belief for keys in (usual, crisis))
    assert found.belief == Mixture(parts, (0.8, 0.2))


@pytest.mark.parametrize(
    ("keys", "support", "note"),
    [
        ({"p5": 1, "p95": 100}, POSITIVE, None),
        ({"p5": 1, "p95": 101}, POSITIVE, "implies a mean 2.7 times its median"),
        ({"p5": 0.001, "p95": 0.999}, SHARE, "U-shaped"),
        ({"p25": 1, "p75": 20}, POSITIVE, "far beyond p75 = 20"),
        ({"p25": 1, "p75": 20}, POSITIVE, "far below p25 = 1"),
        ({"p50": 1, "p75": 1.1, "nu": 1.5}, LINE, "far beyond p75"),
    ],
)
def test_absurd_tails_are_told(keys, support, note):
    notes = elicit(keys, support=support, family="StudentT" if "nu" in keys else None).notes
    assert any(note in said for said in notes) if note else notes == ()


@pytest.mark.parametrize(
    ("keys", "support", "family", "message"),
    [
        ({}, LINE, None, "nothing is stated"),
        ({"p5": 1}, LINE, None, "p5 alone does not fix a belief; .* for example p95"),
        ({"p5": 1, "p95": 2, "mean": 1}, LINE, None, "p5, p95 and mean clash"),
        ({"p5": 1, "p95": 2, "lowr": 0}, LINE, None, "did you mean 'lower'"),
        ({"p05": 1, "p95": 2}, LINE, None, "unknown quantile 'p05'; there are p5 p10"),
        ({"p0.05": 1, "p95": 2}, LINE, None, "unknown quantile"),
        ({"mass": 90, "low": 1}, LINE, None, "ends of the central 90 %"),
        ({"p5": "1e6", "p95": 2}, LINE, None, "came as text: write 1e6 without quotes"),
        ({"p5": True, "p95": 2}, LINE, None, "p5 = True is not a number"),
        ({"p5": math.nan, "p95": 2}, LINE, None, "not a finite number"),
        ({"p5": 1, "p95": math.inf}, LINE, None, "not a finite number"),
        ({"p5": 2, "p95": 1}, LINE, None, "must increase: p5 = 2 is not below p95 = 1"),
        ({"p5": 1, "p50": 1, "p95": 2}, LINE, None, "must increase"),
        ({"p5": 0, "p95": 9}, POSITIVE, None, "positive quantity cannot have p5 = 0.*value = 0"),
        ({"p5": 0.3, "p95": 70}, SHARE, None, "p95 = 70 lies outside 0 to 1 .*70 % is 0.7"),
        ({"p5": 0, "p95": 0.3}, SHARE, None, "low, mode and high, which may touch"),
        ({"p5": 1, "p95": 2, "lower": 3}, LINE, None, "write p5 above 3"),
        ({"p5": 1, "p95": 2, "upper": -1}, POSITIVE, None, "nothing is left"),
        ({"p5": 1, "p95": 2}, LINE, "Lognormal", "did you mean 'LogNormal'"),
        ({"p5": 1, "p95": 2}, POSITIVE, "Beta", "needs two finite ends"),
        ({"p5": 0.01, "p95": 0.99}, SHARE, "Normal", "no Normal on 0 to 1 .* family = 'Beta'"),
        ({"p5": 0.01, "p95": 0.99}, SHARE, "Uniform", "runs from -0.044.*outside 0 to 1"),
        ({"p5": 1, "p95": 2, "nu": 3}, LINE, None, "leave nu out"),
        ({"mean": 1}, LINE, None, "mean needs sd"),
        ({"mean": 1, "sd": 0}, LINE, None, "sd must be above 0"),
        ({"mean": 0.5, "sd": 0.6}, SHARE, None, "must be below 0.5"),
        ({"mean": 2, "sd": 1}, POSITIVE, "Normal", "state two quantiles"),
        ({"mean": 2, "sd": 1, "upper": 4}, POSITIVE, None, "leave upper out"),
        ({"low": 1, "high": 2}, LINE, None, "needs mode"),
        ({"low": 3, "mode": 2, "high": 5}, LINE, None, "low <= mode <= high"),
        ({"low": -1, "mode": 2, "high": 5}, POSITIVE, None, "low = -1 lies outside"),
        ({"low": 1, "mode": 2, "high": 5}, LINE, "Normal", "there are PERT Triangular"),
        ({"value": -1}, POSITIVE, None, "value = -1 lies outside the positive numbers"),
        ({"value": 1}, LINE, "Normal", "leave it out"),
        ({"values": [1, 2]}, LINE, None, "values needs weights"),
        ({"values": 1, "weights": [1]}, LINE, None, "values must be a list"),
        ({"values": [1, "2"], "weights": [0.5, 0.5]}, LINE, None, r"values\[1\] = '2'"),
        ({"values": [1, 2], "weights": [0.5, 0.4]}, LINE, None, "sum to 0.9"),
        ({"mixture": [{"p5": 1}]}, LINE, None, r"mixture\[0\]: .* a weight"),
        ({"mixture": [{"weight": 1, "p5": 0, "p95": 1}]}, POSITIVE, None, r"mixture\[0\]: a pos"),
    ],
)
def test_messages(keys, support, family, message):
    with pytest.raises(BeliefError, match=message):
        elicit(keys, support=support, family=family)


def test_the_example_in_a_message_works():
    with pytest.raises(BeliefError, match=r"for example p5 = 0\.9,"):
        elicit({"p5": 0, "p95": 9}, support=POSITIVE)
    assert elicit({"p5": 0.9, "p95": 9}, support=POSITIVE).belief.family == "LogNormal"
