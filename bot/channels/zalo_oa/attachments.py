"""Pictures as the account sends them: drawn if need be, small enough, uploaded, and not uploaded again within days."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from io import BytesIO

from bot.channels.contract import Picture, Refused
from bot.clock import Clock

# The contract, part A6: jpg or png of 1 MB at most; the id of an upload ends after 7 days.
MOST_BYTES = 1 << 20
KEPT = timedelta(days=6)
MOST_KEPT = 1000
PNG = b"\x89PNG"
SIDES, QUALITY = (1600, 1080, 720), 80
Upload = Callable[[bytes, str, str], Awaitable[str]]


class Attachments:
    """Ids of uploads, by what was uploaded. upload: hands (content, name, content type) over and returns the id."""

    def __init__(self, clock: Clock, upload: Upload) -> None:
        self._clock, self._upload = clock, upload
        self._known: OrderedDict[bytes, tuple[str, datetime]] = OrderedDict()

    async def of(self, picture: Picture, *, anew: bool = False) -> str:
        """The id by which a picture is sent. anew: the one we know is not taken any more. Raises SendError."""
        content = picture.jpeg or await _drawn(picture)
        name, now = hashlib.sha256(content).digest(), self._clock.now()
        found = self._known.get(name)
        if found is not None and not anew and now < found[1] + KEPT:
            return found[0]
        small = await _small(content)
        kind = "png" if small.startswith(PNG) else "jpeg"
        number = await self._upload(small, f"picture.{kind}", f"image/{kind}")
        self._known[name] = number, now
        self._known.move_to_end(name)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
        return number


async def _drawn(picture: Picture) -> bytes:
    """A card as PNG. Raises Refused, so that its words go out without it: they hold all that is on it."""
    from bot.pictures import cards

    try:
        return await asyncio.to_thread(cards.card, picture.kind, picture.values)
    except Exception as error:
        raise Refused(type(error).__name__) from error


async def _small(content: bytes) -> bytes:
    """The picture, made smaller if it is more than may be uploaded. Raises Refused."""
    if len(content) <= MOST_BYTES:
        return content
    try:
        return await asyncio.to_thread(_shrunk, content)
    except (OSError, ValueError) as error:
        raise Refused(type(error).__name__) from error


def _shrunk(content: bytes) -> bytes:
    """It as JPEG, of the largest size that fits. Raises OSError, ValueError."""
    from PIL import Image

    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as opened:
        whole = opened.convert("RGB")
    for side in SIDES:
        whole.thumbnail((side, side))
        written = BytesIO()
        whole.save(written, "JPEG", quality=QUALITY)
        if written.tell() <= MOST_BYTES:
            return written.getvalue()
    raise ValueError("too big")
