"""Tells a giver how to send money: the account that two officials confirmed, as a picture to scan and words to copy."""

from handlers.banking.vietqr import PayeeAccount, payload
from handlers.desk import Desk
from handlers.desk.money import account_key
from handlers.desk.pledges import WayToPay
from handlers.flow.message import Card, Dong, Phrase, Say
from storage.tables import Pledge


def how_to_pay(desk: Desk, pledge: Pledge) -> tuple[Say, ...]:
    """What to do now, and the account to copy; or that no money is to be sent to any number.

    pledge: of money that has not all come; the code asks for what has not.
    An organisation from abroad is told by a person.
    """
    if pledge.abroad and pledge.giver != "person":
        return (Say("gift.foreign_organisation", code=pledge.code),)
    way = desk.ways_to_pay.of(pledge)
    if way is None:
        return (Say("gift.no_account", code=pledge.code),)
    told = {
        **way.asking,
        "code": pledge.code,
        "amount": Dong(pledge.amount),
        "bank": way.account.bank,
        "account_number": way.account.number,
        "swift": way.account.swift,
    }
    under = account_key(way.account.id)
    copied = Say(Phrase("gift.to_copy", told), under=under)
    if pledge.abroad:
        key = "gift.from_abroad_swift" if way.account.swift else "gift.from_abroad"
        first = Say(Phrase("gift.pay_from_abroad", told), card=_card(pledge, way), under=under)
        return first, Say(Phrase(key, told), under=under), copied
    card = _card(pledge, way)
    return Say(Phrase("gift.pay_by_code" if card else "gift.pay", told), card=card, under=under), copied


def _card(pledge: Pledge, way: WayToPay) -> Card | None:
    """The picture to scan; None where the bank's digits are not known, or the account can't be paid."""
    account = way.account
    if not account.bank_bin or account.demo:
        return None
    left = pledge.amount - pledge.received
    said = payload(PayeeAccount(account.bank_bin, account.number), left, pledge.code)
    return Card(
        "gift_qr",
        {
            "title": Phrase("gift.card_title"),
            "code": pledge.code,
            "owner": Phrase("gift.card_owner", {"owner": account.owner}),
            "bank": account.bank,
            "number": account.number,
            "amount": Dong(left),
            "text": Phrase("gift.card_text", {"code": pledge.code}),
            "note": Phrase("gift.card_note"),
            "payload": said,
        },
    )
