"""Pledge codes in the texts of transfers, as banks and people write them. All names are made up."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from handlers.banking.statements import codes_in
from storage.ids import new_code
from tests.kit.cases import for_each

CODE = "UH-1A2B-3C4D"


@for_each(
    "text",
    [
        "UH-1A2B-3C4D", "UH1A2B3C4D", "uh 1a2b 3c4d", "Uh_1a2b_3c4d", "UH.1A2B.3C4D", "UH–1A2B–3C4D", "UH 1A2B3C4D",
        "MBVCB.123.UH-1A2B-3C4D.CT tu 0000 MAU VAN A", "CT DEN:607400000 UH1A2B3C4D; tai Napas",
        "MAU THI B chuyen tien UH1A2B3C4D-150326-10:03:02 123456", "UHIA2B3C4D", "UHLA2B3C4D",
        "UH l a2b 3c4d uh1a2b3c4d",
        "ND:UH1A2B3C4D", "UH-1A2B-\n3C4D CT tu", "UH1A2B3\nC4D", "ung ho UH UH1A2B3C4D",
        "UH1A2B3C4D UH-1A2B-3C4D",
        "ＵＨ１Ａ２Ｂ３Ｃ４Ｄ",
    ],
)  # fmt: skip
def test_a_code_is_found_as_banks_and_people_write_it(text: str) -> None:
    assert codes_in(text) == (CODE,)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    assert codes_in("UHOI2B3C4D") == codes_in("UH01-2B3C.4D UH012B3C4D") == ("UH-012B-3C4D",)


def test_two_codes_in_a_text_are_both_found_in_their_order() -> None:
    assert codes_in("UH9Z8Y7X6W va uh-1a2b-3c4d") == ("UH-9Z8Y-7X6W", CODE)


@for_each(
    "text",
    [
        "", "ung ho dong bao", "UH GIUP DONG BAO", "UH quy vi nguoi ngheo", "uh lien hoan cuoi nam", "UH 10000000",
        "UH 1000 0000", "UH 01012026", "UH 1000000d", "UH5000000D", "HUH1A2B3C4D", "UH1A2B3C4D5", "UH1A2B3C4",
        "HS-1A2B-3C4D", "MBVCB.1234567890.9P0000000001 CT tu 0000", "FT26074000001 MAU VAN A chuyen tien",
        "UHGIUPDONG", "uh huh",
    ],
)  # fmt: skip
def test_words_amounts_and_numbers_are_no_codes(text: str) -> None:
    assert codes_in(text) == ()


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    assert all(len(code) == 12 and code.startswith("UH-") for code in codes_in(text))


def test_nearly_every_code_we_give_is_found_however_it_is_written() -> None:
    given_out = [new_code("UH") for _ in range(3_000)]
    ways: list[Callable[[str], str]] = [str, lambda c: c.replace("-", ""), lambda c: c.replace("-", " ").lower()]

    found = [all(codes_in(f"CT tu 0000 {way(code)} MAU VAN A") == (code,) for way in ways) for code in given_out]

    # One in ten thousand looks like an amount.
    assert found.count(False) <= 6
