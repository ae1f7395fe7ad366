"""Learn efficiencies from a table of measurements: hold out, sample, and keep what was found."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from types import MappingProxyType
from typing import Final

import numpy as np

from margincarlo.measurements import Measurement, Table, newest
from margincarlo.throughput.data import Data, data_of
from margincarlo.throughput.folds import BY, Prediction, hold_out, names_held
from margincarlo.throughput.posterior import Posterior, frozen, keys
from margincarlo.throughput.sample import sample
from margincarlo.throughput.stored import Learned, fingerprint
from margincarlo.throughput.widths import widths

KEPT: Final = 4000
PACKAGES: Final = ("pymc", "nutpie", "numpy", "margincarlo")

Report = Callable[[str], None]


def hold_out_all(data: Data, *, seed: int, report: Report = lambda _: None) -> list[Prediction]:
    """Hold out every model, accelerator and source in turn."""
    found = []
    for by, held in names_held(data):
        if len({BY[by](row) for row in data.rows}) < 2:
            continue  # nothing would be left to learn from
        report(f"without {by} {held}")
        found.append(hold_out(data, by, held, seed=seed))
    return found


def learn(table: Table, *, seed: int, as_of: str, progress: bool = False) -> Learned:
    """Return what a table teaches, with the error that it was found to have.

    Parameters
    ----------
    table : Table
        Repeats are dropped.
    seed : int
    as_of : str
        Date of the table, for the record.
    progress : bool
        Show the sampler's progress bar.

    Raises
    ------
    CalibrationError
        If the sample does not pass its diagnostics.
    """
    rows = newest(table.measurements)
    data = data_of(rows)
    posterior, diagnostics = sample(data, seed=seed, progress=progress)
    factors = widths(hold_out_all(data, seed=seed))
    provenance = {
        "measurements": len(rows),
        "sha256": fingerprint(rows),
        "pairs": measured_pairs(rows),
        "as_of": as_of,
        "seed": seed,
        "diagnostics": diagnostics.as_dict(),
        "versions": {name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
    }
    return Learned(thinned(posterior), factors, MappingProxyType(provenance))


def measured_pairs(rows: Sequence[Measurement]) -> list[list[str]]:
    """Return every model with every accelerator that it was measured on, sorted."""
    return [list(pair) for pair in sorted({(row.model, row.accelerator) for row in rows})]


def thinned(posterior: Posterior, size: int = KEPT) -> Posterior:
    """Return evenly spaced draws, whole rows of them."""
    place = np.linspace(0, posterior.size - 1, min(size, posterior.size)).round().astype(int)
    draws = {name: posterior.draws[name][place] for name in keys()}
    return frozen(posterior.levels, posterior.groups, draws)
