"""A handset with our own Telegram on it: what its owner sees becomes lines, what she says or presses an update.

Why a message that comes again is no line: whoever reads the same words twice, one after the other, answers them once.
"""

import asyncio
import re
from collections.abc import AsyncGenerator

from fakes.telegram.chats import Message
from fakes.telegram.user import TelegramUser
from tests.kit.visitor import Line

LOOK_S = 0.1
EDITABLE = 3  # of the latest messages; older ones are never changed in place
KEY = "key:"  # begins the press of a key below the chat, which says its label

Shown = tuple[str, tuple[tuple[str, str], ...]]


class Handset:
    """One handset. sent: names of what she did, in order. taken: released for each of them."""

    def __init__(self, user: TelegramUser, taken: asyncio.Semaphore | None = None) -> None:
        self.user, self.taken = user, taken
        self.sent: list[str] = []
        self._lines: list[Line] = []
        self._seen: dict[int, Shown] = {}
        self._under: dict[str, Message] = {}
        self._last: Shown = ("", ())
        self._looked_at = 0

    async def arrive(self) -> None:
        """Have an account; nothing is opened before she writes."""

    async def send(self, **body: str) -> str:
        """Write a text, or press a button that was seen; returns its name."""
        press = body.get("press", "")
        if press in self._under:
            self.user.presses_data(press, self._under[press])
        else:
            self.user.says(press.removeprefix(KEY) or body["text"])
        name = f"{self.user.id}/{len(self.sent)}"
        self.sent.append(name)
        self._lines.append(Line(name, "you", body.get("text", ""), (), name))
        if self.taken is not None:
            self.taken.release()
        return name

    async def listen(self) -> AsyncGenerator[Line, None]:
        """Every line as it comes, from the beginning."""
        number = 0
        while True:
            self._look()
            if number < len(self._lines):
                yield self._lines[number]
                number += 1
            else:
                await asyncio.sleep(LOOK_S)

    async def lines(self) -> list[Line]:
        """Everything she saw and did, in order."""
        self._look()
        return list(self._lines)

    def _look(self) -> None:
        """Note what came or was changed since."""
        messages = self.user.chat.messages
        for message in messages[max(0, self._looked_at - EDITABLE) :]:
            if not message.mine and self._seen.get(message.id) != (shown := self._read(message)):
                self._seen[message.id] = shown
                self._under |= {press: message for _, press in shown[1]}
                if shown != self._last:
                    options = shown[1] or self._keys()
                    self._lines.append(Line(f"{self.user.id}:{len(self._lines)}", "us", shown[0], options, ""))
                self._last = shown
        self._looked_at = len(messages)

    def _read(self, message: Message) -> Shown:
        """What she reads: words, and (label, press) of each button; numbers stand for the lines they number."""
        buttons = [button for row in message.rows for button in row]
        options = [(str(button["text"]), str(button.get("callback_data", ""))) for button in buttons]
        text, count = message.text, len(options)
        numbers = [str(number) for number in range(1, count + 1)]
        if options and [label for label, _ in options] == numbers:
            *lines, last = text.rsplit("\n", count)[-count - 1 :]
            lines, text = [*lines[1:], last], lines[0]
            options = [(re.sub(r"^\d+\. ", "", line), press) for line, (_, press) in zip(lines, options, strict=True)]
        return text, tuple(options)

    def _keys(self) -> tuple[tuple[str, str], ...]:
        """The keys below the chat, but for the one that gives her number."""
        keys = [key for row in self.user.chat.keyboard for key in row if "request_contact" not in key]
        return tuple((str(key["text"]), f"{KEY}{key['text']}") for key in keys)
