"""Telegram's end as a benchmark needs it, in a process of its own: quick, valid answers, counted.

GET /count says how many messages were sent; GET /first gives the first of them as they came, for the peer to say alike.

Why not the fake of the tests: it reads, checks and keeps all that it is sent, for nearly twice the processor's time a
message (307 against 170 µs), and its core, which it shares with whoever brings the updates, would soon be what is
measured. Chats that never wrote would be refused, too.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

from aiohttp import web

from benchmarks.rounds import REST, pin
from fakes.listener import Listener
from fakes.wire import Bell

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz_0123-4"  # noqa: S105  # made up
KEPT = 64
BOT = {"id": 123456789, "is_bot": True, "first_name": "Chung Tay", "username": "chungtay_bot"}
CHAT = {"id": 5000100001, "type": "private", "first_name": "Lan"}
TRUE = b'{"ok":true,"result":true}'


def _ok(result: object) -> bytes:
    return json.dumps({"ok": True, "result": result}).encode()


SENT = _ok({"message_id": 7, "date": 1_790_000_000, "chat": CHAT, "from": BOT, "text": "Vâng."})
ME = _ok(BOT)


class Counting(Listener):
    """Counts what is sent. url: where updates are to go, as it was set last."""

    def __init__(self) -> None:
        super().__init__(Bell())
        self.sent = 0
        self.first: list[dict[str, object]] = []
        self.url = ""
        self.app.router.add_get("/count", self._count)
        self.app.router.add_get("/first", self._first)
        self.app.router.add_post("/{bot}/{method}", self._call)

    async def _count(self, request: web.Request) -> web.Response:
        return web.json_response(self.sent)

    async def _first(self, request: web.Request) -> web.Response:
        return web.json_response(self.first)

    async def _call(self, request: web.Request) -> web.Response:
        raw = await request.read()
        match request.match_info["method"]:
            case "sendMessage":
                self.sent += 1
                if len(self.first) < KEPT:
                    self.first.append(_fields(request, raw))
                body = SENT
            case "getMe":
                body = ME
            case "getWebhookInfo":
                body = _ok({"url": self.url, "has_custom_certificate": False, "pending_update_count": 0})
            case "setWebhook":
                self.url = str(_fields(request, raw)["url"])
                body = TRUE
            case _:
                body = TRUE
        return web.Response(body=body, content_type="application/json")


def _fields(request: web.Request, raw: bytes) -> dict[str, object]:
    """The arguments of a call, sent as JSON or as a form with JSON in it."""
    if request.content_type == "application/json":
        found: dict[str, object] = json.loads(raw)
        return found
    return dict(parse_qsl(raw.decode()))


@contextmanager
def answering() -> Iterator[str]:
    """A fake of its own; its origin."""
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.fake_telegram"], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield child.stdout.readline().strip()
    finally:
        child.terminate()
        child.wait()


async def _serve() -> None:
    async with Counting().opened() as fake:
        print(fake.origin, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    pin(REST)
    asyncio.run(_serve())
