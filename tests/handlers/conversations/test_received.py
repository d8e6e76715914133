"""What a household says in its chat of gifts, jobs and buyers: it arrived or not, it wants to meet or not."""

from dataclasses import dataclass

import pytest
from sqlmodel import select

from handlers.desk import Actor, Desk
from handlers.desk.pledges import Offer
from storage.tables import Consent
from tests.kit.gifts import BUYS, HELP, JOB, MONEY, RICE, Books, books, brings, gives, needs, promises
from tests.kit.on_duty import Clerk, clerk, listening
from tests.kit.requests import HERE, asks
from tests.kit.town import Citizen, Town


@dataclass
class Home:
    """Lan's request, the officer who gives to it, and Lan, who has heard what was told to her."""

    town: Town
    tam: Clerk
    lan: Citizen
    case: str

    async def gets(self, offer: Offer = RICE, amount: int = 10) -> str:
        """Something is handed over to her; returns the allocation's id."""
        given = await self.is_given(offer, amount)
        if offer.kind == "money":
            code = next(code for code, p in (await books(self.town)).pledges.items() if p.kind == "money")
            await comes(self.town, code, amount)
        async with listening(self.lan):
            assert await brings(self.town, self.tam.id, given, amount) == "done"
        return given

    async def is_given(self, offer: Offer, amount: int) -> str:
        """A gift is given to a need of hers, and she has heard of it; returns the allocation's id."""
        slot = await needs(self.town, self.tam.id, self.case, offer.kind, amount)
        code = await promises(self.town, "Cho", offer)
        async with listening(self.lan):
            assert await gives(self.town, self.tam.id, code, slot, amount) == "done"
        return (await books(self.town)).allocation.id

    async def settles(self, outcome: str) -> None:
        """A lead closes what is open."""
        lead = await self.town.official("an", "lead", places=(HERE,))

        def close(desk: Desk) -> str:
            (only,) = desk.grievances.listed()
            return desk.grievances.close(only.id, outcome, "đã xem")

        assert await self.town.as_official(lead, close) == "done"

    async def causes(self) -> list[tuple[str, int | None]]:
        listed = await self.town.as_official(self.tam.id, lambda desk: desk.grievances.listed())
        return [(one.cause, one.said) for one in listed]

    async def books(self) -> Books:
        found = await books(self.town)
        assert found.wrong() == []
        return found


async def comes(town: Town, code: str, amount: int) -> None:
    """So much of a pledge has come."""

    def receive(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.pledges.receive(pledge, amount)

    await town.at_desk(Actor("operator"), receive)


def again(town: Town, who: str) -> Citizen:
    """Somebody who has written once before."""
    citizen = town.citizen(who)
    citizen.said = 1
    return citizen


@pytest.fixture
async def home(town: Town) -> Home:
    tam = await clerk(town, "Tâm", "officer", places=(HERE,))
    case = await asks(town, "Lan")
    return Home(town, tam, again(town, "Lan"), case)


async def test_all_is_one_press(home: Home) -> None:
    await home.gets()
    home.lan.hears("household_gift.did_you_get_it")
    assert home.lan.heard[0].text.split("\n")[0] == "Có một việc cần ông/bà xác nhận."
    assert home.lan.heard[0].options == ("Nhận đủ", "Nhận thiếu", "Chưa nhận", "Không phải của tôi")

    await home.lan.presses("Nhận đủ")

    home.lan.hears("received.thanks_all")
    assert (await home.books()).allocation.state == "confirmed"


@pytest.mark.parametrize(("label", "cause"), [("Chưa nhận", "not_yet"), ("Không phải của tôi", "not_mine")])
async def test_not_yet_and_not_mine_are_looked_into(home: Home, label: str, cause: str) -> None:
    await home.gets()

    await home.lan.presses(label)

    home.lan.hears("received.looked_into")
    assert await home.causes() == [(cause, None)]


async def test_less_is_asked_how_much_and_has_to_be_less(home: Home) -> None:
    await home.gets()

    await home.lan.presses("Nhận thiếu")
    home.lan.hears("received.count_got")
    await home.lan.says("10")
    assert home.lan.heard[-1].key == "received.count_got"
    assert await home.causes() == []
    await home.lan.says("7")

    home.lan.hears("received.looked_into")
    assert await home.causes() == [("less", 7)]


async def test_less_money_is_echoed_before_it_counts(home: Home) -> None:
    await home.gets(MONEY, 500_000)

    await home.lan.presses("Nhận thiếu")
    home.lan.hears("received.money_got")
    await home.lan.says("300 nghìn")
    await home.lan.says("đúng")

    home.lan.hears("received.looked_into")
    assert await home.causes() == [("less", 300_000)]


async def test_another_answer_later_is_told_which_one_stands(home: Home) -> None:
    await home.gets()
    everything = home.lan.button("Nhận đủ")
    await home.lan.presses("Chưa nhận")

    await home.lan.presses_again(everything)

    home.lan.hears("received.answered_before")
    assert "Chưa nhận" in home.lan.heard[0].text
    assert await home.causes() == [("not_yet", None)]


async def test_pressing_twice_counts_once(home: Home) -> None:
    await home.gets()
    press = home.lan.button("Nhận đủ")

    await home.lan.presses_again(press)
    await home.lan.presses_again(press)

    assert (await home.books()).kinds().count(("confirmed", 10)) == 1


async def test_what_an_official_settled_needs_no_word_any_more(home: Home) -> None:
    await home.gets()
    press = home.lan.button("Nhận đủ")
    home.town.clock.move(days=8)
    await home.town.at_desk(Actor("clock"), lambda desk: desk.grievances.look_for_silence())
    await home.settles("received")

    await home.lan.presses_again(press)

    home.lan.hears("received.over")


async def test_who_wrote_for_somebody_else_is_asked_whether_they_got_it(town: Town) -> None:
    tam, case = await clerk(town, "Tâm", "officer", places=(HERE,)), await asks(town, "Huy", for_other=True)
    home = Home(town, tam, again(town, "Huy"), case)

    await home.gets()

    home.lan.hears("household_gift.did_they_get_it")
    assert home.lan.heard[0].options == ("Nhận đủ", "Nhận thiếu", "Chưa nhận", "Không phải của gia đình ấy")
    await home.lan.presses("Nhận đủ")
    home.lan.hears("received.thanks_all")


async def test_of_several_she_says_which_one_she_means(home: Home) -> None:
    first = await home.gets()
    second = await home.gets(MONEY, 200_000)

    await home.lan.says("/danhan")
    home.lan.hears("received.which")
    await home.lan.presses("200.000")
    await home.lan.presses("Nhận đủ")

    home.lan.hears("received.thanks_all")
    states = {a.id: a.state for a in (await home.books()).allocations}
    assert states == {first: "handed_over", second: "confirmed"}


async def test_of_several_each_has_its_day_in_the_city(home: Home) -> None:
    home.town.clock.move(hours=21, minutes=30)  # half past six in the morning
    await home.gets()
    await home.gets(MONEY, 200_000)

    await home.lan.says("/danhan")

    options = home.lan.hears_last("received.which").options
    assert ["26/11/2026" in option for option in options] == [True, True]


async def test_where_nothing_waits_she_is_told_so(home: Home) -> None:
    await home.lan.says("/danhan")

    home.lan.hears("received.nothing_waits")


async def test_a_stranger_s_button_does_nothing(home: Home) -> None:
    await home.gets()
    press = home.lan.button("Nhận đủ")
    mai = home.town.citizen("Mai")
    await mai.says("/menu")

    await mai.presses_again(press)

    assert (await home.books()).allocation.state == "handed_over"


async def test_her_request_shows_what_waits_for_her_word(home: Home) -> None:
    await home.gets()

    await home.lan.says("/hoso")
    await home.lan.presses("Xác nhận đã nhận")

    home.lan.hears("received.did_you_get_it")


async def test_the_giver_hears_how_far_it_came_and_never_of_whom(home: Home) -> None:
    giver = home.town.citizen("Cho")
    given = await home.is_given(RICE, 10)
    await giver.at_desk(lambda desk: desk.consents.give("give", "give/1"))

    async with listening(giver):
        await brings(home.town, home.tam.id, given)
        await home.lan.at_desk(lambda desk: desk.household_gifts.confirm(given, "less", 4))
        await home.settles("made_good")

    giver.hears("pledge_news.step.handed_over", "giver_news.checked", "giver_news.settled")
    assert not [heard for heard in giver.heard if "Lan" in heard.text]


async def test_of_a_job_she_is_asked_whether_it_came_about(home: Home) -> None:
    given = await home.is_given(JOB, 1)
    await home.lan.presses("Muốn gặp")

    async with listening(home.lan):
        assert await brings(home.town, home.tam.id, given, 1) == "done"
    home.lan.hears("household_gift.did_it_come_about")
    await home.lan.presses("Đúng vậy")

    home.lan.hears("received.thanks_all")
    assert (await home.books()).allocation.state == "confirmed"


async def test_of_time_she_is_asked_whether_somebody_came(home: Home) -> None:
    await home.gets(HELP, 2)
    home.lan.hears("household_gift.did_they_come")
    assert "2 người (sửa nhà)" in home.lan.heard[0].text
    assert home.lan.heard[0].options == ("Đã đến giúp", "Chưa ai đến", "Không có việc này")

    await home.lan.presses("Chưa ai đến")

    home.lan.hears("received.looked_into")
    assert await home.causes() == [("not_yet", None)]


async def test_what_becomes_of_time_is_told_as_something_done(home: Home) -> None:
    await home.gets(HELP, 2)
    await home.lan.presses("Chưa ai đến")

    async with listening(home.lan):
        await home.settles("made_good")

    home.lan.hears("household_gift.done_made_good")


@pytest.mark.parametrize(
    ("offer", "asked"),
    [(RICE, "did_you_get_it"), (HELP, "did_they_come"), (JOB, "did_it_come_about"), (BUYS, "did_it_come_about")],
    ids=["goods", "time", "job", "link"],
)
async def test_without_a_button_of_a_message_the_same_is_asked(home: Home, offer: Offer, asked: str) -> None:
    given = await home.is_given(offer, 2)
    if offer.kind in ("job", "link"):
        await home.lan.presses("Muốn gặp")
    assert await brings(home.town, home.tam.id, given, 2) == "done"

    await home.lan.says("/danhan")

    home.lan.hears(f"received.{asked}")


@pytest.mark.parametrize(
    ("offer", "way", "shown"),
    [
        (RICE, "step", "• Đã trao 2 kg"),
        (HELP, "help", "• Đã đến giúp 2 người"),
        (JOB, "meet", "• Hai bên đã thỏa thuận 2 người"),
        (BUYS, "meet", "• Hai bên đã thỏa thuận 2 kg"),
    ],
    ids=["goods", "time", "job", "link"],
)
async def test_the_giver_is_told_in_the_words_of_what_she_gave(home: Home, offer: Offer, way: str, shown: str) -> None:
    giver = again(home.town, "Cho")
    given = await home.is_given(offer, 2)
    if way == "meet":
        await home.lan.presses("Muốn gặp")
    await giver.at_desk(lambda desk: desk.consents.give("give", "give/1"))

    async with listening(giver):
        await brings(home.town, home.tam.id, given, 2)
        await home.lan.at_desk(lambda desk: desk.household_gifts.confirm(given, "all"))
    giver.hears(f"pledge_news.{way}.handed_over", f"pledge_news.{way}.confirmed")

    await giver.says("/monqua")
    assert shown in giver.hears_last("gift.where").text


# Meeting an employer or a buyer


async def test_only_after_the_yes_does_the_employer_hear_her_name(home: Home) -> None:
    employer = home.town.citizen("Cho")
    given = await home.is_given(JOB, 1)
    await employer.at_desk(lambda desk: desk.consents.give("give", "give/1"))
    home.lan.hears("household_gift.ask_job")
    assert "Công ty Mẫu" in home.lan.heard[0].text
    assert home.lan.heard[0].options == ("Muốn gặp", "Không muốn gặp", "Hỏi cán bộ trước")

    async with listening(employer, home.tam):
        await home.lan.presses("Muốn gặp")

    home.lan.hears("my_offers.will_meet")
    employer.hears("giver_news.may_meet")
    assert "Nguyễn Thị Lan" in employer.heard[0].text
    home.tam.hears("gift_news.agreed")
    assert "Lan" not in home.tam.heard[0].text
    assert (await home.books()).allocation.state == "allocated"
    consents = await home.town.database.read(
        lambda unit: unit.scalars(select(Consent.told_by).where(Consent.purpose == "meet")).all()
    )
    assert list(consents) == ["self"]
    assert given == (await home.books()).allocation.id


async def test_through_servers_abroad_the_employer_is_told_no_name(town: Town) -> None:
    tam, case = await clerk(town, "Tâm", "officer", places=(HERE,)), await asks(town, "Lan")
    employer = town.citizen("Cho", channel="telegram")
    await employer.says("/menu")
    code = await employer.at_desk(lambda desk: desk.pledges.offer(JOB).code)

    def verify(desk: Desk) -> None:
        pledge = desk.pledges.by_code(code)
        assert pledge is not None
        desk.pledges.move_to(pledge, "accepted", "accepted")
        pledge.verified_by = "tam"

    await employer.at_desk(verify)
    await employer.at_desk(lambda desk: desk.consents.give("give", "give/1"))
    await gives(town, tam.id, code, await needs(town, tam.id, case, "job", 1), 1)
    given = (await books(town)).allocation.id

    async with listening(employer):
        lan = town.citizen("Lan")
        await lan.at_desk(lambda desk: desk.household_gifts.answer_offer(given, wants=True))

    employer.hears("giver_news.may_meet")
    assert "Lan" not in employer.heard[0].text
    assert "+84" not in employer.heard[0].text


async def test_erasing_takes_her_name_out_of_what_the_employer_was_told(home: Home) -> None:
    employer = home.town.citizen("Cho")
    await home.is_given(JOB, 1)
    await employer.at_desk(lambda desk: desk.consents.give("give", "give/1"))
    async with listening(employer):
        await home.lan.presses("Muốn gặp")
    assert employer.heard

    async with listening(employer):
        await home.lan.at_desk(lambda desk: desk.people.erase())
    await employer.listens(0)

    assert not [heard for heard in employer.heard if "Nguyễn Thị Lan" in heard.text]


async def test_a_no_names_nobody_and_frees_both(home: Home) -> None:
    await home.is_given(BUYS, 20)
    home.lan.hears("household_gift.ask_link")

    await home.lan.presses("Không muốn gặp")

    home.lan.hears("my_offers.not_wanted")
    found = await home.books()
    assert (found.allocation.state, found.kinds()[-1]) == ("declined", ("returned", 20))


async def test_asking_an_official_first_leaves_it_open(home: Home) -> None:
    await home.is_given(BUYS, 20)
    wants = home.lan.button("Muốn gặp")

    async with listening(home.tam):
        await home.lan.presses("Hỏi cán bộ trước")

    assert home.lan.heard[0].key == "my_offers.officer_told"
    assert home.tam.heard[0].key == "gift_news.asks_first"
    assert (await home.books()).allocation.state == "asked"
    await home.lan.presses_again(wants)
    home.lan.hears("my_offers.will_meet")


async def test_an_answer_given_is_told_and_one_taken_away_is_gone(home: Home) -> None:
    given = await home.is_given(BUYS, 20)
    wants, declines = home.lan.button("Muốn gặp"), home.lan.button("Không muốn gặp")
    await home.town.as_official(home.tam.id, lambda desk: desk.allocations.give_back(given, "nhầm hộ"))
    await home.lan.presses_again(wants)
    home.lan.hears("my_offers.over")

    await home.is_given(JOB, 1)
    await home.lan.presses("Muốn gặp")
    await home.lan.presses_again(declines)
    home.lan.hears("my_offers.over")
    await home.lan.says("/loimoi")
    home.lan.hears("my_offers.answered_before")


async def test_offers_are_seen_again_and_answered(home: Home) -> None:
    await home.is_given(BUYS, 20)
    await home.is_given(JOB, 1)

    await home.lan.says("/loimoi")
    home.lan.hears("my_offers.which")
    await home.lan.presses("may công nghiệp")
    home.lan.hears("household_gift.ask_job")
    await home.lan.presses("Muốn gặp")

    home.lan.hears("my_offers.will_meet")


async def test_who_has_no_offer_is_told_so(home: Home) -> None:
    await home.lan.says("/loimoi")

    home.lan.hears("my_offers.none")
