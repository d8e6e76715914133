"""Reads what pigeons bring. No I/O."""

from bot.channels.contract import Received, Unreadable
from bot.channels.payload import Fields, read_update


def read(update: Fields) -> Received:
    """What one slip means for us. Raises Unreadable."""
    number, loft, text = (update.get(name) for name in ("number", "loft", "text"))
    if not isinstance(number, int) or not isinstance(loft, str) or not isinstance(text, str):
        raise Unreadable("slip")
    return Received(update_id=str(number), chat=loft, kind="text", body={"text": text})


def read_again(raw: bytes) -> Received:
    """What a slip means that was set aside when it came. Raises Unreadable."""
    return read(read_update(raw))
