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
    own_efficiency,
)
from margincarlo.calibration.predict_cost import predict_cost
from margincarlo.calibration.stored import read_posterior

UNMEASURED = "z-ai/glm-5"
SIZE = 4000


def test_draws_have_the_mean_that_the_fit_takes():
    for model, precision in ((UNMEASURED, "fp8"), (REFERENCES[0], "native")):
        own = own_efficiency(model, precision, average_efficiency()["decode_mbu"].size)
        for term, offset in efficiency_offset(model, precision).items():
            assert own[term].mean() == pytest.approx(offset)


def test_a_model_that_nobody_measured_is_less_certain():
    spread = {
        model: own_efficiency(model, "native", SIZE)["decode_mbu"].std()
        for model in (UNMEASURED, *REFERENCES)
    }
    assert max(spread, key=lambda model: spread[model]) == UNMEASURED
    assert spread[UNMEASURED] > 0.2


def test_what_reference_models_have_in_common_is_in_the_average():
    own = [own_efficiency(model, "native", SIZE) for model in REFERENCES]
    for term in TERMS[1:]:
        assert np.mean([each[term] for each in own], axis=0) == pytest.approx(0, abs=1e-9)


def test_no_model_reads_faster_than_memory_on_average():
    mean = efficiency_evidence()[0][0]
    own = own_efficiency("openai/gpt-oss-20b", "fp4", SIZE)["decode_mbu"]
    assert np.max(mean + own) <= np.log(LARGEST_MBU) + 1e-12
    assert average_efficiency()["decode_mbu"].mean() == pytest.approx(mean)


def test_more_draws_than_there_are_repeat_them():
    few, many = (own_efficiency(UNMEASURED, "fp8", size) for size in (10, 10_000))
    for term in TERMS:
        assert np.array_equal(few[term], many[term][:10])
        assert np.unique(many[term]).size <= average_efficiency()[term].size


def test_costs_of_a_model_hold_its_own_uncertainty(monkeypatch):
    posterior = read_posterior()
    wide = np.log(predict_cost(posterior, UNMEASURED, rent="two_sided").output)
    monkeypatch.setattr(
        "margincarlo.calibration.sites.own_efficiency",
        lambda model, precision, size: {
            term: np.full(size, offset)
            for term, offset in efficiency_offset(model, precision).items()
        },
    )
    narrow = np.log(predict_cost(posterior, UNMEASURED, rent="two_sided").output)
    assert 1.02 < wide.std() / narrow.std() < 1.5
