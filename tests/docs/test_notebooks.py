"""Every notebook runs from top to bottom, and is stored without output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

# Notebook → figures that it draws, and at least how many shares it prints with their errors.
SHOWN = {"01_first_scenario": (4, 7), "02_ground_truth": (6, 1), "03_calibration": (3, 0)}
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_a_notebook_is_stored_without_output(path):
    notebook = read(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.slow
# The kernel's own machinery: ipykernel and pyzmq warn about the event loop on some platforms.
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs(path, monkeypatch):
    from nbclient import NotebookClient

    # The kernel inherits this; tests draw on no screen, but a notebook shows its figures.
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = read(path)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=120, resources=where).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    pictures, shares = SHOWN[path.stem]
    assert kinds.count("image/png") == pictures
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    found = re.findall(r"= (0\.\d+) ± (0\.\d+)", printed)
    assert len(found) >= shares
    assert all(0 < float(value) < 1 and float(error) < 0.02 for value, error in found)
    assert "Warning" not in printed
