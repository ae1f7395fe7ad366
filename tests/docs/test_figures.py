"""The figures in the prose of explanations are those of the shipped scenarios."""

from __future__ import annotations

from pathlib import Path

import pytest

import margincarlo as mc
from margincarlo.plots import waterfall_steps

pytestmark = pytest.mark.filterwarnings("ignore::margincarlo.FeasibilityWarning")


@pytest.fixture(scope="module")
def prose(project_root: Path) -> str:
    page = project_root / "docs/explanation/what_a_margin_is.md"
    return " ".join(page.read_text(encoding="utf-8").split())


@pytest.fixture(scope="module")
def run(project_root: Path):
    def run(name: str):
        if name not in done:
            done[name] = mc.simulate(mc.load(project_root / f"scenarios/{name}.toml"))
        return done[name]

    done: dict[str, mc.Simulation] = {}
    return run


def percent(share: float) -> str:
    """Return a share as the page writes it, with a true minus."""
    return f"{100 * share:.0f} %".replace("-", "−")


def test_the_medians_of_both_margins(prose, run):
    api, host = run("frontier_api"), run("open_weight_host")
    both = [
        [percent(s.estimate(f"{kind}_margin").value) for kind in ("contribution", "gross")]
        for s in (api, host)
    ]
    assert (
        f"median contribution margin is {both[0][0]} and the median gross margin {both[0][1]}"
        in prose
    )
    assert f"they are {both[1][0]} and {both[1][1]}" in prose


def test_marginal_and_loaded_cost(prose, run):
    api = run("frontier_api")
    bare, loaded = (api.estimate(f"{kind}output_token_cost").value for kind in ("", "loaded_"))
    assert f"an output token costs ${bare:.2f} per million at the margin" in prose
    assert f"and ${loaded:.2f} loaded (medians)" in prose


def test_utilization_lies_between_them(prose, run):
    host = run("open_weight_host")
    busy = host.given("utilization > 0.6").probability("gross_margin > 0").value
    idle = host.given("utilization < 0.4").probability("gross_margin > 0").value
    assert f"its probability of a gross profit is {percent(busy)}" in prose
    assert f"below 40 %, it is {100 * idle:.1f} %" in prose


def test_a_gpu_hour_sold_twice(prose, run):
    twice = run("seeds/mixtral_h100_as_claimed").estimate("list_revenue").value
    once = run("seeds/mixtral_h100_counted_once").estimate("list_revenue").value
    assert f"${twice:.2f} an hour" in prose
    assert f"Counted once it is ${once:.2f}" in prose
    assert once == pytest.approx(twice / 2)


def test_the_mean_of_ratios_is_not_the_ratio_of_means(prose, run):
    api = run("frontier_api")
    draws = api.draws
    mean, median = float(draws.gross_margin.mean()), api.estimate("gross_margin").value
    whole = waterfall_steps(api)[-1].share
    assert f"have a mean of {percent(mean)} and a median of {percent(median)}" in prose
    expected = f"{percent(whole.value)} (± {percent(whole.error)}"
    assert f"expected profit over expected revenue is only {expected}" in prose
    assert whole.value == pytest.approx(float(draws.gross_profit.mean() / draws.net_revenue.mean()))
    # Why: draws with more revenue have lower margins.
    rich = draws.net_revenue > draws.net_revenue.quantile(0.9)
    assert draws.gross_margin.where(rich).median() < median


def test_the_revenue_of_agents(prose, run):
    draws = run("mixed_traffic").draws
    revenue = {name: float(draws[f"{name}.net_revenue"].mean()) for name in ("chat", "agents")}
    agents = 0.2 * revenue["agents"]
    share = agents / (agents + 0.8 * revenue["chat"])
    assert f"agents send 20 % of the requests and bring {percent(share)} of the revenue" in prose


def test_the_probability_that_is_quoted(prose, run):
    found = run("frontier_api").probability("gross_margin > 0")
    assert f'"P(profit) = {found}" means' in prose
    assert f"imply a probability of {percent(found.value)}" in prose
    host = run("open_weight_host").probability("gross_margin > 0")
    assert f"A probability of {percent(host.value)} over the first kind" in prose
