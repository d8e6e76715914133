"""The console of giving: gifts, hand-overs, grievances, jobs and buyers, and good models, as plain HTTP sees them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.demo import models as demo_models
from handlers.desk import Actor, Desk
from handlers.desk.allocations import LONGEST
from storage.tables import GoodModel, Grievance
from tests.kit.audit import actions
from tests.kit.console import Clerk, clerk, text
from tests.kit.gifts import BUYS, JOB, MONEY, RICE, books, brings, gives, needs, promises
from tests.kit.house import House
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, THERE, asks
from tests.kit.town import Town

SECRETS = ("Trần Văn Cho", "0905111222")
IDEA = replace(RICE, kind="idea", amount=1, measure="ý tưởng", what="Nuôi ong trong vườn", details={"took": "20 thùng"})
LAN = "Nguyễn Thị Lan"


async def handed(town: Town, official: str, case: str) -> str:
    """Ten kilograms of rice were handed over to a request; the id of the allocation."""
    gift, slot = await promises(town, "Cho"), await needs(town, official, case)
    assert await gives(town, official, gift, slot) == "done"
    given = (await books(town)).allocation.id
    assert await brings(town, official, given) == "done"
    return given


async def test_the_list_shows_what_is_open_and_is_narrowed_by_its_address(house: House, town: TownOf) -> None:
    rice = await promises(town, "Cho", unit_id=HERE, due=house.clock.now().date() - timedelta(days=1))
    job = await promises(town, "Cty", JOB, accepted=False)
    far = await promises(town, "Xa", unit_id=THERE)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        everything = text(await tam.opens("/gifts"))
        found = {
            query: text(await tam.opens(f"/gifts?{query}"))
            for query in (
                "kind=job",
                "most_needed=1",
                "due=1",
                f"unit={HERE}",
                "state=offered",
                f"code={rice}",
                f"code={far}",
            )
        }

        assert rice in everything
        assert job in everything
        assert far not in everything
        assert {q: (rice in page, job in page, far in page) for q, page in found.items()} == {
            "kind=job": (False, True, False), "most_needed=1": (False, True, False), "due=1": (True, False, False),
            f"unit={HERE}": (True, False, False), "state=offered": (False, True, False),
            f"code={rice}": (True, False, False), f"code={far}": (False, False, False),
        }  # fmt: skip
        assert "Quá hẹn" in found["due=1"]
        assert "pledge.listed" in await actions(town)


async def test_a_list_goes_on_after_fifty(house: House, town: TownOf) -> None:
    for _ in range(51):
        await promises(town, "Cho")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        first = await tam.opens("/gifts")
        further = first.body.decode().partition('class="action" href="/console')[2].partition('"')[0]
        second = await tam.opens(further.replace("&amp;", "&"))

        assert (first.body.count(b"<tr>"), second.body.count(b"<tr>")) == (51, 2)


async def test_a_gift_reads_like_a_file_and_that_it_was_read_is_noted(house: House, town: TownOf) -> None:
    job = await promises(town, "Cty", JOB, accepted=False)
    async with clerk(house, "Lê Cán Bộ", "officer", places=(HERE,)) as tam:
        await tam.opens(f"/gifts/{job}")
        wrong = await tam.sends(f"/gifts/{job}/verify", {"checked_how": " ", "act": "verify"})
        done = await tam.sends(f"/gifts/{job}/verify", {"checked_how": "gặp giám đốc tại xưởng"})
        page = text(await tam.opens(f"/gifts/{job}"))
        phone = text(await tam.sends(f"/gifts/{job}/phone", {}))

        assert (wrong.status, done.status) == (400, 303)
        for words in (
            "Công ty Mẫu",
            "may công nghiệp",
            "6.000.000 đ",
            "gặp giám đốc tại xưởng",
            "Lê Cán Bộ · xác minh",
        ):
            assert words in page, words
        assert ("0905 ••• 222" in page, "0905111222" in page) == (True, False)
        assert "0905111222" in phone
        assert {"pledge.read", "pledge.verified", "pledge.phone_shown"} <= set(await actions(town))


async def test_a_gift_of_which_nothing_more_is_known_has_no_empty_heading(house: House, town: TownOf) -> None:
    money, rice = await promises(town, "Cho", MONEY), await promises(town, "Ba")
    async with clerk(house, "ke", "treasurer") as ke:
        pages = [text(await ke.opens(f"/gifts/{code}")) for code in (money, rice)]

    assert ["Ủng hộ gì" in page for page in pages] == [False, True]


async def test_goods_without_an_appointment_are_asked_for_it_beside_the_field(house: House, town: TownOf) -> None:
    rice = await promises(town, "Cho", accepted=False)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await tam.opens(f"/gifts/{rice}")
        wrong = await tam.sends(f"/gifts/{rice}/accept", {"appointment": ""})
        done = await tam.sends(f"/gifts/{rice}/accept", {"appointment": "Thứ ba, 9 giờ"})

        assert (wrong.status, done.status) == (400, 303)
        assert b'id="appointment-fault"' in wrong.body


async def test_money_is_received_by_a_treasurer_with_a_fresh_code_and_a_reference(house: House, town: TownOf) -> None:
    gift = await promises(town, "Cho", MONEY)
    async with (
        clerk(house, "ketoan", "treasurer") as ketoan,
        clerk(house, "tam", "officer", places=(HERE,)) as tam,
    ):
        await tam.opens(f"/gifts/{gift}")
        by_officer = [
            (await tam.sends(f"/gifts/{gift}/{act}", {"came": "500 nghìn", "reference": "PT1"})).status
            for act in ("receive", "receive-money")
        ]
        await ketoan.opens(f"/gifts/{gift}")
        house.clock.move(minutes=20)
        stale = await ketoan.sends(f"/gifts/{gift}/receive-money", {"came": "500 nghìn", "reference": "PT1"})
        fields = {"came": "500 nghìn", "reference": "PT1", "one_time_code": ketoan.code()}
        done = await ketoan.sends(f"/gifts/{gift}/receive-money", fields)
        again = await ketoan.sends(f"/gifts/{gift}/receive-money", fields)

        assert by_officer == [400, 403]
        assert (stale.status, done.status, again.status) == (403, 303, 400)
        assert "đã có trong sổ" in text(again)
        assert (await books(town)).pledges[gift].received == 500_000


async def test_goods_are_not_received_as_money(house: House, town: TownOf) -> None:
    rice = await promises(town, "Cho")
    async with clerk(house, "ketoan", "treasurer") as ketoan:
        await ketoan.opens(f"/gifts/{rice}")

        refused = await ketoan.sends(f"/gifts/{rice}/receive-money", {"came": "500 nghìn", "reference": "PT1"})

        assert refused.status == 400
        assert "phần ủng hộ không còn ở bước ấy" in text(refused)


async def test_two_who_stand_before_one_gift_do_not_do_it_twice(house: House, town: TownOf) -> None:
    rice = await promises(town, "Cho", accepted=False)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page = (await tam.opens(f"/gifts/{rice}")).body.decode()
        seen = page.partition('name="seen" value="')[2].partition('"')[0]
        await tam.sends(f"/gifts/{rice}/accept", {"appointment": "thứ ba", "seen": seen})
        second = await tam.sends(f"/gifts/{rice}/lapse", {"why": "lời đã gõ", "seen": seen, "act": "lapse"})

        assert second.status == 409
        assert "lời đã gõ" in second.body.decode()


async def test_a_hand_over_is_written_down_with_how_much_and_waits_for_the_resident(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "Lê Cán Bộ", "officer", places=(HERE,)) as tam:
        gift, slot = await promises(town, "Cho"), await needs(town, tam.id, case)
        await gives(town, tam.id, gift, slot)
        given = (await books(town)).allocation.id
        assert case in text(await tam.opens("/handovers"))
        await tam.opens(f"/handovers/{given}")
        too_much = await tam.sends(f"/handovers/{given}/hand-over", {"handed": "11", "handed_words": "tại nhà"})
        as_money = await tam.sends(f"/handovers/{given}/hand-over-money", {"handed": "8 triệu"})
        done = await tam.sends(f"/handovers/{given}/hand-over", {"handed": "8", "handed_words": "trao tại nhà văn hóa"})
        page = text(await tam.opens(f"/handovers/{given}"))

        assert (too_much.status, as_money.status, done.status) == (400, 400, 303)
        assert "tại nhà" in too_much.body.decode(), "what was typed stays"
        assert "Chờ người nhận xác nhận" in page
        assert "Lê Cán Bộ" in page
        assert (await books(town)).kinds() == [("allotted", 10), ("returned", 2), ("handed_over", 8)]


async def test_a_treasurer_of_the_city_sees_codes_and_amounts_and_no_household(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    lead = await town.official("an", "lead", "officer", places=(HERE,))
    given = await handed(town, lead, case)
    open_need = await needs(town, lead, case, words="Nhà chị Lan hết gạo")
    gift = (await books(town)).pledges
    await town.citizen("lan").at_desk(lambda desk: desk.household_gifts.confirm(given, "not_yet"))
    grievance = (await town.database.read(lambda unit: unit.query(Grievance).one())).id
    paths = [
        "", "/gifts", *(f"/gifts/{code}" for code in gift), "/board", f"/board/needs/{open_need}", "/handovers",
        "/handovers?part=differs", f"/handovers/{given}", "/grievances", f"/grievances/{grievance}", "/exchange",
    ]  # fmt: skip
    async with clerk(house, "ketoan", "treasurer") as ketoan, clerk(house, "tam", "officer", places=(HERE,)) as tam:
        theirs = {path: text(await ketoan.opens(path)) for path in paths}
        near = text(await tam.opens(f"/board/needs/{open_need}"))

        assert [path for path, page in theirs.items() if LAN in page or "hết gạo" in page] == []
        assert case in theirs["/board"]
        assert f"/console/requests/{case}" not in (await ketoan.opens("/board")).body.decode()
        assert LAN in near
        assert "hết gạo" in near


async def test_a_grievance_is_closed_by_another_than_who_handed_over(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "an", "lead", places=(HERE,)) as an:
        given = await handed(town, tam.id, case)
        await town.citizen("lan").at_desk(lambda desk: desk.household_gifts.confirm(given, "less", 4))
        found = (await town.database.read(lambda unit: unit.query(Grievance).one())).id
        hers = text(await tam.opens(f"/grievances/{found}"))
        fields = {"outcome": "made_good", "found_out": "đã trao bù sáu ký"}
        own = await tam.sends(f"/grievances/{found}/close", fields)
        await an.opens(f"/grievances/{found}")
        unchosen = await an.sends(f"/grievances/{found}/close", {"found_out": "đã trao bù"})
        done = await an.sends(f"/grievances/{found}/close", fields)
        closed = text(await an.opens(f"/grievances/{found}"))

        assert "một người khác phải kết luận" in hers
        assert "4 kg" in hers
        assert (own.status, unchosen.status, done.status) == (400, 400, 303)
        assert "đã trao bù" in unchosen.body.decode()
        assert "đã trao bù sáu ký" in closed


async def test_today_counts_what_waits_and_each_number_opens_its_list(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    lead = await town.official("an", "lead", "officer", places=(HERE,))
    await handed(town, lead, case)
    await promises(town, "Mới", accepted=False)
    house.clock.move(days=8)
    await town.at_desk(Actor("clock"), lambda desk: desk.grievances.look_for_silence())
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page = text(await tam.opens(""))

        for words, path in (
            ("1 đăng ký ủng hộ chờ tiếp nhận", "/gifts?state=offered"),
            ("1 phản ánh nhận thiếu chờ kiểm tra", "/grievances"),
            ("1 lần trao quá 7 ngày chưa ai xác nhận", "/handovers?part=late"),
        ):
            assert words in page
            assert (await tam.opens(path)).body.count(b"<tr>") == 2, path


async def test_a_name_goes_to_an_employer_only_after_the_household_said_yes(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "ketoan", "treasurer") as ketoan:
        job, slot = await promises(town, "Cty", JOB), await needs(town, tam.id, case, "job", 1, need="work")
        await gives(town, tam.id, job, slot, 1)
        given = (await books(town)).allocation.id
        before = text(await tam.opens("/exchange"))
        refused = await tam.sends(f"/exchange/{given}/contact", {})
        await town.citizen("lan").at_desk(lambda desk: desk.household_gifts.answer_offer(given, wants=True))
        after = text(await tam.opens("/exchange"))
        contact = text(await tam.sends(f"/exchange/{given}/contact", {}))
        await ketoan.opens("/exchange")
        city = await ketoan.sends(f"/exchange/{given}/contact", {})

        assert ("Chờ gia đình trả lời" in before, "Gia đình muốn gặp" in after) == (True, True)
        assert (refused.status, city.status) == (400, 400)
        assert LAN not in before + after + text(refused) + text(city)
        assert LAN in contact
        assert "allocation.contact_shown" in await actions(town)


async def test_the_calendar_says_when_who_wants_and_who_has_it(house: House, town: TownOf) -> None:
    case = await asks(town, "lan")
    await promises(town, "HTX", BUYS, topic="honey", months=(3, 4))
    await promises(town, "Chưa xác minh", BUYS, topic="chilli", accepted=False)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await needs(town, tam.id, case, "link", 5, need="trade", topic="honey", months=(4, 5))
        page = await tam.tells("/exchange", method="GET")

        products = page.json["products"]
        assert products == [{"name": "Mật ong", "wanted": [3, 4], "had": [4, 5], "picked": []}]


def written(**changed: str) -> dict[str, str]:
    """A model as it is typed."""
    return (
        {f"vi_{name}": f"chữ {name}" for name in LONGEST}
        | {"cost": "4 triệu", "land": "garden", "work": "one"}
        | changed
    )


async def test_a_model_is_typed_approved_by_another_and_hidden(house: House, town: TownOf) -> None:
    async with clerk(house, "bien", "editor") as bien, clerk(house, "an", "lead", places=(HERE,)) as an:
        await bien.opens("/models")
        wrong = await bien.sends("/models", written(cost="rất nhiều", vi_risk=""))
        done = await bien.sends("/models", written())
        model = (await town.database.read(lambda unit: unit.query(GoodModel).one())).id
        seen = await seen_of(bien, model)
        own = await bien.sends(f"/models/{model}/approve", {"seen": seen})
        await an.opens(f"/models/{model}")
        shown = await an.sends(f"/models/{model}/approve", {"seen": seen})
        late = await an.sends(f"/models/{model}/hide", {"seen": seen})
        hidden = await an.sends(f"/models/{model}/hide", {"seen": await seen_of(an, model)})

        assert (wrong.status, done.status) == (400, 303)
        assert all(f'id="{field}-fault"'.encode() in wrong.body for field in ("cost", "vi_risk"))
        assert "chữ what" in wrong.body.decode()
        assert (own.status, shown.status, late.status, hidden.status) == (403, 303, 409, 303)


async def seen_of(who: Clerk, model: str) -> str:
    page = (await who.opens(f"/models/{model}")).body.decode()
    return page.partition('name="seen" value="')[2].partition('"')[0]


async def test_an_idea_is_read_without_who_had_it(house: House, town: TownOf) -> None:
    code = await promises(town, "Cho", IDEA, accepted=False)
    async with clerk(house, "bien", "editor") as bien:
        assert code in text(await bien.opens("/models"))
        done = await bien.sends("/models/take-up", {"code": code})
        again = await bien.sends("/models/take-up", {"code": code})
        page = text(await bien.opens(done.headers["Location"].removeprefix("/console").partition("?")[0]))

        assert (done.status, again.status) == (303, 400)
        assert "Nuôi ong trong vườn" in page
        assert "20 thùng" in page
        assert not any(secret in page for secret in SECRETS)


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_page_of_giving_is_taught_when_it_is_empty(house: House, town: TownOf, language: str) -> None:
    async with clerk(house, "an", "lead", "officer", places=(HERE,)) as an:
        await an.opens("/account")
        await town.at_desk(Actor("operator"), lambda desk: desk.accounts.speak(an.id, language))
        for path in (
            "/gifts",
            "/board",
            "/handovers",
            "/grievances",
            "/grievances?state=closed",
            "/exchange",
            "/models",
        ):
            page = await an.opens(path)
            assert (page.status, b'class="empty"' in page.body) == (200, True), path


async def test_the_demonstration_s_models_are_plainly_made_up(town: TownOf) -> None:
    ids = [await town.official(name, "lead", places=(HERE,)) for name in ("an", "ba")]

    def fill(desk: Desk) -> None:
        writer, approver = (desk.officials.acting(one) for one in ids)
        assert writer is not None
        assert approver is not None
        demo_models.fill(desk, writer, approver)

    await town.at_desk(Actor("operator"), fill)

    kept = await town.database.read(lambda unit: unit.query(GoodModel).order_by(GoodModel.id).all())
    assert [one.state for one in kept] == ["shown", "shown", "offered"]
    assert all("(mẫu)" in one.content["vi"]["title"] for one in kept)
