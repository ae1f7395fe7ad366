"""Files: what is refused in one line, and what spreadsheets do to a table without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from margincarlo.errors import MeasurementError
from margincarlo.measurements import COLUMNS, read_measurements
from margincarlo.measurements import read as reader

type Write = Callable[..., Path]


def text_of(cells: dict[str, str], **style: str) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, **style)  # type: ignore[arg-type]  # typeshed types each option apart
    writer.writerows([list(cells), list(cells.values())])
    return stream.getvalue()


def refusal(path: str | Path) -> str:
    with pytest.raises(MeasurementError) as caught:
        read_measurements(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


def test_the_shipped_table_is_judged_whole() -> None:
    table = read_measurements()
    shipped = resources.files("margincarlo") / "data" / table.name
    rows = list(csv.DictReader(io.StringIO(shipped.read_text(encoding="utf-8"))))
    assert [row.row for row in table.measurements] == [row["row_id"] for row in rows]
    assert len(rows) > 600
    assert table.skipped == {}
    assert table.name == "throughput.csv"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; its first row must name model, hardware"),
        (b" \r\n\r\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "is not UTF-8 text; save it as CSV"),
        ("model,hardware".encode("utf-16"), "is not UTF-8 text"),
        (b"\x00\x01\x02", "has no column model, hardware"),
        (b",,,\n,,,\n", "has no column model"),
        (b"PK\x03\x04 but text\n1,2\n", "has more cells than columns|has no column model"),
        (b'model,"' + b"x" * 200_000, "is no CSV: field larger than field limit"),
        (b"model;hardware\n1;2\n", "has no column model, hardware"),
    ],
)
def test_what_is_no_table_is_refused(write: Write, content: bytes, expected: str) -> None:
    message = refusal(write(content))
    assert any(each in message for each in expected.split("|"))


def test_a_header_alone_is_refused(write: Write, good: dict[str, str]) -> None:
    assert "no row can be judged: there is none" in refusal(write(",".join(good) + "\n"))


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.csv")
    assert "Is a directory" in refusal(tmp_path)
    assert "is no name that a file can have" in refusal("a\0b")


def test_a_file_too_large_is_not_read(
    write: Write, good: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "LARGEST_FILE", 100)
    assert "has more than 200 MB" in refusal(write(good))


@pytest.mark.parametrize("column", [column.name for column in COLUMNS if column.needed])
def test_a_missing_column_is_named_with_what_was_meant(
    write: Write, good: dict[str, str], column: str
) -> None:
    slip = column[:-1]
    renamed = {slip if name == column else name: cell for name, cell in good.items()}
    message = refusal(write(renamed))
    assert f"has no column {column}; did you mean {slip!r}?" in message
    assert "its first row must name model, hardware, precision_weights" in message


@pytest.mark.parametrize("column", [column.name for column in COLUMNS if not column.needed])
def test_any_other_column_may_be_missing(write: Write, good: dict[str, str], column: str) -> None:
    good.pop(column)
    if column == "tpot_ms":
        good["interactivity_tok_s_user"] = "50"
    if column == "concurrency_or_batch":
        good["decode_tok_s_per_gpu"] = "200"
    assert len(read_measurements(write(good)).measurements) == 1


def test_a_column_that_is_there_twice_is_refused(write: Write, good: dict[str, str]) -> None:
    header, row = ",".join(good), ",".join(good.values())
    message = refusal(write(f"{header},tpot_ms\n{row},999\n"))
    assert "has two columns tpot_ms; leave one" in message


def test_extra_columns_and_another_order_change_nothing(write: Write, good: dict[str, str]) -> None:
    expected = read_measurements(write(good)).measurements
    shuffled = {"": "0", "note": "a, b", **dict(reversed(good.items())), " ": ""}
    assert read_measurements(write(shuffled)).measurements == expected


HARMLESS: dict[str, Callable[[str], str]] = {
    "byte order mark": lambda text: "\ufeff" + text,
    "line feeds": lambda text: text.replace("\r\n", "\n"),
    "carriage returns": lambda text: text.replace("\r\n", "\r"),
    "blank lines at the end": lambda text: text + "\r\n\r\n",
    "a blank line at the start": lambda text: "\r\n" + text,
    "a row of empty cells": lambda text: text + "," * 20 + "\r\n",
    "spaces around a column": lambda text: text.replace("tpot_ms", " tpot_ms "),
    "no last line end": lambda text: text.rstrip("\r\n"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_spreadsheets_do_changes_nothing(
    write: Write, good: dict[str, str], name: str
) -> None:
    text = text_of(good)
    expected = read_measurements(write(text)).measurements
    assert read_measurements(write(HARMLESS[name](text))).measurements == expected
    assert len(expected) == 1


def test_quotes_keep_commas_line_ends_and_form_feeds(write: Write, good: dict[str, str]) -> None:
    good |= {"row_id": "a, b", "source_group": "x\ny\x0cz\u2028", "engine": 'the "sglang"'}
    (row,) = read_measurements(write(good)).measurements
    assert (row.row, row.source, row.engine) == ("a, b", "x\ny\x0cz\u2028", "sglang")


def test_ragged_rows(write: Write, good: dict[str, str]) -> None:
    text = text_of(good)
    assert len(read_measurements(write(text.replace(",False,,", ""))).measurements) == 1
    message = refusal(write(text + "\n" + text.splitlines()[1] + ",more\r\n"))
    assert "line 4 has more cells than columns; put text with commas in quotes" in message


def test_a_row_without_a_name_is_called_by_its_line(write: Write, good: dict[str, str]) -> None:
    good["row_id"] = ""
    text = "\n" + text_of(good)
    assert read_measurements(write(text)).measurements[0].row == "line 3"


def test_what_is_skipped_is_counted_most_frequent_first(write: Write, good: dict[str, str]) -> None:
    wrong = [good | {"tpot_ms": "0.02"}] * 2 + [good | {"hardware": "H200 NVL"}] * 3
    table = read_measurements(write(*wrong, good))
    assert len(table.measurements) == 1
    assert list(table.skipped.items()) == [
        ("the registry does not know the accelerator 'H200 NVL'", 3),
        ("faster than the hardware allows (MBU or MFU above 1)", 2),
    ]


def test_a_file_of_nothing_to_judge_is_refused_with_the_commonest_reasons(
    write: Write, good: dict[str, str]
) -> None:
    rows = [good | {"model": f"unheard-{n}"} for n in range(9)]
    message = refusal(write(*rows, good | {"model": "unheard-0"}))
    assert "no row can be judged: 2 x the registry does not know the model 'unheard-0'" in message
    assert message.endswith("and 4 more reasons")
