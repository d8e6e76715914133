"""The desk: what the office does, room by room, all in one transaction, in one actor's name, at one moment.

Why only this page knows all rooms: conversations, the console and jobs reach every act by it, and by nothing else; a
room takes a `Context` and the rooms below it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

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
    Sheets,
    Worklist,
)
from handlers.desk.consents import Consents, Subscriptions
from handlers.desk.law import RuleOverrides
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
from handlers.desk.officials import (
    AccountChanges,
    Accounts,
    ActingChats,
    Browsers,
    Duty,
    Expiry,
    Invitations,
    Officials,
    SigningIn,
)
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

N = TypeVar("N")


class Noun(Generic[N]):
    """Makes a noun over the desk it is asked of."""

    def __init__(self, make: Callable[[Context], N]) -> None:
        self._make = make

    @overload
    def __get__(self, desk: None, owner: type) -> Self: ...
    @overload
    def __get__(self, desk: Context, owner: type) -> N: ...
    def __get__(self, desk: Context | None, owner: type) -> Self | N:
        return self if desk is None else self._make(desk)


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
    office_days = Noun(OfficeDays)
    # messages
    disclosures = Noun(Disclosures)
    files = Noun(Files)
    held = Noun(Held)
    messages = Noun(Messages)
    pages = Noun(PrivatePages)
    platform_standing = Noun(PlatformStanding)
    reminders = Noun(Reminders)
    stuck_messages = Noun(StuckMessages)
    # officials
    account_changes = Noun(AccountChanges)
    accounts = Noun(Accounts)
    acting_chats = Noun(ActingChats)
    browsers = Noun(Browsers)
    duty = Noun(Duty)
    expiry = Noun(Expiry)
    invitations = Noun(Invitations)
    officials = Noun(Officials)
    signing_in = Noun(SigningIn)
    # consents
    consents = Noun(Consents)
    subscriptions = Noun(Subscriptions)
    # talks
    calls = Noun(Calls)
    talks = Noun(Talks)
    urgent = Noun(UrgentRequests)
    # money
    campaign_items = Noun(CampaignItems)
    campaigns = Noun(Campaigns)
    gift_accounts = Noun(GiftAccounts)
    ledger = Noun(Ledger)
    # law
    rule_overrides = Noun(RuleOverrides)
    # cases
    case_acts = Noun(CaseActs)
    case_answers = Noun(CaseAnswers)
    case_files = Noun(CaseFiles)
    case_list = Noun(CaseList)
    case_views = Noun(CaseViews)
    cases = Noun(Cases)
    casework = Noun(Casework)
    decisions = Noun(Decisions)
    form_reminders = Noun(FormReminders)
    households = Noun(Households)
    law_changes = Noun(LawChanges)
    question_reminders = Noun(QuestionReminders)
    sheets = Noun(Sheets)
    worklist = Noun(Worklist)
    # pledges
    bank = Noun(Bank)
    ended_accounts = Noun(EndedAccounts)
    gift_steps = Noun(GiftSteps)
    pledge_list = Noun(PledgeList)
    pledge_news = Noun(PledgeNews)
    pledge_reminders = Noun(PledgeReminders)
    pledge_work = Noun(PledgeWork)
    pledges = Noun(Pledges)
    ways_to_pay = Noun(WaysToPay)
    # allocations
    allocations = Noun(Allocations)
    arrival_reminders = Noun(ArrivalReminders)
    board = Noun(Board)
    gift_files = Noun(GiftFiles)
    grievances = Noun(Grievances)
    hand_overs = Noun(HandOvers)
    household_gifts = Noun(HouseholdGifts)
    models = Noun(Models)
    needs = Noun(Needs)
    suggestions = Noun(Suggestions)
    # announcing
    audiences = Noun(Audiences)
    broadcast_run = Noun(BroadcastRun)
    broadcast_ways = Noun(BroadcastWays)
    broadcasts = Noun(Broadcasts)
    call_sheet = Noun(CallSheet)
    chat_broadcasts = Noun(ChatBroadcasts)
    digests = Noun(Digests)
    draft_words = Noun(DraftWords)
    drafts = Noun(Drafts)
    suspects = Noun(Suspects)
    # privacy
    export = Noun(Export)
    joining = Noun(Joining)
    links = Noun(Links)
    people = Noun(People)
    restored = Noun(Restored)
    retention = Noun(Retention)
    # mornings
    endings = Noun(Endings)
    morning_list = Noun(MorningList)
    mornings = Noun(Mornings)
