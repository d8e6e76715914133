"""What a program may post to the web chat, what it is told when it may not, and whose a chat is."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.kit.house import House, Visitor, open_house, visit
from tests.kit.waiting import comes

REGISTERED = (
    "/start", "1", "/dangky", "1", "1", "1 4", "Hòa Sơn", "tổ 3, gần chợ", "Nguyễn Thị Lan", "1954", "0905 123 456",
    "Bỏ qua", "3", "1",
)  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as house:
        yield house


@pytest.fixture
async def both(tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    """The house on each of the two databases."""
    async with open_house(tmp_path, database_url=database_url) as house:
        yield house


@pytest.fixture
async def lan(house: House) -> AsyncIterator[Visitor]:
    async with visit(house) as lan:
        yield lan


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param(b'{"text": "a", "colour": "red"}', "colour: no such field", id="unknown field"),
        pytest.param(b'{"text": "a", "press": "b.0"}', "either text or press", id="text and press"),
        pytest.param(b"{}", "either text or press", id="neither"),
        pytest.param(b'{"id": "1"}', "either text or press", id="an id alone"),
        pytest.param(b'{"text": "a", "id": 5}', "id:", id="id is a number"),
        pytest.param(b'{"text": "a", "id": ""}', "id:", id="id is empty"),
        pytest.param(b'{"text": "a", "id": "%s"}' % (b"x" * 65), "id:", id="id is too long"),
        pytest.param('{"text": "a", "id": "mã"}'.encode(), "id:", id="id is not ASCII"),
        pytest.param(b'{"text": "a", "id": "a\\u0000b"}', "id:", id="id has a NUL"),
        pytest.param(b'{"text": ""}', "text:", id="no words"),
        pytest.param(b'{"text": " \\n\\t"}', "text:", id="blanks alone"),
        pytest.param(b'{"text": 5}', "text:", id="text is a number"),
        pytest.param(b'{"text": null}', "text:", id="text is null"),
        pytest.param(b'{"text": ["a"]}', "text:", id="text is a list"),
        pytest.param(b'{"press": ""}', "press:", id="an empty press"),
        pytest.param(b'{"press": "%s"}' % (b"a" * 201), "press: too long", id="a long press"),
        pytest.param(b"", "not JSON", id="empty body"),
        pytest.param(b"{", "not JSON", id="half an object"),
        pytest.param(b"\xff\xfe", "not JSON", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "not JSON", id="100,000 brackets"),
        pytest.param(b'{"text": NaN}', "not JSON", id="NaN"),
        pytest.param(b'{"text": "\\ud83d"}', "not JSON", id="half a surrogate pair"),
        pytest.param(b'{"id": %s}' % (b"9" * 5_000), "", id="an integer of 5,000 digits"),
        pytest.param(b'"a"', "an object", id="a string"),
        pytest.param(b'[{"text": "a"}]', "an object", id="a list"),
    ],
)
async def test_a_malformed_body_is_told_what_is_wrong_and_where(lan: Visitor, body: bytes, where: str) -> None:
    refused = await lan.posts(body)

    assert refused.status == 400
    assert where in str(refused.json["error"])
    assert await lan.reads() == []


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
async def test_a_body_of_another_kind_is_refused(lan: Visitor, kind: str) -> None:
    refused = await lan.posts(b'{"text": "a"}', kind=kind)

    assert (refused.status, refused.json["error"]) == (
        400,
        "body: application/json or multipart/form-data is expected",
    )


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_a_body_over_the_limit_is_refused(lan: Visitor, announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield b" " * (1 << 20)

    body = BytesIO(b" " * (10 << 20)) if announced else chunks()
    async with lan.session.post(
        f"{lan.house.origin}/chat/messages", data=body, headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 413


async def test_a_text_of_2001_letters_is_taken_and_the_chat_says_it_is_too_long(lan: Visitor) -> None:
    await lan.says("/gap")

    await lan.says("a" * 2_001)

    assert "dài quá" in str(lan.heard[0]["text"])


@pytest.mark.parametrize(
    "press",
    ["nobody.0", "nobody", "....", "x.99999999999999999999", "\x00.0", "x.²", "đ.1"],
)
async def test_a_press_that_nobody_knows_is_taken_and_answered(both: House, press: str) -> None:
    async with visit(both) as lan:
        await lan.says("/start")
        taken = await lan.posts({"press": press})
        await lan.hears_after(str(taken.json["id"]))

        assert (taken.status, len(lan.heard)) == (202, 2)


async def test_what_was_typed_is_given_back_as_it_was(both: House) -> None:
    words = "<b>Lan</b> \x00 \u202e ế 🧓🏽 '; DROP TABLE person; --"
    async with visit(both) as lan:
        await lan.says(words)

        assert [line["text"] for line in await lan.reads() if line["from"] == "you"] == [words]


async def test_the_same_client_id_is_kept_once_and_has_one_effect(both: House) -> None:
    async with visit(both) as lan:
        await lan.says("/start")
        first = await lan.posts({"text": "1", "id": "mine"})
        again = await lan.posts({"text": "something else", "id": "mine"})
        await lan.hears_after(str(first.json["id"]))

        assert (first.status, again.status, again.json) == (202, 202, first.json)
        yours = [line for line in await lan.reads() if line["from"] == "you"]
        assert [(line["text"], line.get("client")) for line in yours][1:] == [("1", "mine")]


async def test_two_visitors_may_use_the_same_client_id(house: House) -> None:
    async with visit(house) as lan, visit(house) as hoa:
        await lan.posts({"text": "of Lan", "id": "1"})
        await hoa.posts({"text": "of Hoa", "id": "1"})

        assert [line["text"] for line in await hoa.reads() if line["from"] == "you"] == ["of Hoa"]


async def test_a_double_press_has_one_effect(both: House) -> None:
    async with visit(both) as lan:
        await lan.says(*REGISTERED[:-1])
        send = lan.button("Gửi yêu cầu")
        await lan.posts({"press": send})
        await lan.posts({"press": send})
        await lan.says("/hoso")

        codes = [line for line in await lan.reads() if "image" in line]
        assert len(codes) == 1


@pytest.mark.parametrize(
    "origins",
    [("null",), ("https://elsewhere.test",), ("http://127.0.0.1:1",), ("http://localhost", "http://localhost"), ("",)],
    ids=["null", "foreign", "another port", "two", "empty"],
)
async def test_a_page_from_elsewhere_may_not_write(lan: Visitor, origins: tuple[str, ...]) -> None:
    refused = await lan.posts({"text": "a"}, *(("Origin", origin) for origin in origins))

    assert refused.status == 403
    assert await lan.reads() == []


async def test_two_origins_are_refused_even_if_both_are_ours(lan: Visitor) -> None:
    ours = ("Origin", lan.house.origin)

    assert (await lan.posts({"text": "a"}, ours, ours)).status == 403


async def test_our_own_origins_and_none_may_write(tmp_path: Path) -> None:
    public, other = "https://chungtay.test", "https://phuong.test"
    async with open_house(tmp_path, PUBLIC_URL=public, CHAT_ORIGINS=other) as house, visit(house) as lan:
        port = house.service.opened.settings.port
        ours = [f"http://127.0.0.1:{port}", f"http://localhost:{port}", public, other]
        taken = [(await lan.posts({"text": "a"}, ("Origin", origin))).status for origin in ours]

        assert taken == [202] * 4
        assert (await lan.posts({"text": "a"})).status == 202


async def test_the_cookie_is_kept_from_scripts_and_other_sites(lan: Visitor) -> None:
    cookie = (await lan.gets("/chat")).headers["Set-Cookie"]

    assert cookie.startswith("chungtay=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_behind_https_the_cookie_is_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    async with open_house(tmp_path, PUBLIC_URL="https://chungtay.test") as house, visit(house) as lan:
        cookie = (await lan.posts({"text": "a"})).headers["Set-Cookie"]

        assert cookie.startswith("__Host-chungtay=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda cookie: "made-up", id="no mark"),
        pytest.param(lambda cookie: cookie[:-1] + ("A" if cookie[-1] != "A" else "E"), id="another mark"),
        pytest.param(lambda cookie: "x" + cookie, id="another token"),
        pytest.param(lambda cookie: "." + cookie.partition(".")[2], id="no token"),
        pytest.param(lambda cookie: "đ.ế", id="not ASCII"),
    ],
)
async def test_a_forged_cookie_is_a_stranger(house: House, lan: Visitor, forge: Callable[[str], str]) -> None:
    await lan.says("/start")
    [own] = lan.session.cookie_jar
    async with visit(house) as thief:
        seen = await thief.gets("/chat/messages", Cookie=f"chungtay={forge(own.value)}")

        assert (seen.status, seen.json) == (200, {"messages": [], "more": False})


async def test_a_cookie_that_is_no_text_is_a_stranger(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.service.opened.settings.port)
    writer.write(b"GET /chat/messages HTTP/1.1\r\nHost: x\r\nCookie: chungtay=\xff.\xfe\r\nConnection: close\r\n\r\n")
    answer = await comes("it is answered", reader.read())
    writer.close()
    await writer.wait_closed()

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b'{"messages":[],"more":false}')


async def test_a_stranger_sees_nothing_and_presses_nothing(both: House) -> None:
    async with visit(both) as lan, visit(both) as thief:
        await lan.says(*REGISTERED[:-1])
        send = lan.button("Gửi yêu cầu")
        await lan.says("1")
        image = next(str(line["image"]) for line in await lan.reads() if "image" in line)
        nothing = await thief.gets(image)
        await thief.posts({"press": send})

        assert nothing.status == 404
        assert (await thief.reads())[0]["text"] == "…"
        assert (await thief.gets(image)).status == 404


async def test_the_card_is_a_picture_for_its_owner(both: House) -> None:
    async with visit(both) as lan:
        await lan.says(*REGISTERED)
        [card] = [line for line in lan.heard if "image" in line]
        drawn = await lan.gets(str(card["image"]))

        assert drawn.headers["Content-Type"] == "image/png"
        assert Image.open(BytesIO(drawn.body)).size == (1080, 720)


@pytest.mark.parametrize("number", ["0", "1", "99", "abc", "-1", "1e3", "²", "9" * 30])
async def test_a_line_without_a_picture_has_none(lan: Visitor, number: str) -> None:
    await lan.says("/start")

    assert (await lan.gets(f"/chat/images/{number}")).status == 404


async def test_after_erasing_only_the_farewell_is_there(both: House) -> None:
    async with visit(both) as lan:
        await lan.says(*REGISTERED)
        image = next(str(line["image"]) for line in lan.heard if "image" in line)
        last = str((await lan.reads())[-1]["id"])
        await lan.says("/riengtu")
        await lan.presses("Xóa hết", "Xóa hết")

        assert (await lan.gets(image)).status == 404
        [farewell] = await lan.reads()
        assert (farewell["fresh"], farewell["from"]) == (True, "us")
        assert [line["id"] for line in await lan.reads(last)] == [farewell["id"]]
        assert "Lan" not in json.dumps(farewell, ensure_ascii=False)
