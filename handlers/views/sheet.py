"""A sheet for the counter: what a family told, on one page, so that an official fills in the form of the law from it.

Why it is never the form itself: we have not read the layouts of those forms, and a form of our own making would be
turned away at the counter. Why nothing of a verdict and no income stands on it: what is likely decides nothing there,
and whoever sees the paper lying about learns nothing of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

from handlers.desk import Desk
from handlers.desk.cases import Applicant, hide_ids
from handlers.flow.conversation import Answers
from handlers.flow.readers import write_phone
from handlers.forms import questionnaire
from handlers.rules import entitlements, programmes
from handlers.rules.household import Household
from handlers.rules.programmes import ProgrammeOffer
from handlers.texts import Bilingual, Phrase
from handlers.verdicts import offers
from handlers.vietnamese import units
from handlers.vietnamese.words import composed

SheetFor = Literal["review", "allowance"]
SHEETS: tuple[SheetFor, ...] = get_args(SheetFor)
MOST_LETTERS = 300  # of anything that was told; a page has no room for more


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One thing on a sheet. value: what was told; blank: without it, how many dotted lines. box: one to tick."""

    label: str
    value: str = ""
    blank: int = 0
    box: bool = False


@dataclass(frozen=True, slots=True)
class SheetPart:
    """Some rows under a heading; the cells of a row stand side by side."""

    heading: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterSheet:
    """A sheet, in words. lead: which form it prepares, and that it is not that form. head: to whom, and her code.

    address: of the request on the console, for the QR code; empty where there is none. signs: place and date, who
    signs, and how. sample: that all is made up, where it is.
    """

    title: str
    about: str
    lead: str
    head: tuple[tuple[Cell, ...], ...]
    address: str
    parts: tuple[SheetPart, ...]
    signs: tuple[str, ...]
    foot: str
    sample: str
    day: date


def known(desk: Desk) -> tuple[SheetFor, ...]:
    """The sheets whose form of the law is known today."""
    return tuple(one for one in SHEETS if _form(desk, one))


def fitting(desk: Desk, applicant: Applicant) -> tuple[SheetFor, ...]:
    """The sheets that may be of use to a family by what it told; what is not known speaks for a sheet."""
    if applicant.check is None:
        return known(desk)
    answers = _told(applicant, abroad=desk.abroad)
    on_the_list = questionnaire.holds_a_certificate(answers) and answers.get(questionnaire.certificate) != "escaped"
    fits = {"review": not on_the_list, "allowance": bool(_offered(desk, questionnaire.family(answers)))}
    return tuple(one for one in known(desk) if fits[one])


def sheet(desk: Desk, about: SheetFor, applicant: Applicant, language: str) -> CounterSheet | None:
    """A sheet, filled with what was told; None where the form of the law is not known today.

    language: of the labels; whatever an official reads off it is in Vietnamese.
    """
    form = _form(desk, about)
    return _Writer(desk, applicant, language).sheet(about, form) if form else None


def _form(desk: Desk, about: SheetFor) -> str:
    if about == "review":
        return desk.office.review_form or ""
    return programmes.allowance_form(desk.today())


def _told(applicant: Applicant, *, abroad: bool) -> Answers:
    kept = applicant.check
    assert kept is not None  # noqa: S101  # asked for only where there is one
    return Answers(kept.answers, kept.day, abroad=abroad)


def _offered(desk: Desk, household: Household) -> tuple[ProgrammeOffer, ...]:
    """What is asked for with the form of allowances, without what only a family found poor would get."""
    found = entitlements.offers(household, desk.today(), likely=frozenset())
    return tuple(offer for offer in found if offer.official_form)


class _Writer:
    """Writes the sheet of one applicant."""

    def __init__(self, desk: Desk, applicant: Applicant, language: str) -> None:
        self.desk, self.applicant = desk, applicant
        self.labels, self.values = desk.voice(language), desk.voice("vi")

    def sheet(self, about: SheetFor, form: str) -> CounterSheet:
        parts = (self._applicant(), *(self._review() if about == "review" else self._allowance()))
        code = self.applicant.code
        # Without an address of our own that others reach, a code to scan would lead nowhere.
        has_page = bool(code) and self.desk.public_url.startswith("https://")
        return CounterSheet(
            title=self._say("title"),
            about=self._say(f"about_{about}"),
            lead=self._say("lead", form=form),
            head=((self._field("to", self._unit()), self._field("code", code)),),
            address=f"{self.desk.public_url}/console/requests/{code}" if has_page else "",
            parts=parts,
            signs=(self._say("place_and_date"), self._say("applicant"), self._say("signature")),
            foot=self._say("foot", day=self.desk.today()),
            sample=self.labels.say(Phrase("page.demo")) if self.desk.demo else "",
            day=self.desk.today(),
        )

    def _applicant(self) -> SheetPart:
        told = self.applicant
        year = str(told.birth_year or "")
        phone = write_phone(told.phone) if told.phone else ""
        return self._part(
            "applicant",
            (self._field("name", told.name),),
            (self._field("birth_year", year), self._field("phone", phone)),
            (self._field("place", told.place),),
            (self._field("unit", self._unit()),),
        )

    def _review(self) -> tuple[SheetPart, ...]:
        household = questionnaire.family(_told(self.applicant, abroad=False)) if self.applicant.check else Household()
        people = self._part(
            "household",
            (self._field("members", household.members), self._field("children", household.children)),
            (self._field("older", self._older(household)),),
            (self._field("besides", blank=2),),
        )
        return (people, self._part("asks", (self._line("asks_review"),)), self._papers(()))

    def _allowance(self) -> tuple[SheetPart, ...]:
        household = questionnaire.family(_told(self.applicant, abroad=False)) if self.applicant.check else Household()
        # What she did not tell is not named: for whom a paper asks is nobody's guess.
        found = [offer for offer in _offered(self.desk, household) if offer.sure] if self.applicant.check else []
        asked = ((Cell(label=_vietnamese(offers.name(offer.row)), box=True),) for offer in found)
        whom = self._part(
            "whom",
            (self._box("own"), self._box("another")),
            (self._field("name"),),
            (self._field("birth_year"), self._field("relation")),
        )
        other = replace(self._field("other" if found else "which"), box=bool(found))
        return (whom, self._part("asks", *asked, (other,)), self._papers(found))

    def _papers(self, found: Iterable[ProgrammeOffer]) -> SheetPart:
        """What to bring: what the rows of the law name, and where to ask for what they don't."""
        by_law = ", ".join(filter(None, dict.fromkeys(_vietnamese(offers.papers(offer.row)) for offer in found)))
        named = ((self._line("by_law", papers=by_law),),) if by_law else ()
        return self._part(
            "papers", (self._box("this_sheet"), self._box("identity")), *named, (self._line("ask_first"),)
        )

    # Words

    def _say(self, key: str, **values: object) -> str:
        return self.labels.say(Phrase(f"page.sheet.{key}", values))

    def _part(self, key: str, *rows: tuple[Cell, ...]) -> SheetPart:
        return SheetPart(self._say(f"part.{key}"), rows)

    def _line(self, key: str, **values: object) -> Cell:
        return Cell(label=self._say(key, **values))

    def _box(self, key: str) -> Cell:
        return replace(self._line(key), box=True)

    def _field(self, key: str, value: object = None, *, blank: int = 1) -> Cell:
        """A label with what was told, or with dotted lines where nothing was."""
        said = "" if value is None else printable(str(value))
        return Cell(label=self._say(f"field.{key}"), value=said, blank=0 if said else blank)

    def _unit(self) -> str:
        unit = units.all_units().get(self.applicant.unit_id or "")
        return unit.name if unit else ""

    def _older(self, household: Household) -> str:
        told = [household.living_here.get(group) for group in entitlements.OLDER]
        if not told or None in told:
            return ""
        groups = tuple(
            Phrase(f"options.living_here.{g}") for g, lives in zip(entitlements.OLDER, told, strict=True) if lives
        )
        return self.values.say(Phrase("plain", {"words": groups or Phrase("page.sheet.nobody")}))


def _vietnamese(told: object) -> str:
    """A row's own words in Vietnamese; empty if it has none."""
    return told.said["vi"] if isinstance(told, Bilingual) else ""


def printable(words: str) -> str:
    """Words somebody typed, on one line, without citizens' numbers and without what no paper shows."""
    line = composed(hide_ids(" ".join(words.split()), left=0))
    line = "".join(letter for letter in line if letter.isprintable())
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1].rstrip() + "…"
