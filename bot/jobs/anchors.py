"""The ends of the chains, written to a file in the data folder once a day, each line bound to those above it by a MAC.

Why outside of the database: whoever can change its rows can make every hash anew, and then only what was written down
elsewhere tells. Why a MAC: a line can be neither made nor moved without the master key. Why the database knows the
number of lines, and the last line's MAC by a MAC of its own: a file that is gone or ends early is missed.

    2026-11-25 audit 3120 5f1d... 9c44...      day, chain, sequence of its last row, that row's hash, MAC

Found is who has the file or the database, but not the key. Who has both can put an older state of both back, or pretend
that nothing was ever anchored: the audit then notes a second beginning, and the ends that admins are sent every morning
lie where no machine of ours reaches. Who has the key can write what he likes, and only those messages tell. Where many
machines serve one PostgreSQL database, each knows its own file, by its name in the network and the file's path.

A file of an older release has no MACs; the first line with one says how many lines above it nothing vouches for.
"""

import hashlib
import hmac
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from storage.crypto import MasterKey
from storage.database import Unit
from storage.queries import machine
from storage.queries.chains.chain import ANCHORS_END, CHAINS, Anchor
from storage.verify import differing

NAME = "anchors.txt"
UNSIGNED = "unsigned"  # in place of a chain: the lines above have no MAC


class BadAnchors(Exception):
    """The file is not as it was written; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AnchorFile:
    """What the file holds. macs: of each line; empty for those of an older release, which come first."""

    anchors: tuple[Anchor, ...] = ()
    macs: tuple[bytes, ...] = ()
    head: str = ""

    @property
    def unsigned(self) -> bool:
        """Whether nothing in it has a MAC."""
        return bool(self.macs) and not self.macs[-1]


def append(file: Path, master: MasterKey, anchors: Sequence[Anchor], end: str | None) -> str:
    """Write anchors behind those there are, and return the new end once they are on the disk. Only we may read it.

    end: what was returned last time. Raises BadAnchors, OSError.
    """
    kept = read(file, master)
    _fits(file, kept, master, end)
    bodies, macs = [_body(one) for one in anchors], list(kept.macs)
    if kept.unsigned:
        bodies.insert(0, _marked(anchors[0].day, len(macs), kept.head))
    words = ""
    for body in bodies:
        macs.append(_mac(master, macs[-1] if macs else b"", body))
        words += f"{body} {macs[-1].hex()}\n"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(place, "a", encoding="ascii") as written:
        written.write(words)
        written.flush()
        os.fsync(written.fileno())
    return _end(master, len(macs), macs[-1])


def read(file: Path, master: MasterKey) -> AnchorFile:
    """What the file holds, in its order; nothing where nothing was written yet. Raises BadAnchors, OSError."""
    try:
        lines = file.read_text("ascii").splitlines()
    except FileNotFoundError:
        return AnchorFile()
    except UnicodeDecodeError:
        raise BadAnchors(f"{file.name} can't be read") from None
    anchors, macs, head = list[Anchor](), list[bytes](), ""
    for number, line in enumerate(lines, 1):
        body, mac = _split(line)
        previous = macs[-1] if macs else b""
        if mac and not hmac.compare_digest(mac, _mac(master, previous, body)):
            raise BadAnchors(f"{file.name} line {number} was changed or moved, or a line above it is missing")
        if previous and not mac:
            raise BadAnchors(f"{file.name} line {number} has no MAC")
        found = _anchor(file.name, number, body)
        if mac and macs and not previous and _body(found) != _marked(found.day, len(macs), head):
            raise BadAnchors(f"{file.name} line {number} does not say what stands above it")
        head += "" if mac else f"{line}\n"
        anchors += [] if found.chain == UNSIGNED else [found]
        macs.append(mac)
    return AnchorFile(tuple(anchors), tuple(macs), head)


def set_aside(file: Path, now: datetime) -> Path | None:
    """Give the anchors of another history a name of their own, as a restored one ends earlier; None if there are none.

    Raises OSError.
    """
    if not file.exists():
        return None
    return file.rename(file.with_name(f"{file.stem}-until-{now:%Y%m%dT%H%M%S}{file.suffix}"))


def end_fact(unit: Unit, file: Path) -> str:
    """The name of the fact that says how far the file goes."""
    if unit.on_sqlite:
        return ANCHORS_END
    place = f"{socket.gethostname()}:{file.absolute()}"
    return f"{ANCHORS_END}:{hashlib.sha256(place.encode()).hexdigest()[:16]}"


def broken(unit: Unit, file: Path, master: MasterKey, *, unsigned: bool = False) -> Iterator[str]:
    """Say what is wrong with the file, or name the first anchor that the database does not fit any more.

    unsigned: accept a file of an older release until the next anchor signs it.
    """
    try:
        kept = read(file, master)
        _fits(file, kept, master, machine.fact(unit, end_fact(unit, file)))
    except (BadAnchors, OSError) as error:
        yield str(error)
        return
    yield from differing(unit, kept.anchors)
    if kept.unsigned and not unsigned:
        yield f"{file.name} is of an older release, without MACs, until the next night; --unsigned accepts it"


def _fits(file: Path, kept: AnchorFile, master: MasterKey, end: str | None) -> None:
    """Lines may have been written that the database does not know of yet, and never the other way round."""
    if end is None:
        return
    known = end.partition(" ")[0]
    if not (end.isascii() and known.isdecimal() and int(known)):
        raise BadAnchors(f"how many lines of {file.name} were written can't be read in the database")
    number = int(known)
    if len(kept.macs) < number:
        raise BadAnchors(f"{file.name} has {len(kept.macs)} lines of the {number} that were written")
    if not hmac.compare_digest(_end(master, number, kept.macs[number - 1]), end):
        raise BadAnchors(f"{file.name} line {number} is not the one that was written last")


def _split(line: str) -> tuple[str, bytes]:
    """A line without its MAC, and the MAC; empty where it has none."""
    words = line.split(" ")
    if len(words) != 5:
        return line, b""
    try:
        return " ".join(words[:4]), bytes.fromhex(words[4])
    except ValueError:
        return line, b""


def _anchor(name: str, number: int, body: str) -> Anchor:
    try:
        day, chain, sequence, digest = body.split(" ")
        found = Anchor(date.fromisoformat(day), chain, int(sequence), bytes.fromhex(digest))
    except ValueError:
        raise BadAnchors(f"{name} line {number} can't be read") from None
    if found.chain not in (UNSIGNED, *(one.table.name for one in CHAINS)):
        raise BadAnchors(f"{name} line {number} can't be read")
    return found


def _body(anchor: Anchor) -> str:
    return f"{anchor.day} {anchor.chain} {anchor.sequence} {anchor.digest.hex()}"


def _marked(day: date, lines: int, head: str) -> str:
    """The line below those of an older release."""
    return _body(Anchor(day, UNSIGNED, lines, hashlib.sha256(head.encode()).digest()))


def _mac(master: MasterKey, previous: bytes, body: str) -> bytes:
    mac = master.mac("anchors")
    mac.update(previous + body.encode())
    return mac.digest()


def _end(master: MasterKey, number: int, last: bytes) -> str:
    mac = master.mac("anchors end")
    mac.update(f"{number} ".encode() + last)
    return f"{number} {mac.hexdigest()}"
