"""Words that were sent on are ours if nothing was added to them, left out in their midst or put in their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.desk.announcing import Forwarded, codes, is_short
from handlers.vietnamese import words
from tests.kit.cases import for_each

OURS = (
    "Phiên giao dịch việc làm\n\nSáng thứ bảy tại nhà văn hóa, xem viec-lam.example.test. Không thu tiền, không đặt "
    "cọc.\n\n— Đơn vị mẫu, 25/11/2026. Mã tin TB-4K7M-92QX: nhắn “tin TB-4K7M-92QX” để kiểm tra thật giả. Chúng tôi "
    "không hỏi OTP, không thu phí. Hỏi: 1022. Nhắn DỪNG để không nhận loại tin này."
)
RENDERED = (OURS, "Job fair\n\nOn Saturday.")


@for_each(
    "typed",
    [
        pytest.param(OURS, id="all of it"),
        pytest.param(OURS.upper(), id="in capitals"),
        pytest.param(words.fold(OURS), id="without accents and signs"),
        pytest.param(OURS[:120], id="cut off in the middle of a word"),
        pytest.param(OURS[40:200], id="cut off at both ends"),
        pytest.param(OURS.replace("\n", " "), id="on one line"),
        pytest.param("Sáng thứ bảy tại nhà văn hóa TB-4K7M-92QX", id="a part, and the code behind it"),
        pytest.param("On Saturday", id="the other language"),
        pytest.param("xem viec-lam.example.test.", id="a link as it is"),
        pytest.param("🙂 " + OURS + " 🙂", id="with pictures around"),
    ],
)
def test_ours(typed: str) -> None:
    assert Forwarded(typed).says_no_more(RENDERED)


@for_each(
    "typed",
    [
        pytest.param(OURS + " Chuyển 500 nghìn vào số 0123.", id="something added at the end"),
        pytest.param("Khẩn. " + OURS, id="something added before"),
        pytest.param(OURS.replace("Không thu tiền", "Thu tiền"), id="a no taken out"),
        pytest.param(OURS.replace("không thu phí", "thu phí"), id="a no taken out of the footer"),
        pytest.param(OURS.replace("1022", "0905 123 456"), id="another number to ring"),
        pytest.param(OURS.replace("viec-lam.example.test", "vieclam.example.test"), id="another address"),
        pytest.param(OURS.replace("viec-lam", "viec.lam"), id="the same words in an address"),
        pytest.param(OURS.replace("viec-lam", "viêc-lam"), id="an accent in an address"),
        pytest.param(OURS.replace("a", "\u0430"), id="letters of another alphabet that look alike"),
        pytest.param("Sáng thứ bảy không thu tiền", id="a gap"),
        pytest.param("", id="nothing"),
        pytest.param("TB-4K7M-92QX", id="no words at all are in no text"),
        pytest.param("🙂", id="only a picture"),
    ],
)
def test_not_ours(typed: str) -> None:
    ours = (OURS.replace("TB-4K7M-92QX", ""),)

    assert not Forwarded(typed).says_no_more(ours if typed == "TB-4K7M-92QX" else RENDERED)


@settings(deadline=None)
@given(st.integers(0, len(OURS)), st.integers(0, len(OURS)))
def test_whatever_is_cut_off_at_the_ends_leaves_it_ours(begin: int, end: int) -> None:
    part = OURS[begin:end]

    assert Forwarded(part).says_no_more(RENDERED) or not words.fold(part)


@settings(deadline=None)
@given(st.integers(0, len(OURS) - 1), st.text(st.characters(categories=("L", "Nd")), min_size=1))
def test_no_word_can_be_put_in_unseen(place: int, word: str) -> None:
    changed = f"{OURS[:place]} {word} {OURS[place:]}"

    seen = words.fold(changed).replace(" ", "") != words.fold(OURS).replace(" ", "")
    assert seen == (not Forwarded(changed).says_no_more(RENDERED)) or not words.fold(word)


FRAME = "Tin ông/bà chọn nhận.\n\n— Mã tin: TB-4K7M-92QX, TB-0000-0001."
DIGEST = (FRAME, OURS, "Trạm y tế\n\nMở cửa sáng thứ bảy.")
AS_SENT = (
    "Tin ông/bà chọn nhận.\n\n• Trạm y tế\nMở cửa sáng thứ bảy.\n\n• Phiên giao dịch việc làm\nSáng thứ bảy tại nhà "
    "văn hóa, xem viec-lam.example.test. Không thu tiền, không đặt cọc.\n\n— Mã tin: TB-4K7M-92QX, TB-0000-0001."
)


def test_a_digest_is_made_of_lines_of_ours() -> None:
    assert Forwarded(AS_SENT).is_made_of(DIGEST)
    assert Forwarded(AS_SENT[5:-12]).is_made_of(DIGEST)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("Mở cửa sáng thứ bảy.", "Mở cửa sáng thứ bảy. Nộp 200 nghìn.", id="words added to a line"),
        pytest.param("• Trạm y tế", "• Trạm y tế\nNộp tiền trước", id="a line added"),
        pytest.param("Không thu tiền, không đặt cọc.", "Không thu tiền.\nĐặt cọc.", id="a line broken up"),
        pytest.param("Tin ông/bà chọn nhận.", "Tin khẩn.", id="another beginning"),
    ],
)
def test_a_digest_with_another_line_is_not(old: str, new: str) -> None:
    assert not Forwarded(AS_SENT.replace(old, new)).is_made_of(DIGEST)


@for_each(
    ("typed", "found"),
    [
        ("TB-4K7M-92QX", ("TB-4K7M-92QX",)),
        ("tin tb4k7m92qx", ("TB-4K7M-92QX",)),
        ("mã tb 4k7m 92qx.", ("TB-4K7M-92QX",)),
        ("TB-4K7M-92QX, TB-0000-0001", ("TB-4K7M-92QX", "TB-0000-0001")),
        ("TB-OOOO-OOOI", ("TB-0000-0001",)),
        ("“TB-4K7M-92QX”", ("TB-4K7M-92QX",)),
        ("TB-4K7M-92QXA", ()),
        ("HS-4K7M-92QX", ()),
        ("thông báo", ()),
        ("", ()),
    ],
)
def test_codes_are_read_as_people_type_them(typed: str, found: tuple[str, ...]) -> None:
    assert codes(typed) == found


def test_few_words_tell_nothing() -> None:
    assert is_short("Sáng thứ bảy")
    assert not is_short("Sáng thứ bảy tại nhà văn hóa")
