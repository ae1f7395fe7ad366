"""The report in a real browser: it renders, complains of nothing and asks the network nothing."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
from pathlib import Path

import pytest

import margincarlo as mc
from margincarlo.report import write_report
from margincarlo.report.verdict import judge

PAGE_ERROR = re.compile(r"CONSOLE|Uncaught|Refused to|Failed to load|ERR_")


def opened(chromium: str, path: Path, profile: Path) -> tuple[str, str]:
    """DOM after rendering, and what the browser logged."""
    done = subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--v=0",
            f"--user-data-dir={profile}",
            "--dump-dom",
            path.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout, done.stderr


@pytest.mark.slow
def test_the_report_opens_without_a_console_error(
    chromium: str, plain: mc.Simulation, today: dt.date, tmp_path: Path
) -> None:
    path = write_report(plain, tmp_path / "report.html", today=today)
    dom, log = opened(chromium, path, tmp_path / "profile")
    assert judge(plain).headline.replace("\N{NO-BREAK SPACE}", "&nbsp;") in dom
    assert dom.count("<svg ") == 5
    assert not PAGE_ERROR.search(log), log


@pytest.mark.slow
def test_the_browser_test_would_notice_an_error(chromium: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.html"
    path.write_text("<!DOCTYPE html><script>missing()</script>", encoding="utf-8")
    _, log = opened(chromium, path, tmp_path / "profile")
    assert PAGE_ERROR.search(log)
