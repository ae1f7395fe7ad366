"""Time what a user waits for: the import, a run in a fresh process, and a given precision.

Run from the project's folder: ``python -m benchmarks.start_up``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

import margincarlo as mc
from benchmarks.reference_problem import scenario

SCENARIO = "scenarios/frontier_api.toml"
STATEMENT = "gross_margin > 0"
LADDER = (2**14, 2**16, 2**18, 2**20)
TRUTH_DRAWS = 2**24
# Names are imported at first use, so the bare import says little.
USE = "from margincarlo import load, simulate"


@dataclass(frozen=True)
class Precision:
    """Root-mean-square error of a probability over several seeds, and what one run took."""

    error: float
    seconds: float


def process(command: Sequence[str], repeats: int) -> float:
    """Return the median of how long a command takes, a fresh process each time."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return median(times)


def print_start_up(repeats: int) -> None:
    """Print how long Python, the import and a whole run take."""
    script = str(Path(sys.executable).parent / "margincarlo")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import margincarlo": [sys.executable, "-c", "import margincarlo"],
        USE: [sys.executable, "-c", USE],
        f"margincarlo run {SCENARIO}": [script, "run", SCENARIO],
    }
    process([script, "run", SCENARIO], 1)  # compiles modules and warms the disk's cache
    for title, command in commands.items():
        print(f"{title:48} {process(command, repeats):6.2f} s")


def precision(sampler: str, draws: int, truth: float, seeds: int) -> Precision:
    """Return error and time of the probability of `STATEMENT` on the reference problem."""
    off, times = [], []
    for seed in range(seeds):
        start = time.perf_counter()
        done = mc.simulate(scenario(), draws=draws, sampler=sampler, seed=seed, keep="none")
        off.append(done.probability(STATEMENT).value - truth)
        times.append(time.perf_counter() - start)
    return Precision(float(np.sqrt(np.mean(np.square(off)))), median(times))


def print_precision(seeds: int) -> None:
    """Print how much longer random draws take to the error of Sobol' points.

    Random draws are timed at the same number, and their time scaled by the root-n law.
    """
    best = mc.simulate(scenario(), draws=TRUTH_DRAWS, seed=1_000_000, keep="none")
    truth = best.probability(STATEMENT)
    print(f"\nP({STATEMENT}) = {truth}; errors are root mean squares over {seeds} seeds\n")
    heads = ("draws", "sobol error", "seconds", "random error", "seconds", "same error", "ratio")
    print("".join(f"{head:>13}" for head in heads))
    for draws in LADDER:
        sobol, random = (precision(each, draws, truth.value, seeds) for each in ("sobol", "random"))
        expected = np.sqrt(truth.value * (1 - truth.value) / draws)
        needed = random.seconds * (expected / sobol.error) ** 2
        cells = (f"{draws:,}", f"{sobol.error:.1e}", f"{sobol.seconds:.2f}", f"{random.error:.1e}")
        rest = (f"{random.seconds:.2f}", f"{needed:.2f} s", f"{needed / sobol.seconds:.1f}")
        print("".join(f"{cell:>13}" for cell in (*cells, *rest)), flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7, help="fresh processes of each kind")
    parser.add_argument("--seeds", type=int, default=16)
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore", mc.FeasibilityWarning)
    print_start_up(given.repeats)
    print_precision(given.seeds)


if __name__ == "__main__":
    main()
