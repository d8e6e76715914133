"""The public ledger as everybody reads it: what gifts came to, month by month and unit by unit, and one gift's lines.

Why amounts of few lines are left out: in a small commune one hand-over in a month is one family everybody knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.desk import Desk
from handlers.desk.money import MOST_LINES, FoundEntries, LedgerEntry
from handlers.desk.pledges import COMES, MONEY
from handlers.flow.questions.counted import counted_in_words
from handlers.texts import Dong, Phrase, Voice
from handlers.vietnamese import units
from storage.queries.chains import ledger_totals
from storage.queries.chains.ledger_totals import OfMonth, Total

KINDS = ("received", "allotted", "handed_over", "confirmed", "returned")
HASH = 12  # letters of a hash that are enough to compare by eye
MOST_MEASURE = 20
NEVER = "–"  # of what does not come to the office, such as a job
_NONE = Total(0)


@dataclass(frozen=True, slots=True)
class TotalsRow:
    """One row of a table: a month or a place, what was given, and what it came to, kind by kind."""

    head: str
    month: str
    gift: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A month of the chart and its amount in words. height: of 100; 0 for nothing, and where it is not shown."""

    month: str
    height: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A year by months, and one of its months by places. kinds: what the cells of every row are about.

    finding: what the chart shows, in a sentence. earlier, later: months of the years beside it, if there are any.
    """

    year: int
    finding: str
    bars: tuple[Bar, ...]
    kinds: tuple[str, ...]
    months: tuple[TotalsRow, ...]
    month: str
    places: tuple[TotalsRow, ...]
    earlier: str
    later: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWords:
    """A line of one gift in words. sequence, hash: empty until it is sealed."""

    day: str
    kind: str
    amount: str
    place: str
    gift: str
    sequence: str
    hash: str


@dataclass(frozen=True, slots=True)
class LedgerGift:
    """All lines of one code. name: of a giver who wants to be named. sums: what the lines come to, kind by kind."""

    code: str
    name: str
    sums: tuple[tuple[str, str], ...]
    lines: tuple[LedgerWords, ...]


@dataclass(frozen=True, slots=True)
class LedgerFound:
    """What a search found. more: there are more lines than are shown."""

    gifts: tuple[LedgerGift, ...]
    more: int


def read_month(typed: str) -> date | None:
    """A month as an address has it, such as 2026-11."""
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return None


def totals(desk: Desk, wanted: date | None, voice: Voice) -> Totals | None:
    """The year of a month, or of the last one; None while nothing is sealed."""
    known = ledger_totals.months(desk.unit)
    if known is None:
        return None
    first, last = known
    month = min(max(wanted or last, first), last)
    of_year, of_month = ledger_totals.by_month(desk.unit, month.year), ledger_totals.of_month(desk.unit, month)
    shown = {one.kind for one in (*of_year, *of_month)}
    kinds = tuple(kind for kind in KINDS if kind != "returned" or kind in shown)
    bars, finding = _chart(of_year, month.year, voice)
    return Totals(
        year=month.year,
        finding=finding,
        bars=bars,
        kinds=kinds,
        months=rows(of_year, kinds, voice, by_month=True),
        month=_month(month),
        places=rows(of_month, kinds, voice, by_month=False),
        earlier=f"{month.year - 1}-12" if first.year < month.year else "",
        later=f"{month.year + 1}-01" if last.year > month.year else "",
    )


def answer(found: FoundEntries, voice: Voice) -> LedgerFound:
    """The lines of a search in words, gift by gift."""
    by_code: dict[str, list[LedgerEntry]] = {}
    for line in found.lines:
        by_code.setdefault(line.code, []).append(line)
    gifts = tuple(
        LedgerGift(code, found.names.get(code, ""), _sums(lines, voice), tuple(_told(line, voice) for line in lines))
        for code, lines in by_code.items()
    )
    return LedgerFound(gifts, MOST_LINES if found.more else 0)


def as_data(totals: Totals | None, found: FoundEntries | None, end: tuple[int, bytes]) -> dict[str, object]:
    """The same for programs; of every line what proves it."""
    data: dict[str, object] = {"chain": {"sequence": end[0], "hash": end[1].hex()}, "totals": totals}
    if found is not None:
        data["lines"] = [_proven(line) for line in found.lines]
        data["more"] = found.more
    return data


def _proven(line: LedgerEntry) -> dict[str, object]:
    return {
        "code": line.code, "day": line.day, "kind": line.kind, "gift": line.gift, "unit": line.unit_id,
        "amount": line.amount, "measure": line.measure, "sequence": line.sequence, "previous": line.previous.hex(),
        "content": line.content, "hash": line.hash.hex(),
    }  # fmt: skip


# Totals


def rows(found: Iterable[OfMonth], kinds: Sequence[str], voice: Voice, *, by_month: bool) -> tuple[TotalsRow, ...]:
    """Totals as rows of a table, the kinds side by side."""
    cells: dict[tuple[date, str, str, str], dict[str, Total]] = {}
    for one in found:
        cells.setdefault((one.month, one.unit_id, one.gift, one.measure), {})[one.kind] = one.total
    made = []
    for (month, unit_id, gift, measure), by_kind in cells.items():
        head = _month(month) if by_month else _place(unit_id, voice)
        told = tuple(
            _total(by_kind.get(kind, _NONE), measure, voice) if kind != "received" or gift in COMES else NEVER
            for kind in kinds
        )
        made.append(TotalsRow(head, f"{month:%Y-%m}", _page(voice, f"gift.{gift}"), told))
    return tuple(made)


def _total(total: Total, measure: str, voice: Voice) -> str:
    if total.amount is None:
        return _page(voice, "ledger_few")
    amount = _how_much(total.amount, measure, voice)
    return _page(voice, "ledger_at_least", amount=amount) if total.at_least else amount


def _chart(of_year: Iterable[OfMonth], year: int, voice: Voice) -> tuple[tuple[Bar, ...], str]:
    """Money received, a bar a month, and the sentence that it shows."""
    money = {one.month.month: one.total for one in of_year if one.kind == "received" and one.measure == MONEY}
    amounts = {number: total.amount or 0 for number, total in money.items()}
    highest = max(amounts.values(), default=0)
    bars = tuple(
        Bar(
            _month(date(year, number, 1)),
            round(100 * amounts.get(number, 0) / highest) if highest else 0,
            _total(money.get(number, _NONE), MONEY, voice),
        )
        for number in range(1, 13)
    )
    if not highest:
        return bars, _page(voice, "ledger_chart_few" if money else "ledger_chart_none", year=year)
    unsure = any(total.amount is None or total.at_least for total in money.values())
    key = "ledger_chart_at_least" if unsure else "ledger_chart"
    return bars, _page(voice, key, year=year, amount=Dong(sum(amounts.values())))


# Lines


def _sums(lines: Sequence[LedgerEntry], voice: Voice) -> tuple[tuple[str, str], ...]:
    found = {kind: sum(line.amount for line in lines if line.kind == kind) for kind in KINDS}
    measure = lines[0].measure
    return tuple(
        (_page(voice, f"ledger_kind.{kind}"), _how_much(amount, measure, voice))
        for kind, amount in found.items()
        if amount
    )


def _told(line: LedgerEntry, voice: Voice) -> LedgerWords:
    return LedgerWords(
        day=voice.say(Phrase("plain", {"words": line.day})),
        kind=_page(voice, f"ledger_kind.{line.kind}"),
        amount=_how_much(line.amount, line.measure, voice),
        place=_place(line.unit_id or "", voice),
        gift=_page(voice, f"gift.{line.gift}"),
        sequence=str(line.sequence or ""),
        hash=line.hash.hex()[:HASH],
    )


def _how_much(amount: int, measure: str, voice: Voice) -> str:
    """An amount with its measure; one that holds more than words of a measure is somebody's message, and left out."""
    if measure == MONEY:
        return voice.say(Phrase("plain", {"words": Dong(amount)}))
    told = counted_in_words(amount, measure)
    if isinstance(told, Phrase):
        return voice.say(told)
    if len(measure) > MOST_MEASURE or not all(c.isalpha() or c in " /-" for c in measure):
        return str(amount)
    return _page(voice, "ledger_measure", amount=amount, measure=measure)


def _place(unit_id: str, voice: Voice) -> str:
    unit = units.all_units().get(unit_id)
    return unit.name if unit is not None else _page(voice, "ledger_nowhere")


def _month(month: date) -> str:
    return f"{month:%m/%Y}"


def _page(voice: Voice, key: str, **values: object) -> str:
    return voice.say(Phrase(f"page.{key}", values))
