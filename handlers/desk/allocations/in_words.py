"""A gift as its household is told of it: what and how much; of a job or a link also from whom and on what terms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handlers.desk.allocations.steps import GivenGift
from handlers.desk.office import Context
from handlers.desk.pledges import Pledges, how_much
from handlers.flow.message import Lines, Phrase
from handlers.vietnamese.units import unit_name

PEOPLE = "người"  # the measure of time and of jobs
# What an employer or buyer says of the offer, in the order it is told.
TERMS = (
    "wants", "job_place", "wage", "contract", "provides", "hires_until",
    "standard", "floor_price", "paid_when", "paid_in_days", "area", "pick_up",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class GiftWords:
    """Gifts as their households are told of them."""

    context: Context

    def what(self, given: GivenGift) -> object:
        """What was given, and how much of it; of one person's help or work only what it was."""
        said, amount = Pledges(self.context).body(given.pledge).what, given.row.handed_amount or given.row.amount
        if amount == 1 and given.pledge.measure == PEOPLE:
            return self.name(given)
        much = how_much(amount, given.pledge.measure)
        return Phrase("household_gift.so_much", {"what": said, "much": much}) if said else much

    def name(self, given: GivenGift) -> object:
        """What is offered, in the giver's words; its kind where they were forgotten."""
        return Pledges(self.context).body(given.pledge).what or Phrase(f"gift.kind.{given.pledge.kind}")

    def offer(self, given: GivenGift) -> Phrase:
        """The question whether a household wants to meet an employer or buyer; who verified them, and when."""
        body, pledge = Pledges(self.context).body(given.pledge), given.pledge
        told = tuple(_term(term, body.details) for term in _terms(body.details))
        values = {
            "company": body.name or Phrase("household_gift.not_named"),
            "what": self.name(given),
            "terms": Lines(told) if told else Phrase("household_gift.terms_later"),
            "unit": unit_name(pledge.unit_id or given.row.unit_id),
            "day": (pledge.verified_at or self.context.now).astimezone(self.context.zone).date(),
            "volume": how_much(given.row.amount, pledge.measure),
        }
        return Phrase("household_gift.ask_job" if pledge.kind == "job" else "household_gift.ask_link", values)


def _terms(details: Mapping[str, str]) -> Iterator[str]:
    """What was said; that it is paid some days later says itself when it is paid."""
    said = (term for term in TERMS if details.get(term))
    return (term for term in said if term != "paid_when" or not details.get("paid_in_days"))


def _term(term: str, details: Mapping[str, str]) -> Phrase:
    return Phrase(f"household_gift.terms.{term}", {"said": details[term], "per": details.get("wage_per", "").lower()})
