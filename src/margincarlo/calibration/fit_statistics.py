"""What a sample says of its own fit: leave-one-out scores, and sensitivity to priors."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.contraction import products
from margincarlo.calibration.levels import TYPICAL_RENT
from margincarlo.calibration.priors import BELIEFS
from margincarlo.calibration.sample import Sample

Array = npt.NDArray[np.float64]

# A Pareto k above it: one endpoint moves the posterior so much that its own score is not known.
LARGEST_K: Final = 0.7
# Cumulative Jensen-Shannon distance per doubling of the weight, above which a prior or the
# likelihood counts as moving a quantity (Kallioinen and others, 2024).
SENSITIVE: Final = 0.05
LEVELS: Final = ("rent|level", "typical_price")
# Independent of everything: what the indices of so many draws show of nothing.
NOISES: Final = 10
GROUPS: Final = {"costs": "beliefs about costs", "rent": "the belief about typical rent"}


def summary(sample: Sample) -> dict[str, Any]:
    """Return leave-one-out scores and sensitivity as plain values, for a file.

    Parameters
    ----------
    sample : Sample
        With ``log_likelihood``, the beliefs and ``rent|level``.

    Returns
    -------
    dict
        ``loo``: see `leave_one_out`; ``psense``: see `sensitivity`.
    """
    return {"loo": leave_one_out(sample), "psense": sensitivity(sample)}


def leave_one_out(sample: Sample) -> dict[str, float]:
    """Return the expected log density of an endpoint that was left out.

    Returns
    -------
    dict
        ``elpd`` and its standard error ``se``, summed over endpoints; ``p_loo``, the effective
        number of parameters; ``high_k``, the share of endpoints whose own score is unreliable.

    References
    ----------
    .. [1] A. Vehtari, A. Gelman and J. Gabry, "Practical Bayesian model evaluation using
       leave-one-out cross-validation and WAIC", Statistics and Computing 27, 2017.
    """
    import arviz as az

    with warnings.catch_warnings():
        # It warns of what `high_k` says.
        warnings.simplefilter("ignore", UserWarning)
        found = az.loo(_tree(sample), pointwise=True)
    shapes = np.ravel(np.asarray(found.pareto_k))
    return {
        "elpd": float(found.elpd),
        "se": float(found.se),
        "p_loo": float(found.p),
        "high_k": float((shapes > LARGEST_K).mean()),
    }


def sensitivity(sample: Sample) -> dict[str, dict[str, float | str]]:
    """Return how much each quantity moves when a prior, or the prices, weigh more or less.

    Returns
    -------
    dict of str to dict
        Quantity → ``costs`` and ``rent``, the indices of the two groups of priors; ``prices``, that
        of the likelihood of prices; ``says``, what they mean together. ``noise`` is a row too: the
        largest indices of quantities that nothing moves, which others must exceed to count. The
        likelihood of published throughput is in none.

    References
    ----------
    .. [1] N. Kallioinen, T. Paananen, P.-C. Bürkner and A. Vehtari, "Detecting and diagnosing prior
       and likelihood sensitivity with power-scaling", Statistics and Computing 34, 2024.
    """
    import arviz as az

    tree = _tree(sample)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        indices = {
            group: az.psense(tree, group="prior", group_var_names=[group]) for group in GROUPS
        }
        indices["prices"] = az.psense(tree, group="likelihood")
    rows = {
        str(name): {group: float(each[name]) for group, each in indices.items()}
        for name in tree["posterior"].data_vars
    }
    nothing = [rows.pop(f"noise|{n}") for n in range(NOISES)]
    noise = {group: max(each[group] for each in nothing) for group in indices}
    found: dict[str, dict[str, float | str]] = {
        "noise": {**noise, "says": "what draws of nothing show"}
    }
    for name, index in rows.items():
        found[name] = {**index, "says": _told(index, noise)}
    return found


def _told(index: Mapping[str, float], noise: Mapping[str, float]) -> str:
    moved = [group for group in index if index[group] >= max(SENSITIVE, noise[group])]
    causes = [*(words for group, words in GROUPS.items() if group in moved)]
    causes += ["prices"] if "prices" in moved else []
    told = f"moved by {' and '.join(causes)}" if causes else "hardly moved by priors"
    if "prices" in moved:
        return told
    unclear = noise["prices"] >= SENSITIVE
    return f"{told}; " + ("too few draws to tell of prices" if unclear else "hardly by prices")


def _quantities(sample: Sample) -> dict[str, Array]:
    beliefs = {name: sample.draws[name] for name in BELIEFS}
    return {
        **products(beliefs),
        **{name: sample.draws[name] for name in LEVELS},
        **beliefs,
    }


def _nothing(sample: Sample) -> dict[str, Array]:
    rng = np.random.default_rng(0)
    shape = sample.draws["rent|level"].shape
    return {f"noise|{n}": rng.standard_normal(shape) for n in range(NOISES)}


def _tree(sample: Sample) -> Any:
    import arviz as az

    costs = sum(
        _log_density(sample.draws[name], prior.mean, prior.sd) for name, prior in BELIEFS.items()
    )
    return az.from_dict(
        {
            "posterior": {**_quantities(sample), **_nothing(sample)},
            "log_likelihood": {"price": sample.draws["log_likelihood"]},
            "log_prior": {
                "costs": costs,
                "rent": _log_density(sample.draws["rent|level"], *TYPICAL_RENT),
            },
        }
    )


def _log_density(value: Array, mean: float, sd: float) -> Array:
    standard = (value - mean) / sd
    return np.asarray(-0.5 * standard**2 - math.log(sd * math.sqrt(2 * math.pi)))
