"""A scenario small enough to run in no time, and a way to call the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from margincarlo.cli import main

SMALL = """\
schema = 1
title = "Does a request <b>earn</b> | *money*?"
outputs = ["contribution_margin", "contribution_profit"]

[inputs]
net_revenue = { p5 = 1, p95 = 4, family = "LogNormal", source = "list", as_of = 2026-11-01 }
compute_cost = { p5 = 0.5, p95 = 3, family = "LogNormal", nature = "varies" }

[[correlation]]
between = ["net_revenue", "compute_cost"]
rank = 0.5

[[ask]]
statement = "contribution_margin > 0"
because = "worth serving"

[[claim]]
says = "a request earns 1 USD"
quantity = "contribution_profit"
claimed = 1.0
verdict = "qualified"

[run]
draws = 1024
"""

Call = Callable[..., Result]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A scenario file with an ask, a claim, a correlation and both natures."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def call() -> Call:
    """Call a command as from a pipe; an exception that is not the user's is raised."""

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)

    return run
