"""The other end of a call, which does whatever other ends do: answers, refuses, hangs, hangs up, breaks off."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import orjson
import pytest

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz_0123-4"
CHAT = 5000100001
WORDS = "Chị Lan, số 0905 123 456, nhà bị tốc mái 🏠🌊"
SENT = {"message_id": 7, "date": 1790000000, "chat": {"id": CHAT, "type": "private"}, "text": "ok"}
Deed = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass(slots=True)
class Platform:
    """A server of ours that reads each call whole, keeps it, and then does a deed."""

    deed: Deed
    calls: list[Call] = field(default_factory=list)
    origin: str = ""
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                self.calls.append(await _read(reader))
                await self.deed(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(head[0].split()[1], headers, body)


def answers(status: int, body: bytes, *, more: int = 0, kind: str = "application/json") -> Deed:
    """Answer. more: bytes that are announced and never come."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status} Words\r\nContent-Type: {kind}\r\nContent-Length: {len(body) + more}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        if more:
            writer.close()

    return deed


def page(status: int) -> Deed:
    """A page, as proxies answer with."""
    return answers(status, b"<html><h1>Sorry</h1></html>", kind="text/html")


def takes(result: object) -> Deed:
    """Do as asked."""
    return answers(200, orjson.dumps({"ok": True, "result": result}))


def refuses(code: int, description: str, **parameters: int) -> Deed:
    """Refuse as Telegram does."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    return answers(code, orjson.dumps(body | ({"parameters": parameters} if parameters else {})))


def leads(to: str) -> Deed:
    """Send the caller somewhere else."""

    async def deed(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 307 Words\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode())

    return deed


async def hangs(_: asyncio.StreamWriter) -> None:
    """Take the call, and never answer."""
    await asyncio.sleep(3600)


def late(after_s: float, deed: Deed) -> Deed:
    """Do it so many seconds later."""

    async def waits(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(after_s)
        await deed(writer)

    return waits


async def closes(writer: asyncio.StreamWriter) -> None:
    """Take the call, and hang up."""
    writer.close()


async def resets(writer: asyncio.StreamWriter) -> None:
    """Take the call, and break the connection off."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def failure(call: Awaitable[object]) -> Exception:
    """What a call raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011  # which one is what the tests ask
        await call
    return raised.value
