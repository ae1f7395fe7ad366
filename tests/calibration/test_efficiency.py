"""Efficiencies of models: what was measured is known better than what was not."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.calibration.efficiency import (
    LARGEST_MBU,
    REFERENCES,
    TERMS,
    average_efficiency,
    efficiency_evidence,
    efficiency_offset,
    learned_efficiency,
    own_efficiency,
)
from margincarlo.calibration.predict_cost import predict_cost
from margincarlo.calibration.priors import display_scale
from margincarlo.calibration.stored import read_posterior

UNMEASURED = ("z-ai/glm-5", "fp8")
MODELS = (UNMEASURED, *((model, "native") for model in REFERENCES))
SIZE = 4000


def held(size=SIZE, shift=0.0):
    """Draws of the average model, as measurements alone leave it, on the scales of the priors."""
    mean, covariance = efficiency_evidence()
    drawn = np.random.default_rng(3).multivariate_normal(mean + shift, covariance, size).T
    return {
        term: each + np.log(display_scale(term)) for term, each in zip(TERMS, drawn, strict=True)
    }


@pytest.mark.parametrize(("model", "precision"), MODELS)
def test_a_model_is_as_certain_as_measurements_leave_it(model, precision):
    """Draws of the average and of what is the model's own make up what was learned of it."""
    average = held()
    own, learned = own_efficiency(model, precision, average), learned_efficiency(model, precision)
    for term in TERMS[1:]:
        total = average[term] - np.log(display_scale(term)) + own[term]
        assert total.std() == pytest.approx(learned[term].std(), rel=0.06), term
        assert total.mean() == pytest.approx(learned[term].mean(), abs=0.1 * total.std() + 1e-3)


@pytest.mark.parametrize(("model", "precision"), MODELS)
def test_the_fit_takes_about_the_mean_of_what_costs_are_drawn_with(model, precision):
    own, offset = own_efficiency(model, precision, held()), efficiency_offset(model, precision)
    for term in TERMS:
        assert own[term].mean() == pytest.approx(offset[term], abs=0.1 * own[term].std() + 1e-3)


def test_a_model_that_nobody_measured_is_less_certain():
    spread = {key: own_efficiency(*key, held())["decode_mbu"].std() for key in MODELS}
    assert max(spread, key=lambda key: spread[key]) == UNMEASURED
    assert spread[UNMEASURED] > 0.2


def test_what_reference_models_have_in_common_is_in_the_average():
    own = [own_efficiency(model, "native", held()) for model in REFERENCES]
    for term in TERMS[1:]:
        assert np.mean([each[term] for each in own], axis=0) == pytest.approx(0, abs=1e-9)


def test_no_model_reads_faster_than_memory():
    average = held(shift=0.2)
    own = own_efficiency("openai/gpt-oss-20b", "fp4", average)["decode_mbu"]
    assert np.max(average["decode_mbu"] + own) <= np.log(LARGEST_MBU) + 1e-12


def test_more_draws_than_there_are_repeat_what_is_left():
    many = own_efficiency(*UNMEASURED, held(10_000))
    assert {each.shape for each in many.values()} == {(10_000,)}
    assert average_efficiency()["decode_mbu"].size < 10_000


def test_costs_of_a_model_hold_its_own_uncertainty(monkeypatch):
    posterior = read_posterior()
    wide = np.log(predict_cost(posterior, UNMEASURED[0], rent="softplus").output)
    monkeypatch.setattr(
        "margincarlo.calibration.sites.own_efficiency",
        lambda model, precision, beliefs: {
            term: np.full(beliefs[term].size, offset)
            for term, offset in efficiency_offset(model, precision).items()
        },
    )
    narrow = np.log(predict_cost(posterior, UNMEASURED[0], rent="softplus").output)
    assert 1.02 < wide.std() / narrow.std() < 1.5
