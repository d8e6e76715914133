"""A sheet for the counter as somebody sees it who is handed the paper: its words, where they stand, and its code."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader

_POINT = r"(-?[\d.]+) "
_FILLED = re.compile(rf"{_POINT}{_POINT}{_POINT}{_POINT}re f")
_SCALE = 4  # pixels for a point
A4 = (595.28, 841.89)  # points


@dataclass(frozen=True, slots=True)
class Written:
    """Words in one line. left, right, base, size: points; base from the foot of the page."""

    words: str
    left: float
    right: float
    base: float
    size: float

    def touches(self, other: "Written") -> bool:
        """Whether two stand over one another: side by side on one line, they don't."""
        apart = abs(self.base - other.base) >= min(self.size, other.size)
        return not apart and self.left < other.right and other.left < self.right


def words(pdf: bytes) -> str:
    """What stands on the paper, as one line."""
    return " ".join(_page(pdf).extract_text().split())


def pages(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def properties(pdf: bytes) -> dict[str, str]:
    """What the file says of itself."""
    return {name: str(value) for name, value in (PdfReader(BytesIO(pdf)).metadata or {}).items()}


def written(pdf: bytes) -> list[Written]:
    """Every run of words and its place, from top to bottom."""
    found: list[Written] = []

    def note(text: str, cm: list[float], tm: list[float], font: dict[str, Any] | None, size: float) -> None:
        said = text.strip()
        if said:
            bold = font is not None and "SemiBold" in str(font.get("/BaseFont"))
            wide = _ruler(bold).getlength(said) * size / 1000
            found.append(Written(said, tm[4], tm[4] + wide, tm[5], size))

    _page(pdf).extract_text(visitor_text=note)
    return found


def scanned(pdf: bytes) -> list[str]:
    """What a scanner reads on the paper."""
    picture = Image.new("L", (round(A4[0] * _SCALE), round(A4[1] * _SCALE)), 255)
    pen = ImageDraw.Draw(picture)
    for x, y, wide, high in _FILLED.findall(_page(pdf).get_contents().get_data().decode("latin-1")):
        low, top = sorted((float(y), float(y) + float(high)))
        box = [float(x), A4[1] - top, float(x) + float(wide), A4[1] - low]
        pen.rectangle([edge * _SCALE for edge in box], fill=0)
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def _page(pdf: bytes) -> Any:
    return PdfReader(BytesIO(pdf)).pages[0]


@cache
def _ruler(bold: bool) -> ImageFont.FreeTypeFont:
    face = "SemiBold" if bold else "Regular"
    folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"
    return ImageFont.truetype(folder / f"BeVietnamPro-{face}.ttf", 1000)
