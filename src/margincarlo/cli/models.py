"""`margincarlo models`: open-weight models that the registry knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from margincarlo.cli.listing import Column, listing_options, show_rows

if TYPE_CHECKING:
    from margincarlo.registry import Model


@click.command("models", short_help="List open-weight models.")
@listing_options
def command(text: str, style: str) -> None:
    """List open-weight models, or those whose id, name, vendor or format contains TEXT.

    A scenario names one with `model = "…"`; JSON and CSV show every fact and its source.
    """
    from margincarlo.registry import models

    columns: tuple[Column[Model], ...] = (
        Column("model", lambda row: row.id),
        Column("total [Gparam]", lambda row: f"{row.total_params_b:.4g}", numeric=True),
        Column("active [Gparam]", lambda row: f"{row.active_params_b:.4g}", numeric=True),
        Column("experts", lambda row: _experts(row)),
        Column("weights", lambda row: row.expert_format),
        Column("KV [kB/token]", lambda row: f"{row.kv_bytes_per_token / 1e3:.4g}", numeric=True),
        Column("released", lambda row: row.released),
        Column("confidence", lambda row: row.confidence),
    )
    show_rows("model", models().values(), columns, text, style, key=_searched)


def _experts(row: Model) -> str:
    return f"{row.experts_per_token} of {row.experts}" if row.is_mixture else "dense"


def _searched(row: Model) -> tuple[str, ...]:
    return row.id, row.name, row.vendor, row.hf_repo, row.expert_format
