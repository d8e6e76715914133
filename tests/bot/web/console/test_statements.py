"""Bank statements on the console: a file is read in once, and what names no pledge waits for an official."""

from collections.abc import AsyncIterator
from datetime import date
from io import BytesIO

import pytest
from aiohttp import FormData, MultipartWriter
from sqlmodel import col, select

from handlers.desk import Actor, Desk
from handlers.desk.pledges import Offer
from storage.tables import AuditRow, BankLine, GiftAccount, LedgerLine, Pledge
from tests.kit.browser import browser
from tests.kit.console import Clerk, clerk, text
from tests.kit.house import House, Reply
from tests.kit.private_page import TownOf

ACCOUNT = "account-1"
HEAD = "Ngày giao dịch,Số tham chiếu,Số tiền ghi có,Nội dung\n"
ONE = "23/11/2026,FT1,50000,MAU VAN A ung ho\n"


@pytest.fixture
async def account(house: House, town: TownOf) -> str:
    """An account that two officials confirmed."""

    def make(desk: Desk) -> None:
        desk.unit.add(
            GiftAccount(
                id=ACCOUNT, owner="Quỹ mẫu", bank="Ngân hàng mẫu", number="0001", first_day=date(2026, 1, 1),
                entered_by="a", entered_at=desk.now, confirmed_by="b", confirmed_at=desk.now,
            )
        )  # fmt: skip

    await town.at_desk(Actor("operator"), make)
    return ACCOUNT


@pytest.fixture
async def kim(house: House, account: str) -> AsyncIterator[Clerk]:
    """A treasurer who has just signed in."""
    async with clerk(house, "kim", "treasurer") as kim:
        yield kim


async def promised(town: TownOf) -> str:
    giver = town.citizen("Mai")
    await giver.says("/menu")
    return await giver.at_desk(
        lambda desk: desk.pledges.offer(Offer(kind="money", giver="person", amount=10**6, name="Mai")).code
    )


async def uploads(kim: Clerk, content: bytes | None, account: str = ACCOUNT, **typed: str) -> Reply:
    """Send the form as a browser does, with a file or with an empty one where none was chosen."""
    form = FormData()
    for name, value in {"csrf": kim.csrf, "account": account, "text": "", **typed}.items():
        form.add_field(name, value)
    form.add_field("file", BytesIO(content or b""), filename="sao-ke.csv" if content else "", content_type="text/csv")
    return await posts(kim, form)


async def posts(kim: Clerk, form: object) -> Reply:
    address, headers = f"{kim.house.origin}/console/statements", {"Origin": kim.house.origin}
    async with kim.session.post(address, data=form, headers=headers, allow_redirects=False) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def kept(town: TownOf) -> list[tuple[str, int]]:
    query = select(BankLine.state, BankLine.amount).order_by(col(BankLine.id))
    return await town.database.read(lambda unit: [(state, amount) for state, amount in unit.execute(query)])


async def test_a_file_is_read_in_and_what_names_no_pledge_waits(kim: Clerk, town: TownOf) -> None:
    code = await promised(town)
    content = f"{HEAD}{ONE}24/11/2026,FT2,400000,{code} ung ho\n24/11/2026,FT3,khong ro,x\n"

    page = await uploads(kim, content.encode())

    said = text(page)
    assert page.status == 200
    assert "Đã đọc: 2 dòng mới, 1 dòng tự ghép, 1 dòng chờ xem; 0 dòng đã có từ trước." in said
    assert "Dòng 4: không rõ số tiền" in said
    assert "MAU VAN A ung ho" in said
    assert "400.000 đ" not in said
    assert await kept(town) == [("unmatched", 50_000), ("matched", 400_000)]


async def test_the_same_file_again_adds_nothing(kim: Clerk, town: TownOf) -> None:
    await uploads(kim, (HEAD + ONE).encode())

    again = await uploads(kim, (HEAD + ONE).encode())

    assert "0 dòng mới, 0 dòng tự ghép, 0 dòng chờ xem; 1 dòng đã có từ trước" in text(again)
    assert await kept(town) == [("unmatched", 50_000)]


async def test_what_was_pasted_is_read_like_a_file(kim: Clerk, town: TownOf) -> None:
    page = await uploads(kim, None, text=HEAD + ONE)

    assert page.status == 200
    assert await kept(town) == [("unmatched", 50_000)]


async def test_a_program_sends_the_words_of_the_file(kim: Clerk, town: TownOf) -> None:
    answer = await kim.tells("/statements", {"account": ACCOUNT, "text": HEAD + ONE})

    assert answer.json["imported"] == {"new": 1, "matched": 0, "unmatched": 1, "known": 0}


async def test_a_waiting_transfer_is_matched_by_its_code_once(kim: Clerk, town: TownOf) -> None:
    code = await promised(town)
    await uploads(kim, (HEAD + ONE).encode())
    [line] = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).all())

    wrong = await kim.sends(f"/statements/{line}/match", {"code": "UH-0000-0000"})
    done = await kim.sends(f"/statements/{line}/match", {"code": code.lower()})
    again = await kim.sends(f"/statements/{line}/match", {"code": code})

    pledge = await town.database.read(lambda unit: unit.scalars(select(Pledge)).one())
    assert (wrong.status, done.status, again.status) == (400, 303, 409)
    assert "Không có đăng ký ủng hộ tiền nào đang mở với mã này." in text(wrong)
    assert pledge.received == 50_000
    assert len(await town.database.read(lambda unit: unit.scalars(select(LedgerLine)).all())) == 1


async def test_a_transfer_that_is_no_gift_is_set_aside(kim: Clerk, town: TownOf) -> None:
    await uploads(kim, (HEAD + ONE).encode())
    [line] = await town.database.read(lambda unit: unit.scalars(select(BankLine.id)).all())

    done = await kim.sends(f"/statements/{line}/aside", {})

    assert done.status == 303
    assert await kept(town) == [("set_aside", 50_000)]
    assert "Không có khoản nào chờ ghép." in text(await kim.opens("/statements"))
    assert (await kim.sends("/statements/none/aside", {})).status == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Chọn tệp sao kê."),
        (b"\x89PNG\r\n", "Đây là ảnh."),
        (b"%PDF-1.7", "Đây là văn bản hoặc PDF."),
        (b"PK\x03\x04", "Đây là tệp Excel."),
        (b"<html>", "Đây là một trang mạng."),
        (b"a,b\n1,2\n", "Không thấy cột ngày"),
        (b"\x00" * 9, "Tệp không có gì."),
        (f'{HEAD}23/11/2026,FT1,50000,"ung ho\n{ONE}'.encode(), "dấu nháy"),
        (b"x" * (5 * 1024 * 1024 + 1), "Tệp lớn quá 5 MiB"),
    ],
)
async def test_what_is_no_statement_is_told_beside_the_file(
    kim: Clerk, town: TownOf, content: bytes | None, words: str
) -> None:
    page = await uploads(kim, content)

    assert page.status == 400
    assert words in text(page)
    assert await kept(town) == []


async def test_a_statement_needs_an_account_that_counts(kim: Clerk, town: TownOf) -> None:
    page = await uploads(kim, (HEAD + ONE).encode(), account="")

    assert page.status == 400
    assert "Chọn một tài khoản đã được xác nhận." in text(page)


async def test_a_file_above_twelve_mib_is_refused(kim: Clerk, town: TownOf) -> None:
    assert (await uploads(kim, b"x" * (12 * 1024 * 1024 + 1))).status == 413


async def test_without_a_fresh_one_time_code_nothing_is_read_in_and_the_file_is_asked_for_again(
    house: House, town: TownOf, account: str
) -> None:
    async with clerk(house, "kim", "treasurer") as kim:
        house.clock.move(minutes=16)
        await kim.opens("/statements")

        asked = await uploads(kim, (HEAD + ONE).encode())
        without = await uploads(kim, None, one_time_code=kim.code())
        done = await uploads(kim, (HEAD + ONE).encode())

    assert (asked.status, without.status, done.status) == (403, 400, 200)
    assert "chọn lại tệp" in text(without)
    assert await kept(town) == [("unmatched", 50_000)]


async def test_others_see_neither_the_page_nor_the_menu(house: House, account: str) -> None:
    async with clerk(house, "binh", "admin", "lead", "officer", "auditor", places=("xa_tay_giang",)) as binh:
        page = await binh.opens("/statements")
        refused = await uploads(binh, (HEAD + ONE).encode())

    assert (page.status, refused.status) == (403, 403)
    assert "Sao kê ngân hàng" not in text(page)


async def test_looking_at_transfers_is_noted_without_a_word_of_them(kim: Clerk, town: TownOf) -> None:
    await uploads(kim, (HEAD + ONE).encode())
    await kim.opens("/statements")

    query = select(AuditRow).where(col(AuditRow.action).startswith("bank.")).order_by(col(AuditRow.id))
    rows = await town.database.read(lambda unit: unit.scalars(query).all())

    assert [row.action for row in rows] == ["bank.read_in", "bank.read", "bank.read"]
    assert "MAU VAN A" not in "".join(str(row.detail) + row.reason for row in rows)


# A form with a file, in every odd shape


async def test_a_form_without_its_token_is_refused(kim: Clerk, town: TownOf) -> None:
    kim.csrf = ""

    assert (await uploads(kim, (HEAD + ONE).encode())).status == 403
    assert await kept(town) == []


async def test_two_files_or_too_many_fields_are_refused(kim: Clerk) -> None:
    two, many, nested = FormData(), FormData(default_to_multipart=True), MultipartWriter("form-data")
    for name in ("file", "other"):
        two.add_field(name, b"x", filename="a.csv")
    for number in range(300):
        many.add_field(f"field{number}", "x")
    inner = nested.append(MultipartWriter("mixed"))
    inner.set_content_disposition("form-data", name="file")

    assert [(await posts(kim, form)).status for form in (two, many, nested)] == [400, 400, 400]


async def test_a_body_that_is_no_form_is_refused(kim: Clerk) -> None:
    address = f"{kim.house.origin}/console/statements"
    for body in (b"", b"--x", b"--x\r\n\r\n--x--", b"\0" * 100, b'--x\r\nContent-Disposition: form-data; name="a"'):
        headers = {"Origin": kim.house.origin, "Content-Type": "multipart/form-data; boundary=x"}
        async with kim.session.post(address, data=body, headers=headers) as answer:
            assert answer.status in (400, 403), body
    headers["Content-Type"] = "multipart/form-data"
    async with kim.session.post(address, data=b"x", headers=headers) as answer:
        assert answer.status == 400


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(360, 780), (1366, 768)])
async def test_in_a_browser_a_file_is_chosen_and_read_in(
    kim: Clerk, town: TownOf, house: House, tmp_path_factory: pytest.TempPathFactory, width: int, height: int
) -> None:
    file = tmp_path_factory.mktemp("chosen") / "sao-ke.csv"
    file.write_text(HEAD + ONE)
    async with browser(width, height) as window:
        cookies = [{"name": c.key, "value": c.value, "url": house.origin} for c in kim.session.cookie_jar]
        await window.context.add_cookies(cookies)  # type: ignore[arg-type]  # three of the names that it knows
        await window.page.goto(f"{house.origin}/console/statements")
        await window.page.select_option("#account", ACCOUNT)
        await window.page.set_input_files("#file", file)
        await window.page.click("button:has-text('Đọc sao kê')")
        await window.page.wait_for_selector("[role=status]")
        wide = await window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

        assert wide <= 0
        assert "1 dòng mới" in await window.page.inner_text("[role=status]")
        assert (window.problems, window.failures) == ([], [])
