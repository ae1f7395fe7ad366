"""What explanations say in words holds in the shipped scenarios; figures: `test_examples`."""

from __future__ import annotations

import pytest

import margincarlo as mc
from margincarlo.feasibility import CHECKS
from margincarlo.plots import waterfall_steps

pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.FeasibilityWarning")


@pytest.fixture(scope="module")
def api(project_root):
    return mc.simulate(mc.load(project_root / "scenarios/frontier_api.toml"))


@pytest.fixture(scope="module")
def host(project_root):
    return mc.simulate(mc.load(project_root / "scenarios/open_weight_host.toml"))


def test_loaded_costs_lie_above_marginal_ones(api):
    bare, loaded = (api.estimate(f"{kind}output_token_cost") for kind in ("", "loaded_"))
    assert loaded.value - loaded.error > bare.value + bare.error


def test_idle_hours_are_most_of_the_gap_between_the_margins(host):
    shares = {step.label: step.share.value for step in waterfall_steps(host)}
    idle = next(share for label, share in shares.items() if label.startswith("Idle"))
    gap = shares["Gross profit"] - (1 + next(v for k, v in shares.items() if k.startswith("GPU")))
    assert idle / gap > 0.9


def test_the_mean_of_ratios_is_not_the_ratio_of_means(api):
    draws = api.draws
    median, mean = (api.estimate("gross_margin").value, float(draws.gross_margin.mean()))
    whole = waterfall_steps(api)[-1].share
    assert whole.value + whole.error < mean < median
    assert whole.value == pytest.approx(float(draws.gross_profit.mean() / draws.net_revenue.mean()))


def test_draws_with_more_revenue_have_long_contexts_and_lower_margins(api):
    draws = api.draws
    rich = draws.net_revenue > draws.net_revenue.quantile(0.9)
    assert draws.context_length.where(rich).median() > draws.context_length.median()
    assert draws.gross_margin.where(rich).median() < draws.gross_margin.median()


def test_sobol_is_more_precise_than_random_draws(host):
    random = mc.simulate(host.scenario, sampler="random")
    errors = [run.summaries("decode_batch")[0].mean.error for run in (host, random)]
    assert errors[0] < errors[1] / 2


def test_every_physical_bound_is_explained(project_root):
    page = project_root / "docs/explanation/physics_before_price.md"
    text = page.read_text(encoding="utf-8")
    assert [check.reason for check in CHECKS if f"| {check.reason} |" not in text] == []


def test_no_figure_begins_a_line(project_root):
    # There, Markdown would take the comment for a block and end the paragraph.
    for page in sorted((project_root / "docs/explanation").glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if line.startswith("<!-- =")], page.name
