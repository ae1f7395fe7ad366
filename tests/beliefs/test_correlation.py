"""Correlations: achieved, refused when impossible, and never leaking between groups."""

import math
import re

import numpy as np
import pytest

from margincarlo.beliefs import Correlation, correlate
from margincarlo.errors import CorrelationError

DRAWS = 20_000


def normals(names: str, draws: int = DRAWS) -> dict[str, np.ndarray]:
    return {
        name: np.random.default_rng([7, ord(name)]).standard_normal(draws) for name in sorted(names)
    }


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    ranks = [values.argsort().argsort().astype(np.float64) for values in (first, second)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def test_rank_correlations_are_achieved():
    stated = [
        Correlation("a", "b", 0.7),
        Correlation("b", "c", -0.4),
        Correlation("x", "y", 0.95),
    ]
    copula = correlate(stated)
    assert copula.groups == (("a", "b", "c"), ("x", "y"))
    mixed = copula.mix(normals("abcxyz"))
    for link in stated:
        assert spearman(mixed[link.first], mixed[link.second]) == pytest.approx(link.rank, abs=0.02)
    assert spearman(mixed["a"], mixed["c"]) == pytest.approx(0.0, abs=0.02)
    assert spearman(mixed["a"], mixed["x"]) == pytest.approx(0.0, abs=0.02)
    for name in "abcxy":
        assert mixed[name].std() == pytest.approx(1.0, abs=0.02)


def test_the_matrix_is_that_of_the_normals():
    copula = correlate([Correlation("b", "a", 0.5)])
    inner = 2.0 * math.sin(math.pi / 12.0)
    np.testing.assert_allclose(copula.matrix(("a", "b")), [[1.0, inner], [inner, 1.0]])


def test_perfect_correlation_shares_a_driver():
    copula = correlate(
        [
            Correlation("a", "c", 1),
            Correlation("c", "d", -1),
            Correlation("b", "d", 0.5),
        ]
    )
    mixed = copula.mix(normals("abcd"))
    np.testing.assert_array_equal(mixed["a"], mixed["c"])
    np.testing.assert_array_equal(mixed["a"], -mixed["d"])
    assert spearman(mixed["a"], mixed["b"]) == pytest.approx(-0.5, abs=0.02)


def test_semidefinite_without_ones():
    half = 6.0 / math.pi * math.asin(0.25)  # Pearson 0.5 in the copula
    stated = [
        Correlation("a", "b", half),
        Correlation("b", "c", half),
        Correlation("a", "c", -half),
    ]
    mixed = correlate(stated).mix(normals("abc"))
    np.testing.assert_allclose(mixed["a"] - mixed["b"] + mixed["c"], 0.0, atol=1e-6)


def test_groups_and_blocks_leave_each_other_bit_identical():
    pair = [Correlation("a", "b", 0.6), Correlation("b", "c", 0.3)]
    draws = normals("abcdexyz")
    alone = correlate(pair).mix(draws)
    more = correlate([Correlation("x", "y", 1), *pair, Correlation("y", "z", 0.2)]).mix(draws)
    blocks = [
        correlate(pair).mix({name: values[part] for name, values in draws.items()})
        for part in (slice(0, 777), slice(777, None))
    ]
    for name in "abcde":
        np.testing.assert_array_equal(alone[name], more[name])
        np.testing.assert_array_equal(
            alone[name], np.concatenate([block[name] for block in blocks])
        )
    assert alone["d"] is draws["d"]


def test_an_infeasible_trio_is_named_with_ranks_that_work():
    stated = [
        Correlation("power", "price", 0.9),
        Correlation("price", "rent", 0.9),
        Correlation("power", "rent", -0.5),
        Correlation("rent", "wage", 0.1),
    ]
    with pytest.raises(
        CorrelationError, match=r"of power, price, rent cannot .*eigenvalue -0\."
    ) as e:
        correlate(stated)
    assert "wage" not in str(e.value)
    nearest = re.findall(r"(\w+)–(\w+) (-?[\d.]+) instead of", str(e.value))
    assert len(nearest) == 3
    found = correlate([Correlation(a, b, float(rank)) for a, b, rank in nearest])
    assert found.groups == (("power", "price", "rent"),)


def test_pairs_nobody_stated_count_as_zero_and_are_told():
    with pytest.raises(CorrelationError, match=r"a–c \S+ instead of 0 \(not stated\)"):
        correlate([Correlation("a", "b", 0.9), Correlation("b", "c", 0.9)])


def test_a_large_infeasible_group_is_cut_down():
    chain = [Correlation(f"n{i:02}", f"n{i + 1:02}", 0.55) for i in range(24)]
    with pytest.raises(CorrelationError, match="cannot hold together") as e:
        correlate(chain)
    assert 3 <= str(e.value).split(" cannot")[0].count("n") < 25


@pytest.mark.parametrize("rank", [1.01, -2, math.nan, True, "0.5"])
def test_ranks_outside_one_are_refused(rank):
    with pytest.raises(CorrelationError, match="rank must lie between -1 and 1"):
        Correlation("a", "b", rank)


def test_pairs_are_named_once_and_of_two():
    with pytest.raises(CorrelationError, match="name two quantities"):
        Correlation("a", "a", 0.5)
    with pytest.raises(CorrelationError, match="given twice"):
        correlate([Correlation("a", "b", 0.5), Correlation("b", "a", 0.5)])


def test_part_of_a_group_is_refused_and_none_is_fine():
    copula = correlate([Correlation("a", "b", 0.5)])
    assert list(copula.mix(normals("z"))) == ["z"]
    with pytest.raises(CorrelationError, match="b must be drawn together"):
        copula.mix(normals("a"))
