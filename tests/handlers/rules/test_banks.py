"""The banks are read whole, each with six digits of its own."""

import pytest

from handlers.rules.banks import banks, read
from handlers.rules.rows import BadRow, load
from tests.kit.cases import for_each

LARGEST = {
    "Agribank": "970405",
    "Vietcombank": "970436",
    "VietinBank": "970415",
    "BIDV": "970418",
    "MB": "970422",
    "Techcombank": "970407",
    "VPBank": "970432",
    "ACB": "970416",
    "Sacombank": "970403",
    "SHB": "970443",
    "HDBank": "970437",
    "TPBank": "970423",
}


def row(name: str, value: str) -> str:
    return f'[[row]]\nid = "{name}"\nvalue = {value}\nsource = "list"\nconfidence = "seen"\n'


def test_the_largest_banks_come_first_with_their_digits() -> None:
    assert {bank.short_name: bank.bin for bank in banks()[:12]} == LARGEST


def test_every_bank_has_a_source_and_what_is_unsure_is_marked() -> None:
    assert all(bank.source and bank.name.startswith("Ngân hàng ") for bank in banks())
    assert {bank.confidence for bank in banks()} == {"seen", "recalled_medium"}


def test_names_and_digits_are_each_given_once() -> None:
    for given in ([bank.name for bank in banks()], [bank.short_name for bank in banks()], [b.bin for b in banks()]):
        assert len(set(given)) == len(given)


def test_a_bank_goes_by_its_latest_name() -> None:
    old = row("a", '{ name = "Cũ", short_name = "C", bin = "970400" }') + "valid_to = 2025-06-30\n"
    new = row("a", '{ name = "Mới", short_name = "M", bin = "970400" }') + "valid_from = 2025-07-01\n"

    assert [bank.name for bank in read(load(old + new))] == ["Mới"]


@for_each(
    "value",
    [
        '"Agribank"',
        '{ name = "Á", short_name = "A" }',
        '{ name = "Á", short_name = "A", bin = "970416", code = "ACB" }',
        '{ name = "", short_name = "A", bin = "970416" }',
        '{ name = "Á", short_name = 7, bin = "970416" }',
        '{ name = "Á", short_name = "A", bin = 970416 }',
        '{ name = "Á", short_name = "A", bin = "97041" }',
        '{ name = "Á", short_name = "A", bin = "97041A" }',
    ],
)
def test_a_row_that_is_no_bank_is_named(value: str) -> None:
    with pytest.raises(BadRow, match='Row "acb"'):
        read(load(row("acb", value)))


def test_two_banks_with_the_same_digits_are_an_error() -> None:
    value = '{ name = "Á", short_name = "A", bin = "970416" }'

    with pytest.raises(BadRow, match='970416 is the bin of "one"'):
        read(load(row("one", value) + row("two", value)))
