"""To pledge goods: what, how many, in what state, and where and when they can be collected."""

from handlers.desk import Desk
from handlers.desk.pledges import Offer
from handlers.flow.conversation import Answers, Ask, Conversation, Done, Review
from handlers.flow.counted import quantity_of
from handlers.flow.message import Say
from handlers.flow.questions import Choice, Day, HowMany, Words
from handlers.rules.goods import topic_of
from handlers.texts import Bilingual
from handlers.texts.loader import LANGUAGES
from handlers.views.giving_form import BY_NAME, WHO_AND_WHERE, giver_of, keep_pledge, kept, lies_ahead, look_up, told

KEEPS = ("clothes", "school", "bicycles", "tools", "house_materials", "household")  # goods without a best-before day
MEASURE = "cái"

goods = Words("goods", most=200)
how_many = HowMany("how_many")
measure = Choice("measure", "kg", "thùng", "bao", "gói", "cái", "bộ", "cuốn", "suất", "con")
condition = Choice("condition", "new", "used")
best_before = Day("best_before", others=("no_date",))
collect_at = Words("collect_at", most=300)
collect_day = Day("collect_day", others=("any_day",))


def amount_was_not_said(a: Answers) -> bool:
    return goods in a and quantity_of(a[goods]) is None


def measure_was_not_said(a: Answers) -> bool:
    return how_many in a and not a[how_many].measure


def may_expire(a: Answers) -> bool:
    return topic_of(a.get(goods) or "", a.day) not in KEEPS


def is_still_good(a: Answers) -> bool:
    day = a.get(best_before)
    return day is None or day > a.day


def collect_day_lies_ahead(a: Answers) -> bool:
    return lies_ahead(a, collect_day)


def keep(a: Answers, desk: Desk) -> Done:
    """Keep the pledge, and ask to wait for an appointment."""
    said = quantity_of(a[goods])
    many, what = said or (a[how_many], a[goods])
    offer = Offer(
        kind="goods",
        giver=giver_of(a),
        amount=many.count,
        name="",
        measure=many.measure or a.get(measure) or MEASURE,
        what=what,
        topic=topic_of(a[goods], desk.today()),
        due=a.get(collect_day),
        until=a.get(best_before),
        details=told(a, desk, condition, best_before, collect_at, collect_day),
    )
    return kept(a, "goods_kept", keep_pledge(a, desk, offer), *not_accepted(desk))


def not_accepted(desk: Desk) -> tuple[Say, ...]:
    """What the office can't take, if it has said so."""
    said = {language: desk.office.not_accepted_list(language) for language in LANGUAGES}
    named = {language: words for language, words in said.items() if words}
    return (Say("not_accepted", what=Bilingual(named)),) if len(named) == len(said) else ()


conversation = Conversation(
    "pledge_goods",
    needs="give",
    keeps_paused=True,
    texts="pledge",
    facts=look_up,
    script=(
        *WHO_AND_WHERE,
        Ask(goods),
        Ask(how_many, only_if=amount_was_not_said),
        Ask(measure, only_if=measure_was_not_said),
        Ask(condition),
        Ask(best_before, only_if=may_expire, fits=is_still_good),
        Ask(collect_at),
        Ask(collect_day, fits=collect_day_lies_ahead),
        *BY_NAME,
        Review(),
    ),
    finish=keep,
)
