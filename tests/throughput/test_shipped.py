"""The shipped posterior: of the shipped table, sound, and near what another method finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from margincarlo.throughput.data import Data
from margincarlo.throughput.folds import Prediction, interval
from margincarlo.throughput.posterior import Posterior, keys
from margincarlo.throughput.sample import Diagnostics
from margincarlo.throughput.stored import Learned, fingerprint
from margincarlo.throughput.widths import widths


def test_it_was_learned_from_the_shipped_table(data: Data, learned: Learned) -> None:
    assert learned.provenance["measurements"] == len(data.rows)
    assert learned.provenance["sha256"] == fingerprint(data.rows), (
        "the table or its reading changed: learn again with `margincarlo fit throughput`"
    )


def test_a_changed_digit_changes_the_fingerprint(data: Data) -> None:
    first, *rest = data.rows
    slower = replace(first, time_per_output_token=first.time_per_output_token * (1 + 1e-12))
    assert fingerprint([slower, *rest]) != fingerprint(data.rows)
    assert fingerprint(data.rows[::-1]) != fingerprint(data.rows)


def test_its_diagnostics_pass_the_gate(learned: Learned) -> None:
    Diagnostics(**learned.provenance["diagnostics"]).check()


def test_it_holds_finite_draws_that_nobody_can_change(learned: Learned) -> None:
    draws = learned.posterior.draws
    assert tuple(draws) == keys()
    assert {len(each) for each in draws.values()} == {learned.posterior.size}
    assert all(np.isfinite(each).all() for each in draws.values())
    assert (draws["residual"] > 0).all()
    with pytest.raises(ValueError, match="read-only"):
        draws["residual"][0, 0] = 1


def test_its_residuals_are_those_of_its_rows(data: Data, learned: Learned) -> None:
    median, half50, half90 = interval(learned.posterior, data, seed=0)
    error = np.abs(data.log_time - median)
    assert np.median(error) < 0.10
    assert np.mean(error <= half90) == pytest.approx(0.90, abs=0.04)
    # The rows of crowded cells, which count less, lie closer than the residual says.
    assert 0.5 <= np.mean(error <= half50) <= 0.65


def test_laplace_and_nuts_agree(data: Data, learned: Learned, laplace: Posterior) -> None:
    ours, theirs = (interval(each, data, seed=0) for each in (learned.posterior, laplace))
    apart = np.abs(ours[0] - theirs[0])
    assert np.median(apart) < 0.015
    assert np.quantile(apart, 0.95) < 0.05
    for half in (1, 2):
        ratio = theirs[half] / ours[half]
        assert np.median(ratio) == pytest.approx(1, abs=0.1)
        # Laplace fixes the spreads of populations, which widens few rows of lonely levels.
        assert np.mean(np.abs(np.log(ratio)) < np.log(1.3)) > 0.95


@pytest.mark.slow
def test_its_widths_are_those_of_the_held_out_errors(
    learned: Learned, folds: list[Prediction]
) -> None:
    found = widths(folds)
    assert set(found) == set(learned.widths)
    for key, width in found.items():
        shipped = learned.widths[key]
        assert width.half50 == pytest.approx(shipped.half50, rel=1e-6)
        assert width.half90 == pytest.approx(shipped.half90, rel=1e-6)
        assert width.extra == pytest.approx(shipped.extra, rel=1e-6)
