"""What a calibration taught and could not teach, as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.contraction import PRODUCTS
from margincarlo.calibration.margins import MarginDraws
from margincarlo.calibration.posterior import MIXTURE, WITHOUT, Posterior
from margincarlo.calibration.rent import RENTS
from margincarlo.plots.calibration import called
from margincarlo.plots.numbers import number, percent
from margincarlo.plots.style import spoken

ASSUMED: Final[Mapping[str, str]] = {
    WITHOUT: "No price is used: beliefs and published throughput alone.",
    "two_sided": "A model may sell below cost as well as above it.",
    "softplus": "Over its hosts, and at its mean efficiency, no model sells below cost; otherwise"
    " rents are as above.",
    "exponential": "Over its hosts, and at its mean efficiency, no model sells below cost, and many"
    " sell close to it.",
    "gamma": "Over its hosts, and at its mean efficiency, no model sells below cost; how many sell"
    " close to it is learned.",
    MIXTURE: "All assumptions about rent together, by weights that are judgement.",
}
# Below it a check counts as failed.
UNLIKELY: Final = 0.1


def headline(markets: Mapping[str, Any]) -> str:
    """Return the answer and what it hangs on, in one sentence.

    Parameters
    ----------
    markets : mapping of str to mapping
        Assumption about rent → the row of all endpoints of `MarginDraws.table`.
    """
    low, high = _extremes(markets)
    count, least, most = markets[low]["endpoints"], markets[low]["share"], markets[high]["share"]
    first, last = percent(least, 0), percent(most, 0)
    if first == last:
        return f"Expect {first} of {count} endpoints to sell above cost."
    return (
        f"Expect {first} to {last} of {count} endpoints to sell above cost: it depends on what one"
        " assumes of rent."
    )


def extremes(markets: Mapping[str, Any]) -> str:
    """Return what is expected under the most and the least favorable assumption."""
    said = [
        f"{_under(rent)} {percent(row['share'], 0)} (90 % of draws: {percent(row['share_low'], 0)}"
        f" to {percent(row['share_high'], 0)})"
        for rent, row in ((each, markets[each]) for each in dict.fromkeys(_extremes(markets)))
    ]
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _extremes(markets: Mapping[str, Any]) -> tuple[str, str]:
    shares = {rent: float(row["share"]) for rent, row in markets.items() if rent != MIXTURE}
    return min(shares, key=shares.__getitem__), max(shares, key=shares.__getitem__)


def market_of_each(found: Mapping[str, MarginDraws]) -> dict[str, Any]:
    """Return the row of all endpoints under each assumption."""
    return {rent: each.table("market").iloc[0] for rent, each in found.items()}


def taught(posterior: Posterior, table: Any) -> list[str]:
    """Return what prices taught; `table` is that of `contraction`."""
    rows = table.set_index(["quantity", "rent"])
    one_sided = [kind for kind in posterior.rents if kind != "two_sided"]
    kinds = [kind for kind in ("two_sided", *one_sided[:1]) if kind in posterior.rents]
    said = []
    for name in PRODUCTS:
        parts = [f"{_percent(rows.loc[(name, kind)])} {_under(kind)}" for kind in kinds]
        said.append(
            f"Of the {spoken(name)}, {PRODUCTS[name]}, prices took {' and '.join(parts)} of the"
            " variance that published throughput had left."
        )
    hour, last = rows.loc[("gpu_hour_cost", kinds[0])], _percent
    said.append(
        f"Of its parts they say little: of the variance of what a GPU-hour costs, {last(hour)}; it"
        f" stays between {number(hour['prices_low'], 2)} and {number(hour['prices_high'], 2)} USD/h"
        f" {_under(kinds[0])}."
    )
    faster = 2.0 ** posterior.draws["speed"] - 1
    said.append(f"An endpoint that is twice as fast asks {_interval(faster)} more.")
    return said


def not_taught(posterior: Posterior, markets: Mapping[str, Any]) -> list[str]:
    """Return what prices cannot teach."""
    medians = [float(row["median"]) for rent, row in markets.items() if rent in RENTS]
    split = _interval(posterior.draws["passed_on|split"])
    precision = _interval(posterior.draws["passed_on|precision"])
    return [
        "Parts of a product: a dear hour that is well used and a cheap one that idles give one"
        " price. Take whole rows of the joint draws into a scenario, never a single column as “the"
        " calibrated GPU-hour”.",
        "The level of costs: it comes from the assumption about rent, the markup over cost. On the"
        f" same prices the median endpoint keeps from {percent(min(medians), 0)} to"
        f" {percent(max(medians), 0)} of revenue, by that assumption alone. That nearly all hosts"
        " earn under a one-sided rent is the assumption speaking.",
        "What a prompt costs against an answer: how prices split into input and output is"
        f" convention. Of a difference in the ratio of costs, {split} reaches the ratio of prices."
        " Never read the cost of prefill off an input price.",
        f"Which precision is really served: of a difference in its cost, {precision} reaches the"
        " price.",
        "Whether a host makes money: discounts, committed capacity, resale and free credits are not"
        " in a list price.",
        "Closed models: at the size of closed flagships every regression on open-weight prices,"
        " this one too, predicts less than what is asked. Large models hold more rent, not more"
        " cost in proportion.",
    ]


def diagnosed(provenance: Mapping[str, Any]) -> list[str]:
    """Return what the sampler said of each assumption, and how it fits."""
    said = []
    for kind, told in provenance.get("diagnostics", {}).items():
        diverged = int(told["divergences"])
        draws = f"{diverged} draws diverged" if diverged else "no draw diverged"
        said.append(
            f"{_name(kind)}: chains agree to an R-hat of {told['rhat']:.3f} at worst, of"
            f" {told['worst']}; the least effective sample size is {told['ess']:,.0f}; {draws}; the"
            f" energy moves by an E-BFMI of {told['bfmi']:.2f}."
        )
    for kind, fit in provenance.get("fit", {}).items():
        loo = fit["loo"]
        said.append(
            f"{_name(kind)}: the expected log density of prices left out one at a time is"
            f" {number(loo['elpd'], 3)} (standard error {number(loo['se'], 2)}), unreliable for"
            f" {percent(loo['high_k'])} of endpoints."
        )
    return said or ["No diagnostics were kept with this posterior."]


def checked(table: Any) -> str:
    """Return what posterior predictive checks say, in a sentence."""
    missed = [str(row["statistic"]) for _, row in table.iterrows() if row["tail"] < UNLIKELY]
    if not missed:
        return "Markets that the posterior draws look like the one observed in all of these."
    return (
        f"Markets that the posterior draws differ from the one observed in: {'; '.join(missed)}."
        " Do not use it for questions that hang on these."
    )


def scored(provenance: Mapping[str, Any]) -> list[str]:
    """Return how well prices of families that taught nothing were predicted."""
    said = []
    recalibrated = provenance.get("held_out", {})
    for kind, score in provenance.get("held_out_as_modeled", {}).items():
        said.append(
            f"Of {kind} prices of families held out, as the model draws them, half are predicted"
            f" within {_scored(score, 'mdape')}; {_scored(score, 'cover90')} lie in their central"
            f" 90 % interval, which reaches a factor of {number(score['half_width'], 2)} either"
            f" way, and {_scored(score, 'cover50')} in their central 50 % interval"
            f" ({_scored(score, 'macro90')} and {_scored(score, 'macro50')} if each family counts"
            " once). ±: one standard error over families. "
            + _stretched(kind, recalibrated[kind], provenance["recalibration"][MIXTURE])
        )
    return said or ["Nothing was held out when this posterior was made."]


def _stretched(kind: str, score: Mapping[str, Any], by: Mapping[str, Any]) -> str:
    """Return how predictions of new models are recalibrated, and what that does to coverage."""
    found = by["output" if kind == "blended" else kind]
    if (found["scale"], found["power"]) == (1.0, 1.0):
        return "Predictions for new models are taken as they are: too few families were held out."
    parts = " and ".join(
        f"a {name} of {found[name]:.2f} ± {found['errors'][name]:.2f}"
        for name in ("scale", "power")
    )
    share = {name: percent(score[name], 0) for name in ("cover50", "cover90", "macro50", "macro90")}
    return (
        "Predictions for new models are stretched accordingly, narrower in the middle where the"
        " scale is below 1, and wider towards the tails where the power is above it:"
        f" {parts}, where 1 is no change. With each family stretched by how the others fared,"
        f" {share['cover90']} and {share['cover50']} of all prices lie in these intervals"
        f" ({share['macro90']} and {share['macro50']} if each family counts once). Endpoints and"
        " families weigh the same in it, so the average of the two wider shares is near 90 %, and"
        " that of the two narrower ones near 50 %, by construction. The wider interval reaches a"
        " factor of"
        f" {number(score['half_width'], 2)} either way."
    )


def _scored(score: Mapping[str, Any], name: str) -> str:
    return f"{percent(score[name], 0)} ± {percent(score['errors'][name], 0)}"


def _percent(row: Any) -> str:
    return f"{percent(row['by_prices'], 0)} ± {percent(row['by_prices_error'], 0)}"


def _interval(draws: npt.NDArray[np.float64]) -> str:
    low, middle, high = (percent(each, 0) for each in np.quantile(draws, [0.05, 0.5, 0.95]))
    return f"{middle} ({low} to {high})"


def _under(rent: str) -> str:
    return "without prices" if rent == WITHOUT else f"under {called(rent)}"


def _name(rent: str) -> str:
    said = called(rent)
    return said[0].upper() + said[1:]
