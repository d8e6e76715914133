"""Draws a sheet for the counter as a PDF: one page A4, black on white, with its own letters in it.

Why a child process: a PDF is written by a large library out of words that anybody may have typed. Why nothing else is
in the file: whoever is handed it learns what stands on the paper, and not when or for whom it was made.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.pictures.child import limit_this_process, run_apart

# What draws is loaded in the child alone, and the child knows nothing of the office.
if TYPE_CHECKING:
    from handlers.views.sheet import CounterSheet

MOST_WORDS = 64 * 1024  # bytes
MOST_PDF = 2 * 1024 * 1024  # bytes; one with every letter of the typeface has 0.2
# A full sheet was measured at 63 MiB in all and half a second.
_CHILD_MEMORY = 256 * 1024 * 1024
_CHILD_CPU_S = 5

_FACES = {"": "Regular", "B": "SemiBold"}
_SIZES = (12, 11.5, 11, 10.5, 10, 9.5, 9)  # points; the first in which all fits on the page
_POINT = 25.4 / 72  # mm
_LEFT, _TOP, _WIDTH, _BOTTOM = 20.0, 15.0, 172.0, 284.0  # mm, on A4
_QR = 27.0  # mm with its margin, wide enough for a scanner at a counter
_BOX = 3.4  # mm
_SHORTEST = 30.0  # mm beside a label; less, and what is long or left open begins on a line of its own
_LINE = 1.65  # of the size of the letters: wide enough to write on by hand


class NotDrawn(Exception):
    """The sheet could not be drawn, or not in time."""


class Printer:
    """Draws sheets a few at a time, so that a flood of them cannot take the memory of the service."""

    def __init__(self, *, at_once: int = 2) -> None:
        self._room = asyncio.Semaphore(at_once)

    async def draw(self, sheet: "CounterSheet", *, timeout_s: float = 30) -> bytes:
        """Wait for room, then draw a sheet in a child process, and return the PDF. Raises NotDrawn."""
        given = json.dumps(asdict(sheet), default=str).encode()
        if len(given) > MOST_WORDS:
            raise NotDrawn
        async with self._room:
            try:
                code, said = await run_apart(__file__, given, most=MOST_PDF, timeout_s=timeout_s)
            except TimeoutError as error:
                raise NotDrawn from error
        if code != 0 or not said.startswith(b"%PDF-") or len(said) > MOST_PDF:
            raise NotDrawn
        return said


def drawn(sheet: dict[str, Any]) -> bytes:
    """Draw a sheet, as `CounterSheet` has its fields, its day as ISO 8601; equal ones give equal bytes.

    Raises ValueError if it is too long for a page.
    """
    for size in _SIZES:
        page = _Page(sheet["title"], sheet["day"], size)
        page.draw(sheet)
        if page.y <= _BOTTOM:
            return page.written()
    raise ValueError("the sheet is longer than a page")


class _Page:
    """A page that is written from top to bottom. size: of its letters, in points; y: where it goes on, in mm."""

    def __init__(self, title: str, day: str, size: float) -> None:
        from fpdf import FPDF

        self.pdf: FPDF = FPDF(format="A4")
        # Otherwise what somebody typed in braces would become the number of pages.
        self.pdf.alias_nb_pages("")
        self.pdf.set_creation_date(datetime.combine(date.fromisoformat(day), time.min, UTC))
        self.pdf.set_producer("")
        self.pdf.set_title(title)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margins(_LEFT, _TOP)
        self.pdf.c_margin = 0
        folder = Path(str(files("fontpkg_be_vietnam_pro"))) / "files"
        for style, face in _FACES.items():
            self.pdf.add_font("sheet", style, folder / f"BeVietnamPro-{face}.ttf")
        self.pdf.add_page()
        self.size, self.y = size, _TOP

    def written(self) -> bytes:
        return bytes(self.pdf.output())

    def draw(self, sheet: dict[str, Any]) -> None:
        """Everything on the sheet."""
        self._head(sheet)
        for part in sheet["parts"]:
            self.y += self.line * 0.35
            self._words(part["heading"], _LEFT, _WIDTH, bold=True)
            for row in part["rows"]:
                self._row(row)
        self._signature(sheet["signs"])
        self._words(sheet["foot"], _LEFT, _WIDTH, size=self.size * 0.8)

    @property
    def line(self) -> float:
        """The height of a line in mm."""
        return self.size * _POINT * _LINE

    def _head(self, sheet: dict[str, Any]) -> None:
        """Title and what it is for; the code stands beside them, in the corner."""
        beside = _WIDTH - _QR - 6
        if sheet["address"]:
            self._qr(sheet["address"], _LEFT + _WIDTH - _QR, _TOP - 3)
        if sheet["sample"]:
            self._words(sheet["sample"], _LEFT, beside, bold=True, size=self.size * 0.8)
        self._words(sheet["title"], _LEFT, beside, bold=True, size=self.size * 1.5)
        self._words(sheet["about"], _LEFT, beside, bold=True, size=self.size * 1.1)
        self._words(sheet["lead"], _LEFT, beside)
        self.y = max(self.y, _TOP + _QR - 3 if sheet["address"] else 0)
        for row in sheet["head"]:
            self._row(row)

    def _row(self, cells: list[dict[str, Any]]) -> None:
        """Cells side by side, each as wide as the others; the next row begins below the longest."""
        top, gap = self.y, 6.0
        width = (_WIDTH - gap * (len(cells) - 1)) / len(cells)
        ends = []
        for place, cell in enumerate(cells):
            self.y = top
            self._cell(cell, _LEFT + place * (width + gap), width)
            ends.append(self.y)
        self.y = max(ends)

    def _cell(self, cell: dict[str, Any], left: float, width: float) -> None:
        if cell["box"]:
            middle = self.y + (self.line - _BOX) / 2
            self.pdf.set_line_width(0.25)
            self.pdf.rect(left, middle, _BOX, _BOX)
            left, width = left + _BOX + 2.5, width - _BOX - 2.5
        if cell["blank"] == 0 and not cell["value"]:
            self._words(cell["label"], left, width)
            return
        label = f"{cell['label']}: " if cell["label"] else ""
        self._font("", self.size)
        taken = self.pdf.get_string_width(label)
        if taken + self._least(cell) > width:
            self._words(label, left, width)
            taken = 0
        else:
            self._put(label, left)
        if cell["value"]:
            self._words(cell["value"], left + taken, width - taken, bold=True)
            return
        for _ in range(cell["blank"]):
            self._dots(left + taken, left + width)
            taken = 0

    def _least(self, cell: dict[str, Any]) -> float:
        """What a cell needs beside its label, in mm, so as not to begin on a line of its own."""
        self._font("B", self.size)
        told = self.pdf.get_string_width(cell["value"])
        self._font("", self.size)
        return min(told, _SHORTEST) if cell["value"] else _SHORTEST

    def _signature(self, signs: list[str]) -> None:
        """Place and date, who signs, and room to do so, on the right."""
        self.y += self.line * 0.5
        width = _WIDTH * 0.6
        for number, words in enumerate(signs):
            self._words(words, _LEFT + _WIDTH - width, width, bold=number == 1, align="C")
        self.y += 17

    # Marks on the paper

    def _font(self, style: str, size: float) -> None:
        self.pdf.set_font("sheet", style, size)

    def _put(self, words: str, left: float) -> None:
        self.pdf.set_xy(left, self.y)
        self.pdf.cell(None, self.line, words)

    def _words(
        self, words: str, left: float, width: float, *, bold: bool = False, size: float = 0, align: str = "L"
    ) -> None:
        """Words in as many lines as they take; one without a space is broken where the line ends."""
        size = size or self.size
        self._font("B" if bold else "", size)
        self.pdf.set_xy(left, self.y)
        self.pdf.multi_cell(width, size * _POINT * _LINE, words, align=align, new_x="LEFT", new_y="NEXT")
        self.y = self.pdf.get_y()

    def _dots(self, left: float, right: float) -> None:
        """A dotted line to write on, and down to the next line."""
        base = self.y + self.line * 0.78
        self.pdf.set_line_width(0.2)
        self.pdf.set_dash_pattern(dash=0.2, gap=0.9)
        self.pdf.line(left, base, right, base)
        self.pdf.set_dash_pattern()
        self.y += self.line

    def _qr(self, address: str, left: float, top: float) -> None:
        """A QR code that bears 15 % of damage, with the margin that scanners need."""
        import segno

        quiet = 4  # modules of white (ISO/IEC 18004)
        matrix = segno.make(address, error="m", micro=False).matrix
        module = _QR / (len(matrix) + 2 * quiet)
        self.pdf.set_fill_color(0)
        for y, row in enumerate(matrix):
            x = 0
            for dark, run in groupby(row):
                wide = len(list(run))
                if dark:
                    # A hair's breadth higher, so that no white line shows between two rows.
                    place = (left + (x + quiet) * module, top + (y + quiet) * module)
                    self.pdf.rect(*place, wide * module, module * 1.02, style="F")
                x += wide


def _main() -> int:
    """Be the child: a sheet as JSON on standard input, the PDF on standard output."""
    limit_this_process(memory=_CHILD_MEMORY, cpu_s=_CHILD_CPU_S)
    sys.stdout.buffer.write(drawn(json.loads(sys.stdin.buffer.read(MOST_WORDS + 1))))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(_main())
