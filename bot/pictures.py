"""Draws cards that a person can save as a picture: the layout is an SVG template, the words are all handed in.

Why measured here: SVG doesn't wrap text, and a Vietnamese line is often long. The same typeface that draws
a line measures it first, so a long one wraps or shrinks and never runs off the card.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import ImageFont

_CARDS = Path(__file__).parent / "cards"
_FACES = {400: "Regular", 600: "SemiBold", 700: "Bold"}
_SMALLEST = 20  # pixels; below this a grandmother cannot read the card on her phone
_MEASURED_AT = 1000  # pixels; advance widths scale with the size, and at this one rounding doesn't show


@dataclass(frozen=True, slots=True)
class Block:
    """Text as it will be drawn: lines from top to bottom, and their size in pixels."""

    lines: tuple[str, ...]
    size: int


def card(kind: str, values: Mapping[str, str]) -> bytes:
    """Draw a card of 1080 by 720 pixels as PNG; equal values give equal bytes.

    kind: the name of a template in `cards`. values: every word on it: "code" wants title, code, line1, line2, line3 and
    note; "steps" wants title, step1, step2, step3 and note; each takes demo for the hatched band. Raises
    jinja2.UndefinedError if one is missing.
    """
    # The renderer is only loaded by a process that draws.
    import resvg_py

    words = {name: _printable(value) for name, value in values.items()}
    svg = _templates().get_template(f"{kind}.svg").render(words)
    fonts = [str(_face(weight)) for weight in _FACES]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts))


def fit(text: str, width: float, size: int, weight: int, most: int) -> Block:
    """Break text into at most so many lines of a width, in the largest size up to the one wished for.

    width, size: pixels. weight: 400, 600 or 700. Text too long even at the smallest size ends in an ellipsis.
    """
    for smaller in range(size, _SMALLEST - 1, -1):
        lines = _wrapped(text, width, smaller, weight)
        if len(lines) <= most and all(_width(line, smaller, weight) <= width for line in lines):
            return Block(tuple(lines), smaller)
    lines = _wrapped(text, width, _SMALLEST, weight)
    last = " ".join(lines[most - 1 :])
    while last and _width(last + "…", _SMALLEST, weight) > width:
        last = last[:-1]
    return Block((*lines[: most - 1], last.rstrip() + "…"), _SMALLEST)


def _wrapped(text: str, width: float, size: int, weight: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if not lines[-1] or _width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _width(text: str, size: int, weight: int) -> float:
    return _ruler(weight).getlength(text) * size / _MEASURED_AT


@cache
def _ruler(weight: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_face(weight), _MEASURED_AT)


@cache
def _face(weight: int) -> Path:
    return Path(str(files("fontpkg_be_vietnam_pro"))) / "files" / f"BeVietnamPro-{_FACES[weight]}.ttf"


@cache
def _templates() -> Environment:
    templates = Environment(autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(_CARDS))
    templates.globals["fit"] = fit
    return templates


def _printable(value: str) -> str:
    """Compose the accents and drop what XML has no place for."""
    composed = unicodedata.normalize("NFC", " ".join(value.split()))
    return "".join(letter for letter in composed if letter.isprintable())
