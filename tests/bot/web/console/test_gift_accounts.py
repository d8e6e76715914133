"""Accounts for gifts on the console: entered, confirmed by another, ended, and what is wrong said beside its field."""

import pytest

from tests.kit.console import clerk, text
from tests.kit.giving import ENTRY, front
from tests.kit.house import House
from tests.kit.private_page import TownOf

GOOD = {
    "owner": "Ban vận động thử", "bank": "vietcombank", "number": "0011 223344", "first_day": "2026-11-25",
    "last_day": "", "swift": "",
}  # fmt: skip


async def test_one_enters_and_another_confirms(house: House, town: TownOf) -> None:
    async with clerk(house, "ketoan", "treasurer") as ketoan, clerk(house, "quantri", "admin") as quantri:
        entered = await ketoan.sends("/gift-accounts", GOOD)
        assert entered.status == 303
        path = entered.headers["Location"].partition("?")[0].removeprefix("/console")
        own = await ketoan.opens(path)
        assert "Người nhập không tự xác nhận" in text(own)
        assert "Xác nhận tài khoản này" not in text(own)
        assert (await ketoan.sends(f"{path}/confirm", {})).status == 400

        assert "Xác nhận tài khoản này" in text(await quantri.opens(path))
        confirmed = await quantri.sends(f"{path}/confirm", {})

        assert confirmed.status == 303
        assert "đang dùng" in text(await ketoan.opens("/gift-accounts"))
        assert "tài khoản chung" in text(await ketoan.opens("/gift-accounts"))


async def test_what_two_confirm_is_done_once(house: House, town: TownOf) -> None:
    account = await (await front(town)).enters()
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        await an.opens("/account")
        await bo.opens("/account")

        assert (await an.sends(f"/gift-accounts/{account}/confirm", {})).status == 303
        assert (await bo.sends(f"/gift-accounts/{account}/confirm", {})).status == 409


@pytest.mark.parametrize("move", ["", "/confirm"])
async def test_to_enter_and_to_confirm_a_code_is_typed_anew(house: House, town: TownOf, move: str) -> None:
    account = await (await front(town)).enters()
    async with clerk(house, "an", "treasurer", "admin") as an:
        await an.opens("/account")
        house.clock.move(minutes=16)

        reply = await an.sends(f"/gift-accounts/{account}{move}" if move else "/gift-accounts", GOOD)

        assert reply.status == 403
        assert "Gõ lại mã một lần" in text(reply)


async def test_to_end_one_needs_none(house: House, town: TownOf) -> None:
    account = await (await front(town)).has()
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")
        house.clock.move(minutes=16)

        assert (await an.sends(f"/gift-accounts/{account}/end", {})).status == 303
        assert "đã ngừng" in text(await an.opens(f"/gift-accounts/{account}"))


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"owner": ""}, "owner", "Cần ghi, và ghi ngắn gọn"),
        ({"bank": "nowhere"}, "bank", "Mục này không có trong danh sách"),
        ({"bank": "other"}, "other_bank", "Cần ghi, và ghi ngắn gọn"),
        ({"number": "12"}, "number", "sáu đến mười chín"),
        ({"first_day": ""}, "first_day", "Chưa ghi ngày"),
        ({"last_day": "ngày nào đó"}, "last_day", "Ngày chưa đúng"),
        ({"last_day": "2026-11-01"}, "last_day", "Ngày cuối phải sau"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    house: House, change: dict[str, str], field: str, words: str
) -> None:
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")

        reply = await an.sends("/gift-accounts", GOOD | change)

        assert reply.status == 400
        assert f'id="{field}-fault"' in reply.body.decode()
        assert words in text(reply)
        assert f'value="{(GOOD | change)["number"]}"' in reply.body.decode()


async def test_the_same_account_is_not_entered_twice(house: House, town: TownOf) -> None:
    await (await front(town)).has()
    async with clerk(house, "an", "treasurer") as an:
        await an.opens("/account")

        reply = await an.sends("/gift-accounts", GOOD | {"number": ENTRY.number})

        assert reply.status == 400
        assert "Tài khoản này đã nhập rồi" in text(reply)


async def test_an_auditor_sees_and_does_nothing(house: House, town: TownOf) -> None:
    account = await (await front(town)).enters()
    async with clerk(house, "an", "auditor") as an:
        page = await an.opens(f"/gift-accounts/{account}")

        assert ENTRY.owner in text(page)
        assert "<form" not in page.body.decode().partition('id="content"')[2]


async def test_the_audit_says_what_was_done(house: House, town: TownOf) -> None:
    await (await front(town)).has()
    async with clerk(house, "an", "auditor") as an:
        page = text(await an.opens("/audit"))

    assert "nhập tài khoản ủng hộ" in page
    assert "xác nhận tài khoản ủng hộ" in page
