"""What a family is told of its result, before it is put into any language, and a voice to put it."""

from datetime import date
from zoneinfo import ZoneInfo

from handlers import texts
from handlers.flow.message import Phrase
from handlers.rules import changes, reasons
from handlers.rules.ages import figures_of_the_day
from handlers.rules.household import Household
from handlers.rules.office import office
from handlers.rules.poverty import assess
from handlers.texts import Voice
from handlers.verdicts import basis, results


def voice(language: str, day: date) -> Voice:
    return Voice(
        texts=texts.load(), language=language, zone=ZoneInfo("Asia/Ho_Chi_Minh"), given=figures_of_the_day(day)
    )


def verdict(household: Household, day: date) -> tuple[Phrase, Phrase]:
    """The two messages of a result."""
    found = assess(household, day)
    return results.first(household, found), results.second(household, found, office(day))


def grounds(household: Household, day: date) -> tuple[Phrase, Phrase]:
    """What a result stands on, without the answers, and what would change it."""
    found = assess(household, day)
    lines = basis.lines(found, reasons.reasons(household, found), {})
    otherwise = basis.changes(found, changes.would_change(household, day))
    return (
        Phrase("legal_basis.basis", {"day": day, "lines": lines}),
        Phrase("legal_basis.changes", {"day": day, "lines": otherwise}),
    )
