"""The page on a calibration says in words what was and was not learned, and needs nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from margincarlo.calibration.posterior import Posterior
from margincarlo.calibration.stored import read_posterior
from margincarlo.errors import CalibrationError, ScenarioError
from margincarlo.prices.offers import offers
from margincarlo.prices.snapshot import read_snapshot
from margincarlo.report.calibration import write_calibration_report
from margincarlo.report.calibration_words import diagnosed, headline, scored

DIAGNOSTICS = {"rhat": 1.004, "worst": "rent", "ess": 812.0, "divergences": 0, "bfmi": 0.71}
SCORE = {
    "mdape": 0.31,
    "crps": 0.36,
    "cover50": 0.51,
    "cover90": 0.9,
    "macro50": 0.5,
    "macro90": 0.88,
    "errors": {"mdape": 0.06, "cover50": 0.07, "cover90": 0.05, "macro50": 0.06, "macro90": 0.04},
    "half_width": 2.7,
}
STRETCHED = {"scale": 0.92, "power": 1.23, "errors": {"scale": 0.1, "power": 0.13}}
NOTHING = {"costs": 0.02, "rent": 0.01, "prices": 0.1, "says": "what draws of nothing show"}
FIT = {
    "loo": {"elpd": 275.2, "se": 54.1, "p_loo": 215.0, "high_k": 0.017},
    "psense": {"noise": NOTHING, "rent|level": {**NOTHING, "says": "moved by prices"}},
}


@pytest.fixture(scope="module")
def posterior() -> Posterior:
    found = read_posterior()
    told = {
        **found.provenance,
        "diagnostics": {"two_sided": DIAGNOSTICS},
        "held_out_as_modeled": {"output": SCORE},
        "held_out": {"output": {**SCORE, "cover50": 0.49, "cover90": 0.91}},
        "recalibration": {"mixture": {"output": STRETCHED}},
        "fit": {"two_sided": FIT},
        "accepted_anyway": ["gamma: <b>2</b> draws diverged"],
    }
    return replace(found, provenance=MappingProxyType(told))


@pytest.fixture(scope="module")
def page(posterior: Posterior, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "page.html"
    assert write_calibration_report(posterior, offers(read_snapshot()), path) == path
    assert list(path.parent.iterdir()) == [path]
    return path.read_text(encoding="utf-8")


def test_the_page_is_words_first_and_needs_no_network(page: str) -> None:
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", page)
    assert "<script" not in page
    assert page.index("What prices taught") < page.index("<svg")
    assert page.index("What prices cannot teach") < page.index("side by side</h2>")
    assert page.count("<svg role=") == 5
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_it_says_what_was_accepted_and_how_sure_one_can_be(page: str) -> None:
    assert "gamma: &lt;b&gt;2&lt;/b&gt; draws diverged" in page
    assert "Never read the cost of prefill off an input price" in page
    assert "predicted within 31 % ± 6 %; 90 % ± 5 % lie in their central 90 %" in page
    assert "(88 % ± 4 % and 50 % ± 6 % if each family counts once)" in page
    assert "a scale of 0.92 ± 0.10 and a power of 1.23 ± 0.13, where 1 is no change" in page
    fared = (
        "91 % and 49 % of all prices lie in these intervals (88 % and 50 % if each family counts"
    )
    assert fared in page
    assert "that of the two narrower ones near 50 %, by construction" in page
    assert "R-hat of 1.004 at worst, of rent" in page
    assert "Two-sided rent. A model may sell below cost" in page
    assert "Without prices. No price is used" in page
    assert "moved by prices" in page


def test_sentences_without_evidence_say_so() -> None:
    assert diagnosed({}) == ["No diagnostics were kept with this posterior."]
    assert scored({}) == ["Nothing was held out when this posterior was made."]
    rows = {
        "without_prices": {"share": 0.61, "endpoints": 400},
        "gamma": {"share": 0.9, "endpoints": 400},
        "mixture": {"share": 0.95, "endpoints": 400},
    }
    assert headline(rows).startswith("Expect 61 % to 90 % of 400 endpoints to sell above cost")


def test_a_report_is_written_whole_or_not_at_all(posterior: Posterior, tmp_path: Path) -> None:
    every = offers(read_snapshot())
    with pytest.raises(CalibrationError, match="these offers are of other"):
        write_calibration_report(posterior, replace(every, sha256="other"), tmp_path / "a.html")
    with pytest.raises(ScenarioError, match="there is no folder"):
        write_calibration_report(posterior, every, tmp_path / "none" / "a.html")
    assert list(tmp_path.iterdir()) == []
