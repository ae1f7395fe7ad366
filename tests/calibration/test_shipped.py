"""The posterior that ships: made of what ships beside it, and good enough to be used."""

from __future__ import annotations

import numpy as np
import pytest

from margincarlo.calibration.contraction import products
from margincarlo.calibration.gate import LARGEST_COVERAGE, LEAST_COVERAGE
from margincarlo.calibration.posterior import WITHOUT
from margincarlo.calibration.priors import BELIEFS, fingerprint
from margincarlo.calibration.rent import WEIGHTS
from margincarlo.calibration.stored import read_posterior
from margincarlo.prices.snapshot import read_snapshot
from margincarlo.throughput.stored import read_learned


@pytest.fixture(scope="module")
def posterior():
    return read_posterior()


def test_it_was_made_of_what_ships(posterior):
    made_of = posterior.provenance
    assert made_of["snapshot"] == read_snapshot().sha256
    assert made_of["priors"] == fingerprint()
    assert made_of["throughput"] == read_learned().provenance["sha256"]


def test_it_passed_the_gate(posterior):
    known = posterior.provenance
    assert not known["accepted_anyway"]
    assert known["diagnostics"].keys() == WEIGHTS.keys()
    for each in known["diagnostics"].values():
        assert each["rhat"] <= 1.01
        assert each["ess"] >= 400
        assert each["divergences"] == 0
        assert each["bfmi"] > 0.3
    for score in (*known["held_out_as_modeled"].values(), *known["held_out"].values()):
        assert LEAST_COVERAGE <= score["cover90"] <= LARGEST_COVERAGE


def test_families_held_out_are_predicted_as_well_as_the_page_says(posterior):
    """With intervals that `predict_price` would give, each family's by how the others fared."""
    output, prompt = (posterior.provenance["held_out"][kind] for kind in ("output", "input"))
    assert output["mdape"] <= 0.35
    assert output["crps"] <= 0.38
    assert prompt["mdape"] <= 0.33
    assert prompt["crps"] <= 0.32
    for each in (output, prompt):
        assert 0.44 <= each["cover50"] <= 0.56
        assert 0.44 <= each["macro50"] <= 0.56


@pytest.mark.parametrize("kind", ["output", "input"])
@pytest.mark.xfail(reason="0.63 and 0.57, ± 0.08: too wide in the middle", strict=True)
def test_the_model_by_itself_puts_half_of_prices_into_the_central_half(posterior, kind):
    assert 0.44 <= posterior.provenance["held_out_as_modeled"][kind]["cover50"] <= 0.56


def test_recalibration_moves_no_median_and_costs_no_accuracy(posterior):
    for kind, found in posterior.provenance["held_out"].items():
        before = posterior.provenance["held_out_as_modeled"][kind]
        assert found["mdape"] == pytest.approx(before["mdape"], abs=0.005)
        assert found["crps"] == pytest.approx(before["crps"], abs=0.01)
        assert abs(found["macro50"] - 0.5) < abs(before["macro50"] - 0.5)


def test_each_assumption_has_its_share_of_draws(posterior):
    for kind, weight in WEIGHTS.items():
        assert posterior.rows(kind).size == pytest.approx(weight * posterior.size, abs=1)


def test_joint_draws_know_more_than_columns(posterior):
    """Shuffling columns forgets what prices taught about products."""
    rng = np.random.default_rng(0)
    joint = posterior.beliefs("mixture")
    columns = {name: rng.permutation(joint[name]) for name in BELIEFS}
    for name, rows in products(joint).items():
        assert rows.std() < products(columns)[name].std()


def test_prices_teach_products_more_than_parts(posterior):
    before, after = posterior.beliefs(WITHOUT), posterior.beliefs("two_sided")

    def kept(first, second):
        return second.var() / first.var()

    learned = {name: kept(each, products(after)[name]) for name, each in products(before).items()}
    assert min(learned.values()) < 0.8
    assert kept(before["gpu_hour_cost"], after["gpu_hour_cost"]) > min(learned.values())
