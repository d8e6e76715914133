"""Cards of giving: the code scans to what was handed in, every word shows and none runs off, the bar is to scale."""

import unicodedata
from functools import lru_cache
from io import BytesIO
from xml.etree import ElementTree

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError
from PIL import Image, ImageChops

from bot.pictures.cards import card, code, drawing, marks
from handlers.banking.vietqr import PayeeAccount, payload
from tests.kit.cases import for_each

Values = dict[str, str | int]

DEMO = "DỮ LIỆU MẪU: đây là bản chạy thử"
TRANSFER = payload(PayeeAccount("970403", "0011012345678"), 1_000_000, "UH-4K7M-92QX")
LONGEST = payload(PayeeAccount("970403", "abcdefghij012345678"), 9_999_999_999_999, "UH-4K7M-92QX 123456789012")
QR: Values = {
    "title": "Quét để ủng hộ",
    "code": "UH-4K7M-92QX",
    "owner": "Chủ tài khoản: Quỹ Vì người nghèo (mẫu)",
    "bank": "Ngân hàng mẫu",
    "number": "0011 0123 4567 8",
    "amount": "Một triệu đồng (1.000.000 đ)",
    "text": "Nội dung chuyển: UH-4K7M-92QX",
    "note": "Chỉ chuyển vào đúng tên chủ tài khoản trên.",
    "payload": TRANSFER,
}
RECEIPT: Values = {
    "title": "Đã nhận, xin trân trọng cảm ơn",
    "giver": "Ông Nguyễn Văn Ẩn",
    "what": "1.000.000 đ",
    "code": "UH-4K7M-92QX",
    "date": "Ngày 24/11/2026",
    "from": "Quỹ Vì người nghèo (mẫu) đã nhận",
    "note": "Giấy này để ghi nhận, không thay chứng từ kế toán, thuế.",
}
PROGRESS: Values = {
    "title": "Đã nhận hơn một nửa số cần",
    "dates": "Từ 01/11/2026 đến 31/12/2026",
    "organiser": "Ủy ban MTTQ Việt Nam xã mẫu",
    "code": "VD-4K7M",
    "goal": 600_000_000,
    "pledged": 480_000_000,
    "received": 330_000_000,
    "confirmed": 120_000_000,
    "goal_label": "Cần: 600.000.000 đ",
    "pledged_label": "Đã hứa: 480.000.000 đ",
    "received_label": "Đã nhận: 330.000.000 đ",
    "confirmed_label": "Gia đình xác nhận: 120.000.000 đ",
}
CARDS = {"gift_qr": QR, "receipt": RECEIPT, "progress": PROGRESS}
HEIGHTS = {"gift_qr": 1440, "receipt": 720, "progress": 720}
WORDS = [(kind, name) for kind, values in CARDS.items() for name in values if isinstance(values[name], str)]
SHOWN = [(kind, name) for kind, name in WORDS if name != "payload"]
AMOUNTS = ("goal", "pledged", "received", "confirmed")
LONG = "Ban Thường trực Ủy ban Mặt trận Tổ quốc Việt Nam phường Điện Bàn Đông, Quỹ Vì người nghèo, " * 3
ONE_WORD = "Ngườiở" * 40


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",)).convert("RGB")


def drawn(kind: str, **changes: str | int) -> Image.Image:
    return _drawn(kind, tuple((CARDS[kind] | changes).items()))


@lru_cache(maxsize=16)  # many are compared with the same plain ones
def _drawn(kind: str, values: tuple[tuple[str, str | int], ...]) -> Image.Image:
    return opened(card(kind, dict(values)))


def differ(one: Image.Image, other: Image.Image) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(one, other).getbbox()


def read_back(picture: Image.Image) -> list[bytes]:
    return [found.bytes for found in zxingcpp.read_barcodes(picture)]


@for_each("said", [TRANSFER, LONGEST, payload(PayeeAccount("000000", "000000"), 0, ""), "A  B ", "đ ữ"])
@for_each("demo", ["", DEMO])
def test_the_code_scans_to_the_payload_byte_for_byte(said: str, demo: str) -> None:
    picture = drawn("gift_qr", payload=said, demo=demo, title=LONG, owner=LONG, amount=LONG)

    assert read_back(picture) == [said.encode()]


@pytest.mark.parametrize("width", [320, 540])
def test_the_code_still_scans_when_a_phone_shows_the_card_small(width: int) -> None:
    picture = drawn("gift_qr", payload=LONGEST)

    assert read_back(picture.resize((width, width * 4 // 3), Image.Resampling.BILINEAR)) == [LONGEST.encode()]


@settings(max_examples=15, deadline=None)
@given(
    st.builds(
        PayeeAccount, st.text("0123456789", min_size=6, max_size=6), st.text("ABYZabyz0189", min_size=6, max_size=19)
    ),
    st.integers(0, 9_999_999_999_999),
    st.text("AZ09 -", max_size=25),
)
def test_any_transfer_scans(account: PayeeAccount, amount: int, text: str) -> None:
    said = payload(account, amount, text)

    assert read_back(drawn("gift_qr", payload=said)) == [said.encode()]


def test_the_code_has_four_white_modules_around_it_and_is_dark_on_white() -> None:
    modules = code(LONGEST).modules
    side = 660 // modules * modules
    left = (1080 - side) // 2
    picture = drawn("gift_qr", payload=LONGEST).crop((left, 182, left + side, 182 + side))
    quiet = 4 * (side // modules)
    inside = picture.crop((quiet, quiet, side - quiet, side - quiet))
    blank = Image.new("RGB", picture.size, "#ffffff")

    assert differ(picture, blank) == (quiet, quiet, side - quiet, side - quiet)
    assert {colour for _, colour in inside.getcolors() or ()} == {(0x14, 0x20, 0x1F), (255, 255, 255)}
    assert side >= 560


def test_the_code_covers_half_the_width_of_the_card() -> None:
    assert all(660 // code(said).modules * (code(said).modules - 8) >= 470 for said in (TRANSFER, LONGEST))


@pytest.mark.parametrize("said", ["", "a" * 5000])
def test_a_payload_that_makes_no_code_is_an_error(said: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        drawn("gift_qr", payload=said)


@pytest.mark.parametrize("kind", list(CARDS))
def test_a_card_is_1080_wide_and_the_same_values_give_the_same_bytes(kind: str) -> None:
    assert drawn(kind).size == (1080, HEIGHTS[kind])
    assert card(kind, CARDS[kind]) == card(kind, dict(CARDS[kind]))


@for_each(("kind", "name"), SHOWN)
def test_every_word_shows(kind: str, name: str) -> None:
    assert differ(drawn(kind, **{name: "AB12"}), drawn(kind, **{name: "CD34"}))


@for_each(("kind", "name"), [(kind, name) for kind, values in CARDS.items() for name in values])
def test_a_missing_value_is_an_error(kind: str, name: str) -> None:
    values = {key: value for key, value in CARDS[kind].items() if key != name}

    with pytest.raises(UndefinedError):
        card(kind, values)


@pytest.mark.parametrize(("kind", "name"), SHOWN)
@pytest.mark.parametrize(
    ("words", "demo"),
    [pytest.param(LONG, DEMO, id="many words"), pytest.param(ONE_WORD, "", id="one word", marks=pytest.mark.trial)],
)
def test_long_words_stay_inside_the_margins(kind: str, name: str, words: str, demo: str) -> None:
    plain, long = drawn(kind, demo=demo), drawn(kind, demo=demo, **{name: words})
    changed = differ(plain, long)

    assert changed is not None
    assert changed[0] >= 66
    assert changed[2] <= 1014
    assert changed[1] >= (56 if demo else 16)


@pytest.mark.parametrize("kind", list(CARDS))
@pytest.mark.parametrize("demo", ["", DEMO], ids=["real", "demo"])
def test_with_every_word_long_the_edges_and_the_line_over_the_foot_stay_clear(kind: str, demo: str) -> None:
    long = drawn(kind, demo=demo, **{name: LONG for of, name in SHOWN if of == kind})
    empty = drawn(kind, demo=demo, **{name: "" for of, name in SHOWN if of == kind})
    foot = HEIGHTS[kind] - 120

    for edge in (
        (0, 0, 60, foot),
        (1014, 0, 1080, foot),
        (0, foot - 6, 1080, foot + 6),
        (0, 0, 1080, 56 if demo else 40),
    ):
        assert differ(long.crop(edge), empty.crop(edge)) is None


@pytest.mark.parametrize("kind", list(CARDS))
def test_accents_typed_apart_are_drawn_as_one_letter(kind: str) -> None:
    apart = {
        name: unicodedata.normalize("NFD", value)
        for name, value in CARDS[kind].items()
        if isinstance(value, str) and name != "payload"
    }

    assert card(kind, CARDS[kind] | apart) == card(kind, CARDS[kind])


def test_every_vietnamese_letter_is_in_the_typeface() -> None:
    missing = drawn("receipt", giver="漢")
    letters = "ảẠắẵậđĐếỄệốỔộớỡỢứừỮựỷỹỴ"
    pictures = {drawn("receipt", giver=letter).tobytes() for letter in letters}

    assert len(pictures) == len(letters)
    assert missing.tobytes() not in pictures


@for_each("words", ['<b>&"', "</text><script/>", "{{ code }}", "a\x00b\x1b", "]]>", "\ud800", "' onload='"])
@for_each("kind", list(CARDS))
def test_any_words_are_only_words_in_a_page_too(kind: str, words: str) -> None:
    svg = ElementTree.fromstring(drawing(kind, CARDS[kind] | {name: words for of, name in SHOWN if of == kind}))  # noqa: S314  # our own

    tags = {element.tag.rpartition("}")[2] for element in svg.iter()}
    attributes = {name for element in svg.iter() for name in element.attrib}
    assert tags <= {"svg", "rect", "path", "text", "tspan", "g"}
    assert not {name for name in attributes if name.startswith("on") or name in ("id", "class", "style", "href")}


@pytest.mark.parametrize("kind", list(CARDS))
def test_the_page_and_the_chat_are_drawn_from_one_text(kind: str) -> None:
    svg = ElementTree.fromstring(drawing(kind, CARDS[kind]))  # noqa: S314  # our own
    words = " ".join("".join(svg.itertext()).split())

    assert svg.get("aria-label") == CARDS[kind]["title"]
    assert all(str(CARDS[kind][name])[:12] in words for of, name in SHOWN if of == kind)


def test_the_payload_is_drawn_and_not_written() -> None:
    assert TRANSFER not in drawing("gift_qr", QR)


@pytest.mark.parametrize("kind", list(CARDS))
def test_the_band_of_sample_data_shows_only_when_asked_for(kind: str) -> None:
    assert differ(drawn(kind, demo=DEMO), drawn(kind)) == (0, 0, 1080, 56)


@for_each("name", AMOUNTS)
@for_each("amount", [-1, "-1", "", "ba", "1.5", "1.000"])
def test_an_amount_on_the_bar_is_a_whole_number_from_0(name: str, amount: str | int) -> None:
    with pytest.raises(ValueError, match=r".+"):
        drawn("progress", **{name: amount})


def test_amounts_in_words_draw_the_same_bar() -> None:
    assert card("progress", PROGRESS) == card("progress", PROGRESS | {name: str(PROGRESS[name]) for name in AMOUNTS})


def test_the_bar_begins_at_0_and_its_colours_are_as_long_as_the_amounts() -> None:
    picture = drawn("progress")
    top = next(y for y in range(180, 500) if picture.getpixel((100, y)) == (0x8B, 0x22, 0x52))
    pixels = [picture.getpixel((x, top + 36)) for x in range(1080)]
    dark, middle, pale = (0x8B, 0x22, 0x52), (0xD4, 0x87, 0xAB), (0xFB, 0xEE, 0xF4)

    assert pixels.index(dark) == 72
    assert abs(pixels.index(middle) - (72 + 936 * 120 // 600)) <= 6
    assert abs(pixels.index(pale) - (72 + 936 * 330 // 600)) <= 6
    assert abs(1080 - pixels[::-1].index(pale) - (72 + 936 * 480 // 600)) <= 6


@given(st.fixed_dictionaries({name: st.integers(0, 10**13) for name in AMOUNTS}))
def test_marks_keep_the_order_of_the_amounts_and_no_line_crosses_a_label(amounts: dict[str, int]) -> None:
    placed = marks(amounts, 72, 936)

    assert {mark.name for mark in placed} == set(AMOUNTS)
    assert max(mark.x for mark in placed) == (1008 if any(amounts.values()) else 72)
    for one in placed:
        for other in placed:
            assert (one.x - other.x) * (amounts[one.name] - amounts[other.name]) >= 0
            if one.above == other.above and one.row < other.row:
                assert other.x <= one.x if one.above else other.x >= one.x
    for side in (True, False):
        assert sorted(mark.row for mark in placed if mark.above is side) == list(
            range(sum(mark.above is side for mark in placed))
        )


@pytest.mark.parametrize(
    "amounts",
    [
        {"pledged": 0, "received": 0, "confirmed": 0},
        {"goal": 0, "pledged": 0, "received": 0, "confirmed": 0},
        {"goal": 1, "pledged": 10**13, "received": 10**13, "confirmed": 10**13},
        {"pledged": 590_000_000, "received": 589_000_000, "confirmed": 588_000_000},
        {"goal": 10**13},
    ],
    ids=["nothing yet", "nothing at all", "far past the goal", "close together", "hardly begun"],
)
def test_labels_never_run_off_the_card(amounts: dict[str, str | int]) -> None:
    labels: Values = {f"{name}_label": f"{LONG}{name}" for name in AMOUNTS}
    plain, long = drawn("progress", **amounts), drawn("progress", **amounts, **labels)
    changed = differ(plain, long)

    assert changed is not None
    assert changed[0] >= 66
    assert changed[2] <= 1014
    assert changed[1] >= 150
    assert changed[3] <= 530
