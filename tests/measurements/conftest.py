"""A row that can be judged, and a way to write tables of changed copies of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

type Cells = Mapping[str, str]
type Write = Callable[..., Path]

GOOD: Cells = {
    "row_id": "r1",
    "source_group": "a lab",
    "source": "a page of theirs",
    "date": "2026-05-01",
    "model": "DeepSeek-R1-0528",
    "hardware": "H200 SXM",
    "num_gpus": "8",
    "precision_weights": "fp8",
    "precision_kv": "bf16",
    "engine": "sglang",
    "parallelism": "TP8",
    "input_len": "1024",
    "output_len": "1024",
    "concurrency_or_batch": "32",
    "decode_tok_s_per_gpu": "",
    "total_tok_s_per_gpu": "",
    "tpot_ms": "20",
    "interactivity_tok_s_user": "",
    "spec_decode": "none",
    "disaggregated": "False",
    "num_decode_gpu": "",
    "scenario": "",
}


def csv_of(*rows: Cells) -> str:
    """Return rows as the text of a CSV file; columns are those of the first."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.fixture
def good() -> dict[str, str]:
    """Cells of a row that can be judged."""
    return dict(GOOD)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table: text or bytes as they are, or rows."""

    def written(*content: Cells | str | bytes) -> Path:
        path = tmp_path / "table.csv"
        first = content[0]
        if isinstance(first, bytes):
            path.write_bytes(first)
        elif isinstance(first, str):
            path.write_text(first, encoding="utf-8", newline="")
        else:
            path.write_text(csv_of(*content), encoding="utf-8", newline="")  # type: ignore[arg-type]  # rows follow a row
        return path

    return written
