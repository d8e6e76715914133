"""A handset with our own Official Account on it: what its owner sees becomes lines, what she says or taps an event.

Why a message that comes again is no line: whoever reads the same words twice, one after the other, answers them once.
"""

import asyncio
from collections.abc import AsyncGenerator

from fakes.wire import Json
from fakes.zalo_oa.user import ZaloUser
from fakes.zalo_oa.users import Shown
from tests.kit.resident import Resident
from tests.kit.visitor import Line
from tests.kit.zalo_bot_phone import numbered

LOOK_S = 0.1
Read = tuple[str, tuple[tuple[str, str], ...]]


class ZaloHandset:
    """One handset. sent: names of what she did, in order. taken: released for each of them."""

    def __init__(self, user: ZaloUser, taken: asyncio.Semaphore | None = None) -> None:
        self.user, self.taken = user, taken
        self.sent: list[str] = []
        self._lines: list[Line] = []
        self._under: dict[str, Json] = {}
        self._last: Read = ("", ())
        self._looked_at = 0

    async def arrive(self) -> None:
        """Have Zalo; nothing is opened before she writes."""

    async def send(self, **body: str) -> str:
        """Write a text, tap a button that was seen, or type the number of a line; returns its name."""
        press = body.get("press", "")
        if press in self._under:
            self.user.taps(self._under[press])
        else:
            self.user.says(press or body["text"])
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
        heard = self.user.heard
        for shown in heard[self._looked_at :]:
            self._under |= {str(button["payload"]): button for button in shown.buttons}
            read = _read(shown)
            if shown.kind == "text" and read != self._last:
                self._lines.append(Line(f"{self.user.id}:{len(self._lines)}", "us", *read, ""))
                self._last = read
        self._looked_at = len(heard)


class ZaloResident(Resident):
    """Somebody who, where several can be chosen, types their numbers: such lines are no buttons here."""

    async def _at_needs(self, line: Line) -> None:
        way = self._way
        self._way = "number" if way == "press" else way
        await super()._at_needs(line)
        self._way = way


def _read(shown: Shown) -> Read:
    """What she reads: words, and (label, what it sends) of each button, or of each numbered line."""
    buttons = tuple((str(button["title"]), str(button["payload"])) for button in shown.buttons)
    lines = numbered(shown.text)
    labels = {label for label, _ in lines}
    ours = [(label, press) for label, press in buttons if label != press]  # but for the way back, which says its label
    if not lines or any(label not in labels and not label.isdigit() for label, _ in ours):
        return shown.text, buttons
    text = "\n".join(shown.text.rstrip("\n").split("\n")[: -len(lines)])
    if buttons and all(label.isdigit() for label, _ in buttons):
        return text, tuple((label, press) for (label, _), (_, press) in zip(lines, buttons, strict=True))
    return text, (*lines, *(pair for pair in buttons if pair not in ours))
