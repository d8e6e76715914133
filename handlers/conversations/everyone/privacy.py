"""Privacy: what is stored about me, download, take a consent back, erase. What must be kept is said."""

from handlers.desk import Desk
from handlers.flow.conversation import Answers, Ask, Conversation, Done
from handlers.flow.message import MENU, Opening, Phrase, Say
from handlers.flow.questions import Candidate, Choice


def what_is_kept(a: Answers, desk: Desk) -> Done:
    """Say in plain words what is stored, and what can be done about it."""
    cases = desk.cases.mine()
    consents = tuple(Phrase(f"purposes.{c.purpose}") for c in desk.consents.given())
    channels = dict.fromkeys(place.channel for place in desk.links.places())
    law = desk.office.data_law
    return Done(
        Say(
            "kept",
            channels=tuple(Phrase(f"channel.{channel}") for channel in channels),
            cases=len(cases),
            consents=consents or Phrase("no_consents"),
            law=law.source if law else Phrase("to_be_confirmed"),
            openings=(
                Opening("doors.download", "download"),
                Opening("doors.withdraw_consent", "withdraw_consent"),
                Opening("doors.erase", "erase"),
                MENU,
            ),
        )
    )


def link(a: Answers, desk: Desk) -> Done:
    """Give a link to everything that is stored, for a quarter of an hour."""
    return Done(Say("link", link=desk.people.download_link(), openings=(MENU,)))


def given_purposes(a: Answers) -> tuple[Candidate, ...]:
    """A button for each consent in force."""
    return tuple(Candidate(p, Phrase(f"purposes.{p}")) for p in a.facts(tuple))


def consents_in_force(desk: Desk, a: Answers) -> tuple[str, ...]:
    return tuple(c.purpose for c in desk.consents.given())


def has_consents(a: Answers) -> bool:
    return bool(a.facts(tuple))


purpose = Choice("purpose", supplied=given_purposes, others=("none",))
sure = Choice("sure", "erase", "keep")


def withdraw(a: Answers, desk: Desk) -> Done:
    """Take one consent back, and forget what was told under it; a request that was sent stays where it is."""
    chosen = a.get(purpose)
    if chosen is None:
        return Done(Say("nothing_withdrawn", openings=(MENU,)))
    desk.consents.withdraw(chosen)
    if chosen == "check":
        desk.households.forget()
    if chosen == "give":
        desk.pledges.unname()
    if chosen == "meet":
        desk.household_gifts.take_name_back()
    return Done(Say("withdrawn", purpose=Phrase(f"purposes.{chosen}"), openings=(MENU,)), forgets=chosen)


def open_codes(desk: Desk, a: Answers) -> tuple[str, ...]:
    return tuple(c.code for c in desk.cases.mine() if c.state not in ("closed", "refused", "withdrawn"))


def erase(a: Answers, desk: Desk) -> Done:
    """Erase everything, if the person is sure; open requests of her own family are withdrawn by it."""
    if a[sure] != "erase":
        return Done(Say("nothing_erased", openings=(MENU,)))
    withdrawn = desk.people.erase()
    phrase = Phrase("erased_with_cases", {"count": withdrawn}) if withdrawn else Phrase("erased")
    return Done(Say(phrase, openings=(MENU,)))


conversations = (
    Conversation("privacy", (), what_is_kept, ("/riengtu", "/privacy")),
    Conversation("download", (), link),
    Conversation("withdraw_consent", (Ask(purpose, only_if=has_consents),), withdraw, facts=consents_in_force),
    Conversation("erase", (Ask(sure),), erase, facts=open_codes),
)
