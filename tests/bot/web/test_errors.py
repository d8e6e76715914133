"""A failure is told in the asker's form without its details, and every answer is dressed."""

import asyncio
import json

import pytest

from tests.bot.web.town import HEADERS, client, serving


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        pytest.param("/echo", 1 << 20, 200, id="as much as allowed"),
        pytest.param("/echo", (1 << 20) + 1, 413, id="one byte more"),
        pytest.param("/chat/messages", 8 << 20, 200, id="a photo to the chat"),
        pytest.param("/chat/messages", (9 << 20) + 1, 413, id="more than a photo"),
    ],
)
@pytest.mark.parametrize("chunked", [pytest.param(False, id="announced"), pytest.param(True, id="in chunks")])
async def test_a_body_has_its_limit(path: str, size: int, status: int, chunked: bool) -> None:
    async with serving() as town, client(town) as person:
        how = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        person.sends(f"POST {path} HTTP/1.1\nHost: x\n{how}\n\n")
        person.writer.write(f"{size:x}\r\n".encode() + b"x" * size + b"\r\n0\r\n\r\n" if chunked else b"x" * size)

        heard = await person.hears()

        assert heard[0] == status
        assert heard[2] == (str(size) if status == 200 else heard[2])


@pytest.mark.parametrize(
    ("path", "accept", "status", "type_", "body"),
    [
        pytest.param("/nowhere", "text/html", 404, "text/html", "<h1>404</h1>", id="no page"),
        pytest.param("/nowhere", "application/json", 404, "application/json", "Not Found", id="no page, asked as JSON"),
        pytest.param("/chat/nowhere", "*/*", 404, "application/json", "Not Found", id="no path of the chat"),
        pytest.param("/echo", "*/*", 405, "text/html", "<h1>405</h1>", id="wrong method"),
        pytest.param("/chat/messages", "*/*", 405, "application/json", "Method Not Allowed", id="wrong chat method"),
        pytest.param("/broken", "*/*", 500, "text/html", "<h1>500</h1>", id="our fault"),
        pytest.param("/hooks/broken", "*/*", 500, "application/json", "Internal Server Error", id="our fault, a hook"),
        pytest.param("/away", "*/*", 503, "text/html", "<h1>503</h1>", id="database away"),
        pytest.param("/health/away", "*/*", 503, "application/json", "Service Unavailable", id="away, health"),
        pytest.param("/chat/refused", "*/*", 400, "application/json", "unknown field", id="with a reason"),
    ],
)
async def test_a_failure_is_told_in_the_askers_form(path: str, accept: str, status: int, type_: str, body: str) -> None:
    async with serving() as town, client(town) as person:
        heard = await person.gets(path, accept)

        assert heard[0] == status
        assert heard[1]["content-type"] == f"{type_}; charset=utf-8"
        assert (json.loads(heard[2])["error"] if "json" in type_ else heard[2]) == body


async def test_a_database_away_says_when_to_come_back() -> None:
    async with serving() as town, client(town) as person:
        heard = await person.gets("/away")

        assert heard[1]["retry-after"] == "2"


async def test_a_wrong_method_names_the_right_ones() -> None:
    async with serving() as town, client(town) as person:
        heard = await person.gets("/echo")

        assert heard[1]["allow"] == "POST"


async def test_a_fault_in_the_middle_of_an_answer_cuts_it() -> None:
    async with serving() as town, client(town) as person:
        person.sends("GET /half HTTP/1.1\nHost: x\n\n")
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await person.reads("it is cut", b"0\r\n\r\n")


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("GET /hello HTTP/1.1\nHost: x\n\n", id="200"),
        pytest.param("GET /moved HTTP/1.1\nHost: x\n\n", id="303"),
        pytest.param("GET /nowhere HTTP/1.1\nHost: x\n\n", id="404"),
        pytest.param("DELETE /hello HTTP/1.1\nHost: x\n\n", id="405"),
        pytest.param("POST /echo HTTP/1.1\nHost: x\nContent-Length: 99999999\n\n", id="413"),
        pytest.param("GET /hello HTTP/1.1\nHost: x\nExpect: cake\n\n", id="417"),
        pytest.param("GET /broken HTTP/1.1\nHost: x\n\n", id="500"),
        pytest.param("GET /stream HTTP/1.1\nHost: x\n\n", id="a stream"),
        pytest.param("hello, are you there?\n\n", id="not HTTP"),
        pytest.param(f"GET /{'a' * 10000} HTTP/1.1\nHost: x\n\n", id="a line too long"),
    ],
)
async def test_every_answer_carries_our_headers_and_no_version(asked: str) -> None:
    async with serving() as town, client(town) as person:
        person.sends(asked)

        _, headers, _ = await person.hears()

        assert {name: headers[name.lower()] for name in HEADERS} == HEADERS
        assert headers["cache-control"] == "no-store"
        assert headers["server"] == "chungtay"
