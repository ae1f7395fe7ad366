"""Decide whether a row of a table can be judged, and say why if it cannot."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from margincarlo.measurements.columns import NUMBERS
from margincarlo.measurements.layout import LARGEST, Layout, read_layout
from margincarlo.measurements.measurement import Measurement
from margincarlo.measurements.names import accelerator_called, model_called
from margincarlo.registry import Accelerator, Model

Cells = Mapping[str, str]

ENGINES: Final = (
    ("atom", "atom"),
    ("sglang", "sglang"),
    ("trt", "trt"),
    ("tensorrt", "trt"),
    ("nim", "trt"),
    ("vllm", "vllm"),
)
# InferenceX draws lengths uniformly from 0.8 to 1.0 of their nominal value.
RANDOM_LENGTHS: Final = 0.9
# Little's law cannot find more requests in flight than there are; rounding and warm-up aside.
CONTRADICTION: Final = 1.5
# A server that queues finds fewer, but not a fiftieth: the rate is in another unit.
QUEUED: Final = 0.02
SMALLEST_NUMBER: Final = 1e-6
LARGEST_NUMBER: Final = 1e9
LONGEST_NAME: Final = 40


class UnjudgedError(Exception):
    """A row that cannot be held against the equations; its text says why."""


def judge(cells: Cells, name: str) -> Measurement:
    """Return what a row says.

    Parameters
    ----------
    cells : mapping of str to str
        By column; see `margincarlo.measurements.COLUMNS`.
    name : str
        Of the row, where it has none of its own.

    Raises
    ------
    UnjudgedError
        If the row cannot be judged.
    """
    numbers = _numbers(cells)
    time = _time_per_output_token(numbers)
    model, part = _model(cells), _accelerator(cells)
    precision = _precision(cells.get("precision_weights", ""), model)
    disaggregated = _flag(cells, "disaggregated")
    layout = _layout(cells, numbers, disaggregated)
    lengths = _lengths(cells, numbers)
    batch = _batch(numbers, lengths, layout, time, disaggregated)
    engine = _engine(cells.get("engine", ""))
    return Measurement(
        row=cells.get("row_id", "") or name,
        source=cells.get("source_group", "") or cells.get("source", "") or "unnamed",
        date=_date(cells.get("date", "")),
        model=model.id,
        accelerator=part.id,
        vendor=part.vendor.lower(),
        engine=engine,
        precision=precision,
        kv_precision=_kv_precision(cells.get("precision_kv", ""), precision, engine, model),
        gpus=layout.gpus,
        instances=layout.instances,
        parallelism=cells.get("parallelism", ""),
        data_parallel=layout.data_parallel,
        expert_parallel=layout.expert_parallel and model.is_mixture,
        disaggregated=disaggregated,
        speculative=_speculative(cells.get("spec_decode", "")),
        input_tokens=lengths[0],
        output_tokens=lengths[1],
        batch=batch,
        concurrency=numbers.get("concurrency_or_batch", 0.0),
        time_per_output_token=time,
    )


def _numbers(cells: Cells) -> dict[str, float]:
    found: dict[str, float] = {}
    for column in NUMBERS:
        text = cells.get(column, "").strip()
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            if column == "concurrency_or_batch":
                continue  # often in words, such as "256 per GPU"
            raise UnjudgedError(f"{column} is no number") from None
        if not math.isfinite(value) or value < 0:
            raise UnjudgedError(f"{column} is negative or not finite")
        if value and not SMALLEST_NUMBER <= value <= LARGEST_NUMBER:
            raise UnjudgedError(f"{column} is of an absurd magnitude")
        if value > 0:
            found[column] = value
    return found


def _time_per_output_token(numbers: Mapping[str, float]) -> float:
    if "tpot_ms" in numbers:
        return numbers["tpot_ms"] / 1e3
    if "interactivity_tok_s_user" in numbers:
        return 1 / numbers["interactivity_tok_s_user"]
    raise UnjudgedError("no time per output token")


def _model(cells: Cells) -> Model:
    name = cells.get("model", "")
    found = model_called(name)
    if found is None:
        raise UnjudgedError(f"the registry does not know the model {_shown(name)}")
    return found


def _accelerator(cells: Cells) -> Accelerator:
    name = cells.get("hardware", "")
    found = accelerator_called(name)
    if found is None:
        raise UnjudgedError(f"the registry does not know the accelerator {_shown(name)}")
    return found


def _shown(name: str) -> str:
    return repr(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")


def _flag(cells: Cells, column: str) -> bool:
    text = cells.get(column, "").strip().lower()
    if text in ("true", "yes", "1", "1.0"):
        return True
    if text in ("", "false", "no", "0", "0.0"):
        return False
    raise UnjudgedError(f"{column} is neither True nor False")


def _precision(text: str, model: Model) -> str:
    lowered = text.lower()
    # Of several, the narrowest: experts are what a step reads most of.
    for name in ("fp4", "int4", "fp8", "bf16"):
        if name in lowered:
            narrow = name in ("fp4", "int4") and model.is_mixture
            return "native" if narrow and model.expert_format.endswith(name) else name
    raise UnjudgedError("the precision of the weights is not stated as bf16, fp8, fp4 or int4")


def _layout(cells: Cells, numbers: Mapping[str, float], disaggregated: bool) -> Layout:
    """Return the layout with its number of instances known."""
    stated = read_layout(cells.get("parallelism", ""))
    if stated is None:
        raise UnjudgedError("how many accelerators hold one instance is not stated")
    pool = numbers.get("num_decode_gpu" if disaggregated else "num_gpus", 0.0)
    if 0 < pool < stated.gpus:
        raise UnjudgedError("one instance takes more accelerators than there are")
    if disaggregated and stated.instances and pool:
        gpus = round(pool / stated.instances)
        if not stated.gpus <= gpus <= LARGEST:
            raise UnjudgedError("the instances need another number of accelerators than there are")
        # Data-parallel ranks of a mixture share its experts, whatever each is called.
        shared = stated.expert_parallel or (stated.data_parallel and gpus > 1)
        return replace(stated, gpus=gpus, expert_parallel=shared)
    instances = stated.instances or max(1, round(pool / stated.gpus))
    return replace(stated, instances=instances)


def _lengths(cells: Cells, numbers: Mapping[str, float]) -> tuple[float, float]:
    if "input_len" not in numbers or "output_len" not in numbers:
        raise UnjudgedError("prompt or output length is not stated")
    origin = cells.get("source_group", "") + cells.get("scenario", "")
    scale = RANDOM_LENGTHS if "InferenceX" in origin or "0.8-1.0x" in origin else 1.0
    return numbers["input_len"] * scale, numbers["output_len"] * scale


def _batch(
    numbers: Mapping[str, float],
    lengths: tuple[float, float],
    layout: Layout,
    time: float,
    disaggregated: bool,
) -> float:
    """Return the sequences in flight in one instance, by Little's law where rates are known."""
    concurrency = numbers.get("concurrency_or_batch")
    output_share = lengths[1] / sum(lengths)
    if "decode_tok_s_per_gpu" in numbers:
        batch = numbers["decode_tok_s_per_gpu"] * layout.gpus * time
    elif "total_tok_s_per_gpu" in numbers and (not disaggregated or "num_gpus" in numbers):
        rate = numbers["total_tok_s_per_gpu"] * output_share
        each = numbers["num_gpus"] / layout.instances if disaggregated else layout.gpus
        batch = rate * each * time
    elif concurrency is not None:
        batch = concurrency / layout.instances
    else:
        raise UnjudgedError("neither output rate nor concurrency is stated")
    if concurrency is not None:
        share = batch * layout.instances / concurrency
        if not QUEUED <= share <= CONTRADICTION:
            raise UnjudgedError("rate, time per token and concurrency contradict each other")
    return batch


def _engine(text: str) -> str:
    lowered = text.lower()
    return next((engine for part, engine in ENGINES if part in lowered), "other")


def _kv_precision(text: str, precision: str, engine: str, model: Model) -> str:
    lowered = text.lower()
    if "fp8" in lowered:
        return "fp8"
    if "bf16" in lowered:
        return "bf16"
    # Engines keep a cache of 16 bits unless the recipe narrows it, as those of checkpoints do whose
    # attention is narrow.
    narrow = precision == "fp4" or (precision == "native" and model.other_format == "fp8")
    return "fp8" if engine == "trt" or narrow else "bf16"


def _speculative(text: str) -> bool:
    return text.strip().lower() not in ("", "none", "none stated", "not stated", "false", "no")


def _date(text: str) -> str:
    day = re.search(r"\d{4}-\d{2}-\d{2}", text)
    month = re.search(r"\d{4}-\d{2}", text)
    if not month:
        return ""
    found = day[0] if day else f"{month[0]}-15"
    try:
        return date.fromisoformat(found).isoformat()
    except ValueError:
        raise UnjudgedError("the date is none of the calendar; write YYYY-MM-DD") from None
