"""The nomenclature, the signatures and the page that lists them say the same."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType
from typing import get_type_hints

import pytest

from margincarlo.equations import DERIVATIONS, EQUATIONS
from margincarlo.errors import ScenarioError
from margincarlo.quantities import quantities, quantity
from margincarlo.units import factor

WAYS = [
    *EQUATIONS.items(),
    *((name, way) for name, ways in DERIVATIONS.items() for way in ways.values()),
]
EVERY = list(quantities().values())


@pytest.fixture(scope="module")
def generator(project_root: Path) -> ModuleType:
    """Load the script that writes the reference pages."""
    spec = importlib.util.spec_from_file_location("generate", project_root / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_numbers_are_permanent_places_from_zero():
    assert [each.number for each in EVERY] == list(range(len(EVERY)))


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_a_quantity_is_consistent(each):
    lower, upper = each.support
    least, most = each.plausible
    assert lower < upper
    assert least < most
    assert factor(each.display, each.unit) > 0
    assert each.default is None or lower <= each.default <= upper
    assert each.default is None or least <= each.default <= most
    assert each.name.isidentifier()
    assert each.meaning == each.meaning.strip(" .") != ""


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda each: getattr(each, "__name__", None))
def test_a_signature_has_the_units_of_the_table(name, way):
    hints = get_type_hints(way, include_extras=True)
    promised = {key: hint.__metadata__[0] for key, hint in hints.items()}
    assert promised.pop("return") == quantities()[name].unit
    assert promised == {key: quantities()[key].unit for key in promised}


@pytest.mark.parametrize(("name", "way"), WAYS, ids=lambda each: getattr(each, "__name__", None))
def test_an_equation_takes_keywords_without_defaults(name, way):
    for parameter in inspect.signature(way).parameters.values():
        assert parameter.kind is parameter.KEYWORD_ONLY
        assert parameter.default is parameter.empty
    assert name not in inspect.signature(way).parameters


def test_the_table_and_the_signatures_name_the_same_quantities():
    used = {key for _, way in WAYS for key in inspect.signature(way).parameters}
    assert used | {name for name, _ in WAYS} == set(quantities())


def test_alternatives_are_no_quantities_of_their_own():
    assert EQUATIONS.keys().isdisjoint(DERIVATIONS)
    assert {way.__name__ for name, way in WAYS if name in DERIVATIONS}.isdisjoint(quantities())


def test_no_equation_shows_one_symbol_for_two_quantities():
    for name, way in WAYS:
        symbols = [quantities()[key].symbol for key in (name, *inspect.signature(way).parameters)]
        assert len(set(symbols)) == len(symbols), way.__name__


def test_an_unknown_quantity_gets_the_nearest():
    with pytest.raises(ScenarioError, match="did you mean 'utilization'"):
        quantity("utilisation")


@pytest.mark.parametrize("page", ["nomenclature", "equations"])
def test_the_reference_page_is_up_to_date(page, generator, project_root):
    written = project_root / "docs" / "reference" / f"{page}.md"
    assert written.read_text(encoding="utf-8") == getattr(generator, page)(), (
        "run `python docs/generate.py` and commit what it wrote"
    )


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("u_commit", r"u_{\mathrm{commit}}"),
        ("MFU_p*", r"\mathrm{MFU}_p^{*}"),
        ("gamma'", r"\gamma'"),
        ("p_bar", r"\bar{p}"),
        ("V/I", "V/I"),
        ("C_in,load", r"C_{\mathrm{in,load}}"),
        ("phi_0", r"\phi_0"),
    ],
)
def test_a_symbol_as_latex(symbol, expected, generator):
    assert generator.latex(symbol) == expected


def test_a_symbol_that_cannot_be_written_is_named(generator):
    with pytest.raises(ValueError, match="symbol 'a b' is not of the form"):
        generator.latex("a b")
