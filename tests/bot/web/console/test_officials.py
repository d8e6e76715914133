"""Officials in the console: inviting, changing, disabling, one's own account, and who is responsible."""

import re

import pyotp
import pytest
from aiohttp import ClientSession, CookieJar

from tests.kit.audit import actions
from tests.kit.console import Clerk, Fields, clerk, newcomer, text
from tests.kit.house import House, Reply, open_house
from tests.kit.private_page import TownOf

HOA_XUAN, TAY_GIANG = "phuong_hoa_xuan", "xa_tay_giang"
LINK = re.compile(r"(http://\S+)/console/invitation/([\w-]+)")
NEW: Fields = {
    "email": "moi@example.test",
    "name": "Lê Thị Mới",
    "title": "Chị",
    "roles": ["officer"],
    "units": [HOA_XUAN],
}


async def test_two_admins_invite_and_whoever_is_invited_gets_in_and_sees_her_units(house: House) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        asked = await an.sends("/officials", NEW)
        assert asked.headers["Location"] == "/console/officials?done=change_asked"
        done = await confirms(bo)
        found = LINK.search(done.body.decode())
        assert found
        assert found[1] == house.origin

        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            new = Clerk(house, session, "", "moi@example.test")
            assert (await new.redeems(found[2])).status == 200
            assert (await new.signs_in()).status == 303
            own = text(await new.opens("/account"))
            assert "Lê Thị Mới" in own
            assert "Cán bộ xã, phường" in own
            assert (await new.opens("/officials")).status == 403
            assert (await new.opens(f"/officials/{an.id}")).status == 403

        assert "Lê Thị Mới" in text(await an.opens("/officials"))


async def confirms(admin: Clerk) -> Reply:
    """Confirm the one change of an account that waits."""
    page = await admin.opens("/officials")
    [change] = re.findall(r"/console/officials/changes/(\w+)/confirm", page.body.decode())
    return await admin.sends(f"/officials/changes/{change}/confirm", {})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"email": "không phải"}, "Thư điện tử chưa đúng"),
        ({"email": "an@example.test"}, "đã có tài khoản"),
        ({"name": ""}, "Cần ghi tên"),
        ({"name": "x" * 81}, "Cần ghi tên"),
        ({"roles": []}, "ít nhất một vai trò"),
        ({"roles": ["king"]}, "ít nhất một vai trò"),
        ({"units": []}, "ít nhất một xã, phường"),
        ({"units": ["nowhere"]}, "không có trong danh sách"),
    ],
)
async def test_a_wrong_invitation_says_what_and_keeps_what_was_typed(house: House, wrong: Fields, says: str) -> None:
    async with clerk(house, "an", "admin") as an:
        refused = await an.sends("/officials", {**NEW, **wrong})

        assert refused.status == 400
        assert says in text(refused)
        assert 'value="Chị"' in refused.body.decode()
        assert "moi@" not in text(await an.opens("/officials"))


async def test_what_needs_a_second_check_asks_for_it_and_then_goes_on_with_what_was_typed(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        house.clock.move(minutes=16)
        asked = await an.sends("/officials", NEW)
        wrong = await an.sends("/officials", {**NEW, "one_time_code": "000000"})
        done = await an.sends("/officials", {**NEW, "one_time_code": an.code()})

        assert (asked.status, wrong.status, done.status) == (403, 403, 303)
        assert 'value="Lê Thị Mới"' in asked.body.decode()
        assert "Lê Thị Mới" in text(await an.opens("/officials"))


async def test_five_wrong_second_codes_sign_the_browser_out(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        house.clock.move(minutes=16)
        for _ in range(5):
            assert (await an.sends("/officials", {**NEW, "one_time_code": "000000"})).status == 403

        assert (await an.opens("")).status == 303


async def test_changing_and_disabling_count_at_the_next_click(house: House, town: TownOf) -> None:
    async with (
        clerk(house, "an", "admin") as an,
        clerk(house, "binh", "admin") as binh,
        clerk(house, "bo", "lead", "officer", places=(HOA_XUAN,)) as bo,
        clerk(house, "chi", "officer", places=(TAY_GIANG,)) as chi,
    ):
        assert (await bo.opens(f"/officials/{chi.id}")).status == 404
        assert (await bo.opens("/officials/absent")).status == 404
        assert (await bo.opens(f"/officials/{bo.id}")).status == 200
        assert (await bo.sends(f"/officials/{bo.id}/change", {"roles": ["admin"]})).status == 403

        await an.opens(f"/officials/{bo.id}")
        changed = await an.sends(f"/officials/{bo.id}/change", {"roles": ["officer"], "units": [TAY_GIANG]})
        assert changed.headers["Location"] == f"/console/officials/{bo.id}?done=change_asked"
        assert (await bo.opens("")).status == 200
        assert (await confirms(binh)).headers["Location"] == f"/console/officials/{bo.id}?done=official_changed"
        assert (await bo.opens("")).status == 303
        await bo.signs_in()
        assert (await bo.opens("/officials")).status == 403

        for reason in ("", "ốm nặng, nhà ở tổ 3"):  # the audit keeps it for ever
            assert (await an.sends(f"/officials/{bo.id}/disable", {"reason": reason})).status == 400
        ended = await an.sends(f"/officials/{bo.id}/disable", {"reason": "moved"})
        assert ended.status == 303
        assert (await bo.opens("")).status == 303
        assert (await bo.signs_in()).status == 403
        refused = await actions(town, "rights.refused")
        assert len(refused) == 2


async def test_the_last_admin_stays(house: House) -> None:
    async with clerk(house, "an", "admin") as an:
        await an.opens(f"/officials/{an.id}")
        changed = await an.sends(f"/officials/{an.id}/change", {"roles": ["auditor"]})
        disabled = await an.sends(f"/officials/{an.id}/disable", {"reason": "left"})

        assert (changed.status, disabled.status) == (400, 400)
        assert "quản trị viên cuối cùng" in text(changed)
        assert "quản trị viên cuối cùng" in text(disabled)


async def test_a_new_link_for_oneself_renews_every_secret(house: House) -> None:
    async with newcomer(house, "an", "admin") as an:
        await an.opens("/account")
        gone = await an.sends("/account/renew", {})
        token = gone.headers["Location"].removeprefix("/console/invitation/")
        before = an.secret, an.codes

        assert (await an.redeems(token, "một mật khẩu khác hẳn")).status == 200
        assert (await an.opens("")).status == 303
        assert an.secret != before[0]
        assert not set(an.codes) & set(before[1])
        assert (await an.signs_in()).status == 403
        assert (await an.signs_in("một mật khẩu khác hẳn")).status == 303
        assert (await an.signs_in("một mật khẩu khác hẳn", pyotp.TOTP(before[0]).now())).status == 403


async def test_one_ends_one_s_own_browsers_and_nobody_else_s(house: House) -> None:
    async with (
        clerk(house, "an", "admin") as an,
        clerk(house, "bo", "admin") as bo,
        ClientSession(cookie_jar=CookieJar(unsafe=True)) as session,
    ):
        other = Clerk(house, session, an.id, an.email, an.secret)
        await other.signs_in()
        page = (await an.opens("/account")).body.decode()
        ids = re.findall(r'name="session" value="([^"]+)"', page)
        assert len(ids) == 1

        await bo.opens("/account")
        assert (await bo.sends("/account/browser", {"session": ids[0]})).status == 404
        assert (await other.opens("")).status == 200
        assert (await an.sends("/account/browser", {"session": ids[0]})).status == 303
        assert (await other.opens("")).status == 303
        assert (await an.opens("")).status == 200

        await other.signs_in()
        await an.sends("/account/browsers", {})
        assert [(await one.opens("")).status for one in (an, other, bo)] == [303, 303, 200]


async def test_leave_duty_and_language_are_kept(house: House) -> None:
    async with clerk(house, "an", "admin") as an, clerk(house, "bo", "admin") as bo:
        await an.opens("/account")
        for first, last, deputy in (
            ("x", "2026-12-01", ""),
            ("2026-12-02", "2026-12-01", ""),
            ("2026-12-01", "2026-12-02", an.id),
        ):
            refused = await an.sends("/account/leave", {"from": first, "until": last, "deputy": deputy})
            assert refused.status == 400, first
        kept = await an.sends("/account/leave", {"from": "2026-11-25", "until": "2026-12-02", "deputy": bo.id})
        assert kept.status == 303
        assert "Nghỉ từ 25/11/2026 đến hết 02/12/2026" in text(await an.opens("/account"))
        await an.sends("/account/leave", {})
        assert "Nghỉ từ" not in text(await an.opens("/account"))

        await an.sends("/account/duty", {"on": "no"})
        assert "Không trực." in text(await an.opens("/account"))
        await an.sends("/account/language", {"language": "en"})
        assert "Not on duty." in text(await an.opens("/account"))


async def test_who_is_responsible_is_entered_by_one_and_confirmed_by_another(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    entry: Fields = {"body": "UBND phường Thử", "contact": "12 đường Thử", "data_contact": "dl@example.test"}
    async with (
        open_house(tmp_path_factory.mktemp("house"), owner=False) as house,
        clerk(house, "an", "admin") as an,
        clerk(house, "bo", "admin") as bo,
    ):
        assert (await an.sends("/owner", {**entry, "body": ""})).status == 400
        assert (await an.sends("/owner", entry)).status == 303
        number = re.search(r"chờ người thứ hai", text(await an.opens("/owner")))
        assert number
        assert await _ready(an) == ["no_owner"]

        form = (await bo.opens("/owner")).body.decode()
        sent: Fields = {"number": re.findall(r'name="number" value="(\d+)"', form)[0]}
        own = await an.sends("/owner/confirm", sent)
        assert (own.status, await _ready(an)) == (400, ["no_owner"])
        assert (await bo.sends("/owner/confirm", sent)).status == 303
        assert await _ready(an) == []
        again = await bo.sends("/owner/confirm", sent)
        assert again.status == 409


async def _ready(clerk: Clerk) -> list[str]:
    async with clerk.session.get(f"{clerk.house.origin}/health/ready") as answer:
        return (await answer.json())["reasons"]  # type: ignore[no-any-return]  # JSON
