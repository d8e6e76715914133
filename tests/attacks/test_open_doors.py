"""What lies open to whoever looks: figures and the description of a public service, and what other sites can do."""

from pathlib import Path

import pytest

from tests.kit.console import clerk
from tests.kit.house import open_house, visit

PUBLIC = "https://chungtay.example"
PATHS = ("/metrics", "/openapi.json")


@pytest.mark.parametrize("path", PATHS)
async def test_who_may_know_is_shown_and_nobody_else(tmp_path: Path, path: str) -> None:
    async with open_house(tmp_path, METRICS_TOKEN="secret", PUBLIC_URL=PUBLIC) as house, visit(house) as stranger:
        shown = [await stranger.gets(path, **headers) for headers in ({}, {"Authorization": "Bearer secret"})]

        assert [one.status for one in shown] == [403, 200]


async def test_an_official_may_and_only_while_she_is_signed_in(tmp_path: Path) -> None:
    async with open_house(tmp_path, METRICS_TOKEN="secret", PUBLIC_URL="http://chungtay.example") as house:
        async with clerk(house, "an", "admin") as an:
            cookies = "; ".join(f"{one.key}={one.value}" for one in an.session.cookie_jar)
            async with visit(house) as browser:
                before = [(await browser.gets(path, Cookie=cookies)).status for path in PATHS]
                house.clock.move(hours=11)
                after = [(await browser.gets(path, Cookie=cookies)).status for path in PATHS]

        assert (before, after) == ([200, 200], [403, 403])


async def test_at_home_it_describes_itself_to_everybody(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, visit(house) as somebody:
        assert (await somebody.gets("/openapi.json")).status == 200


@pytest.mark.parametrize("path", ["/", "/chat", "/console/sign-in", "/nowhere", "/health/live"])
async def test_other_sites_neither_open_nor_embed_us(tmp_path: Path, path: str) -> None:
    async with open_house(tmp_path, PUBLIC_URL=PUBLIC) as house, visit(house) as somebody:
        answer = await somebody.gets(path)

    said = {name: answer.headers[name] for name in ("Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy")}
    assert set(said.values()) == {"same-origin"}
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
