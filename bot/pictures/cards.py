"""Draws cards that a person can save as a picture: the layout is an SVG template, the words are all handed in.

Why measured here: SVG doesn't wrap text, and a Vietnamese line is often long. The same typeface that draws
a line measures it first, so a long one wraps or shrinks and never runs off the card. One SVG serves the page and,
drawn as PNG, the chat.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import ImageFont

from handlers.vietnamese.words import composed

_CARDS = Path(__file__).parent / "svg"
_FACES = {400: "Regular", 600: "SemiBold", 700: "Bold"}
_SMALLEST = 20  # pixels; below this a grandmother cannot read the card on her phone
_MEASURED_AT = 1000  # pixels; advance widths scale with the size, and at this one rounding doesn't show
_PAYLOAD = "payload"  # what is drawn as a QR code, letter for letter, and not as words
_QUIET = 4  # modules of white around a QR code (ISO/IEC 18004)


@dataclass(frozen=True, slots=True)
class Block:
    """Text as it will be drawn: lines from top to bottom, and their size in pixels."""

    lines: tuple[str, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: how many modules it is wide with its white margin, and its dark ones as an SVG path in modules."""

    modules: int
    path: str


@dataclass(frozen=True, slots=True)
class LabelPlace:
    """A place on the bar of a campaign and where its label goes.

    x: pixels. row: 0 beside the bar, then outwards. above: the label stands over the bar and to the right of its line,
    otherwise under it and to the left: so no line crosses a label.
    """

    name: str
    x: int
    row: int
    above: bool


def card(kind: str, values: Mapping[str, str | int]) -> bytes:
    """Draw a card as PNG, 1080 pixels wide; equal values give equal bytes. kind, values, errors: see `drawing`."""
    # The renderer is only loaded by a process that draws.
    import resvg_py

    fonts = [str(_face(weight)) for weight in _FACES]
    svg = drawing(kind, values)
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts))


def drawing(kind: str, values: Mapping[str, str | int]) -> str:
    """Write a card as SVG, to be put into a page that has the typeface; it has no ids and no styles of its own.

    kind: the name of a template in `cards`. values: every word on it, as it is to be read; each takes demo for the
    hatched band.
    - "code", 720 pixels high: title, code, line1, line2, line3, note.
    - "steps", 720: title, step1, step2, step3, note.
    - "gift_qr", 1440: title, code, owner, bank, number, amount, text, note, and the payload of the QR code.
    - "receipt", 720: title, giver, what, code, date, from, note.
    - "progress", 720: title, dates, organiser, code; goal, pledged, received and confirmed in VND, and a label of each:
      goal_label, pledged_label, received_label, confirmed_label.
    Raises jinja2.UndefinedError if one is missing, ValueError if an amount is no whole number from 0 or a payload is
    empty or too long for a code.
    """
    words = {name: value if name == _PAYLOAD else _printable(str(value)) for name, value in values.items()}
    return _templates().get_template(f"{kind}.svg").render(words)


def code(payload: str) -> Code:
    """Draw a text as a QR code that bears 15 % of damage. Raises ValueError if it is empty or too long."""
    if not payload:
        raise ValueError("A QR code says something.")
    # Most pictures have no code.
    import segno

    matrix = segno.make(payload, error="m", micro=False).matrix
    runs = []
    for y, row in enumerate(matrix):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                runs.append(f"M{x + _QUIET} {y + _QUIET}h{width}v1h-{width}z")
            x += width
    return Code(len(matrix) + 2 * _QUIET, "".join(runs))


def marks(amounts: Mapping[str, str | int], left: int, width: int) -> tuple[LabelPlace, ...]:
    """Place amounts on a bar that begins at 0 and ends at the largest one; the farthest from 0 comes first.

    amounts: VND by name. left, width: pixels. Raises ValueError if one is no whole number from 0.
    """
    counts = {name: int(amount) for name, amount in amounts.items()}
    if min(counts.values()) < 0:
        raise ValueError("An amount on the bar is less than 0.")
    largest = max(*counts.values(), 1)
    places = {name: left + count * width // largest for name, count in counts.items()}
    over = [name for name, x in places.items() if x <= left + width // 2]
    under = [name for name in places if name not in over]
    rows = dict.fromkeys(places, 0)
    rows.update((name, row) for row, name in enumerate(sorted(over, key=lambda name: -places[name])))
    rows.update((name, row) for row, name in enumerate(sorted(under, key=lambda name: places[name])))
    placed = [LabelPlace(name, x, rows[name], name in over) for name, x in places.items()]
    return tuple(sorted(placed, key=lambda mark: -mark.x))


def fit(text: str, width: float, size: int, weight: int, most: int) -> Block:
    """Break text into at most so many lines of a width, in the largest size up to the one wished for.

    width, size: pixels. weight: 400, 600 or 700. What is too long even at the smallest size ends in an ellipsis.
    """
    for smaller in range(size, _SMALLEST - 1, -1):
        lines = _wrapped(text, width, smaller, weight)
        if len(lines) <= most and all(_width(line, smaller, weight) <= width for line in lines):
            return Block(tuple(lines), smaller)
    lines = _wrapped(text, width, _SMALLEST, weight)
    kept = (*lines[: most - 1], " ".join(lines[most - 1 :]))
    return Block(tuple(_cut(line, width, weight) for line in kept), _SMALLEST)


def _wrapped(text: str, width: float, size: int, weight: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if not lines[-1] or _width(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _cut(line: str, width: float, weight: int) -> str:
    """Shorten a line that is too long even at the smallest size; a single word may be such a line."""
    if _width(line, _SMALLEST, weight) <= width:
        return line
    while line and _width(line + "…", _SMALLEST, weight) > width:
        line = line[:-1]
    return line.rstrip() + "…"


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
    templates.globals.update(fit=fit, qr=code, marks=marks)
    return templates


def _printable(value: str) -> str:
    """Compose the accents and drop what XML has no place for."""
    return "".join(letter for letter in composed(" ".join(value.split())) if letter.isprintable())
