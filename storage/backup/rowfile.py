"""A file of rows that is the same from either database, and is recognised when it was cut or changed.

One line with a MAC, by a key derived from the master key, over all that follows: gzip'd JSON, one value a line. Before
the MAC stands the name of the master key, which says no more than which one to look for:

    chungtay backup 3 5f1d09aa 9f86d081884c7d65...
    {"format": 1, "what": "data", "revision": "0002", "taken": "2026-11-24T02:00:00+00:00",
     "key_check": "...", "origin": "...", "counts": {"person": 12, ...}}
    {"table": "person", "columns": {"id": "text", "created_at": "moment", ...}}
    ["0199...", "2026-11-20T08:15:00+00:00", ...]
    {"rows": 3120, "sha256": "..."}

The MAC is checked before anything else is read. It says that whoever wrote the file had the key; not that there is no
newer file, so an old backup in place of a new one goes unnoticed. The last line counts the rows and hashes every line
above it. Files of older releases have that hash alone, which anybody can make anew: they are read only if asked for.

Bytes are base64, moments and days ISO 8601. A table says of what kind its columns are, so that rows of an older release
are read without its code.
"""

import base64
import fcntl
import gzip
import hashlib
import hmac
import os
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    String,
    TableClause,
    TypeDecorator,
    column,
    table,
)
from sqlalchemy.types import TypeEngine

from storage.columns import UtcTime, json_column
from storage.crypto import MasterKey

FORMAT = 1
AT_ONCE = 500  # rows held in memory
AT_ONCE_OF = {"file": 4}  # photos are large
SIGNED = b"chungtay backup 3 "
SIGNED_BEFORE = b"chungtay backup 2 "  # by releases that did not name the key
NAME_CHARACTERS = 8
MAC_CHARACTERS = 64
GZIP = b"\x1f\x8b"
BLOCK = 1 << 20  # bytes read at once
SPOILED = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, IndexError)


class Damaged(Exception):
    """The file was cut or changed, or is none of ours."""


class Unsigned(Damaged):
    """The file is of a release that signed none: whoever had it in hand may have changed it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of column: how it is bound to a statement, and how a value is read back from JSON."""

    type: TypeEngine[Any]
    read: Callable[[Any], Any] | None = None


KINDS: Mapping[str, Kind] = {
    "text": Kind(String()),
    "number": Kind(BigInteger()),
    "truth": Kind(Boolean()),
    "json": Kind(json_column()),
    "bytes": Kind(LargeBinary(), lambda said: base64.b64decode(said, validate=True)),
    "moment": Kind(UtcTime(), datetime.fromisoformat),
    "day": Kind(Date(), date.fromisoformat),
}
# In the order to ask: a JSON column is told by its own class, the others by the plain type beneath ours.
_KIND_OF = {
    JSON: "json", LargeBinary: "bytes", DateTime: "moment", Date: "day", Boolean: "truth", Integer: "number",
    String: "text",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself. what: data or keys; origin: of which database; counts: rows of each table."""

    what: str
    revision: str
    taken: datetime
    key_check: str
    origin: str
    counts: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


def kind_of(type_: TypeEngine[Any]) -> str:
    """The kind of a column of ours. Raises TypeError for a type that no file can hold yet."""
    plain = type_.impl_instance if isinstance(type_, TypeDecorator) else type_
    for known, kind in _KIND_OF.items():
        if isinstance(plain, known):
            return kind
    raise TypeError(type(plain).__name__)


class RowWriter:
    """Writes one file, line by line, from its beginning."""

    def __init__(self, file: BinaryIO, header: Header, master: MasterKey) -> None:
        file.seek(0)
        file.truncate()
        file.write(SIGNED + master.name.encode() + b" " + b"0" * MAC_CHARACTERS + b"\n")
        self._file, self._master = file, master
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=file, mtime=0)
        self._digest, self._rows = hashlib.sha256(), 0
        said = {name: getattr(header, name) for name in Header.__slots__}
        self._line({"format": FORMAT, **said})

    def table(self, name: str, columns: Mapping[str, str]) -> None:
        """Begin a table. columns: the kind of each, in the order of the rows that follow."""
        self._line({"table": name, "columns": dict(columns)})

    def row(self, values: Iterable[object]) -> None:
        self._line(list(values))
        self._rows += 1

    def end(self) -> None:
        """Write the closing line, and the MAC of all into the first."""
        self._gzip.write(orjson.dumps({"rows": self._rows, "sha256": self._digest.hexdigest()}) + b"\n")
        self._gzip.close()
        self._file.seek(0)
        self._file.readline()
        mac = _mac(self._file, self._master)
        self._file.seek(len(SIGNED) + NAME_CHARACTERS + 1)
        self._file.write(mac)

    def _line(self, value: object) -> None:
        line = orjson.dumps(value, default=_base64) + b"\n"
        self._digest.update(line)
        self._gzip.write(line)


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads one file. unsigned: also one without a MAC, as older releases wrote them."""

    path: Path
    master: MasterKey
    unsigned: bool = False

    def header(self) -> Header:
        """What the file says of itself. Raises Damaged."""
        with closing(self._lines()) as lines:
            found: Header = next(lines)
            return found

    def portions(self) -> Iterator[tuple[TableClause, list[dict[str, Any]]]]:
        """Tables with some of their rows, by column name, as an INSERT takes them. Raises Damaged, maybe at the end."""
        with closing(self._lines()) as lines:
            next(lines)
            found, rows = table(""), list[dict[str, Any]]()
            for said in lines:
                if isinstance(said, TableClause):
                    if rows:
                        yield found, rows
                    found, rows = said, []
                    continue
                rows.append(said)
                if len(rows) == AT_ONCE_OF.get(found.name, AT_ONCE):
                    yield found, rows
                    rows = []
            if rows:
                yield found, rows

    def _lines(self) -> Generator[Any]:
        """The header, then each table followed by its rows."""
        try:
            with self.path.open("rb") as file:
                self._check(file)
                yield from _read(file)
        except SPOILED:
            raise Damaged("it was cut or changed, or is no backup") from None

    def _check(self, file: BinaryIO) -> None:
        """Check the MAC, and stand where the rows begin. Raises Damaged."""
        first = file.readline(len(SIGNED) + NAME_CHARACTERS + 1 + MAC_CHARACTERS + 1)
        if not first.startswith((SIGNED, SIGNED_BEFORE)):
            if not first.startswith(GZIP):
                raise Damaged("it was cut or changed, or is no backup")
            if not self.unsigned:
                raise Unsigned("it has no MAC, so that anybody may have changed it")
            file.seek(0)
            return
        *_, named, mac = first.rstrip(b"\n").split(b" ")
        if first.startswith(SIGNED) and named.isalnum() and named != self.master.name.encode():
            raise Damaged(
                f"ENCRYPTION_KEY is not its key: it was signed with the key {named.decode('ascii', 'replace')},"
                f" and this one is {self.master.name}"
            )
        if not hmac.compare_digest(mac, _mac(file, self.master)):
            raise Damaged("it was cut or changed, or ENCRYPTION_KEY is not its key")
        file.seek(len(first))


def _mac(file: BinaryIO, master: MasterKey) -> bytes:
    """The MAC of what follows in a file."""
    mac = master.mac("backup")
    while block := file.read(BLOCK):
        mac.update(block)
    return mac.hexdigest().encode()


def _read(file: BinaryIO) -> Generator[Any]:
    digest, count, closed = hashlib.sha256(), 0, False
    readers: list[tuple[str, Callable[[Any], Any] | None]] = []
    with gzip.open(file) as lines:
        for number, line in enumerate(lines):
            said = orjson.loads(line)
            if closed:
                raise Damaged("something follows its end")
            if isinstance(said, dict) and "sha256" in said:
                closed = said == {"rows": count, "sha256": digest.hexdigest()}
                if not closed:
                    raise Damaged("it was changed")
                continue
            digest.update(line)
            if number == 0:
                yield _header(said)
            elif isinstance(said, dict):
                kinds = {name: KINDS[kind] for name, kind in said["columns"].items()}
                readers = [(name, kind.read) for name, kind in kinds.items()]
                yield table(said["table"], *(column(name, kind.type) for name, kind in kinds.items()))
            else:
                count += 1
                yield {
                    name: value if value is None or read is None else read(value)
                    for (name, read), value in zip(readers, said, strict=True)
                }
    if not closed:
        raise Damaged("it was cut")


def _header(said: dict[str, Any]) -> Header:
    if said["format"] != FORMAT:
        raise Damaged("it was written by a newer release, or is no backup")
    fields = {name: said[name] for name in Header.__slots__}
    return Header(**{**fields, "taken": datetime.fromisoformat(fields["taken"])})


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


@contextmanager
def written_aside(path: Path) -> Iterator[BinaryIO]:
    """A file that appears at its path whole and on the disk, or not at all; its owner alone may read it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.unlink(missing_ok=True)
    try:
        with open(os.open(aside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Be the only one who holds this lock file; False if another does."""
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)
