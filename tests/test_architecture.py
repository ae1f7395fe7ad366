"""ARCHITECTURE.md, the import contract and the folder show one and the same tree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

Layers = list[set[str]]


@pytest.fixture(scope="module")
def documented(project_root: Path) -> Layers:
    """Layers of the table in ARCHITECTURE.md, top to bottom."""
    text = (project_root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    first_cells = re.findall(r"^\| (`.*?) +\|", text, flags=re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", cell)) for cell in first_cells]


@pytest.fixture(scope="module")
def contracted(project_root: Path) -> Layers:
    """Layers that import-linter enforces, top to bottom."""
    settings = tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [set(re.findall(r"\w+", layer)) for layer in layers]


@pytest.fixture(scope="module")
def present(project_root: Path) -> set[str]:
    """Modules and packages directly under the package."""
    package = project_root / "src" / "margincarlo"
    modules = {path.stem for path in package.glob("*.py")} - {"__init__"}
    return modules | {path.parent.name for path in package.glob("*/__init__.py")}


def test_the_page_names_exactly_what_exists(documented: Layers, present: set[str]) -> None:
    assert set().union(*documented) == present


def test_the_page_and_the_import_contract_show_the_same_layers(
    documented: Layers, contracted: Layers
) -> None:
    assert documented == contracted


def test_every_module_is_in_one_layer_only(documented: Layers) -> None:
    assert sum(map(len, documented)) == len(set().union(*documented))
