"""Scores and widths, on predictions whose errors are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from margincarlo.throughput.data import Data
from margincarlo.throughput.folds import Prediction
from margincarlo.throughput.score import relative, scored, scores
from margincarlo.throughput.widths import Width, widths

HALF50, HALF90 = 0.1, 0.25


@pytest.fixture
def dense(data: Data) -> Data:
    """Twenty rows of Llama 3.3 on NVIDIA's."""
    place = np.flatnonzero([group == "nvidia dense" for group in data.group])[:20]
    mask = np.zeros(len(data.rows), dtype=bool)
    mask[place] = True
    return data.take(mask)


def predicted(data: Data, errors: np.ndarray, held: str, by: str = "model") -> Prediction:
    size = len(data.rows)
    return Prediction(
        by=by,
        held=held,
        data=data,
        median=data.log_time - errors,
        half50=np.full(size, HALF50),
        half90=np.full(size, HALF90),
        batch=np.array([row.batch for row in data.rows]) * 1.5,
        known=np.ones(size, dtype=bool),
        baselines={"other": data.log_time + 1},
    )


def test_errors_are_relative_to_the_measurement(dense: Data) -> None:
    # A prediction twice the measured time is 100 % off, half of it 50 %.
    np.testing.assert_allclose(relative(np.log([0.5, 2, 1])), [1, 0.5, 0])
    errors = np.full(20, np.log(1.25))
    (score,) = scores(scored([predicted(dense, errors, "a")], {("model", "dense"): Width(1, 1)}))
    assert score.rows == 20
    assert score.folds == 1
    assert score.error == pytest.approx(0.2)
    assert score.typical == pytest.approx(0.2)
    assert score.throughput == pytest.approx(0.5)
    assert np.isnan(score.errors["error"])
    assert score.bias == pytest.approx(0.25)
    assert score.near == 1
    assert score.baselines["other"] == pytest.approx(np.e - 1)
    assert score.beats_baselines
    assert not replace(score, baselines={"other": 0.19}).beats_baselines


def test_coverage_counts_rows_inside(dense: Data) -> None:
    errors = np.array([0.05] * 10 + [0.2] * 6 + [-0.3] * 4)
    fold = predicted(dense, errors, "a")
    (plain,) = scores(scored([fold], {("model", "dense"): Width(1, 1)}))
    assert (plain.cover50, plain.cover90) == (0.5, 0.8)
    (wide,) = scores(scored([fold], {("model", "dense"): Width(2.1, 1.3)}))
    assert (wide.cover50, wide.cover90) == (0.8, 1)


def test_detail_gives_each_name_its_line(dense: Data) -> None:
    both = [predicted(dense, np.full(20, x), name) for name, x in (("a", 0.1), ("b", 0.2))]
    found = scores(scored(both), detail=True)
    assert [score.group for score in found] == ["a", "b"]
    assert found[0].error < found[1].error
    (whole,) = scores(scored(both))
    assert (whole.rows, whole.folds) == (40, 2)
    assert whole.typical == pytest.approx((found[0].error + found[1].error) / 2)
    # Two folds drawn with replacement: half of the time one of them counts twice.
    assert 0.2 < whole.errors["typical"] / abs(found[0].error - found[1].error) < 0.5


def thrice(data: Data, errors: np.ndarray) -> list[Prediction]:
    return [predicted(data, errors, name) for name in ("a", "b", "c")]


def test_widths_are_the_quantiles_of_errors(dense: Data) -> None:
    errors = np.linspace(0.05, 1, 20) * HALF90 * 2
    found = widths(thrice(dense, errors))["model", "dense"]
    # The smallest error that half of the rows do not exceed, up to rounding of equal weights.
    assert found.half50 * HALF50 / (2 * HALF90) == pytest.approx(0.525, abs=0.0251)
    assert found.half90 / 2 == pytest.approx(0.925, abs=0.0251)
    # The error that makes a normal of the old width one of the new.
    lacking = np.sqrt(found.half90**2 - 1) * HALF90 / 1.6448536
    assert found.extra == pytest.approx(lacking, rel=1e-6)


def test_intervals_too_wide_want_no_more_error(dense: Data) -> None:
    found = widths(thrice(dense, np.full(20, 0.01)))["model", "dense"]
    assert found.half90 < 1
    assert found.extra == 0


def test_a_fold_does_not_judge_itself(dense: Data) -> None:
    good = thrice(dense, np.full(20, 0.01))
    bad = predicted(dense, np.full(20, 1.0), "bad")
    assert widths([*good, bad], without="bad")["model", "dense"].half90 == pytest.approx(0.04)
    by_name = {score.group: score for score in scores(scored([*good, bad]), detail=True)}
    assert by_name["bad"].cover90 == 0
    assert by_name["a"].cover90 == 1


def test_a_large_fold_counts_by_the_root_of_its_size(dense: Data) -> None:
    few = dense.take(np.arange(20) < 1)
    folds = [predicted(few, np.ones(1), str(n)) for n in range(5)]
    folds.append(predicted(dense, np.full(20, 0.1), "large"))
    # Five folds of weight 1 against one of sqrt(20) = 4.5.
    assert widths(folds)["model", "dense"].half90 == pytest.approx(1 / HALF90)
    assert widths(folds)["model", "dense"].half50 == pytest.approx(1 / HALF50)
    assert widths(folds[1:])["model", "dense"].half50 == pytest.approx(0.1 / HALF50)


def test_fewer_than_three_folds_say_nothing_of_the_next(dense: Data) -> None:
    three = thrice(dense, np.ones(20))
    assert widths(three, without="a")["model", "dense"] == Width(1, 1)
    assert widths(three)["model", "dense"].half90 == pytest.approx(1 / HALF90)
