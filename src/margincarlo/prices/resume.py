"""What a fetch has read so far, kept so that a killed one can go on.

Beside the file to be written, a folder holds the time at which the fetch began, and each part that
was read. Every file in it starts with the checksum of what follows and appears whole or not at all;
one that does not fit its checksum counts as absent.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from margincarlo.errors import FetchError

FORMAT: Final = 1
# Prices of one snapshot must be of one time: few endpoints change within two hours.
LONGEST: Final = timedelta(hours=2)


@dataclass(frozen=True)
class Header:
    """What all parts have in common.

    Attributes
    ----------
    url : str
        Of the service.
    with_key : bool
        Speeds are told only to those with a key.
    started : datetime
        With its time zone.
    format : int
    """

    url: str
    with_key: bool
    started: datetime
    format: int = FORMAT


@dataclass(frozen=True)
class Partial:
    """Parts of an unfinished fetch.

    Attributes
    ----------
    header : Header
    folder : Path or None
        None keeps nothing.
    """

    header: Header
    folder: Path | None

    def get[Part](self, name: str, kind: type[Part]) -> Part | None:
        """Return the part called `name`, or None if it is absent or damaged."""
        return None if self.folder is None else _read(self.folder / _file(name), kind)

    def put(self, name: str, part: Any) -> None:
        """Keep a part.

        Raises
        ------
        FetchError
            If it cannot be written.
        """
        if self.folder is not None:
            try:
                _write(self.folder / _file(name), part)
            except OSError as problem:
                raise _unwritable(self.folder, problem) from None

    def discard(self) -> None:
        """Remove all parts."""
        if self.folder is not None:
            _remove(self.folder)


def open_partial(out: Path | None, header: Header) -> Partial:
    """Return the parts of an earlier fetch of the same file, if they are fresh; otherwise none.

    Parameters
    ----------
    out : Path or None
        File that the fetch will write; None keeps no parts.
    header : Header
        Of this fetch, begun now.

    Raises
    ------
    FetchError
        If the folder of parts cannot be made.
    """
    if out is None:
        return Partial(header, None)
    folder = out.with_name(f".{out.name}.partial")
    earlier = _read(folder / _file("header"), Header)
    if earlier is not None and _continues(earlier, header):
        return Partial(earlier, folder)
    _remove(folder)
    try:
        folder.mkdir()
        _write(folder / _file("header"), header)
    except OSError as problem:
        raise _unwritable(folder, problem) from None
    return Partial(header, folder)


def _continues(earlier: Header, header: Header) -> bool:
    if earlier.started.tzinfo is None:
        return False
    age = header.started - earlier.started
    same = (earlier.format, earlier.url, earlier.with_key)
    return same == (header.format, header.url, header.with_key) and timedelta() <= age < LONGEST


def _read[Part](path: Path, kind: type[Part]) -> Part | None:
    try:
        checksum, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    if checksum != _checksum(content):
        return None
    try:
        return TypeAdapter(kind).validate_json(content)
    except ValidationError:
        return None


def _write(path: Path, part: Any) -> None:
    content = TypeAdapter(type(part)).dump_json(part)
    fresh = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        fresh.write_bytes(_checksum(content) + b"\n" + content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise _unwritable(folder, problem) from None


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _file(name: str) -> str:
    # A slug comes from outside; its hash is a name that any file system takes.
    return f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


def _unwritable(folder: Path, problem: OSError) -> FetchError:
    reason = problem.strerror or str(problem)
    return FetchError(
        f"{folder}: cannot keep what was read so far: {reason}; name an output file in a folder"
        " that is yours, and let one fetch at a time write it"
    )
