"""What a calibration taught, as one self-contained HTML page: words first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from margincarlo.calibration.contraction import contraction
from margincarlo.calibration.margins import MarginDraws
from margincarlo.calibration.posterior import Posterior
from margincarlo.calibration.ppc import ppc
from margincarlo.calibration.replicate import check_offers
from margincarlo.plots.calibration import beliefs, products
from margincarlo.plots.calibration_margins import ROW_INCHES, deciding, every_margin, profitable
from margincarlo.plots.style import ROLES
from margincarlo.plots.svg import to_svg
from margincarlo.prices.offers import Offers
from margincarlo.report import calibration_tables as tables
from margincarlo.report import calibration_words as words
from margincarlo.result.export import check_writable, write_text

WIDE: Final = 6.8
# Models that people know, of all sizes.
KNOWN: Final[tuple[str, ...]] = (
    "moonshotai/kimi-k2.5",
    "deepseek/deepseek-v3.2",
    "deepseek/deepseek-v4-pro",
    "z-ai/glm-5.2",
    "openai/gpt-oss-120b",
    "meta-llama/llama-3.3-70b-instruct",
)


def write_calibration_report(posterior: Posterior, offers: Offers, path: str | Path) -> Path:
    """Write what a calibration taught as one self-contained HTML file.

    Parameters
    ----------
    posterior : Posterior
    offers : Offers
        That it was learned from.
    path : str or Path
        Where to; an existing file is replaced in one step.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CalibrationError
        If the offers are others than those that the posterior was learned from.
    ScenarioError
        If the file cannot be written. Nothing is left half-written.
    """
    check_writable(path)
    return write_text(path, calibration_html(posterior, offers))


def calibration_html(posterior: Posterior, offers: Offers) -> str:
    """Return what a calibration taught as an HTML page without scripts or network references."""
    check_offers(posterior, offers)
    template = _templates().get_template("calibration.html.j2")
    return template.render(_context(posterior, offers))


def _context(posterior: Posterior, offers: Offers) -> Mapping[str, Any]:
    loaded = every_margin(posterior, offers)
    busy = every_margin(posterior, offers, "marginal")
    markets = words.market_of_each(loaded)
    learned = contraction(posterior)
    checks = ppc(posterior, offers) if offers.has_split else None
    return {
        **_pictures(posterior, loaded),
        "assumptions": tables.assumptions(posterior, markets, words.market_of_each(busy)),
        "checks": None if checks is None else tables.checks(checks),
        "checked": "" if checks is None else words.checked(checks),
        "diagnosed": words.diagnosed(posterior.provenance),
        "failures": posterior.provenance.get("accepted_anyway", []),
        "headline": words.headline(markets),
        "learned": tables.learned(learned),
        "not_taught": words.not_taught(posterior, markets),
        "posterior": posterior,
        "provenance": _provenance(posterior),
        "said": words.extremes(markets),
        "scored": words.scored(posterior.provenance),
        "sensitivity": tables.sensitivity(posterior),
        "style": Markup(_style()),
        "taught": words.taught(posterior, learned),
    }


def _pictures(posterior: Posterior, loaded: Mapping[str, MarginDraws]) -> dict[str, Markup]:
    hosts, models = len(posterior.providers), len(posterior.models)
    by_model = partial(profitable, loaded, "model")
    said = "Probability that prices cover costs"
    return {
        "beliefs": _picture(partial(beliefs, posterior), "beliefs", 6.2, "Beliefs by stage"),
        "products": _picture(partial(products, posterior), "products", 4.6, "Products by stage"),
        "deciding": _deciding(loaded, posterior),
        "hosts": _picture(
            partial(profitable, loaded), "hosts", 1.9 + ROW_INCHES * hosts, f"{said}, by host"
        ),
        "models": _picture(by_model, "models", 1.9 + ROW_INCHES * models, f"{said}, by model"),
    }


def _provenance(posterior: Posterior) -> dict[str, str]:
    told = posterior.provenance
    names = {
        "observed_at": "Prices observed",
        "snapshot": "SHA-256 of the prices",
        "endpoints": "Endpoints",
        "models": "Models",
        "throughput": "SHA-256 of the measured throughput",
        "priors": "SHA-256 of the priors",
        "draws": "Draws of each of four chains",
        "tune": "Draws to tune each",
        "folds": "Folds",
        "seed": "Seed",
        "python": "Python",
    }
    found = {label: str(told[name]) for name, label in names.items() if name in told}
    left_out = told.get("dropped", {})
    found["Endpoints left out"] = "; ".join(f"{left_out[why]} × {why}" for why in left_out)
    found["Draws kept"] = f"{posterior.size:,}"
    return found | {name: str(each) for name, each in told.get("versions", {}).items()}


def _deciding(found: Mapping[str, MarginDraws], posterior: Posterior) -> Markup:
    known = [name for name in KNOWN if name in posterior.models] or list(posterior.models[:6])
    height = 1.9 + 0.62 * len(known)
    return _picture(
        partial(deciding, found, known), "deciding", height, "Margins of known models by assumption"
    )


def _picture(draw: Callable[..., object], name: str, height: float, described: str) -> Markup:
    svg = to_svg(lambda ax: draw(ax=ax), name=name, size=(WIDE, height))
    for role, color in ROLES.items():
        svg = svg.replace(color, f"var(--{role})")
    head = f'<svg role="img" aria-label="{escape(described)}" '
    return Markup(svg.replace("<svg ", head, 1))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("margincarlo.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _style() -> str:
    sheet = resources.files("margincarlo.report") / "templates" / "report.css"
    return sheet.read_text(encoding="utf-8")
