"""The page behind a one-time link where a private question is asked: what it takes, how often, and from whom."""

import asyncio
import json
from io import BytesIO

import pytest
from aiohttp import ClientSession

from bot.web.pages import SECURITY_HEADERS
from tests.kit.house import House
from tests.kit.private_page import TO_HEALTH, TO_PHOTOS, Page, TownOf, read_page, send_page
from tests.kit.town import Citizen

HEALTH, CHILD = ("choice", "yes"), "suy dinh dưỡng"
DONE, LATE, AGAIN = "Đã nhận, cảm ơn ông/bà", "Trang này không còn dùng được", "Tôi chưa nhận được câu trả lời"


@pytest.fixture
async def lan(town: TownOf) -> Citizen:
    """Somebody who has a private page for a question about health."""
    return await town.lives_abroad("Lan", *TO_HEALTH)


@pytest.fixture
async def mai(town: TownOf) -> Citizen:
    """Somebody who has a private page for photos of her home."""
    return await town.lives_abroad("Mai", *TO_PHOTOS)


# A question with choices


async def test_looking_shows_question_purpose_and_choices_and_uses_nothing_up(town: TownOf, lan: Citizen) -> None:
    pages = [await read_page(town.link(lan)) for _ in range(3)]

    assert pages[0] == pages[2]
    assert CHILD in pages[0].html
    assert "chỉ để tính thử" in pages[0].purpose
    assert pages[0].choices == {"Có": "yes", "Không": "no", "Không biết, không muốn nói": "#unknown"}


async def test_an_answer_is_received_and_the_chat_goes_on_by_itself(town: TownOf, lan: Citizen) -> None:
    link = town.link(lan)

    page = await send_page(link, HEALTH)
    await town.tells(lan, "Việc tiếp theo")
    again = await read_page(link)

    assert (page.status, page.title) == (200, DONE)
    assert (again.status, again.title, again.choices) == (200, DONE, {})
    kept = await lan.at_desk(lambda desk: desk.households.mine())
    assert kept is not None
    assert kept.answers["nutrition"] == "yes"


@pytest.mark.parametrize(
    "door",
    ["Có thể được gì?", "Căn cứ", "Xem lại câu trả lời"],
)
async def test_neither_question_nor_answer_passes_through_the_chat(town: TownOf, lan: Citizen, door: str) -> None:
    await send_page(town.link(lan), HEALTH)
    await town.tells(lan, "Việc tiếp theo")
    await lan.presses(door)

    await lan.listens(0)
    assert [heard.text for heard in lan.heard if CHILD in heard.text.casefold()] == []


async def test_an_answer_sent_twice_at_once_is_taken_once(house: House, town: TownOf, lan: Citizen) -> None:
    link = town.link(lan)

    pages = await asyncio.gather(*(send_page(link, HEALTH) for _ in range(6)), return_exceptions=True)
    later = await send_page(link, ("choice", "no"))
    await town.tells(lan, "Việc tiếp theo")

    assert later.title == DONE
    assert {page.title for page in pages if isinstance(page, Page)} <= {DONE, "Lỗi"}
    assert await town.taken() == 1


@pytest.mark.parametrize(
    "fields",
    [(), (("choice", "maybe"),), (("choice", ""),), (("typed", ""),), (("choice", "yes"), ("choice", "no"))],
    ids=["nothing", "no such choice", "an empty one", "empty words", "two of one"],
)
async def test_what_is_no_answer_is_asked_for_again(
    house: House, town: TownOf, lan: Citizen, fields: tuple[tuple[str, str], ...]
) -> None:
    page = await send_page(town.link(lan), *fields or (("typed", " "),))

    assert page.status == 400
    assert AGAIN in page.html
    assert "Có" in page.choices
    assert await town.taken() == 0


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
async def test_another_site_may_not_answer_for_her(house: House, town: TownOf, lan: Citizen, origin: str) -> None:
    page = await send_page(town.link(lan), HEALTH, origin=origin)

    assert page.status == 403
    assert await town.taken() == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"choice": "yes"}).encode()),
        ("application/x-www-form-urlencoded", b"choice=yes"),
        ("multipart/form-data; boundary=a", b"--a\r\nContent-Disposition"),
        (
            "multipart/form-data; boundary=a",
            b'--a\r\nContent-Disposition: form-data; name="colour"\r\n\r\nred\r\n--a--',
        ),
    ],
    ids=["JSON", "another form", "half a form", "a foreign field"],
)
async def test_what_is_no_form_of_ours_is_refused(
    house: House, town: TownOf, lan: Citizen, kind: str, body: bytes
) -> None:
    async with (
        ClientSession() as web,
        web.post(town.link(lan), data=BytesIO(body), headers={"Content-Type": kind}) as answer,
    ):
        assert answer.status == 400

    assert await town.taken() == 0


# How long, and for whom


async def test_the_page_of_a_question_that_is_over_says_so(house: House, town: TownOf, lan: Citizen) -> None:
    link = town.link(lan)
    await lan.presses("Bỏ qua câu này")

    page, after = await read_page(link), await send_page(link, HEALTH)

    assert (page.status, page.title, page.choices) == (200, LATE, {})
    assert after.title == LATE
    assert await town.taken() == 0


async def test_a_link_runs_out_after_a_quarter_of_an_hour(house: House, town: TownOf, lan: Citizen) -> None:
    link = town.link(lan)
    house.clock.move(minutes=14)
    before = await read_page(link)
    house.clock.move(minutes=2)

    after = [await read_page(link), await send_page(link, HEALTH)]

    assert (before.status, [page.status for page in after]) == (200, [404, 404])
    assert [CHILD in page.html for page in after] == [False, False]
    assert await town.taken() == 0


async def test_a_link_of_nobody_is_not_found(house: House, lan: Citizen) -> None:
    pages = [await read_page(f"{house.origin}/p/{'A' * 22}"), await send_page(f"{house.origin}/p/{'A' * 22}", HEALTH)]

    assert [page.status for page in pages] == [404, 404]


async def test_an_erased_person_s_link_is_not_found(town: TownOf, lan: Citizen) -> None:
    link = town.link(lan)
    await lan.says("/riengtu")
    await lan.presses("Xóa hết", "Xóa hết")

    assert [(await read_page(link)).status, (await send_page(link, HEALTH)).status] == [404, 404]


async def test_each_link_is_one_person_s_and_answers_for_nobody_else(town: TownOf, lan: Citizen, mai: Citizen) -> None:
    hers, others = town.link(lan), town.link(mai)

    page = await send_page(hers, HEALTH)
    await town.tells(lan, "Việc tiếp theo")
    other = await read_page(others)

    assert page.title == DONE
    assert CHILD not in other.html
    assert 'type="file"' in other.html
    assert (await mai.answers())["story"] == "#photos"
    assert "photos" not in await mai.answers()


async def test_the_page_speaks_her_language(town: TownOf) -> None:
    ann = await town.lives_abroad("Ann", *TO_PHOTOS[:-1], "Send photos of the home", language="en")

    page = await read_page(town.link(ann))

    assert '<html lang="en"' in page.html
    assert page.title == "One private question"


async def test_every_answer_carries_the_security_headers_and_is_kept_by_no_cache(town: TownOf, lan: Citizen) -> None:
    async with ClientSession() as web, web.get(town.link(lan)) as answer:
        headers = answer.headers

    assert {name: headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
    assert headers["Cache-Control"] == "no-store"
