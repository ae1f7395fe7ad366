"""Every family: round trips, the fast path, moments, truncation."""

import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import ndtr

from margincarlo.beliefs import (
    PERT,
    Belief,
    Beta,
    Discrete,
    Gamma,
    LogNormal,
    LogUniform,
    Mixture,
    Normal,
    Point,
    StudentT,
    Triangular,
    Truncated,
    TruncatedNormal,
    Uniform,
    describe,
)
from margincarlo.errors import BeliefError

CONTINUOUS: tuple[Belief, ...] = (
    Normal(1.0, 2.0),
    StudentT(4.0, 1.0, 2.0),
    LogNormal(0.8, 0.5),
    LogUniform(1.0, 20.0),
    Gamma(2.0, 3.0),
    Gamma(0.2, 3.0),
    Uniform(-1.0, 2.0),
    Triangular(0.0, 1.0, 4.0),
    Triangular(0.0, 0.0, 4.0),
    Triangular(0.0, 4.0, 4.0),
    Beta(2.0, 5.0),
    Beta(0.3, 0.4),
    Beta(5.0, 2.0, -3.0, 9.0),
    PERT(1.0, 2.0, 6.0),
    TruncatedNormal(0.0, 1.0, 0.0, 2.0),
    TruncatedNormal(0.0, 1.0, 8.0),
    TruncatedNormal(0.0, 1.0, -math.inf, -8.0),
    Truncated(LogNormal(0.0, 1.0), 0.5, 8.0),
    Truncated(Triangular(0.0, 1.0, 4.0), 0.5, 3.0),
    Mixture((LogNormal(0.0, 0.3), LogNormal(1.0, 0.8)), (0.6, 0.4)),
    Mixture((Normal(0.0, 1.0), Normal(10.0, 1.0)), (0.3, 0.7)),
)
ATOMIC: tuple[Belief, ...] = (
    Point(3.0),
    Discrete((5.0, 1.0, 2.0), (0.5, 0.2, 0.3)),
    Mixture((Point(0.0), Point(3.0)), (0.6, 0.4)),
    Mixture((Point(0.0), LogNormal(1.0, 0.8)), (0.6, 0.4)),
    Mixture((Normal(0.0, 1.0), Discrete((0.0, 1.0), (0.5, 0.5))), (0.6, 0.4)),
)


def scale(belief: Belief) -> float:
    return 0.5 * (belief.quantile(0.84) - belief.quantile(0.16)) or 1.0


@pytest.mark.parametrize("belief", CONTINUOUS, ids=describe)
def test_cumulative_undoes_quantile(belief):
    p = np.concatenate([[1e-6, 1e-3], np.linspace(0.01, 0.99, 99), [0.999]])
    np.testing.assert_allclose(belief.cumulative(belief.quantile(p)), p, rtol=1e-8)
    np.testing.assert_allclose(belief.quantile(np.array([0.0, 1.0])), belief.support, rtol=1e-15)


@pytest.mark.parametrize("belief", CONTINUOUS, ids=describe)
def test_upper_tail_undoes_itself(belief):
    z = np.array([1.0, 3.0, 5.0])
    if isinstance(belief, Beta) and belief.beta < 1.0:
        z = z[:2]  # closer to 1 than floating point can tell apart
    np.testing.assert_allclose(belief._above(belief._at_score(z)), ndtr(-z), rtol=1e-6)


@pytest.mark.parametrize("belief", CONTINUOUS + ATOMIC, ids=describe)
def test_from_normal_is_the_quantile_of_the_score(belief):
    rng = np.random.default_rng(1)
    z = np.concatenate([rng.standard_normal(4000), np.linspace(-9.0, 4.0, 400)])
    fast, exact = belief.from_normal(z), belief.quantile(ndtr(z))
    allowed = 1e-7 * (scale(belief) + np.abs(exact - belief.quantile(0.5)))
    assert (np.abs(fast - exact) <= allowed).all()
    # Beyond, 1 - ndtr(z) has lost its digits: compare with the upper tail itself.
    far = np.array([6.4, 6.6, 8.5])
    np.testing.assert_allclose(belief.from_normal(far), belief._at_score(far), rtol=1e-7)
    low, high = belief.support
    assert (fast >= low).all()
    assert (fast <= high).all()


@pytest.mark.parametrize("belief", CONTINUOUS + ATOMIC, ids=describe)
def test_a_draw_does_not_depend_on_its_neighbors(belief):
    z = np.random.default_rng(2).standard_normal((3, 12_000))
    z[1, 7] = 7.0
    whole = belief.from_normal(z)
    assert whole.shape == z.shape
    pieces = [belief.from_normal(part) for part in np.array_split(z.reshape(-1), 7)]
    np.testing.assert_array_equal(whole.reshape(-1), np.concatenate(pieces))
    again = pickle.loads(pickle.dumps(belief))
    assert again == belief
    assert hash(again) == hash(belief)


@pytest.mark.parametrize("belief", CONTINUOUS, ids=describe)
def test_mean_and_sd_against_integration(belief):
    z = np.linspace(-12.0, 12.0, 20_001)
    weight = np.exp(-0.5 * z * z) / np.exp(-0.5 * z * z).sum()
    values = belief._at_score(z)
    mean = weight @ values
    sd = math.sqrt(weight @ (values - mean) ** 2)
    assert belief.mean == pytest.approx(mean, rel=1e-3, abs=1e-3 * sd)
    assert belief.sd == pytest.approx(sd, rel=2e-3)


def test_threads_may_share_a_belief():
    belief = Beta(2.0, 5.0)
    z = np.random.default_rng(5).standard_normal((8, 2000))
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(belief.from_normal, z))
    np.testing.assert_array_equal(np.stack(rows), Beta(2.0, 5.0).from_normal(z))


def test_moments_of_single_values():
    belief = Discrete((1.0, 2.0, 5.0), (0.2, 0.3, 0.5))
    assert belief.mean == pytest.approx(3.3)
    assert belief.sd == pytest.approx(math.sqrt(0.2 + 1.2 + 12.5 - 3.3**2))
    mixed = Mixture((Point(0.0), Normal(2.0, 1.0)), (0.25, 0.75))
    assert mixed.mean == pytest.approx(1.5)
    assert mixed.sd == pytest.approx(math.sqrt(0.75 * 5.0 - 1.5**2))


def test_moments_that_do_not_exist():
    assert StudentT(2.0, 1.0, 1.0).sd == math.inf
    assert math.isnan(StudentT(1.0, 1.0, 1.0).mean)


def test_truncation_leaves_no_atom():
    base = Normal(0.0, 3.0)
    belief = Truncated(base, lower=0.0)
    draws = belief.from_normal(np.random.default_rng(3).standard_normal(20_000))
    assert (draws > 0.0).all()
    assert belief.cumulative(0.0) == 0.0
    assert np.unique(draws).size == draws.size
    kept = base.cumulative(2.0) - base.cumulative(0.0)
    assert belief.cumulative(2.0) == pytest.approx(kept / 0.5)


def test_truncation_in_the_far_tail_stays_accurate():
    belief = TruncatedNormal(0.0, 1.0, lower=30.0)
    # Mills' ratio: beyond a high threshold a normal is nearly exponential with rate x + 1/x.
    assert belief.mean == pytest.approx(30.0 + 1.0 / 30.0, rel=1e-5)


def test_atoms_are_hit_exactly():
    belief = Mixture((Point(0.0), LogNormal(1.0, 0.8)), (0.6, 0.4))
    draws = belief.from_normal(np.random.default_rng(4).standard_normal(50_000))
    assert np.mean(draws == 0.0) == pytest.approx(0.6, abs=0.01)
    assert belief.quantile(0.6) == 0.0
    assert belief.quantile(0.6 + 1e-9) > 0.0
    inside = Mixture((Normal(0.0, 1.0), Point(0.0)), (0.5, 0.5))
    np.testing.assert_array_equal(inside.quantile(np.array([0.26, 0.5, 0.74])), 0.0)


def test_scalars_stay_scalars_and_nan_stays_nan():
    belief = Beta(2.0, 5.0)
    assert isinstance(belief.quantile(0.5), float)
    assert isinstance(belief.cumulative(0.5), float)
    assert math.isnan(belief.from_normal(np.array([np.nan, 0.0]))[0])
    assert belief.from_normal(np.empty(0)).size == 0


def test_repr_says_what_it_implies():
    said = "LogNormal(mu=0.847, sigma=0.144)  mean 2.36, 1 % 1.67, 99 % 3.26"
    assert repr(LogNormal(0.847, 0.144)) == said
    assert repr(Point(3)) == "Point(value=3)"
    many = Discrete(tuple(range(10)), (0.1,) * 10)
    assert repr(many).startswith(
        "Discrete(values=(0, 1, 2, …, 9), weights=(0.1, 0.1, 0.1, …, 0.1))"
    )


def test_parameters_are_plain():
    assert Beta(2, 5).parameters == {"alpha": 2.0, "beta": 5.0, "lower": 0.0, "upper": 1.0}
    assert Truncated(Normal(0, 1), 0).parameters["base"] == {
        "family": "Normal",
        "mu": 0.0,
        "sigma": 1.0,
    }
    assert Normal(0, 1) == Normal(0.0, 1.0)
    assert len({Normal(0, 1), Normal(0.0, 1.0), LogNormal(0, 1)}) == 2
    assert Point(2).is_point
    assert not Normal(0, 1).is_point


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(0, 0), "sigma must be above 0"),
        (lambda: Normal(math.nan, 1), "mu must be finite"),
        (lambda: LogNormal(True, 1), "mu must be a number"),
        (lambda: Beta(0, 1), "alpha and beta must be above 0"),
        (lambda: Uniform(1, 1), "lower < upper"),
        (lambda: LogUniform(0, 1), "0 < lower < upper"),
        (lambda: Triangular(0, 2, 1), "lower <= c <= upper"),
        (lambda: PERT(0, 2, 1), "lower <= mode <= upper"),
        (lambda: TruncatedNormal(0, 1, 60, 70), "nothing is left"),
        (lambda: Truncated(Point(1), 0, 2), "only a continuous belief"),
        (lambda: Discrete((1, 2), (0.5, 0.4)), "sum to 1, these sum to 0.9"),
        (lambda: Discrete((1, 2), (1.0,)), "one weight for each value"),
        (lambda: Discrete((1, 1), (0.5, 0.5)), "equal values"),
        (lambda: Mixture((Normal(0, 1), Point(0)), (1.0, 0.0)), "weights must be above 0"),
        (lambda: Normal(0, 1).quantile(90), r"did you mean 0\.9\?"),
    ],
)
def test_messages(make, message):
    with pytest.raises(BeliefError, match=message):
        make()


def test_ten_tenths_are_one():
    assert Discrete(tuple(range(10)), (0.1,) * 10).mean == pytest.approx(4.5)
