"""Register a household for support: what is needed, where, who, and how to be reached. Ten answers at most."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.cases import OpenedCase, Registration
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf, FinishIf, Open, Reask, Review
from handlers.flow.message import Card, Opening, Phrase, Say
from handlers.flow.questions import Choice, Choices, Name, OwnPhone, Photos, UnitQuestion, Words, Year
from handlers.forms.household import (
    ONCE_ASKED,
    agree_other,
    can_answer,
    cannot_answer,
    for_another,
    for_whom,
    not_asked_yet,
    refuses_for_them,
    relation,
    told,
    wants_to_read_more,
)

NEEDS = (
    "review", "work", "health", "school", "house", "water", "trade", "food", "information", "papers", "something",
)  # fmt: skip

needs = Choices("needs", *NEEDS)
work = Words("work", others=("officer_asks",))
goods = Words("goods", others=("officer_asks",))
unit = UnitQuestion("unit")
place = Words("place", most=300)
name = Name("name")
birth_year = Year("birth_year", others=("forgotten",))
phone = OwnPhone("phone", unless=for_another, others=("no_phone",))
helper_name = Name("helper_name")
helper_phone = OwnPhone("helper_phone", others=("no_phone",))
already = Choice("already", "add", "new")
story = Words("story", others=("skip", "photos"))
photos = Photos("photos", others=("skip",))
reach = Choice("reach", "call", "message", "visit", "interpreter")
tongue = Words("tongue", most=100, others=("skip",))


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What the desk knows of it: the code of the person's own open request that this one repeats, if any."""

    twin: str | None


def look_for_twin(desk: Desk, a: Answers) -> KnownPerson:
    """Look for an open request of the same person that says the same."""
    return KnownPerson(desk.cases.my_twin(as_request(a)) if phone in a or birth_year in a else None)


def wants_work(a: Answers) -> bool:
    return can_answer(a) and "work" in (a.get(needs) or ())


def wants_to_sell(a: Answers) -> bool:
    return can_answer(a) and "trade" in (a.get(needs) or ())


def has_asked_before(a: Answers) -> bool:
    return a.facts(KnownPerson).twin is not None


def wants_to_add(a: Answers) -> bool:
    return a.get(already) == "add" and has_asked_before(a)


def sends_photos(a: Answers) -> bool:
    return a.said(story, "photos")


def needs_an_interpreter(a: Answers) -> bool:
    return a.get(reach) == "interpreter"


def as_request(a: Answers) -> Registration:
    """What was answered, as the desk keeps it."""
    return Registration(
        needs=a.get(needs) or ("something",),
        unit_id=a.get(unit),
        place=a.get(place) or "",
        name=a.get(name) or "",
        birth_year=a.get(birth_year),
        phone=a.get(phone) or "",
        story=a.get(story) or "",
        work=a.get(work) or "",
        goods=a.get(goods) or "",
        reach=a.get(reach) or "",
        tongue=a.get(tongue) or "",
        for_other=for_another(a),
        relation=a.get(relation) or "",
        told=a.get(told) or "",
        helper_name=a.get(helper_name) or "",
        helper_phone=a.get(helper_phone) or "",
    )


def send(a: Answers, desk: Desk) -> Done | Reask:
    """Open the case, or go on to adding to the one there is; tell the code, the day, and what happens next."""
    if wants_to_read_more(a):
        return Reask(agree_other, because="read_more")
    twin = a.facts(KnownPerson).twin
    if twin is not None and a.get(already) == "add":
        return Done(then=Open("add_to_case", {"code": twin}))
    if for_another(a):
        desk.consents.note_helper("register")
    request = as_request(a)
    opened = desk.cases.open(request, a.get(photos) or ())
    asked = desk.consents.latest(desk.here().person_id, "case_news")
    return Done(
        _received(a, desk, opened),
        *_notes(desk, request, opened),
        then=None if asked else Open("consent_case_news"),
    )


def _received(a: Answers, desk: Desk, opened: OpenedCase) -> Say:
    where = unit.show(a[unit])
    card = Card(
        "code",
        {
            "title": Phrase("card_title"),
            "code": opened.code,
            "line1": where,
            "line2": Phrase("card_due", {"due": opened.due}),
            "line3": Phrase("card_hotline"),
            "note": Phrase("card_note"),
            **({"demo": Phrase("page.demo")} if desk.demo else {}),
        },
    )
    see = Opening("doors.see_case", "my_cases")
    return Say("received", code=opened.code, unit=where, due=opened.due, card=card, openings=(see,))


def _notes(desk: Desk, request: Registration, opened: OpenedCase) -> list[Say]:
    """What else has to be said: that this is not the official form, and that the person herself will be asked."""
    notes = []
    if "review" in request.needs:
        help_date = desk.office.form_help_date(opened.due)
        review_to = desk.office.review_to
        ends = Phrase("review_ends", {"day": review_to}) if review_to else Phrase("review_open")
        notes.append(Say("not_the_form", form=desk.office.review_form, help_date=help_date, ends=ends))
    if request.for_other:
        notes.append(Say("will_ask_them"))
    return notes


conversation = Conversation(
    "registration",
    opens_with=("/dangky", "/register"),
    needs="register",
    keeps_paused=True,
    facts=look_for_twin,
    script=(
        Ask(for_whom),
        Ask(relation, only_if=for_another),
        Ask(told, only_if=for_another),
        EndIf(not_asked_yet, say="ask_them_first", openings=ONCE_ASKED),
        Ask(agree_other, only_if=for_another),
        FinishIf(wants_to_read_more),
        EndIf(refuses_for_them, say="nothing_sent", openings=ONCE_ASKED),
        Ask(needs, only_if=can_answer),
        Ask(work, only_if=wants_work),
        Ask(goods, only_if=wants_to_sell),
        Ask(unit),
        Ask(place),
        Ask(name, only_if=can_answer),
        Ask(birth_year, only_if=can_answer),
        Ask(phone, only_if=can_answer),
        Ask(helper_name, only_if=cannot_answer),
        Ask(helper_phone, only_if=cannot_answer),
        Ask(already, only_if=has_asked_before),
        FinishIf(wants_to_add),
        Ask(story, only_if=can_answer),
        Ask(photos, only_if=sends_photos, private=True),
        Ask(reach, only_if=can_answer),
        Ask(tongue, only_if=needs_an_interpreter),
        Review(already, agree_other),
    ),
    finish=send,
)
