"""Sealing what is personal: it opens at its own place with its own key, whole, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import Cipher, MasterKey, WrongKey, decode_key, new_key
from tests.kit.cases import for_each

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
WHERE = "person.name:1"
SEALED = Cipher(KEY).seal("Nguyễn Thị Lan".encode(), WHERE)


@given(st.binary(max_size=500), st.text(max_size=30))
def test_what_was_sealed_opens_at_its_place(plain: bytes, where: str) -> None:
    cipher = Cipher(KEY)

    assert cipher.open(cipher.seal(plain, where), where) == plain


def test_the_same_words_sealed_twice_look_different() -> None:
    cipher = Cipher(KEY)

    assert cipher.seal(b"Lan", WHERE) != cipher.seal(b"Lan", WHERE)


@pytest.mark.parametrize("where", ["person.name:2", "person.phone:1", "person.name:1 ", ""])
def test_it_does_not_open_at_another_place(where: str) -> None:
    with pytest.raises(WrongKey):
        Cipher(KEY).open(SEALED, where)


def test_it_does_not_open_with_another_key() -> None:
    with pytest.raises(WrongKey):
        Cipher(OTHER_KEY).open(SEALED, WHERE)


@for_each("length", range(len(SEALED)))
def test_it_does_not_open_when_cut_short(length: int) -> None:
    with pytest.raises(WrongKey):
        Cipher(KEY).open(SEALED[:length], WHERE)


@for_each("place", range(len(SEALED)))
def test_it_does_not_open_with_one_byte_changed(place: int) -> None:
    changed = bytes(byte ^ (1 if at == place else 0) for at, byte in enumerate(SEALED))

    with pytest.raises(WrongKey):
        Cipher(KEY).open(changed, WHERE)


def test_the_refusal_names_the_column_and_not_the_row() -> None:
    with pytest.raises(WrongKey) as refusal:
        Cipher(OTHER_KEY).open(SEALED, WHERE)

    assert str(refusal.value) == "person.name"


def test_a_data_key_unwraps_under_its_own_name_and_master_alone() -> None:
    wrapped = MasterKey(KEY).wrap(OTHER_KEY, "person:1")

    assert MasterKey(KEY).unwrap(wrapped, "person:1").open(Cipher(OTHER_KEY).seal(b"x", WHERE), WHERE) == b"x"
    with pytest.raises(WrongKey):
        MasterKey(KEY).unwrap(wrapped, "person:2")
    with pytest.raises(WrongKey):
        MasterKey(OTHER_KEY).unwrap(wrapped, "person:1")


def test_a_look_up_is_equal_for_equal_values_of_one_kind_and_key() -> None:
    value = MasterKey(KEY).look_up("phone", "+84905123456")

    assert value == MasterKey(KEY).look_up("phone", "+84905123456")
    assert len(value) == 16


@pytest.mark.parametrize(
    ("key", "kind", "value"),
    [
        pytest.param(KEY, "name", "+84905123456", id="another kind"),
        pytest.param(KEY, "phone", "+84905123457", id="another value"),
        pytest.param(OTHER_KEY, "phone", "+84905123456", id="another key"),
        pytest.param(KEY, "phon", "e+84905123456", id="another border between kind and value"),
    ],
)
def test_a_look_up_differs_by_kind_value_and_key(key: bytes, kind: str, value: str) -> None:
    assert MasterKey(key).look_up(kind, value) != MasterKey(KEY).look_up("phone", "+84905123456")


@given(st.text(st.characters(codec=None)))
def test_any_text_has_a_look_up(text: str) -> None:
    assert len(MasterKey(KEY).look_up("word", text)) == 16


def test_the_check_value_recognises_its_key() -> None:
    assert MasterKey(KEY).check_value() == MasterKey(KEY).check_value()
    assert MasterKey(KEY).check_value() != MasterKey(OTHER_KEY).check_value()


def test_a_new_master_key_is_read_back_with_or_without_padding() -> None:
    text = new_key()

    assert decode_key(text) == decode_key(f" {text.rstrip('=')}\n")
    assert len(decode_key(text)) == 32


@pytest.mark.parametrize("text", ["", "abc", "A" * 42, "A" * 60])
def test_a_master_key_of_another_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_key(text)
