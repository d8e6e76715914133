"""The pages for everyone, the page behind a one-time link, and the headers on every answer."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.web.pages import SECURITY_HEADERS, asset
from handlers.verdicts import faq
from storage.unit import Unit
from tests.kit.house import House, Visitor, open_house, visit

LAN = "Nguyễn Thị Lan <b>"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


async def link(lan: Visitor) -> str:
    """Ask for the link to what is stored, and return its path."""
    await lan.says("/start", "1", LAN, "/riengtu")
    await lan.presses("Xem, tải về")
    return "/p/" + str(lan.heard[0]["text"]).rpartition("/p/")[2]


async def rows(house: House) -> dict[str, int]:
    tables = ("person", "address", "inbox", "outbox", "chat_line", "one_time_token", "session", "audit")

    def count(unit: Unit) -> dict[str, int]:
        queries = {table: text(f"SELECT count(*) FROM {table}") for table in tables}  # noqa: S608  # our own names
        return {table: unit.execute(query).scalar_one() for table, query in queries.items()}

    return await house.database.read(count)


async def test_the_link_shows_what_is_stored_as_often_as_it_is_opened(tmp_path: Path, database_url: str) -> None:
    async with open_house(tmp_path, database_url=database_url) as house, visit(house) as lan, visit(house) as phone:
        path = await link(lan)
        house.clock.move(minutes=14)

        for _ in range(2):
            page = await phone.clicks(path, Accept="text/html")
            assert (page.status, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
            assert "Nguyễn Thị Lan &lt;b&gt;" in page.body.decode()
            assert page.headers["Cache-Control"] == "no-store"


async def test_the_same_is_a_file_for_programs(lan: Visitor) -> None:
    path = await link(lan)
    stored = await lan.clicks(path, Accept="application/json")
    messages = stored.json["messages"]

    assert stored.headers["Content-Type"].startswith("application/json")
    assert stored.headers["Content-Disposition"] == 'attachment; filename="chungtay.json"'
    assert isinstance(messages, list)
    assert LAN in [message["text"] for message in messages]
    assert {"language", "requests", "consents", "photos", "unfinished"} <= stored.json.keys()


async def test_the_link_runs_out_after_a_quarter_of_an_hour(house: House, lan: Visitor) -> None:
    path = await link(lan)
    house.clock.move(minutes=15, seconds=1)

    assert [(await lan.gets(path)).status, (await lan.clicks(path)).status] == [404, 400]


async def test_a_new_link_ends_the_old(lan: Visitor) -> None:
    old = await link(lan)
    new = await link(lan)

    assert [(await lan.gets(path)).status for path in (old, new)] == [404, 200]


@pytest.mark.parametrize("token", ["x", "A" * 22, "%00", "%FF%FE", "x" * 5_000, "đường"])
async def test_a_made_up_link_is_not_found(lan: Visitor, token: str) -> None:
    assert (await lan.gets(f"/p/{token}")).status == 404


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
async def test_a_robot_that_looks_at_the_link_reads_nothing_of_hers(house: House, lan: Visitor, accept: str) -> None:
    path = await link(lan)
    before = await rows(house)

    seen = await lan.gets(path, Accept=accept)

    assert (seen.status, LAN in seen.body.decode(), "Nguyễn Thị Lan" in seen.body.decode()) == (200, False, False)
    assert await rows(house) == before


async def test_reading_changes_nothing_but_the_audit(house: House, lan: Visitor) -> None:
    path = await link(lan)
    await lan.says("a")
    before = await rows(house)
    await lan.clicks(path)
    await lan.gets("/p/nonsense")
    after = await rows(house)

    assert after == before | {"audit": before["audit"] + 1}


async def test_opening_pages_makes_no_person(house: House, lan: Visitor) -> None:
    for path in ("/", "/chat", "/chat/messages", "/chat/images/1"):
        await lan.gets(path)

    assert (await rows(house))["person"] == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/?lang=en", 200),
        ("/chat", 200),
        ("/chat/messages", 200),
        ("/chat/messages?after=x", 400),
        ("/chat/images/1", 404),
        ("/health/live", 200),
        ("/health/ready", 200),
        ("/metrics", 200),
        ("/openapi.json", 200),
        ("/p/x", 404),
        ("/nowhere", 404),
        ("/static/nothing.css", 404),
        ("/static/..%2Fpages.py", 404),
        (asset("style.css"), 200),
    ],
)
async def test_every_answer_carries_the_security_headers(lan: Visitor, path: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        answer = await lan.gets(path, method=method)
        assert answer.status == status
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == dict(SECURITY_HEADERS)
        assert answer.headers["Server"] == "chungtay"
        assert method == "GET" or answer.body == b""


async def test_what_may_not_be_posted_to_says_so_with_its_headers(lan: Visitor) -> None:
    refused = await lan.gets("/", method="POST")

    assert (refused.status, refused.headers["Allow"]) == (405, "GET,HEAD")
    assert refused.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/chat", "/chat?lang=en", "/nowhere"])
async def test_no_page_has_a_script_or_a_style_of_its_own(lan: Visitor, path: str) -> None:
    page = (await lan.gets(path)).body.decode()

    assert "<style" not in page
    assert " style=" not in page
    assert " on" not in [attribute[:3] for attribute in page.split('="')]
    assert all(f'src="{asset("chat.js")}"' in tag for tag in page.split("<script")[1:])


async def test_an_unknown_path_is_a_page_in_vietnamese(lan: Visitor) -> None:
    page = await lan.gets("/nowhere")

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert 'lang="vi"' in page.body.decode()
    assert "Không có trang này" in page.body.decode()


async def test_a_static_file_is_kept_for_a_year_and_the_rest_not_at_all(lan: Visitor) -> None:
    kept = await lan.gets(asset("style.css"))
    page = await lan.gets("/chat")

    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_every_link_of_the_first_page_leads_somewhere(lan: Visitor, language: str) -> None:
    page = (await lan.gets(f"/?lang={language}")).body.decode()

    links = {link.partition("#")[0] for link in re.findall(r'href="(/[^"]*)"', page)}

    assert {link: (await lan.gets(link)).status for link in links} == dict.fromkeys(links, 200)
    assert len(links) >= 5


async def test_the_first_page_names_who_is_responsible(lan: Visitor) -> None:
    assert "UBND phường Thử" in (await lan.gets("/")).body.decode()
    assert 'lang="en"' in (await lan.gets("/?lang=en")).body.decode()


@pytest.mark.parametrize(
    ("path", "name", "unknown"),
    [
        pytest.param("/quyen-loi", "Trợ cấp hưu trí xã hội", "cần cán bộ xác nhận", id="in Vietnamese"),
        pytest.param("/entitlements", "Social pension", "to be confirmed by an officer", id="in English"),
    ],
)
async def test_the_page_of_entitlements_names_programmes_and_what_is_not_known(
    lan: Visitor, path: str, name: str, unknown: str
) -> None:
    page = await lan.gets(path)

    assert page.status == 200
    assert name in page.body.decode()
    assert unknown in page.body.decode()


async def test_questions_are_answered_on_a_page(lan: Visitor) -> None:
    page = (await lan.gets("/hoi-dap")).body.decode()

    assert page.count("<article") == len(faq.QUESTIONS)
    assert "540.000 đ" in page
    assert "NĐ 335/2026/NĐ-CP" in page
    chat = (await lan.gets("/chat")).body.decode()
    anchors = set(re.findall(r'href="/chat[^"#]*#([a-z]+)"', page))
    assert {anchor for anchor in anchors if f'id="{anchor}"' not in chat} == set()
    assert "Loan for poor households" in (await lan.gets("/questions")).body.decode()


@pytest.mark.parametrize("typed", ["tien dien", "TIỀN  điện", "%3Cscript%3E"])
async def test_questions_are_looked_for_without_accents(lan: Visitor, typed: str) -> None:
    page = (await lan.gets(f"/hoi-dap?q={typed.replace(' ', '+')}")).body.decode()

    found = re.findall(r'<article id="([a-z-]+)"', page)
    assert found == ([] if "script" in typed else ["electricity"])
    assert "<script>" not in page
