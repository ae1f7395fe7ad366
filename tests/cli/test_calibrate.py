"""`margincarlo calibrate` and `validate prices`: what they refuse, and what they leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from margincarlo.calibration.learn import Settings, calibrate
from margincarlo.cli import main
from margincarlo.errors import CalibrationError


def called(*arguments: str):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--out", "x.nc", "--rent", "two_side"), "did you mean 'two_sided'?"),
        (("--out", "x.nc", "--rent", "gamma=0"), "a weight is a number above 0"),
        (("--out", "x.nc", "--rent", "gamma=much"), "a weight is a number above 0"),
        (("--out", "x.nc", "--snapshot", "none.json.gz"), "none.json.gz"),
        ((), "Missing option '--out'"),
    ],
)
def test_mistakes_are_told_in_one_line(tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    result = called("calibrate", *arguments)
    assert result.exit_code != 0
    assert said in result.stderr.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_report_of_other_prices_is_refused(tmp_path):
    from margincarlo.prices.snapshot import make_snapshot, read_snapshot, write_snapshot

    shipped = read_snapshot()
    fewer = make_snapshot(
        observed_at=shipped.observed_at,
        source="a part",
        models=shipped.models,
        offers=shipped.offers[:-5],
    )
    other = tmp_path / "other.json.gz"
    write_snapshot(fewer, other)
    page = tmp_path / "page.html"
    result = called("calibrate", "report", "--snapshot", str(other), "-o", str(page))
    assert result.exit_code == 1
    assert "learned from other prices" in result.stderr
    assert not page.exists()


@pytest.mark.slow
def test_a_report_is_one_page_that_needs_no_network(tmp_path):
    page = tmp_path / "page.html"
    result = called("calibrate", "report", "-o", str(page))
    assert result.exit_code == 0, result.output
    text = page.read_text(encoding="utf-8")
    assert "http://" not in text.replace("http://www.w3.org", "")
    for words in ("Two-sided rent", "Without prices", "R-hat"):
        assert words in text


@pytest.mark.slow
def test_a_killed_calibration_leaves_nothing(tmp_path):
    out = tmp_path / "posterior.nc"
    command = [sys.executable, "-m", "margincarlo", "calibrate", "--out", str(out)]
    if not (Path(__file__).parents[2] / "src" / "margincarlo" / "__main__.py").exists():
        command[1:3] = ["-c", "from margincarlo.cli import main; main()"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ) as process:
        time.sleep(6)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_too_short_a_calibration_is_refused_with_what_to_try():
    from margincarlo.prices.offers import offers
    from margincarlo.prices.snapshot import read_snapshot

    settings = Settings(weights={"two_sided": 1.0}, draws=100, tune=100, folds=2)
    with pytest.raises(CalibrationError, match=r"R-hat|effective sample size.*try more --draws"):
        calibrate(offers(read_snapshot()), settings)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--posterior", "none.nc"), "--posterior goes with --data"),
        (("--data", "none.csv", "--by", "family"), "--by and --folds hold offers out"),
        (("--data", "none.csv", "--folds", "3"), "--by and --folds hold offers out"),
    ],
)
def test_options_that_would_do_nothing_are_refused(arguments, said):
    result = called("validate", "prices", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.slow
def test_offers_of_one_family_have_no_standard_error(tmp_path):
    data = tmp_path / "offers.csv"
    lines = called("prices", "show", "--format", "csv").stdout.splitlines()
    own = [line for line in lines if ",moonshotai/kimi-k2.5," in line]
    data.write_text("\n".join([lines[0], *own]) + "\n", encoding="utf-8")
    result = called("validate", "prices", "--data", str(data), "--format", "json")
    assert result.exit_code == 0, result.output
    (scores,) = json.loads(result.stdout).values()
    assert scores["margincarlo"]["output"]["errors"]["mdape"] is None
    assert scores["margincarlo"]["output"]["mdape"] < 0.5


@pytest.mark.slow
def test_offers_of_a_file_are_scored(tmp_path):
    data = tmp_path / "offers.csv"
    listed = called("prices", "show", "--format", "csv")
    data.write_text(listed.stdout, encoding="utf-8")
    result = called("validate", "prices", "--data", str(data))
    assert result.exit_code == 0, result.output
    assert "models that the posterior has seen" in result.stdout
    assert "422 offers" in result.stdout
    words = " ".join(result.stdout.split())
    assert "for these this is no test" in words
    assert "held out when it was made fared" in words
    assert "by construction" not in words


def test_offers_that_are_no_table_are_refused(tmp_path):
    data = tmp_path / "offers.csv"
    data.write_text("model,provider\nx,y\n", encoding="utf-8")
    result = called("validate", "prices", "--data", str(data))
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
