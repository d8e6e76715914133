"""A platform of our own: real HTTP on this machine, calls on record, and lines that break off as one asks."""

import asyncio
import socket
import struct
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

from aiohttp import web

from fakes.faults import Fault
from fakes.listener import Listener
from fakes.pusher import Pusher
from fakes.waiting import PATIENT_S, until
from fakes.wire import Json
from fakes.world import World

W = TypeVar("W", bound=World[Any])
P = TypeVar("P", bound=Pusher[Any])


class Server(Listener, Generic[W, P]):
    """The server and everything in it. pusher: brings what people do to the webhook."""

    def __init__(
        self, world: W, pusher: P, *, hosts: Sequence[str] = ("",), port: int = 0, most_body: int = 2**20
    ) -> None:  # fmt: skip
        super().__init__(world.bell, hosts=hosts, port=port, most_body=most_body)
        self.world, self.pusher = world, pusher

    async def open(self) -> None:
        """Begin to listen and to push."""
        await super().open()
        self._begin(self.pusher.run())
        await asyncio.sleep(0)

    async def settles(self, within_s: float = PATIENT_S) -> None:
        """Wait until nothing that people did waits or is on its way any more. Raises NeverCame."""
        await until("nothing is on its way", lambda: not self.pusher.busy(), within_s=within_s)

    def _respond(self, fault: Fault | None, body: Json, headers: Mapping[str, str] | None = None) -> web.Response:
        """The true answer, or the one that a fault gives in its place."""
        if fault and fault.body:
            return web.Response(text=fault.body, status=fault.status, content_type=fault.kind, headers=headers)
        return web.json_response(body, headers=headers)

    async def _end(self, request: web.Request, response: web.Response, fault: Fault) -> web.StreamResponse:
        """End the line as the fault says."""
        if fault.wait_s or fault.end == "hang":
            with suppress(TimeoutError):
                await asyncio.wait_for(self.closing.wait(), None if fault.end == "hang" else fault.wait_s)
        if fault.end == "cut":
            await _write_half(request, response)
        if fault.end != "answer":
            _break_off(request, reset=fault.end == "reset")
        if fault.gone_s:
            await self._leave()
            self._begin(self._come_back(fault.gone_s))
        return response


async def _write_half(request: web.Request, response: web.Response) -> None:
    """Write half of an answer that promises the whole."""
    assert isinstance(response.body, bytes)
    half = web.StreamResponse(headers={"Content-Type": "application/json"})
    half.content_length = len(response.body)
    await half.prepare(request)
    await half.write(response.body[: len(response.body) // 2])
    await half.write_eof()


def _break_off(request: web.Request, *, reset: bool) -> None:
    """End the connection, by RST if asked and not by FIN."""
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        return
    if reset:
        # Without lingering the other end gets RST and not FIN.
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
