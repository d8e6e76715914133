"""The desk: what the office does, room by room, all in one transaction, in one actor's name, at one moment.

Why only this page knows all rooms: conversations, the console and jobs reach every act by it, and by nothing else; a
room takes a `Context` and the rooms below it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from handlers.desk.allocations import (
    Allocations,
    ArrivalReminders,
    Board,
    GiftFiles,
    Grievances,
    HandOvers,
    HouseholdGifts,
    Models,
    Needs,
    Suggestions,
)
from handlers.desk.announcing import (
    Audiences,
    BroadcastRun,
    Broadcasts,
    BroadcastWays,
    CallSheet,
    ChatBroadcasts,
    Digests,
    Drafts,
    DraftWords,
    Suspects,
)
from handlers.desk.cases import (
    CaseActs,
    CaseAnswers,
    CaseClosed,
    CaseFiles,
    CaseList,
    CasePlaced,
    Cases,
    CaseViews,
    Casework,
    Decisions,
    FormReminders,
    Households,
    LawChanges,
    QuestionReminders,
    Worklist,
)
from handlers.desk.consents import Consents, Subscriptions
from handlers.desk.messages import (
    Disclosures,
    Files,
    Held,
    Messages,
    PlatformStanding,
    PrivatePages,
    Reminders,
    StuckMessages,
)
from handlers.desk.money import CampaignItems, Campaigns, GiftAccounts, Ledger
from handlers.desk.mornings import Endings, MorningList, Mornings
from handlers.desk.office import Context, OfficeDays
from handlers.desk.officials import Accounts, Browsers, Duty, Invitations, Officials, SigningIn
from handlers.desk.pledges import (
    Bank,
    EndedAccounts,
    GiftSteps,
    PledgeList,
    PledgeNews,
    PledgeReminders,
    Pledges,
    PledgeWork,
    WaysToPay,
)
from handlers.desk.privacy import Export, Joining, Links, People, Restored, Retention
from handlers.desk.talks import Calls, Talks, UrgentRequests

# What follows in one room from what happened in a room below it.
LISTENERS: Mapping[type[object], Callable[[Any, Any], None]] = {
    CaseClosed: lambda context, happened: Needs(context).end_with(happened.case),
    CasePlaced: lambda context, happened: Needs(context).move_with(happened.case),
}


@dataclass(frozen=True, kw_only=True)
class Desk(Context):
    """One transaction at the office, with all that is done there."""

    listeners: ClassVar[Mapping[type[object], Callable[[Any, Any], None]]] = LISTENERS

    # office

    @property
    def office_days(self) -> OfficeDays:
        return OfficeDays(self)

    # messages

    @property
    def disclosures(self) -> Disclosures:
        return Disclosures(self)

    @property
    def files(self) -> Files:
        return Files(self)

    @property
    def held(self) -> Held:
        return Held(self)

    @property
    def messages(self) -> Messages:
        return Messages(self)

    @property
    def pages(self) -> PrivatePages:
        return PrivatePages(self)

    @property
    def platform_standing(self) -> PlatformStanding:
        return PlatformStanding(self)

    @property
    def reminders(self) -> Reminders:
        return Reminders(self)

    @property
    def stuck_messages(self) -> StuckMessages:
        return StuckMessages(self)

    # officials

    @property
    def accounts(self) -> Accounts:
        return Accounts(self)

    @property
    def browsers(self) -> Browsers:
        return Browsers(self)

    @property
    def duty(self) -> Duty:
        return Duty(self)

    @property
    def invitations(self) -> Invitations:
        return Invitations(self)

    @property
    def officials(self) -> Officials:
        return Officials(self)

    @property
    def signing_in(self) -> SigningIn:
        return SigningIn(self)

    # consents

    @property
    def consents(self) -> Consents:
        return Consents(self)

    @property
    def subscriptions(self) -> Subscriptions:
        return Subscriptions(self)

    # talks

    @property
    def calls(self) -> Calls:
        return Calls(self)

    @property
    def talks(self) -> Talks:
        return Talks(self)

    @property
    def urgent(self) -> UrgentRequests:
        return UrgentRequests(self)

    # money

    @property
    def campaign_items(self) -> CampaignItems:
        return CampaignItems(self)

    @property
    def campaigns(self) -> Campaigns:
        return Campaigns(self)

    @property
    def gift_accounts(self) -> GiftAccounts:
        return GiftAccounts(self)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self)

    # cases

    @property
    def case_acts(self) -> CaseActs:
        return CaseActs(self)

    @property
    def case_answers(self) -> CaseAnswers:
        return CaseAnswers(self)

    @property
    def case_files(self) -> CaseFiles:
        return CaseFiles(self)

    @property
    def case_list(self) -> CaseList:
        return CaseList(self)

    @property
    def case_views(self) -> CaseViews:
        return CaseViews(self)

    @property
    def cases(self) -> Cases:
        return Cases(self)

    @property
    def casework(self) -> Casework:
        return Casework(self)

    @property
    def decisions(self) -> Decisions:
        return Decisions(self)

    @property
    def form_reminders(self) -> FormReminders:
        return FormReminders(self)

    @property
    def households(self) -> Households:
        return Households(self)

    @property
    def law_changes(self) -> LawChanges:
        return LawChanges(self)

    @property
    def question_reminders(self) -> QuestionReminders:
        return QuestionReminders(self)

    @property
    def worklist(self) -> Worklist:
        return Worklist(self)

    # pledges

    @property
    def bank(self) -> Bank:
        return Bank(self)

    @property
    def ended_accounts(self) -> EndedAccounts:
        return EndedAccounts(self)

    @property
    def gift_steps(self) -> GiftSteps:
        return GiftSteps(self)

    @property
    def pledge_list(self) -> PledgeList:
        return PledgeList(self)

    @property
    def pledge_news(self) -> PledgeNews:
        return PledgeNews(self)

    @property
    def pledge_reminders(self) -> PledgeReminders:
        return PledgeReminders(self)

    @property
    def pledge_work(self) -> PledgeWork:
        return PledgeWork(self)

    @property
    def pledges(self) -> Pledges:
        return Pledges(self)

    @property
    def ways_to_pay(self) -> WaysToPay:
        return WaysToPay(self)

    # allocations

    @property
    def allocations(self) -> Allocations:
        return Allocations(self)

    @property
    def arrival_reminders(self) -> ArrivalReminders:
        return ArrivalReminders(self)

    @property
    def board(self) -> Board:
        return Board(self)

    @property
    def gift_files(self) -> GiftFiles:
        return GiftFiles(self)

    @property
    def grievances(self) -> Grievances:
        return Grievances(self)

    @property
    def hand_overs(self) -> HandOvers:
        return HandOvers(self)

    @property
    def household_gifts(self) -> HouseholdGifts:
        return HouseholdGifts(self)

    @property
    def models(self) -> Models:
        return Models(self)

    @property
    def needs(self) -> Needs:
        return Needs(self)

    @property
    def suggestions(self) -> Suggestions:
        return Suggestions(self)

    # announcing

    @property
    def audiences(self) -> Audiences:
        return Audiences(self)

    @property
    def broadcast_run(self) -> BroadcastRun:
        return BroadcastRun(self)

    @property
    def broadcast_ways(self) -> BroadcastWays:
        return BroadcastWays(self)

    @property
    def broadcasts(self) -> Broadcasts:
        return Broadcasts(self)

    @property
    def call_sheet(self) -> CallSheet:
        return CallSheet(self)

    @property
    def chat_broadcasts(self) -> ChatBroadcasts:
        return ChatBroadcasts(self)

    @property
    def digests(self) -> Digests:
        return Digests(self)

    @property
    def draft_words(self) -> DraftWords:
        return DraftWords(self)

    @property
    def drafts(self) -> Drafts:
        return Drafts(self)

    @property
    def suspects(self) -> Suspects:
        return Suspects(self)

    # privacy

    @property
    def export(self) -> Export:
        return Export(self)

    @property
    def joining(self) -> Joining:
        return Joining(self)

    @property
    def links(self) -> Links:
        return Links(self)

    @property
    def people(self) -> People:
        return People(self)

    @property
    def restored(self) -> Restored:
        return Restored(self)

    @property
    def retention(self) -> Retention:
        return Retention(self)

    # mornings

    @property
    def endings(self) -> Endings:
        return Endings(self)

    @property
    def morning_list(self) -> MorningList:
        return MorningList(self)

    @property
    def mornings(self) -> Mornings:
        return Mornings(self)
