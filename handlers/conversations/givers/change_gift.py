"""What a giver changes in her own pledge: how much, when, no more reminders, that it is on its way, or not at all."""

from dataclasses import dataclass

from handlers.desk import Desk
from handlers.desk.pledges import OPEN
from handlers.flow.conversation import Answers, Ask, Conversation, Done, EndIf
from handlers.flow.message import MENU, Opening, Say
from handlers.flow.questions import Day, Money, Number, YesNo
from handlers.views.giving_form import OFFICER, Pledge, lies_ahead
from handlers.views.payment import how_to_pay

SMALLEST, MOST = 1_000, 10**7  # VND; of anything else

new_amount = Money("new_amount", least=SMALLEST)
new_count = Number("new_count", least=1, most=MOST)
new_day = Day("new_day")
sure_to_withdraw = YesNo("sure_to_withdraw")


@dataclass(frozen=True, slots=True)
class MyGift:
    """Her own pledge that is still open; somebody else's code finds none."""

    open: Pledge | None

    @property
    def pledge(self) -> Pledge:
        """The pledge. Raises LookupError where there is none."""
        if self.open is None:
            raise LookupError("no pledge of hers")
        return self.open


def look_up(desk: Desk, a: Answers) -> MyGift:
    found = desk.pledges.find_mine(a.given("code") or "")
    return MyGift(found if found is not None and found.state in OPEN else None)


def there_is_no_such_gift(a: Answers) -> bool:
    return a.facts(MyGift).open is None


def it_is_money(a: Answers) -> bool:
    return a.facts(MyGift).pledge.kind == "money"


def it_is_no_money(a: Answers) -> bool:
    return not it_is_money(a)


def new_day_lies_ahead(a: Answers) -> bool:
    return lies_ahead(a, new_day)


def _said(key: str, pledge: Pledge) -> Done:
    gift = Opening("doors.my_gift", "my_gifts", {"typed": pledge.code})
    return Done(Say(key, code=pledge.code, openings=(gift, OFFICER, MENU)))


def change(a: Answers, desk: Desk) -> Done:
    """Change how much she promises; never to less than was given on or has come."""
    pledge = a.facts(MyGift).pledge
    done = desk.pledges.change(pledge, amount=a.get(new_amount) or a.get(new_count))
    return _said("gift.changed" if done else "gift.too_late", pledge)


def put_off(a: Answers, desk: Desk) -> Done:
    """Change the day; if any reminders are left, they go by the new one."""
    pledge = a.facts(MyGift).pledge
    return _said("gift.put_off" if desk.pledges.change(pledge, due=a[new_day]) else "gift.too_late", pledge)


def withdraw(a: Answers, desk: Desk) -> Done:
    """Take the pledge back, if she is sure; nobody asks why."""
    pledge = a.facts(MyGift).pledge
    if not a[sure_to_withdraw]:
        return _said("gift.goes_on", pledge)
    return _said("gift.withdrawn" if desk.allocations.withdraw(pledge) else "gift.too_late", pledge)


def hush(a: Answers, desk: Desk) -> Done:
    """Remind her no further."""
    desk.pledges.hush(a.facts(MyGift).pledge)
    return _said("gift.hushed", a.facts(MyGift).pledge)


def tell_sent(a: Answers, desk: Desk) -> Done:
    """Note that she says it is on its way, tell those who receive it once, and remind her no further."""
    pledge = a.facts(MyGift).pledge
    if not any(event.kind == "told_sent" for event in desk.pledges.events(pledge)):
        desk.pledges.event(pledge, "told_sent")
        desk.pledge_news.told_sent(pledge)
    desk.pledges.hush(pledge)
    return _said("gift.told_sent", pledge)


def tell_how_to_pay(a: Answers, desk: Desk) -> Done:
    """Tell once more how the money is sent, as far as it has not come."""
    pledge = a.facts(MyGift).pledge
    lacks = pledge.kind == "money" and pledge.received < pledge.amount
    return Done(*how_to_pay(desk, pledge)) if lacks else _said("gift.too_late", pledge)


FOUND = EndIf(there_is_no_such_gift, "gift.none", (Opening("doors.giving", "pledge"), OFFICER, MENU))
BY_KIND = (Ask(new_amount, only_if=it_is_money), Ask(new_count, only_if=it_is_no_money))

conversations = (
    Conversation("change_gift", (FOUND, *BY_KIND), change, facts=look_up),
    Conversation("put_off_gift", (FOUND, Ask(new_day, fits=new_day_lies_ahead)), put_off, facts=look_up),
    Conversation("withdraw_gift", (FOUND, Ask(sure_to_withdraw)), withdraw, facts=look_up),
    Conversation("hush_gift", (FOUND,), hush, facts=look_up),
    Conversation("gift_sent", (FOUND,), tell_sent, facts=look_up),
    Conversation("how_to_pay", (FOUND,), tell_how_to_pay, facts=look_up),
)
