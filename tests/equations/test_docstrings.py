"""Every equation is documented as the reference promises."""

from __future__ import annotations

import doctest
import importlib.util
import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from margincarlo.equations import MODULES
from margincarlo.quantities import quantities

SECTIONS = ["Parameters", "Returns", "Notes", "References", "Examples"]


@pytest.fixture(scope="module")
def generator(project_root: Path) -> ModuleType:
    """Load the script that knows how a symbol is written in LaTeX."""
    spec = importlib.util.spec_from_file_location("generate", project_root / "docs/generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def sections(equation) -> dict[str, str]:
    """Return the docstring by section; what precedes the first one is under ''."""
    parts = re.split(r"^(\w+)\n-+\n", inspect.getdoc(equation) or "", flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def test_the_sections_are_those_of_numpydoc(equation):
    assert list(sections(equation)) == ["", *SECTIONS]


def test_the_first_sentence_can_be_quoted(equation):
    first, *_ = sections(equation)[""].split("\n\n")
    sentence = " ".join(first.split())
    assert sentence.endswith(".")
    assert len(sentence) < 200
    assert "[1]_" not in sentence


@pytest.mark.parametrize(
    "margin",
    ["contribution_margin", "gross_margin", "contribution_markup", "output_token_margin"],
)
def test_a_margin_is_defined_in_its_first_sentence(margin, every):
    first, *_ = sections(every[margin])[""].split("\n\n")
    subject = margin.replace("_", " ").capitalize()
    assert " ".join(first.split()).startswith(f"{subject} is ")


def test_the_formula_has_the_symbols_of_the_table(name, equation, yields, generator):
    text = sections(equation)
    shown = " ".join((text[""] + text["Notes"]).split())
    assert text[""].count(".. math::") == 1
    names = [*inspect.signature(equation).parameters, yields[name]]
    symbols = {each: generator.latex(quantities()[each].symbol) for each in names}
    assert {each: symbol for each, symbol in symbols.items() if symbol not in shown} == {}


def test_every_parameter_is_described_once_and_in_order(equation, generator):
    described = re.findall(r"^(\w+)\n    ", sections(equation)["Parameters"], flags=re.MULTILINE)
    assert described == list(inspect.signature(equation).parameters)
    text = " ".join(sections(equation)["Parameters"].split())
    for each in described:
        assert f":math:`{generator.latex(quantities()[each].symbol)}`" in text


def test_what_returns_is_named_as_the_quantity(name, equation, yields):
    assert sections(equation)["Returns"].splitlines()[0] == yields[name]


def test_references_are_cited_and_say_where_to_look(equation):
    text = sections(equation)
    numbers = re.findall(r"^\.\. \[(\d)\]", text["References"], flags=re.MULTILINE)
    assert numbers == [str(i + 1) for i in range(len(numbers))]
    assert numbers
    cited = set(re.findall(r"\[(\d)\]_", text[""] + text["Notes"]))
    assert cited == set(numbers)
    for reference in re.split(r"^\.\. \[\d\] ", text["References"], flags=re.MULTILINE)[1:]:
        assert re.search(r": .+\.$", " ".join(reference.split()))


def test_there_is_one_example(equation):
    assert len(doctest.DocTestParser().get_examples(inspect.getdoc(equation) or "")) == 1


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.split(".")[-1])
def test_a_module_is_short_enough_to_read(module):
    lines = inspect.getsource(module).splitlines()
    assert len(lines) < 450
