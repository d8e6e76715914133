"""Turns a photo from a stranger into a plain JPEG that can neither hurt nor tell where it was taken.

Why a child process: image decoders are large C libraries and the photo is chosen by whoever sends it. The child
has no secrets, little memory and little time; whatever goes wrong in it is one refused photo and not a stopped service.
Why always drawn anew: only pixels survive, so position, names, hidden thumbnails and appended files cannot.
"""

import asyncio
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Literal, get_args

from bot.pictures.child import limit_this_process, run_apart

# The decoders are loaded where they are used, which is in the child alone.
if TYPE_CHECKING:
    from PIL import Image

Kind = Literal["JPEG", "PNG", "WEBP"]
Reason = Literal["not_a_photo", "heic", "too_big", "too_many_pixels", "broken"]

MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 25_000_000
LONGEST_SIDE = 1600  # pixels
QUALITY = 85

# The dearest photo allowed, a lossless WebP of 25 million pixels with transparency, was measured at 466 MiB in all.
_CHILD_MEMORY = 640 * 1024 * 1024
_CHILD_CPU_S = 3
_MOST_SCANS = 24  # of a progressive JPEG; cameras and programs write ten, and each costs a pass over all pixels
_CHILD_REFUSED = 3

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}

# What Exif calls orientation, and the turn that makes the picture upright again, as Pillow names it.
_ORIENTATION = 0x0112
_TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}


class PhotoRefused(Exception):
    """This photo cannot be taken; the reason is the key of the sentence that says why and what to do."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Cleaner:
    """Cleans photos a few at a time, so that a flood of them cannot take the memory of the service."""

    def __init__(self, *, at_once: int = 2) -> None:
        self._room = asyncio.Semaphore(at_once)

    async def clean(self, raw: bytes) -> bytes:
        """Wait for room, then clean as `clean_apart` does. Raises Refused."""
        async with self._room:
            return await clean_apart(raw)


async def clean_apart(raw: bytes, *, timeout_s: float = 20) -> bytes:
    """Clean a photo in a child process and return the JPEG. Raises Refused, also when the child takes too long."""
    _recognise(raw)
    try:
        code, said = await run_apart(__file__, raw, most=MAX_BYTES, timeout_s=timeout_s)
    except TimeoutError as error:
        raise PhotoRefused("broken") from error
    return _verdict(code, said)


def clean(raw: bytes) -> bytes:
    """Redraw a JPEG, PNG or WebP as an upright sRGB JPEG, longest side 1600 pixels, on white, without metadata.

    Only the first picture of an animation is kept. Raises Refused. For strangers' bytes use `clean_apart`.
    """
    kind = _recognise(raw)
    if kind == "JPEG" and raw.count(b"\xff\xda") > _MOST_SCANS:
        raise PhotoRefused("broken")
    from PIL import JpegImagePlugin, PngImagePlugin, WebPImagePlugin

    readers: Mapping[Kind, Callable[[BytesIO], Image.Image]] = {
        "JPEG": JpegImagePlugin.JpegImageFile,
        "PNG": PngImagePlugin.PngImageFile,
        "WEBP": WebPImagePlugin.WebPImageFile,
    }
    try:
        with warnings.catch_warnings(action="ignore"), readers[kind](BytesIO(raw)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PhotoRefused("too_many_pixels")
            return _redrawn(image)
    except PhotoRefused:
        raise
    # Decoders fail on damaged files with errors of every class, and each means the same to the person.
    except Exception as error:
        raise PhotoRefused("broken") from error


def _recognise(raw: bytes) -> Kind:
    """Tell by content alone which decoder may see these bytes. Raises Refused for all that is no photo."""
    if len(raw) > MAX_BYTES:
        raise PhotoRefused("too_big")
    if raw.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if raw.startswith(b"RIFF") and raw[8:12] == b"WEBP":
        return "WEBP"
    if raw[4:8] == b"ftyp":
        box = raw[8 : min(int.from_bytes(raw[:4], "big"), 256)]
        if _HEIC_BRANDS & {box[at : at + 4] for at in range(0, len(box), 4)}:
            raise PhotoRefused("heic")
    raise PhotoRefused("not_a_photo")


def _redrawn(photo: "Image.Image") -> bytes:
    """Shrink first, so that all later steps work on little memory; then turn, flatten and encode."""
    profile = photo.info.get("icc_profile")
    from PIL import Image

    small = _drawable(photo)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small.load()
    turn = _TURNS.get(photo.getexif().get(_ORIENTATION, 1))
    if turn is not None:
        small = small.transpose(Image.Transpose[turn])
    if small.mode == "RGBA":
        paper = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(paper, small).convert("RGB")
    coloured = _in_srgb(small, profile)
    # The encoder would carry a comment over from the picture's notes.
    coloured.info.clear()
    jpeg = BytesIO()
    coloured.save(jpeg, "JPEG", quality=QUALITY)
    return jpeg.getvalue()


def _drawable(photo: "Image.Image") -> "Image.Image":
    """Bring palettes, masks and 16-bit greys to a mode that can be shrunk smoothly."""
    if photo.mode == "I;16":
        return photo.point(lambda level: level / 257).convert("L")
    if photo.mode != "RGBA" and photo.has_transparency_data:
        return photo.convert("RGBA")
    if photo.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return photo.convert("RGB")
    return photo


def _in_srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Translate the colours by the photo's own profile; a profile that makes no sense is as good as none."""
    if profile:
        from PIL import ImageCms

        with suppress(OSError, ImageCms.PyCMSError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            translated = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
            if translated is not None:
                return translated
    return image.convert("RGB")


def _verdict(code: int, said: bytes) -> bytes:
    if code == 0 and said.startswith(b"\xff\xd8\xff") and len(said) <= MAX_BYTES:
        return said
    if code == _CHILD_REFUSED:
        for reason in get_args(Reason):
            if said == reason.encode():
                raise PhotoRefused(reason)
    raise PhotoRefused("broken")


def _main() -> int:
    """Be the child: a photo on standard input, a JPEG or the reason for refusing it on standard output."""
    limit_this_process(memory=_CHILD_MEMORY, cpu_s=_CHILD_CPU_S)
    try:
        said, code = clean(sys.stdin.buffer.read(MAX_BYTES + 1)), 0
    except PhotoRefused as refused:
        said, code = refused.reason.encode(), _CHILD_REFUSED
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(_main())
