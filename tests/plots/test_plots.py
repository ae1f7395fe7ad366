"""What the pictures say: labels, data and notes, never pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

import margincarlo as mc
from margincarlo import plots
from margincarlo.errors import ScenarioError

type Run = Callable[..., mc.Simulation]


def everything(ax: Axes) -> str:
    """All text of a picture, with single spaces."""
    texts = [ax.get_title(loc="left"), ax.get_xlabel(), *(each.get_text() for each in ax.texts)]
    ticks = [each.get_text() for each in ax.get_yticklabels()]
    return " ".join(" ".join([*texts, *ticks]).split())


def line(ax: Axes, label: str) -> Any:
    """The one line with a label."""
    (found,) = (each for each in ax.lines if each.get_label() == label)
    return found


def test_density_names_quantity_interval_kind_and_mass(run: Run) -> None:
    simulation = run()
    ax = plots.density(simulation, "output_token_cost", mass=0.5)
    said = everything(ax)
    (summary,) = simulation.summaries("output_token_cost", mass=0.5)
    assert "central (equal-tailed) 50 % interval" in ax.get_title(loc="left")
    assert "[USD/Mtok]" in ax.get_xlabel()
    assert "what is not known" in said
    assert line(ax, "median").get_xdata()[0] == summary.median.value
    shaded = np.asarray(ax.collections[1].get_paths()[0].vertices)
    assert (shaded[:, 0].min(), shaded[:, 0].max()) == (summary.low.value, summary.high.value)


def test_density_of_a_margin_marks_break_even_and_mixed_spread(run: Run) -> None:
    said = everything(ax := plots.density(run(), "gross_margin"))
    assert "break-even" in said
    assert "mixes what is unknown with what varies" in said
    assert line(ax, "break-even").get_xdata()[0] == 0


def test_a_cost_has_no_break_even(run: Run) -> None:
    assert "break-even" not in everything(plots.density(run(), "output_token_cost"))


def test_density_counts_what_it_does_not_show(run: Run) -> None:
    simulation = run(output_token_cost={"p5": 0.05, "p95": 4.0})
    ax = plots.density(simulation, "output_token_cost")
    share = float((simulation["output_token_cost"] > ax.get_xlim()[1]).mean())
    assert share > 0.005
    assert f"{share:.1%}".replace("%", " %") + " to its right" in everything(ax)


def test_what_is_certain_is_drawn_as_a_line(run: Run) -> None:
    said = everything(ax := plots.density(run(output_token_cost=1.0), "output_token_cost"))
    assert "no input behind it is uncertain" in said
    assert line(ax, "median").get_xdata()[0] == 1.0


def test_exceedance_falls_and_passes_through_the_probability_of_profit(run: Run) -> None:
    simulation = run()
    ax = plots.exceedance(simulation, "gross_margin")
    probability = simulation.probability("gross_margin > 0")
    assert np.all(np.diff(line(ax, "exceedance").get_ydata()) <= 0)
    assert line(ax, "P(x > 0)").get_ydata()[0] == probability.value
    assert f"P(> 0) = {probability}" in everything(ax)
    assert "Monte Carlo error" in everything(ax)


def test_exceedance_agrees_with_the_draws(run: Run) -> None:
    simulation = run()
    curve = line(plots.exceedance(simulation, "gross_margin"), "exceedance")
    x, y = curve.get_xdata(), curve.get_ydata()
    counted = [(simulation["gross_margin"] > at).mean() for at in x[::40]]
    assert np.allclose(y[::40], counted, atol=2e-3)


@pytest.mark.parametrize("plot", [plots.density, plots.exceedance])
def test_draws_need_not_be_kept(run: Run, plot: Callable[..., Axes]) -> None:
    kept, told = (plot(run(keep=keep), "contribution_margin") for keep in ("all", "none"))
    assert kept.get_xlabel() == told.get_xlabel()
    assert told.get_xlim() == pytest.approx(kept.get_xlim(), rel=0.02)


def test_waterfall_goes_from_revenue_to_profit(run: Run) -> None:
    simulation = run()
    steps = plots.waterfall_steps(simulation)
    revenue = simulation["net_revenue"].mean()
    assert [step.label for step in steps] == list(plots.STEPS)
    assert steps[0].share.value == 1.0
    assert sum(step.share.value for step in steps[:-1]) == pytest.approx(steps[-1].share.value)
    assert steps[-1].share.value == pytest.approx(simulation["gross_profit"].mean() / revenue)
    assert steps[1].share.value == pytest.approx(-simulation["compute_cost"].mean() / revenue)
    assert steps[3].share.value == pytest.approx(-0.03)


def test_waterfall_draws_its_steps_and_says_that_they_are_means(run: Run) -> None:
    simulation = run()
    ax = plots.waterfall(simulation)
    widths = [bar.get_width() for bar in ax.patches]  # type: ignore[attr-defined]
    steps = plots.waterfall_steps(simulation)
    assert widths == pytest.approx([step.share.value for step in steps])
    said = everything(ax)
    assert "These are means" in said
    assert "1 less the sum of costs over the sum of revenues" in said
    assert "Idle and reserved capacity, operations" in said


def test_waterfall_says_what_it_lacks(run: Run) -> None:
    with pytest.raises(ScenarioError, match=r"net_revenue.* were not kept; run with keep='all'"):
        plots.waterfall(run(keep="none"))
    given = mc.load(
        {
            "schema": 1,
            "title": "t",
            "outputs": ["output_token_cost"],
            "inputs": {"output_token_cost": {"p5": 1, "p95": 2}},
        }
    )
    with pytest.raises(ScenarioError, match="does not derive net_revenue"):
        plots.waterfall(mc.simulate(given, draws=64))


@pytest.mark.parametrize("kind", ["ridge", "forest"])
def test_compare_draws_a_row_for_each_scenario(run: Run, kind: Any) -> None:
    runs = {"at $2.50": run(), "at $5 and $1": run(output_price=5)}
    ax = plots.compare(runs, "gross_margin", kind)
    medians = [simulation.estimate("gross_margin").value for simulation in runs.values()]
    dots = [each for each in ax.lines if each.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == medians  # type: ignore[index]
    assert "at $2.50" in everything(ax)
    assert "central (equal-tailed) 90 % interval" in everything(ax)
    assert len(ax.collections) == (2 if kind == "ridge" else 0)


def test_compare_warns_of_spreads_of_different_kinds(run: Run) -> None:
    runs = {"a": run(), "b": run(cache_hit_share=0.4)}
    assert "Beware" in everything(plots.compare(runs, "gross_margin"))
    assert "Beware" not in everything(plots.compare({"a": runs["a"]}, "gross_margin"))


def test_compare_refuses_what_it_cannot_draw(run: Run) -> None:
    with pytest.raises(ScenarioError, match="at least one"):
        plots.compare({}, "gross_margin")
    with pytest.raises(ScenarioError, match="did you mean 'forest'"):
        plots.compare({"a": run()}, "gross_margin", "forst")  # type: ignore[arg-type]
    with pytest.raises(ScenarioError, match=r"^host: 'gros_margin' was not kept"):
        plots.compare({"host": run()}, "gros_margin")


def test_a_misspelt_quantity_gets_a_hint_and_no_figure(run: Run) -> None:
    with pytest.raises(ScenarioError, match="did you mean 'gross_margin'"):
        plots.density(run(), "gross_margn")
    assert not plt.get_fignums()


def test_an_impossible_scenario_says_why_there_is_no_picture(run: Run) -> None:
    with pytest.warns(mc.FeasibilityWarning):
        simulation = run(implied_decode_mfu=13.5)
    for draw in (plots.density, plots.exceedance):
        with pytest.raises(ScenarioError, match="decode MFU above 1"):
            draw(simulation, "gross_margin")
    with pytest.raises(ScenarioError, match="decode MFU above 1"):
        plots.waterfall(simulation)


def test_given_axes_are_used_and_settings_left_alone(run: Run) -> None:
    before = dict(mpl.rcParams)
    figure, axes = plt.subplots(1, 2)
    assert plots.density(run(), "gross_margin", ax=axes[0]) is axes[0]
    assert plots.waterfall(run(), axes[1]) is axes[1]
    assert plt.get_fignums() == [figure.number]
    assert dict(mpl.rcParams) == before


def test_svg_stands_alone_and_opens_no_figure(run: Run) -> None:
    simulation = run()

    def drawn() -> str:
        return plots.to_svg(
            lambda ax: plots.density(simulation, "gross_margin", ax=ax), name="p1", size=(6, 4)
        )

    svg = drawn()
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert "http" not in svg
    assert 'id="p1-' in svg
    assert "url(#p1-" in svg
    assert "break-even" in svg
    assert drawn() == svg
    assert not plt.get_fignums()
