"""A webhook of tests: it keeps what is pushed, and answers as it is told."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import web

from fakes.telegram.pusher import HEADER
from fakes.wire import Bell, Json
from tests.kit.waiting import until


@dataclass
class Hook:
    """A webhook that keeps what came. answers: the status of each push to come, 200 when there is none.

    closed: while it is, no push is answered.
    """

    came: list[tuple[int, str]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    bell: Bell = field(default_factory=Bell)
    url: str = ""
    busy: dict[str, int] = field(default_factory=dict)
    most_busy: dict[str, int] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        body: Json = await request.json()
        what = _what(body)
        kind = what.split(" ")[0]
        self.at.append(asyncio.get_running_loop().time())
        self.came.append((body["update_id"], what))
        self.bell.ring()
        self.secrets.add(request.headers.get(HEADER, ""))
        self.busy[kind] = self.busy.get(kind, 0) + 1
        self.most_busy[kind] = max(self.busy[kind], self.most_busy.get(kind, 0))
        await self.open.wait()
        self.busy[kind] -= 1
        return web.Response(status=self.answers.pop(0) if self.answers else 200, headers=self.headers)

    async def until_came(self, count: int) -> None:
        await until(f"{count} requests came", lambda: self.came, lambda came: len(came) >= count)

    @property
    def texts(self) -> list[str]:
        return [what for _, what in self.came]


def _what(body: Json) -> str:
    if "callback_query" in body:
        return f"press {body['callback_query']['data']}"
    message = body.get("message") or body.get("edited_message") or {}
    return f"{message['from']['first_name']} {message.get('text', '')}"
