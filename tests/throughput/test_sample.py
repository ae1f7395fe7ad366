"""NUTS: what its diagnostics refuse, and a whole run on few rows."""

from __future__ import annotations

import re
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from margincarlo.errors import CalibrationError
from margincarlo.measurements import predicted_time
from margincarlo.throughput import sample as sampler
from margincarlo.throughput.data import Data
from margincarlo.throughput.design import TERMS
from margincarlo.throughput.folds import interval
from margincarlo.throughput.laplace import fit
from margincarlo.throughput.model import TAILS, build, efficiency_of
from margincarlo.throughput.posterior import keys
from margincarlo.throughput.sample import Diagnostics

NAN = float("nan")


def test_good_diagnostics_pass() -> None:
    Diagnostics(1.01, 400, 0).check()
    assert Diagnostics(1.0, 900, 0).as_dict() == {"rhat": 1.0, "ess": 900, "divergences": 0}


@pytest.mark.parametrize(
    ("diagnostics", "message"),
    [
        (Diagnostics(1.02, 900, 0), "R-hat is 1.020, at most 1.01 is allowed. Try more draws"),
        (Diagnostics(NAN, 900, 0), "R-hat is nan"),
        (Diagnostics(1.0, 399, 0), "sample size is 399, at least 400 is needed. Try more draws"),
        (Diagnostics(1.0, NAN, 0), "sample size is nan"),
        (Diagnostics(1.0, 900, 3), "3 draws diverged, none may. Try more draws, or another seed"),
        (Diagnostics(1.5, 9, 2), "R-hat is 1.500, at most 1.01 is allowed; the least effective"),
    ],
)
def test_bad_diagnostics_are_refused(diagnostics: Diagnostics, message: str) -> None:
    with pytest.raises(CalibrationError, match=re.escape(message)):
        diagnostics.check()


def dataset(*values: object) -> SimpleNamespace:
    """Return variables as a dataset holds them, without the second that importing one takes."""
    variables = [SimpleNamespace(to_numpy=partial(np.asarray, each)) for each in values]
    return SimpleNamespace(data_vars=dict(enumerate(variables)))


@pytest.mark.parametrize("values", [[NAN, 1.0, 2.0], [1.0, NAN, 2.0], [1.0, 2.0, NAN]])
def test_what_is_not_a_number_is_never_lost(values: list[float]) -> None:
    assert np.isnan(sampler._extreme(dataset(1.0, values, 3.0), np.max))
    assert np.isnan(sampler._extreme(dataset(1.0, values, 3.0), np.min))
    assert sampler._extreme(dataset(1.0, [2.0, 9.0], 3.0), np.max) == 9


@pytest.fixture
def few(data: Data) -> Data:
    """Rows of three models on three accelerators."""
    chosen = [
        (row.model, row.accelerator)
        in {
            ("meta-llama/llama-3.3-70b-instruct", "h100"),
            ("meta-llama/llama-3.3-70b-instruct", "b200"),
            ("openai/gpt-oss-120b", "h200"),
            ("qwen/qwen3.5-397b-a17b", "b200"),
        }
        for row in data.rows
    ]
    return data.take(np.array(chosen))


@pytest.mark.slow
def test_density_and_weights(few: Data) -> None:
    """The likelihood is Student's t of log times by the same equations, to the power of weights."""
    import pymc as pm
    from scipy.special import gammaln

    model = build(few)
    start = model.initial_point()
    density = model.compile_logp()

    def weighed(weight: np.ndarray) -> float:
        with model:
            pm.set_data({"weight": weight})
        return float(density(start))

    prior = weighed(np.zeros(len(few.rows)))
    found = weighed(few.weight) - prior
    assert weighed(2 * few.weight) - prior == pytest.approx(2 * found)
    # Where every effect and slope is zero, terms are their means.
    log = {term: np.full(len(few.rows), start[f"{term}|mean"]) for term in TERMS}
    time = predicted_time(few.facts, efficiency_of(log, few.facts.layers, np.exp))
    groups = sorted(set(few.group))
    scale = np.exp(start["residual_log__"])[[groups.index(group) for group in few.group]]
    off = (few.log_time - np.log(time)) / scale
    constant = gammaln((TAILS + 1) / 2) - gammaln(TAILS / 2) - np.log(np.pi * TAILS) / 2
    each = constant - np.log(scale) - (TAILS + 1) / 2 * np.log1p(off**2 / TAILS)
    assert found == pytest.approx((few.weight * each).sum(), rel=1e-9)


@pytest.mark.slow
def test_a_whole_run_on_few_rows(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Diagnostics, "check", lambda _: None)
    posterior, diagnostics = sampler.sample(few, seed=3, draws=150, tune=300)
    assert posterior.size == 600
    assert tuple(posterior.draws) == keys()
    assert all(np.isfinite(each).all() for each in posterior.draws.values())
    assert diagnostics.rhat < 1.1
    assert diagnostics.ess > 50
    assert posterior.levels["accelerator"] == ("b200", "h100", "h200")
    median, _, half90 = interval(posterior, few, seed=0)
    assert np.mean(np.abs(few.log_time - median) <= half90) > 0.8
    other, _, _ = interval(fit(few, few.weight, draws=600, seed=0), few, seed=0)
    assert np.median(np.abs(other - median)) < 0.05


@pytest.mark.slow
def test_too_few_draws_are_refused(few: Data) -> None:
    with pytest.raises(CalibrationError, match="the least effective sample size is"):
        sampler.sample(few, seed=3, draws=10, tune=100)
