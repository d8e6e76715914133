"""Bank statements as banks export them, the pledge codes in their texts, and files that are none."""

import unicodedata
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.banking.statements import (
    MOST_BYTES,
    MOST_ROWS,
    NotAStatement,
    Reason,
    Statement,
    StatementLine,
    What,
    codes_in,
    read,
)
from tests.kit.cases import for_each

DAY = date(2026, 3, 15)

# Day and number in one cell, texts wrapped in the middle, a banner, a sum and a printed foot.
BIG_BANK = """NGÂN HÀNG MẪU,,,,,
SAO KÊ TÀI KHOẢN,,,,,
Số tài khoản / Account number:,0000000001,,,,
Loại tiền / Currency:,VND,,,,
,,,,,
STT,"Ngày giao dịch/ TNX Date
/ Số CT/ Doc No",Số tiền ghi nợ/ Debit,Số tiền ghi có/ Credit,Số dư/ Balance,"Nội dung chi tiết/
Transactions in detail"
1,"15/03/2026
5078 - 90123",,"1,500,000","2,500,000","MBVCB.123.UH-1A2B-3C4D.CT
tu 0000 MAU VAN A toi 0000000001"
2,"16/03/2026
5078 - 90124","200,000",0,"2,300,000",Phi dich vu
3,"17/03/2026
5078 - 90125",,"50,000","2,350,000",ung ho
,Tổng số / Total,"200,000","1,550,000",,
Người lập phiếu,,,,,
"""
# Signed amounts, the bank's own numbers, times, dots and semicolons.
APP = """sep=;
Mã giao dịch;Thời gian giao dịch;Số tiền;Số dư sau giao dịch;Nội dung
FT26074000001;15/03/2026 10:03:02;+1.500.000 VND;2.500.000;UH1A2B3C4D MAU THI B ung ho
FT26074000002;15/03/2026 11:00:00;-200.000 VND;2.300.000;chuyen tien
FT26074000003;2026-03-16;50.000,00;2.350.000;uh 1a2b 3c4d
"""
# English, tabs, a column that says the side.
ENGLISH = """Posting date\tReference\tDR/CR\tAmount\tDescription
15-03-2026\tREF0000001\tC\t1500000.00\tUH-1A2B-3C4D gift
15-03-2026\tREF0000002\tD\t200000.00\tfee
16-03-2026\tREF0000003\tCR\t50000\tthank you
"""
NO_ACCENTS = """Ngay hieu luc|Ngay giao dich|So GD|Rut ra|Gui vao|So du|Noi dung giao dich
16/03/2026|15/03/2026|1|-|1,500,000|2,500,000|UH1A2B3C4D-150326-10:03:02 1
16/03/2026|15/03/2026|2|200,000|-|2,300,000|phi
17/03/2026|16/03/2026|3|-|50,000|2,350,000|ung ho
"""
PAYLOADS = {"big bank": BIG_BANK, "app": APP, "english": ENGLISH, "no accents": NO_ACCENTS}
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode("utf-8"),
    "utf-8 with mark": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16 big": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "utf-16 without mark": lambda text: text.encode("utf-16-le"),
    "cp1258": lambda text: in_cp1258(text),
    "windows lines": lambda text: text.replace("\n", "\r\n").encode("utf-8"),
}
SIMPLE = "Ngày giao dịch,Số tiền ghi nợ,Số tiền ghi có,Số dư,Nội dung\n"


def in_cp1258(text: str) -> bytes:
    """As Windows writes Vietnamese: a letter with its shape, then its tone as a mark of its own."""
    spelt = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            spelt.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            tone = next(mark for mark in parts if mark in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", parts.replace(tone, ""))
            spelt.append((base + tone).encode("cp1258"))
    return b"".join(spelt)


def read_well(text: str) -> Statement:
    found = read(text.encode())
    assert isinstance(found, Statement), found
    return found


def told(statement: Statement) -> list[tuple[date, int]]:
    return [(line.day, line.amount) for line in statement.lines]


# Reading


@for_each("payload", PAYLOADS)
@for_each("encoding", ENCODINGS)
def test_the_gifts_of_a_statement_are_read_whatever_its_form(payload: str, encoding: str) -> None:
    found = read(ENCODINGS[encoding](PAYLOADS[payload]))

    assert isinstance(found, Statement)
    assert [line.amount for line in found.lines] == [1_500_000, 50_000]
    assert found.lines[0].day == DAY
    assert codes_in(found.lines[0].text) == ("UH-1A2B-3C4D",)
    assert found.troubles == ()


@pytest.mark.parametrize(("payload", "passed_over"), [("big bank", 3), ("app", 1), ("english", 1), ("no accents", 1)])
def test_debits_sums_and_the_foot_are_counted_and_passed_over(payload: str, passed_over: int) -> None:
    assert read_well(PAYLOADS[payload]).passed_over == passed_over


def test_the_bank_s_own_number_is_the_reference() -> None:
    assert [line.reference for line in read_well(APP).lines] == ["FT26074000001", "FT26074000003"]


def test_a_text_is_kept_as_it_is_but_for_control_letters() -> None:
    found = read_well(SIMPLE + '15/03/2026,,"500,000","1,000",=SUM(A1)\u202e\x7f Hoà \U0001f600\n')

    assert found.lines[0].text == "=SUM(A1) Hoà \U0001f600"


def test_accents_in_two_parts_become_one_letter() -> None:
    text = "Nguyễn Thị Mẫu ủng hộ"
    found = read(in_cp1258(SIMPLE + f'15/03/2026,,"500,000","1,000",{text}\n'))

    assert isinstance(found, Statement)
    assert found.lines[0].text == text


def test_names_of_columns_said_again_on_each_page_are_passed_over() -> None:
    row = '15/03/2026,,"500,000","1,000",a\n'
    found = read_well(SIMPLE + row + SIMPLE + row.replace("a", "b"))

    assert (len(found.lines), found.passed_over) == (2, 1)


def test_digits_marked_as_words_for_a_workbook_are_read() -> None:
    found = read_well('Ngày,Mã GD,Số tiền,Nội dung\n="15/03/2026",="000123456","\'500,000",a\n')

    assert found.lines == (StatementLine(reference="000123456", day=DAY, amount=500_000, text="a"),)


def test_the_account_a_gift_came_from_is_no_amount() -> None:
    found = read_well("Ngày giao dịch;Tài khoản ghi có;Số tiền ghi có;Nội dung\n15/03/2026;0000000001;500.000;a\n")

    assert told(found) == [(DAY, 500_000)]


def test_debits_told_by_a_word_alone_are_passed_over() -> None:
    found = read_well(
        "Ngày giao dịch;Loại giao dịch;Số tiền;Nội dung\n15/03/2026;Ghi nợ;500.000;a\n15/03/2026;Mua;700.000;b\n"
    )

    assert (told(found), found.passed_over) == ([(DAY, 700_000)], 1)


# Troubles


@for_each(
    ("row", "what"),
    [
        pytest.param('15/13/2026,,"500,000","1,000",a', "no_day", id="no such month"),
        pytest.param('03/15/2026,,"500,000","1,000",a', "no_day", id="the month first"),
        pytest.param('31/02/2026,,"500,000","1,000",a', "no_day", id="no such day"),
        pytest.param(',,"500,000","1,000",CONG TY MAU', "no_day", id="no day"),
        pytest.param('x1,,"500,000","1,000",Tong ket nam hoc', "no_day", id="a day nobody can read is no sum"),
        pytest.param('15/03/2026,,5.1E+05,"1,000",a', "amount", id="as a workbook shortens it"),
        pytest.param('15/03/2026,,"500,000.50","1,000",a', "amount", id="a part of a đồng"),
        pytest.param('15/03/2026,,"1,50","1,000",a', "amount", id="another shape"),
        pytest.param('15/03/2026,,một triệu,"1,000",a', "amount", id="words"),
        pytest.param('15/03/2026,,500 USD,"1,000",a', "amount", id="another money"),
        pytest.param('15/03/2026,,"-500,000","1,000",a', "amount", id="a gift taken back"),
        pytest.param('15/03/2026,,1000000000000000,"1,000",a', "amount", id="10^15"),
        pytest.param('15/03/2026,"1,000","500,000","1,000",a', "both_sides", id="both sides"),
        pytest.param("15/03/2026,,500,000,1,000,a", "too_many_cells", id="an amount cut in two"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_number_and_hides_no_other(row: str, what: What) -> None:
    good = '16/03/2026,,"700,000","1,000",b\n'

    found = read_well(SIMPLE + row + "\n" + good)

    assert found.troubles == ((2, what),)
    assert told(found) == [(date(2026, 3, 16), 700_000)]


@for_each(
    "row",
    [
        ",,,,",
        '15/03/2026,"500,000",,"1,000",a',
        '15/03/2026,,0,"1,000",a',
        "15/03/2026,,-,,a",
        'Tổng cộng,"500,000","700,000",,',
        ',,"700,000",,Total',
        'Số dư cuối kỳ,,,"1,000",',
        ',,"700,000",,Cộng phát sinh',
        "Ngày in: 01/04/2026,,,,",
    ],
)
def test_a_row_without_a_gift_is_no_trouble(row: str) -> None:
    found = read_well(SIMPLE + row + "\n")

    assert (found.lines, found.passed_over, found.troubles) == ((), 1, ())


def test_a_row_s_number_is_the_one_a_workbook_shows() -> None:
    assert read_well('Sao kê\n\n"a\nb"\n' + SIMPLE + '\n15/03/2026,,x,"1,000",a\n').troubles == ((6, "amount"),)


def test_a_side_nobody_knows_is_told() -> None:
    assert read_well("Ngày;Nợ/Có;Số tiền;Nội dung\n15/03/2026;?;500.000;a\n").troubles == ((2, "side"),)


def test_one_number_for_two_gifts_is_told() -> None:
    rows = "FT26074000001;15/03/2026;500.000;a\nFT26074000001;15/03/2026;700.000;b\n"
    found = read_well("Mã giao dịch;Ngày;Số tiền;Nội dung\n" + rows)

    assert (told(found), found.troubles) == ([(DAY, 500_000)], ((3, "reference_twice"),))


def test_a_row_in_another_money_is_told() -> None:
    found = read_well("Ngày;Số tiền;Loại tiền;Nội dung\n15/03/2026;500.000;USD;a\n15/03/2026;500.000;VND;b\n")

    assert (len(found.lines), found.troubles) == (1, ((2, "other_money"),))


# References


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_same_file_twice_has_the_same_references_each_once(payload: str) -> None:
    once, again = read_well(PAYLOADS[payload]), read_well(PAYLOADS[payload])

    assert once == again
    assert len({line.reference for line in once.lines}) == len(once.lines)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_made_reference_is_the_same_from_every_encoding(payload: str) -> None:
    found = [read(write(PAYLOADS[payload])) for write in ENCODINGS.values()]

    assert len({tuple(x.reference for x in one.lines) for one in found if isinstance(one, Statement)}) == 1


ROWS = st.lists(
    st.tuples(st.integers(1, 5), st.sampled_from([50_000, 100_000]), st.sampled_from(["a", "b"])), max_size=20
)


def written(rows: Sequence[tuple[int, int, str]]) -> str:
    return "Ngày,Số tiền,Nội dung\n" + "".join(f"{day:02}/03/2026,{amount},{text}\n" for day, amount, text in rows)


@given(ROWS, st.integers(1, 5), st.integers(1, 5))
def test_an_export_of_some_whole_days_adds_nothing_to_one_of_all(
    rows: list[tuple[int, int, str]], first: int, last: int
) -> None:
    everything = read_well(written(rows))
    newest_first = [row for row in reversed(rows) if first <= row[0] <= last]

    overlapping = read_well(written(newest_first))

    assert len(everything.lines) == len(rows)
    assert len(overlapping.lines) == len(newest_first)
    assert {line.reference for line in overlapping.lines} <= {line.reference for line in everything.lines}


def test_with_a_balance_two_equal_gifts_of_a_day_are_told_apart_in_any_part_of_it() -> None:
    rows = ['15/03/2026,,"500,000","1,500,000",a\n', '15/03/2026,,"500,000","2,000,000",a\n']

    both, second = read_well(SIMPLE + "".join(rows)), read_well(SIMPLE + rows[1])

    assert len(both.lines) == 2
    assert second.lines[0].reference == both.lines[1].reference


def test_with_a_balance_a_line_said_twice_is_told_and_not_counted_twice() -> None:
    row = '15/03/2026,,"500,000","1,500,000",a\n'

    found = read_well(SIMPLE + row + SIMPLE + row)

    assert (told(found), found.troubles) == ([(DAY, 500_000)], ((4, "reference_twice"),))


def test_a_line_said_twice_under_the_bank_s_own_number_is_one_gift() -> None:
    found = read_well("Mã GD;Ngày;Số tiền;Nội dung\n" + "FT26074000001;15/03/2026;500.000;a\n" * 2)

    assert (told(found), found.passed_over, found.troubles) == ([(DAY, 500_000)], 1, ())


@pytest.mark.parametrize("number", ["1", "5078", "000000", "NOREF", "x" * 65])
def test_a_number_that_is_no_transaction_s_own_is_no_reference(number: str) -> None:
    found = read_well(f"Mã GD;Ngày;Số tiền;Nội dung\n{number};15/03/2026;500.000;a\n{number};15/03/2026;700.000;b\n")

    assert len({line.reference for line in found.lines}) == 2
    assert all(line.reference.startswith("20260315-") for line in found.lines)


# No statement


@for_each(
    ("raw", "reason"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"\xef\xbb\xbf \r\n\t\n", "empty", id="blanks"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00", "picture", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture", id="jpeg"),
        pytest.param(b"%PDF-1.7\n", "document", id="pdf"),
        pytest.param(b"PK\x03\x04\x14\x00xl/workbook.xml", "workbook", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook", id="xls"),
        pytest.param(b"\n <!DOCTYPE html><table><tr><td>Ng\xc3\xa0y</td></tr></table>", "web_page", id="html"),
        pytest.param(b"\x00\x01\x02\x03" * 50, "unreadable", id="bytes"),
        pytest.param(b"BM\x01\x02\x03\x04\x05\x06", "unreadable", id="bitmap"),
        pytest.param("một hai ba\n".encode(), "no_columns", id="words"),
        pytest.param("Ngày,Nội dung\n15/03/2026,a\n".encode(), "no_columns", id="no amounts"),
        pytest.param("Ngày,Số tiền\n15/03/2026,500\n".encode(), "no_columns", id="no texts"),
        pytest.param("Ngày,Số tiền ghi nợ,Nội dung\n15/03/2026,500,a\n".encode(), "no_columns", id="debits only"),
        pytest.param("Loại tiền: USD\nNgày,Số tiền,Nội dung\n15/03/2026,500,a\n".encode(), "other_money", id="dollars"),
        pytest.param("Ngày,Số tiền (USD),Nội dung\n15/03/2026,500,a\n".encode(), "other_money", id="dollars in a name"),
        pytest.param(b"a" * (MOST_BYTES + 1), "too_large", id="too large"),
        pytest.param(("Ngày,Số tiền,Nội dung\n" + "\n" * MOST_ROWS).encode(), "too_many_rows", id="too many rows"),
        pytest.param(
            ('Ngày,Số tiền,Nội dung\n15/03/2026,1000,"' + "a" * 200_000).encode(), "broken_quotes", id="too long"
        ),
        pytest.param(
            ('Ngày,Số tiền,Nội dung\n15/03/2026,1000,"a\n16/03/2026,1000,b\n').encode(), "broken_quotes", id="no end"
        ),
    ],
)
def test_a_file_that_is_no_statement_says_why(raw: bytes, reason: Reason) -> None:
    assert read(raw) == NotAStatement(reason)


def test_the_most_rows_there_may_be_are_read() -> None:
    rows = "".join(f"15/03/2026,{1000 + number},a\n" for number in range(MOST_ROWS - 1))

    assert len(read_well("Ngày,Số tiền,Nội dung\n" + rows).lines) == MOST_ROWS - 1


@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xff\xfe\x00\xd8")
def test_any_bytes_are_a_statement_or_are_not(raw: bytes) -> None:
    assert isinstance(read(raw), Statement | NotAStatement)


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["15/03/2026", "1.500.000", "-5", '"', '="', "'", "Total", "VND", "C", "9" * 45, "٣/٣/٢٠٢٦"]),
)


@given(st.lists(st.lists(CELL, max_size=7), max_size=12), st.sampled_from(",;\t|"))
def test_any_rows_below_the_names_give_gifts_above_nothing_or_are_counted(rows: list[list[str]], mark: str) -> None:
    names = mark.join(["Ngày", "Ghi nợ", "Ghi có", "Số dư", "Nội dung", "Mã GD"])

    found = read((names + "\n" + "\n".join(mark.join(row) for row in rows)).encode("utf-8", "ignore"))

    if isinstance(found, Statement):
        assert all(0 < line.amount < 10**13 and line.reference and isinstance(line.day, date) for line in found.lines)
        assert len({line.reference for line in found.lines}) == len(found.lines)
