"""Pictures of a calibration show its numbers, and none shows more than was asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from margincarlo.calibration.contraction import PRODUCTS, products
from margincarlo.calibration.held_out import HeldOut
from margincarlo.calibration.margins import MarginDraws
from margincarlo.calibration.posterior import Posterior
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.replicate import market_behind
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import CalibrationError
from margincarlo.plots import calibration
from margincarlo.plots.calibration_margins import deciding, every_margin, profitable
from margincarlo.plots.calibration_prices import predicted_prices
from margincarlo.prices.offers import Offers, offers
from margincarlo.prices.snapshot import read_snapshot


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    return read_posterior()


@pytest.fixture(scope="module")
def found(posterior: Posterior) -> dict[str, MarginDraws]:
    every = offers(read_snapshot())
    rows = tuple(row for row in every.rows if row.model in ("qwen/qwen3-32b", "openai/gpt-oss-20b"))
    return every_margin(posterior, Offers(every.observed_at, every.sha256, rows, (), ()))


def _across(line: Line2D) -> npt.NDArray[np.float64]:
    return np.asarray(line.get_xdata(), dtype=np.float64)


def _middles(ax: Axes) -> list[float]:
    return [float(_across(line)[0]) for line in ax.lines if _across(line).size == 1]


def _texts(ax: Axes) -> list[str]:
    return [each.get_text() for each in ax.texts]


def test_products_show_every_stage(posterior: Posterior) -> None:
    ax = calibration.products(posterior)
    names = [each.get_text() for each in ax.get_yticklabels()]
    stages = ["prior", "without prices", *(calibration.called(kind) for kind in posterior.rents)]
    assert names == [*stages, "mixture of rents"] * len(PRODUCTS)
    middles = _middles(ax)
    held = posterior.beliefs("mixture")
    assert middles[len(stages)] == pytest.approx(
        np.exp(np.median(products(held)["decode_product"]))
    )


def test_beliefs_are_in_units_of_their_priors(posterior: Posterior) -> None:
    ax = calibration.beliefs(posterior, posterior.rents[0])
    assert len(ax.get_yticks()) == len(PRODUCTS) + len(BELIEFS)
    priors = [_across(line) for line in ax.lines if line.get_linewidth() == 4.5][:-1]
    np.testing.assert_allclose(priors[-1], [-1.645, 1.645], atol=0.08)
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_texts()[-1].get_text().endswith(calibration.called(posterior.rents[0]))


def test_cells_hold_the_probability_of_each_row_and_assumption(
    found: dict[str, MarginDraws],
) -> None:
    ax = profitable(found, "model")
    names = [each.get_text() for each in ax.get_yticklabels()]
    assert sorted(names) == ["Qwen3-32B (4)", "gpt-oss-20b (11)"]
    cells = [text for text in _texts(ax) if text.lstrip("<> ").isdigit()]
    assert len(cells) == 2 * len(found)
    # The first column has beliefs without prices; rows are sorted by the last.
    models = found["without_prices"].endpoints["model"].to_numpy()
    for name, text in zip(names, cells[:2], strict=True):
        slug = "qwen/qwen3-32b" if name.startswith("Qwen") else "openai/gpt-oss-20b"
        share = (found["without_prices"].margin[:, models == slug] > 0).mean()
        assert abs(100 * share - float(text)) <= 1
    assert len(profitable(found).get_yticks()) == found["mixture"].endpoints["provider"].nunique()


def test_margins_of_models_that_are_sold(found: dict[str, MarginDraws]) -> None:
    ax = deciding(found, ["openai/gpt-oss-20b", "moonshotai/kimi-k2.5"])
    assert [each.get_text() for each in ax.get_yticklabels()] == ["gpt-oss-20b"]
    middles = _middles(ax)
    place = (found["mixture"].endpoints["model"] == "openai/gpt-oss-20b").to_numpy()
    medians = [np.median(np.median(each.margin[:, place], axis=1)) for each in found.values()]
    np.testing.assert_allclose(middles, medians)
    with pytest.raises(CalibrationError, match="nobody sells any of these models"):
        deciding(found, ["moonshotai/kimi-k2.5"])


def test_predicted_prices_tell_how_many_lie_in_their_interval(posterior: Posterior) -> None:
    market = market_behind(posterior)
    spread = np.linspace(-1, 1, 41)[:, None]
    draws = HeldOut(market.log_output + spread, market.log_input + spread + 5, "family")
    assert _texts(predicted_prices(draws, market))[0].startswith("median error 0 %\n100 % inside")
    assert "0 % inside" in _texts(predicted_prices(draws, market, "input"))[0].splitlines()[1]
