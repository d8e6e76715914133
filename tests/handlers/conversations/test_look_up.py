"""A request looked up from elsewhere, by its code and a second fact; wrong and absent sound alike, tries are few."""

from collections.abc import Callable

import pytest

from tests.handlers.conversations.walks import ANSWERED, CONSENTED, cases, registers
from tests.kit.town import Citizen, Town

PHONE_ENDS, WRONG = "3456", "0000"


@pytest.fixture
async def code(town: Town) -> str:
    """The code of somebody else's request."""
    return await registers(town.citizen("Lan"))


@pytest.fixture
def mai(town: Town) -> Citizen:
    return town.citizen("Mai")


async def looks_up(mai: Citizen, code: str, second: str) -> None:
    await mai.says("/hoso")
    await mai.presses("Tra bằng mã")
    await mai.says(code, second)


async def test_the_code_and_the_last_digits_of_the_phone_show_the_state(mai: Citizen, code: str) -> None:
    await looks_up(mai, code, PHONE_ENDS)

    assert code in mai.hears_last("look_up.found").text


async def test_nothing_personal_is_shown(mai: Citizen, code: str) -> None:
    await looks_up(mai, code, PHONE_ENDS)

    shown = mai.hears_last("look_up.found").text
    assert not [word for word in ("Lan", "0905", "chợ", "1954") if word in shown]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(str.lower, id="small letters"),
        pytest.param(lambda code: code.replace("-", ""), id="no dashes"),
        pytest.param(lambda code: code.replace("-", " "), id="spaces"),
        pytest.param(lambda code: f" {code} ", id="spaces around"),
    ],
)
async def test_a_code_may_be_typed_carelessly(mai: Citizen, code: str, change: Callable[[str], str]) -> None:
    await looks_up(mai, change(code), PHONE_ENDS)

    mai.hears("look_up.found")


async def test_without_a_phone_the_year_of_birth_is_the_second_fact(town: Town, mai: Citizen) -> None:
    lan = town.citizen("Lan")
    await lan.says(*CONSENTED, *ANSWERED[:5], "không có", *ANSWERED[6:], "gửi yêu cầu")
    [case] = await cases(town)

    await looks_up(mai, case.code, "1954")

    mai.hears("look_up.found")


async def test_with_a_phone_the_year_of_birth_is_not_enough(mai: Citizen, code: str) -> None:
    await looks_up(mai, code, "1954")

    mai.hears("look_up.not_found")


async def test_a_wrong_second_fact_and_an_absent_code_sound_alike(mai: Citizen, code: str) -> None:
    await looks_up(mai, code, WRONG)
    wrong = mai.hears_last("look_up.not_found").text

    await looks_up(mai, "HS-0000-0000", PHONE_ENDS)

    assert mai.hears_last("look_up.not_found").text == wrong


async def test_the_sixth_try_finds_nothing_even_if_right(mai: Citizen, code: str) -> None:
    for _ in range(5):
        await looks_up(mai, code, WRONG)

    await looks_up(mai, code, PHONE_ENDS)

    mai.hears("look_up.not_found")


async def test_an_hour_later_it_is_found_again(town: Town, mai: Citizen, code: str) -> None:
    for _ in range(5):
        await looks_up(mai, code, WRONG)
    town.clock.move(minutes=61)

    await looks_up(mai, code, PHONE_ENDS)

    mai.hears("look_up.found")


async def test_one_persons_tries_do_not_stop_another(town: Town, mai: Citizen, code: str) -> None:
    for _ in range(6):
        await looks_up(mai, "HS-0000-0000", WRONG)
    ba = town.citizen("Ba")

    await looks_up(ba, code, PHONE_ENDS)

    ba.hears("look_up.found")
