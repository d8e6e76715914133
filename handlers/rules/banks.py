"""The banks whose digits in a VietQR code we have a source for.

Why so few fields and no guess: with wrong digits a gift goes to a stranger who has the same account number elsewhere.
A bank that isn't listed is named in words, without a code to scan.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from handlers.rules.rows import BadRow, Confidence, RuleRow, RuleRows, load

_FILE = Path(__file__).parent / "data" / "banks.toml"
_WORDS = ("name", "short_name", "bin")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedBank:
    """A bank. bin: its six digits. confidence: "seen", or less where an official has to confirm it; see `rows`."""

    id: str
    name: str
    short_name: str
    bin: str
    source: str
    confidence: Confidence


@cache
def banks() -> tuple[ListedBank, ...]:
    """Return the banks as shipped, by their latest name, the largest first. The file is read once. Raises BadRow."""
    return read(load(_FILE))


def read(rows: RuleRows) -> tuple[ListedBank, ...]:
    """Take the latest row of each bank. Raises BadRow, also if two banks have the same digits."""
    found = tuple(_bank(series[-1]) for series in rows.series.values())
    by_digits: dict[str, ListedBank] = {}
    for bank in found:
        other = by_digits.setdefault(bank.bin, bank)
        if other is not bank:
            raise BadRow(f'Row "{bank.id}": {bank.bin} is the bin of "{other.id}".')
    return found


def _bank(row: RuleRow) -> ListedBank:
    words = row.value if isinstance(row.value, Mapping) else {}
    if set(words) != set(_WORDS):
        raise BadRow(f'Row "{row.id}": a bank has {", ".join(_WORDS)}.')
    name, short_name, digits = (words[word] for word in _WORDS)
    if not (isinstance(name, str) and isinstance(short_name, str) and name and short_name):
        raise BadRow(f'Row "{row.id}": a bank has a name and a short_name in words.')
    if not (isinstance(digits, str) and digits.isascii() and digits.isdigit() and len(digits) == 6):
        raise BadRow(f'Row "{row.id}": {digits!r} is not six digits.')
    return ListedBank(
        id=row.id, name=name, short_name=short_name, bin=digits, source=row.source, confidence=row.confidence
    )
