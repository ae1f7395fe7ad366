"""The shipped table as data, the shipped posterior, and the same by Laplace's approximation."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.measurements import newest, read_measurements
from margincarlo.throughput.data import Data, data_of
from margincarlo.throughput.folds import Prediction
from margincarlo.throughput.laplace import fit
from margincarlo.throughput.learn import hold_out_all
from margincarlo.throughput.posterior import Posterior
from margincarlo.throughput.stored import Learned, read_learned


@pytest.fixture(scope="session")
def data() -> Data:
    """The shipped table, the newest run of each configuration."""
    return data_of(newest(read_measurements().measurements))


@pytest.fixture(scope="session")
def part(data: Data) -> Data:
    """Every third row, quick to fit."""
    return data.take(np.arange(len(data.rows)) % 3 == 0)


@pytest.fixture(scope="session")
def learned() -> Learned:
    """What ships with the package."""
    return read_learned()


@pytest.fixture(scope="session")
def laplace(data: Data) -> Posterior:
    """The posterior of the shipped table, approximated at its mode."""
    return fit(data, data.weight, draws=1000, seed=1)


@pytest.fixture(scope="session")
def folds(data: Data, learned: Learned) -> list[Prediction]:
    """Every model, accelerator and source held out in turn, with the seed of what is shipped."""
    return hold_out_all(data, seed=learned.provenance["seed"])
