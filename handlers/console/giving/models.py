"""Good models: ideas of givers to write up, models to approve, and those that everybody is shown."""

from dataclasses import asdict, dataclass
from datetime import datetime

from handlers.console.giving.gift import label_of
from handlers.console.giving.gifts import Chip
from handlers.console.screen import Act, Click, Invalid, Redirect, Screen
from handlers.console.screen.typed import Done, Faults, money
from handlers.console.screen.words import Field, plain
from handlers.desk import Desk
from handlers.desk.allocations import LAND, LONGEST, MOST_COST, WORK, Model, Wording, Writing
from handlers.desk.cases import CaseOutcome
from handlers.texts import Dong, Phrase

STATES = ("offered", "shown", "hidden")
LOOKS = {"offered": "waiting", "shown": "done", "hidden": "stopped"}
FIELDS = (*(f"{language}_{name}" for language in ("vi", "en") for name in LONGEST), "cost", "land", "work")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLine:
    """A model in the list. title: empty where it is not written yet."""

    id: str
    title: str
    where: str
    cost: Phrase
    look: str
    state: Phrase
    hers: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelList:
    """The list. ideas: codes and days of what givers told and nobody wrote up yet."""

    lines: tuple[ModelLine, ...]
    chips: tuple[Chip, ...]
    ideas: tuple[tuple[str, datetime], ...]
    writes: bool
    lands: tuple[str, ...]
    works: tuple[str, ...]
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """One model. idea: what its giver said, for who writes it up. values: its words by the fields of the form."""

    id: str
    title: str
    look: str
    state: Phrase
    facts: tuple[Field, ...]
    english: tuple[Field, ...]
    written_by: str
    approved_by: str
    code: str
    idea: tuple[Field, ...]
    seen: str
    writes: bool
    approves: bool
    own: bool
    hides: bool
    lands: tuple[str, ...]
    works: tuple[str, ...]
    values: dict[str, str]


def view(desk: Desk, given: Click) -> ModelList:
    """Models, those that wait for a second official first, and ideas that wait for a first."""
    models = desk.models
    state = given["state"] if given["state"] in STATES else ""
    found = [one for one in models.all() if not state or one.state == state]
    found.sort(key=_what_waits_first)
    chips = tuple(
        Chip(Phrase(f"console.models.state.{one}"), one == state, "" if one == state else f"state={one}")
        for one in STATES
    )
    ideas = tuple((one.code, one.created_at) for one in models.ideas())
    lines, writes = tuple(_line(desk, one) for one in found), desk.may("model.write", None)
    return ModelList(
        lines=lines, chips=chips, ideas=ideas, writes=writes, lands=LAND, works=WORK, values=dict.fromkeys(FIELDS, "")
    )


def view_one(desk: Desk, given: Click) -> ModelPage | None:
    """One model with the idea that it came from."""
    model = desk.models.find(given.path["id"])
    if model is None:
        return None
    writes, approves = desk.may("model.write", None), desk.may("model.approve", None)
    english = _facts(model.writing.en) if model.writing.en else ()
    complete = model.writing.complete
    return ModelPage(
        id=model.id,
        title=model.wording("vi").title,
        look=LOOKS[model.state],
        state=_state(desk, model),
        facts=_told(model),
        english=english,
        written_by=desk.officials.name_of(model.written_by),
        approved_by=desk.officials.name_of(model.approved_by),
        code=model.idea,
        idea=_idea(desk, model) if writes else (),
        seen=model.seen,
        writes=writes,
        approves=approves and complete and model.state != "shown",
        own=desk.are_same_hands(model.written_by),
        hides=approves and model.state == "shown",
        lands=LAND,
        works=WORK,
        values=_values(model.writing),
    )


def begin(desk: Desk, given: Click) -> Done:
    """Write a model that no giver's idea led to."""
    faults: Faults = {}
    writing = _read(given, faults)
    if faults or writing is None:
        return Invalid(faults)
    made = desk.models.begin(writing)
    return Redirect(f"/models/{made}", "model_written") if made else Invalid({"": "invalid"})


def take_up(desk: Desk, given: Click) -> Done:
    """Begin to write up an idea."""
    made = desk.models.take_up(given["code"])
    return Redirect(f"/models/{made}", "model_taken_up") if made else Invalid({"": "no_idea"})


def write(desk: Desk, given: Click) -> Done:
    """Write a model anew; it is shown once another official approved it."""
    faults: Faults = {}
    writing = _read(given, faults)
    if faults or writing is None:
        return Invalid(faults)
    return _done(given, desk.models.write(given.path["id"], writing, given["seen"]), "model_written")


def approve(desk: Desk, given: Click) -> Done:
    """Show a model that another official wrote to everybody."""
    return _done(given, desk.models.approve(given.path["id"], given["seen"]), "model_shown")


def hide(desk: Desk, given: Click) -> Done:
    """Show a model to nobody any more."""
    return _done(given, desk.models.hide(given.path["id"], given["seen"]), "model_hidden")


# Inside


def _done(given: Click, outcome: CaseOutcome, done: str) -> Done:
    match outcome:
        case "done":
            return Redirect(f"/models/{given.path['id']}", done)
        case "absent":
            return None
        case "outdated":
            return Invalid({}, outdated=True)
        case "own":
            return Invalid({"": "own_model"})
        case _:
            return Invalid({"": "model_not_now" if outcome == "not_now" else "invalid"})


def _what_waits_first(one: Model) -> int:
    return STATES.index(one.state)


def _idea(desk: Desk, model: Model) -> tuple[Field, ...]:
    """What the giver said of the idea that a model came from."""
    said = desk.models.idea(model.idea) if model.idea else None
    if said is None:
        return ()
    details = (Field(label_of(desk, name), plain(words)) for name, words in said.details.items())
    return (Field(Phrase("console.models.said"), plain(said.what)), *details)


def _line(desk: Desk, one: Model) -> ModelLine:
    said = one.wording(desk.acting().language)
    hers = desk.are_same_hands(one.written_by)
    return ModelLine(
        id=one.id,
        title=said.title,
        where=said.where,
        cost=_cost(one),
        look=LOOKS[one.state],
        state=_state(desk, one),
        hers=hers,
    )


def _state(desk: Desk, one: Model) -> Phrase:
    written = "" if one.writing.complete or one.state != "offered" else "_empty"
    return Phrase(f"console.models.state.{one.state}{written}")


def _cost(one: Model) -> Phrase:
    cost = one.writing.cost
    return Phrase("plain", {"words": Dong(cost)}) if cost else Phrase("console.models.no_cost")


def _told(model: Model) -> tuple[Field, ...]:
    if not model.writing.vi.title:
        return ()
    needs = (
        Field(Phrase("console.models.cost"), _cost(model)),
        Field(Phrase("console.models.land"), Phrase(f"console.models.land_is.{model.writing.land}")),
        Field(Phrase("console.models.work"), Phrase(f"console.models.work_is.{model.writing.work}")),
    )
    return (*_facts(model.writing.vi), *needs)


def _facts(said: Wording) -> tuple[Field, ...]:
    return tuple(Field(Phrase(f"console.models.{name}"), plain(words)) for name, words in asdict(said).items())


def _values(writing: Writing) -> dict[str, str]:
    """What the form is filled with."""
    found = {f"vi_{name}": str(words) for name, words in asdict(writing.vi).items()}
    found |= {f"en_{name}": str(words) for name, words in asdict(writing.en or Wording()).items()}
    written = bool(writing.vi.title)
    return found | {"cost": str(writing.cost) if written else "", "land": writing.land, "work": writing.work}


def _read(given: Click, faults: Faults) -> Writing | None:
    """What was typed; English may be left out, but not by half."""
    english = any(given[f"en_{name}"] for name in LONGEST)
    for language in ("vi", "en") if english else ("vi",):
        for name, most in LONGEST.items():
            said = given[f"{language}_{name}"]
            if not 0 < len(said) <= most:
                faults[f"{language}_{name}"] = "too_long" if said else "needed"
    for name, known in (("land", LAND), ("work", WORK)):
        if given[name] not in known:
            faults[name] = "unchosen"
    cost = money(given, "cost", faults, most=MOST_COST, least=0)
    if faults or cost is None:
        return None
    vi, en = (Wording(**{name: given[f"{language}_{name}"] for name in LONGEST}) for language in ("vi", "en"))
    return Writing(vi=vi, en=en if english else None, cost=cost, land=given["land"], work=given["work"])


one_screen = Screen(path="/models/{id}", template="giving/model", right="model.see", view=view_one, notes=True)
screen = Screen(path="/models", template="giving/models", right="model.see", view=view, menu="giving")
screens = (screen, one_screen)
acts = (
    Act(path="/models", right="model.write", do=begin, screen=screen),
    Act(path="/models/take-up", right="model.write", do=take_up, screen=screen),
    Act(path="/models/{id}/write", right="model.write", do=write, screen=one_screen),
    Act(path="/models/{id}/approve", right="model.approve", do=approve, screen=one_screen, checked=True),
    Act(path="/models/{id}/hide", right="model.approve", do=hide, screen=one_screen),
)
