"""What tokens of a model cost to serve."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from margincarlo.calibration.costs import log_costs
from margincarlo.calibration.market import TYPICAL_SPEED
from margincarlo.calibration.monte_carlo import ALL, choose
from margincarlo.calibration.posterior import MIXTURE, Posterior
from margincarlo.calibration.prediction import Prediction, check_positive, site_of
from margincarlo.prices.joined import TYPICAL_INPUT, TYPICAL_OUTPUT
from margincarlo.registry import find_model

Array = npt.NDArray[np.float64]


def predict_cost(
    posterior: Posterior,
    model: str,
    *,
    rent: str = MIXTURE,
    loaded: bool = True,
    precision: str | None = None,
    speed: float = TYPICAL_SPEED,
    input_tokens: float = TYPICAL_INPUT,
    output_tokens: float = TYPICAL_OUTPUT,
    gpu_hour: float | None = None,
    utilization: float | None = None,
) -> Prediction:
    """Return what an output and an uncached input token of a model cost to serve.

    Parameters
    ----------
    posterior : Posterior
    model : str
        Any name of a model in the registry; nobody has to sell it.
    rent : str
        ``"mixture"``, an assumption about rent, or ``"without_prices"``.
    loaded : bool
        With the hours that nobody pays for and operations; otherwise of busy accelerators only.
    precision : str, optional
        As the model is published by default, bf16 as fp8.
    speed : float
        Tokens/s for one user.
    input_tokens, output_tokens : float
        Of the mean request.
    gpu_hour : float, optional
        USD/h of an H200 or its equivalent, in place of what is believed; the rest of each draw
        stays, so that this asks what the same host would pay at another price of hardware.
    utilization : float, optional
        Above 0, at most 1; likewise.

    Returns
    -------
    Prediction

    Raises
    ------
    CalibrationError
        If there are no such draws, or a number makes no sense.
    ScenarioError
        If the registry has no such model.
    """
    row = find_model(model)
    chosen = choose(posterior, rent, most=ALL)
    held = {**chosen.beliefs, **_fixed(gpu_hour, utilization, chosen.rows.size)}
    site = site_of(row, precision, speed, input_tokens, output_tokens)
    site = site.with_own_efficiencies(chosen.beliefs)
    columns = {name: each[:, None] for name, each in held.items()}
    output, prompt = log_costs(site, columns, loaded=loaded, exp=np.exp, log=np.log)
    return Prediction(row.id, rent, np.exp(output[:, 0]), np.exp(prompt[:, 0]), chosen.strata)


def _fixed(gpu_hour: float | None, utilization: float | None, size: int) -> dict[str, Array]:
    found = {}
    if gpu_hour is not None:
        check_positive("gpu_hour", gpu_hour, math.inf)
        found["gpu_hour_cost"] = np.full(size, math.log(gpu_hour))
    if utilization is not None:
        check_positive("utilization", utilization, 1.0)
        idle = 1 - utilization
        logit = math.log(utilization / idle) if idle > 0 else math.inf
        found["utilization"] = np.full(size, logit)
    return found
