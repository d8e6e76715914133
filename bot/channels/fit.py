"""Fits a message to what a channel can show. Nothing is ever dropped: what does not fit becomes words.

Why UTF-16 units: platforms count so, and a picture letter has two.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.channels.contract import Button, Fitted, Limits, Picture


def fit(body: Mapping[str, object], limits: Limits) -> tuple[Fitted, ...]:
    """Split a message into pieces that fit, buttons and picture with the last one.

    Buttons with a longer label than may be shown are written as numbered lines, and show their numbers. Beyond the
    limit there are the lines alone; their numbers can be typed. Every letter of the text is in exactly one piece.
    """
    text, card = str(body["text"]), body.get("card")
    buttons = tuple(_buttons(body))
    if len(buttons) > limits.buttons or any(len(b.label) > limits.label for b in buttons):
        lines = "\n".join(f"{number}. {b.label}" for number, b in enumerate(buttons, start=1))
        text = f"{text}\n{lines}"
        numbered = tuple(replace(b, label=str(number)) for number, b in enumerate(buttons, start=1))
        buttons = numbered if len(buttons) <= limits.buttons else ()
    *before, last = _pieces(text, limits.text)
    pieces = [Fitted(piece) for piece in before]
    if isinstance(card, Mapping) and units(last) > limits.caption:
        pieces.append(Fitted(last))
        last = ""
    old = "" if pieces else str(body.get("instead_of", ""))
    picture = Picture(card["kind"], card["values"], card.get("jpeg", b"")) if isinstance(card, Mapping) else None
    return (*pieces, Fitted(last, buttons, picture, contact=body.get("contact") is True, instead_of=old))


def _buttons(body: Mapping[str, object]) -> Iterator[Button]:
    options = body.get("options", [])
    assert isinstance(options, list)  # noqa: S101  # we wrote it so
    for option in options:
        yield Button(option["label"], option["press"])


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text) + sum(1 for c in text if ord(c) > 0xFFFF)


def _pieces(text: str, most: int) -> Iterator[str]:
    """Cut at the last line end that fits, else at the last space, else in the middle of a word."""
    while units(text) > most:
        room = _letters_within(text, most)
        cut = text.rfind("\n", 0, room) + 1 or text.rfind(" ", 0, room) + 1 or _between_letters(text, room)
        yield text[:cut]
        text = text[cut:]
    yield text


def _letters_within(text: str, most: int) -> int:
    """How many letters from the beginning fit, at least one."""
    used = 0
    for place, c in enumerate(text):
        used += 2 if ord(c) > 0xFFFF else 1
        if used > most:
            return max(place, 1)
    return len(text)


def _between_letters(text: str, room: int) -> int:
    """The last place where no accent or joined picture is torn off its letter."""
    for cut in range(room, max(room - 20, 0), -1):
        if not (unicodedata.combining(text[cut]) or text[cut] in "\u200d\ufe0f" or text[cut - 1] == "\u200d"):
            return cut
    return room
