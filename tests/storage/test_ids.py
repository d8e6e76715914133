"""Identifiers: in order of making, and codes as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ids import new_code, new_id, new_nonce, read_code

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_ids_sort_in_the_order_they_were_made_within_a_millisecond() -> None:
    made = [new_id(NOW) for _ in range(1_000)]

    assert made == sorted(made)
    assert len(set(made)) == 1_000


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)), st.timedeltas(timedelta(milliseconds=1)))  # noqa: DTZ001  # the zone is set below
def test_a_later_id_sorts_later(moment: datetime, after: timedelta) -> None:
    earlier = moment.replace(tzinfo=UTC)
    later = min(earlier + min(after, timedelta(days=10_000)), datetime(2200, 1, 1, tzinfo=UTC))

    assert new_id(earlier) < new_id(later)


def test_an_id_is_24_hexadecimal_letters() -> None:
    made = new_id(NOW)

    assert len(made) == 24
    assert set(made) <= set("0123456789abcdef")


def test_no_nonce_comes_twice() -> None:
    assert len({new_nonce() for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("HS-4K7M-92Q0", id="as printed"),
        pytest.param("hs-4k7m-92q0", id="lower case"),
        pytest.param("HS4K7M92Q0", id="without dashes"),
        pytest.param(" hs 4k7m 92qo ", id="with spaces and the letter O"),
        pytest.param("4K7M-92Q0", id="without the prefix"),
        pytest.param("HS – 4K7M . 92QO", id="with other signs"),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert read_code(typed, "HS") == "HS-4K7M-92Q0"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        pytest.param("HS-OOOO-0000", "HS-0000-0000", id="O for 0"),
        pytest.param("HS-IIII-LLLL", "HS-1111-1111", id="I and L for 1"),
        pytest.param("hs-iill-oouu", "HS-1111-00VV", id="lower case of all that"),
        pytest.param("HS4K-7M92", "HS-HS4K-7M92", id="symbols that begin like the prefix"),
        pytest.param("HS-HS4K-7M92", "HS-HS4K-7M92", id="the prefix before such symbols"),
    ],
)
def test_a_letter_easily_misread_is_what_it_must_be(typed: str, read: str) -> None:
    assert read_code(typed, "HS") == read


@pytest.mark.parametrize(
    "typed", ["", "HS", "HS-4K7M-92Q", "HS-4K7M-92Q00", "UH-4K7M-92Q0", "HS-4K7M-92Qđ", "xin chào"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert read_code(typed, "HS") is None


@given(st.text(st.characters(codec=None)))
def test_reading_a_code_never_raises(typed: str) -> None:
    code = read_code(typed, "HS")

    assert code is None or read_code(code, "HS") == code


@pytest.mark.parametrize("prefix", ["HS", "KC", "UH", "CD", "TB"])
def test_a_new_code_is_read_back(prefix: str) -> None:
    for code in (new_code(prefix) for _ in range(200)):
        assert read_code(code, prefix) == code
        assert read_code(code.lower().replace("-", ""), prefix) == code
        assert read_code(code.removeprefix(f"{prefix}-"), prefix) == code
