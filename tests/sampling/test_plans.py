from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from margincarlo.errors import ScenarioError
from margincarlo.sampling import CELL, REPLICATES, Plan, plan


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        (1, 64),
        (64, 64),
        (65, 128),
        (100_000, 131_072),
        (131_072, 131_072),
        (131_073, 262_144),
        (1 << 36, 1 << 36),
    ],
)
def test_sobol_rounds_up_to_complete_nets(wanted, got):
    assert plan(wanted).draws == got


@pytest.mark.parametrize(("wanted", "got"), [(1, 16), (16, 16), (17, 32), (100_001, 100_016)])
def test_random_rounds_up_to_equal_batches(wanted, got):
    assert plan(wanted, "random").draws == got


@pytest.mark.parametrize("sampler", ["sobol", "random"])
@pytest.mark.parametrize("wanted", [1, 1000, 10**6])
def test_cells_tile_each_replicate(sampler, wanted):
    cut = plan(wanted, sampler)
    sizes = [cut.size(cell) for cell in range(cut.cells)]
    assert cut.replicates == REPLICATES
    assert sum(sizes) == cut.per_replicate
    assert set(sizes[:-1]) <= {cut.cell}
    assert 0 < sizes[-1] <= cut.cell <= CELL


def test_only_random_has_a_shorter_last_cell():
    assert plan(10**7, "random").size(9) == 625_000 - 9 * CELL
    assert plan(10**7).size(15) == CELL
    with pytest.raises(IndexError, match="cell 16 of a replicate that has 16"):
        plan(10**7).size(16)


def test_numpy_integers_are_whole_numbers():
    assert plan(np.int64(1000)) == plan(1000) == Plan("sobol", 16, 64, 64)


def test_a_plan_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        plan(100).cell = 3  # type: ignore[misc]


@pytest.mark.parametrize("draws", [True, np.True_, 1e5, np.float64(2e5), "100", None, np.ones(2)])
def test_draws_must_be_a_whole_number(draws):
    with pytest.raises(ScenarioError, match=r"draws must be a whole number .* write it without"):
        plan(draws)


@pytest.mark.parametrize("draws", [0, -5])
def test_draws_must_be_at_least_one(draws):
    with pytest.raises(ScenarioError, match=f"at least 1, not {draws}; raise it to 1 or more"):
        plan(draws)


def test_a_net_of_32_bits_has_an_end():
    with pytest.raises(ScenarioError, match=r"at most 68719476736 .* use sampler = 'random'"):
        plan((1 << 36) + 1)
    assert plan((1 << 36) + 1, "random").draws == (1 << 36) + 16


@pytest.mark.parametrize(
    ("sampler", "remedy"), [("sobl", "did you mean 'sobol'"), ("halton", "choose one"), (7, "7")]
)
def test_an_unknown_sampler_is_refused_with_the_ones_we_have(sampler, remedy):
    with pytest.raises(ScenarioError, match="must be 'sobol' or 'random'") as caught:
        plan(100, sampler)
    assert remedy in str(caught.value)
