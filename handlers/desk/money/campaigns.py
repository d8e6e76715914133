"""Campaigns: drives for gifts, written by one official, opened by a second, over on their last day by themselves.

Why a draft is opened as it was seen: the second official answers for what givers read, so a draft that was changed
since is shown to her again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Literal, cast

from sqlalchemy import ColumnElement, Update, update
from sqlmodel import col, select

from handlers.desk.money.campaign_progress import CampaignProgress, progress_of
from handlers.desk.money.gift_accounts import GiftAccounts, ShownAccount
from handlers.desk.office import Context
from handlers.flow.message import Phrase
from handlers.rules import campaign_rules
from handlers.rules.rows import caution
from handlers.texts.loader import LANGUAGES
from handlers.vietnamese import units
from storage.ids import new_code, new_id, read_code
from storage.tables import Campaign, GiftAccount

# done; absent, or none of her business; her own draft, which another has to open; changed since she looked; not
# possible in this state; something in the form is missing or wrong.
CampaignOutcome = Literal["done", "absent", "own", "outdated", "not_now", "invalid"]
State = Literal["draft", "open", "closed"]

CAMPAIGN_PREFIX = "CD"
MOST_TITLE = 120  # letters
MOST_ABOUT = 400
MOST_MONEY = 10**13  # VND
LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """What an official writes. title, about: by language. basis: the id of one of `campaign_rules`. goal: VND.

    unit_id: None for the whole city. account_id: where its money goes; None: it asks for none.
    """

    title: Mapping[str, str]
    about: Mapping[str, str]
    organiser: str
    basis: str
    first_day: date
    last_day: date
    unit_id: str | None = None
    account_id: str | None = None
    goal: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCampaign:
    """A campaign. open_now: it was opened, and today is one of its days. written_by, opened_by: ids of officials."""

    id: str
    code: str
    state: State
    open_now: bool
    title: Mapping[str, str]
    about: Mapping[str, str]
    organiser: str
    basis: str
    first_day: date
    last_day: date
    unit_id: str | None
    account_id: str | None
    goal: int | None
    written_by: str
    opened_by: str | None
    changed_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Campaigns of one transaction."""

    context: Context

    # Everybody

    def open_ones(self) -> list[SeenCampaign]:
        """Campaigns that are open today, those that end first on top."""
        today = self.context.today()
        query = select(Campaign).where(
            Campaign.state == "open", col(Campaign.first_day) <= today, col(Campaign.last_day) >= today
        )
        rows = self.context.unit.scalars(query.order_by(col(Campaign.last_day), col(Campaign.id)))
        return [self._seen(row) for row in rows]

    def find(self, typed_code: str) -> SeenCampaign | None:
        """A campaign by its code as people type it, over or not; one that was never opened is nobody's to see."""
        row = self._by_code(typed_code)
        return self._seen(row) if row is not None and row.opened_by is not None else None

    def by_id(self, campaign_id: str) -> SeenCampaign | None:
        """A campaign that was opened, by its id."""
        row = self.context.unit.get(Campaign, campaign_id)
        return self._seen(row) if row is not None and row.opened_by is not None else None

    def account(self, campaign: SeenCampaign) -> ShownAccount | None:
        """The account of an open campaign, where one may be shown; without one it asks for no money."""
        if not campaign.open_now or campaign.account_id is None:
            return None
        return GiftAccounts(self.context).shown(campaign.account_id)

    def asking(self, campaign: SeenCampaign) -> Mapping[str, object]:
        """What every message that asks for gifts to a campaign names: organiser, basis, first_day, last_day,
        account_owner and ledger_link.
        """
        account = self.account(campaign)
        basis = campaign_rules.basis_on(campaign.basis, campaign.first_day)
        if account is None:
            owner: object = Phrase("campaign.no_account_owner")
        else:
            owner = Phrase("campaign.demo_owner", {"owner": account.owner}) if account.demo else account.owner
        named = Phrase(f"drive_bases.{campaign.basis}")
        return {
            "organiser": campaign.organiser,
            "basis": Phrase("campaign.basis", {"name": named, "act": _act(basis, self.context.today())}),
            "first_day": campaign.first_day,
            "last_day": campaign.last_day,
            "account_owner": owner,
            "ledger_link": self.context.ledger_link(),
        }

    def progress(self, campaign: SeenCampaign) -> CampaignProgress:
        """How far it has come, in one query over its pledges."""
        return progress_of(self.context.unit, campaign.id, campaign.goal)

    # Officials

    def all(self) -> list[SeenCampaign]:
        """Campaigns that the official may see: drafts first, then open ones, the newest first."""
        newest = select(Campaign).order_by(col(Campaign.id).desc()).limit(LISTED)
        rows = [row for row in self.context.unit.scalars(newest) if self.context.may("campaign.see", row.unit_id)]
        return sorted(map(self._seen, rows), key=lambda seen: ("draft", "open", "closed").index(seen.state))

    def read(self, typed_code: str) -> SeenCampaign | None:
        """A campaign that the official may see, a draft too."""
        row = self._by_code(typed_code)
        return self._seen(row) if row is not None and self.context.may("campaign.see", row.unit_id) else None

    def write(self, draft: CampaignDraft) -> str | None:
        """Write a draft, to be opened by another official; returns its code. None if she may not for its unit. Raises
        ValueError if something in it is wrong, see `faults`.
        """
        context = self.context
        if not context.allows("campaign.write", draft.unit_id, "campaign"):
            return None
        self._check(draft)
        row = Campaign(
            id=new_id(context.now), code=new_code(CAMPAIGN_PREFIX), written_by=context.acting().id,
            created_at=context.now,            changed_at=context.now, **asdict(draft),
        )  # fmt: skip
        context.unit.add(row)
        context.unit.flush()
        context.note("campaign.written", f"campaign:{row.id}", unit=row.unit_id or "")
        return row.code

    def rewrite(self, code: str, draft: CampaignDraft, seen: str) -> CampaignOutcome:
        """Write a draft anew; it is hers then, and another has to open it. seen: `changed_at` as she was shown it."""
        row = self._find(code, "campaign.write")
        if row is None or not self.context.allows("campaign.write", draft.unit_id, f"campaign:{row.id}"):
            return "absent"
        if row.state != "draft":
            return "not_now"
        self._check(draft)
        values = {**asdict(draft), "written_by": self.context.acting().id}
        return self._change(row, "rewritten", (_as_shown(seen), col(Campaign.state) == "draft"), values)

    def open(self, code: str, seen: str) -> CampaignOutcome:
        """Open what another wrote, as it was shown; invalid: its basis does not allow its days, or they are over."""
        row, me = self._find(code, "campaign.open"), self.context.acting().id
        if row is None:
            return "absent"
        if row.state != "draft":
            return "not_now"
        if self.context.are_same_hands(row.written_by):
            self.context.note("campaign.own_opening_refused", f"campaign:{row.id}")
            return "own"
        if row.last_day < self.context.today() or campaign_rules.check(row.basis, row.first_day, row.last_day):
            return "invalid"
        waits = (_as_shown(seen), col(Campaign.state) == "draft", col(Campaign.written_by) != me)
        return self._change(row, "opened", waits, {"state": "open", "opened_by": me})

    def close(self, code: str) -> CampaignOutcome:
        """Close a campaign before its last day, or throw a draft away. It is never opened again."""
        row = self._find(code, "campaign.close")
        if row is None:
            return "absent"
        if row.state == "closed":
            return "not_now"
        values = {"state": "closed", "closed_at": self.context.now}
        return self._change(row, "closed", (col(Campaign.state) != "closed",), values)

    def asks_for_money(self, campaign: SeenCampaign) -> bool:
        """Whether its account may be shown on each of its days; if not, no money is asked for on the others."""
        account, days = campaign.account_id, (campaign.first_day, campaign.last_day)
        return account is not None and GiftAccounts(self.context).covers(account, *days)

    # Inside

    def _check(self, draft: CampaignDraft) -> None:
        known = draft.account_id is None or self.context.unit.get(GiftAccount, draft.account_id) is not None
        if not known or campaign_faults(draft, self.context.today()):
            raise ValueError("not a campaign")

    def _by_code(self, typed_code: str) -> Campaign | None:
        code = read_code(typed_code, CAMPAIGN_PREFIX)
        return self.context.unit.scalars(select(Campaign).where(Campaign.code == code)).first() if code else None

    def _find(self, typed_code: str, action: str) -> Campaign | None:
        row = self._by_code(typed_code)
        return row if row is not None and self.context.allows(action, row.unit_id, f"campaign:{row.id}") else None

    def _change(
        self, row: Campaign, what: str, still: tuple[ColumnElement[bool], ...], values: Mapping[str, object]
    ) -> CampaignOutcome:
        change: Update = update(Campaign).where(col(Campaign.id) == row.id, *still)
        change = change.values(**values, changed_at=self.context.now).execution_options(synchronize_session=False)
        done = self.context.unit.change(change) == 1
        self.context.unit.refresh(row)
        if not done:
            return "outdated"
        self.context.note(f"campaign.{what}", f"campaign:{row.id}", unit=row.unit_id or "")
        return "done"

    def _seen(self, row: Campaign) -> SeenCampaign:
        open_now = row.state == "open" and row.first_day <= self.context.today() <= row.last_day
        return SeenCampaign(
            id=row.id,
            code=row.code,
            state=cast("State", row.state),
            open_now=open_now,
            title=row.title,
            about=row.about,
            organiser=row.organiser,
            basis=row.basis,
            first_day=row.first_day,
            last_day=row.last_day,
            unit_id=row.unit_id,
            account_id=row.account_id,
            goal=row.goal,
            written_by=row.written_by,
            opened_by=row.opened_by,
            changed_at=row.changed_at,
            closed_at=row.closed_at,
        )


def campaign_faults(draft: CampaignDraft, today: date) -> Mapping[str, str]:
    """What is wrong with a draft, by field: short, say_long, choose, last_day, drive_too_long or amount."""
    found: dict[str, str] = {}
    for language in LANGUAGES:
        if not 0 < len(draft.title.get(language, "")) <= MOST_TITLE:
            found[f"title_{language}"] = "short"
        if not 0 < len(draft.about.get(language, "")) <= MOST_ABOUT:
            found[f"about_{language}"] = "say_long" if draft.about.get(language) else "needed"
    if not 0 < len(draft.organiser) <= MOST_TITLE:
        found["organiser"] = "short"
    if draft.unit_id is not None and draft.unit_id not in units.all_units():
        found["unit"] = "choose"
    if draft.goal is not None and not 0 < draft.goal <= MOST_MONEY:
        found["goal"] = "amount"
    problems = campaign_rules.check(draft.basis, draft.first_day, draft.last_day)
    if "unknown_basis" in problems:
        found["basis"] = "choose"
    if draft.last_day < max(draft.first_day, today):
        found["last_day"] = "last_day"
    elif "too_long" in problems:
        found["last_day"] = "drive_too_long"
    return found


def stamp(campaign: SeenCampaign) -> str:
    """What a form says of the draft it was drawn with."""
    return campaign.changed_at.isoformat()


def _act(basis: campaign_rules.Basis | None, today: date) -> object:
    """The act as it is quoted, with what has to be said of one that nobody is sure of."""
    if basis is None:
        return Phrase("to_be_confirmed")
    return basis.act if caution(basis.row, today) == "plain" else Phrase("with_caution", {"figure": basis.act})


def _as_shown(seen: str) -> ColumnElement[bool]:
    """The draft is still the one of a stamp; a stamp that is none is of no draft."""
    try:
        at = datetime.fromisoformat(seen)
    except ValueError:
        at = None
    return col(Campaign.id).is_(None) if at is None or at.tzinfo is None else col(Campaign.changed_at) == at
