"""python-telegram-bot's Bot, spoken over one aiohttp session of ours; the one place that goes past the library.

Why not over its own HTTP client: a message takes 2,483 µs of processor there and 134 µs here (S2 in
`benchmarks/results/2026-11-25.txt`), and it prints tokens and people's words. Why words go past `Bot.send_message` as
well: it builds objects for all that Telegram answers, of which we need one number. A message with two buttons took
627 µs with it and 352 µs past it (medians of five interleaved rounds of 1,000 messages against the fake of S2). A test
compares what is sent with what the library sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import orjson
from aiohttp import BytesPayload, FormData
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyKeyboardMarkup
from telegram.error import BadRequest, TelegramError
from telegram.request import BaseRequest, RequestData

from bot.channels.contract import Refused
from bot.channels.payload import read_object
from bot.channels.telegram.errors import HttpError
from bot.channels.transport import READ_S, HttpSession, limits

CHUNK = 1 << 16
# The statuses that python-telegram-bot has classes for.
CLASSED = (400, 401, 403, 404, 409, 429)
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Keyboard = InlineKeyboardMarkup | ReplyKeyboardMarkup


@dataclass(frozen=True, slots=True)
class _Values:
    """The parameters of a call without files, as `do_request` reads them."""

    parameters: Mapping[str, object]
    contains_files: bool = False


class AiohttpRequest(BaseRequest):
    """The HTTP of a Bot. Made outside an event loop, opened in it by `initialize`.

    read_s: seconds to wait for an answer.
    """

    def __init__(self, read_s: float = READ_S) -> None:
        self._read_s = read_s
        self._session = HttpSession()

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer; asking for updates waits this much longer than Telegram does."""
        return self._read_s

    async def initialize(self) -> None:
        """Open the session, once."""
        await self._session.open()

    async def shutdown(self) -> None:
        """Close the session, if it is open."""
        await self._session.close()

    async def call(self, url: str, values: Mapping[str, object]) -> object:
        """Call a method by its address; returns its result unread. values: as JSON has them. Raises TelegramError."""
        given = {name: value for name, value in values.items() if value is not None}
        # Handed on to do_request, and read there alone.
        return await self.post(url, cast("RequestData", _Values(given)))

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; returns status and body. Of the timeouts only read_timeout can be another than ours.

        Raises HttpError, BadRequest for words that are no text, and aiohttp's own, which BaseRequest wraps.
        """
        read_s = float(read_timeout) if isinstance(read_timeout, (int, float)) else self._read_s
        async with self._session.opened.request(
            method, url, data=_body(request_data), timeout=limits(read_s), allow_redirects=False
        ) as answer:
            payload = await answer.read()
        if answer.status >= 300 and not _is_telegrams(answer.status, payload):
            raise HttpError(answer.status)
        return answer.status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, object]:
        """Read an answer, without logging it as the method we override does. Raises TelegramError."""
        read = read_object(payload)
        if read is None:
            raise TelegramError("an answer that is no JSON object")
        return dict(read)

    async def download(self, url: str, most: int) -> bytes:
        """The bytes of a file, `most` at most. url: with the token in it, as `File.file_path` of getFile is.

        Raises HttpError, Refused, and aiohttp's own.
        """
        found = bytearray()
        async with self._session.opened.get(
            url, timeout=limits(self._read_s), allow_redirects=False, headers={"Accept-Encoding": "identity"}
        ) as answer:
            if answer.status != 200:
                raise HttpError(answer.status)
            async for chunk in answer.content.iter_chunked(CHUNK):
                found += chunk
                if len(found) > most:
                    raise Refused("too_big")
        return bytes(found)


def open_bot(token: str, api_base: str, file_base: str, request: AiohttpRequest) -> Bot:
    """Telegram's methods over `request`, which is to be initialised; the Bot never: that would call getMe.

    api_base, file_base: scheme and host.
    """
    return Bot(token, f"{api_base}/bot", f"{file_base}/file/bot", request=request, get_updates_request=request)


async def send_text(bot: Bot, request: AiohttpRequest, chat: int, text: str, keyboard: Keyboard | None) -> str:
    """Send words without link previews, as `Bot.send_message` does; returns the message's id. Raises TelegramError."""
    values = {
        "chat_id": chat,
        "text": text,
        "link_preview_options": NO_PREVIEW.to_dict(),
        "reply_markup": keyboard.to_dict() if keyboard else None,
    }
    sent = await request.call(f"{bot.base_url}/sendMessage", values)
    return str(cast("Mapping[str, object]", sent)["message_id"])


def _body(given: RequestData | None) -> BytesPayload | FormData | None:
    """JSON, or with files a form. Raises BadRequest for half a surrogate pair, which no encoding of ours can hold."""
    if given is None:
        return None
    if given.contains_files:
        form = FormData()
        for name, value in given.json_parameters.items():
            form.add_field(name, value)
        for name, (filename, content, kind) in given.multipart_data.items():
            form.add_field(name, content, filename=filename, content_type=kind)
        return form
    try:
        return BytesPayload(orjson.dumps(given.parameters), content_type="application/json")
    except orjson.JSONEncodeError:
        raise BadRequest("not to be written as JSON") from None


def _is_telegrams(status: int, payload: bytes) -> bool:
    """Whether Telegram itself refuses, in a way the library has a class for.

    The page of a proxy in between says nothing about the person, and must not make her one who is gone.
    """
    if status not in CLASSED:
        return False
    try:
        read = AiohttpRequest.parse_json_payload(payload)
    except TelegramError:
        return False
    if status == 429:
        wait = read.get("parameters")
        return isinstance(wait, dict) and bool(wait.get("retry_after"))
    return read.get("ok") is False
