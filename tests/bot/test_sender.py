"""What is sent through a platform keeps its order, whatever fails; a copy is made once and only where it helps."""

import asyncio

import pytest

from bot.channels.telegram.channel import LIMITS
from fakes.faults import RESET, RESET_BEFORE, Fault, slow
from fakes.telegram.faults import CANNOT_PARSE, too_many
from fakes.telegram.user import TelegramUser
from handlers.desk import Told
from tests.kit.sending import PostOffice
from tests.kit.waiting import until

OPTIONS = [{"label": "Có", "press": "n.0"}, {"label": "Không", "press": "n.1"}]


def heard(user: TelegramUser) -> list[str]:
    """What she was told, oldest first."""
    return [message.text for message in user.heard]


async def stays(office: PostOffice, outbox_id: int, state: str) -> None:
    """Let the senders look a few times; the message must not move."""
    for _ in range(5):
        office.wake()
        await office.rows()
    assert await office.states([outbox_id]) == [state]


async def test_messages_of_a_chat_keep_their_order_though_the_first_is_tried_again_and_again(
    office: PostOffice,
) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(too_many(3), chat=lan.id, times=2)
    ids = await office.queue(await office.chat(lan), "một", "hai", "ba")
    office.start()

    for times in (1, 2):
        await office.until_tried(ids[:1], times)
        await stays(office, ids[1], "queued")
        office.town.clock.move(seconds=3)
    await office.until(ids, "sent")

    assert heard(lan) == ["một", "hai", "ba"]


async def test_replies_leave_before_announcements_and_do_not_wait_for_them(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    chat = await office.chat(lan)
    [bulk] = await office.queue(chat, "thông báo")
    await office.change(bulk, lane="bulk")
    [reply] = await office.queue(chat, "trả lời")

    office.start()
    await office.until([bulk, reply], "sent")

    assert heard(lan) == ["trả lời", "thông báo"]


async def test_a_later_message_waits_for_an_unknown_one_ten_seconds_and_no_longer(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(RESET, chat=lan.id)
    first, second = await office.queue(await office.chat(lan), "liên kết", "sau", kind="link")
    office.start()

    await office.until([first], "unknown")
    await stays(office, second, "queued")
    office.town.clock.move(seconds=9)
    await stays(office, second, "queued")
    office.town.clock.move(seconds=1)
    await office.until([first, second], "unknown", "sent")

    assert heard(lan) == ["liên kết", "sau"]


async def test_a_reply_does_not_wait_two_minutes_for_the_copy_of_a_notice(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(RESET_BEFORE, chat=lan.id)
    chat = await office.chat(lan)
    [notice] = await office.queue(chat, "kết quả")
    [reply] = await office.queue(chat, "trả lời", kind="receipt")
    office.start()

    await office.until([notice], "unknown")
    office.town.clock.move(seconds=10)
    await office.until([reply], "sent")
    copy = await office.copy_of(notice)
    office.town.clock.move(seconds=110)

    assert copy is not None
    assert copy.id is not None
    await office.until([copy.id], "sent")
    assert heard(lan) == ["trả lời", "kết quả"]


async def test_a_copy_stands_where_its_original_stood(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(RESET_BEFORE, chat=lan.id)
    first, second = await office.queue(await office.chat(lan), "câu hỏi", "ảnh đã nhận", kind="question")
    office.start()

    await office.until([first], "unknown")
    office.town.clock.move(seconds=10)
    await office.until([second], "sent")

    assert heard(lan) == ["câu hỏi", "ảnh đã nhận"]


async def test_a_copy_that_is_tried_again_still_goes_before_what_follows_it(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    for fault in (RESET_BEFORE, too_many(3)):
        office.telegram.faults.add(fault, chat=lan.id)
    first, second = await office.queue(await office.chat(lan), "câu hỏi", "ảnh đã nhận", kind="question")
    office.start()

    await office.until([first], "unknown")
    office.town.clock.move(seconds=10)
    copy = await office.number_of_copy(first)
    await office.until_tried([copy])
    await stays(office, second, "queued")
    office.town.clock.move(seconds=3)
    await office.until([second], "sent")

    assert heard(lan) == ["câu hỏi", "ảnh đã nhận"]


async def test_a_copy_is_cancelled_when_she_wrote_since(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(RESET, chat=lan.id)
    [first] = await office.queue(await office.chat(lan), "câu hỏi", kind="question")
    office.start()
    await office.until([first], "unknown")

    office.town.clock.move(seconds=1)
    await office.chat(lan)
    office.town.clock.move(seconds=9)
    copy = await office.number_of_copy(first)
    await office.until([first, copy], "unknown", "cancelled")
    assert (await office.row(copy)).reason == "answered"
    assert heard(lan) == ["câu hỏi"]


async def test_of_a_copy_there_is_no_copy(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(RESET, chat=lan.id, times=None)
    [first] = await office.queue(await office.chat(lan), "câu hỏi", kind="question")
    office.start()

    await office.until([first], "unknown")
    office.town.clock.move(seconds=10)
    copy = await office.number_of_copy(first)
    await office.until([copy], "unknown")
    office.town.clock.move(hours=1)
    await stays(office, copy, "unknown")

    assert len(await office.rows()) == 2
    assert heard(lan) == ["câu hỏi"] * 2


@pytest.mark.parametrize(
    ("fault", "twice"),
    [
        pytest.param(too_many(3), False, id="told to wait"),
        pytest.param(RESET_BEFORE, False, id="lost on the way"),
        pytest.param(RESET, True, id="answer lost"),
        pytest.param(CANNOT_PARSE, False, id="refused"),
    ],
)
async def test_a_failure_at_the_second_piece_does_not_repeat_the_first(
    office: PostOffice, fault: Fault, *, twice: bool
) -> None:
    lan = office.telegram.user("Lan")
    pieces = ["a" * (LIMITS.text - 1) + "\n", "b" * (LIMITS.text - 1) + "\n", "c"]
    for step in (slow(0), fault):
        office.telegram.faults.add(step, chat=lan.id)
    ids = await office.queue(await office.chat(lan), "".join(pieces), "sau", kind="question", options=OPTIONS)
    office.start()

    if fault in (RESET, RESET_BEFORE):
        await office.until(ids[:1], "unknown")
    else:
        await office.until_tried(ids[:1])
    office.town.clock.move(seconds=10)
    await office.until(ids[1:], "sent")

    expected = [piece.strip()[0] for piece in (pieces[0], *pieces[1:2] * (1 + twice), pieces[2])]
    assert [text[0] for text in heard(lan)] == [*expected, "s"]


async def test_a_chat_it_is_told_of_is_begun_without_a_look_and_again_though_it_is_at_work(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    chat = await office.chat(lan)
    sender = office.start()
    await office.until(await office.queue(chat, "một"), "sent")
    looking = office._running[sender]
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)

    await office.queue(chat, "hai")
    sender.begin([Told("telegram", chat.address_id, "notice"), Told("webchat", "another", "notice")])
    await office.queue(chat, "ba")
    sender.begin([Told("telegram", chat.address_id, "notice")])
    await until("she heard all three", lambda: heard(lan), lambda texts: texts == ["một", "hai", "ba"])
