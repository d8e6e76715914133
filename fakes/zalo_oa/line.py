"""How a line to a caller ends when it does not end well."""

import asyncio
import socket
import struct

from aiohttp import web


async def write_half(request: web.Request, response: web.Response) -> None:
    """Write half of an answer that promises the whole."""
    assert isinstance(response.body, bytes)
    half = web.StreamResponse(headers={"Content-Type": "application/json"})
    half.content_length = len(response.body)
    await half.prepare(request)
    await half.write(response.body[: len(response.body) // 2])
    await half.write_eof()


def end(request: web.Request, *, reset: bool) -> None:
    """End the connection, by RST if asked and not by FIN."""
    transport = request.transport
    if not isinstance(transport, asyncio.Transport):
        return
    if reset:
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    else:
        transport.close()
