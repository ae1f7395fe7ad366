"""One published measurement, understood: which model on which machine, how fast."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """A row that can be held against the throughput equations.

    Attributes
    ----------
    row, source, date : str
        Its name, who published it, ISO date (a month counts as its 15th).
    model, accelerator : str
        Ids in the registry.
    vendor : str
        Maker of the accelerator, in lower case.
    engine : str
        sglang, trt, vllm, atom or other.
    precision, kv_precision : str
        Of the weights (native, bf16, fp8, fp4 or int4) and of the KV cache (bf16 or fp8).
    gpus, instances : int
        Accelerators of one instance; instances that share the traffic.
    parallelism : str
        As published.
    data_parallel, expert_parallel : bool
        Whether attention is data-parallel; whether experts live whole on some accelerator.
    disaggregated, speculative : bool
        Whether other accelerators prefill; whether tokens are drafted.
    input_tokens, output_tokens : float
        Per request, on average.
    batch : float
        Sequences in flight in one instance.
    concurrency : float
        Requests in flight over all instances, as published; 0 where it is not.
    time_per_output_token : float
        Seconds.
    """

    row: str
    source: str
    date: str
    model: str
    accelerator: str
    vendor: str
    engine: str
    precision: str
    kv_precision: str
    gpus: int
    instances: int
    parallelism: str
    data_parallel: bool
    expert_parallel: bool
    disaggregated: bool
    speculative: bool
    input_tokens: float
    output_tokens: float
    batch: float
    concurrency: float
    time_per_output_token: float

    @property
    def configuration(self) -> tuple[object, ...]:
        """What two rows share if one repeats the other on a later day."""
        return (
            self.model,
            self.accelerator,
            self.engine,
            self.precision,
            self.parallelism,
            self.gpus,
            self.instances,
            self.disaggregated,
            self.speculative,
            round(self.input_tokens),
            round(self.output_tokens),
            self.concurrency or round(self.batch, 1),
        )
