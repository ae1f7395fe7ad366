"""The scenario file as its author writes it: a closed, typed schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from margincarlo.evidence import Kind
from margincarlo.sampling import REPLICATES

DEFAULT_DRAWS = 4096 * REPLICATES


class Closed(BaseModel):
    """A table that allows no key but its own."""

    # Strict: a number in quotes is a mistake of its author, never a number.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class InputTable(Closed):
    """What is believed of one input.

    State it in exactly one way: two or more quantiles; ``mean`` and ``sd``; ``low``, ``mode`` and
    ``high``; ``value``; ``values`` with ``weights``; or a ``mixture``.
    """

    # Numbers are checked by `beliefs.elicit`, which knows what to say when one came as text.
    p5: Any = Field(None, description="5 % quantile")
    p10: Any = Field(None, description="10 % quantile")
    p25: Any = Field(None, description="25 % quantile")
    p50: Any = Field(None, description="median")
    p75: Any = Field(None, description="75 % quantile")
    p90: Any = Field(None, description="90 % quantile")
    p95: Any = Field(None, description="95 % quantile")
    mean: Any = Field(None, description="mean; with sd")
    sd: Any = Field(None, description="standard deviation; with mean")
    low: Any = Field(None, description="least possible value; with mode and high")
    mode: Any = Field(None, description="most likely value; with low and high")
    high: Any = Field(None, description="greatest possible value; with low and mode")
    value: Any = Field(None, description="a number that is known")
    values: list[Any] | None = Field(None, description="possible values; with weights")
    weights: list[Any] | None = Field(None, description="their probabilities")
    mixture: list[dict[str, Any]] | None = Field(
        None, description="tables, each with a weight and one way of stating a belief"
    )
    lower: Any = Field(None, description="truncate below this value")
    upper: Any = Field(None, description="truncate above this value")
    nu: Any = Field(None, description="degrees of freedom of a StudentT")
    family: str | None = Field(None, description="distribution; the support chooses one otherwise")
    unit: str | None = Field(None, description="unit of the numbers, such as 'USD/Mtok'")
    source: str = Field("", description="who says so, and where")
    as_of: Any = Field("", description="date that the numbers describe")
    note: str = Field("", description="what a reader must know to judge them")
    kind: Kind = Field("", description="kind of evidence")
    against: str = Field("", description="the rental channel that a discount was quoted against")
    nature: Literal["unknown", "varies"] = Field(
        "unknown", description="not known (epistemic), or different from case to case (variability)"
    )


class CorrelationTable(Closed):
    """Rank correlation of two inputs."""

    between: Annotated[list[str], Field(min_length=2, max_length=2)] = Field(
        description="the names of two inputs"
    )
    rank: float = Field(description="Spearman correlation, from -1 to 1")
    because: str = ""


class AskTable(Closed):
    """A statement whose probability is wanted."""

    statement: str = Field(description="for example 'gross_margin > 0.5'")
    because: str = ""


class ClaimTable(Closed):
    """A published number, held against what comes out here."""

    says: str = Field(description="the claim in words")
    quantity: str = Field(description="what the claim is about")
    claimed: float = Field(description="the number claimed")
    unit: str | None = None
    verdict: Literal["reproduced", "contradicted", "qualified"] = Field(
        description="reproduced, contradicted or qualified"
    )
    because: str = ""
    source: str = ""
    tolerance: float = Field(0.02, gt=0, description="relative, for 'reproduced'")


class JointTable(Closed):
    """Inputs whose joint draws are the rows of a file."""

    file: str = Field(description="CSV or Parquet with a column for each input")
    inputs: Annotated[list[str], Field(min_length=1)] = Field(
        description="the inputs that the file has columns of"
    )
    units: dict[str, str] = {}
    source: str = ""
    as_of: Any = ""
    note: str = ""
    nature: Literal["unknown", "varies"] = Field(
        "unknown", description="not known (epistemic), or different from case to case (variability)"
    )


class PosteriorTable(Closed):
    """Inputs that a calibration on prices gives."""

    file: str | None = Field(
        None, description="what `margincarlo calibrate` wrote; the shipped posterior otherwise"
    )
    inputs: list[str] | None = Field(
        None,
        min_length=1,
        description="the beliefs to draw; otherwise all that are needed and not stated",
    )
    rent: Literal["mixture", "two_sided", "softplus", "exponential", "gamma", "without_prices"] = (
        Field(
            "mixture",
            description="what is assumed of prices beyond cost: one assumption, all of them by"
            " their weights, or no price at all",
        )
    )


class WorkloadTable(Closed):
    """One kind of request in a mix."""

    share: float = Field(gt=0, description="share of requests; shares are scaled to sum to 1")
    workload: str | None = Field(
        None, description="a shipped profile of these requests; `margincarlo profiles`"
    )
    inputs: dict[str, Any] = {}


class RunTable(Closed):
    """How to run."""

    draws: int = Field(DEFAULT_DRAWS, ge=1)
    seed: int = Field(0, ge=0)
    sampler: Literal["sobol", "random"] = "sobol"
    mass: float = Field(0.9, gt=0, lt=1, description="mass of the reported central intervals")
    infeasible: Literal["reject", "keep"] = Field(
        "reject",
        description="leave physically impossible draws out of all figures, or keep them in;"
        " they are counted either way",
    )


class ScenarioFile(Closed):
    """A question about margins, with what is believed and assumed."""

    schema_version: Literal[1] = Field(alias="schema", description="version of this format: 1")
    title: str = Field(min_length=1, description="the question that the scenario answers")
    description: str = ""
    extends: str | None = Field(None, description="a scenario file to start from")
    model: str | None = Field(None, description="an open-weight model; `margincarlo models`")
    accelerator: str | None = Field(None, description="`margincarlo accelerators`")
    precision: str | None = Field(None, description="native, bf16, fp8, fp4 or int4")
    kv_precision: str | None = Field(None, description="bf16 or fp8")
    workload: str | None = Field(
        None, description="a shipped profile of requests; `margincarlo profiles`"
    )
    load_shape: str | None = Field(
        None, description="a shipped profile of load; utilization follows from it"
    )
    channel: str | None = Field(
        None, description="the rental channel that GPU-hours are bought through"
    )
    parallelism: str | None = Field(
        None,
        description="tensor: every accelerator has a slice of all; expert: experts live whole on"
        " some; data: attention is data-parallel as well",
    )
    efficiency: Literal["measured"] | None = Field(
        None,
        description="'measured': joint draws of efficiencies learned from published measurements"
        " of the model on the accelerator, with the error that they were found to have",
    )
    engine: str | None = Field(None, description="sglang, trt, vllm or atom; with efficiency")
    software_date: str | None = Field(
        None,
        description="day of the software, such as '2025-02-27', with efficiency: a model's first"
        " months are slow; otherwise the day of the measurements",
    )
    outputs: Annotated[list[str], Field(min_length=1)] = Field(
        ["contribution_margin", "gross_margin"], description="quantities to report"
    )
    derive: dict[str, str] = Field({}, description="how to derive what has several derivations")
    inputs: dict[str, Any] = Field({}, description="a number, or a table, for each quantity")
    workloads: dict[str, WorkloadTable] = {}
    correlation: list[CorrelationTable] = []
    joint: list[JointTable] = []
    posterior: PosteriorTable | None = Field(
        None, description="inputs drawn together from a calibration on prices"
    )
    ask: list[AskTable] = []
    claim: list[ClaimTable] = []
    run: RunTable = Field(default_factory=lambda: RunTable.model_validate({}))
