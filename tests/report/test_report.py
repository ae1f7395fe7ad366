"""The page: complete, self-contained, escaped, written whole or not at all."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

import margincarlo as mc
from margincarlo.errors import ScenarioError, UnusedInputWarning
from margincarlo.report import report_html, write_report

type Run = Callable[..., mc.Simulation]

EVIL = """<script>alert("x")</script>'"><img src=x onerror=alert(1)>"""
VOID = {"meta", "link", "br", "img"}


class Reader(HTMLParser):
    """Collects words and attributes, and insists that tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.note(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.note(attrs)

    def note(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name.endswith("href") or name == "src":
                self.links.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


@pytest.fixture(scope="module")
def page(plain: mc.Simulation, today: dt.date) -> str:
    return report_html(plain, today=today)


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    return Reader(page)


def test_the_verdict_comes_before_everything_but_the_question(read: Reader) -> None:
    places = [
        read.text.index(words)
        for words in (
            "Does it pay?",
            "that gross margin is above 0",
            "What comes out",
            "Where the money goes",
            "Published claims",
            "What goes in",
            "What moves together",
            "Physics",
            "Definitions",
            "Method",
            "Provenance",
        )
    ]
    assert places == sorted(places)
    costs = "fully loaded compute + hosting, channel and payment"
    assert f"Gross margin here is 1 − ({costs}) / net revenue." in read.text


def test_the_page_needs_nothing_from_elsewhere(page: str, read: Reader) -> None:
    assert not read.open
    for word in ('src="http', "src='http", "@import", "url(http", "<script", "@font-face", "//cdn"):
        assert word not in page
    assert not read.tags & {"script", "iframe", "object", "embed", "img", "base", "form"}
    outside = [link for link in read.links if not link.startswith(("#", "data:"))]
    assert outside == ["https://example.com/prices?a=1&b=2"]
    assert re.findall(r'https?://[^"<]*', page) == ["https://example.com/prices?a=1&amp;b=2"] * 2


def test_ids_are_unique(read: Reader) -> None:
    assert len(read.ids) == len(set(read.ids)) > 20


def test_pictures_take_their_colors_from_the_page(page: str) -> None:
    pictures = re.findall(r"<svg .*?</svg>", page, flags=re.DOTALL)
    assert len(pictures) == 5
    for picture in pictures:
        assert 'role="img" aria-label="' in picture
        assert "var(--ink)" in picture
        assert "#1b1f24" not in picture
    for scheme in ("prefers-color-scheme: dark", "@media print"):
        assert scheme in page


def test_outputs_show_error_interval_kind_and_mass(plain: mc.Simulation, read: Reader) -> None:
    (summary,) = plain.summaries("gross_margin")
    value, error = summary.median.texts()
    assert f"gross margin {value} ± {error}" in read.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Interval: central (equal-tailed), 90 % of the draws." in read.text
    assert "mixes what is unknown with what varies" in read.text


def test_claims_stand_beside_what_came_out(read: Reader) -> None:
    assert re.search(r"Output tokens cost \$1 per Mtok output token cost · A blog 1 USD", read.text)
    assert "contradicted differs That is below the cost of electricity." in read.text
    assert "1 / 33" in read.text
    assert "reproduced within 2 %" in read.text


def test_assumptions_show_evidence_and_age_and_count_what_has_none(read: Reader) -> None:
    assert "3 uncertain inputs, 7 stated as one number" in read.text
    assert "8 of the 10 that the author stated have no source" in read.text
    assert "Benchmark of a host measurement as of 2026-05-20 6 months old" in read.text
    assert "as of 2025-01 22 months old" in read.text
    assert "1 rests on evidence more than 365 days old on 2026-11-20" in read.text
    assert read.text.count("no source") == 8 + 2
    assert "varies" in read.text
    assert "Defaults (" in read.text
    assert "−0.30 Busy hosts cache more." in read.text


def test_provenance_lets_anyone_repeat_the_run(plain: mc.Simulation, read: Reader) -> None:
    for label, text in {
        "SHA-256 of the scenario": plain.scenario.sha256,
        "Draws": "4,096",
        "Seed": "0",
        "Sampler": "sobol",
        "margincarlo": mc.__version__,
        "Report made on": "2026-11-20",
    }.items():
        assert f"{label} {text}" in read.text
    assert "16 independent scrambles of 256 draws" in read.text
    assert "Not checked , for want of inputs: prefill MFU above 1" in read.text


def test_the_same_run_gives_the_same_page(plain: mc.Simulation, page: str, today: dt.date) -> None:
    assert report_html(plain, today=today) == page


def test_everything_from_the_scenario_is_escaped(run: Run, today: dt.date) -> None:
    evidence = {"source": EVIL, "note": EVIL, "as_of": EVIL, "kind": "press"}
    simulation = run(
        {
            "title": EVIL,
            "description": EVIL,
            "inputs.capacity_loading": {"p5": 1.2, "p95": 3.0, **evidence},
            "inputs.input_price": {"value": 0.5, **evidence, "source": f'https://a.b/"{EVIL}'},
            "correlation": [
                {"between": ["capacity_loading", "cache_hit_share"], "rank": 0.1, "because": EVIL}
            ],
            "ask": [{"statement": "gross_margin > 0", "because": EVIL}] * 2,
            "claim": [
                {
                    "says": EVIL,
                    "quantity": "gross_margin",
                    "claimed": 0.5,
                    "verdict": "qualified",
                    "because": EVIL,
                    "source": EVIL,
                }
            ],
        }
    )
    page = report_html(simulation, today=today)
    read = Reader(page)
    assert "<script" not in page
    assert "<img" not in page
    assert not read.handlers
    assert not read.open
    assert read.text.count("""<script>alert("x")</script>""") >= 10


def test_a_source_that_is_no_web_address_is_no_link(run: Run, today: dt.date) -> None:
    changes = {"inputs.input_price": {"value": 0.5, "source": "javascript:alert(1)"}}
    assert "javascript:alert(1)" not in Reader(report_html(run(changes), today=today)).links


def test_workloads_are_named_and_mixed(run: Run, today: dt.date) -> None:
    lengths = {"chat": (3, 300), "coding": (1, 2000)}
    workloads = {
        name: {"share": share, "inputs": {"visible_output_tokens": tokens}}
        for name, (share, tokens) in lengths.items()
    }
    with pytest.warns(UnusedInputWarning):
        simulation = run({"workloads": workloads})
    read = Reader(report_html(simulation, today=today))
    assert "Mix of requests: chat 75 %, coding 25 %." in read.text
    assert "coding: visible output tokens" in read.text
    assert "Given but unused, since nothing depends on it: visible_output_tokens." in read.text


def test_an_impossible_scenario_has_a_verdict_and_no_figures(run: Run, today: dt.date) -> None:
    with pytest.warns(mc.FeasibilityWarning):
        simulation = run({"inputs.implied_decode_mfu": 13.5})
    page = report_html(simulation, today=today)
    read = Reader(page)
    assert "No physically possible draw" in read.text
    assert "<svg" not in page
    assert "What comes out" not in read.text
    assert "4,096 of 4,096 draws are physically impossible" in read.text
    assert "decoding needs more arithmetic than the accelerators can do" in read.text


def test_without_draws_the_page_says_what_it_lacks(run: Run, today: dt.date) -> None:
    page = report_html(run(keep="none"), today=today)
    assert "No waterfall: net_revenue" in page
    assert page.count("<svg ") == 4


def test_certain_outputs_have_no_distribution(run: Run, today: dt.date) -> None:
    certain = {"outputs": ["output_token_cost"], "ask": [], "claim": [], "correlation": []}
    simulation = run({**certain, "inputs": {"output_token_cost": 1.0}})
    page = report_html(simulation, today=today)
    assert "Output token cost has no distribution: no input behind it is uncertain." in page
    assert "The median of output token cost is 1 USD/Mtok." in page


def test_no_figure_is_left_open(page: str) -> None:
    assert page
    assert not plt.get_fignums()


def test_the_file_is_the_page(
    plain: mc.Simulation, page: str, today: dt.date, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    assert write_report(plain, path, today=today) == path
    assert path.read_text(encoding="utf-8") == page
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("place", "why"), [("", "is a folder"), ("nowhere/report.html", "there is no folder")]
)
def test_an_unwritable_path_is_one_line(
    plain: mc.Simulation, tmp_path: Path, place: str, why: str
) -> None:
    with pytest.raises(ScenarioError, match=why):
        write_report(plain, tmp_path / place)
    assert not list(tmp_path.iterdir())


def test_a_failing_disk_leaves_the_old_report_whole(
    plain: mc.Simulation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ScenarioError, match="No space left on device"):
        write_report(plain, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
