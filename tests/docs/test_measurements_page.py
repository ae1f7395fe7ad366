"""The reference of tables of measurements follows from the code."""

from __future__ import annotations

from margincarlo.measurements import COLUMNS


def test_the_page_is_up_to_date(docs_script, project_root):
    written = (project_root / "docs/reference/measurements.md").read_text(encoding="utf-8")
    assert written == docs_script("generate").measurements(), (
        "run `python docs/generate.py` and commit what it wrote"
    )


def test_every_column_has_one_row_of_three_cells(docs_script):
    page = docs_script("generate").measurements()
    for column in COLUMNS:
        (row,) = (line for line in page.splitlines() if line.startswith(f"| `{column.name}` |"))
        assert row.count("|") == 4
        assert ("needed" in row) == column.needed
