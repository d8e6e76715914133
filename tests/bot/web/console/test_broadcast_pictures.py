"""The picture of an announcement on the console: cleaned, shown, kept, taken out; and what is no picture."""

import pytest

from tests.bot.web.console.announcements import (
    GOOD,
    noted,
    seen,
    uploads,
)
from tests.bot.web.console.announcements import jpeg as picture
from tests.kit.announcing import states_of
from tests.kit.console import Clerk, text
from tests.kit.private_page import TownOf


async def test_a_picture_is_cleaned_shown_and_kept_until_it_is_taken_out(town: TownOf, mai: Clerk) -> None:
    done = await uploads(mai, "/broadcasts", picture())
    code = done.headers["Location"].rpartition("/")[2].partition("?")[0]
    first = await mai.opens(f"/broadcasts/{code}/picture")
    again = await uploads(mai, f"/broadcasts/{code}/rewrite", b"", seen=await seen(mai, code))
    kept = await mai.opens(f"/broadcasts/{code}/picture")

    out = await uploads(mai, f"/broadcasts/{code}/rewrite", b"", seen=await seen(mai, code), no_picture="1")

    assert (done.status, again.status, out.status) == (303, 303, 303)
    assert first.body.startswith(b"\xff\xd8\xff")
    assert (first.headers["Content-Type"], kept.body) == ("image/jpeg", first.body)
    assert (await mai.opens(f"/broadcasts/{code}/picture")).status == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7", "Tệp này không phải ảnh."),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heic", "Đây là ảnh HEIC"),
        (b"\x89PNG\r\n\x1a\nbroken", "Ảnh này bị hỏng"),
        (b"\xff\xd8\xff" + b"x" * (8 * 1024 * 1024), "Ảnh nặng quá 8 MB."),
    ],
)
async def test_a_picture_that_is_none_is_told_and_noted(town: TownOf, mai: Clerk, content: bytes, words: str) -> None:
    page = await uploads(mai, "/broadcasts", content)

    assert page.status == 400
    assert words in text(page)
    assert GOOD["words_vi"] in text(page)
    assert (await states_of(town), len(await noted(town, "broadcast.not_written"))) == ([], 1)


async def test_a_picture_comes_along_while_something_else_is_put_right(town: TownOf, mai: Clerk) -> None:
    wrong = await uploads(mai, "/broadcasts", picture(), title_vi="")
    kept = wrong.body.decode().partition('name="picture_kept" value="')[2].partition('"')[0]

    right = await uploads(mai, "/broadcasts", b"", picture_kept=kept)
    made_up = await uploads(mai, "/broadcasts", b"", picture_kept="bm9uZQ==")

    code = right.headers["Location"].rpartition("/")[2].partition("?")[0]
    assert (wrong.status, right.status, made_up.status) == (400, 303, 400)
    assert "Ảnh vừa chọn vẫn được giữ." in text(wrong)
    assert (await mai.opens(f"/broadcasts/{code}/picture")).body.startswith(b"\xff\xd8\xff")
