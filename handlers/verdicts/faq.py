"""Questions that people ask, with answers of a few sentences; each figure in them is that of a row in force on the day.

Why an answer without any programme in force says so, and isn't left out: whoever asked for it is led to a person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from handlers.flow.message import Lines, Opening, Phrase
from handlers.rules.book import rows_of_file
from handlers.rules.household import Household
from handlers.rules.office import Office
from handlers.rules.programmes import ProgrammeOffer, in_force, words
from handlers.rules.rows import is_hidden
from handlers.verdicts import figures, offers

PREFIX = "faq."
CHECK = Opening("doors.support", "eligibility")
REGISTER = Opening("doors.registration", "registration")
URGENT = Opening("doors.urgent_help", "urgent_help")
VERIFY = Opening("doors.verify", "verify")
PRIVACY = Opening("doors.privacy", "privacy")
MY_CASES = Opening("doors.my_cases", "my_cases")


@dataclass(frozen=True, slots=True)
class FrequentQuestion:
    """One question. label: as it is heard, behind the prefix. door: what its answer leads to, besides a person.

    about: the programmes that its answer lists; where it names some and none is in force, the answer says that. most:
    amounts of each.
    """

    label: str
    topic: str
    door: Opening
    about: tuple[str, ...] = ()
    most: int = 2

    @property
    def title(self) -> Phrase:
        """What is asked, in a few words; also those of a button."""
        return Phrase(f"faq.title.{self.label}")


QUESTIONS = (
    FrequentQuestion("elderly_allowance", "allowances", CHECK, ("huu_tri_75", "huu_tri_70")),
    FrequentQuestion("disability", "allowances", CHECK, ("tcxh_khuyet_tat_nang", "tcxh_khuyet_tat_dac_biet_nang")),
    FrequentQuestion("orphan", "allowances", CHECK, ("tcxh_tre_mat_nguon",)),
    FrequentQuestion("single_parent", "allowances", CHECK, ("tcxh_don_than",)),
    FrequentQuestion("funeral", "sudden", REGISTER, ("mai_tang_huu_tri", "mai_tang_tro_cap")),
    FrequentQuestion("emergency_relief", "sudden", URGENT, ("khan_cap",)),
    FrequentQuestion("health_card", "health_school", CHECK, ("bhyt_ngheo", "bhyt_can_ngheo")),
    FrequentQuestion("insurance_voluntary", "health_school", CHECK, ("bhxh_tu_nguyen",)),
    FrequentQuestion("school_fees", "health_school", CHECK, ("hoc_phi", "chi_phi_hoc_tap")),
    FrequentQuestion("ethnic_minority", "health_school", CHECK, ("ban_tru_dtts", "hoc_phi_dtts")),
    FrequentQuestion("electricity", "living", CHECK, ("tien_dien", "tien_dien_tro_cap")),
    FrequentQuestion("water_toilet", "living", REGISTER, ("vay_nuoc_sach",)),
    FrequentQuestion("house_repair", "living", REGISTER, ("xoa_nha_tam",)),
    FrequentQuestion("tet_gift", "living", CHECK, ("dn_qua_tet",)),
    FrequentQuestion("loan", "work", REGISTER, ("vay_ngheo", "vay_can_ngheo", "vay_moi_thoat"), most=3),
    FrequentQuestion("jobs_training", "work", REGISTER, ("dao_tao_nghe",)),
    FrequentQuestion("jobs_abroad", "work", REGISTER, ("vay_xkld",)),
    FrequentQuestion("poverty_line", "review", CHECK),
    FrequentQuestion("near_poor_rights", "review", CHECK, ("bhyt_can_ngheo", "vay_can_ngheo")),
    FrequentQuestion("escaped_rights", "review", CHECK, ("vay_moi_thoat", "sinh_ke"), most=3),
    FrequentQuestion("review_when", "review", REGISTER),
    FrequentQuestion("who_decides", "review", CHECK),
    FrequentQuestion("not_on_list", "review", REGISTER),
    FrequentQuestion("papers", "applying", CHECK),
    FrequentQuestion("where_to_go", "applying", REGISTER),
    FrequentQuestion("office_hours", "applying", REGISTER),
    FrequentQuestion("online_or_counter", "applying", REGISTER),
    FrequentQuestion("how_long", "applying", MY_CASES),
    FrequentQuestion("when_money", "applying", MY_CASES),
    FrequentQuestion("migrant", "applying", REGISTER),
    FrequentQuestion("free_of_charge", "here", VERIFY),
    FrequentQuestion("privacy_who_sees", "here", PRIVACY),
    FrequentQuestion("who_are_you", "here", VERIFY),
)
TOPICS = tuple(dict.fromkeys(question.topic for question in QUESTIONS))
_BY_LABEL = {question.label: question for question in QUESTIONS}


def find(label: str) -> FrequentQuestion | None:
    """The question of a label, with or without its prefix."""
    return _BY_LABEL.get(label.removeprefix(PREFIX))


def answer(question: FrequentQuestion, today: date, office: Office) -> Phrase:
    """What is answered on a day."""
    offered = [offer for offer in map(_known(today).get, question.about) if offer is not None]
    if question.about and not offered:
        return Phrase("faq.ended", {"title": question.title})
    values = {name: fact(today, office) for name, fact in _FACTS.items()}
    return Phrase(
        f"faq.answer.{question.label}", {**values, "lines": Lines(tuple(_lines(offered, today, question.most)))}
    )


def sources(question: FrequentQuestion, today: date) -> tuple[str, ...]:
    """The law that an answer stands on, as far as rows of programmes tell."""
    known = _known(today)
    return tuple(dict.fromkeys(known[name].row.source for name in question.about if name in known))


def _known(today: date) -> Mapping[str, ProgrammeOffer]:
    nobody = Household()
    return {one.id: one.offer("now", one.amounts_for(nobody), sure=False) for one in in_force(today)}


def _lines(offered: list[ProgrammeOffer], today: date, most: int) -> list[Phrase]:
    return [
        Phrase("faq.line", {"name": offers.name(one.row), "amount": offers.amount(one, today, most)}) for one in offered
    ]


# What an answer may name besides programmes: by the name that it has in the text


def _standard(row_id: str) -> Callable[[date, Office], object]:
    return lambda today, _: figures.money(rows_of_file("standards").get(row_id, today), today)


def _soon(today: date, _: Office) -> object:
    """The income lines that follow those in force, where they are known; empty where none is."""
    series = [rows_of_file("standards").series.get(f"standard.line.{area}", ()) for area in ("rural", "urban")]
    coming = [next((row for row in rows if row.valid_from and row.valid_from > today), None) for rows in series]
    if any(row is None or is_hidden(row) for row in coming):
        return ""
    rural, urban = (figures.money(row, today) for row in coming)
    return Phrase("faq.soon", {"day": coming[0] and coming[0].valid_from, "rural": rural, "urban": urban})


def _needed(today: date, office: Office) -> object:
    return figures.count(rows_of_file("standards").get("standard.min_deprived", today), today)


def _review(today: date, office: Office) -> object:
    days = [office.rows.get(f"review.{end}", today) for end in ("from", "to")]
    told = [row.value for row in days if row is not None and not is_hidden(row)]
    return Phrase("faq.from_to", dict(zip(("first", "last"), told, strict=True))) if len(told) == 2 else figures.CONFIRM


def _each_month(today: date, office: Office) -> object:
    monthly = office.next_procedure
    return Phrase("faq.each_month", {"day": monthly.start_day}) if monthly else figures.CONFIRM


def _allowance_days(today: date, office: Office) -> object:
    """In how many days an allowance is decided upon, where that is the same for each."""
    found = {words(one.row).get("working_days") for one in in_force(today) if one.of} - {None}
    return Phrase("faq.working_days", {"days": found.pop()}) if len(found) == 1 else figures.CONFIRM


def _span(place: int) -> Callable[[date, Office], object]:
    def say(_: date, office: Office) -> object:
        opens, closes = office.office_hours[place]
        return Phrase("clock.span", {"begin": opens, "end": closes})

    return say


def _insurance(tier: str) -> Callable[[date, Office], object]:
    def find_amount(today: date, _: Office) -> object:
        wanted = f"amount.bhxh_tu_nguyen.{tier}.monthly"
        amounts = (row for one in in_force(today) for row, _tier in one.amounts if row.id == wanted)
        return figures.money(next(amounts, None), today)

    return find_amount


_FACTS: Mapping[str, Callable[[date, Office], object]] = {
    "confirm": lambda _, __: figures.CONFIRM,
    "rural": _standard("standard.line.rural"),
    "urban": _standard("standard.line.urban"),
    "soon": _soon,
    "needed": _needed,
    "review": _review,
    "each_month": _each_month,
    "form": lambda _, office: office.review_form or figures.CONFIRM,
    "allowance_days": _allowance_days,
    "contact_days": lambda _, office: office.first_contact_working_days,
    "morning": _span(0),
    "afternoon": _span(1),
    "insured_poor": _insurance("poor"),
    "insured_near_poor": _insurance("near_poor"),
    "insured_others": _insurance("others"),
}
