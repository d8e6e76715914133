"""Puts support programmes into words: what one gets, what for, and in one line which form, where, and who decides."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from handlers.flow.message import Dong, Phrase
from handlers.rules.arrears import owed
from handlers.rules.entitlements import monthly_sum
from handlers.rules.household import Household
from handlers.rules.programmes import ProgrammeOffer, kind, label, words
from handlers.rules.rows import RuleRow
from handlers.texts import Bilingual
from handlers.verdicts import figures

# The only figure of its programme, whose name says what it is for.
_UNNAMED = frozenset({
    "carer", "each_child", "under_3", "in_the_community", "kwh", "student", "poor", "near_poor", "at_most",
})  # fmt: skip
MOST_AMOUNTS = 2  # in a list; the others stand in the details

# How each kind of amount is printed; the last part of an amount's row id is its kind.
_WRITTEN: Mapping[str, Callable[[RuleRow, date], object]] = {
    **dict.fromkeys(("monthly", "yearly", "one_off", "one_off_min", "max", "max_monthly", "daily"), figures.money),
    **dict.fromkeys(("each_course", "fee"), figures.money),
    **dict.fromkeys(("kg_monthly", "months", "months_a_year", "works"), figures.count),
    **dict.fromkeys(("benefit_percent", "share_percent", "share_min_percent"), figures.percent),
    **dict.fromkeys(("poor_commune_share_percent", "tuition_percent", "max_percent_of_costs"), figures.percent),
    "rate_per_10000": figures.rate,
}
# Said in full where all is paid: who reads "100%" asks of what.
_WHOLE = ("share_percent", "tuition_percent", "max_percent_of_costs")


def sections(offered: Iterable[ProgrammeOffer], today: date) -> Iterator[tuple[Phrase, list[Phrase]]]:
    """The programmes under their headings, each in full: first what can be asked for at once."""
    found = list(offered)
    for status in ("now", "recognised"):
        entries = [_in_full(offer, today) for offer in found if offer.status == status]
        yield Phrase(f"offer.heading.{status}"), entries


def lines(offered: Iterable[ProgrammeOffer], today: date, household: Household | None = None) -> Iterator[Phrase]:
    """One entry a programme: what one gets, and how one asks for it. household: whose, None for everybody's."""
    for offer in offered:
        what = _sentences(_what(offer, today, household, most=MOST_AMOUNTS))
        yield Phrase("offer.entry", {"what": what, "how": _how(offer.row)})


def details(offered: Iterable[ProgrammeOffer], today: date) -> Iterator[Phrase]:
    """One entry a programme: the amounts that the list leaves out, papers, other ways to hand them in, and the law."""
    for offer in offered:
        papers = [_said(offer.row, key) for key in ("form", "papers", "also")]
        values = {
            "name": name(offer.row),
            "others": tuple(_amounts(offer, today)[MOST_AMOUNTS:]),
            "papers": tuple(one for one in papers if one) or figures.CONFIRM,
            "source": offer.row.source or figures.CONFIRM,
        }
        yield Phrase("offer.details_and_amounts" if values["others"] else "offer.details", values)


def family_sum(household: Household, offered: tuple[ProgrammeOffer, ...], day: date) -> Iterator[Phrase]:
    """What all allowances of a family come to, where that is certain."""
    found = monthly_sum(household, offered, day)
    if found is not None:
        yield Phrase("offer.sum" if found.exact else "offer.sum_if_one_each", {"sum": Dong(found.monthly)})


def name(row: RuleRow) -> object:
    """What a programme is called; empty if its row does not say."""
    said = {language: str(words(row).get(language, "")) for language in ("vi", "en")}
    return Bilingual(said) if all(said.values()) else ""


def papers(row: RuleRow) -> object:
    """What is to be handed in beside the form; empty if a programme's row does not say."""
    return _said(row, "papers")


def amount(offer: ProgrammeOffer, today: date, most: int | None = None) -> object:
    """The amounts of a programme, each with what it is for; "to be confirmed" where none may be shown."""
    told = _amounts(offer, today)
    if not told:
        return figures.CONFIRM
    return tuple(told) if most is None or len(told) <= most else (*told[:most], Phrase("offer.more_amounts"))


def _amounts(offer: ProgrammeOffer, today: date) -> list[Phrase]:
    return [said for row in offer.amounts if (said := _amount(offer.row, row, today)) is not None]


def _in_full(offer: ProgrammeOffer, today: date) -> Phrase:
    values = {
        "what": _sentences(_what(offer, today, None)),
        "how": _how(offer.row),
        "source": offer.row.source or figures.CONFIRM,
    }
    return Phrase("offer.in_full", values)


def _what(offer: ProgrammeOffer, today: date, household: Household | None, most: int | None = None) -> Iterator[Phrase]:
    """Name and amounts; the condition; that a person gets the highest alone; what is owed."""
    later = offer.status == "recognised" and household is not None
    values = {"name": name(offer.row), "amount": amount(offer, today, most)}
    yield Phrase("offer.what_later" if later else "offer.what", values)
    known = offer.sure and household is not None and words(offer.row).get("condition_asked")
    if (condition := _said(offer.row, "condition")) and not known:
        yield Phrase("offer.condition", {"condition": condition})
    if offer.highest_only:
        yield Phrase("offer.highest_only")
    due = None if household is None else owed(household, offer, today)
    if due is not None:
        total = Dong(due.monthly * due.months)
        told = {"since": due.since, "each": Dong(due.monthly), "months": due.months, "sum": total}
        yield Phrase("offer.owed", told)


def _sentences(parts: Iterable[Phrase]) -> Phrase:
    """Up to four sentences, one after the other."""
    found = dict(zip(("first", "second", "third", "fourth"), parts, strict=False))
    return Phrase(f"offer.sentences.of_{len(found)}", found)


def _how(row: RuleRow) -> Phrase:
    """Which form, where, who decides, and in how many working days; as far as the row says."""
    if words(row).get("by_list"):
        return Phrase("offer.how.by_list", {"where": _said(row, "where") or figures.CONFIRM})
    form, where, by = (_said(row, key) for key in ("form", "where", "decided_by"))
    parts = [Phrase("offer.how.form", {"form": form})] if form else []
    parts.append(Phrase("offer.how.where", {"where": where or figures.CONFIRM}))
    if by:
        days = words(row).get("working_days")
        parts.append(Phrase("offer.how.decided_in" if days else "offer.how.decided", {"by": by, "days": days or 0}))
    return _sentences(parts)


def _said(row: RuleRow, key: str) -> object:
    """The row's own words in both languages; empty if it has none."""
    said = {language: str(words(row).get(f"{key}_{language}", "")) for language in ("vi", "en")}
    return Bilingual(said) if all(said.values()) else ""


def _amount(programme: RuleRow, row: RuleRow, today: date) -> Phrase | None:
    """One amount with what it is for and for whom; None if it may not be shown, or is none to be told."""
    how = kind(row)
    if how not in _WRITTEN or (figure := _WRITTEN[how](row, today)) == figures.CONFIRM:
        return None
    said = Phrase(_key(programme, row, how), {"figure": figure})
    what_for = label(row)
    if not what_for or what_for in _UNNAMED:
        return said
    return Phrase("amount.labelled", {"label": Phrase(f"tier.{what_for}"), "amount": said})


def _key(programme: RuleRow, row: RuleRow, how: str) -> str:
    if how == "fee" and row.value == 0:
        return "amount.free"
    if how in _WHOLE and row.value == 100:
        return f"amount.whole.{how}"
    per = str(words(programme).get("per", ""))
    return f"amount.monthly_of.{per}" if how == "monthly" and per else f"amount.{how}"
