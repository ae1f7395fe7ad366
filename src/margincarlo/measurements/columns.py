"""The columns of a table of throughput measurements: what we read, in which units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "number", "flag"]


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        As in the file's first row.
    kind : {"text", "number", "flag"}
        What its cells hold; an empty cell is "not published".
    meaning : str
        With its unit.
    needed : bool
        Whether a file without it is refused.
    """

    name: str
    kind: Kind
    meaning: str
    needed: bool = False


COLUMNS: Final = (
    Column("row_id", "text", "any name of the row; its line number otherwise"),
    Column("source_group", "text", "who published it; rows are held out by it"),
    Column("source", "text", "where exactly"),
    Column("date", "text", "YYYY-MM-DD or YYYY-MM, first match; decides which repeat is newest"),
    Column("model", "text", "name of an open-weight model; `margincarlo models`", needed=True),
    Column("hardware", "text", "name of an accelerator; `margincarlo accelerators`", needed=True),
    Column("num_gpus", "number", "all accelerators in use"),
    Column("precision_weights", "text", "contains bf16, fp8, fp4, mxfp4 or int4", needed=True),
    Column("precision_kv", "text", "contains fp8 or bf16; empty: what engines do by default"),
    Column("engine", "text", "contains sglang, trt, tensorrt, nim, vllm or atom"),
    Column(
        "parallelism",
        "text",
        "'TP8', 'TP8/EP8/DPA1', or '…; decode TP8/EP8/DPA1 x2' for a decode pool of 2 instances;"
        " DPA1 is data-parallel attention",
        needed=True,
    ),
    Column("input_len", "number", "prompt tokens per request, nominal", needed=True),
    Column("output_len", "number", "output tokens per request, nominal", needed=True),
    Column("concurrency_or_batch", "number", "requests in flight, over all instances"),
    Column(
        "decode_tok_s_per_gpu",
        "number",
        "output tokens per second per accelerator; of the decode pool where disaggregated",
    ),
    Column("total_tok_s_per_gpu", "number", "prompt and output tokens per second per accelerator"),
    Column("tpot_ms", "number", "mean time per output token after the first, milliseconds"),
    Column("interactivity_tok_s_user", "number", "its inverse, where tpot_ms is empty"),
    Column("spec_decode", "text", "'none', or how tokens are drafted"),
    Column("disaggregated", "flag", "True if other accelerators prefill"),
    Column("num_decode_gpu", "number", "accelerators of the decode pool"),
    Column("scenario", "text", "'0.8-1.0x' here means random lengths of 0.9 x nominal on average"),
)

NAMES: Final = tuple(column.name for column in COLUMNS)
NEEDED: Final = tuple(column.name for column in COLUMNS if column.needed)
NUMBERS: Final = frozenset(column.name for column in COLUMNS if column.kind == "number")
