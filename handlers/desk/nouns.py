"""The nouns of the desk, one line each; a noun's module is loaded when it is first asked for."""

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from handlers.desk.allocations.household_gifts import HouseholdGifts
    from handlers.desk.allocations.needs import Needs
    from handlers.desk.announcing.broadcasts import Broadcasts
    from handlers.desk.announcing.suspects import Suspects
    from handlers.desk.cases.answers import CaseAnswers
    from handlers.desk.cases.cases import Cases
    from handlers.desk.cases.casework import Casework
    from handlers.desk.cases.households import Households
    from handlers.desk.cases.law_changes import LawChanges
    from handlers.desk.cases.view import CaseViews
    from handlers.desk.cases.worklist import Worklist
    from handlers.desk.consents.consents import Consents
    from handlers.desk.consents.subscriptions import Subscriptions
    from handlers.desk.desk import Desk
    from handlers.desk.messages.files import Files
    from handlers.desk.messages.held import Held
    from handlers.desk.messages.messages import Messages
    from handlers.desk.messages.pages import PrivatePages
    from handlers.desk.money.campaigns import Campaigns
    from handlers.desk.money.gift_accounts import GiftAccounts
    from handlers.desk.office.calendar import Calendar
    from handlers.desk.officials.browsers import Browsers
    from handlers.desk.officials.invitations import Invitations
    from handlers.desk.officials.officials import Officials
    from handlers.desk.officials.signing_in import SigningIn
    from handlers.desk.pledges.pledges import Pledges
    from handlers.desk.privacy.links import Links
    from handlers.desk.privacy.people import People
    from handlers.desk.talks.talks import Talks
    from handlers.desk.talks.urgent import UrgentRequests


def _desk(nouns: "Nouns") -> "Desk":
    return cast("Desk", nouns)


class Nouns:
    """What the desk works on."""

    @property
    def people(self) -> "People":
        from handlers.desk.privacy.people import People

        return People(_desk(self))

    @property
    def held(self) -> "Held":
        from handlers.desk.messages.held import Held

        return Held(_desk(self))

    @property
    def consents(self) -> "Consents":
        from handlers.desk.consents.consents import Consents

        return Consents(_desk(self))

    @property
    def cases(self) -> "Cases":
        from handlers.desk.cases.cases import Cases

        return Cases(_desk(self))

    @property
    def case_answers(self) -> "CaseAnswers":
        from handlers.desk.cases.answers import CaseAnswers

        return CaseAnswers(_desk(self))

    @property
    def case_views(self) -> "CaseViews":
        from handlers.desk.cases.view import CaseViews

        return CaseViews(_desk(self))

    @property
    def worklist(self) -> "Worklist":
        from handlers.desk.cases.worklist import Worklist

        return Worklist(_desk(self))

    @property
    def casework(self) -> "Casework":
        from handlers.desk.cases.casework import Casework

        return Casework(_desk(self))

    @property
    def households(self) -> "Households":
        from handlers.desk.cases.households import Households

        return Households(_desk(self))

    @property
    def urgent(self) -> "UrgentRequests":
        from handlers.desk.talks.urgent import UrgentRequests

        return UrgentRequests(_desk(self))

    @property
    def talks(self) -> "Talks":
        from handlers.desk.talks.talks import Talks

        return Talks(_desk(self))

    @property
    def files(self) -> "Files":
        from handlers.desk.messages.files import Files

        return Files(_desk(self))

    @property
    def links(self) -> "Links":
        from handlers.desk.privacy.links import Links

        return Links(_desk(self))

    @property
    def officials(self) -> "Officials":
        from handlers.desk.officials.officials import Officials

        return Officials(_desk(self))

    @property
    def signing_in(self) -> "SigningIn":
        from handlers.desk.officials.signing_in import SigningIn

        return SigningIn(_desk(self))

    @property
    def invitations(self) -> "Invitations":
        from handlers.desk.officials.invitations import Invitations

        return Invitations(_desk(self))

    @property
    def browsers(self) -> "Browsers":
        from handlers.desk.officials.browsers import Browsers

        return Browsers(_desk(self))

    @property
    def pages(self) -> "PrivatePages":
        from handlers.desk.messages.pages import PrivatePages

        return PrivatePages(_desk(self))

    @property
    def messages(self) -> "Messages":
        from handlers.desk.messages.messages import Messages

        return Messages(_desk(self))

    @property
    def needs(self) -> "Needs":
        from handlers.desk.allocations.needs import Needs

        return Needs(_desk(self))

    @property
    def household_gifts(self) -> "HouseholdGifts":
        from handlers.desk.allocations.household_gifts import HouseholdGifts

        return HouseholdGifts(_desk(self))

    @property
    def pledges(self) -> "Pledges":
        from handlers.desk.pledges.pledges import Pledges

        return Pledges(_desk(self))

    @property
    def campaigns(self) -> "Campaigns":
        from handlers.desk.money.campaigns import Campaigns

        return Campaigns(_desk(self))

    @property
    def gift_accounts(self) -> "GiftAccounts":
        from handlers.desk.money.gift_accounts import GiftAccounts

        return GiftAccounts(_desk(self))

    @property
    def broadcasts(self) -> "Broadcasts":
        from handlers.desk.announcing.broadcasts import Broadcasts

        return Broadcasts(_desk(self))

    @cached_property
    def calendar(self) -> "Calendar":
        from handlers.desk.office.calendar import Calendar

        return Calendar(_desk(self))

    @property
    def subscriptions(self) -> "Subscriptions":
        from handlers.desk.consents.subscriptions import Subscriptions

        return Subscriptions(_desk(self))

    @property
    def suspects(self) -> "Suspects":
        from handlers.desk.announcing.suspects import Suspects

        return Suspects(_desk(self))

    @property
    def law_changes(self) -> "LawChanges":
        from handlers.desk.cases.law_changes import LawChanges

        return LawChanges(_desk(self))
