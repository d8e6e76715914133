"""Programmes in words: an amount that nobody may say is said to be confirmed, once and without a unit."""

from datetime import date

from handlers.flow.message import Phrase
from handlers.rules import entitlements
from handlers.verdicts import figures, offers

TODAY = date(2026, 11, 24)


def test_an_amount_that_is_not_known_is_to_be_confirmed_and_nothing_more() -> None:
    said = {offer.row.id: offers.amount(offer, TODAY) for offer in entitlements.general(TODAY)}

    unknown = [amount for amount in said.values() if amount == figures.CONFIRM]
    known = [amount for amount in said.values() if amount != figures.CONFIRM]
    assert unknown
    assert all(isinstance(one, Phrase) and figures.CONFIRM not in one.values.values() for a in known for one in a)  # type: ignore[attr-defined]  # a tuple of them
