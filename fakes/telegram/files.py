"""Files that went through Telegram, by the ids it gave them."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from fakes.bot_api import bad
from fakes.wire import Json

# core.telegram.org/bots/api#sendphoto and #getfile.
MOST_PHOTO, MOST_DOWNLOAD = 10 * 2**20, 20 * 2**20
# A photo comes in these sizes, in pixels of its longer side, as far as it is larger.
SIDES = (90, 320, 800, 1280)


@dataclass(frozen=True, slots=True)
class File:
    """One file. path: below /file/bot<token>/."""

    id: str
    path: str
    content: bytes

    def json(self) -> Json:
        """The fields that every kind of file has."""
        return {"file_id": self.id, "file_unique_id": f"u{self.id[-9:]}", "file_size": len(self.content)}


@dataclass(slots=True)
class Files:
    """Every file, and a photo's sizes by the id of each."""

    by_id: dict[str, File] = field(default_factory=dict)
    photos: dict[str, list[Json]] = field(default_factory=dict)

    def keep(self, folder: str, ending: str, content: bytes) -> File:
        """Keep a file under a new id."""
        number = len(self.by_id) + 1
        kept = File(f"AgACAgUAAxkBAAI{number:09}", f"{folder}/file_{number}.{ending}", content)
        self.by_id[kept.id] = kept
        return kept

    def keep_photo(self, content: bytes) -> list[Json]:
        """Keep a photo as Telegram does: as JPEG without anything around it, in its sizes, the largest last.

        Raises Refusal for what is no picture, or none that Telegram takes.
        """
        if len(content) > MOST_PHOTO:
            raise bad("file is too big")
        try:
            picture = Image.open(BytesIO(content)).convert("RGB")
        except (OSError, ValueError, Image.DecompressionBombError):
            raise bad("IMAGE_PROCESS_FAILED") from None
        width, height = picture.size
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        largest = min(max(picture.size), SIDES[-1])
        sizes = [self._size(picture, side) for side in (*(side for side in SIDES if side < largest), largest)]
        self.photos |= {str(size["file_id"]): sizes for size in sizes}
        return sizes

    def _size(self, picture: Image.Image, side: int) -> Json:
        scaled, written = picture.copy(), BytesIO()
        scaled.thumbnail((side, side))
        scaled.save(written, "JPEG", quality=87)
        kept = self.keep("photos", "jpg", written.getvalue())
        return kept.json() | {"width": scaled.width, "height": scaled.height}

    def at(self, path: str) -> File | None:
        """The file at a path."""
        return next((kept for kept in self.by_id.values() if kept.path == path), None)
