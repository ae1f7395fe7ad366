"""Tables of the report on a calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from margincarlo.calibration.posterior import Posterior
from margincarlo.plots.calibration import called
from margincarlo.plots.numbers import number, percent
from margincarlo.plots.style import spoken
from margincarlo.report import calibration_words as words


@dataclass(frozen=True)
class Table:
    """A table whose first column has words, and whose others have figures.

    Attributes
    ----------
    caption : str
    head : tuple of str
    rows : tuple of tuple of str
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def assumptions(posterior: Posterior, loaded: Mapping[str, Any], busy: Mapping[str, Any]) -> Table:
    """Return what follows from each assumption about rent.

    Parameters
    ----------
    posterior : Posterior
    loaded, busy : mapping of str to mapping
        Assumption → the row of all endpoints, with and without unused hours.
    """
    weights = posterior.provenance.get("weights", {})
    return Table(
        "Share of endpoints whose price covers the cost of their model's mean request: mean over"
        " draws and, in parentheses, the central 90 % of draws, which is what is not known. How"
        " endpoints differ is not in it. Margin: of the median endpoint, after unused hours and"
        " operations.",
        (
            "What is assumed of rent",
            "Weight",
            "Covers busy GPUs",
            "Covers unused hours too",
            "Median margin",
        ),
        tuple(
            (
                f"{called(rent)[0].upper()}{called(rent)[1:]}. {words.ASSUMED[rent]}",
                percent(weights[rent], 0) if rent in weights else "–",
                _share(busy[rent]),
                _share(row),
                _spread(row["median"], row["low"], row["high"]),
            )
            for rent, row in loaded.items()
        ),
    )


def _share(row: Any) -> str:
    return _spread(row["share"], row["share_low"], row["share_high"])


def _spread(middle: float, low: float, high: float) -> str:
    return f"{percent(middle, 0)} ({percent(low, 0)} to {percent(high, 0)})"


def learned(table: Any) -> Table:
    """Return what was learned of each belief; `table` is that of `contraction`."""
    kinds = tuple(dict.fromkeys(table["rent"]))
    rows = table.set_index(["quantity", "rent"])

    def line(name: str) -> tuple[str, ...]:
        first = rows.loc[(name, kinds[0])]
        before = (f"{first[f'{stage}_median']:.3g}" for stage in ("prior", "throughput"))
        taken = (
            f"{percent(each['by_prices'], 0)} ± {percent(each['by_prices_error'], 0)}"
            for each in (rows.loc[(name, kind)] for kind in kinds)
        )
        unit = "" if first["unit"] == "1" else f" [{first['unit']}]"
        throughput = percent(first["by_throughput"], 0)
        return (spoken(name) + unit, *before, throughput, *taken)

    return Table(
        "Medians of prior and with published throughput; share of the variance that throughput"
        " took; share of what was left that prices took under each assumption about rent. ±: half-"
        "width of the 95 % confidence interval for Monte Carlo error. Below 0: a belief that"
        " widened.",
        ("Belief", "Prior", "With throughput", "Throughput took",
         *(called(kind).removesuffix(" rent").capitalize() for kind in kinds)),
        tuple(line(name) for name in dict.fromkeys(table["quantity"])),
    )  # fmt: skip


def checks(table: Any) -> Table:
    """Return posterior predictive checks; `table` is that of `ppc`."""
    return Table(
        "Observed market, and the central 90 % of markets that the posterior draws. Tail: two-sided"
        " probability of something as extreme; small where the model misses something. Prices"
        " within 5 % count as the same.",
        ("Statistic", "Observed", "Drawn", "Tail"),
        tuple(
            (
                str(row["statistic"]),
                number(row["observed"], 3),
                f"{number(row['low'], 3)} to {number(row['high'], 3)}",
                f"{row['tail']:.2f}",
            )
            for _, row in table.iterrows()
        ),
    )


def sensitivity(posterior: Posterior) -> Table | None:
    """Return what moves each quantity; None if the posterior was kept without it."""
    fits = posterior.provenance.get("fit", {})
    if not fits:
        return None
    kind = next(iter(fits))
    return Table(
        f"Sensitivity under {called(kind)}: how far a quantity moves, as a Jensen-Shannon distance"
        " for each doubling of the weight of a group of priors or of the prices. The first row is"
        " what so many draws show of nothing.",
        ("Quantity", "Costs", "Rent", "Prices", "It is"),
        tuple(
            (
                spoken(name.replace("|", " ")),
                *(f"{each[group]:.2f}" for group in ("costs", "rent", "prices")),
                str(each["says"]),
            )
            for name, each in fits[kind]["psense"].items()
        ),
    )
