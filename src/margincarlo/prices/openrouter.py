"""The connection to OpenRouter: patient with failures, strict about what it accepts."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from margincarlo.errors import FetchError
from margincarlo.prices.retry import Limits, UnreadError, seconds_asked
from margincarlo.version import __version__

if TYPE_CHECKING:
    import httpx

URL: Final = "https://openrouter.ai/api/v1"
KEY: Final = "OPENROUTER_API_KEY"
MOST_REDIRECTS: Final = 5
# Besides all from 500 on.
PASSING: Final = frozenset({408, 425, 429})


def checked_url(url: str) -> str:
    """Return the address of a service without a slash at its end.

    Raises
    ------
    FetchError
        If it is no address of a web service, or holds a password, a query or a fragment.
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or "@" in url or "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise FetchError(f"the address of the service is such as {URL}, without password or query")
    return url.rstrip("/")


def key_for(url: str, key: str | None) -> str:
    """Return the key to send, or an empty string.

    Parameters
    ----------
    url : str
        Address of the service.
    key : str or None
        Key for just this service. None: that of the environment variable ``OPENROUTER_API_KEY``,
        which only OpenRouter itself is told.

    Raises
    ------
    FetchError
        If a key has characters that no key has. The text does not show it.
    """
    if key is None:
        key = os.environ.get(KEY, "") if url.startswith("https://openrouter.ai/") else ""
    key = key.strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise FetchError(f"the key has characters that no key has; look at {KEY}")
    return key


@dataclass
class Service:
    """A service that answers with JSON.

    Attributes
    ----------
    client : httpx.AsyncClient
    url : str
        Address, without a slash at its end.
    limits : Limits
    rng : random.Random
        Spreads retries.
    """

    client: httpx.AsyncClient
    url: str
    limits: Limits
    rng: random.Random
    _slots: asyncio.Semaphore = field(init=False)
    # Until then, on the clock of the event loop, the service asked all of us to wait.
    _closed_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.limits.connections)

    async def read(self, path: str, largest: int) -> Any:
        """Return the JSON at `path`, trying again where that may help.

        Parameters
        ----------
        path : str
            Below the service's own, from its slash on.
        largest : int
            Longest answer, B.

        Raises
        ------
        UnreadError
            If the answer cannot be had, or is not JSON.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                async with self._slots:
                    await asyncio.sleep(self._closed_until - asyncio.get_running_loop().time())
                    return await self._timed(self.url + path, largest)
            except UnreadError as problem:
                if not problem.again or attempt >= self.limits.tries:
                    raise _after(problem, attempt) from None
                wait = self.limits.wait(attempt, problem.after, self.rng)
                if problem.after is not None:
                    until = asyncio.get_running_loop().time() + wait
                    self._closed_until = max(self._closed_until, until)
            await asyncio.sleep(wait)

    async def _timed(self, url: str, largest: int) -> Any:
        import httpx

        try:
            async with asyncio.timeout(self.limits.total):
                return await self._redirected(url, largest)
        except TimeoutError:
            raise UnreadError(
                f"the answer was not whole after {self.limits.total:g} s", again=True
            ) from None
        except httpx.TimeoutException as problem:
            raise UnreadError(f"no answer in time ({type(problem).__name__})", again=True) from None
        except httpx.TransportError as problem:
            raise UnreadError(_told(problem), again=True) from None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            raise UnreadError(_told(problem)) from None

    async def _redirected(self, url: str, largest: int) -> Any:
        import httpx

        for _ in range(MOST_REDIRECTS + 1):
            async with self.client.stream("GET", url) as response:
                if not response.has_redirect_location:
                    return await _json(response, largest)
                target = response.url.join(response.headers["location"])
            if _origin(target) != _origin(httpx.URL(self.url)):
                raise UnreadError(
                    f"redirected to {str(target)[:200]}, another host, which is not followed"
                )
            url = str(target)
        raise UnreadError(f"redirected more than {MOST_REDIRECTS} times")


@asynccontextmanager
async def connected(url: str, key: str, limits: Limits) -> AsyncIterator[Service]:
    """Yield a service; the connections are closed at the end of the block."""
    import httpx

    # No codec whose packed megabyte could fill the memory before it is counted.
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": f"margincarlo/{__version__}",
    }
    if key:
        headers["authorization"] = f"Bearer {key}"
    async with httpx.AsyncClient(
        headers=headers,
        follow_redirects=False,
        timeout=httpx.Timeout(limits.read, connect=limits.connect, pool=None),
        limits=httpx.Limits(
            max_connections=limits.connections, max_keepalive_connections=limits.connections
        ),
    ) as client:
        # Where in time a retry falls is no part of any result.
        yield Service(client, url, limits, random.Random())


async def _json(response: httpx.Response, largest: int) -> Any:
    from pydantic_core import from_json

    _check_status(response)
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise UnreadError(f"answered with {kind[:60] or 'something'} instead of application/json")
    body = await _body(response, largest)
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as problem:
        # Most often the rest of the answer is missing.
        raise UnreadError(f"answered with damaged JSON: {str(problem)[:80]}", again=True) from None
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        code = error.get("code")
        again = isinstance(code, int) and _passes(code)
        raise UnreadError(f"error {code}: {str(error.get('message'))[:120]}", again=again)
    return found


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == 200:
        return
    if status in (401, 403):
        raise UnreadError(f"HTTP {status}: not allowed; is the key in {KEY} still good?")
    after = seconds_asked(response.headers.get("retry-after"), datetime.now(UTC))
    raise UnreadError(f"HTTP {status}", again=_passes(status), after=after)


def _passes(status: int) -> bool:
    return status in PASSING or status >= 500


async def _body(response: httpx.Response, largest: int) -> bytearray:
    claimed = response.headers.get("content-length", "")
    body = bytearray()
    too_long = claimed.isdecimal() and int(claimed) > largest
    if not too_long:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > largest:
                too_long = True
                break
    if too_long:
        raise UnreadError(f"the answer is longer than {largest / 1e6:g} MB")
    return body


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _told(problem: Exception) -> str:
    name = type(problem).__name__
    return f"{name}: {str(problem)[:120]}" if str(problem) else name


def _after(problem: UnreadError, attempts: int) -> UnreadError:
    return problem if attempts == 1 else UnreadError(f"{problem}, {attempts} times")
