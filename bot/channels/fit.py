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
    Where a picture stands apart it comes first, and the wish for her number last.
    """
    text, buttons = _shown(body, limits)
    card, contact = _picture(body), body.get("contact") is True
    *before, last = _pieces(text, limits.text)
    pieces = [Fitted(text=piece) for piece in before]
    if limits.apart:
        pictures = [Fitted(text="", card=card)] if card else []
        wish = [Fitted(text="", contact=True)] if contact else []
        return (*pictures, *pieces, Fitted(text=last, buttons=buttons), *wish)
    if card is not None and units(last) > limits.caption:
        pieces.append(Fitted(text=last))
        last = ""
    old = "" if pieces else str(body.get("instead_of", ""))
    return (*pieces, Fitted(text=last, buttons=buttons, card=card, contact=contact, instead_of=old))


def fit_words(body: Mapping[str, object], limits: Limits) -> tuple[Fitted, ...]:
    """Fit a message as words alone, where its buttons or its picture were refused.

    Where a picture stands apart its place is kept by an empty piece, so that what is out by then is counted alike.
    """
    pieces = fit({name: body[name] for name in body if name != "card"}, replace(limits, buttons=0))
    return (Fitted(text=""), *pieces) if limits.apart and _picture(body) else pieces


def _shown(body: Mapping[str, object], limits: Limits) -> tuple[str, tuple[Button, ...]]:
    """The text, with its buttons as numbered lines where they can't all be shown as they are, and those still shown.

    Going back has the number 0 where there are no buttons, and a button beside numbered lines where they are few. Where
    a number would be an answer the lines have none, and their words are typed.
    """
    text, buttons, back = str(body["text"]), tuple(_buttons(body)), str(body.get("back", ""))
    if buttons and len(buttons) <= limits.buttons and all(len(button.label) <= limits.label for button in buttons):
        return text, buttons
    bare = body.get("counts_up") is True  # a number would be an answer
    lines = [f"- {button.label}" if bare else f"{n}. {button.label}" for n, button in enumerate(buttons, start=1)]
    if back and limits.buttons == 0:
        lines.append(f"0. {back}")
    text = "\n".join((text, *lines))
    if len(buttons) <= limits.buttons:
        return text, tuple(replace(button, label=str(number)) for number, button in enumerate(buttons, start=1))
    if not limits.apart:
        return text, ()
    lead_on = [button for button in buttons if button.leads] + ([Button(back, "", leads=True)] if back else [])
    return text, tuple(lead_on[: limits.buttons])


def _picture(body: Mapping[str, object]) -> Picture | None:
    card = body.get("card")
    return Picture(card["kind"], card["values"], card.get("jpeg", b"")) if isinstance(card, Mapping) else None


def _buttons(body: Mapping[str, object]) -> Iterator[Button]:
    options = body.get("options", [])
    assert isinstance(options, list)  # noqa: S101  # we wrote it so
    for option in options:
        yield Button(option["label"], option["press"], option.get("leads") is True)


def units(text: str) -> int:
    """How long a text is in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


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
