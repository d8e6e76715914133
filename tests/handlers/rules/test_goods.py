"""Goods and products: which kind a text names, in whatever accents, and in which months a product is picked."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import texts
from handlers.rules.book import rows_of_file
from handlers.rules.goods import Season, product_of, products, seasons, topic_of, topics
from handlers.rules.rows import RuleRow, is_hidden
from handlers.vietnamese.words import fold
from tests.kit.cases import for_each

TODAY = date(2026, 11, 25)
ROWS = rows_of_file("goods")
# One syllable, and no other word when its accents are left out.
ALONE = {"gạo", "balo", "tivi", "laptop"}


def words(row: RuleRow, kind: str) -> tuple[str, ...]:
    found = row.value.get(kind, ()) if isinstance(row.value, Mapping) else ()
    assert isinstance(found, tuple)
    return found


TOPIC_ROWS = [row for row in ROWS if row.id.startswith("topic.")]


@for_each(
    ("text", "topic"),
    [
        ("gạo", "food"),
        ("GAO 50KG", "food"),
        ("10 thùng mì tôm, 5 lít dầu ăn", "food"),
        ("20 hộp sữa bột", "food"),
        ("rice and cooking oil", "food"),
        ("chan am", "clothes"),
        ("50 cái chăn", "clothes"),
        ("quần áo cũ", "clothes"),
        ("warm blankets", "clothes"),
        ("sách giáo khoa lớp 5", "school"),
        ("may tinh xach tay", "school"),
        ("dụng cụ học tập", "school"),
        ("xe đạp cũ", "bicycles"),
        ("2 chiếc xe dap dien", "bicycles"),
        ("máy may", "tools"),
        ("cây giống, phân bón", "seedlings_animals"),
        ("5 con gà giống", "seedlings_animals"),
        ("20 bao xi măng, 500 viên gạch", "house_materials"),
        ("xe lăn", "medical_aids"),
        ("xe lan cho nguoi gia", "medical_aids"),
        ("chân giả", "medical_aids"),
        ("nồi cơm điện", "household"),
        ("rice cooker", "household"),
        ("tủ quần áo", "household"),
    ],
)
def test_goods_find_their_kind(text: str, topic: str) -> None:
    assert topic_of(text, TODAY) == topic


@for_each(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("đồ cũ", id="no kind"),
        pytest.param("gạo và chăn", id="two kinds"),
        pytest.param("chân", id="a foot is no blanket"),
        pytest.param("chan", id="a foot or a blanket"),
        pytest.param("sach", id="clean, or a book"),
        pytest.param("muoi cai", id="ten, or salt"),
        pytest.param("sửa nhà", id="repair is no milk"),
        pytest.param("sua nha", id="repair, or milk"),
        pytest.param("đào ao", id="a pond is no shirt"),
        pytest.param("còn để ở nhà", id="still kept at home is no goat"),
        pytest.param("gà", id="to eat or to raise"),
        pytest.param("thuốc", id="medicine, or against pests"),
        pytest.param("máy", id="some machine"),
        pytest.param("xe", id="some vehicle"),
        pytest.param("gáo dừa", id="a ladle is no rice"),
        pytest.param("một tỷ đùa thôi", id="a joke"),
    ],
)
def test_what_is_not_sure_has_no_kind(text: str) -> None:
    assert topic_of(text, TODAY) is None


@for_each("row", TOPIC_ROWS)
def test_every_word_of_a_kind_finds_it_alone(row: RuleRow) -> None:
    topic = row.id.removeprefix("topic.")

    for word in (*words(row, "vi"), *words(row, "vi_accented"), *words(row, "en")):
        assert topic_of(word, TODAY) == topic, word
        assert topic_of(word.upper(), TODAY) == topic, word
    for word in words(row, "vi"):
        assert topic_of(fold(word), TODAY) == topic, word


@for_each("row", TOPIC_ROWS)
def test_a_word_of_one_syllable_is_found_without_accents_only_if_it_is_no_other_word(row: RuleRow) -> None:
    assert {word for word in words(row, "vi") if " " not in word} <= ALONE


def test_every_kind_has_a_name_in_both_languages_and_other_comes_last() -> None:
    named = texts.load()

    assert topics(TODAY)[-1] == "other"
    for language in ("vi", "en"):
        assert [key for key in topics(TODAY) if f"goods_topics.{key}" not in named.sentences[language]] == []


@given(st.text(max_size=200))
def test_any_text_has_a_known_kind_or_none(text: str) -> None:
    assert topic_of(text, TODAY) in {None, *topics(TODAY)}
    assert product_of(text, TODAY) in {None, *products(TODAY)}


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ("trái lòn bon", "lon_bon"),
        ("bon bon tien phuoc", "lon_bon"),
        ("dưa hấu Kỳ Lý", "watermelon"),
        ("quế Trà My", "cinnamon"),
        ("mat ong rung", "honey"),
        ("sâm", None),
        ("dưa hấu và lòn bon", None),
    ],
)
def test_a_product_is_known_by_its_names(text: str, product: str | None) -> None:
    assert product_of(text, TODAY) == product


def test_a_season_is_the_months_a_source_names_by_its_own_calendar() -> None:
    [melon] = seasons("watermelon", TODAY)
    main, second = seasons("cinnamon", TODAY)

    assert (melon.months, melon.lunar) == ((3, 4, 5), False)
    assert (main.months, second.months, main.lunar) == ((2, 3), (8, 9, 10), True)


def test_a_season_may_go_over_the_new_year() -> None:
    row = RuleRow(id="season.x.main", value=None, valid_from=None, valid_to=None, source="", confidence="unknown")

    assert Season(row, 11, 2, lunar=False).months == (11, 12, 1, 2)


@pytest.mark.parametrize("product", ["peanuts", "chilli", "pepper", "honey", "bananas", "no_such"])
def test_a_season_no_source_names_is_not_known(product: str) -> None:
    assert seasons(product, TODAY) == ()


def test_every_product_has_a_season_row_and_no_season_is_without_its_source() -> None:
    told = [row for row in ROWS if row.id.startswith("season.")]

    assert {row.id.split(".")[1] for row in told} == set(products(TODAY))
    assert [row.id for row in told if row.confidence == "setting"] == []
    assert [row.id for row in told if is_hidden(row) and row.value is not None] == []
