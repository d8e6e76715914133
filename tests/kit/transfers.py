"""The text of a transfer's code, written a second time: what the product draws is compared with it, byte by byte.

Why not by the product's own writer: a mistake in that one would agree with itself. Here every field but five is a
letter of the document, and the CRC is the remainder of one long division. The transfers that others published come out
of it, see `tests.handlers.test_vietqr`.
"""

_POLYNOMIAL = 0x11021  # x^16 + x^12 + x^5 + 1
_BEGINS_AT = 0xFFFF


def transfer(bank_bin: str, number: str, amount: int, text: str) -> bytes:
    """One transfer by NAPAS' "QR Format T&C" 1.5.2. bank_bin: six digits. amount: VND, above 0."""
    to_whom = f"0006{bank_bin}01{len(number):02}{number}"  # the bank and its account
    service = f"0010A00000072701{len(to_whom):02}{to_whom}0208QRIBFTTA"  # NAPAS, to whom, and to an account
    words = f"08{len(text):02}{text}"  # what it is for
    written = (
        "000201"  # the format
        "010212"  # once
        f"38{len(service):02}{service}"
        "5303704"  # VND
        f"54{len(str(amount)):02}{amount}"
        "5802VN"
        f"62{len(words):02}{words}"
        "6304"
    ).encode("ascii")
    return written + f"{_crc(written):04X}".encode("ascii")


def _crc(data: bytes) -> int:
    """CRC-16 of EMVCo: the remainder of the data with two empty bytes behind, whose first two were turned over."""
    left = int.from_bytes(data, "big") << 16 ^ _BEGINS_AT << 8 * len(data)
    while left.bit_length() > 16:
        left ^= _POLYNOMIAL << left.bit_length() - 17
    return left
