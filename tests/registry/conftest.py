"""What an independent compilation says of the same models, to check the compact table against."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

type Reference = dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def reference() -> Reference:
    """Rows by model id: weights in GB; KV bytes in bf16 and attention GFLOP at three contexts."""
    text = Path(__file__).with_name("reference.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}
