"""A sheet for the counter, filled with what she told: which one, her yes to have it printed, and a link to fetch it."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.cases import Applicant
from handlers.flow.conversation import Answers, Ask, Conversation, Done, FinishIf
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Choice
from handlers.views.sheet import SheetFor, fitting

CHECK = Opening("doors.support", "eligibility")
REGISTRATION = Opening("doors.registration", "registration")
OFFICER = Opening("doors.officer", "officer")

which_sheet = Choice("which_sheet", "review", "allowance")
print_it = Choice("print_it", "yes", "no")


@dataclass(frozen=True, slots=True)
class FittingSheets:
    """Who asks, None where nothing is known of her, and the sheets that may be of use to her."""

    applicant: Applicant | None
    sheets: tuple[SheetFor, ...]


def look_up_applicant(desk: Desk, a: Answers) -> FittingSheets:
    """Look for what she told: of the request she came from, or else of her own family."""
    applicant = desk.sheets.mine(a.given("code") or "")
    return FittingSheets(applicant, fitting(desk, applicant) if applicant else ())


def nothing_to_print(a: Answers) -> bool:
    return not a.facts(FittingSheets).sheets


def both_may_fit(a: Answers) -> bool:
    return len(a.facts(FittingSheets).sheets) > 1


def give_link(a: Answers, desk: Desk) -> Done:
    """After her yes, make the link; say what stands on the sheet, and what she has to write herself."""
    found = a.facts(FittingSheets)
    if found.applicant is None:
        return Done(Say("nothing_known", openings=(CHECK, REGISTRATION, MENU)))
    if not found.sheets:
        return Done(Say("none_fits", openings=(OFFICER, MENU)))
    if a[print_it] != "yes":
        return Done(Say("not_printed", openings=(OFFICER, MENU)))
    about = next((one for one in found.sheets if one == a.get(which_sheet)), found.sheets[0])
    link = desk.sheets.link(about, found.applicant.code)
    named = bool(found.applicant.name)
    known = Phrase("with_name" if named else "without_name")
    doors = (MENU,) if named else (REGISTRATION, MENU)
    return Done(Say("ready", link=link, minutes=desk.pages.minutes, known=known, openings=doors))


conversation = Conversation(
    "sheet",
    opens_with=("/mau", "/form"),
    facts=look_up_applicant,
    script=(FinishIf(nothing_to_print), Ask(which_sheet, only_if=both_may_fit), Ask(print_it)),
    finish=give_link,
)
