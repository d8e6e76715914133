"""The pictures of a promise as they are drawn: the code scans to the very transfer, and the receipt has its words."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from sqlmodel import col, select

from bot.pictures.cards import card
from handlers.banking.vietqr import PayeeAccount, payload
from handlers.desk import Actor, Desk
from storage.database import Unit
from storage.tables import OutboxRow
from storage.vault import Vault
from tests.handlers.conversations.gifts import MONEY, promises
from tests.kit.giving import front
from tests.kit.on_duty import listening
from tests.kit.town import Citizen, Town


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def cards(town: Town) -> list[Mapping[str, Any]]:
    """Every picture that was sent, oldest first."""

    def read(unit: Unit, vault: Vault) -> list[Mapping[str, Any]]:
        rows = unit.scalars(select(OutboxRow).where(col(OutboxRow.body).is_not(None)).order_by(col(OutboxRow.id)))
        opened: list[Any] = [
            vault.open(f"person:{row.person_id}", f"outbox.body:{row.key}", row.body or b"") for row in rows
        ]
        return [body["card"] for body in opened if "card" in body]

    return await town.read(read)


async def said(town: Town) -> str:
    """Every text that still stands in a chat."""

    def read(unit: Unit, vault: Vault) -> str:
        rows = unit.scalars(select(OutboxRow).where(col(OutboxRow.body).is_not(None)))
        return repr([vault.open(f"person:{r.person_id}", f"outbox.body:{r.key}", r.body or b"") for r in rows])

    return await town.read(read)


async def test_the_code_that_is_sent_scans_to_the_transfer_of_this_promise(town: Town, lan: Citizen) -> None:
    await (await front(town)).has()

    pledge = await promises(lan, *MONEY)

    [sent] = await cards(town)
    picture = Image.open(BytesIO(card(sent["kind"], sent["values"])))
    [scanned] = zxingcpp.read_barcodes(picture)
    assert scanned.text == payload(PayeeAccount("970436", "0011223344"), 500_000, pledge.code)


async def test_an_ended_account_is_taken_out_of_the_chats_and_its_givers_are_told_once(
    town: Town, lan: Citizen
) -> None:
    office = await front(town)
    account = await office.has()
    pledge = await promises(lan, *MONEY)
    assert await town.as_official(office.admin, lambda desk: desk.gift_accounts.end(account)) == "done"

    async with listening(lan):
        done = [await town.at_desk(Actor("clock"), lambda desk: desk.ended_accounts.clear_up()) for _ in range(3)]

    assert await cards(town) == []
    assert "0011223344" not in await said(town)
    assert pledge.code in lan.hears_last("giver_news.account_ended").text
    assert (done[0] > 0, done[1:]) == (True, [0, 0])


async def test_once_something_came_there_is_a_receipt_to_keep(town: Town, lan: Citizen) -> None:
    pledge = await promises(lan, *MONEY)

    def comes(desk: Desk) -> None:
        found = desk.pledges.by_code(pledge.code)
        assert found
        desk.pledges.receive(found, 200_000)

    await lan.says(f"/monqua {pledge.code}")
    assert await cards(town) == []

    await lan.at_desk(comes)
    await lan.says(f"/monqua {pledge.code}")

    [sent] = await cards(town)
    values = sent["values"]
    assert (sent["kind"], values["what"], values["code"]) == ("receipt", "200.000 đ", pledge.code)
    assert (values["giver"], values["date"]) == ("Nguyen Thi Lan", "Ngày 25/11/2026")
    assert card(sent["kind"], values).startswith(b"\x89PNG")
