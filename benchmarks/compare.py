"""Time the engines on the reference problem, side by side, once they agree.

Run from the project's folder: ``python -m benchmarks.compare``.
"""

from __future__ import annotations

import argparse
import platform
import re
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
from benchmarks.engines import BASELINE, Engine, engines
from benchmarks.reference_problem import (
    FIGURES,
    OUTPUTS,
    QUANTILES,
    UNCERTAIN,
    Floats,
    scenario,
)
from benchmarks.straightforward import economics
from margincarlo.result import Draws

AGREEMENT_DRAWS = 200_000
# Of some 80 figures per engine, the worst lies about 3 standard errors off when all is well; errors
# themselves are estimated from 16 batches.
AGREEMENT = 6.0


@dataclass(frozen=True)
class Timing:
    """Medians over pairs: seconds, and how many times faster than the baseline of the same pair."""

    seconds: float
    ratio: float
    lowest: float
    highest: float


def check_equations() -> None:
    """Exit unless margincarlo's tree and `economics` agree, draw by draw."""
    sample = mc.simulate(scenario(), draws=4096, keep="all").sample
    assert isinstance(sample, Draws)
    expected = economics({name: sample.flat(name) for name in UNCERTAIN})
    worst = max(np.abs(expected[name] / sample.flat(name) - 1).max() for name in OUTPUTS)
    print(f"{'equations of the tree and by hand':42} differ by at most {worst:.0e}")
    if not worst < 1e-9:
        sys.exit("the equations changed: change benchmarks/straightforward.py with them")


def standard_errors(draws: int) -> Floats:
    """Return the standard error of every figure at so many random draws, from 16 batches."""
    sample = mc.simulate(scenario(), draws=draws, sampler="random", seed=9, keep="none").sample
    rows = []
    for name in OUTPUTS:
        each = np.column_stack(
            [sample.mean(name)[1], sample.sd(name)[1], sample.quantiles(name, QUANTILES)[1]]
        )
        rows.append(each.std(axis=0, ddof=1) / 4)
    means = np.array(rows)
    return np.insert(means, 2, np.nan, axis=1)


def check_agreement(found: dict[str, Engine]) -> None:
    """Exit unless every engine's figures are those of the baseline within Monte Carlo error."""
    expected = found[BASELINE](AGREEMENT_DRAWS, 1)
    error = standard_errors(AGREEMENT_DRAWS)
    share = expected[:, 2]
    error[:, 2] = np.sqrt(np.maximum(share * (1 - share), 1e-5) / AGREEMENT_DRAWS)
    for title, engine in found.items():
        off = np.abs(engine(AGREEMENT_DRAWS, 2) - expected) / (error * np.sqrt(2))
        row, column = np.unravel_index(off.argmax(), off.shape)
        where = f"{FIGURES[column]} of {OUTPUTS[row]}"
        print(f"{title:42} worst of {off.size} figures: {off.max():.1f} standard errors, {where}")
        if not off.max() < AGREEMENT:
            sys.exit(f"{title} disagrees with {BASELINE} on {where}")


def seconds(engine: Engine, draws: int, seed: int) -> float:
    """Return how long one run takes."""
    start = time.perf_counter()
    engine(draws, seed)
    return time.perf_counter() - start


def compare(engine: Engine, baseline: Engine, draws: int, pairs: int) -> Timing:
    """Time an engine and the baseline in turn, first one then the other ahead."""
    engine(1000, 0)
    times, ratios = [], []
    for pair in range(pairs):
        order = (engine, baseline) if pair % 2 else (baseline, engine)
        took = {each: seconds(each, draws, pair) for each in order}
        times.append(took[engine])
        ratios.append(took[baseline] / took[engine])
    return Timing(median(times), median(ratios), min(ratios), max(ratios))


def peak_memory(title: str, draws: int) -> str:
    """Return the most memory, in MiB, that a process of its own takes."""
    command = [sys.executable, "-m", "benchmarks.compare", "--only", title, "--peak"]
    done = subprocess.run(
        [*command, "--draws", str(draws)], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def print_peak(engine: Engine, draws: int) -> None:
    """Run once and print the most memory that this process has taken, in MiB; Linux only."""
    engine(draws, 0)
    # Not getrusage: its figure is inherited from the process that started this one.
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    print(int(found[1]) // 1024 if found else "?")


def main(arguments: Sequence[str] | None = None) -> None:
    """Check, time, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10**6)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--only", default="", help="engines whose name contains this")
    parser.add_argument("--peak", action="store_true", help="print the peak memory of one engine")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore", mc.FeasibilityWarning)
    found = engines()
    chosen = {title: engine for title, engine in found.items() if given.only in title}
    if given.peak:
        print_peak(found[given.only], given.draws)
        return
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, {given.draws:,} draws\n")
    check_equations()
    check_agreement({BASELINE: found[BASELINE], **chosen})
    print(f"\n{'':42} {'seconds':>8} {'times faster':>13} {'(range)':>14} {'peak MiB':>9}")
    for title, engine in chosen.items():
        timing = compare(engine, found[BASELINE], given.draws, given.pairs)
        spread = f"({timing.lowest:.1f}-{timing.highest:.1f})"
        peak = peak_memory(title, given.draws)
        print(
            f"{title:42} {timing.seconds:8.2f} {timing.ratio:13.2f} {spread:>14} {peak:9}",
            flush=True,
        )


if __name__ == "__main__":
    main()
