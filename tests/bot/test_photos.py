"""Photos from strangers: what is refused and why, and what is left of those that are taken."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from bot.pictures.photos import PhotoRefused, clean
from tests.kit.cases import for_each

GPS_IFD = 0x8825
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)

JPEG = b"\xff\xd8\xff\xe0"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(200)
HEIC_AS_MIF1 = b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1heicmiaf" + bytes(200)
AVIF = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avifmiaf" + bytes(200)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(jpeg: bytes) -> Image.Image:
    image = Image.open(BytesIO(jpeg), formats=("JPEG",))
    image.load()
    return image


def quarters() -> Image.Image:
    """A picture that looks different after every turn and flip."""
    image = Image.new("RGB", (80, 120), WHITE)
    image.paste(RED, (0, 0, 40, 60))
    image.paste(GREEN, (40, 0, 80, 60))
    image.paste(BLUE, (0, 60, 40, 120))
    return image


def close(seen: object, wanted: object) -> bool:
    """Whether a colour survived JPEG, which never keeps one exactly."""
    assert isinstance(seen, tuple)
    assert isinstance(wanted, tuple)
    return all(abs(a - b) <= 12 for a, b in zip(seen, wanted, strict=True))


def same_quarters(a: Image.Image, b: Image.Image) -> bool:
    width, height = a.size
    corners = [(10, 10), (width - 10, 10), (10, height - 10), (width - 10, height - 10)]
    return a.size == b.size and all(close(a.getpixel(at), b.convert("RGB").getpixel(at)) for at in corners)


def segments(jpeg: bytes) -> list[int]:
    """The markers before the picture's data."""
    found, at = [], 2
    while jpeg[at + 1] != 0xDA:
        found.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return found


def refusal(raw: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        clean(raw)
    return refused.value.reason


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises so many pixels and whose data is one row."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(90001)))
        + chunk(b"IEND", b"")
    )


def test_where_a_photo_was_taken_leaves_no_trace() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Nha ba Lan, to 12"
    gps = exif.get_ifd(GPS_IFD)
    gps.update({1: "N", 2: (16.0, 4.0, 17.77), 3: "E", 4: (108.0, 13.0, 19.31), 29: "2026:11:24"})
    raw = encoded(quarters(), exif=exif, comment=b"chup o nha", xmp=b"<x:xmpmeta>kiet 5</x:xmpmeta>")
    traces = (b"Nha ba Lan", b"2026:11:24", b"chup o nha", b"kiet 5", struct.pack(">II", 1777, 100), b"Exif")
    assert Image.open(BytesIO(raw)).getexif().get_ifd(GPS_IFD)[4] == (108.0, 13.0, 19.31)
    assert all(trace in raw for trace in traces)

    jpeg = clean(raw)

    assert not any(trace in jpeg for trace in traces)
    assert not opened(jpeg).getexif()
    assert [mark for mark in segments(jpeg) if mark >= 0xE0] == [0xE0]


def test_notes_of_a_png_leave_no_trace() -> None:
    exif = Image.Exif()
    exif[0x010E] = "Nha ba Lan"
    raw = encoded(quarters(), "PNG", exif=exif, dpi=(301, 301))
    assert b"Nha ba Lan" in raw

    jpeg = clean(raw)

    assert b"Nha ba Lan" not in jpeg
    assert opened(jpeg).info.get("dpi") is None


@for_each("kind", ["JPEG", "PNG", "WEBP"])
@for_each("orientation", range(1, 9))
def test_a_photo_comes_out_upright(orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    raw = encoded(quarters(), kind, exif=exif)

    cleaned = opened(clean(raw))

    assert same_quarters(cleaned, ImageOps.exif_transpose(Image.open(BytesIO(raw))))


def test_a_phone_held_upright_gives_a_tall_photo() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    raw = encoded(quarters().transpose(Image.Transpose.ROTATE_90), exif=exif)

    cleaned = opened(clean(raw))

    assert same_quarters(cleaned, quarters())


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        pytest.param((4000, 3000), (1600, 1200), id="wide"),
        pytest.param((1000, 3200), (500, 1600), id="tall"),
        pytest.param((1600, 1600), (1600, 1600), id="exact"),
        pytest.param((30, 20), (30, 20), id="small stays small"),
        pytest.param((20000, 1), (1600, 1), id="a thread"),
    ],
)
def test_the_longest_side_is_1600_at_most(size: tuple[int, int], wanted: tuple[int, int]) -> None:
    assert opened(clean(encoded(Image.new("RGB", size, BLUE)))).size == wanted


@for_each(
    ("image", "kind", "wanted"),
    [
        pytest.param(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG", RED, id="CMYK"),
        pytest.param(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG", WHITE, id="transparent PNG"),
        pytest.param(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "WEBP", WHITE, id="transparent WebP"),
        pytest.param(Image.new("LA", (40, 40), (0, 0)), "PNG", WHITE, id="transparent grey"),
        pytest.param(Image.new("L", (40, 40), 128), "JPEG", (128, 128, 128), id="grey"),
        pytest.param(Image.new("1", (40, 40), 1), "PNG", WHITE, id="black and white"),
        pytest.param(Image.new("RGB", (40, 40), GREEN).convert("P"), "PNG", GREEN, id="palette"),
        pytest.param(Image.new("I;16", (40, 40), 128 * 257), "PNG", (128, 128, 128), id="16-bit grey"),
    ],
)
def test_any_kind_of_pixels_becomes_rgb(image: Image.Image, kind: str, wanted: tuple[int, int, int]) -> None:
    cleaned = opened(clean(encoded(image, kind)))

    assert cleaned.mode == "RGB"
    assert close(cleaned.getpixel((20, 20)), wanted)


def test_a_colour_named_as_transparent_becomes_white() -> None:
    raw = encoded(Image.new("RGB", (40, 40), BLUE), "PNG", transparency=BLUE)

    assert close(opened(clean(raw)).getpixel((20, 20)), WHITE)


def test_colours_are_translated_by_the_profile_of_the_photo() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_is_blue = srgb.replace(b"rXYZ", b"?").replace(b"bXYZ", b"rXYZ").replace(b"?", b"bXYZ")
    raw = encoded(Image.new("RGB", (40, 40), RED), icc_profile=red_is_blue)

    cleaned = opened(clean(raw))

    assert close(cleaned.getpixel((20, 20)), BLUE)
    assert "icc_profile" not in cleaned.info


def test_a_profile_that_makes_no_sense_is_ignored() -> None:
    raw = encoded(Image.new("RGB", (40, 40), RED), icc_profile=b"nonsense" * 20)

    assert close(opened(clean(raw)).getpixel((20, 20)), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_gives_its_first_picture(kind: str) -> None:
    later = [Image.new("RGB", (40, 40), colour) for colour in (GREEN, BLUE)]
    raw = encoded(Image.new("RGB", (40, 40), RED), kind, save_all=True, append_images=later, duration=100)
    assert getattr(Image.open(BytesIO(raw)), "n_frames", 1) == 3

    assert close(opened(clean(raw)).getpixel((20, 20)), RED)


def test_a_page_hidden_behind_a_photo_is_left_behind() -> None:
    page, archive = b"<script>alert(1)</script>", b"PK\x03\x04evil.zip"

    jpeg = clean(encoded(quarters()) + page + archive)

    assert page not in jpeg
    assert archive not in jpeg
    assert jpeg.endswith(b"\xff\xd9")


@for_each(
    ("raw", "reason"),
    [
        pytest.param(b"", "not_a_photo", id="nothing"),
        pytest.param(b"xin chao", "not_a_photo", id="words"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_a_photo", id="SVG"),
        pytest.param(b"<!doctype html><img src=x onerror=alert(1)>", "not_a_photo", id="HTML"),
        pytest.param(b"%PDF-1.7\n" + bytes(100), "not_a_photo", id="PDF"),
        pytest.param(encoded(Image.new("RGB", (9, 9)), "GIF"), "not_a_photo", id="GIF"),
        pytest.param(encoded(Image.new("RGB", (9, 9)), "TIFF"), "not_a_photo", id="TIFF"),
        pytest.param(encoded(Image.new("RGB", (9, 9)), "BMP"), "not_a_photo", id="BMP"),
        pytest.param(AVIF, "not_a_photo", id="AVIF"),
        pytest.param(HEIC, "heic", id="HEIC"),
        pytest.param(HEIC_AS_MIF1, "heic", id="HEIC that names its kind later"),
        pytest.param(JPEG + bytes(9 * 1024 * 1024), "too_big", id="9 MiB"),
        pytest.param(JPEG + bytes(100), "broken", id="the first bytes of a JPEG, then none"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(100), "broken", id="the first bytes of a PNG, then none"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBP" + bytes(100), "broken", id="the first bytes of a WebP, then none"),
        pytest.param(encoded(quarters())[:-200], "broken", id="JPEG cut short"),
        pytest.param(encoded(quarters(), "PNG")[:-60], "broken", id="PNG cut short"),
        pytest.param(encoded(quarters(), "WEBP")[:-60], "broken", id="WebP cut short"),
        pytest.param(png_of(30000, 30000), "too_many_pixels", id="bomb"),
        pytest.param(encoded(Image.new("L", (5001, 5000))), "too_many_pixels", id="JPEG over 25 megapixels"),
        pytest.param(encoded(Image.new("1", (5001, 5000)), "PNG"), "too_many_pixels", id="PNG over 25 megapixels"),
    ],
)
def test_what_is_no_sound_photo_is_refused_with_its_reason(raw: bytes, reason: str) -> None:
    assert refusal(raw) == reason


@given(st.sampled_from([b"", JPEG, b"\x89PNG\r\n\x1a\n", b"RIFF\x40\x00\x00\x00WEBPVP8 "]), st.binary(max_size=400))
@settings(deadline=None, max_examples=150)
def test_any_bytes_are_a_clean_photo_or_refused(start: bytes, rest: bytes) -> None:
    assert clean_or_refused(start + rest)


@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 2000), st.binary(min_size=1, max_size=6))
@settings(deadline=None, max_examples=150)
def test_a_damaged_photo_is_a_clean_photo_or_refused(kind: str, at: int, damage: bytes) -> None:
    raw = encoded(quarters(), kind, exif=Image.Exif())
    at %= len(raw)

    assert clean_or_refused(raw[:at] + damage + raw[at + len(damage) :])


def clean_or_refused(raw: bytes) -> bool:
    try:
        jpeg = clean(raw)
    except PhotoRefused:
        return True
    return opened(jpeg).mode == "RGB" and [mark for mark in segments(jpeg) if mark >= 0xE0] == [0xE0]
