"""A message that is refused, or of which nothing can be made, harms no other, and goes out in words where it can."""

import pytest

from fakes.faults import Fault
from fakes.telegram.faults import CANNOT_PARSE
from fakes.telegram.user import TelegramUser
from tests.kit.sending import PostOffice

OPTIONS = [{"label": "Có", "press": "n.0"}, {"label": "Không", "press": "n.1"}]
WORDS = ("title", "code", "line1", "line2", "line3", "note", "demo")
IMAGE_REFUSED = Fault(
    "image refused", status=400, body='{"ok":false,"error_code":400,"description":"Bad Request: IMAGE_PROCESS_FAILED"}'
)


def heard(user: TelegramUser) -> list[str]:
    """What she was told, oldest first."""
    return [message.text for message in user.heard]


async def test_a_refused_message_goes_out_once_more_in_plain_words(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(CANNOT_PARSE, chat=lan.id)
    [first] = await office.queue(await office.chat(lan), "Có ai già không?", kind="question", options=OPTIONS)

    sender = office.start()
    await office.until([first], "sent")

    assert (heard(lan), lan.heard[0].buttons) == (["Có ai già không?\n1. Có\n2. Không"], ())
    assert sender.reasons() == ["telegram_refuses_messages"]


async def test_a_message_refused_in_plain_words_too_fails_and_the_next_goes_out(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(CANNOT_PARSE, chat=lan.id, times=2)
    ids = await office.queue(await office.chat(lan), "hỏng", "lành")

    office.start()
    await office.until(ids, "failed", "sent")

    assert ((await office.row(ids[0])).reason, heard(lan)) == ("entities", ["lành"])


@pytest.mark.parametrize("drawn", [True, False])
async def test_where_a_card_can_not_be_shown_its_words_are(office: PostOffice, *, drawn: bool) -> None:
    lan = office.telegram.user("Lan")
    office.telegram.faults.add(IMAGE_REFUSED, method="sendPhoto", chat=lan.id)
    card = {"kind": "code" if drawn else "of no kind", "values": dict.fromkeys(WORDS, "Mẫu")}
    [first] = await office.queue(await office.chat(lan), "Mã: HS-AAAA-BBBB", kind="receipt", card=card)

    office.start()
    await office.until([first], "sent")

    assert heard(lan) == ["Mã: HS-AAAA-BBBB"]


async def test_a_message_nothing_can_be_made_of_fails_alone(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    ids = await office.queue(await office.chat(lan), "hỏng", "lành", kind="receipt")
    await office.change(ids[0], kind="broken", body=(await sealed_nonsense(office, ids[0])))

    sender = office.start()
    await office.until(ids, "failed", "sent")

    assert ((await office.row(ids[0])).reason, heard(lan), sender.reasons()) == ("KeyError", ["lành"], [])


async def sealed_nonsense(office: PostOffice, outbox_id: int) -> bytes:
    """A body without words, sealed as the message's own is."""
    row = await office.row(outbox_id)
    return await office.town.read(
        lambda unit, vault: vault.seal(f"person:{row.person_id}", f"outbox.body:{row.key}", {"words": "none"})
    )


async def test_what_nobody_can_open_or_is_too_late_is_not_sent_and_the_rest_is(office: PostOffice) -> None:
    lan = office.telegram.user("Lan")
    ids = await office.queue(await office.chat(lan), "hỏng", "muộn", "lành")
    await office.change(ids[0], body=b"\x01 not what was sealed")
    await office.change(ids[1], deadline=office.town.clock.now())
    office.town.clock.move(seconds=1)

    office.start()
    await office.until(ids, "failed", "expired", "sent")

    assert heard(lan) == ["lành"]
