"""What goes over the wire: the arguments of a call, and how Telegram says no to it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

# Telegram's own objects, as its pages describe them: the fake passes them on as they go over the wire.
Json = dict[str, Any]
T = TypeVar("T")


class Refusal(Exception):
    """An answer that is not ok. code: HTTP's and the body's; parameters: what ResponseParameters holds."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> Json:
        """The answer's JSON."""
        found: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return found | ({"parameters": self.parameters} if self.parameters else {})


def bad(what: str) -> Refusal:
    """A refusal of what was asked."""
    return Refusal(400, f"Bad Request: {what}")


def forbidden(what: str) -> Refusal:
    """A refusal to reach somebody."""
    return Refusal(403, f"Forbidden: {what}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in a multipart body."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was given with a call: texts, whatever they say, and files."""

    given: Mapping[str, str | Upload]

    def text(self, name: str) -> str:
        """An argument as it was written, empty if it wasn't."""
        value = self.given.get(name, "")
        return value if isinstance(value, str) else ""

    def number(self, name: str, default: int = 0) -> int:
        """A whole number, or the default for anything else."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        """Whether it was switched on."""
        return self.text(name).lower() in ("true", "1", "yes")

    def value(self, name: str, what: str) -> Any:
        """What JSON says, None if not given. Raises Refusal that names `what`."""
        written = self.text(name)
        try:
            return json.loads(written) if written else None
        except ValueError:
            raise bad(f"can't parse {what}") from None

    def upload(self, name: str) -> Upload | None:
        """A file sent under this name, or one that this name points to."""
        value = self.given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self.given.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None


async def read(request: web.Request) -> Arguments:
    """Read the query and a body of any of the four kinds. Raises Refusal."""
    given: dict[str, str | Upload] = dict(request.query)
    try:
        if request.content_type == "application/json":
            given |= _texts(json.loads(await request.text()))
        else:
            for name, value in (await request.post()).items():
                given[name] = _field(value)
    except (ValueError, UnicodeError):
        raise bad("can't parse the body") from None
    if any(isinstance(value, str) and not _is_utf8(value) for value in given.values()):
        raise bad("strings must be encoded in UTF-8")
    return Arguments(given)


def _texts(body: object) -> dict[str, str]:
    if not isinstance(body, dict):
        raise bad("object expected")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}


def _field(value: str | bytes | bytearray | web.FileField) -> str | Upload:
    if isinstance(value, web.FileField):
        return Upload(value.filename, value.file.read())
    return value if isinstance(value, str) else bytes(value).decode()


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeError:
        return False
    return True


def units(text: str) -> int:
    """How long Telegram takes a text to be: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class Bell:
    """Wakes everybody who waits for something to change."""

    _waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def ring(self) -> None:
        """Something changed."""
        waiting, self._waiting = self._waiting, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    async def wait(self) -> None:
        """Wait for the next change."""
        one = asyncio.get_running_loop().create_future()
        self._waiting.append(one)
        await one

    async def until(self, what: Callable[[], T | None], within_s: float = 10.0) -> T:
        """Wait until something is found; returns it. Raises TimeoutError."""
        async with asyncio.timeout(within_s):
            while not (found := what()):
                await self.wait()
        return found
