"""What every test shares: settings that keep runs repeatable, and fixtures that name their seed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# Set before anything imports matplotlib: no test opens a window.
os.environ["MPLBACKEND"] = "Agg"

# The same examples every time, and no deadline: a shared machine is not a wrong answer.
settings.register_profile("margincarlo", derandomize=True, deadline=None)
settings.load_profile("margincarlo")


@pytest.fixture(scope="session")
def project_root() -> Path:
    """Folder that holds pyproject.toml, scenarios and docs."""
    return Path(__file__).parents[1]


@pytest.fixture
def rng() -> np.random.Generator:
    """Fresh generator with a fixed seed."""
    return np.random.default_rng(20261120)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser; without one the test is skipped, or fails where CI has to have one."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    message = "no chromium on PATH: install it to run the browser tests"
    if os.environ.get("MARGINCARLO_REQUIRE_BROWSER"):
        pytest.fail(message)
    pytest.skip(message)
