"""Programmes in words: an amount nobody may say is to be confirmed, and a condition is said to whom it may not fit."""

from datetime import date

import pytest

from handlers.flow.message import Phrase
from handlers.rules import entitlements
from handlers.rules.household import Household, Pension
from handlers.verdicts import figures, offers

TODAY = date(2026, 11, 24)


def test_an_amount_that_is_not_known_is_to_be_confirmed_and_nothing_more() -> None:
    said = {offer.row.id: offers.amount(offer, TODAY) for offer in entitlements.general(TODAY)}

    unknown = [amount for amount in said.values() if amount == figures.CONFIRM]
    known = [amount for amount in said.values() if amount != figures.CONFIRM]
    assert unknown
    assert all(isinstance(one, Phrase) and figures.CONFIRM not in one.values.values() for a in known for one in a)  # type: ignore[attr-defined]  # a tuple of them


@pytest.mark.parametrize(("pension", "is_said"), [(None, True), ("none", False)])
def test_a_condition_is_said_unless_it_is_known_to_be_true(pension: Pension | None, *, is_said: bool) -> None:
    family = Household(certificate="none", living_here={"aged_75": True, "aged_70": False}, pension=pension)
    found = entitlements.offers(family, TODAY, likely=frozenset())

    [line] = offers.lines((offer for offer in found if offer.id == "huu_tri_75"), TODAY, family)

    what = line.values["what"]
    assert isinstance(what, Phrase)
    assert ("offer.condition" in {said.key for said in what.values.values() if isinstance(said, Phrase)}) == is_said
