"""To buy from households, to produce together with them, or to sell for them: officials invite, the two sides sign."""

from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Review
from handlers.flow.questions import Choice, HowMany, Money, Months, Number, Words
from handlers.rules.goods import product_of, topic_of
from handlers.views.giving_form import AT_WORK, WHO_AND_WHERE, giver_of, keep_pledge, kept, look_up, told

MEASURE = "cái"

wants = Choice("wants", "buy", "together", "sell")
product = Words("product", most=200)
season = Months("season")
volume = HowMany("volume")
volume_measure = Choice("volume_measure", "kg", "lít", "bao", "cái", "con", "cây")
standard = Words("standard", most=300, others=("no_standard",))
floor_price = Money("floor_price", least=500, most=10**9, others=("not_fixed",))
price_per = Choice("price_per", "kg", "yen", "quintal", "ton", "piece", "animal", "litre")
paid_when = Choice("paid_when", "at_once", "in_days")
paid_in_days = Number("paid_in_days", least=1, most=180)
area = Words("area", most=300, others=("anywhere",))
pick_up = Choice("pick_up", "field", "commune", "brought")


def volume_measure_was_not_said(a: Answers) -> bool:
    return volume in a and not a[volume].measure


def has_a_price(a: Answers) -> bool:
    return a.get(floor_price) is not None


def is_paid_later(a: Answers) -> bool:
    return a.get(paid_when) == "in_days"


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the offer: households that fit are invited by officials."""
    today = desk.today()
    price = ", ".join(told(a, desk, floor_price, price_per).values())
    terms = told(a, desk, wants, standard, paid_when, paid_in_days, area, pick_up)
    offer = Offer(
        kind="link",
        giver=giver_of(a),
        amount=a[volume].count,
        name="",
        measure=a[volume].measure or a.get(volume_measure) or MEASURE,
        what=a[product],
        topic=product_of(a[product], today) or topic_of(a[product], today),
        months=a[season],
        details={**terms, "floor_price": price},
    )
    return kept(a, "link_kept", keep_pledge(a, desk, offer))


conversation = Conversation(
    "pledge_link",
    needs="give",
    keeps_paused=True,
    texts="pledge",
    facts=look_up,
    script=(
        *WHO_AND_WHERE,
        Ask(wants),
        Ask(product),
        Ask(season),
        Ask(volume),
        Ask(volume_measure, only_if=volume_measure_was_not_said),
        Ask(standard),
        Ask(floor_price),
        Ask(price_per, only_if=has_a_price),
        Ask(paid_when),
        Ask(paid_in_days, only_if=is_paid_later),
        Ask(area),
        Ask(pick_up),
        *AT_WORK,
        Review(),
    ),
    finish=keep,
)
