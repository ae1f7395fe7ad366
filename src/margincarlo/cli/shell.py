"""What all commands share: errors in one line, our warnings as notes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from margincarlo.errors import MargincarloError


class Commands(click.Group):
    """A group whose commands end in ``Error: …`` and exit code 1 where an error is the user's.

    Any other exception is our bug and keeps its traceback.
    """

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            with notes():
                return super().invoke(ctx)
        except MargincarloError as problem:
            raise click.ClickException(one_line(str(problem))) from None


@contextmanager
def notes() -> Iterator[None]:
    """Print our warnings as one-line notes on standard error."""
    with warnings.catch_warnings():
        # Ours are all UserWarnings; each run of each scenario may repeat one.
        warnings.simplefilter("always", UserWarning)
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if category.__module__.startswith("margincarlo."):
                click.echo(f"Note: {one_line(str(message))}", err=True)
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        yield


def one_line(text: str) -> str:
    """Return `text` on one line, without characters that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
