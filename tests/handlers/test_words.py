"""Folding, tidying, sorting and the lexicon of words."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from handlers.vietnamese.words import Lexicon, accents, fold, prefixes, sort_key, tidy
from tests.kit.cases import for_each

ANY_TEXT = st.text(st.characters(codec=None))
VIETNAMESE = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxy àảãáạằẳẵắặầẩẫấậĐÐÂỄỢ1-\n"))


@for_each(
    ("text", "folded"),
    [
        ("Đà Nẵng", "da nang"),
        ("Ðà Nẵng", "da nang"),
        ("  Hộ   nghèo! ", "ho ngheo"),
        ("Ch'ơm, La Êê", "ch om la ee"),
        ("2tr5", "2tr5"),
        ("STRASSE ß", "strasse ss"),
        ("\ud800", ""),
        ("", ""),
    ],
)
def test_folding_leaves_plain_letters_and_digits(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(VIETNAMESE)
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(ANY_TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@for_each(
    ("typed", "kept"),
    [
        (unicodedata.normalize("NFD", "Đà Nẵng"), "Đà Nẵng"),
        ("a\x00b\ud800c\x7f", "abc"),
        ("one\r\ntwo\tthree\rfour", "one\ntwo\tthree\nfour"),
        ("\u202eevil\u2066 \u200bhidden\ufeff", "evil hidden"),
        ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f469\u200d\U0001f467"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("a\u200db", "ab"),
        ("q" + "\u0315" * 50, "q" + "\u0315" * 3),
        ("  <b>Lan</b>  ", "<b>Lan</b>"),
    ],
)
def test_tidying_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@given(ANY_TEXT)
def test_tidy_text_can_be_stored_and_stays_as_it_is(text: str) -> None:
    kept = tidy(text)

    assert kept.encode() is not None
    assert "\x00" not in kept
    assert tidy(kept) == kept


def test_a_list_is_sorted_as_in_a_vietnamese_dictionary() -> None:
    names = ["Em", "Đông", "Đà", "Dung", "Ằn", "Ánh", "Anh", "An"]

    assert sorted(names, key=sort_key) == ["An", "Anh", "Ánh", "Ằn", "Dung", "Đà", "Đông", "Em"]


def test_words_are_sorted_before_longer_words_and_tones_last() -> None:
    names = ["Anh", "An Bá", "An Ba", "An", "ân", "ấn", "ơn", "on", "ôn"]

    assert sorted(names, key=sort_key) == ["An", "An Ba", "An Bá", "Anh", "ân", "ấn", "on", "ôn", "ơn"]


@given(VIETNAMESE)
def test_composed_and_decomposed_text_sort_alike(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


@given(ANY_TEXT)
def test_any_text_has_a_sort_key_and_prefixes(text: str) -> None:
    assert isinstance(sort_key(text), str)
    assert all(fold(word) == word for word in prefixes(text))


def test_prefixes_are_whole_words_and_beginnings_of_three_letters() -> None:
    assert prefixes("Nguyễn Thị Ba") == {"ngu", "nguy", "nguye", "nguyen", "thi", "ba"}


def test_the_two_ways_to_place_a_tone_are_one() -> None:
    assert accents("Hoà") == accents("Hòa")
    assert accents("Thuỷ") == accents("Thủy")
    assert accents("Hòa") != accents("Hóa")


@for_each(
    ("typed", "meaning"),
    [("đúng", 1), ("dung", 1), ("đung", 1), ("ĐÚNG", 1), ("dừng", 2), ("dũng", None), ("dun", None), ("", None)],
)
def test_a_lexicon_believes_the_accents_that_were_typed(typed: str, meaning: int | None) -> None:
    assert Lexicon({"đúng": 1, "dừng": 2}).get(typed) == meaning


@given(ANY_TEXT)
def test_a_lexicon_takes_any_text(text: str) -> None:
    assert (text in Lexicon({"có, vâng": True})) == (
        fold(text) in {"co", "vang"} and text in Lexicon({"có,vâng": True})
    )
