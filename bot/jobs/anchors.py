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

While the master key is being replaced, a file and its end are checked by whichever key made them, and made anew by the
newer. The file comes first: a crash in between leaves an end by the older key, whose MACs still follow from the lines.
"""

import fcntl
import hashlib
import hmac
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from storage import bridge
from storage.backup.rowfile import written_aside
from storage.crypto import MasterKey, OneKey
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
    """What the file holds. macs: of each line; empty for those of an older release, which come first.

    bodies: the lines without their MACs. key: which one made the MACs; None where there are none.
    """

    anchors: tuple[Anchor, ...] = ()
    macs: tuple[bytes, ...] = ()
    head: str = ""
    bodies: tuple[str, ...] = ()
    key: OneKey | None = None

    @property
    def unsigned(self) -> bool:
        """Whether nothing in it has a MAC."""
        return bool(self.macs) and not self.macs[-1]


def append(file: Path, master: MasterKey, anchors: Sequence[Anchor], end: str | None) -> str:
    """Write anchors behind those there are, and return the new end once they are on the disk. Only we may read it.

    end: what was returned last time. Raises BadAnchors, OSError.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(file.parent):
        kept, key = _signed_anew(file, master, end)
        bodies, macs = [_body(one) for one in anchors], list(kept.macs)
        if kept.unsigned:
            bodies.insert(0, _marked(anchors[0].day, len(macs), kept.head))
        words = ""
        for body in bodies:
            macs.append(_mac(key, macs[-1] if macs else b"", body))
            words += f"{body} {macs[-1].hex()}\n"
        place = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(place, "a", encoding="ascii") as written:
            written.write(words)
            written.flush()
            os.fsync(written.fileno())
    return _end(key, len(macs), macs[-1])


def sign_anew(file: Path, master: MasterKey, end: str | None) -> str | None:
    """Sign with the newest key what the one before signed, and return the end likewise; it is the same where all was.

    end: as the database has it. Raises BadAnchors, OSError; then nothing was signed.
    """
    if not file.parent.exists():
        return end
    with _alone(file.parent):
        kept, key = _signed_anew(file, master, end)
    if end is None:
        return None
    number = int(end.partition(" ")[0])
    return _end(key, number, kept.macs[number - 1])


def _signed_anew(file: Path, master: MasterKey, end: str | None) -> tuple[AnchorFile, OneKey]:
    """What the file holds, once all of it is signed by the newest key, and that key, which may change meanwhile."""
    newest = master.keys[0]
    kept = read(file, master)
    _fits(file, kept, master, end)
    if kept.key in (None, newest):
        return kept, newest
    macs = _macs(newest, kept)
    lines = (f"{body} {mac.hex()}" if mac else body for body, mac in zip(kept.bodies, macs, strict=True))
    with written_aside(file) as written:
        written.write("".join(f"{line}\n" for line in lines).encode("ascii"))
    return replace(kept, macs=macs, key=newest), newest


def read(file: Path, master: MasterKey) -> AnchorFile:
    """What the file holds, in its order; nothing where nothing was written yet. Raises BadAnchors, OSError."""
    try:
        lines = file.read_text("ascii").splitlines()
    except FileNotFoundError:
        return AnchorFile()
    except UnicodeDecodeError:
        raise BadAnchors(f"{file.name} can't be read") from None
    keys, key = master.keys, None
    anchors, macs, bodies, head = list[Anchor](), list[bytes](), list[str](), ""
    for number, line in enumerate(lines, 1):
        body, mac = _split(line)
        previous = macs[-1] if macs else b""
        if mac and key is None:  # whichever signed the first line signed all
            key = next((one for one in keys if hmac.compare_digest(mac, _mac(one, b"", body))), keys[0])
        if mac and key and not hmac.compare_digest(mac, _mac(key, previous, body)):
            raise BadAnchors(f"{file.name} line {number} was changed or moved, or a line above it is missing")
        if previous and not mac:
            raise BadAnchors(f"{file.name} line {number} has no MAC")
        found = _anchor(file.name, number, body)
        if mac and macs and not previous and _body(found) != _marked(found.day, len(macs), head):
            raise BadAnchors(f"{file.name} line {number} does not say what stands above it")
        head += "" if mac else f"{line}\n"
        anchors += [] if found.chain == UNSIGNED else [found]
        macs.append(mac)
        bodies.append(body)
    return AnchorFile(tuple(anchors), tuple(macs), head, tuple(bodies), key)


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
    bridge.fit(unit, master)
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
    ends = [_end(key, number, _macs(key, kept)[number - 1]) for key in master.keys]
    if not any(hmac.compare_digest(one, end) for one in ends):
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


def _macs(key: OneKey, kept: AnchorFile) -> tuple[bytes, ...]:
    """The MACs that a key makes for the lines that have one."""
    made = list[bytes]()
    for body, mac in zip(kept.bodies, kept.macs, strict=True):
        made.append(_mac(key, made[-1] if made else b"", body) if mac else b"")
    return tuple(made)


def _mac(key: MasterKey | OneKey, previous: bytes, body: str) -> bytes:
    mac = key.mac("anchors")
    mac.update(previous + body.encode())
    return mac.digest()


def _end(key: OneKey, number: int, last: bytes) -> str:
    mac = key.mac("anchors end")
    mac.update(f"{number} ".encode() + last)
    return f"{number} {mac.hexdigest()}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let no other process write anchors there meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
