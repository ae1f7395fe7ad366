"""Pictures of throughput show the rows, the intervals that scores count, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from margincarlo import plots
from margincarlo.errors import CalibrationError
from margincarlo.measurements import newest, read_measurements
from margincarlo.registry import find_model
from margincarlo.throughput.data import data_of
from margincarlo.throughput.design import Configuration
from margincarlo.throughput.folds import Prediction, hold_out
from margincarlo.throughput.scenario_draws import measured_draws
from margincarlo.throughput.score import scored
from margincarlo.throughput.stored import read_learned

HELD = ("h100", "mi300x")


@pytest.fixture(scope="module")
def folds() -> list[Prediction]:
    data = data_of(newest(read_measurements().measurements))
    return [hold_out(data, "accelerator", held, seed=0) for held in HELD]


def data_of_line(line: Any) -> Any:
    """Two rows, x and y."""
    return np.array([line.get_xdata(), line.get_ydata()], dtype=np.float64)


def dots(ax: Axes) -> tuple[Any, Any]:
    """Measured and predicted times of the dots, in ms, sorted."""
    marked = [each for each in ax.lines if each.get_marker() != "None"]
    x, y = np.hstack([data_of_line(each) for each in marked])
    order = np.lexsort((y, x))
    return x[order], y[order]


def texts(ax: Axes) -> str:
    return " ".join(" ".join(each.get_text() for each in ax.texts).split())


def test_there_is_a_panel_for_each_name_held_out(folds):
    panels = plots.held_out(folds)
    assert [ax.get_title(loc="left") for ax in panels] == ["H100", "MI300X"]
    figure = panels[0].figure
    assert all("[ms]" in ax.get_xlabel() for ax in panels[-3:])
    assert "[ms]" in figure.get_supylabel()


def test_a_panel_shows_every_row_in_milliseconds(folds):
    for ax, fold in zip(plots.held_out(folds), folds, strict=True):
        x, y = dots(ax)
        order = np.lexsort((np.exp(fold.median), np.exp(fold.data.log_time)))
        np.testing.assert_allclose(x, 1e3 * np.exp(fold.data.log_time)[order])
        np.testing.assert_allclose(y, 1e3 * np.exp(fold.median)[order])
        assert f"{len(fold.data.rows)} rows" in texts(ax)


def test_bars_hold_the_rows_that_scores_count(folds):
    rows = scored(folds)
    inside: dict[float, list[bool]] = {0.8: [], 2.4: []}
    for ax in plots.held_out(folds):
        every: list[Any] = list(ax.collections[:-1])
        for bars in every:
            (width,) = bars.get_linewidths()
            for segment in bars.get_segments():
                (at, low), (_, high) = segment
                inside[width].append(low <= at <= high)
    assert sum(inside[0.8]) == rows.inside90.sum()
    assert sum(inside[2.4]) == rows.inside50.sum()
    assert len(inside[0.8]) == len(inside[2.4]) == len(rows.error)


def test_the_legend_names_models_and_what_bars_mean(folds):
    every: list[Axes] = plots.held_out(folds)[0].figure.axes
    (legend,) = (each for ax in every if (each := ax.get_legend()))
    said = [each.get_text() for each in legend.get_texts()]
    models = sorted({row.model for fold in folds for row in fold.data.rows})
    assert said[:-3] == [find_model(each).name.removesuffix("-Instruct") for each in models]
    assert said[-3:] == ["central 50 %", "central 90 %", "within 25 %"]


def test_held_out_draws_on_the_figure_it_is_given(folds):
    halves: Any = plt.figure().subfigures(1, 2)
    left = halves[0]
    assert all(ax.figure is left for ax in plots.held_out(folds, figure=left))


def test_a_time_beyond_the_view_is_counted(folds):
    data = folds[0].data
    slow = data.log_time.copy()
    slow[0] = np.log(20.0)
    many = replace(folds[1], data=folds[1].data.take(np.ones(len(folds[1].data.rows), bool)))
    panels = plots.held_out([replace(folds[0], data=replace(data, log_time=slow)), *[many] * 20])
    assert "not shown: 1, up to 20,000 ms" in texts(panels[0])


def test_errors_are_measured_over_predicted_by_batch(folds):
    ax = plots.throughput_errors(folds)
    found = {each.get_label(): data_of_line(each) for each in ax.lines}
    drawn = found["mixture"].shape[1] + found["dense"].shape[1]
    assert drawn == sum(len(fold.data.rows) for fold in folds)
    dense = next(fold for fold in folds if fold.held == "h100")
    here = [group == "nvidia dense" for group in dense.data.group]
    ratio = np.exp(dense.data.log_time - dense.median)[here]
    np.testing.assert_allclose(found["dense"][1], ratio)
    assert "within 25 %" in ax.get_title(loc="left")
    assert ax.get_xlabel().startswith("Sequences in flight")


def test_errors_too_large_for_the_picture_are_counted(folds):
    far = replace(folds[0], median=folds[0].median - 3)
    assert f"{len(far.data.rows)} beyond, up to" in texts(plots.throughput_errors([far]))


@pytest.mark.parametrize("draw", [plots.held_out, plots.throughput_errors])
def test_what_was_not_held_out_is_refused(draw, folds):
    with pytest.raises(CalibrationError, match="without one model; these held out accelerator"):
        draw(folds, "model")


def on(accelerator: str, model: str = "deepseek/deepseek-r1") -> Configuration:
    return Configuration(model, accelerator, "sglang", "fp8", False)


def test_efficiencies_are_the_draws_that_scenarios_take():
    learned = read_learned()
    ax = plots.efficiencies(learned, {"R1": [on("h200"), on("b300")]}, "decode_step_overhead")
    thin, thick, mark = (data_of_line(each)[0] for each in ax.lines[:3])
    draws = 1e3 * measured_draws(learned, on("h200")).columns["decode_step_overhead"]
    np.testing.assert_allclose(thin, np.quantile(draws, [0.05, 0.95]))
    np.testing.assert_allclose(thick, np.quantile(draws, [0.25, 0.75]))
    np.testing.assert_allclose(mark, np.quantile(draws, [0.5]))
    assert "[ms]" in ax.get_xlabel()
    assert [each.get_text() for each in ax.get_yticklabels()] == ["H200", "B300"]


def test_what_nobody_measured_is_hollow():
    learned = read_learned()
    dense = on("mi300x", "meta-llama/llama-3.3-70b-instruct")
    ax = plots.efficiencies(learned, {"R1": [on("mi300x")], "Llama": [dense]}, "decode_mbu")
    known, unknown = (each for each in ax.lines if each.get_zorder() == 3)
    assert known.get_markerfacecolor() != "white"
    assert unknown.get_markerfacecolor() == "white"
    assert "Hollow: nobody measured" in texts(ax)
    alone = plots.efficiencies(learned, {"R1": [on("mi300x")]}, "decode_mbu")
    assert "Hollow" not in texts(alone)


def test_an_efficiency_that_is_not_learned_is_refused():
    with pytest.raises(CalibrationError, match=r"decode_mbus.*did you mean"):
        plots.efficiencies(read_learned(), {"R1": [on("h200")]}, "decode_mbus")


def test_no_configuration_is_refused():
    with pytest.raises(CalibrationError, match="at least one configuration"):
        plots.efficiencies(read_learned(), {}, "decode_mbu")
