"""One request on its page: what stands there for whom, that reading is noted, and that words are only words."""

from html import escape

import pytest
from sqlmodel import select

from handlers.desk.cases import Support
from storage.tables import File
from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.audit import noted
from tests.kit.console import clerk, text
from tests.kit.house import House
from tests.kit.private_page import TownOf, jpeg
from tests.kit.requests import HERE, THERE, asks

ID = "048188001234"
SCRIPT = '<script>alert("1")</script>'


async def read_by(house: House, *actions: str) -> list[tuple[str, str]]:
    return [(row.action, row.actor) for row in await noted(house, *actions)]


async def test_a_request_reads_like_a_file_and_its_reading_is_noted(house: House, town: TownOf) -> None:
    lan = town.citizen("lan")
    await lan.says(*CONSENTED, *POOR)
    code = await asks(town, "lan")
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "an", "lead", places=(HERE,)) as an:
        await town.as_official(tam.id, lambda d: d.casework.ask(code, "Bà có sổ hộ khẩu không?"))
        await lan.at_desk(lambda d: d.case_answers.answer(code, "Tôi có."))
        page, program = await an.opens(f"/requests/{code}?state=in_review"), await an.opens(f"/api/requests/{code}")

        told = text(page)
        for words in (
            f"{code} · Nguyễn Thị Lan", "Xã Tây Giang", "qua trang web", "0905 ••• 456", "Nhà tôi dột.",
            "Theo lời khai: có khả năng là hộ nghèo.", "NĐ 07/2021/NĐ-CP", "không phải quyết định công nhận",
            "Cần cán bộ xác nhận", "Số người 3", "Bà có sổ hộ khẩu không?", "đã gửi", "Tôi có.", "mở xem · an",
        ):  # fmt: skip
            assert words in told, words
        assert "0905123456" not in told
        assert "?state=in_review" in page.body.decode()
        said = program.json
        check = said["check"]
        assert isinstance(check, dict)
        assert (said["name"], said["phone"]) == ("Nguyễn Thị Lan", "0905 ••• 456")
        assert check["outcome"] == "Theo lời khai: có khả năng là hộ nghèo."
        assert await read_by(house, "case.read") == [("case.read", f"official:{an.id}")] * 2

        looked = [await one.opens(f"/requests/{code}", X_Live="1") for one in (an, tam)]
        assert [reply.status for reply in looked] == [200, 404], "only what she opened herself"
        assert b"<tr" not in looked[0].body
        shown = await an.sends(f"/requests/{code}/phone", {})
        assert "0905123456" in text(shown)
        assert await read_by(house, "case.read", "case.phone_shown") == [
            *[("case.read", f"official:{an.id}")] * 2,
            ("case.phone_shown", f"official:{an.id}"),
        ]


async def test_a_check_is_read_only_where_it_was_promised(house: House, town: TownOf) -> None:
    lan = town.citizen("lan")
    await lan.says(*CONSENTED, *POOR)
    code = await asks(town, "lan", for_other=True)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        for_another = await tam.opens(f"/requests/{code}")
        await lan.at_desk(lambda d: d.consents.withdraw("check"))

        assert "có khả năng là hộ nghèo" not in text(for_another)
        assert "chưa trả lời phần xem điều kiện" in text(for_another)


async def test_a_certificate_is_what_the_family_says_and_no_figure_is_made_up(house: House, town: TownOf) -> None:
    lan, mai = town.citizen("lan"), town.citizen("mai")
    await lan.says(*CONSENTED, "xã Tây Giang", "Hộ nghèo", "2 6", "không biết", "0", "Không")
    await mai.says(*CONSENTED, "xã Tây Giang", "Không có", "3", "1")
    assert [m.key for m in lan.heard] == ["verdict.holder"], lan.heard
    codes = [await asks(town, "lan"), await asks(town, "mai", name="Mai", phone="")]
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        held, unfinished = [text(await tam.opens(f"/requests/{code}")) for code in codes]

        assert "Gia đình cho biết có giấy chứng nhận: Hộ nghèo; chưa đối chiếu." in held
        assert "Theo lời khai" not in held
        assert "chưa trả lời phần xem điều kiện" in unfinished


async def test_a_foreign_request_is_answered_like_an_absent_one(house: House, town: TownOf) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "xa", "lead", "officer", places=(THERE,)) as xa:
        pages = [await xa.opens(f"/requests/{one}") for one in (code, "HS-0000-0000", "search", "%00")]
        programs = [await xa.opens(f"/api/requests/{one}") for one in (code, "HS-0000-0000")]
        photos = [await xa.opens(f"/requests/{one}/photos/{ID}") for one in (code, "HS-0000-0000")]
        phones = [await xa.sends(f"/requests/{one}/phone", {}) for one in (code, "HS-0000-0000")]

        for replies in (pages, programs, photos, phones):
            assert {(reply.status, reply.body) for reply in replies} == {(404, replies[0].body)}
        assert (await xa.opens(f"/requests/{code}", X_Live="1")).status == 404
        assert ("rights.refused", f"official:{xa.id}") in await read_by(house, "rights.refused")


async def test_photos_are_shown_once_they_are_cleaned_and_to_nobody_else(house: House, town: TownOf) -> None:
    code, mai = await asks(town, "lan", photos=(jpeg(), b"no photo")), await asks(town, "mai", name="Mai", phone="")
    query = select(File.id).order_by(File.id)
    photo, none = await house.database.read(lambda unit: unit.scalars(query).all())
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        await house.clean()
        page, picture = await tam.opens(f"/requests/{code}"), await tam.opens(f"/requests/{code}/photos/{photo}")
        others = [await tam.opens(f"/requests/{one}/photos/{two}") for one, two in ((mai, photo), (code, none))]

        assert f'src="/console/requests/{code}/photos/{photo}"' in page.body.decode()
        assert "1 ảnh chưa xem được" in text(page)
        assert (picture.status, picture.headers["Content-Type"], picture.body[:2]) == (200, "image/jpeg", b"\xff\xd8")
        assert [reply.status for reply in others] == [404, 404]
        assert await read_by(house, "case.photo_read") == [("case.photo_read", f"official:{tam.id}")]


async def test_duplicates_stand_side_by_side_as_far_as_she_may_see_them(house: House, town: TownOf) -> None:
    first, second = await asks(town, "lan"), await asks(town, "con", news=False)
    far = await asks(town, "xa", name="Ai đó", unit_id=THERE)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam:
        page, other = text(await tam.opens(f"/requests/{second}")), text(await tam.opens(f"/requests/{first}"))

        assert "cùng số điện thoại, cùng họ tên, cùng năm sinh" in page
        assert (first in page.partition("Có thể trùng")[2], second in other.partition("Có thể trùng")[2]) == (
            True,
            True,
        )
        assert "chưa đồng ý nhận tin" in page
        assert far not in page + other


@pytest.mark.parametrize(("role", "shown"), [("officer", "•••234"), ("helper", "•••"), ("admin", "•••")])
async def test_no_citizens_number_stands_on_the_page(house: House, town: TownOf, role: str, shown: str) -> None:
    code = await asks(town, "lan", story=f"Căn cước {ID}, nhờ xem.", name=f"Lan {ID}")
    async with clerk(house, "tam", role, places=(HERE,)) as tam:
        pages = [await tam.opens(path) for path in (f"/requests/{code}", f"/api/requests/{code}", "/requests")]

        assert f"Căn cước {shown}, nhờ xem." in text(pages[0])
        assert all(ID.encode() not in page.body for page in pages)
        assert role == "officer" or all(b"\xe2\x80\xa2\xe2\x80\xa2\xe2\x80\xa2234" not in page.body for page in pages)


async def test_what_people_write_is_never_more_than_words(house: House, town: TownOf) -> None:
    code = await asks(town, "lan", name=SCRIPT, story=SCRIPT, place=SCRIPT)
    async with clerk(house, "tam", "officer", places=(HERE,)) as tam, clerk(house, "an", "lead", places=(HERE,)) as an:
        await town.as_official(tam.id, lambda d: d.casework.note(code, SCRIPT))
        await town.as_official(
            tam.id, lambda d: d.casework.propose(code, Support(what=SCRIPT, when=SCRIPT, where=SCRIPT))
        )
        page, listed = await an.opens(f"/requests/{code}"), await an.opens("/requests")

        assert all(b"<script>alert" not in reply.body for reply in (page, listed))
        assert page.body.decode().count(escape(SCRIPT).replace("&quot;", "&#34;")) >= 6
