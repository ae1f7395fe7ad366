"""Which endpoints earn more than they cost, and how likely that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.costs import at_sites
from margincarlo.calibration.monte_carlo import MOST, choose, mean_error, share_error
from margincarlo.calibration.posterior import MIXTURE, Posterior
from margincarlo.calibration.replicate import part_of
from margincarlo.calibration.sites import Sites, cost_tree, sites_of
from margincarlo.errors import CalibrationError, did_you_mean
from margincarlo.prices.offers import Offers
from margincarlo.quantities import quantity
from margincarlo.tree import Tree, evaluate, grow
from margincarlo.units import factor

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Definition = Literal["marginal", "loaded"]
By = Literal["endpoint", "provider", "model", "market"]

# Definition → quantity of every scenario.
MARGINS: Final[Mapping[str, str]] = MappingProxyType(
    {"marginal": "contribution_margin", "loaded": "gross_margin"}
)
SOLD: Final = ("input_price", "output_price", "cache_hit_share", "cache_read_multiplier")
GROUPS: Final = ("endpoint", "provider", "model", "market")
# Endpoints at a time: what one step holds stays in the processor's cache.
BLOCK: Final = 16
QUANTILES: Final = (0.5, 0.05, 0.95)
COLUMNS: Final = ("median", "low", "high")


@dataclass(frozen=True, eq=False)
class MarginDraws:
    """Margins of endpoints, draw by draw.

    Attributes
    ----------
    definition : {"marginal", "loaded"}
    rent : str
        Assumption that the draws are of.
    margin : ndarray, shape (draw, endpoint)
        Share of net revenue.
    strata : ndarray of int
        Assumption about rent of each draw.
    endpoints : DataFrame
        Model, provider and tag of each.
    """

    definition: str
    rent: str
    margin: Array
    strata: Index
    endpoints: pd.DataFrame

    def table(self, by: By = "endpoint") -> pd.DataFrame:
        """Return probabilities and intervals.

        Parameters
        ----------
        by : {"endpoint", "provider", "model", "market"}
            A row for each endpoint, or for each group of them.

        Returns
        -------
        DataFrame
            By endpoint: ``probability`` that the price covers the cost, ``error``, and ``median``,
            ``low`` and ``high`` of the margin (central 90 % of draws). By group: ``endpoints``,
            their number; ``share`` of them that is profitable, averaged over draws, its ``error``,
            and ``share_low`` and ``share_high``; ``median``, ``low`` and ``high`` of the margin of
            the group's median endpoint. All intervals are over draws, so they show what is not
            known; how endpoints differ is never mixed into them. ``error`` is the half-width of the
            95 % confidence interval for Monte Carlo error.
        """
        if by not in GROUPS:
            raise CalibrationError(
                f"margins by {by!r} make no sense{did_you_mean(by, GROUPS)};"
                f" choose one of {', '.join(GROUPS)}"
            )
        return self._endpoints() if by == "endpoint" else self._groups(by)

    def _endpoints(self) -> pd.DataFrame:
        pays = self.margin > 0
        spread = np.quantile(self.margin, QUANTILES, axis=0)
        return self.endpoints.assign(
            probability=pays.mean(axis=0),
            error=share_error(pays, self.strata),
            **dict(zip(COLUMNS, spread, strict=True)),
        )

    def _groups(self, by: str) -> pd.DataFrame:
        import pandas as pd

        keys = self.endpoints[by] if by != "market" else pd.Series("all", self.endpoints.index)
        rows = [
            {by: name, **self._group(np.asarray(places))} for name, places in _places(keys).items()
        ]
        return pd.DataFrame(rows)

    def _group(self, places: Index) -> dict[str, Any]:
        share = (self.margin[:, places] > 0).mean(axis=1)
        middle = np.median(self.margin[:, places], axis=1)
        constant = np.ptp(share) == 0
        error = 3.0 / share.size if constant else float(mean_error(share, self.strata))
        low, high = np.quantile(share, QUANTILES[1:])
        return {
            "endpoints": places.size,
            "share": share.mean(),
            "error": error,
            "share_low": low,
            "share_high": high,
            **dict(zip(COLUMNS, np.quantile(middle, QUANTILES), strict=True)),
        }


def margins(
    posterior: Posterior,
    offers: Offers,
    definition: Definition,
    rent: str = MIXTURE,
    *,
    by: By = "endpoint",
    given: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return how likely the prices of endpoints cover their costs, and their margins.

    Parameters are those of `margin_draws`; `by` and what is returned those of `MarginDraws.table`.
    """
    return margin_draws(posterior, offers, definition, rent, given=given).table(by)


def margin_draws(
    posterior: Posterior,
    offers: Offers,
    definition: Definition,
    rent: str = MIXTURE,
    *,
    given: Mapping[str, float] | None = None,
    most: int = MOST,
) -> MarginDraws:
    """Return draws of the margin of each endpoint on the mean request of its model.

    Parameters
    ----------
    posterior : Posterior
    offers : Offers
        Endpoints, with prices as buyers pay them. Whoever publishes no price of cached tokens is
        taken to charge them in full. An unknown share of cache hits is the median of the endpoints
        that do, or that likewise do not, publish such a price.
    definition : {"marginal", "loaded"}
        Contribution margin, after the GPU time of busy accelerators; or gross margin, after unused
        hours and operations too.
    rent : str
        ``"mixture"``, an assumption about rent, or ``"without_prices"``.
    given : mapping of str to float, optional
        Other quantities of the tree, such as ``payment_fee_rate``, in display units and the same
        for all endpoints; defaults otherwise, which are neutral.
    most : int
        Number of draws to which they are thinned.

    Raises
    ------
    CalibrationError
        If there is no such definition, assumption or quantity.
    """
    if definition not in MARGINS:
        raise CalibrationError(
            f"there is no margin {definition!r}{did_you_mean(definition, MARGINS)};"
            f" choose one of {', '.join(MARGINS)}"
        )
    frame = offers.frame()
    sites = _with_sales(sites_of(frame), frame, given or {})
    chosen = choose(posterior, rent, most=most)
    sites = sites.with_own_efficiencies(chosen.beliefs)
    held = {name: each[:, None] for name, each in chosen.beliefs.items()}
    size = len(frame)
    blocks = [np.arange(first, min(first + BLOCK, size)) for first in range(0, size, BLOCK)]
    parts = [_margin(part_of(sites, block), held, MARGINS[definition]) for block in blocks]
    return MarginDraws(
        definition,
        rent,
        np.concatenate(parts, axis=1),
        chosen.strata,
        frame[["model", "provider", "tag"]],
    )


@cache
def margin_tree() -> Tree:
    """Return the tree of both margins, on the costs of the calibration."""
    given = {leaf.name for leaf in cost_tree().leaves()} | set(SOLD)
    return grow(list(MARGINS.values()), given=given, derive={"decode_batch": "market"})


def _margin(sites: Sites, held: Mapping[str, Array], name: str) -> Array:
    values = evaluate(margin_tree(), {**sites.facts, **at_sites(sites, held, np.exp)})
    return np.asarray(values[name])


def _with_sales(sites: Sites, frame: pd.DataFrame, given: Mapping[str, float]) -> Sites:
    """Return sites that know their prices too, and every other quantity of the margins."""
    ratio = frame["cache_read_ratio"]
    alike = frame.groupby(ratio.notna())["cache_hit_share"].transform("median")
    hits = frame["cache_hit_share"].fillna(alike).fillna(0.0)
    told = {
        "input_price": frame["input_price"] * _base("input_price"),
        "output_price": frame["output_price"] * _base("output_price"),
        "cache_hit_share": hits,
        "cache_read_multiplier": ratio.fillna(1.0),
    }
    facts = {**sites.facts, **{name: each.to_numpy(np.float64) for name, each in told.items()}}
    for leaf in margin_tree().leaves():
        entry = quantity(leaf.name)
        if leaf.name not in facts and entry.default is not None:
            facts[leaf.name] = np.full(len(frame), entry.default * _base(leaf.name))
    for name, value in given.items():
        if name not in facts:
            raise CalibrationError(
                f"{name!r} is nothing that margins of offers depend on"
                f"{did_you_mean(name, facts)}; choose one of {', '.join(sorted(facts))}"
            )
        facts[name] = np.full(len(frame), value * _base(name))
    return replace(sites, facts=MappingProxyType(facts))


def _base(name: str) -> float:
    entry = quantity(name)
    return factor(entry.display, entry.unit)


def _places(keys: Any) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(str(key), []).append(place)
    return found
