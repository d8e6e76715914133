"""The database is away while officials click: every click is told to come again, and the same form then counts once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.web.console.test_deciding import SEEN, events
from tests.kit.console import PASSWORD, clerk
from tests.kit.house import House, open_house
from tests.kit.postgres import PostgresServer
from tests.kit.private_page import TownOf
from tests.kit.requests import HERE, asks


@pytest.fixture
async def house(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_url=database_url) as house:
        yield house


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_a_click_that_found_no_database_is_sent_again(
    house: House, town: TownOf, postgres_server: PostgresServer
) -> None:
    code = await asks(town, "lan")
    async with clerk(house, "an", "officer", places=(HERE,)) as an:
        seen = SEEN.search((await an.opens(f"/requests/{code}")).body.decode())
        assert seen
        form = {"seen": seen[1], "noted": "đã gọi"}
        before = await events(house)

        postgres_server.kill()
        try:
            sign_in = {"email": an.email, "password": PASSWORD, "code": "123456"}
            away = [
                await an.sends(f"/requests/{code}/note", form), await an.opens(f"/requests/{code}"),
                await an.opens("/live"),
                await an.tells(f"/requests/{code}/note"), await an.sends("/sign-in", sign_in),
                await an.opens("/invitation/x"), await an.sends("/sign-out", {}),
            ]  # fmt: skip
        finally:
            postgres_server.start()
        assert [(reply.status, reply.headers.get("Retry-After")) for reply in away] == [(503, "2")] * len(away)

        again = await an.sends(f"/requests/{code}/note", form)
        while again.status == 503:
            again = await an.sends(f"/requests/{code}/note", form)
        assert again.status == 303
        assert await events(house) == [*before, "noted"]
