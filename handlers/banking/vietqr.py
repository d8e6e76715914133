"""VietQR: the text of a code that a bank's app reads as a transfer to one account.

Why written here: it is a handful of fields, and a wrong one sends a gift elsewhere. So nothing is folded, cut or
guessed: what the format has no place for is refused, and the code says exactly what the words beside it say.
"""

import re
from binascii import crc_hqx
from dataclasses import dataclass

_NAPAS = "A000000727"
_TO_ACCOUNT = "QRIBFTTA"
_VND = "704"  # ISO 4217
_LARGEST = 9_999_999_999_999  # VND; field 54 holds 13 digits

_BIN = re.compile(r"[0-9]{6}")
_NUMBER = re.compile(r"[A-Za-z0-9]{6,19}")
_TEXT = re.compile(r"[A-Z0-9 -]{0,25}")


@dataclass(frozen=True, slots=True)
class PayeeAccount:
    """An account to give to.

    bank_bin: the bank's six digits, see `handlers.rules.banks`; one that isn't listed there is taken as well. number: 6
    to 19 letters and digits, without the dots and spaces people write. Raises ValueError.
    """

    bank_bin: str
    number: str

    def __post_init__(self) -> None:
        if not _BIN.fullmatch(self.bank_bin):
            raise ValueError("bank_bin: a bank's BIN has six digits.")
        if not _NUMBER.fullmatch(self.number):
            raise ValueError("number: an account number has 6 to 19 letters and digits, and nothing between them.")


def payload(account: PayeeAccount, amount: int, text: str) -> str:
    """Write the text of the code: with an amount for this one transfer, without for any number of them.

    amount: VND, at most 13 digits; 0 leaves it to the giver. text: what the transfer says, at most 25 of A-Z, 0-9,
    space and hyphen; "" leaves it to the giver. Raises ValueError. At most 150 ASCII letters come back.

    Source: NAPAS, "QR Format T&C" 1.5.2 of October 2022 (vietqr.net), as its readers quote it: fields 00, 01 (11 for
    many transfers, 12 for one), 38 with service QRIBFTTA, 53, 54 (at most 13), 58, 62/08 (at most 25) and 63, the
    account at most 19; EMVCo, "QR Code Specification for Payment Systems, Merchant-Presented Mode": two digits of tag,
    two of length, and a CRC-16 of polynomial 1021 from FFFF over all that stands before it. The least
    length of an account is ours.
    """
    if not 0 <= amount <= _LARGEST:
        raise ValueError("amount: a transfer is 0 to 9,999,999,999,999 VND.")
    if not _TEXT.fullmatch(text):
        raise ValueError("text: a transfer says at most 25 of A-Z, 0-9, space and hyphen.")
    beneficiary = _field("00", account.bank_bin) + _field("01", account.number)
    written = "".join(
        (
            _field("00", "01"),
            _field("01", "12" if amount else "11"),
            _field("38", _field("00", _NAPAS) + _field("01", beneficiary) + _field("02", _TO_ACCOUNT)),
            _field("53", _VND),
            _field("54", str(amount)) if amount else "",
            _field("58", "VN"),
            _field("62", _field("08", text)) if text else "",
            "6304",
        )
    )
    return f"{written}{crc_hqx(written.encode('ascii'), 0xFFFF):04X}"


def _field(tag: str, value: str) -> str:
    return f"{tag}{len(value):02}{value}"
