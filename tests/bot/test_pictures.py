"""Cards: every word is shown, in our typeface, inside the edges, and the same words give the same picture."""

import inspect
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from PIL import Image, ImageChops

from bot.pictures import cards
from bot.pictures.cards import card, fit

WORDS = {
    "title": "Mã yêu cầu của ông/bà",
    "code": "HS-4K7M-92QX",
    "line1": "UBND phường Hải Châu, thành phố Đà Nẵng",
    "line2": "Gửi lúc 08:42 ngày 24/11/2026",
    "line3": "Hỏi về yêu cầu này: 0236 3881 888",
    "note": "Không mất phí. Không ai được hỏi mật khẩu, mã OTP.",
}
LONG = "Trung tâm Phục vụ hành chính công xã Trà Leng, thành phố Đà Nẵng, cơ sở hai tại thôn Một, " * 2


def drawn(**changes: str) -> bytes:
    return card("code", WORDS | changes)


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png), formats=("PNG",)).convert("RGB")


def test_a_card_is_1080_by_720() -> None:
    assert opened(drawn()).size == (1080, 720)


def test_the_same_words_give_the_same_bytes() -> None:
    assert drawn() == drawn()


@pytest.mark.parametrize("name", list(WORDS))
def test_every_word_shows(name: str) -> None:
    assert drawn(**{name: "AB12"}) != drawn(**{name: "CD34"})


def test_vietnamese_letters_are_in_the_typeface() -> None:
    missing = {drawn(title=letter) for letter in "漢字"}
    letters = [drawn(title=letter) for letter in "ẰệĐữẵờ"]

    assert len(missing) == 1
    assert len({*letters, *missing}) == len(letters) + 1


def test_accents_typed_apart_are_drawn_as_one_letter() -> None:
    assert drawn(title=unicodedata.normalize("NFD", "Ằ ệ Đ ữ")) == drawn(title="Ằ ệ Đ ữ")


@pytest.mark.parametrize(
    "words",
    ['<b>&"', "</text><script/>", "{{ code }}", "a\x00b\x1b\u202e", "]]>", "\ud800", ""],
    ids=["markup", "closing tag", "template", "control letters", "end of data", "half a letter", "nothing"],
)
def test_any_words_are_only_words(words: str) -> None:
    assert opened(card("code", dict.fromkeys(WORDS, words))).size == (1080, 720)


def test_markup_is_shown_as_it_was_typed() -> None:
    assert drawn(line1="<b>") != drawn(line1="")
    assert drawn(line1="&amp;") != drawn(line1="&")


@pytest.mark.parametrize("name", ["title", "line1", "line2", "line3", "note"])
def test_long_words_stay_inside_the_margin(name: str) -> None:
    plain, long = opened(drawn()), opened(drawn(**{name: LONG}))
    right_margin = (1010, 0, 1080, 720)

    assert ImageChops.difference(plain.crop(right_margin), long.crop(right_margin)).getbbox() is None
    assert ImageChops.difference(plain, long).getbbox() is not None


def test_the_widest_code_stays_on_its_panel() -> None:
    panel = opened(drawn(code="HS-WWWW-MMMM")).crop((72, 210, 1008, 350))
    edges = [panel.crop((0, 0, 40, 140)), panel.crop((896, 0, 936, 140))]

    assert [edge.getcolors() for edge in edges] == [[(40 * 140, (0x0B, 0x5A, 0x55))]] * 2


def test_the_band_of_sample_data_shows_only_when_asked_for() -> None:
    band = (0, 0, 1080, 56)
    with_band, without = opened(drawn(demo="DỮ LIỆU MẪU")), opened(drawn())

    assert drawn(demo="") == drawn()
    assert ImageChops.difference(with_band, without).getbbox() == band


def test_a_missing_word_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        card("code", {"code": "HS-4K7M-92QX"})


def test_the_module_has_no_sentence_of_its_own() -> None:
    layout = (Path(cards.__file__).parent / "svg" / "code.svg").read_text()

    assert layout.isascii()
    assert not [letter for letter in inspect.getsource(cards) if letter.isalpha() and not letter.isascii()]


def test_a_short_text_keeps_the_size_wished_for() -> None:
    assert fit("Đà Nẵng", 900, 40, 600, 2) == cards.Block(("Đà Nẵng",), 40)


def test_a_long_text_wraps_before_it_shrinks() -> None:
    block = fit("Mã yêu cầu hỗ trợ của gia đình ông/bà, xin giữ lại", 760, 42, 600, 2)

    assert block.size == 42
    assert len(block.lines) == 2
    assert " ".join(block.lines) == "Mã yêu cầu hỗ trợ của gia đình ông/bà, xin giữ lại"


def test_a_text_too_long_for_any_size_ends_in_an_ellipsis() -> None:
    block = fit(LONG, 700, 42, 600, 1)

    assert block.size == 20
    assert block.lines[0].startswith("Trung tâm Phục vụ hành chính công")
    assert block.lines[0].endswith("…")


def test_the_card_of_steps_shows_each_step_and_takes_the_band_of_sample_data() -> None:
    steps = {f"step{number}": f"Việc thứ {number}" for number in (1, 2, 3)} | {"title": "Việc nên làm", "note": "Sơ bộ"}

    plain = card("steps", steps)
    changed = [card("steps", steps | {name: "Việc khác"}) for name in steps]

    assert opened(plain).size == (1080, 720)
    assert all(ImageChops.difference(opened(plain), opened(one)).getbbox() for one in changed)
    assert opened(card("steps", steps | {"demo": "DỮ LIỆU MẪU"})).getpixel((1000, 20)) != opened(plain).getpixel(
        (1000, 20)
    )
