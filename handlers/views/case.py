"""A case as an official reads it in her chat: its words, what happened to it, and a button for each possible act."""

from handlers.desk.cases import CaseContent, CaseHappened, Glance, Support, in_words
from handlers.flow import readers
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.vietnamese.units import unit_name

TASKS = Opening("doors.tasks", "tasks")
OFFICIALS_ONLY = Say("officials_only", openings=(MENU,))
SAID = (
    "name", "birth_year", "phone", "place", "story", "work", "goods", "reach", "tongue", "relation", "told",
    "helper_name", "helper_phone",
)  # fmt: skip


def at_a_glance(glance: Glance) -> dict[str, object]:
    """What may be said of a request anywhere, in words."""
    return {
        "code": glance.code,
        "state": Phrase(f"states.{glance.state}"),
        "unit": unit_name(glance.unit_id),
        "due": Phrase("due_overdue" if glance.overdue else "due", {"due": glance.due}),
        "needs": tuple(Phrase(f"options.needs.{need}") for need in glance.needs),
        "officer": glance.officer or Phrase("nobody_yet"),
    }


def details(opened: CaseContent) -> tuple[Phrase, ...]:
    """What a request says, what is planned, and what happened last."""
    said = [_line(f"label.{name}", _value(name, opened.said[name])) for name in SAID if opened.said.get(name)]
    if opened.photos:
        said.append(_line("label.photos", Phrase("photos.count", {"count": opened.photos})))
    return (*said, *_planned(opened.support), *map(event, opened.events))


def _line(label: str, value: object) -> Phrase:
    return Phrase("line", {"label": Phrase(label), "value": value})


def _value(name: str, value: object) -> object:
    if name in ("phone", "helper_phone"):
        return readers.write_phone(str(value))
    if name == "reach":
        return Phrase(f"registration.options.reach.{value}")
    return Phrase(f"options.{name}.{value}") if name in ("relation", "told") else value


def _planned(support: Support | None) -> tuple[Phrase, ...]:
    if support is None:
        return ()
    told = in_words(support)
    planned = [_line("label.what", told["what"]), _line("label.when", told["when"])]
    planned += [_line("label.where", support.where)] if support.where else []
    if support.conditions:
        planned += [_line("label.conditions", support.conditions), _line("label.check_on", support.check_on)]
    return tuple(planned)


def event(event: CaseHappened) -> Phrase:
    """One thing that happened to a request."""
    who = event.who or Phrase("who.registrant")
    told = {"when": event.at, "what": Phrase(f"events.{event.kind}"), "who": who}
    return Phrase("event_with_words", {**told, "words": event.words}) if event.words else Phrase("event", told)


def doors(glance: Glance) -> tuple[Opening, ...]:
    """A button for each act that is possible now, and the way back to the list."""
    known = {"code": glance.code, "seen": glance.seen}
    return (*(Opening(f"doors.act.{act}", f"{act}_case", known) for act in glance.acts), TASKS)
