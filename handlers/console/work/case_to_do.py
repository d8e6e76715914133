"""What an official may do to a case now: the act that is put forward, and those beside it."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.cases import CLASSES, CaseFile, in_words, refusals
from handlers.texts import Phrase
from handlers.vietnamese import units
from handlers.vietnamese.units import unit_name
from storage.tables import Case

# Acts that lead on, in this order, are the one that is put forward; the others stand beside it.
FORWARD = ("approve", "take", "propose", "deliver", "close", "check")
ASIDE = ("note", "hand_over", "place", "recognise")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseToDo:
    """What the official may do now. main: what the case waits for, first the one that is put forward; other: what
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


def to_do(desk: Desk, case: Case, file: CaseFile) -> CaseToDo:
    """What she may do to a case that she sees, as its file stands."""
    glance = desk.case_views.glance(case.code)
    assert glance is not None  # noqa: S101  # she may see it, and it is not erased
    acts = [*glance.acts]
    acts += [act for act in ("place", "recognise") if desk.case_acts.may(f"case.{act}", case)]
    forward = [act for act in FORWARD if act in acts and not (act == "take" and case.officer_id)]
    colleagues = desk.case_views.colleagues(case.code) if "hand_over" in acts else []
    first, aside = next(iter(forward), ""), {*ASIDE, *(("take",) if case.officer_id else ())}
    main = [act for act in acts if act not in aside and act != first]
    other = [act for act in acts if act in aside and (act != "hand_over" or colleagues)]
    return CaseToDo(
        main=(first, *main) if first else tuple(main),
        other=tuple(other),
        first=first,
        seen=file.events[-1].id if file.events else "",
        colleagues=tuple((one.id, desk.officials.name_of(one.id)) for one in colleagues),
        reasons=tuple((r.key, r.words, r.source) for r in refusals.reasons(desk.today())) if "refuse" in acts else (),
        units=tuple((u.id, u.name) for u in units.all_units().values()) if "place" in acts else (),
        classes=CLASSES if "recognise" in acts else (),
        approves=_will_be_told(desk, case, file) if "approve" in acts else None,
        hears=file.hears,
    )


def _will_be_told(desk: Desk, case: Case, file: CaseFile) -> Phrase | None:
    """The message that an approval sends, to the letter."""
    if file.support is None:
        return None
    by = desk.officials.name_of(desk.acting().id)
    told = {"unit": unit_name(case.unit_id), "approver": by, **in_words(file.support)}
    return Phrase("case.approved", {"code": case.code, "answer": Phrase("next.told.approved", told)})
