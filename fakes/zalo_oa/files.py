"""Files that went through Zalo: what the account uploaded, by ids that expire, and what people sent, by address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fakes.wire import Upload
from fakes.zalo_oa.wire import Refusal, invalid, over_limit

LIFE = timedelta(days=7)
MOST_IMAGE, MOST_FILE = 2**20, 5 * 2**20
FILE_ENDINGS = ("pdf", "doc", "docx", "csv")
_SIGNS = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "gif": b"GIF8"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One upload. kind: image, gif or file."""

    kind: str
    name: str
    content: bytes
    until: datetime


@dataclass(slots=True)
class Files:
    """Every file. uploads: by the id or token that was given; sent: what people sent, by its path below /cdn/."""

    now: Callable[[], datetime]
    uploads: dict[str, Kept] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)

    def upload(self, kind: str, given: Upload) -> str:
        """Keep an upload for seven days; returns its id. Raises Refusal."""
        if kind == "file":
            if given.name.rpartition(".")[2].lower() not in FILE_ENDINGS or not given.content:
                raise invalid("file")
            if len(given.content) > MOST_FILE:
                raise over_limit("file")
        else:
            check_picture(given.content, ("gif",) if kind == "gif" else ("jpg", "png"))
        number = f"fake-{kind}-{len(self.uploads) + 1:06}"
        self.uploads[number] = Kept(kind, given.name, given.content, self.now() + LIFE)
        return number

    def find(self, kind: str, number: str) -> Kept:
        """An upload that isn't expired. Raises Refusal -201, -100."""
        kept = self.uploads.get(number)
        if kept is None or kept.kind != kind:
            raise invalid("token" if kind == "file" else "attachment_id")
        if self.now() >= kept.until:
            raise Refusal(-100)
        return kept

    def keep_sent(self, content: bytes, ending: str) -> str:
        """Keep what a person sent; returns its path."""
        path = f"{len(self.sent) + 1:06}.{ending}"
        self.sent[path] = content
        return path


def check_picture(content: bytes, kinds: tuple[str, ...] = ("jpg", "png")) -> None:
    """Raises Refusal -201 for what is no such picture, -210 for more than 1 MB."""
    if not any(content.startswith(_SIGNS[kind]) for kind in kinds):
        raise invalid("image")
    if len(content) > MOST_IMAGE:
        raise over_limit("image")
