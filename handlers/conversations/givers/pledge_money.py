"""To pledge money: how much and about when; then the account, if two officials confirmed one, or the word to wait."""

from datetime import date, timedelta

from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Review
from handlers.flow.questions import Choice, Day, Money
from handlers.views.giving_form import BY_NAME, WHO_AND_WHERE, giver_of, keep_pledge, kept, lies_ahead, look_up
from handlers.views.payment import how_to_pay

SMALLEST = 1_000  # VND; banks send no less
WEEK = timedelta(days=7)

amount = Money("amount", least=SMALLEST)
when = Choice("when", "this_week", "on_a_day", "not_known")
pay_day = Day("pay_day")


def chooses_a_day(a: Answers) -> bool:
    return a.get(when) == "on_a_day"


def pay_day_lies_ahead(a: Answers) -> bool:
    return lies_ahead(a, pay_day)


def due(a: Answers, desk: Desk) -> date | None:
    """The day on which she means to send it, if she said one."""
    return desk.today() + WEEK if a.get(when) == "this_week" else a.get(pay_day)


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the pledge, and tell how to send the money, or to wait."""
    pledge = keep_pledge(a, desk, Offer(kind="money", giver=giver_of(a), amount=a[amount], name="", due=due(a, desk)))
    return kept(a, "money_kept", pledge, *how_to_pay(desk, pledge))


conversation = Conversation(
    "pledge_money",
    needs="give",
    keeps_paused=True,
    texts="pledge",
    facts=look_up,
    script=(
        *WHO_AND_WHERE,
        Ask(amount),
        Ask(when),
        Ask(pay_day, only_if=chooses_a_day, fits=pay_day_lies_ahead),
        *BY_NAME,
        Review(),
    ),
    finish=keep,
)
