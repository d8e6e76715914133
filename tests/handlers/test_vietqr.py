"""A VietQR code says exactly the account, the amount and the words it was given, or isn't written at all.

References: the static code of NAPAS' "QR Format T&C" 1.5.2 as public repositories quote it (with the length 13 that its
account has; the document's own line says 12), and a static code published by github.com/subiz/vietqr. The published
codes with an amount have small letters, which we don't write: they try the reader and the CRC written in this test, the
one with a bill number (NAPAS 6.3.3) and one without, and ours are read with these.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.banking.vietqr import PayeeAccount, payload
from handlers.rules.banks import banks
from tests.kit.cases import for_each
from tests.kit.transfers import transfer

EXAMPLE = PayeeAccount("970403", "0011012345678")
STATIC = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"
WITH_BILL = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang63042E2E"
)
WITH_AMOUNT = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62230819thanh toan don hang63045FAB"
)
TEXT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"
ACCOUNT_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

accounts = st.builds(
    PayeeAccount,
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ACCOUNT_LETTERS, min_size=6, max_size=19),
)
amounts = st.integers(0, 9_999_999_999_999)
texts = st.text(TEXT_LETTERS, max_size=25)


def fields(written: str) -> dict[str, str]:
    """Read tag, length and value until nothing is left; a tag stands once."""
    read: dict[str, str] = {}
    while written:
        tag, length = written[:2], int(written[2:4])
        assert tag not in read
        assert 0 < length <= len(written) - 4
        read[tag] = written[4 : 4 + length]
        written = written[4 + length :]
    return read


def crc(data: bytes) -> str:
    """CRC-16 as EMVCo describes it, bit by bit: polynomial 1021, from FFFF, highest bit first."""
    register = 0xFFFF
    for byte in data:
        for place in range(7, -1, -1):
            carry = (register >> 15) ^ (byte >> place & 1)
            register = (register << 1 & 0xFFFF) ^ (0x1021 if carry else 0)
    return f"{register:04X}"


@pytest.mark.parametrize("published", [STATIC, WITH_BILL, WITH_AMOUNT])
def test_the_reader_of_this_test_agrees_with_published_codes(published: str) -> None:
    assert crc(b"123456789") == "29B1"
    assert crc(published[:-4].encode()) == published[-4:]
    assert fields(published)["53"] == "704"


def test_the_second_writer_writes_the_published_code_letter_for_letter() -> None:
    assert transfer("970403", "0011012345678", 180_000, "thanh toan don hang") == WITH_AMOUNT.encode()


@given(accounts, st.integers(1, 9_999_999_999_999), st.text(TEXT_LETTERS, min_size=1, max_size=25))
def test_two_writers_who_know_nothing_of_each_other_agree(account: PayeeAccount, amount: int, text: str) -> None:
    assert payload(account, amount, text).encode() == transfer(account.bank_bin, account.number, amount, text)


def test_a_code_without_amount_is_the_published_one() -> None:
    assert payload(EXAMPLE, 0, "") == STATIC


def test_a_second_published_code_without_amount() -> None:
    published = "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4"

    assert payload(PayeeAccount("970423", "0099999999"), 0, "") == published


def test_a_code_with_amount_has_the_published_fields_and_our_words() -> None:
    ours, published = fields(payload(EXAMPLE, 180_000, "THANH TOAN DON HANG")), fields(WITH_AMOUNT)

    assert list(ours) == list(published)
    assert ours.pop("62") == published.pop("62").upper()
    assert ours.pop("63") != published.pop("63")
    assert ours == published


@given(accounts, amounts, texts)
def test_what_was_written_is_what_is_read(account: PayeeAccount, amount: int, text: str) -> None:
    written = payload(account, amount, text)
    read = fields(written)
    merchant = fields(read.pop("38"))
    beneficiary = fields(merchant.pop("01"))

    assert (beneficiary, merchant) == (
        {"00": account.bank_bin, "01": account.number},
        {"00": "A000000727", "02": "QRIBFTTA"},
    )
    assert read.pop("63") == crc(written[:-4].encode())
    assert int(read.pop("54", "0")) == amount
    assert fields(read.pop("62", "")) == ({"08": text} if text else {})
    assert read == {"00": "01", "01": "12" if amount else "11", "53": "704", "58": "VN"}


@given(accounts, amounts, texts)
def test_a_code_is_at_most_150_ascii_letters_and_ends_in_its_crc(account: PayeeAccount, amount: int, text: str) -> None:
    written = payload(account, amount, text)

    assert written.isascii()
    assert len(written) <= 150
    assert list(fields(written))[-1] == "63"


@given(accounts, amounts, texts, st.data())
def test_one_wrong_letter_is_found_by_the_crc(
    account: PayeeAccount, amount: int, text: str, data: st.DataObject
) -> None:
    written = payload(account, amount, text)
    place = data.draw(st.integers(0, len(written) - 5))
    other = data.draw(st.sampled_from(TEXT_LETTERS).filter(lambda letter: letter != written[place]))
    spoilt = written[:place] + other + written[place + 1 :]

    assert crc(spoilt[:-4].encode()) != spoilt[-4:]


@pytest.mark.parametrize("bank_bin", ["", "97040", "9704031", "97040A", "97 403", "９７０４０３", "970403\n"])
def test_a_bin_is_six_digits(bank_bin: str) -> None:
    with pytest.raises(ValueError, match=r"^bank_bin: "):
        PayeeAccount(bank_bin, "0011012345678")


@for_each(
    "number", ["", "12345", "1" * 20, "0011.0123", "0011 0123", "0011-0123", "００１１０１", "TÀIKHOẢN", "001101\n"]
)
def test_an_account_number_is_6_to_19_letters_and_digits(number: str) -> None:
    with pytest.raises(ValueError, match=r"^number: ") as refused:
        PayeeAccount("970403", number)

    assert not number or number not in str(refused.value)


@pytest.mark.parametrize("amount", [-1, 10_000_000_000_000])
def test_an_amount_has_at_most_13_digits_and_no_sign(amount: int) -> None:
    with pytest.raises(ValueError, match=r"^amount: "):
        payload(EXAMPLE, amount, "")


@for_each("text", ["A" * 26, "ung ho", "ỦNG HỘ", "A.B", "A_B", "A\nB", "A\n", "A\x00", "Ａ"])
def test_a_text_is_at_most_25_plain_capitals_digits_spaces_and_hyphens(text: str) -> None:
    with pytest.raises(ValueError, match=r"^text: "):
        payload(EXAMPLE, 0, text)


@given(st.text(), st.text(), st.integers(), st.text())
def test_anything_else_is_refused_by_name_or_written_whole(bank_bin: str, number: str, amount: int, text: str) -> None:
    try:
        written = payload(PayeeAccount(bank_bin, number), amount, text)
    except ValueError as error:
        assert str(error).split(":")[0] in ("bank_bin", "number", "amount", "text")  # noqa: PT017  # or nothing is raised
    else:
        assert fields(written)["63"] == crc(written[:-4].encode())


def test_each_bank_we_list_can_be_written() -> None:
    written = [payload(PayeeAccount(bank.bin, "000000"), 0, "") for bank in banks()]

    assert len(set(written)) == len(banks())
