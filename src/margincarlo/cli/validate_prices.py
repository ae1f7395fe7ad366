"""`margincarlo validate prices`: predict prices that were held out, or never seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from margincarlo.calibration.score import Score
    from margincarlo.cli.page import Block
    from margincarlo.prices.host_offer import HostOffer
    from margincarlo.prices.offers import Offers

BY = {"family": "family", "model": "model", "row": "endpoint"}
HELD_OUT = "families or models one at a time, endpoints in thirteen folds"
BY_POSTERIOR = (
    "Intervals of models that the posterior has never seen are recalibrated by how families that"
    " were held out when it was made fared."
)


@click.command("prices", short_help="Test predictions of prices.")
@click.option(
    "--data",
    metavar="FILE.csv",
    help="Score a posterior on other offers; columns as `prices show --format csv` prints them.",
)
@click.option(
    "--posterior", metavar="FILE", help="With --data: the posterior; the shipped otherwise."
)
@click.option(
    "--snapshot", metavar="FILE.json.gz", help="Other prices to learn from, or learned from."
)
@click.option(
    "--by",
    type=click.Choice(tuple(BY)),
    multiple=True,
    help="What is held out together; families and models otherwise. May be repeated.",
)
@click.option(
    "--folds",
    type=click.IntRange(min=2),
    default=None,
    help="Into which groups are dealt, to be faster; otherwise each family or model is held out by"
    " itself, and endpoints in thirteen folds.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--format",
    "style",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print the scores.",
)
def prices(
    data: str | None,
    posterior: str | None,
    snapshot: str | None,
    by: tuple[str, ...],
    folds: int | None,
    seed: int,
    style: str,
) -> None:
    """Test the calibrated model on prices that taught it nothing.

    Without --data, families of models and single models are held out in turn, under every
    assumption about rent, beside what people use otherwise; this takes about half an hour. With
    it, a posterior predicts the offers of a file.
    """
    from margincarlo.cli.emit import emit, emit_blocks
    from margincarlo.result.export import json_text

    if posterior and not data:
        raise click.UsageError("--posterior goes with --data")
    if data and (by or folds):
        raise click.UsageError("--by and --folds hold offers out; with --data none are")
    if data:
        found, remarks = _on_other(data, posterior, snapshot, seed)
    else:
        found, remarks = _held_out(snapshot, by or ("family", "model"), folds, seed)
    if style == "json":
        emit(json_text({by: _plain(each) for by, each in found.items()}), None)
    else:
        emit_blocks([*_page(found), *remarks])


def _held_out(
    snapshot: str | None, by: tuple[str, ...], folds: int | None, seed: int
) -> tuple[Mapping[str, Any], list[Block]]:
    from margincarlo.calibration.folds import count, groups_by
    from margincarlo.calibration.market import market_of
    from margincarlo.calibration.rent import WEIGHTS
    from margincarlo.calibration.validation import validate
    from margincarlo.cli.calibrate import progress
    from margincarlo.cli.scores import CROSS_FITTED, score_reading
    from margincarlo.prices.offers import offers
    from margincarlo.prices.snapshot import read_snapshot

    seen = offers(read_snapshot(Path(snapshot) if snapshot else None))
    market = market_of(seen.frame())
    steps = sum(count(groups_by(market, each), each, folds) for each in by)
    with progress(1 + len(WEIGHTS) * steps) as tell:
        found = validate(market, WEIGHTS, by=by, k=folds, seed=seed, report=tell)
    titles = {each: f"without its {BY[each]}" for each in by}
    return {titles[each]: scores for each, scores in found.items()}, [
        _kept(seen),
        score_reading(f"in at most {folds} folds" if folds else HELD_OUT, CROSS_FITTED),
    ]


def _on_other(
    data: str, posterior: str | None, snapshot: str | None, seed: int
) -> tuple[Mapping[str, Any], list[Block]]:
    from margincarlo.calibration.other_offers import score_offers
    from margincarlo.calibration.stored import read_posterior
    from margincarlo.cli.scores import score_reading
    from margincarlo.prices.offers import offers
    from margincarlo.prices.offers_csv import read_offers_csv
    from margincarlo.prices.snapshot import read_snapshot

    learned = read_posterior(Path(posterior) if posterior else None)
    seen = offers(read_offers_csv(Path(data)))
    before = offers(read_snapshot(Path(snapshot))) if snapshot else None
    found = score_offers(learned, seen, learned_from=before, seed=seed)
    return found, [
        *_repeats(seen, before or offers(read_snapshot())),
        _kept(seen),
        score_reading("nothing was held out", BY_POSTERIOR),
    ]


def _repeats(seen: Offers, learned_from: Offers) -> Iterator[Block]:
    from margincarlo.result.tables import Remark

    known = {_asked(each) for each in learned_from.rows}
    same = sum(_asked(each) in known for each in seen.rows)
    if same:
        text = f"{same} of {len(seen.rows)} offers are among those that the posterior was learned"
        yield Remark(f"{text} from: for these this is no test", loud=True)


def _asked(offer: HostOffer) -> tuple[str, str, float, float]:
    return offer.model, offer.provider, offer.base_input_price, offer.base_output_price


def _kept(seen: Offers) -> Block:
    from margincarlo.result.tables import Remark

    dropped = "; ".join(f"{count} x {reason}" for reason, count in seen.reasons.items())
    rest = f"; left out: {dropped}" if dropped else ""
    return Remark(f"{len(seen.rows)} offers, seen {seen.observed_at}{rest}")


def _plain(scores: Mapping[str, tuple[Score, Score]]) -> dict[str, Any]:
    return {
        name: {"output": _without_nan(asdict(output)), "input": _without_nan(asdict(prompt))}
        for name, (output, prompt) in scores.items()
    }


def _without_nan(scores: dict[str, Any]) -> dict[str, Any]:
    """Return the errors of a single family as unknown: JSON has no "not a number"."""
    errors = {name: None if each != each else each for name, each in scores["errors"].items()}
    return scores | {"errors": errors}


def _page(found: Mapping[str, Any]) -> Iterator[Block]:
    from margincarlo.cli.page import Heading
    from margincarlo.cli.scores import SCORES, score_cells
    from margincarlo.result.tables import Table

    for title, scores in found.items():
        yield Heading(title)
        rows = [
            (name, kind, *score_cells(asdict(each)))
            for name, pair in scores.items()
            for kind, each in zip(("output", "input"), pair, strict=True)
        ]
        header = ("method", *SCORES)
        yield Table(header, tuple(rows), frozenset(range(2, len(header))))
