"""What each thing a person does in Telegram means for us, with python-telegram-bot's own reader as the oracle."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from telegram import Update

from bot.channels.contract import Received
from fakes.telegram.server import FakeTelegram
from fakes.telegram.updates import FIRST
from fakes.telegram.user import TelegramUser
from fakes.telegram.world import BOT
from fakes.wire import Json
from tests.bot.channels.reading import made, picture, read, understood
from tests.kit.clock import MORNING, HandClock

Person = TelegramUser
Deed = Callable[[Person], object]


@pytest.fixture
def telegram() -> FakeTelegram:
    return FakeTelegram(clock=HandClock())


@pytest.fixture
def lan(telegram: FakeTelegram) -> Person:
    return telegram.user("Lan")


@pytest.mark.parametrize("words", ["Xin chào", "/start", "/tracuu HS-1234-5678", "👩‍🌾 nhà tôi\n3 người", " "])
def test_words_and_commands_are_words(telegram: FakeTelegram, lan: Person, words: str) -> None:
    message = lan.says(words)

    found = understood(made(telegram))
    assert found == Received(
        update_id=str(FIRST),
        chat=str(lan.id),
        kind="text",
        body={"text": words, "place": message.id},
        written_at=MORNING,
    )
    assert Update.de_json(made(telegram), None).message.text == words  # type: ignore[union-attr]  # it is one


def test_changed_words_are_a_kind_of_their_own(telegram: FakeTelegram, lan: Person) -> None:
    first = lan.says("Lan")
    lan.edits("Nguyễn Thị Lan")

    found = understood(made(telegram))
    assert (found.kind, found.body) == ("edited", {"text": "Nguyễn Thị Lan", "place": first.id})


def test_a_press_says_what_its_button_sends_and_is_to_be_told_that_it_was_heard(
    telegram: FakeTelegram, lan: Person
) -> None:
    shown = lan.chat.show(BOT, 0, {"text": "Ông/bà cần việc gì?"})
    lan.presses_data("nonce.2", shown)

    found, oracle = understood(made(telegram)), Update.de_json(made(telegram), None).callback_query
    assert oracle is not None
    assert (found.kind, found.body, found.callback) == ("press", {"press": "nonce.2", "place": shown.id}, oracle.id)


@pytest.mark.parametrize("message", [{}, {"message": None}, {"inline_message_id": "9"}])
def test_a_press_so_old_that_its_message_is_gone_belongs_to_the_chat_with_her_alone(
    telegram: FakeTelegram, lan: Person, message: Json
) -> None:
    lan.presses_data("nonce.0", lan.chat.show(BOT, 0, {"text": "?"}))
    update = made(telegram)
    del update["callback_query"]["message"]
    update["callback_query"] |= message

    found = read(update)
    assert found is not None
    assert (found.chat, found.kind, found.body["press"]) == (str(lan.id), "press", "nonce.0")


def test_a_press_on_a_message_too_old_to_be_shown_is_still_a_press(telegram: FakeTelegram, lan: Person) -> None:
    lan.presses_data("nonce.1", lan.chat.show(BOT, 0, {"text": "?"}))
    update = made(telegram)
    update["callback_query"]["message"] = {"chat": lan.chat.about, "message_id": 1, "date": 0}

    assert understood(update).body == {"press": "nonce.1", "place": 1}


def test_her_own_number_is_a_contact(telegram: FakeTelegram, lan: Person) -> None:
    message = lan.shares_contact("+84905123456")

    found, oracle = understood(made(telegram)), Update.de_json(made(telegram), None).effective_message
    assert oracle is not None
    assert oracle.contact is not None
    assert (found.kind, found.body) == ("contact", {"contact": oracle.contact.phone_number, "place": message.id})


def test_somebody_elses_number_is_only_words(telegram: FakeTelegram, lan: Person) -> None:
    message = lan.shares_contact("+84905999999", own=False)
    foreign = made(telegram)
    lan.shares_contact("+84905999999")
    forged = made(telegram)
    forged["message"]["contact"]["user_id"] = lan.id + 1

    assert understood(foreign).body == {"text": "+84905999999", "place": message.id}
    assert [understood(update).kind for update in (foreign, forged)] == ["text", "text"]


def test_a_contact_without_any_sender_is_not_her_own(telegram: FakeTelegram, lan: Person) -> None:
    lan.shares_contact("+84905123456", own=False)
    update = made(telegram)
    del update["message"]["from"]

    assert understood(update).kind == "text"


def test_of_a_photo_the_largest_size_is_taken_with_its_words(telegram: FakeTelegram, lan: Person) -> None:
    [message] = lan.sends_photo(picture(), caption="Nhà tôi")

    found, oracle = understood(made(telegram)), Update.de_json(made(telegram), None).effective_message
    assert oracle is not None
    largest = max(oracle.photo, key=lambda size: size.width)
    assert (found.kind, found.photos) == ("photos", (largest.file_id,))
    assert found.body == {"text": "Nhà tôi", "place": message.id}


def test_each_photo_of_an_album_is_one_update(telegram: FakeTelegram, lan: Person) -> None:
    lan.sends_photo(picture(), picture(), caption="Hai ảnh")

    both = [understood(update.json()) for update in telegram.world.updates.waiting()]
    assert [(found.kind, found.body["text"], len(found.photos)) for found in both] == [
        ("photos", "Hai ảnh", 1), ("photos", "", 1),
    ]  # fmt: skip


def test_a_picture_sent_as_a_file_is_a_photo_and_another_file_is_not(telegram: FakeTelegram, lan: Person) -> None:
    lan.sends_document("nha.png", picture(), kind="image/png")
    image = made(telegram)
    lan.sends_document("don.pdf", b"%PDF-", kind="application/pdf")

    assert understood(image).photos == (image["message"]["document"]["file_id"],)
    assert (understood(made(telegram)).kind, understood(made(telegram)).photos) == ("file", ())


@pytest.mark.parametrize(
    ("deed", "kind"),
    [
        (lambda lan: lan.sends_sticker(), "sticker"),
        (lambda lan: lan.sends_voice(), "voice"),
        (lambda lan: lan.sends_location(), "location"),
    ],
)
def test_what_we_can_not_read_is_named(telegram: FakeTelegram, lan: Person, deed: Deed, kind: str) -> None:
    deed(lan)

    assert understood(made(telegram)).kind == kind


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("video_note", "voice"), ("audio", "voice"), ("venue", "location"), ("video", "file"), ("animation", "file"),
        ("dice", "other"), ("poll", "other"), ("story", "other"), ("game", "other"), ("a_kind_of_next_year", "other"),
    ],
)  # fmt: skip
def test_what_telegram_has_besides_is_named_too(telegram: FakeTelegram, lan: Person, field: str, kind: str) -> None:
    lan.says("…")
    update = made(telegram)
    del update["message"]["text"]
    update["message"][field] = {}

    found = read(update)
    assert found is not None
    assert found.kind == kind


def test_blocking_and_coming_back_are_told(telegram: FakeTelegram, lan: Person) -> None:
    lan.blocks()
    gone = understood_membership(made(telegram))
    lan.unblocks()
    back = understood_membership(made(telegram))

    assert (gone.kind, back.kind, gone.chat) == ("gone", "back", str(lan.id))


def understood_membership(update: Json) -> Received:
    found, oracle = read(update), Update.de_json(update, None).my_chat_member
    assert found is not None
    assert oracle is not None
    assert (found.kind == "gone") == (oracle.new_chat_member.status == "kicked")
    return found


def test_other_words_under_a_photo_say_nothing_anew(telegram: FakeTelegram, lan: Person) -> None:
    lan.sends_photo(picture(), caption="Nhà tôi")
    update = made(telegram)
    update["edited_message"] = update.pop("message")

    assert read(update) is None


@pytest.mark.parametrize("date", [None, 0, -1, "1790000000", 1 << 33, 1 << 63, True, 1.5])
def test_a_message_without_a_moment_is_still_a_message(telegram: FakeTelegram, lan: Person, date: object) -> None:
    lan.says("xin chào")
    update = made(telegram)
    update["message"]["date"] = date

    found = read(update)
    assert found is not None
    assert (found.body["text"], found.written_at) == ("xin chào", None)


def test_the_last_moment_there_can_be_is_read() -> None:
    latest = (1 << 33) - 1
    message = {"message_id": 1, "date": latest, "text": "a", "chat": {"id": 7, "type": "private"}}

    found = read({"update_id": 1, "message": message})

    assert found is not None
    assert found.written_at == datetime.fromtimestamp(latest, UTC)
