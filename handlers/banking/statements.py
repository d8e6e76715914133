"""A bank statement saved as CSV: the gifts on it, and the pledge codes their givers wrote.

Why a reference may be made up: the mark by which the same gift is known again must come out the same from every export
that holds it. A bank's own number does; where there is none, what the line says with the balance after it does, and
without a balance its place among lines that say the same. Why trouble is a row number and a word: one line nobody can
read must hide neither the others nor itself.
"""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Literal

from handlers.banking.columns import Columns, amount_of, bare, columns_of, day_of, in_other_money, is_sum
from handlers.vietnamese.words import composed, fold, tidy
from storage.ids import read_code

Reason = Literal[
    "empty", "too_large", "too_many_rows", "picture", "document", "workbook", "web_page", "unreadable", "no_columns",
    "other_money", "broken_quotes",
]  # fmt: skip
What = Literal["no_day", "amount", "both_sides", "side", "too_many_cells", "other_money", "reference_twice"]

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000  # one transaction keeps them all
MOST_MONEY = 10**13  # VND: no gift; thousands of them still fit a column of 64 bits

_BANNER_ROWS = 60
_DELIMITERS = ",;\t|"
_BEGINNINGS: Mapping[bytes, Reason] = {
    b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"GIF8": "picture", b"RIFF": "picture",
    b"%PDF": "document", b"{\\rtf": "document",
    b"PK\x03\x04": "workbook", b"PK\x05\x06": "workbook", b"\xd0\xcf\x11\xe0": "workbook",
}  # fmt: skip
_CREDIT = frozenset({"c", "cr", "co", "credit", "ghi co", "+", "tien vao"})
_DEBIT = frozenset({"d", "dr", "no", "debit", "ghi no", "-", "tien ra"})

PREFIX = "UH"
_SYMBOL = r"[0-9A-Za-z]\n?"
_BETWEEN = r"[\s._:/|\-\u2010-\u2015]{0,3}"
_AMOUNT_LIKE = re.compile(r"\d{8}|\d{7}[DK]", re.IGNORECASE | re.ASCII)
_CODE = re.compile(
    rf"(?<![^\W_]){PREFIX}{_BETWEEN}((?:{_SYMBOL}){{4}}){_BETWEEN}((?:{_SYMBOL}){{4}})(?![^\W_])", re.IGNORECASE
)
_NO_SYMBOLS = frozenset("ILOU")


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One gift. reference: the bank's own number or one made of the line, its own within the account.

    amount: VND, above 0. text: as the giver and the banks wrote it, without control letters. codes: those of pledges in
    it.
    """

    reference: str
    day: date
    amount: int
    text: str
    codes: tuple[str, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", codes_in(self.text))


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds. passed_over: debits, sums, empty and repeated rows. troubles: the row in the file, from 1."""

    lines: tuple[StatementLine, ...]
    passed_over: int
    troubles: tuple[tuple[int, What], ...]


@dataclass(frozen=True, slots=True)
class NotAStatement:
    """A file that is no statement in CSV, and why."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A credit before it has its reference.

    said: what tells it from others. balanced: the balance after it is part of that. named: the bank's number, or "".
    """

    day: date
    amount: int
    text: str
    named: str
    said: str
    balanced: bool


def read(raw: bytes) -> Statement | NotAStatement:
    """Read a statement as a bank exports it: up to 5 MiB and 5,000 rows. Nothing in it is ever carried out.

    UTF-8, UTF-16 or cp1258; comma, semicolon, tab or bar; a credit column, or one of signed amounts. The same export,
    or one that overlaps it, gives the same references as long as it has the same columns and whole days.
    """
    text = _decoded(raw)
    if isinstance(text, NotAStatement):
        return text
    found = _headed(text)
    if isinstance(found, NotAStatement):
        return found
    delimiter, start, columns = found
    read_rows: list[_Found | What | None] = []
    try:
        # A quote that is never closed would hide every gift below it, so such a file is refused as a whole.
        for row in islice(_rows(text, delimiter, strict=True), start, None):
            read_rows.append(_credit(row, columns))
            if start + len(read_rows) > MOST_ROWS:
                return NotAStatement("too_many_rows")
    except csv.Error:
        return NotAStatement("broken_quotes")
    return _statement(read_rows, start)


def codes_in(text: str) -> tuple[str, ...]:
    """Find pledge codes in a transfer text as banks leave it: any case, with or without dashes, O for 0, I or L for 1.

    Only the prefix at the beginning of a word and then eight symbols, or four and four, that end with a word count.
    Symbols that read as an amount or a day (digits alone, or digits and a "d") are no code; nor are letters alone if
    one of them is in no code (I, L, O, U), as in "UH giup dong". About one true code in ten thousand looks like an
    amount and is left to an official. A code found still has to be that of a pledge: among 10^6 pledges, eight chance
    symbols are one of theirs once in a million.
    """
    found: dict[str, None] = {}
    for match in _CODE.finditer(composed(text, "NFKC")):
        symbols = "".join(match.groups()).replace("\n", "").upper()
        code = None if _is_chance(symbols) else read_code(PREFIX + symbols, PREFIX)
        if code is not None:
            found[code] = None
    return tuple(found)


def _is_chance(symbols: str) -> bool:
    only_letters = symbols.isalpha()
    return _AMOUNT_LIKE.fullmatch(symbols) is not None or (only_letters and not _NO_SYMBOLS.isdisjoint(symbols))


# The file


def _decoded(raw: bytes) -> str | NotAStatement:
    if len(raw) > MOST_BYTES:
        return NotAStatement("too_large")
    if not raw.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return NotAStatement("empty")
    for beginning, reason in _BEGINNINGS.items():
        if raw.startswith(beginning):
            return NotAStatement(reason)
    for encoding in _encodings(raw):
        try:
            text = composed(raw.decode(encoding)).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
        if re.search("[\x00-\x08\x0e-\x1a]", text):
            return NotAStatement("unreadable")
        return NotAStatement("web_page") if text.lstrip().startswith("<") else text
    return NotAStatement("unreadable")


def _encodings(raw: bytes) -> tuple[str, ...]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = raw[:400]
    if head[1::2].count(0) > len(head) // 4:
        return ("utf-16-le",)
    if head[::2].count(0) > len(head) // 4:
        return ("utf-16-be",)
    return ("utf-8", "cp1258")


def _rows(text: str, delimiter: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)


def _headed(text: str) -> tuple[str, int, Columns] | NotAStatement:
    """The delimiter by which the fullest row of column names is found, how many rows go before the first line, them."""
    best: tuple[str, int, Columns] | None = None
    other = False
    for delimiter in _DELIMITERS:
        banner = list(_beginning(text, delimiter))
        for place, row in enumerate(banner):
            columns = columns_of(row)
            if columns is not None and (best is None or columns.known > best[2].known):
                best = (delimiter, place + 1, columns)
                other = in_other_money(banner[:place], columns)
    if best is None:
        return NotAStatement("no_columns")
    return NotAStatement("other_money") if other else best


def _beginning(text: str, delimiter: str) -> Iterator[list[str]]:
    with suppress(csv.Error):
        yield from islice(_rows(text, delimiter, strict=False), _BANNER_ROWS)


# A row


def _credit(row: list[str], columns: Columns) -> _Found | What | None:
    """The gift in a row, what is wrong with it, or None if there is none to be had."""
    cells = [bare(cell) for cell in row]
    if not any(cells) or columns.are(row):
        return None
    if any(cells[columns.width :]):
        return "too_many_cells"
    amount = _credited(columns, cells)
    if amount is None:
        return None
    day = day_of(columns.cell(cells, "day"))
    if day is None:
        return None if amount == "amount" or is_sum(cells, columns) else "no_day"
    if isinstance(amount, str):
        return amount
    if columns.cell(cells, "money").casefold() not in ("", "vnd", "vnđ", "đồng"):
        return "other_money"
    text = columns.cell(row, "text")
    named = columns.cell(cells, "reference")
    balance = columns.cell(cells, "balance")
    said = "\x1f".join((day.isoformat(), str(amount), fold(text), fold(named), str(amount_of(balance))))
    named = named if _names_one(named) else ""
    return _Found(day=day, amount=amount, text=_shown(text), named=named, said=said, balanced=bool(balance))


def _credited(columns: Columns, cells: list[str]) -> int | What | None:
    """VND credited, above 0; what is wrong; or None for a debit or a row without amounts."""
    if "credit" in columns.places:
        credit, debit = (amount_of(columns.cell(cells, kind)) for kind in ("credit", "debit"))
        if credit is None or credit < 0:
            return "amount"
        if credit and debit:
            return "both_sides"
        amount = credit
    else:
        signed = amount_of(columns.cell(cells, "amount"))
        if signed is None:
            return "amount"
        side = columns.cell(cells, "side").casefold()
        side = fold(side) or side
        if signed < 0 or side in _DEBIT or fold(columns.cell(cells, "type")) in _DEBIT:
            return None
        if signed and "side" in columns.places and side not in _CREDIT:
            return "side"
        amount = signed
    if amount >= MOST_MONEY:
        return "amount"
    return amount or None


def _shown(text: str) -> str:
    return text.strip() if text.isascii() and text.isprintable() else tidy(text)


# References


def _names_one(named: str) -> bool:
    """Whether a bank's number is long enough to be one transaction's alone; a teller's number isn't."""
    return 6 <= len(named) <= 64 and named.isprintable() and any(c.isdigit() for c in named) and bool(named.strip("0"))


def _statement(read_rows: list[_Found | What | None], start: int) -> Statement:
    lines: dict[str, tuple[StatementLine, str]] = {}
    troubles: list[tuple[int, What]] = []
    passed_over = 0
    before: Counter[str] = Counter()
    for number, found in enumerate(read_rows, start=start + 1):
        if isinstance(found, str):
            troubles.append((number, found))
        elif found is None:
            passed_over += 1
        else:
            before[found.said] += 1
            reference = found.named or _made(found, 1 if found.balanced else before[found.said])
            if reference not in lines:
                line = StatementLine(reference=reference, day=found.day, amount=found.amount, text=found.text)
                lines[reference] = (line, found.said)
            elif found.named and lines[reference][1] == found.said:
                passed_over += 1
            else:
                troubles.append((number, "reference_twice"))
    return Statement(tuple(line for line, _ in lines.values()), passed_over, tuple(troubles))


def _made(found: _Found, occurrence: int) -> str:
    digest = hashlib.sha256(f"{found.said}\x1f{occurrence}".encode()).hexdigest()
    return f"{found.day:%Y%m%d}-{digest[:16]}"
