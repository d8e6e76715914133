"""The command `zalo status`: what an operator reads of tokens, buttons, windows and money, and never a secret."""

import json
from collections.abc import Callable
from pathlib import Path

from bot.cli import zalo_status
from bot.receiving.desk_factory import DeskFactory
from handlers.desk import Actor, Desk
from storage.queries.outgoing import tokens
from storage.vault import Vault
from tests.kit.house import House
from tests.kit.process import Process
from tests.kit.zalo_oa_house import greeted, zalo_oa_house


async def told(house: House, tell: Callable[[Desk, DeskFactory], str]) -> str:
    office = house.service.opened.office
    return await house.database.read(
        lambda unit: tell(office.desk(unit, Actor("operator"), "test", house.clock), office)
    )  # fmt: skip


async def test_every_fact_is_a_line_and_a_name(tmp_path: Path) -> None:
    async with zalo_oa_house(tmp_path, ZALO_PAID_CS="30", ZALO_OA_RATE="7") as (house, zalo):
        lan, mai = zalo.user("Lan"), zalo.user("Mai")
        await greeted(mai)
        house.clock.move(days=3)
        await greeted(lan)
        lines = await told(house, zalo_status.tell)
        found = json.loads(await told(house, zalo_status.tell_json))

    assert "1 free, 1 in the paid window, 0 closed" in lines
    assert "0 of 30 this month" in lines
    assert "7 a second" in lines
    assert (found["free"], found["paid"], found["closed"], found["most"], found["rate"]) == (1, 1, 0, 30, 7)
    assert (found["needs_reauth"], found["buttons"], found["held"], found["people"]) == ("", True, 0, 0)
    assert 0 < found["left"] <= 25 * 3600
    assert not any(secret in lines for secret in (zalo.seed.access, zalo.seed.refresh))


async def test_spent_tokens_and_none_need_a_hand(tmp_path: Path) -> None:
    async with zalo_oa_house(tmp_path, seeded=False) as (house, zalo):
        none = await told(house, zalo_status.tell)
        now, master = house.clock.now(), house.service.opened.office.master
        given = (zalo.seed.access, zalo.seed.refresh, now)
        await house.database.write(
            lambda unit: tokens.give(unit, Vault(unit, master), "zalo_oa", *given, expires_at=None)
        )  # fmt: skip
        fresh = await told(house, zalo_status.tell)
        number = json.loads(await told(house, zalo_status.tell_json))["left"]
        await house.database.write(lambda unit: tokens.spend(unit, "zalo_oa", 1, "invalid_grant"))
        spent = await told(house, zalo_status.tell)

    assert "needs_reauth: no_tokens" in none
    assert "needs_reauth" not in fresh
    assert number is None or number > 0  # the service at work may have refreshed by now
    assert "needs_reauth: invalid_grant" in spent


async def test_without_an_account_it_says_so_in_one_line(tmp_path: Path) -> None:
    ended = await Process(tmp_path).run("zalo", "status", "--json")

    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == "chungtay: there is no Official Account: ZALO_OA_APP_ID is not set"
