"""Bots as Telegram has them and as Zalo copied them: POST /bot<token>/<method>, answered with ok or an error code."""

import json
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from fakes.faults import Fault, Faults
from fakes.pusher import Pusher
from fakes.server import Server
from fakes.wire import Json, Upload
from fakes.world import Call, World

SENDS = ("sendMessage", "sendPhoto")


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


def refused(refusal: Refusal, name: str = "") -> Fault:
    """The platform says no, whatever was asked. name: the code unless given."""
    return Fault(name or str(refusal.code), status=refusal.code, body=json.dumps(refusal.body()))


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

    def noted(self) -> dict[str, str]:
        """The arguments to be kept: texts, and files by name and size."""
        return {
            name: f"{value.name}, {len(value.content)} bytes" if isinstance(value, Upload) else value
            for name, value in self.given.items()
        }


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


@dataclass(slots=True, kw_only=True)
class MethodCall(Call):
    """One call of a method."""

    method: str
    arguments: dict[str, str]

    @property
    def chat(self) -> str:
        """The chat it is about, empty for none."""
        return self.arguments.get("chat_id", "")

    @property
    def chat_id(self) -> int:
        """The same as the number that Telegram's are, 0 for none."""
        return int(self.chat) if self.chat.lstrip("-").isdigit() else 0


@dataclass(slots=True, kw_only=True)
class BotWorld(World[MethodCall]):
    """The state of a fake of one bot."""

    token: str

    def accepted(self, chat: int | str | None = None) -> list[MethodCall]:
        """Every send that took effect, to one chat or to all, in order: what people saw arrive."""
        whom = None if chat is None else str(chat)
        return [c for c in self.calls if c.accepted and c.method in SENDS and whom in (None, c.chat)]


class BotFaults(Faults):
    """What is to go wrong with methods."""

    def add(
        self, fault: Fault, *, method: str | None = "sendMessage", chat: int | str | None = None, times: int | None = 1
    ) -> None:  # fmt: skip
        """Plan a fault. method: None for any; chat: None for any; times: None until cleared."""
        self._plan(fault, method, None if chat is None else str(chat), times)

    def take(self, method: str, given: Arguments) -> Fault | None:
        """What happens to this call, if anything."""
        return self._next(method, given.text("chat_id"))


W = TypeVar("W", bound=BotWorld)
P = TypeVar("P", bound=Pusher[Any])


class BotServer(Server[W, P]):
    """A bot's server. faults: what is to go wrong."""

    def __init__(self, world: W, pusher: P, *, port: int = 0, most_body: int = 2**20) -> None:
        super().__init__(world, pusher, port=port, most_body=most_body)
        self.faults = BotFaults()
        self.app.router.add_route("*", "/bot{token}/{method}", self._answer)

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def calls(self) -> list[MethodCall]:
        """Every call, in order."""
        return self.world.calls

    @abstractmethod
    def _method(self, token: str, method: str) -> str:
        """The method that is called, by its own name. Raises Refusal."""

    @abstractmethod
    async def _do(self, method: str, given: Arguments) -> object:
        """Do what was asked; returns the result, None for none. Raises Refusal."""

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            method = self._method(request.match_info["token"], request.match_info["method"])
            given = await read(request)
        except Refusal as refusal:
            return _refuse(refusal)
        call = self.world.note(MethodCall(method=method, arguments=given.noted(), at=self.world.now()))
        fault = self.faults.take(method, given)
        try:
            response = await self._serve(call, given, fault)
        except Refusal as refusal:
            call.outcome, response = str(refusal), _refuse(refusal)
        self.world.bell.ring()
        return await self._end(request, response, fault) if fault else response

    async def _serve(self, call: MethodCall, given: Arguments, fault: Fault | None) -> web.Response:
        """Do what was asked, unless a fault comes first. Raises Refusal."""
        if fault is None or fault.accepts:
            call.result = await self._do(call.method, given)
            call.accepted = True
        call.outcome = fault.name if fault else "ok"
        return self._respond(fault, {"ok": True} | ({} if call.result is None else {"result": call.result}))


def _refuse(refusal: Refusal) -> web.Response:
    seconds = refusal.parameters.get("retry_after")
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return web.json_response(refusal.body(), status=refusal.code, headers=headers)


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
