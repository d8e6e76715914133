"""Guessing at the console's door: passwords that fall to a list, and tries that nobody would know of."""

from functools import partial

import pytest

from bot.web.console.passwords import fault
from handlers.desk import Actor, Desk
from tests.kit.audit import noted
from tests.kit.console import clerk
from tests.kit.house import House
from tests.kit.on_duty import clerk as on_phone
from tests.kit.on_duty import listening
from tests.kit.town import Town


@pytest.mark.parametrize(
    "password",
    [
        "password12345", "123456789012", "qwertyuiop12", "matkhau123456", "Mật khẩu 123456", "danang2026!!",
        "Đà Nẵng 2026", "chungtay2026", "Chung Tay 2026!", "phường Hòa Khánh", "hoakhanh2026", "UBND@1234567",
        "canbo2026canbo", "aaaaaaaaaaaa",
    ],
)  # fmt: skip
def test_what_a_list_would_guess_is_refused(password: str) -> None:
    assert fault(password, "canbo.an@hoakhanh.danang.example") == "common"


@pytest.mark.parametrize("password", ["bốn từ ghép lại", "trâu xanh mưa thép", "k7f2-m9qx-h3vd-w8pc"])
def test_what_nobody_guesses_is_taken(password: str) -> None:
    assert fault(password, "an@example.test") is None


async def test_a_failed_sign_in_is_noted_without_whose_it_was_and_so_is_what_it_closes(house: House) -> None:
    async with clerk(house, "an", "admin", signed_in=False) as an:
        for _ in range(5):
            assert (await an.signs_in("sai mật khẩu rồi")).status == 403
        assert (await an.signs_in()).status == 429

    failed = await noted(house, "official.sign_in_failed")
    closed = await noted(house, "official.sign_in_closed")
    assert (len(failed), [row.detail["what"] for row in closed]) == (5, ["account"])
    assert len({row.subject for row in (*failed, *closed)}) == 1
    assert not any(an.email in f"{row.subject}{row.detail}" for row in (*failed, *closed))


def fails(email: str, desk: Desk) -> None:
    desk.signing_in.note_failed(email, ())


async def test_of_many_failures_in_an_hour_every_admin_is_told_once(town: Town) -> None:
    an = await on_phone(town, "an", "admin")

    async with listening(an):
        for number in range(60):
            await town.at_desk(Actor("clock"), partial(fails, f"{number}@example.test"))

    assert [said.key for said in an.heard] == ["account_news.attacked"]
