"""`margincarlo accelerators`: accelerators that the registry knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from margincarlo.cli.listing import Column, listing_options, show_rows

if TYPE_CHECKING:
    from margincarlo.registry import Accelerator


@click.command("accelerators", short_help="List accelerators.")
@listing_options
def command(text: str, style: str) -> None:
    """List accelerators, or those whose id, name or vendor contains TEXT.

    A scenario names one with `accelerator = "…"`; JSON and CSV show every fact and its source.
    """
    from margincarlo.registry import accelerators

    columns: tuple[Column[Accelerator], ...] = (
        Column("accelerator", lambda row: row.id),
        Column("name", lambda row: row.name),
        Column("memory [GB]", lambda row: _number(row.memory_gb), numeric=True),
        Column("[TB/s]", lambda row: _number(row.memory_bandwidth_tbps), numeric=True),
        Column("bf16 [TFLOP/s]", lambda row: _number(row.bf16_tflops), numeric=True),
        Column("fp8", lambda row: _number(row.fp8_tflops), numeric=True),
        Column("fp4", lambda row: _number(row.fp4_tflops), numeric=True),
        Column("link [GB/s]", lambda row: _number(row.link_gbps), numeric=True),
        Column("power [W]", lambda row: _number(row.tdp_w), numeric=True),
        Column("confidence", lambda row: row.confidence),
    )
    show_rows("accelerator", accelerators().values(), columns, text, style, key=_searched)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _searched(row: Accelerator) -> tuple[str, ...]:
    return row.id, row.name, row.vendor
