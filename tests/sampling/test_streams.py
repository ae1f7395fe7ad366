import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr

from margincarlo.errors import ScenarioError
from margincarlo.sampling import CELL, Normals, Plan, plan, stream

SAMPLERS = ["sobol", "random"]


def cell_of(cut: Plan, source: Normals, replicate: int, cell: int) -> NDArray[np.float64]:
    out = np.full(cut.size(cell), np.nan)
    source.draw(replicate, cell, out)
    return out


def all_draws(
    cut: Plan, *, seed: int = 0, name: str = "utilization", dimension: int = 3
) -> NDArray[np.float64]:
    """Return the draws of one input, shape (replicates, per_replicate)."""
    source = stream(cut, seed=seed, name=name, dimension=dimension)
    return np.array(
        [
            np.concatenate([cell_of(cut, source, replicate, cell) for cell in range(cut.cells)])
            for replicate in range(cut.replicates)
        ]
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_draws_are_standard_normal(sampler):
    z = all_draws(plan(200_000, sampler))
    error = 4 / np.sqrt(z.size)
    assert np.isfinite(z).all()
    assert abs(z.mean()) < error
    assert abs((z**2).mean() - 1) < error * np.sqrt(2)
    assert abs((z**4).mean() - 3) < error * np.sqrt(96)
    assert abs((z < -1.6448536269514722).mean() - 0.05) < error * 0.22


@pytest.mark.parametrize("log2", [2, 6, 16])
def test_every_replicate_and_power_of_two_is_perfectly_stratified(log2):
    u = ndtr(all_draws(plan(16 << log2), dimension=300))
    for k in range(log2 + 1):
        strata = np.sort(np.floor(u[:, : 1 << k] * (1 << k)), axis=1)
        np.testing.assert_array_equal(strata, np.tile(np.arange(1 << k), (16, 1)))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_more_draws_start_with_the_draws_of_fewer(sampler):
    full = all_draws(plan(16 * 70_000, sampler))
    for fewer in (64, 3000, 16 * CELL, 16 * 32_768):
        z = all_draws(plan(fewer, sampler))
        np.testing.assert_array_equal(z, full[:, : z.shape[1]])


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_neither_order_nor_threads_nor_other_inputs_change_a_draw(sampler):
    cut = plan(16 * 40_000, sampler)
    alone = all_draws(cut)
    others = [stream(cut, seed=0, name=f"other_{i}", dimension=i) for i in (3, 4)]
    source = stream(cut, seed=0, name="utilization", dimension=3)
    out = np.empty_like(alone)

    def fill(replicate):
        for cell in reversed(range(cut.cells)):
            place = out[replicate, cell * CELL : cell * CELL + cut.size(cell)]
            for other in others:
                other.draw(replicate, cell, place)
            source.draw(replicate, cell, place)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(fill, reversed(range(cut.replicates))))
    np.testing.assert_array_equal(out, alone)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_names_seeds_replicates_and_cells_differ(sampler):
    cut = plan(16 * 2 * CELL, sampler)
    pieces = [
        *all_draws(cut).reshape(-1, CELL),
        all_draws(cut, name="batch")[0, :CELL],
        all_draws(cut, seed=1)[0, :CELL],
    ]
    assert len({piece.tobytes() for piece in pieces}) == 34


def test_scrambled_estimates_are_unbiased():
    cut = plan(64)
    cases = []
    for seed in range(150):
        x = all_draws(cut, seed=seed, name="x", dimension=40)
        y = all_draws(cut, seed=seed, name="y", dimension=700)
        cases.append(np.stack([x, x**2 - 1, x * y, (x > 1) - (1 - ndtr(1))], axis=-1).mean(axis=1))
    estimates = np.concatenate(cases)
    error = estimates.std(axis=0, ddof=1) / np.sqrt(len(estimates))
    assert (np.abs(estimates.mean(axis=0)) < 4 * error).all()


def errors_of_a_plane_integral(sampler: str, log2: int) -> NDArray[np.float64]:
    """Return the error of each replicate in E[exp((x + y) / 2)], whose value is exp(1/4)."""
    cut = plan(16 << log2, sampler)
    x = all_draws(cut, name="x", dimension=2)
    y = all_draws(cut, name="y", dimension=5)
    estimates: NDArray[np.float64] = np.exp((x + y) / 2).mean(axis=1)
    return estimates - float(np.exp(0.25))


def test_a_plane_integral_converges_much_faster_than_at_random():
    few, many = (np.std(errors_of_a_plane_integral("sobol", log2)) for log2 in (6, 14))
    at_random = np.std(errors_of_a_plane_integral("random", 14))
    assert many < at_random / 20
    # 256 times the draws: a random sample gains a factor of 16.
    assert few / many > 60


def test_replicates_are_independent_enough_to_tell_the_error():
    off = []
    for seed in range(120):
        z = all_draws(plan(16 * 64), seed=seed, dimension=11)
        estimates = np.maximum(z - 0.5, 0).mean(axis=1)
        truth = np.exp(-0.125) / np.sqrt(2 * np.pi) - 0.5 * ndtr(-0.5)
        off.append((estimates.mean() - truth) / (estimates.std(ddof=1) / 4))
    # Student's t with 15 degrees of freedom is within 2.131 in 95 % of cases.
    assert 0.88 <= np.mean(np.abs(off) < 2.131) <= 1.0


@pytest.mark.parametrize("seed", [-1, 1.5, True, "0"])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ScenarioError, match="seed must be a whole number of at least 0"):
        stream(plan(64), seed=seed, name="x", dimension=0)


def test_a_plan_made_by_hand_needs_a_sampler_we_have():
    with pytest.raises(ScenarioError, match="sampler must be"):
        stream(Plan("lattice", 16, 4, 4), seed=0, name="x", dimension=0)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_only_cells_of_the_plan_can_be_drawn(sampler):
    source = stream(plan(64, sampler), seed=0, name="x", dimension=0)
    for replicate, cell in [(16, 0), (-1, 0), (0, 1), (0, -1)]:
        with pytest.raises(IndexError, match="of a"):
            source.draw(replicate, cell, np.empty(4))


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    "out", [np.empty(5), np.empty((4, 1)), np.empty(4, dtype=np.float32), np.empty(8)[::2]]
)
def test_out_must_fit_the_cell(sampler, out):
    source = stream(plan(64, sampler), seed=0, name="x", dimension=0)
    with pytest.raises(ValueError, match="contiguous float64 array of shape"):
        source.draw(0, 0, out)


def test_import_loads_nothing_slow():
    code = "import sys, margincarlo.sampling; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
