"""Fits a message to what a channel can show. Nothing is ever dropped: what does not fit becomes words."""

from collections.abc import Iterator, Mapping

from bot.channels.contract import Button, Fitted, Limits


def fit(body: Mapping[str, object], limits: Limits) -> tuple[Fitted, ...]:
    """Split a message into pieces that fit, the buttons under the last one.

    Buttons beyond the limit, or with a longer label than may be shown, become numbered lines; their numbers can be
    typed. Every letter of the text is in exactly one piece.
    """
    text, card = str(body["text"]), body.get("card")
    buttons = tuple(_buttons(body))
    if len(buttons) > limits.buttons or any(len(b.label) > limits.label for b in buttons):
        lines = "\n".join(f"{number}. {b.label}" for number, b in enumerate(buttons, start=1))
        text, buttons = f"{text}\n{lines}", ()
    pieces = list(_pieces(text, limits.text))
    *before, last = pieces
    return (
        *(Fitted(piece) for piece in before),
        Fitted(last, buttons, card if isinstance(card, Mapping) else None),
    )


def _buttons(body: Mapping[str, object]) -> Iterator[Button]:
    options = body.get("options", [])
    assert isinstance(options, list)  # noqa: S101  # we wrote it so
    for option in options:
        yield Button(option["label"], option["press"])


def _pieces(text: str, most: int) -> Iterator[str]:
    """Cut at the last line end that fits, else at the last space, else in the middle of a word."""
    while len(text) > most:
        cut = max(text.rfind("\n", 0, most), 0) or max(text.rfind(" ", 0, most), 0)
        cut = cut + 1 if cut else most
        yield text[:cut]
        text = text[cut:]
    yield text
