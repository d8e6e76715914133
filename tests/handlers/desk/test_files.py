"""Photos: so many a day, only into one's own case, seen only once cleaned, and a refusal is told."""

import pytest
from sqlalchemy import update
from sqlmodel import col

from handlers.desk import Actor, Desk
from handlers.desk.cases import Registration
from handlers.desk.messages import MOST_A_DAY, TooMany
from storage.tables import File
from tests.kit.town import Citizen, Town

CLOCK = Actor("clock")


async def keeps(citizen: Citizen, *photos: bytes) -> list[str]:
    return await citizen.at_desk(lambda desk: [desk.files.keep(photo) for photo in photos])


async def file(town: Town, file_id: str) -> File:
    return await town.database.read(lambda unit: unit.get_one(File, file_id))


async def test_a_person_may_send_twenty_photos_in_any_day(town: Town, lan: Citizen, mai: Citizen) -> None:
    await keeps(lan, *[b"photo"] * MOST_A_DAY)

    with pytest.raises(TooMany):
        await keeps(lan, b"one more")
    await keeps(mai, b"hers")
    town.clock.move(hours=24)
    await keeps(lan, b"the next day")


async def test_who_sent_too_many_at_once_keeps_none_of_them(town: Town, lan: Citizen) -> None:
    with pytest.raises(TooMany):
        await keeps(lan, *[b"photo"] * (MOST_A_DAY + 1))

    assert await town.database.read(lambda unit: unit.query(File).count()) == 0


async def test_a_photo_is_sealed(town: Town, lan: Citizen) -> None:
    [photo] = await keeps(lan, b"a face")

    kept = await file(town, photo)
    assert (kept.state, kept.size) == ("raw", 6)
    assert b"a face" not in (kept.body or b"")


async def test_only_ones_own_photos_become_part_of_a_case_and_of_one_only(
    town: Town, lan: Citizen, mai: Citizen
) -> None:
    [mine], [hers] = await keeps(lan, b"mine"), await keeps(mai, b"hers")

    def open_one(desk: Desk) -> str:
        code = desk.cases.open(
            Registration(needs=("food",), unit_id=None, place="tổ 3"), (mine, hers, "no such photo")
        ).code
        return next(case.id for case in desk.cases.mine() if case.code == code)

    first = await lan.at_desk(open_one)
    await lan.at_desk(open_one)

    assert ((await file(town, mine)).case_id, (await file(town, hers)).case_id) == (first, None)


async def test_a_photo_is_shown_to_its_owner_alone_and_only_once_cleaned(
    town: Town, lan: Citizen, mai: Citizen
) -> None:
    [photo] = await keeps(lan, b"as it came")
    before = await lan.at_desk(lambda desk: desk.files.clean_photo(photo))

    await town.at_desk(CLOCK, lambda desk: desk.files.cleaned(photo, b"cleaned"))

    assert before == b""
    assert await lan.at_desk(lambda desk: desk.files.clean_photo(photo)) == b"cleaned"
    assert await mai.at_desk(lambda desk: desk.files.clean_photo(photo)) is None


async def test_photos_are_cleaned_oldest_first(town: Town, lan: Citizen, mai: Citizen) -> None:
    [first], [second] = await keeps(lan, b"first"), await keeps(mai, b"second")

    order = []
    for _ in range(3):
        found = await town.at_desk(CLOCK, lambda desk: desk.files.next_raw())
        order.append(found)
        if found is not None:
            await town.at_desk(CLOCK, lambda desk, photo=found[0]: desk.files.cleaned(photo, b"jpeg"))  # type: ignore[misc]  # bound early

    assert order == [(first, b"first"), (second, b"second"), None]


async def test_a_refused_photo_is_told_to_its_sender_and_nothing_of_it_is_kept(town: Town, lan: Citizen) -> None:
    [photo] = await keeps(lan, b"not a photo")

    await town.at_desk(CLOCK, lambda desk: desk.files.refuse(photo, "not_a_photo"))

    kept = await file(town, photo)
    await lan.listens(1)
    lan.hears("photo_refused.not_a_photo")
    assert (kept.state, kept.reason, kept.body, kept.size) == ("refused", "not_a_photo", None, 0)


async def test_a_photo_is_decided_once(town: Town, lan: Citizen) -> None:
    [photo] = await keeps(lan, b"a photo")
    await town.at_desk(CLOCK, lambda desk: desk.files.cleaned(photo, b"jpeg"))

    await town.at_desk(CLOCK, lambda desk: desk.files.refuse(photo, "not_a_photo"))
    await town.at_desk(CLOCK, lambda desk: desk.files.cleaned(photo, b"another"))
    await town.at_desk(CLOCK, lambda desk: desk.files.cleaned("no such photo", b"jpeg"))

    assert await lan.at_desk(lambda desk: desk.files.clean_photo(photo)) == b"jpeg"
    await lan.listens(1)
    lan.hears()


async def test_a_photo_moved_to_another_row_does_not_open(town: Town, lan: Citizen) -> None:
    first, second = await keeps(lan, b"first", b"second")
    for photo in (first, second):
        await town.at_desk(CLOCK, lambda desk, photo=photo: desk.files.cleaned(photo, b"jpeg"))  # type: ignore[misc]  # bound early
    body = (await file(town, first)).body

    await town.database.write(lambda unit: unit.execute(update(File).where(col(File.id) == second).values(body=body)))

    with pytest.raises(Exception, match=r"file\.body"):
        await lan.at_desk(lambda desk: desk.files.clean_photo(second))
