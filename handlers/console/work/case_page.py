"""One case, read from top to bottom like a file: who and where, what they ask, what the rules say, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from handlers.console.screen import Act, Click, PaperPage, PicturePage, Screen, ShownOnce
from handlers.console.screen.need_form import NeedForm, need_form
from handlers.console.screen.words import Field, phone_shown, plain
from handlers.console.work import cases, slots, verdict
from handlers.console.work.case_to_do import CaseToDo, to_do
from handlers.console.work.cases import CasesPage
from handlers.console.work.slots import Slot
from handlers.console.work.verdict import Check
from handlers.desk import Desk
from handlers.desk.cases import OPEN, CaseFile, Support, in_words
from handlers.texts import Phrase
from handlers.vietnamese.units import unit_name
from handlers.views.sheet import SheetFor, known, sheet
from storage.tables import Case

TOLD = ("story", "work", "goods")  # what they ask, in their own words
ABOUT = ("birth_year", "place", "reach", "tongue", "relation", "told", "helper_name")
# How a message's state looks; what is not known is no good news.
ARRIVED = {"delivered": "done", "sent": "waiting", "queued": "waiting", "sending": "waiting", "held": "waiting"}
OWN_WORDS = ("read", "withdrawn")  # what happened, where residents are told it in other words


@dataclass(frozen=True, slots=True, kw_only=True)
class TwinLine:
    """Another case that is likely the same."""

    code: str
    name: str
    unit: str
    state: Phrase
    at: datetime
    same_phone: bool
    same_year: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEventLine:
    """One line of what happened. id: of the event; empty for a reading. times: how often somebody read it."""

    id: str
    at: datetime
    what: Phrase
    who: str
    words: str
    times: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """One thing said between the office and the registrant. ours: with how far it came, and how that looks."""

    at: datetime
    ours: bool
    words: str
    channel: Phrase | None = None
    state: Phrase | None = None
    look: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """The page. phone, helper_phone: masked unless they were asked for, and then shown says so.

    held: how many messages about it wait until the registrant writes. sheets: those that can be printed for her.
    """

    list: CasesPage
    code: str
    name: str
    for_other: bool
    unit: str
    channel: Phrase | None
    at: datetime
    due: date
    left: Phrase | None
    look: str
    state: Phrase
    officer: str
    phone: str
    helper_phone: str
    shown: bool
    needs: tuple[Phrase, ...]
    words: tuple[Field, ...]
    about: tuple[Field, ...]
    check: Check | None
    decided: tuple[Field, ...]
    recognised: tuple[Field, ...]
    twins: tuple[TwinLine, ...]
    twins_elsewhere: int
    photos: tuple[str, ...]
    unseen: int
    happened: tuple[CaseEventLine, ...]
    talk: tuple[SentMessage, ...]
    held: int
    sheets: tuple[SheetFor, ...]
    slots: tuple[Slot, ...]
    need_form: NeedForm | None
    now: CaseToDo


def view(desk: Desk, given: Click) -> CasePage | None:
    """A request within reach, beside the list that its address narrows; without it where the page looks by itself."""
    noted = not given.live
    case = desk.case_files.find(given.path["code"], noted=noted)
    return _page(desk, case, given, noted=noted) if case is not None else None


def show_phone(desk: Desk, given: Click) -> ShownOnce | None:
    """The same with the phone numbers in full, which is noted."""
    case = desk.case_files.find(given.path["code"])
    if case is None:
        return None
    desk.note("case.phone_shown", f"case:{case.id}")
    return ShownOnce("work/request", _page(desk, case, given, noted=False, phones=True))


def print_review(desk: Desk, given: Click) -> ShownOnce | None:
    """The sheet for the review of poor households, filled with what the registrant told, which is noted."""
    return _printed(desk, given, "review")


def print_allowance(desk: Desk, given: Click) -> ShownOnce | None:
    """The sheet for an allowance or a social pension, filled with what the registrant told, which is noted."""
    return _printed(desk, given, "allowance")


def photo(desk: Desk, given: Click) -> PicturePage | None:
    """A photo of a request."""
    case = desk.case_files.find(given.path["code"])
    content = desk.case_files.photo(case, given.path["id"]) if case is not None else None
    return PicturePage(content) if content else None


# Inside


def _printed(desk: Desk, given: Click, about: SheetFor) -> ShownOnce | None:
    case = desk.case_files.find(given.path["code"])
    if case is None or about not in known(desk):
        return None
    made = sheet(desk, about, desk.sheets.of_case(case), "vi")
    return ShownOnce("work/sheet", PaperPage(made)) if made is not None else None


def _page(desk: Desk, case: Case, given: Click, *, noted: bool, phones: bool = False) -> CasePage:
    file = desk.case_files.read(case, noted=noted)
    beside = cases.read(given["list"]) if given["list"] else cases.narrowed(given.fields)
    late = case.state in OPEN and case.due < desk.today()
    look, state = cases.state_of(desk, case.state, late=late, hers=file.hers, unit_id=case.unit_id)
    said = file.said
    return CasePage(
        list=cases.listed(desk, beside) if not given.live else cases.EMPTY,
        code=case.code, name=str(said["name"]), for_other=case.for_other, unit=unit_name(case.unit_id),
        channel=Phrase(f"channel.{file.channel}") if file.channel else None, at=case.created_at, due=case.due,
        left=cases.left_until(desk, case.due, case.state), look=look, state=state,
        officer=desk.officials.name_of(case.officer_id), phone=phone_shown(str(said["phone"]), whole=phones),
        helper_phone=phone_shown(str(said["helper_phone"]), whole=phones), shown=phones,
        needs=tuple(Phrase(f"options.needs.{need}") for need in case.needs),
        words=_fields(said, TOLD), about=_fields(said, ABOUT), check=verdict.check(desk, case), decided=_decided(file),
        recognised=_recognised(file), twins=_twins(file), twins_elsewhere=file.twins_elsewhere, photos=file.photos,
        unseen=file.unseen, happened=_happened(file), talk=_talk(file),
        held=sum(told.state == "held" for told in file.told), sheets=known(desk), slots=slots.of_case(desk, case),
        need_form=need_form(desk, case), now=to_do(desk, case, file),
    )  # fmt: skip


def _fields(said: Mapping[str, object], names: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(Phrase(f"label.{name}"), _value(name, said[name])) for name in names if said.get(name))


def _value(name: str, value: object) -> Phrase:
    if name == "reach":
        return Phrase(f"registration.options.reach.{value}")
    return Phrase(f"options.{name}.{value}") if name in ("relation", "told") else plain(value)


# What was decided, and what happened


def _decided(file: CaseFile) -> tuple[Field, ...]:
    if file.support is not None:
        return _planned(file.support)
    return (Field(Phrase("console.request.refused"), file.answer),) if file.answer is not None else ()


def _planned(support: Support) -> tuple[Field, ...]:
    told = in_words(support)
    values = {"what": told["what"], "when": told["when"], "where": support.where, "conditions": support.conditions}
    values |= {"check_on": support.check_on} if support.conditions else {}
    return tuple(Field(Phrase(f"casework.label.{name}"), plain(value)) for name, value in values.items() if value)


def _recognised(file: CaseFile) -> tuple[Field, ...]:
    signed = file.recognition
    if signed is None:
        return ()
    values = {"grade": Phrase(f"console.deciding.grade.{signed.grade}"), "number": signed.number, "signed": signed.day}
    return tuple(Field(Phrase(f"console.deciding.{name}_label"), plain(value)) for name, value in values.items())


def _twins(file: CaseFile) -> tuple[TwinLine, ...]:
    return tuple(
        TwinLine(
            code=twin.code,
            name=twin.name,
            unit=unit_name(twin.unit_id),
            state=Phrase(f"console.requests.state.{twin.state}"),
            at=twin.created_at,
            same_phone=twin.same_phone,
            same_year=twin.same_year,
        )
        for twin in file.twins
    )


def _happened(file: CaseFile) -> tuple[CaseEventLine, ...]:
    """What happened, oldest first; who read it stands once, where she last did."""
    steps = [
        CaseEventLine(id=event.id, at=event.at, what=_what(event.kind), who=event.who, words=event.words)
        for event in file.events
    ]
    read = _what("read")
    steps += [
        CaseEventLine(id="", at=reading.at, what=read, who=reading.by, words="", times=reading.times)
        for reading in file.readings
    ]
    return tuple(sorted(steps, key=lambda step: step.at))


def _what(kind: str) -> Phrase:
    return Phrase(f"console.request.event.{kind}" if kind in OWN_WORDS else f"events.{kind}")


def _talk(file: CaseFile) -> tuple[SentMessage, ...]:
    """What the registrant was told about the case and what she answered, oldest first."""
    hers = (
        SentMessage(at=event.at, ours=False, words=event.words) for event in file.events if event.hers and event.words
    )
    ours = (
        SentMessage(
            at=told.at,
            ours=True,
            words=told.words,
            channel=Phrase(f"channel.{told.channel}"),
            state=Phrase(f"console.request.message.{told.state}"),
            look=ARRIVED.get(told.state, "unknown"),
            changed_at=told.changed_at,
        )
        for told in file.told
    )
    return tuple(sorted(chain(hers, ours), key=lambda said: said.at))


screen = Screen(path="/requests/{code}", template="work/request", right="case.see", view=view, notes=True, again=True)
screens = (
    screen,
    Screen(path="/requests/{code}/photos/{id}", template="work/photo", right="case.see", view=photo, notes=True),
)
# All of them show a phone number in full.
acts = (
    Act(path="/requests/{code}/phone", right="case.see", do=show_phone, screen=screen, checked=True),
    Act(path="/requests/{code}/sheets/review", right="case.see", do=print_review, screen=screen, checked=True),
    Act(path="/requests/{code}/sheets/allowance", right="case.see", do=print_allowance, screen=screen, checked=True),
)
