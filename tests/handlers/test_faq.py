"""Questions and answers: short, each figure from a row, and as certain as its row."""

import re
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from handlers import texts
from handlers.rules.book import Book, as_shipped, held
from handlers.rules.office import office
from handlers.rules.rows import Confidence, RuleRows, load
from handlers.texts.loader import LANGUAGES
from handlers.verdicts import faq
from tests.handlers.conversations.walks import CONSENTED
from tests.handlers.test_texts import CONVERSATIONS
from tests.handlers.told import voice
from tests.kit.cases import for_each
from tests.kit.town import Citizen, Town

TODAY = date(2026, 12, 4)
DAYS = (date(2026, 6, 15), TODAY, date(2027, 1, 15))
MOST_LETTERS = 350
LABELS = {
    "elderly_allowance", "disability", "orphan", "single_parent", "funeral", "emergency_relief", "electricity",
    "water_toilet", "house_repair", "loan", "tet_gift", "jobs_training", "jobs_abroad", "school_fees",
    "ethnic_minority", "health_card", "insurance_voluntary", "free_of_charge", "poverty_line", "near_poor_rights",
    "escaped_rights", "review_when", "how_long", "who_decides", "not_on_list", "papers", "where_to_go",
    "office_hours", "online_or_counter", "when_money", "migrant", "privacy_who_sees", "who_are_you",
}  # fmt: skip
# Sentences of the office, which stand on no programme and no figure.
NO_PROGRAMME = {
    "poverty_line", "review_when", "who_decides", "not_on_list", "papers", "where_to_go",
    "office_hours", "online_or_counter", "how_long", "when_money", "migrant", "free_of_charge", "privacy_who_sees",
    "who_are_you",
}  # fmt: skip


def said(label: str, language: str = "vi", day: date = TODAY) -> str:
    question = faq.find(label)
    assert question is not None
    known, here = voice(language, day), office(day)
    given = {
        "hotline": here.hotline_line(language),
        "emergency_numbers": here.emergency_line(language),
        "counter": here.counter(language),
        "partner_bodies": here.partner_bodies(language),
        "owner": "UBND phường Mẫu (dữ liệu mẫu)",
    }
    return replace(known, given={**known.given, **given}).say(faq.answer(question, day, here))


def book_with(file: str, row_id: str, value: int | None) -> Book:
    """The shipped rows, of which one says something else; without a value nobody knows it."""
    shipped = as_shipped()
    sure: Confidence = "unknown" if value is None else "seen"
    series = {
        name: tuple(replace(row, value=value, confidence=sure) if name == row_id else row for row in rows)
        for name, rows in shipped.rows[file].series.items()
    }
    return Book((), MappingProxyType({**shipped.rows, file: RuleRows(series)}))


def test_each_question_that_is_heard_is_answered() -> None:
    assert {question.label for question in faq.QUESTIONS} == LABELS
    assert {question.door.opens for question in faq.QUESTIONS} <= CONVERSATIONS.keys()


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_is_short(language: str, day: date) -> None:
    told = {label: said(label, language, day) for label in LABELS}

    assert {label: len(text) for label, text in told.items() if len(text) > MOST_LETTERS} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_stands_in_a_text(language: str) -> None:
    sentences = texts.load().sentences[language]

    assert {key for key, text in sentences.items() if key.startswith("faq.") and re.search(r"\d", text)} == set()


@for_each(
    ("label", "file", "row_id", "value", "told"),
    [
        ("elderly_allowance", "programmes", "amount.huu_tri_75.monthly", 612_340, "612.340 đ"),
        ("disability", "programmes", "parameter.social_base", 1_000_000, "1.500.000 đ"),
        ("loan", "programmes", "amount.vay_ngheo.max", 123_000_000, "123.000.000 đ"),
        ("insurance_voluntary", "programmes", "parameter.voluntary_contribution", 500_000, "250.000 đ"),
        ("poverty_line", "standards", "standard.line.urban", 3_210_000, "3.210.000 đ"),
        ("poverty_line", "standards", "standard.min_deprived", 4, "thiếu từ 4 "),
        ("escaped_rights", "standards", "escaped.max_years", 5, "5 năm"),
        ("electricity", "programmes", "parameter.electricity_price", 2_000, "60.000 đ"),
    ],
)
def test_a_changed_row_changes_the_answer(label: str, file: str, row_id: str, value: int, told: str) -> None:
    assert told not in said(label)

    with held(book_with(file, row_id, value)):
        assert told in said(label)


@for_each(
    ("label", "file", "row_id"),
    [
        ("elderly_allowance", "programmes", "amount.huu_tri_75.monthly"),
        ("poverty_line", "standards", "standard.line.rural"),
        ("insurance_voluntary", "programmes", "parameter.voluntary_contribution"),
    ],
)
def test_what_nobody_knows_is_for_an_officer_to_confirm(label: str, file: str, row_id: str) -> None:
    before = re.findall(r"\d[\d.]+ đ", said(label))

    with held(book_with(file, row_id, None)):
        told = said(label)
        assert len(re.findall(r"\d[\d.]+ đ", told)) < len(before)
        assert "cần cán bộ xác nhận" in told or "hỏi" in told


def test_without_a_rule_in_force_the_answer_says_so() -> None:
    nothing = load('checked_on = 2026-12-01\n[[row]]\nid = "parameter.x"\nvalue = 1\nsource = "x"\nconfidence = "seen"')
    empty = Book((), MappingProxyType({**as_shipped().rows, "programmes": nothing}))

    with held(empty):
        ended = {label for label in LABELS if "văn bản nào đang còn hiệu lực" in said(label)}

    assert ended == LABELS - NO_PROGRAMME


def test_the_year_after_the_law_s_end_no_day_of_the_review_is_named() -> None:
    told = said("review_when", day=date(2027, 2, 1))

    assert "2026" not in told
    assert "cần cán bộ xác nhận" in told


# The conversation


@pytest.fixture
async def lan(town: Town) -> Citizen:
    citizen = town.citizen("Lan")
    await citizen.says("/menu")
    return citizen


@pytest.mark.parametrize("typed", ["/hoidap", "hỏi đáp", "hoi dap", "tôi có thắc mắc"])
async def test_questions_are_found_by_topic(lan: Citizen, typed: str) -> None:
    await lan.says(typed)
    assert len(lan.hears_last("faq.which_topic").options) == len(faq.TOPICS) + 1

    await lan.presses("Vay vốn, việc làm", "Vay vốn ưu đãi")

    answer = lan.hears_last("faq.said")
    assert "100.000.000 đ" in answer.text
    assert answer.options == ("Đăng ký hỗ trợ", "Hỏi cán bộ", "Câu hỏi khác", "Về danh mục")


async def test_each_question_is_reached_and_leads_on(town: Town, lan: Citizen) -> None:
    for question in faq.QUESTIONS:
        town.clock.move(minutes=1)
        await lan.says("/hoidap", str(faq.TOPICS.index(question.topic) + 1))
        own = [one for one in faq.QUESTIONS if one.topic == question.topic]
        await lan.says(str(own.index(question) + 1))
        assert lan.hears_last("faq.said").options[-1] == "Về danh mục"


async def test_an_answer_leads_to_a_person(lan: Citizen) -> None:
    await lan.says("/hoidap", "1", "1")

    await lan.presses("Hỏi cán bộ")

    lan.hears("officer.unit")


async def test_a_form_under_way_is_kept_while_a_question_is_answered(lan: Citizen) -> None:
    await lan.says(*CONSENTED, "/hoidap", "1", "1")

    lan.hears("faq.said", "resume_offer")
