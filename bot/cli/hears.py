"""What is heard in messages on the command line, to try words before people do."""

import json
from collections.abc import Iterable, Iterator

from handlers import texts
from handlers.dialogue import commands
from handlers.hearing import hear


def lines(messages: Iterable[str], *, as_json: bool) -> Iterator[str]:
    """One line a message: what was heard in it, by what was taught and by the urgent words of the texts."""
    known = texts.load()
    for text in (line.rstrip("\r\n") for line in messages):
        heard = hear(text)
        is_urgent = heard.urgent or commands.urgent(known, text)
        if as_json:
            told = {"text": text, "door": heard.door, "second": heard.second}
            yield json.dumps(told | {"confidence": round(heard.confidence, 4), "urgent": is_urgent}, ensure_ascii=False)
        else:
            urgent = "  urgent" if is_urgent else ""
            yield f"{heard.confidence:.2f} {heard.how:<6} {heard.door} ({heard.second}){urgent}  {text}"
