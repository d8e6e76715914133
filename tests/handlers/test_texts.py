"""The texts: complete in both languages, named rightly by the code, and written as the office writes."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import handlers
from bot.channels.registry import CHANNELS
from bot.channels.webchat import WebChat
from handlers import texts
from handlers.conversations import ALL
from handlers.desk import Desk
from handlers.flow.conversation import Answers, Conversation, EndIf, Tell
from handlers.flow.message import Say
from handlers.texts import BadText, Dong, Lines, Phrase, Voice
from handlers.texts.loader import LANGUAGES, build
from tests.kit.cases import for_each

TEXTS = texts.load()
TODAY = date(2026, 11, 25)
CONVERSATIONS = {c.name: c for c in ALL}
# Buttons of reception itself, and commands it carries out without a conversation.
OWN_BUTTONS = {"@menu", "@edit", "@cancel", "@drop", "@resume", "@later", "@continue"}
OWN_COMMANDS = {"menu", "back", "edit", "cancel", "later", "continue"}

# Figures that are no figures of law and no phone numbers.
EXAMPLES = {
    "misheard.money": {"500", "000"},  # how to type an amount
    "misheard.year": {"1954"},  # how to type a year
    "misheard.day": {"2026"},  # how to type a day
    "misheard.too_long": {"000"},  # the letters that a message may have
}
# What stands on a locked screen: the first line of a message.
NO_FIRST_LINE = re.compile(
    r"^(page|console|doors|options|label|states|events|names|purposes|next)\.|\.options\."
    # Parts of a verdict, of an offer and of what a result stands on: each stands below the first line of its message.
    r"|^(verdict\.(holds|result|short|income|coming|open|do)|lack|offer|amount|basis)\."
    r"|^verdict\.(no_decision|commune_or_ward|your_unit|lacks|many_lacks|middle)$"
    r"|^drive_bases\."  # stands behind the word «căn cứ», or is the words of a button
    r"|^faq\.(answer|line|ended|soon|title|topics)\b"  # below the first line of an answer, or the words of a button
    r"|^band\."  # the words of a button, or read back below a first line
    r"|^when\."  # printed in a script only, never said to a person
)
TELLS = re.compile(
    r"nghèo|\bốm\b|khuyết tật|bệnh tật|\bpoor|poverty|\bsick\b|\bdisab|\d[.,]\d{3}|\d ?(triệu|đồng|đ\b|million)|VND",
    re.I,
)
MAY_TELL = {
    "start.welcome": "the movement's own name, said to everybody",
    "misheard.money": "an example of how to type an amount",
    "misheard.too_long": "2.000 is the letters that a message may have",
}
# One word for one thing: what is not said any more, and what is said in its place. Keywords still understand it.
NOT_SAID = {
    "lời hứa, đã hứa, hứa giúp, lời đề nghị, lời giúp, món quà, quà": "đăng ký ủng hộ; phần ủng hộ, phần hỗ trợ",
    "người tặng, người giúp": "người ủng hộ",
    "mã băm": "số niêm phong",
    "nơi nhắn": "tài khoản nhắn tin",
    "trang cán bộ, bàn làm việc, bảng điều khiển": "trang làm việc",
    "chưa khớp": "phản ánh nhận thiếu",
    r"hoặc gọi \{hotline": "Cần hỏi, xin gọi {hotline}: the line itself says «hoặc»",
    "nhận lời(?! mời)": "tiếp nhận",
}
# What only givers read: they are anh/chị, an organisation is quý đơn vị; residents are ông/bà.
TO_GIVERS = re.compile(
    r"^(abroad\.giver_news|campaigns?|change_gift|consent_give|gift|giver_news|my_gifts|pledge\w*|put_off_gift|withdraw_gift)\b"
)


# Loading


@for_each(
    ("vi", "en", "named"),
    [
        pytest.param('a = "x"\nb = "y"', 'a = "x"', "b: missing in en", id="missing in English"),
        pytest.param('a = "x"', 'a = "x"\nb = "y"', "b: missing in vi", id="missing in Vietnamese"),
        pytest.param('[s]\na = "x"', '[t]\na = "x"', "s.a: missing in en", id="in another table"),
        pytest.param('a = "{x}"', 'a = "{y}"', "a: vi and en name different values", id="other values"),
        pytest.param('a = "{x}"', 'a = "x"', "a: vi and en name different values", id="a value too few"),
        pytest.param('a = "x"', 'a = ["x"]', "a: missing in en", id="words here and a list there"),
        pytest.param("a = 3", "a = 3", "a: a text or a list of words is expected", id="a number"),
        pytest.param('[s]\na = "{x"', '[s]\na = "{x"', "s.a: ", id="a brace that is not closed"),
        pytest.param('a = "{}"', 'a = "{}"', "a: ", id="braces without a name"),
        pytest.param('a = "{x:>9}"', 'a = "{x:>9}"', "a: ", id="a format"),
        pytest.param('a = "{x.y}"', 'a = "{x.y}"', "a: ", id="a part of a value"),
    ],
)
def test_texts_that_do_not_fit_are_refused_by_the_name_of_the_key(vi: str, en: str, named: str) -> None:
    with pytest.raises(BadText, match=f"^{re.escape(named)}"):
        build({"vi": vi, "en": en})


def test_the_words_we_hear_are_those_of_both_languages() -> None:
    made = build({"vi": 'w = ["Dừng", "huỷ"]', "en": 'w = ["stop"]'})

    assert made.heard["w"] == {"dung", "huy", "stop"}
    assert made.exact["w"] == {"dừng", "huỷ", "stop"}


def test_both_languages_have_the_same_keys() -> None:
    assert TEXTS.sentences["vi"].keys() == TEXTS.sentences["en"].keys()


# Printing

VOICE = Voice(
    texts=build(
        dict.fromkeys(
            LANGUAGES,
            'one = "{what}"\nplain = "p {hotline}"\n[s]\none = "s {what}"\n[clock]\nsharp = "{hour} giờ"\n'
            'with_minutes = "{hour} giờ {minutes}"\nmoment = "{clock} ngày {day}"',
        )
    ),
    language="vi",
    zone=ZoneInfo("Asia/Ho_Chi_Minh"),
    given={"hotline": "H"},
)


@for_each(
    ("value", "printed"),
    [
        ("words", "words"),
        (3, "3"),
        (Dong(1_500_000), "1.500.000 đ"),
        (date(2026, 3, 5), "05/03/2026"),
        (datetime(2026, 3, 5, 18, 30, tzinfo=UTC), "1 giờ 30 ngày 06/03/2026"),
        (datetime(2026, 3, 5, 1, tzinfo=UTC), "8 giờ ngày 05/03/2026"),
        (time(7, 5), "7 giờ 05"),
        (time(0), "0 giờ"),
        (("a", Dong(1)), "a, 1 đ"),
        (Lines(("a", "b")), "a\nb"),
        (Phrase("plain"), "p H"),
        ("{x}", "{x}"),
    ],
)
def test_a_value_is_printed_by_its_kind(value: object, printed: str) -> None:
    assert VOICE.say(Phrase("one", {"what": value})) == printed


@for_each(
    ("key", "said"),
    [
        ("talk.wanted", "Nơi: Phường Hải Vân."),
        ("case_news.approved", "Yêu cầu HS ở phường Hải Vân đã được duyệt."),
        ("gift.step.allotted", "• Đã phân 1 cho phường Hải Vân, ngày 2"),
        ("next.told.approved", "Phường Hải Vân dự kiến hỗ trợ: "),
    ],
)
def test_a_unit_begins_small_inside_a_sentence(key: str, said: str) -> None:
    values = {"code": "HS", "unit": "Phường Hải Vân", "units": "Phường Hải Vân", "amount": 1, "day": 2}
    voice = replace(VOICE, texts=TEXTS, given=dict.fromkeys(("what", "when", "approver"), "x"))

    assert said in voice.say(Phrase(key, values))
    if "units" in TEXTS.sentences["vi"][key]:
        assert "phường Hải Vân, xã Bà Nà," in voice.say(Phrase(key, values | {"units": ("Phường Hải Vân", "Xã Bà Nà")}))


def test_a_scope_has_its_own_words_first() -> None:
    assert VOICE.say(Phrase("one", {"what": Phrase("one", {"what": "x"})}), "s") == "s s x"
    assert VOICE.name(Phrase("one"), "s") == "s.one"
    assert VOICE.name(Phrase("plain"), "s") == "plain"


@pytest.mark.parametrize("phrase", [Phrase("none"), Phrase("one"), Phrase("one", {"other": 1})])
def test_a_key_or_a_value_that_is_not_there_is_an_error(phrase: Phrase) -> None:
    with pytest.raises(KeyError):
        VOICE.say(phrase)


def test_a_language_we_do_not_speak_is_answered_in_vietnamese() -> None:
    assert TEXTS.sentence("fr", "menu") == TEXTS.sentences["vi"]["menu"]


# What the code names


@for_each("name", CONVERSATIONS)
def test_every_question_of_a_conversation_has_its_words(name: str) -> None:
    needed = set(_words_of(CONVERSATIONS[name]))

    assert {key for key in needed if not TEXTS.has(key, CONVERSATIONS[name].scope)} == set()


def _words_of(conversation: Conversation[Desk]) -> Iterator[str]:
    for question in conversation.questions():
        yield from (question.key, f"label.{question.key}", f"misheard.{question.expects}")
        yield from (f"options.{question.key}.{other}" for other in question.others)
        if getattr(question, "supplied", None) is None:
            yield from (c.label.key for c in question.choices(Answers({}, TODAY)))
    for step in conversation.script:
        if isinstance(step, Say):
            yield step.phrase.key
        elif isinstance(step, Tell):
            yield step.key
        elif isinstance(step, EndIf):
            yield step.say
    if conversation.keeps_paused:
        yield f"names.{conversation.name}"


def _literals() -> Iterator[tuple[str, str, str]]:
    """Each text key, and each conversation to open, that is written out in the code: where, which kind, the words."""
    folder = Path(handlers.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                where = f"{path.relative_to(folder)}:{node.lineno}"
                for kind, value in _named_in(node, node.func.id):
                    yield from ((where, kind, words) for words in _spelt(value))


def _named_in(call: ast.Call, function: str) -> Iterator[tuple[str, ast.expr]]:
    if function in ("Say", "Phrase", "Opening", "Misheard") and call.args:
        yield "text", call.args[0]
    place = {"Open": 0, "Opening": 1}.get(function)
    if place is not None and len(call.args) > place:
        yield "opens", call.args[place]
    yield from (("text", k.value) for k in call.keywords if k.arg == "because" or (k.arg, function) == ("say", "EndIf"))


def _spelt(value: ast.expr) -> Iterator[str]:
    """The words an expression may be; a part that is not written out is a star."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _spelt(value.body)
        yield from _spelt(value.orelse)
    elif isinstance(value, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in value.values)


LITERALS = list(_literals())


def test_the_code_was_read() -> None:
    assert len(LITERALS) > 150
    assert ("text", "received") in {(kind, words) for _, kind, words in LITERALS}
    assert ("opens", "registration") in {(kind, words) for _, kind, words in LITERALS}


@for_each(("where", "key"), [(where, key) for where, kind, key in LITERALS if kind == "text"])
def test_every_text_the_code_names_exists(where: str, key: str) -> None:
    pattern = re.compile(r"(?:.*\.)?" + re.escape(key).replace(r"\*", ".+"))

    assert any(pattern.fullmatch(own) for own in TEXTS.sentences["vi"]), where


@for_each(("where", "name"), [(where, key) for where, kind, key in LITERALS if kind == "opens"])
def test_every_button_opens_something(where: str, name: str) -> None:
    pattern = re.compile(re.escape(name).replace(r"\*", ".+"))

    assert any(pattern.fullmatch(one) for one in CONVERSATIONS.keys() | OWN_BUTTONS), where


@for_each("key", [key for key in TEXTS.heard if key.startswith(("commands.", "keywords."))])
def test_every_command_and_keyword_leads_somewhere(key: str) -> None:
    kind, _, name = key.partition(".")

    assert name in CONVERSATIONS or (kind == "commands" and name in OWN_COMMANDS)


def test_every_slash_command_is_one_conversation_s_and_no_command_in_words() -> None:
    opened = [command for conversation in ALL for command in conversation.opens_with]
    in_words = {word: key for key, spelt in TEXTS.exact.items() if key.startswith("commands.") for word in spelt}

    assert len(opened) == len(set(opened))
    assert all(
        in_words.get(c, f"commands.{n}") == f"commands.{n}" for n, v in CONVERSATIONS.items() for c in v.opens_with
    )


# Manners


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_a_figure_of_law_or_shouts_and_all_are_short(language: str) -> None:
    for key, text in TEXTS.sentences[language].items():
        assert text, key
        assert set(re.findall(r"\d{3,}", text)) <= EXAMPLES.get(key, set()), key
        assert "!" not in text, key
        assert len(re.sub(r"\{\w+\}", "", text)) <= 600, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_first_line_tells_a_passer_by_anything(language: str) -> None:
    firsts = {
        key: text.split("\n")[0] for key, text in TEXTS.sentences[language].items() if not NO_FIRST_LINE.search(key)
    }

    assert len(firsts) > 300
    assert {key: first for key, first in firsts.items() if TELLS.search(first) and key not in MAY_TELL} == {}


@for_each(("words", "instead"), list(NOT_SAID.items()))
def test_one_thing_has_one_word(words: str, instead: str) -> None:
    not_said = re.compile(rf"\b(?:{words.replace(', ', '|')})\b", re.I)

    assert {key: instead for key, text in TEXTS.sentences["vi"].items() if not_said.search(text)} == {}


@pytest.mark.parametrize(("language", "its_name"), [("vi", "Ủy ban nhân dân"), ("en", "People's Committee")])
def test_where_residents_go_is_what_the_office_calls_its_counter(language: str, its_name: str) -> None:
    """A result names it as the law does, which is the chair's word and the place of a form."""
    named = {key for key, text in TEXTS.sentences[language].items() if its_name in text}

    assert {key for key in named if not key.startswith(("verdict.", "eligibility.", "page.sheet."))} == set()


def test_whoever_lives_together_is_a_family() -> None:
    """«Hộ» stands only in the names of the classes, «nhà mình» only where ways to earn a living are asked for."""
    household = re.compile(r"(?<!ủng )\bhộ\b(?! (nghèo|cận nghèo|có mức|tái nghèo|thoát))|nhà mình", re.I)
    allowed = re.compile(r"^(models|posts\.model|verdict|eligibility|basis|console\.broadcasts\.classes)\b|^options\.")

    said = {key: text for key, text in TEXTS.sentences["vi"].items() if not allowed.match(key)}

    assert {key: text for key, text in said.items() if household.search(text)} == {}


def test_givers_are_not_spoken_to_as_elders() -> None:
    to_givers = {key: text for key, text in TEXTS.sentences["vi"].items() if TO_GIVERS.match(key)}

    assert len(to_givers) > 200
    assert {key for key, text in to_givers.items() if "ông/bà" in text.casefold()} == set()


def test_no_exception_is_listed_in_vain() -> None:
    assert EXAMPLES.keys() <= TEXTS.sentences["vi"].keys()
    assert MAY_TELL.keys() <= TEXTS.sentences["vi"].keys()


@for_each("key", [key for key in TEXTS.sentences["vi"] if key.startswith("doors.")])
def test_a_door_s_words_are_no_other_door_s(key: str) -> None:
    alike = {"doors.cancel_yes", "doors.drop", "doors.cancel_no", "doors.resume"}  # never stand side by side
    for language in LANGUAGES:
        same = [
            k for k, v in TEXTS.sentences[language].items() if v == TEXTS.sentences[language][key] and "doors." in k
        ]
        assert same == [key] or set(same) <= alike


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_channel_has_a_name_in_words(language: str) -> None:
    named = {WebChat.name, *(channel.name for channel in CHANNELS)}

    assert [name for name in sorted(named) if not TEXTS.sentence(language, f"channel.{name}")] == []
