"""One request, read from top to bottom like a file: who and where, what they ask, what the rules say, what happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from handlers.console.screen import Act, Given, Picture, Screen, Shown
from handlers.console.work import cases, slots, verdict
from handlers.console.work.cases import Requests
from handlers.console.work.slots import Form, Slot
from handlers.console.work.verdict import Check, Field, plain
from handlers.desk import Desk
from handlers.desk.cases import CLASSES, OPEN, CaseFile, Support, in_words, refusals
from handlers.flow import readers
from handlers.texts import Phrase
from handlers.vietnamese import units
from handlers.vietnamese.units import unit_name
from storage.tables import Case

TOLD = ("story", "work", "goods")  # what they ask, in their own words
ABOUT = ("birth_year", "place", "reach", "tongue", "relation", "told", "helper_name")
# How a message's state looks; what is not known is no good news.
ARRIVED = {"delivered": "done", "sent": "waiting", "queued": "waiting", "sending": "waiting", "held": "waiting"}
OWN_WORDS = ("read", "withdrawn")  # what happened, where residents are told it in other words
# Acts that lead on, in this order, are the one that is put forward; the others stand beside it.
FORWARD = ("approve", "take", "propose", "deliver", "close", "check")
ASIDE = ("note", "hand_over", "place", "recognise")


@dataclass(frozen=True, slots=True)
class Twin:
    """Another request that is likely the same."""

    code: str
    name: str
    unit: str
    state: Phrase
    at: datetime
    same_phone: bool
    same_year: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of what happened. id: of the event; empty for a reading. times: how often somebody read it."""

    id: str
    at: datetime
    what: Phrase
    who: str
    words: str
    times: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said between the office and the registrant. ours: with how far it came, and how that looks."""

    at: datetime
    ours: bool
    words: str
    channel: Phrase | None = None
    state: Phrase | None = None
    look: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ToDo:
    """What the official may do now. main: what the request waits for, first the one that is put forward; other: what
    is always possible. seen: the last event that is shown.

    approves: what the registrant will be told then. hears: whether she agreed to be told.
    """

    main: tuple[str, ...]
    other: tuple[str, ...]
    first: str
    seen: str
    colleagues: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, Phrase, str], ...]
    units: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    approves: Phrase | None
    hears: bool


@dataclass(frozen=True, slots=True)
class Request:
    """The page. phone, helper_phone: masked unless they were asked for, and then shown says so.

    held: how many messages about it wait until the registrant writes.
    """

    list: Requests
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
    twins: tuple[Twin, ...]
    twins_elsewhere: int
    photos: tuple[str, ...]
    unseen: int
    happened: tuple[Step, ...]
    talk: tuple[Said, ...]
    held: int
    slots: tuple[Slot, ...]
    need_form: Form | None
    now: ToDo


def view(desk: Desk, given: Given) -> Request | None:
    """A request within reach, beside the list that its address narrows; without it where the page looks by itself."""
    noted = not given.live
    case = desk.case_files.find(given.path["code"], noted=noted)
    return _page(desk, case, given, noted=noted) if case is not None else None


def show_phone(desk: Desk, given: Given) -> Shown | None:
    """The same with the phone numbers in full, which is noted."""
    case = desk.case_files.find(given.path["code"])
    if case is None:
        return None
    desk.note("case.phone_shown", f"case:{case.id}")
    return Shown("request", _page(desk, case, given, noted=False, phones=True))


def photo(desk: Desk, given: Given) -> Picture | None:
    """A photo of a request."""
    case = desk.case_files.find(given.path["code"])
    content = desk.case_files.photo(case, given.path["id"]) if case is not None else None
    return Picture(content) if content else None


# Inside


def _page(desk: Desk, case: Case, given: Given, *, noted: bool, phones: bool = False) -> Request:
    file = desk.case_files.read(case, noted=noted)
    beside = cases.read(given["list"]) if given["list"] else cases.narrowed(given.fields)
    late = case.state in OPEN and case.due < desk.today()
    look, state = cases.state_of(desk, case.state, late=late, hers=file.hers, unit_id=case.unit_id)
    said = file.said
    return Request(
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
        held=sum(told.state == "held" for told in file.told), slots=slots.of_case(desk, case),
        need_form=slots.form(desk, case), now=_to_do(desk, case, file),
    )  # fmt: skip


def _fields(said: Mapping[str, object], names: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(Field(Phrase(f"label.{name}"), _value(name, said[name])) for name in names if said.get(name))


def _value(name: str, value: object) -> Phrase:
    if name == "reach":
        return Phrase(f"registration.options.reach.{value}")
    return Phrase(f"options.{name}.{value}") if name in ("relation", "told") else plain(value)


def phone_shown(e164: str, *, whole: bool) -> str:
    """A phone number as it is written, all of it or its first and last figures."""
    written = readers.write_phone(e164) if e164 else ""
    return written if whole or not written else f"{written[:4]} ••• {written[-3:]}"


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


def _twins(file: CaseFile) -> tuple[Twin, ...]:
    return tuple(
        Twin(
            twin.code, twin.name, unit_name(twin.unit_id), Phrase(f"console.requests.state.{twin.state}"),
            twin.created_at, twin.same_phone, twin.same_year,
        )
        for twin in file.twins
    )  # fmt: skip


def _happened(file: CaseFile) -> tuple[Step, ...]:
    """What happened, oldest first; who read it stands once, where she last did."""
    steps = [Step(event.id, event.at, _what(event.kind), event.who, event.words) for event in file.events]
    read = _what("read")
    steps += [Step("", reading.at, read, reading.by, "", reading.times) for reading in file.readings]
    return tuple(sorted(steps, key=lambda step: step.at))


def _what(kind: str) -> Phrase:
    return Phrase(f"console.request.event.{kind}" if kind in OWN_WORDS else f"events.{kind}")


def _talk(file: CaseFile) -> tuple[Said, ...]:
    """What the registrant was told about the request and what she answered, oldest first."""
    hers = (Said(event.at, ours=False, words=event.words) for event in file.events if event.hers and event.words)
    ours = (
        Said(
            told.at, True, told.words, Phrase(f"channel.{told.channel}"),
            Phrase(f"console.request.message.{told.state}"), ARRIVED.get(told.state, "unknown"), told.changed_at,
        )
        for told in file.told
    )  # fmt: skip
    return tuple(sorted(chain(hers, ours), key=lambda said: said.at))


# What can be done now


def _to_do(desk: Desk, case: Case, file: CaseFile) -> ToDo:
    glance = desk.case_views.glance(case.code)
    assert glance is not None  # noqa: S101  # she may see it, and it is not erased
    acts = [*glance.acts]
    acts += [act for act in ("place", "recognise") if desk.case_acts.may(f"case.{act}", case)]
    forward = [act for act in FORWARD if act in acts and not (act == "take" and case.officer_id)]
    colleagues = desk.case_views.colleagues(case.code) if "hand_over" in acts else []
    first, aside = next(iter(forward), ""), {*ASIDE, *(("take",) if case.officer_id else ())}
    main = [act for act in acts if act not in aside and act != first]
    other = [act for act in acts if act in aside and (act != "hand_over" or colleagues)]
    return ToDo(
        (first, *main) if first else tuple(main), tuple(other), first, file.events[-1].id if file.events else "",
        tuple((one.id, desk.officials.name_of(one.id)) for one in colleagues),
        tuple((r.key, r.words, r.source) for r in refusals.reasons(desk.today())) if "refuse" in acts else (),
        tuple((u.id, u.name) for u in units.all_units().values()) if "place" in acts else (),
        CLASSES if "recognise" in acts else (),
        _will_be_told(desk, case, file) if "approve" in acts else None, file.hears,
    )  # fmt: skip


def _will_be_told(desk: Desk, case: Case, file: CaseFile) -> Phrase | None:
    """The message that an approval sends, to the letter."""
    if file.support is None:
        return None
    by = desk.officials.name_of(desk.acting().id)
    told = {"unit": unit_name(case.unit_id), "approver": by, **in_words(file.support)}
    return Phrase("case.approved", {"code": case.code, "answer": Phrase("next.told.approved", told)})


screen = Screen("/requests/{code}", "request", "case.see", view, notes=True, again=True)
screens = (screen, Screen("/requests/{code}/photos/{id}", "photo", "case.see", photo, notes=True))
acts = (Act("/requests/{code}/phone", "case.see", show_phone, screen),)
