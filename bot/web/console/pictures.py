"""A picture that came with a form: drawn anew before anybody keeps it, and brought along while the form is corrected.

Why it is cleaned again when it comes back: whatever a browser sends may have been made up.
"""

import base64
import binascii
from dataclasses import replace

from bot.pictures.photos import Cleaner, PhotoRefused
from bot.web.console.browser import MOST_TYPED_BYTES
from handlers.console.screen import KEPT, Chosen, Click


async def picture_of(given: Click, name: str, cleaner: Cleaner) -> Click:
    """The form with the picture that was chosen in a field, or came back with it, as `read`; None if there is none.

    A picture too large to be brought along is asked for again where something else is wrong.
    """
    raw = given.files.get(name) or _kept(given[KEPT])
    if not raw:
        return given
    fields = {one: values for one, values in given.fields.items() if one != KEPT}
    try:
        jpeg = await cleaner.clean(raw)
    except PhotoRefused as refused:
        return replace(given, fields=fields, read=Chosen(b"", refused.reason))
    kept = base64.b64encode(jpeg).decode("ascii")
    if len(kept) <= MOST_TYPED_BYTES:
        fields[KEPT] = (kept,)
    return replace(given, fields=fields, read=Chosen(jpeg))


def _kept(typed: str) -> bytes:
    try:
        return base64.b64decode(typed, validate=True)
    except (binascii.Error, ValueError):
        return b"none"
