"""What was learned is measured against what was believed before, and parts are not products."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from margincarlo.calibration.contraction import contraction, products
from margincarlo.calibration.diagnostics import Diagnostics
from margincarlo.calibration.fit_statistics import leave_one_out, summary
from margincarlo.calibration.posterior import frozen
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.sample import Sample
from margincarlo.calibration.stored import read_posterior


def test_products_by_hand() -> None:
    held: dict[str, Any] = {name: prior.mean for name, prior in BELIEFS.items()}
    held |= {
        "gpu_hour_cost": np.log(2.0),
        "utilization": 0.0,
        "production_derate": 50.0,
        "decode_mbu": np.log(0.5),
        "prefill_mfu": np.log(0.25),
        "acceptance_rate": 50.0,
    }
    found = products(held)
    # 2 USD/h, busy half of the time, half of the bandwidth, two tokens a step.
    assert np.exp(found["decode_product"]) == pytest.approx(2 / 0.5 / 0.5 / 2)
    assert np.exp(found["prefill_product"]) == pytest.approx(2 / 0.5 / 0.25)


def test_prices_teach_products_and_measurements_teach_efficiencies() -> None:
    table: Any = contraction(read_posterior()).set_index(["quantity", "rent"])
    assert set(table.index.get_level_values("quantity")) == {*BELIEFS, *products_named()}
    one_sided = table.xs("gamma", level="rent")
    assert one_sided.loc["decode_product", "by_prices"] > 0.6
    assert (
        one_sided.loc["decode_product", "by_prices"]
        > table.loc[("decode_product", "two_sided"), "by_prices"]
    )
    assert one_sided.loc["decode_mbu", "by_throughput"] > 0.9
    for part in ("operations_cost", "acceptance_rate", "production_derate"):
        told = one_sided.loc[part]
        assert told["by_prices"] < 0.5 * one_sided.loc["decode_product", "by_prices"]
        assert told["prior_low"] < told["prices_median"] < told["prior_high"]
    # Nothing measured says anything of the rent of an hour.
    hour = table.loc[("gpu_hour_cost", "mixture")]
    assert abs(hour["by_throughput"]) < 2 * hour["by_throughput_error"] + 0.02


def products_named() -> set[str]:
    from margincarlo.calibration.contraction import PRODUCTS

    return set(PRODUCTS)


def test_contraction_of_a_known_posterior() -> None:
    posterior = read_posterior()
    before = {name: posterior.without[name] for name in BELIEFS}
    size = posterior.size
    middle = before["gpu_hour_cost"].mean()
    half = middle + 0.5 * (before["gpu_hour_cost"][:size] - middle)
    draws = {**posterior.draws, "gpu_hour_cost": half}
    table: Any = contraction(replace(posterior, draws=frozen(draws)))
    row = table.set_index(["quantity", "rent"]).loc[("gpu_hour_cost", "mixture")]
    assert row["by_prices"] == pytest.approx(0.75, abs=row["by_prices_error"] + 0.01)


def _sample() -> Sample:
    """Draws of a model whose prices say all of one belief and nothing of the others."""
    rng = np.random.default_rng(3)
    shape = (4, 500)
    draws: dict[str, Any] = {
        name: prior.mean + prior.sd * rng.standard_normal(shape) for name, prior in BELIEFS.items()
    }
    draws["utilization"] = 0.1 * rng.standard_normal(shape)
    draws["rent|level"] = 0.5 + 0.5 * rng.standard_normal(shape)
    draws["typical_price"] = rng.standard_normal(shape)
    seen = 0.1 * 30**0.5 * rng.standard_normal(30)
    seen -= seen.mean()
    errors = (seen - draws["utilization"][..., None]) / (0.1 * 30**0.5)
    draws["log_likelihood"] = -0.5 * errors**2 - np.log(0.1 * 30**0.5 * (2 * np.pi) ** 0.5)
    return Sample(draws, Diagnostics(1.0, "", 1000.0, 0, 1.0))


@pytest.mark.slow
def test_statistics_of_a_fit_say_what_moves_what() -> None:
    found = summary(_sample())
    assert found["psense"]["utilization"]["prices"] > 3 * found["psense"]["gpu_hour_cost"]["prices"]
    assert "prices" in found["psense"]["utilization"]["says"].partition(";")[0]
    assert "beliefs about costs" in found["psense"]["gpu_hour_cost"]["says"]
    assert "typical rent" in found["psense"]["rent|level"]["says"]


@pytest.mark.slow
def test_leaving_one_out_counts_parameters_and_scores_by_hand() -> None:
    sample = _sample()
    found = leave_one_out(sample)
    assert found["p_loo"] == pytest.approx(1.0, abs=0.5)
    assert found["high_k"] == 0.0
    inside = np.log(np.exp(sample.draws["log_likelihood"]).mean(axis=(0, 1))).sum()
    assert found["elpd"] == pytest.approx(inside - found["p_loo"], abs=1e-6)
