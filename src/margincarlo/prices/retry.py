"""How long to wait for a service, and when to ask it again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from margincarlo.errors import FetchError


@dataclass(frozen=True)
class Limits:
    """What a service may take.

    Attributes
    ----------
    connections : int
        At a time.
    connect, read, total : float
        Longest time to connect, between two pieces of an answer, and for a whole answer, s.
    tries : int
        For each answer.
    backoff, longest_wait : float
        Wait before the second try, which doubles with each further one, and the longest wait, s.
    list_size, model_size : int
        Largest answer for the list, and for one model, B.
    """

    connections: int = 5
    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    tries: int = 5
    backoff: float = 0.5
    longest_wait: float = 60.0
    list_size: int = 64_000_000
    model_size: int = 8_000_000

    def wait(self, attempt: int, asked: float | None, rng: random.Random) -> float:
        """Return how long to wait after the failed try number `attempt`, s.

        Parameters
        ----------
        attempt : int
            From 1 on.
        asked : float or None
            Wait that the service asks for, s.
        rng : random.Random
            Spreads the tries of several clients.
        """
        if asked is not None:
            return min(max(asked, 0.0), self.longest_wait)
        longest = min(self.backoff * 2.0 ** (attempt - 1), self.longest_wait)
        return longest * rng.uniform(0.5, 1.0)


class UnreadError(FetchError):
    """One answer could not be read.

    Parameters
    ----------
    problem : str
        Why.
    again : bool
        Another try may succeed.
    after : float or None
        Wait that the service asks for, s.
    """

    def __init__(self, problem: str, *, again: bool = False, after: float | None = None) -> None:
        super().__init__(problem)
        self.again = again
        self.after = after


def seconds_asked(header: str | None, now: datetime) -> float | None:
    """Return the wait that a ``Retry-After`` header asks for, s.

    Parameters
    ----------
    header : str or None
        A number of seconds, or a date; None and anything else ask for nothing.
    now : datetime
        With its time zone.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    >>> seconds_asked("30", now)
    30.0
    >>> seconds_asked("Sat, 21 Nov 2026 12:01:00 GMT", now)
    60.0
    """
    if header is None:
        return None
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
    except ValueError:
        return None
    return None if until.tzinfo is None else (until - now).total_seconds()
