"""Days and amounts in the cells of a bank statement."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from handlers.banking.columns import amount_of, day_of
from tests.kit.cases import for_each

DAY = date(2026, 3, 15)


@for_each(
    ("cell", "amount"),
    [
        ("1,500,000", 1_500_000), ("1.500.000", 1_500_000), ("1.500.000,00", 1_500_000), ("1,500,000.00", 1_500_000),
        ("+1,500,000 VND", 1_500_000), ("1500000", 1_500_000), ("1 500 000 đ", 1_500_000),
        ("1\u00a0500\u00a0000", 1_500_000), ("VND 1.500.000", 1_500_000), ("1.500.000 VNĐ", 1_500_000),
        ("1.500", 1_500), ("500", 500),
        ("-500,000", -500_000), ("\u2212500,000", -500_000), ("(500,000)", -500_000), ("500,000-", -500_000),
        ("", 0), ("-", 0), ("0.00", 0),
        ("1.50", None), ("1.500.00", None), ("1,5000", None), ("15,00,000", None), ("1.500,5", None), ("1-500", None),
        ("1e6", None), ("0x10", None), ("١٥٠٠", None), ("500 USD", None), ("--5", None), ("1.500,000.000", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_whole_or_not_at_all(cell: str, amount: int | None) -> None:
    assert amount_of(cell) == amount


@given(st.integers(0, 10**15), st.sampled_from([",", ".", " "]))
def test_an_amount_is_read_as_it_was_written(amount: int, mark: str) -> None:
    assert amount_of(f"{amount:,}".replace(",", mark)) == amount


@for_each(
    ("cell", "day"),
    [
        ("15/03/2026", DAY), ("15-03-2026", DAY), ("2026-03-15", DAY), ("15/3/2026", DAY), ("15/03/2026 10:03:02", DAY),
        ("2026-03-15T10:03:02", DAY), ("10:03 15/03/2026", DAY), ("15/03/2026\n5078 - 90123", DAY),
        ("15/03/26", None), ("15-03/2026", None), ("2026-15-03", None), ("15/03/1026", None), ("15/03/20260", None),
        ("", None), ("STT", None),
    ],
)  # fmt: skip
def test_a_day_is_read_with_or_without_a_time(cell: str, day: date | None) -> None:
    assert day_of(cell) == day
