"""The columns of a bank statement, by the names Vietnamese banks give them, and how their days and amounts are read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from handlers.vietnamese.words import fold

Kind = Literal["balance", "side", "credit", "debit", "type", "amount", "day", "text", "reference", "money"]

# A name is of the first kind whose words it holds, and the earliest words of a kind win over later ones.
# A name that is one of the words in brackets and nothing else counts too: «Có» alone is a column, in a sentence not.
_NAMES: Mapping[Kind, tuple[str, ...]] = {
    "balance": ("so du", "balance"),
    "credit": (
        "ghi co", "phat sinh co", "ps co", "credit", "tien vao", "money in", "gui vao", "co tktt", "deposit", "(co)",
        "(thu)",
    ),
    "debit": (
        "ghi no", "phat sinh no", "ps no", "debit", "tien ra", "money out", "rut ra", "no tktt", "withdrawal", "(no)",
        "(chi)",
    ),
    "type": ("loai giao dich", "loai gd", "transaction type", "(type)", "(loai)"),
    "amount": ("so tien", "amount", "gia tri giao dich", "(gia tri)", "phat sinh"),
    "day": (
        "ngay giao dich", "ngay gd", "transaction date", "tnx date", "txn date", "trans date", "ngay gio", "thoi gian",
        "transaction time", "(date)", "(ngay)", "(time)", "ngay hach toan", "posting date", "ngay hieu luc",
        "effective date", "value date",
    ),
    "text": (
        "noi dung", "dien giai", "mo ta", "description", "transactions in detail", "details", "narrative", "remark",
        "remarks", "content", "chi tiet", "ghi chu",
    ),
    "reference": (
        "so tham chieu", "ma tham chieu", "reference", "ref", "ref no", "ma giao dich", "ma gd", "so giao dich",
        "so gd", "transaction id", "transaction no", "transaction number", "so but toan", "so ct", "so chung tu",
        "doc no",
    ),
    "money": ("loai tien", "tien te", "currency", "ccy"),
}  # fmt: skip
_SIDES = frozenset({"no co", "co no", "dr cr", "cr dr", "d c", "c d", "debit credit", "credit debit", "ghi no ghi co"})
_OUT, _IN = re.compile(r"\b(no|debit|dr)\b"), re.compile(r"\b(co|credit|cr)\b")
_WHOSE = re.compile(r"\b(tai khoan|tk|account|ten|name|ngan hang|bank)\b")
_OTHER_MONEY = re.compile(r"\b(usd|eur|jpy|gbp|aud|cad|sgd|cny|krw|thb|chf|hkd|lak)\b")
_SUMS = re.compile(r"(tong(?! cong ty\b)|cong phat sinh|total|subtotal|so du|balance|opening|closing)\b.*|cong")
_DAY = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2})?\s+)?"
    r"(?:(?P<d>\d{1,2})([/-])(?P<m>\d{1,2})\2(?P<y>\d{4})|(?P<Y>\d{4})-(?P<M>\d{1,2})-(?P<D>\d{1,2}))"
    r"(?:[T\s].*)?",
    re.ASCII | re.DOTALL,
)
# The mark before a part of a đồng is never the one between thousands.
_AMOUNT = re.compile(
    r"(?P<before>[(+\-\u2212]?)\s*(?:VN[DĐ]\s*)?"
    r"(?P<whole>[0-9]{1,3}(?:(?P<sep>[.,' \u00a0\u202f])[0-9]{3})(?:(?P=sep)[0-9]{3})*|[0-9]+)"
    r"(?:(?!(?P=sep))[.,]0{1,2})?"
    r"\s*(?:(?:VN[DĐ]|đồng|đ|dong|d)\s*)?(?P<after>-?)\)?",
    re.IGNORECASE,
)
_MOST_COLUMNS = 100
_NOTHING = frozenset({"", "-", "\u2013", "\u2014"})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a statement. places: by kind; names: as in the file, folded; width: up to the last name."""

    places: Mapping[Kind, int]
    names: tuple[str, ...]
    width: int

    @property
    def known(self) -> int:
        """How many columns have a kind."""
        return len(self.places)

    def cell(self, cells: Sequence[str], kind: Kind) -> str:
        """Return a row's cell of a kind, "" if it has none."""
        place = self.places.get(kind)
        return cells[place] if place is not None and place < len(cells) else ""

    def are(self, row: Sequence[str]) -> bool:
        """Whether a row is the row of names once more, as at the head of a printed page."""
        place = self.places["day"]
        return place < len(row) and fold(row[place]) == self.names[place] and _folded(row) == self.names


def columns_of(row: Sequence[str]) -> Columns | None:
    """Read a row of names: a day, a text, and a credit or an amount are needed; None if it is none."""
    if len(row) > _MOST_COLUMNS:
        return None
    names = _folded(row)
    best: dict[Kind, tuple[int, int]] = {}
    for place, name in enumerate(names):
        for kind, rank in _kinds(name):
            if kind not in best or rank < best[kind][0]:
                best[kind] = (rank, place)
                break
    places = {kind: place for kind, (_, place) in best.items()}
    if not {"day", "text"} <= places.keys() or places.keys().isdisjoint({"credit", "amount"}):
        return None
    return Columns(places, names, max((place for place, name in enumerate(names) if name), default=0) + 1)


def in_other_money(banner: Sequence[Sequence[str]], columns: Columns) -> bool:
    """Whether a statement says, above its columns or in their names, that its money isn't the đồng."""
    said = [fold(" ".join(row)) for row in banner]
    about_money = [line for line in said if re.search(r"\b(loai tien|tien te|currency|ccy)\b", line)]
    lines = [*about_money, " ".join(columns.names)]
    return any(_OTHER_MONEY.search(line) and not re.search(r"\bvnd\b", line) for line in lines)


def is_sum(cells: Sequence[str], columns: Columns) -> bool:
    """Whether a row without a day is a sum or a balance, by the word it begins with."""
    undated = not any(c.isdigit() for c in columns.cell(cells, "day"))
    return undated and any(_SUMS.fullmatch(fold(cell[:100])) for cell in cells)


def day_of(cell: str) -> date | None:
    """Read dd/mm/yyyy, dd-mm-yyyy or yyyy-mm-dd, with a time or the bank's number after it; None if it is no day."""
    match = _DAY.fullmatch(cell)
    if match is None:
        return None
    year, month, day = (match[a] or match[b] for a, b in (("y", "Y"), ("m", "M"), ("d", "D")))
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def amount_of(cell: str) -> int | None:
    """Read whole VND: "1,500,000", "1.500.000,00", "+1500000 VND", "(500.000)"; nothing or a dash is 0.

    None if it is no amount or has a part of a đồng: no sum is ever taken for a thousandth of it.
    """
    if cell in _NOTHING:
        return 0
    match = _AMOUNT.fullmatch(cell) if len(cell) <= 40 else None
    if match is None:
        return None
    whole = int("".join(c for c in match["whole"] if c.isdigit()))
    return -whole if match["before"] in ("-", "\u2212", "(") or match["after"] else whole


def bare(cell: str) -> str:
    """Return a cell without the marks by which a workbook is told that digits are words: '0123 and ="0123"."""
    cell = cell.strip()
    return cell[2:-1].strip() if cell.startswith('="') and cell.endswith('"') else cell.removeprefix("'")


def _folded(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(fold(cell[:200]) for cell in row)


def _kinds(name: str) -> Iterable[tuple[Kind, int]]:
    """The kinds a name may be, best first, each with the place of its words among that kind's."""
    if not name or len(name) > 80:
        return
    if name in _SIDES:
        yield "side", 0
        return
    both = _OUT.search(name) is not None and _IN.search(name) is not None
    whose = _WHOSE.search(name) is not None
    for kind, words in _NAMES.items():
        if (both and kind in ("credit", "debit")) or (whose and kind in ("credit", "debit", "amount")):
            continue
        for rank, word in enumerate(words):
            if name == word[1:-1] if word.startswith("(") else f" {word} " in f" {name} ":
                yield kind, rank
                break
