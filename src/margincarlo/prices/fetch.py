"""Fetch a snapshot of prices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from margincarlo.errors import FetchError, SnapshotError
from margincarlo.prices.listing import Snapshot
from margincarlo.prices.openrouter import URL, checked_url, connected, key_for
from margincarlo.prices.resume import Header, open_partial
from margincarlo.prices.retry import Limits
from margincarlo.prices.snapshot import make_snapshot, write_snapshot
from margincarlo.prices.sweep import Progress, Sweep


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def fetch_prices(
    *,
    url: str = URL,
    key: str | None = None,
    out: Path | None = None,
    models: Collection[str] = (),
    closed: bool = False,
    accept_partial: bool = False,
    now: Callable[[], datetime] = utc_now,
    report: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
) -> Snapshot:
    """Read what hosts on OpenRouter ask now.

    Models with published weights and a price are asked for their endpoints; closed models are
    listed without. Fees for each request, and prices of images and sound, are left out.

    Parameters
    ----------
    url : str, optional
        Address of the service.
    key : str, optional
        Key for it; otherwise OpenRouter itself, and nobody else, is told the one of the environment
        variable ``OPENROUTER_API_KEY``. Without a key it tells no speeds.
    out : Path, optional
        New file for the snapshot. What was read so far is kept beside it, and a fetch of the same
        file within two hours goes on from there.
    models : collection of str, optional
        Slugs to ask about, closed or not; otherwise all.
    closed : bool
        Ask about closed models too.
    accept_partial : bool
        Go on even if many models cannot be read.
    now : callable, optional
        The clock.
    report : callable, optional
        Is told the progress.
    limits : Limits, optional
        Connections, times, sizes.

    Raises
    ------
    FetchError
        If the list of models cannot be read, nothing is offered, or more than a fifth of the models
        fail. Nothing is written then.
    SnapshotError
        If `out` exists or cannot be written.
    """
    url = checked_url(url)
    key = key_for(url, key)
    if out is not None and out.exists():
        raise SnapshotError(f"{out}: exists, and a snapshot is never changed; choose another name")
    partial = open_partial(out, Header(url, bool(key), now().astimezone(UTC)))
    sweep = Sweep(partial, frozenset(models), closed, accept_partial, report)

    async def swept() -> None:
        async with connected(url, key, limits or Limits()) as service:
            await sweep.run(service)

    _run(swept)
    if not sweep.offers:
        raise FetchError(f"{url}: no paid offer of {len(sweep.asked)} models; nothing was written")
    snapshot = make_snapshot(
        observed_at=f"{partial.header.started:%Y-%m-%dT%H:%M:%SZ}",
        source=f"OpenRouter, {url}",
        models=sweep.listed,
        offers=sweep.offers,
        failures=sweep.failures.items(),
    )
    if out is not None:
        write_snapshot(snapshot, out)
        partial.discard()
    return snapshot


def _run(start: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(start())
        return
    # A notebook runs a loop of its own, and a thread can have only one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(start())).result()
