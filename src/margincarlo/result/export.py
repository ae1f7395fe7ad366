"""Files that are there whole or not at all."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from margincarlo.errors import ScenarioError
from margincarlo.version import __version__

if TYPE_CHECKING:
    import pyarrow as pa

    from margincarlo.result.simulation import Simulation


def json_text(content: Any) -> str:
    """Return `content` as the text of a JSON file: the same bytes for the same content."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_text(path: str | Path, text: str) -> Path:
    """Write a text file, whole or not at all."""
    with written(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


def write_csv(simulation: Simulation, path: str | Path) -> Path:
    """Write draws as CSV."""
    from pyarrow import csv

    with written(path) as part:
        csv.write_csv(_table(simulation), part, csv.WriteOptions(quoting_style="needed"))
    return Path(path)


def write_parquet(simulation: Simulation, path: str | Path) -> Path:
    """Write draws as Parquet; units are in each column's metadata."""
    from pyarrow import parquet

    with written(path) as part:
        parquet.write_table(_table(simulation), part)
    return Path(path)


def write_netcdf(simulation: Simulation, path: str | Path) -> Path:
    """Write draws as netCDF4; units are in each variable's attributes."""
    dataset = simulation.draws.assign_attrs(_provenance(simulation))
    with written(path) as part:
        dataset.to_netcdf(part, engine="h5netcdf")
    return Path(path)


def _table(simulation: Simulation) -> pa.Table:
    import pyarrow as pa

    dataset = simulation.draws
    names = ["replicate", *(str(name) for name in dataset.data_vars)]
    columns = [pa.array(dataset[name].to_numpy()) for name in names]
    fields = [
        pa.field(name, column.type, metadata={k: str(v) for k, v in dataset[name].attrs.items()})
        for name, column in zip(names, columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, _provenance(simulation)))


def _provenance(simulation: Simulation) -> dict[str, str]:
    told = {
        "title": simulation.scenario.title,
        "scenario": simulation.scenario.name,
        "sha256": simulation.scenario.sha256,
        "version": __version__,
        "seed": str(simulation.seed),
        "sampler": simulation.plan.sampler,
        "condition": simulation.condition,
    }
    # HDF5 has no text of length zero.
    return {name: text for name, text in told.items() if text}


@contextmanager
def written(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, and rename it to `path` once the block ends well.

    Whatever stops the block leaves what was at `path` as it was.

    Raises
    ------
    ScenarioError
        If the folder is missing, or the file cannot be written.
    """
    target = check_writable(path)
    # A device or a pipe cannot be half-written, and must not be replaced by a file.
    part = target if _is_stream(target) else target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        yield part
        if part != target:
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ScenarioError(f"cannot be written: {reason}", where=str(path)) from None
    finally:
        if part != target:
            part.unlink(missing_ok=True)


def check_writable(path: str | Path) -> Path:
    """Return where writing to `path` ends up, or raise a ScenarioError that says why it cannot."""
    target = Path(path).resolve()
    where = str(path)
    if target.is_dir():
        raise ScenarioError("is a folder; name a file in it", where=where)
    if not target.parent.is_dir():
        raise ScenarioError(
            f"there is no folder {str(Path(path).parent)!r}; make it, or write elsewhere",
            where=where,
        )
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise ScenarioError("cannot be written: permission denied; write elsewhere", where=where)
    return target


def _is_stream(target: Path) -> bool:
    return target.exists() and not target.is_file()
