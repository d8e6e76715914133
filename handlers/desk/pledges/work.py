"""What officials do with a pledge before it is given on: accept, verify, place, receive, or let it lapse.

Why each act names the last event its official has seen: of two at one pledge, the second is told what the first did.
"""

from dataclasses import dataclass
from typing import Literal

from sqlmodel import col, select

from handlers.desk.cases import MOST_WORDS
from handlers.desk.money import Ledger
from handlers.desk.office import Context
from handlers.desk.pledges.kinds import kind_of
from handlers.desk.pledges.news import PledgeNews
from handlers.desk.pledges.pledges import MOST, Pledges
from handlers.vietnamese import units
from storage.queries.pledges import OPEN
from storage.tables import LedgerLine, Pledge, PledgeEvent

# done; absent, or none of her business, her own pledge among them; changed since she looked; not possible in this
# state; something in the form is missing or wrong; more than was promised; the ledger has this reference already.
PledgeOutcome = Literal["done", "absent", "outdated", "not_now", "invalid", "more", "known"]
Act = Literal["accept", "verify", "receive", "place", "lapse"]
MOST_REFERENCE = 80  # letters


@dataclass(frozen=True, slots=True)
class PledgeWork:
    """What the official at the desk does with pledges. seen: the id of the last event she was shown; empty: any."""

    context: Context

    def possible(self, pledge: Pledge) -> tuple[Act, ...]:
        """What she may do to a pledge now, what it waits for first."""
        if pledge.person_id == self.context.acting().person_id:
            return ()
        acts: tuple[Act, ...] = ("verify", "accept", "receive", "place", "lapse")
        return tuple(
            act for act in acts if fits(act, pledge) and self.context.may(right_to(act, pledge), pledge.unit_id)
        )

    def accept(self, code: str, words: str, seen: str = "") -> PledgeOutcome:
        """Accept an offer. words: of goods and time the appointment, which its giver is told; else maybe empty."""
        pledge, wrong = self._find(code, "accept", seen)
        if pledge is None:
            return wrong
        if len(words) > MOST_WORDS or (kind_of(pledge.kind).appointed and not words.strip()):
            return "invalid"
        if not fits("accept", pledge):
            return "not_now"
        Pledges(self.context).move_to(pledge, "accepted", "accepted", note=words.strip())
        self._news.accepted(pledge, words.strip())
        return "done"

    def verify(self, code: str, how: str, seen: str = "") -> PledgeOutcome:
        """Write down how it was checked who the employer or buyer is; only then are households asked."""
        pledge, wrong = self._find(code, "verify", seen)
        if pledge is None:
            return wrong
        if not self._said(how):
            return "invalid"
        if not fits("verify", pledge):
            return "not_now"
        pledge.verified_by, pledge.verified_at = self.context.acting().id, self.context.now
        Pledges(self.context).move_to(pledge, "accepted", "verified", note=how.strip())
        self._news.verified(pledge, self.context.today())
        return "done"

    def receive(self, code: str, amount: int, reference: str = "", seen: str = "") -> PledgeOutcome:
        """Write down that goods came to the office, or money by hand. reference: of money, of its receipt."""
        pledge, wrong = self._find(code, "receive", seen)
        if pledge is None:
            return wrong
        named = bool("".join(c for c in reference if c.isalnum())) and len(reference) <= MOST_REFERENCE
        if not 0 < amount <= MOST or (pledge.kind == "money" and not named):
            return "invalid"
        if not fits("receive", pledge):
            return "not_now"
        if pledge.received + amount > pledge.amount:
            return "more"
        if pledge.kind == "money" and self._is_known(reference):
            return "known"
        Pledges(self.context).receive(pledge, amount, reference=reference if pledge.kind == "money" else "")
        self._news.received(pledge, amount, self.context.today())
        return "done"

    def place(self, code: str, unit_id: str, seen: str = "") -> PledgeOutcome:
        """Say which unit gets what was promised to where it is most needed."""
        pledge, wrong = self._find(code, "place", seen)
        if pledge is None:
            return wrong
        if unit_id not in units.all_units():
            return "invalid"
        if not fits("place", pledge):
            return "not_now"
        pledge.unit_id, pledge.changed_at = unit_id, self.context.now
        self.context.unit.add(pledge)
        Pledges(self.context).event(pledge, "placed")
        self.context.note("pledge.placed", f"pledge:{pledge.id}", unit=unit_id)
        return "done"

    def lapse(self, code: str, why: str, seen: str = "") -> PledgeOutcome:
        """Let a promise lapse of which nothing came. why: words for colleagues; its giver is thanked all the same."""
        pledge, wrong = self._find(code, "lapse", seen)
        if pledge is None:
            return wrong
        if not self._said(why):
            return "invalid"
        if not fits("lapse", pledge):
            return "not_now"
        Pledges(self.context).move_to(pledge, "lapsed", "lapsed", note=why.strip())
        self._news.lapsed(pledge)
        return "done"

    # Inside

    @property
    def _news(self) -> PledgeNews:
        return PledgeNews(self.context)

    def _find(self, code: str, act: Act, seen: str) -> tuple[Pledge | None, PledgeOutcome]:
        """The pledge, if she may do this to it: of money another right is asked than of goods."""
        pledge = Pledges(self.context).by_code(code)
        if pledge is None or Pledges(self.context).find(code, right_to(act, pledge)) is None:
            return None, "absent"
        if seen and seen != self.last_event(pledge):
            return None, "outdated"
        return pledge, "done"

    def _said(self, words: str) -> bool:
        return bool(words.strip()) and len(words) <= MOST_WORDS

    def _is_known(self, reference: str) -> bool:
        same = LedgerLine.reference == Ledger(self.context).sign(reference)
        query = select(LedgerLine.id).where(same, LedgerLine.kind == "received")
        return self.context.unit.scalars(query.limit(1)).first() is not None

    def last_event(self, pledge: Pledge) -> str:
        """The id of the last thing that happened to a pledge."""
        query = select(PledgeEvent.id).where(PledgeEvent.pledge_id == pledge.id).order_by(col(PledgeEvent.id).desc())
        return self.context.unit.scalars(query.limit(1)).first() or ""


def right_to(act: Act, pledge: Pledge) -> str:
    """The right of the table that an act on a pledge asks for."""
    return "gift.receive" if act == "receive" and pledge.kind == "money" else "gift.take"


def fits(act: Act, pledge: Pledge) -> bool:
    """Whether a pledge, as it stands, can be treated so."""
    match act:
        case "accept":
            return pledge.state == "offered" and not kind_of(pledge.kind).meets
        case "verify":
            return pledge.state == "offered" and kind_of(pledge.kind).meets
        case "receive":
            accepted = pledge.kind == "money" or pledge.state != "offered"
            return kind_of(pledge.kind).comes and pledge.state in OPEN and accepted and pledge.received < pledge.amount
        case "place":
            nowhere = pledge.unit_id is None and pledge.campaign_id is None and pledge.kind != "idea"
            return nowhere and pledge.state in ("offered", "accepted") and not pledge.allocated
        case "lapse":
            return pledge.state in ("offered", "accepted") and not (pledge.allocated or pledge.received)
