"""The ends of the chains, written to a file in the data folder once a day.

Why outside of the database: whoever can change its rows can make every hash anew, and then only what was written down
elsewhere tells.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

from storage.database import Unit
from storage.queries.chains.chain import CHAINS, Anchor
from storage.verify import differing

NAME = "anchors.txt"


class BadLine(Exception):
    """A line that is no anchor; the message says which."""


def append(file: Path, anchors: Iterable[Anchor]) -> None:
    """Write anchors behind those there are, and return once they are on the disk. Only the service's user may read it.

    Raises OSError.
    """
    words = "".join(f"{one.day} {one.chain} {one.sequence} {one.digest.hex()}\n" for one in anchors)
    if not words:
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(place, "a", encoding="ascii") as kept:
        kept.write(words)
        kept.flush()
        os.fsync(kept.fileno())


def read(file: Path) -> list[Anchor]:
    """The anchors in their order; none where nothing was written yet. Raises BadLine, OSError."""
    try:
        lines = file.read_text("ascii").splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise BadLine(f"{file.name} can't be read") from None
    return [_anchor(file.name, number, line) for number, line in enumerate(lines, 1)]


def set_aside(file: Path, now: datetime) -> Path | None:
    """Give the anchors of another history a name of their own, as a restored one ends earlier; None if there are none.

    Raises OSError.
    """
    if not file.exists():
        return None
    return file.rename(file.with_name(f"{file.stem}-until-{now:%Y%m%dT%H%M%S}{file.suffix}"))


def broken(unit: Unit, file: Path) -> Iterator[str]:
    """Name the first anchor that the database does not fit any more, or a line that is none."""
    try:
        anchors = read(file)
    except (BadLine, OSError) as error:
        yield str(error)
        return
    yield from differing(unit, anchors)


def _anchor(name: str, number: int, line: str) -> Anchor:
    try:
        day, chain, sequence, digest = line.split(" ")
        found = Anchor(date.fromisoformat(day), chain, int(sequence), bytes.fromhex(digest))
    except ValueError:
        raise BadLine(f"{name} line {number} can't be read") from None
    if found.chain not in (one.table.name for one in CHAINS):
        raise BadLine(f"{name} line {number} can't be read")
    return found
