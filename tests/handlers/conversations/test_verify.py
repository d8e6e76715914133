"""Is this ours? Ours, word for word or by its code; a code of ours under other words; nothing of ours."""

import pytest
from sqlmodel import select

from handlers.desk import Actor
from storage.tables import Broadcast, Suspect
from tests.handlers.conversations.walks import CONSENTED, registers
from tests.kit.news import Press, press, subscriber
from tests.kit.town import Citizen, Town

TITLE = "Phiên giao dịch việc làm"
WORDS = "Sáng thứ bảy tại nhà văn hóa. Xem viec-lam.example.test, không thu tiền, không đặt cọc."
SWINDLE = "Bà con chuyển 500 nghìn vào số tài khoản dưới đây để nhận quà Tết"


@pytest.fixture
async def office(town: Town) -> Press:
    return await press(town)


@pytest.fixture
async def lan(town: Town) -> Citizen:
    """Somebody who gets news of jobs."""
    return await subscriber(town, "Lan", "jobs", rhythm="at_once")


async def sent(town: Town, office: Press, lan: Citizen) -> tuple[str, str]:
    """An announcement, as she got it: its code and all its words."""
    code = await office.announces(TITLE, WORDS, "jobs")
    await lan.listens(0)
    return code, lan.heard[-1].text


async def suspects(town: Town) -> list[Suspect]:
    return await town.database.read(lambda unit: list(unit.scalars(select(Suspect)).all()))


async def words_of(town: Town, suspect: Suspect) -> object:
    where = f"suspect.body:{suspect.id}"
    return await town.read(lambda _, vault: vault.open(f"person:{suspect.person_id}", where, suspect.body or b""))


async def test_a_code_is_told_with_title_day_and_all_the_words(town: Town, office: Press, lan: Citizen) -> None:
    code, text = await sent(town, office, lan)

    await lan.says(f"/tin {code}")

    lan.hears("verify.by_code", "verify.said")
    assert f"gửi ngày 25/11/2026: “{TITLE}”" in lan.heard[0].text
    assert lan.heard[1].text == text
    assert await suspects(town) == []


@pytest.mark.parametrize("typed", ["tin {code}", "{code}", "TIN {code}", "kiểm tra tin {code}", "mã tin {bare}"])
async def test_a_code_is_heard_as_people_type_it(town: Town, office: Press, lan: Citizen, typed: str) -> None:
    code, _ = await sent(town, office, lan)

    await lan.says(typed.format(code=code, bare=code.replace("-", " ").lower()))

    lan.hears("verify.by_code", "verify.said")


async def test_a_message_sent_on_is_ours_word_for_word(town: Town, office: Press, lan: Citizen) -> None:
    _, text = await sent(town, office, lan)
    mai = town.citizen("Mai")
    await mai.says("tin này có thật không ạ")
    mai.hears("verify.message")

    await mai.says(text)

    assert mai.hears_last("verify.ours").text == f"Đúng, UBND phường Thử gửi ngày 25/11/2026: “{TITLE}”."


async def test_a_message_sent_on_unasked_is_looked_up_too(town: Town, office: Press, lan: Citizen) -> None:
    _, text = await sent(town, office, lan)

    await town.citizen("Mai").says("/menu")
    mai = town.citizen("Mai")
    mai.said = 1
    await mai.says(text)

    mai.hears("verify.ours")


async def test_words_of_ours_without_the_code_are_ours(town: Town, office: Press, lan: Citizen) -> None:
    await sent(town, office, lan)

    await lan.says("/tin", WORDS)

    lan.hears("verify.ours")


async def test_our_code_under_other_words_is_said_to_be_another_message_s(
    town: Town, office: Press, lan: Citizen
) -> None:
    code, text = await sent(town, office, lan)
    footer = text.rpartition("\n")[2]

    await lan.says("/verify", f"{SWINDLE}\n\n{footer}")

    told = lan.hears_last("verify.forged").text
    assert f"mã này là của một tin khác, “{TITLE}”" in told
    [suspect] = await suspects(town)
    assert suspect.code == code
    assert str(await words_of(town, suspect)).startswith(SWINDLE)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("không đặt cọc", "đặt cọc trước"),
        ("viec-lam.example.test", "vieclam.example.test"),
        ("không thu phí", "thu phí"),
    ],
)
async def test_a_word_of_ours_that_was_changed_is_seen(
    town: Town, office: Press, lan: Citizen, ours: str, theirs: str
) -> None:
    _, text = await sent(town, office, lan)
    assert ours in text

    await lan.says("/tin", text.replace(ours, theirs))

    lan.hears("verify.forged")


async def test_what_is_nothing_of_ours_is_not_found_and_kept_sealed(town: Town, lan: Citizen) -> None:
    await lan.says("/tin", SWINDLE)

    assert "đừng chuyển tiền" in lan.hears_last("verify.absent").text
    [suspect] = await suspects(town)
    assert SWINDLE.encode() not in (suspect.body or b"")
    assert await words_of(town, suspect) == SWINDLE


async def test_a_code_that_nobody_gave_is_not_found(town: Town, office: Press, lan: Citizen) -> None:
    await sent(town, office, lan)

    await lan.says("tin TB-0000-0000")

    lan.hears("verify.absent")
    assert [one.code for one in await suspects(town)] == ["TB-0000-0000"]


async def test_what_has_not_begun_to_be_sent_is_not_ours_yet(town: Town, office: Press, lan: Citizen) -> None:
    code = await office.approves(TITLE, WORDS, "jobs")

    await lan.says(f"tin {code}")

    lan.hears("verify.absent")


async def test_one_that_was_stopped_is_not_to_be_followed(town: Town, office: Press, lan: Citizen) -> None:
    code, text = await sent(town, office, lan)
    await town.database.write(lambda unit: unit.query(Broadcast).update({"state": "cancelled"}))

    await lan.says(f"tin {code}")
    by_code = lan.heard[-1].key
    await lan.says("/tin", text)

    assert (by_code, lan.heard[-1].key) == ("verify.stopped", "verify.stopped")


async def test_a_digest_sent_on_is_ours(town: Town, office: Press) -> None:
    lan = await subscriber(town, "Lan", "jobs", "health")
    await office.announces(TITLE, WORDS, "jobs")
    await office.announces("Trạm y tế", "Mở cửa cả sáng thứ bảy.", "health")
    town.clock.move(days=1)
    await town.at_desk(Actor("clock"), lambda desk: desk.digests.run())
    await lan.listens(0)
    digest = lan.heard[-1].text

    await lan.says("/tin", digest)
    ours = lan.heard[-1].key
    await lan.says("/tin", digest.replace("Mở cửa cả sáng thứ bảy.", SWINDLE))

    assert (ours, lan.heard[-1].key) == ("verify.ours", "verify.forged")


async def test_a_few_words_are_too_few(town: Town, office: Press, lan: Citizen) -> None:
    await sent(town, office, lan)

    await lan.says("/tin", "sáng thứ bảy")

    lan.hears("verify.short")
    assert await suspects(town) == []


@pytest.mark.parametrize(
    ("code", "key"), [("UH-0000-0000", "gift"), ("cd 0000 0000", "campaign"), ("KC-0000-0000", "request")]
)
async def test_another_code_leads_to_its_place_and_tells_nothing(lan: Citizen, code: str, key: str) -> None:
    await lan.says("/tin", code)

    lan.hears(f"verify.code_of_{key}")


async def test_a_request_that_is_there_sounds_like_one_that_is_not(town: Town, lan: Citizen) -> None:
    code = await registers(town.citizen("Mai"))
    await lan.says(f"/tin {code}")
    there = lan.heard

    await lan.says("/tin HS-0000-0000")

    assert [m.text for m in lan.heard] == [m.text for m in there]
    lan.hears("verify.code_of_request")


async def test_another_code_in_other_words_calms_nobody(lan: Citizen) -> None:
    await lan.says("/tin", "Hồ sơ HS-0000-0000 của bác cần nộp phí trước")

    lan.hears("verify.absent")


async def test_whoever_asks_too_often_is_led_to_a_person_and_still_told_what_is_ours(
    town: Town, office: Press, lan: Citizen
) -> None:
    code, _ = await sent(town, office, lan)
    for number in range(11):
        await lan.says("/tin", f"{SWINDLE} {number}")
    often = lan.heard[-1].key

    await lan.says(f"/tin {code}")

    assert (often, lan.heard[0].key) == ("verify.too_often", "verify.by_code")
    assert len(await suspects(town)) == 10


async def test_a_form_that_was_open_is_gone_on_with(town: Town, office: Press, lan: Citizen) -> None:
    code, _ = await sent(town, office, lan)
    await lan.says(*CONSENTED)

    await lan.says(f"tin {code}")

    lan.hears("verify.by_code", "verify.said", "resume_offer")


async def test_a_photo_can_not_be_read(lan: Citizen) -> None:
    await lan.says("/tin")

    await lan.sends("sticker", {})

    assert lan.heard[-1].key == "verify.message"


async def test_english_has_the_english_words(town: Town, office: Press) -> None:
    anna = await subscriber(town, "Anna", "jobs", rhythm="at_once", language="en")
    code = await office.announces(TITLE, WORDS, "jobs")

    await anna.says(f"/verify {code}")

    assert TITLE in anna.heard[0].text
    assert anna.heard[0].text.startswith("This code does belong to a message UBND phường Thử sent on 25/11/2026")


async def test_erasing_takes_the_words_away_and_leaves_the_code(town: Town, lan: Citizen) -> None:
    await lan.says("tin TB-0000-0000", "/riengtu")

    await lan.presses("Xóa hết", "Xóa hết")

    assert [(one.code, one.body) for one in await suspects(town)] == [("TB-0000-0000", None)]
