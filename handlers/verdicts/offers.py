"""Puts support programmes into words: name, amount as its confidence allows, papers, where, and the law."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from handlers.flow.message import Phrase
from handlers.rules.programmes import ProgrammeOffer
from handlers.rules.rows import RuleRow
from handlers.texts import Bilingual
from handlers.verdicts import figures

# How each kind of amount is printed; the last part of an amount's row id is its kind.
_WRITTEN = {
    "monthly": figures.money,
    "one_off": figures.money,
    "max": figures.money,
    "fee": lambda row, today: Phrase("amount.free") if row.value == 0 else figures.money(row, today),
    "max_monthly": figures.money,
    "one_off_min": figures.money,
    "daily": figures.money,
    "each_course": figures.money,
    "kg_monthly": figures.count,
    "benefit_percent": figures.percent,
    "share_percent": figures.percent,
    "share_min_percent": figures.percent,
    "rate_per_10000": figures.rate,
}


def sections(offered: Iterable[ProgrammeOffer], today: date) -> Iterator[tuple[Phrase, list[Phrase]]]:
    """The programmes under their headings, each in full."""
    for status, group in groupby(offered, key=lambda offer: offer.status):
        yield Phrase(f"offer.heading.{status}"), [Phrase("offer.line", _values(offer, today)) for offer in group]


def lines(offered: Iterable[ProgrammeOffer], today: date, *, form: str = "line") -> Iterator[Phrase]:
    """One entry a programme, with a heading where the next kind of offer begins. form: "line" or "short"."""
    status = ""
    for offer in offered:
        if offer.status != status:
            status = offer.status
            yield Phrase(f"offer.heading.{status}")
        yield Phrase(f"offer.{form}", _values(offer, today))


def name(row: RuleRow) -> object:
    """What a programme is called; empty if its row does not say."""
    return _told(row.value if isinstance(row.value, Mapping) else {}, "{}")


def _values(offer: ProgrammeOffer, today: date) -> dict[str, object]:
    words = offer.row.value if isinstance(offer.row.value, Mapping) else {}
    found: dict[str, object] = {
        "name": name(offer.row),
        "condition": _told(words, "condition_{}", " ({})"),
        "papers": _told(words, "papers_{}"),
        "where": _told(words, "where_{}"),
    }
    told = {name: value if value or name == "condition" else figures.CONFIRM for name, value in found.items()}
    return told | {"amount": amount(offer, today), "source": offer.row.source or figures.CONFIRM}


def _told(words: Mapping[str, object], name: str, around: str = "{}") -> object:
    """The row's own words in both languages; empty if it has none."""
    found = {language: str(words.get(name.format(language), "")) for language in ("vi", "en")}
    return Bilingual({language: around.format(said) for language, said in found.items()}) if all(found.values()) else ""


def amount(offer: ProgrammeOffer, today: date) -> object:
    """All amounts of a programme, each as its confidence allows; "to be confirmed" where none may be shown."""
    told = tuple(
        said for row in offer.amounts if _kind(row) in _WRITTEN and (said := _amount(row, today)) != figures.CONFIRM
    )
    return told or figures.CONFIRM


def _amount(row: RuleRow, today: date) -> Phrase:
    kind = _kind(row)
    figure = _WRITTEN[kind](row, today)
    return figures.CONFIRM if figure == figures.CONFIRM else Phrase(f"amount.{kind}", {"figure": figure})


def _kind(row: RuleRow) -> str:
    return row.id.rpartition(".")[2]
