"""Run a scenario: blocks on threads, until a number of draws or a precision is reached."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Lock
from typing import Literal

import numpy as np

from margincarlo.errors import PrecisionWarning, ScenarioError
from margincarlo.result import Simulation
from margincarlo.sampling import Plan, plan
from margincarlo.sampling.keys import whole
from margincarlo.scenario import Ask, Scenario, Statement, read_precision
from margincarlo.simulation.blocks import Runner
from margincarlo.simulation.collect import Collector, Counts, Keeper, Teller
from margincarlo.simulation.draw import drawer
from margincarlo.simulation.model import prepare
from margincarlo.simulation.physics import feasibility, warn_of_physics
from margincarlo.simulation.rents import each_rent
from margincarlo.tree.grow import AMOUNTS

Keep = Literal["auto", "all", "outputs", "none"]

# Up to this many draws everything is kept unless told otherwise; beyond, figures alone.
KEPT_DRAWS = 131_072
MOST_DRAWS = 2**27

# Draws that tell the magnitude of what is tallied.
PILOT_DRAWS = 4096

# Just under the largest array that glibc will learn from (32 MiB on 64-bit machines).
REUSED_BYTES = 31 * 2**20


def simulate(
    scenario: Scenario,
    *,
    draws: int | None = None,
    seed: int | None = None,
    sampler: str | None = None,
    until: str | None = None,
    keep: Keep = "auto",
    workers: int | None = None,
    block_size: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Simulation:
    """Run a scenario.

    Parameters
    ----------
    scenario : Scenario
        From `load`.
    draws : int, optional
        At least this many; rounded up to what the sampler can balance. The scenario's otherwise.
    seed : int, optional
        The same seed gives the same bits, whatever the workers and blocks.
    sampler : {"sobol", "random"}, optional
        Scrambled Sobol points, or pseudo-random draws.
    until : str, optional
        Double the draws until a probability is known this precisely, such as
        ``"gross_margin > 0 within 0.002"``.
    keep : {"auto", "all", "outputs", "none"}
        Keep the draws of everything in the tree, of inputs and outputs, or figures alone. "auto"
        keeps everything up to 131,072 draws and figures alone beyond.
    workers : int, optional
        Threads; one per processor otherwise.
    block_size : int, optional
        Draws evaluated at once by a thread, rounded up to whole cells of the sampler.
    progress : callable, optional
        Called with the share done, between 0 and 1.

    Returns
    -------
    Simulation
        With the same under each assumption about rent, if inputs are rows of a calibration.

    Raises
    ------
    ScenarioError
        If an argument makes no sense.

    Warns
    -----
    FeasibilityWarning
        If draws are physically impossible, or outputs undefined.
    PrecisionWarning
        If `until` was not reached.
    """
    if not isinstance(scenario, Scenario):
        raise ScenarioError(
            f"simulate takes a scenario, not {type(scenario).__name__}: write simulate(load(path))"
        )
    chosen = plan(scenario.run.draws if draws is None else draws, sampler or scenario.run.sampler)
    number = scenario.run.seed if seed is None else seed

    def once(current: Plan) -> Simulation:
        return _run(scenario, current, number, keep, workers, block_size, progress, wanted)

    def beside(other: Scenario, current: Plan) -> Simulation:
        kept: Keep = "none" if keep == "none" else "outputs"
        return _run(other, current, number, kept, workers, block_size, None, wanted)

    precision = read_precision(until) if until else None
    if precision:
        _check_known(scenario, precision.statement)
        scenario = _asking(scenario, precision.statement)
    wanted = [ask.statement for ask in scenario.asks]
    found = once(chosen)
    # An error that is not known (NaN) is not small enough either.
    while precision and not found.probability(precision.statement).error <= precision.within:
        if found.plan.draws * 2 > MOST_DRAWS:
            reached = found.probability(precision.statement)
            warnings.warn(
                f"{reached} after {found.plan.draws} draws, not within {precision.within}",
                PrecisionWarning,
                stacklevel=2,
            )
            break
        found = once(plan(found.plan.draws * 2, chosen.sampler))
    warn_of_physics(found)
    return replace(found, by_rent=each_rent(found, beside))


def _asking(scenario: Scenario, statement: Statement) -> Scenario:
    """Return the scenario with a statement among those that it asks about."""
    if any(ask.statement.text == statement.text for ask in scenario.asks):
        return scenario
    return replace(scenario, asks=(*scenario.asks, Ask(statement)))


def _run(
    scenario: Scenario,
    chosen: Plan,
    seed: int,
    keep: Keep,
    workers: int | None,
    block_size: int | None,
    progress: Callable[[float], None] | None,
    statements: Sequence[Statement],
) -> Simulation:
    level = keep if keep != "auto" else "all" if chosen.draws <= KEPT_DRAWS else "none"
    names = _names(scenario, level, statements)
    model = prepare(scenario, frozenset({*names, *scenario.checks}))

    def runner(part: Plan) -> Runner:
        reported = _reported(scenario, statements)
        streams = drawer(scenario, part, seed)
        return Runner(scenario, part, model, streams, names, reported, _cells(block_size, part))

    collector: Collector
    policy = scenario.run.infeasible
    if level == "none":
        size = min(chosen.per_replicate, PILOT_DRAWS)
        pilot = next(runner(replace(chosen, replicates=1, per_replicate=size, cell=size)).blocks(0))
        collector = Teller(chosen, pilot, names, statements, policy)
    else:
        collector = Keeper(chosen, names, policy)
    counts = _all_replicates(runner(chosen), collector, workers, progress)
    return Simulation(
        scenario, chosen, seed, collector.sample(), feasibility(scenario, chosen, counts)
    )


def _all_replicates(
    runner: Runner,
    collector: Collector,
    workers: int | None,
    progress: Callable[[float], None] | None,
) -> list[Counts]:
    replicates = runner.plan.replicates
    threads = os.cpu_count() or 1 if workers is None else whole(workers, "workers", least=1)
    done = 0
    lock = Lock()

    def one(replicate: int) -> Counts:
        nonlocal done
        counts = Counts()
        for block in runner.blocks(replicate):
            counts.add(block)
            collector.add(replicate, block)
            if progress:
                with lock:
                    done += block.possible.size
                    progress(done / runner.plan.draws)
        return counts

    _reuse_memory()
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(replicates)))


def _reuse_memory() -> None:
    """Have glibc keep the memory of one block's arrays for the next block.

    It hands back to the system what exceeds twice the largest array freed so far, and gets it again
    at a page fault every 4 KiB: up to a quarter of the time. This array is never touched, so it
    costs nothing. Other allocators take no notice.
    """
    np.empty(REUSED_BYTES, dtype=np.uint8)


def _reported(scenario: Scenario, statements: Sequence[Statement]) -> tuple[str, ...]:
    names = dict.fromkeys(scenario.outputs)
    names.update(dict.fromkeys(claim.quantity for claim in scenario.claims))
    for statement in statements:
        names.update(dict.fromkeys(sorted(statement.names)))
    return tuple(names)


def _names(scenario: Scenario, level: str, statements: Sequence[Statement]) -> tuple[str, ...]:
    names = dict.fromkeys(_reported(scenario, statements))
    if level == "outputs":
        names.update(dict.fromkeys(given.name for given in scenario.uncertain))
        names.update(dict.fromkeys(name for name in sorted(AMOUNTS) if name in scenario.tree))
    if level == "all":
        names.update(dict.fromkeys(node.name for node in scenario.tree))
    return tuple(names)


def _cells(block_size: int | None, chosen: Plan) -> int:
    if block_size is None:
        return 1
    return -(-whole(block_size, "block_size", least=1) // chosen.cell)


def _check_known(scenario: Scenario, statement: Statement) -> None:
    for name in statement.names:
        scenario.tree[name]
