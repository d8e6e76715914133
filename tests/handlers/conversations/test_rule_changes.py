"""After a result she may ask to be told when rules change; it is a consent of its own, and ends like the others."""

import pytest

from tests.handlers.conversations.checks import CONSENTED, POOR
from tests.kit.town import Citizen, Town

DOOR = "Báo tôi khi quy định đổi"
HOLDER = ("xã Tây Giang", "Hộ cận nghèo", "2", "xong", "0", "Không")


@pytest.fixture
def lan(town: Town) -> Citizen:
    return town.citizen("Lan")


async def agreed(citizen: Citizen) -> bool:
    return await citizen.at_desk(lambda desk: desk.consents.in_force("rule_changes"))


@pytest.mark.parametrize("answers", [POOR, HOLDER])
async def test_it_is_offered_below_every_result(lan: Citizen, answers: tuple[str, ...]) -> None:
    await lan.says(*CONSENTED, *answers)

    assert lan.heard[-1].options[-1] == DOOR
    assert not await agreed(lan)


async def test_who_says_yes_is_asked_once(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses(DOOR)
    asked = lan.hears_last("consent_rule_changes.agree_changes")

    await lan.presses("Có, báo cho tôi")

    lan.hears("consent_rule_changes.will_tell")
    assert "12 tháng" in asked.text
    assert await agreed(lan)
    await lan.says("/kiemtra", *POOR[1:])
    assert all(DOOR not in message.options for message in lan.heard)


async def test_a_no_is_a_no(lan: Citizen) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses(DOOR, "Không")

    lan.hears("consent_rule_changes.will_not_tell")
    assert not await agreed(lan)


@pytest.mark.parametrize("ends", ["DỪNG HẾT", "riêng tư"])
async def test_it_ends_when_she_says_so(lan: Citizen, ends: str) -> None:
    await lan.says(*CONSENTED, *POOR)
    await lan.presses(DOOR, "Có, báo cho tôi")

    await lan.says(ends)
    if ends == "riêng tư":
        await lan.presses("Rút lại đồng ý", "hắn khi quy định thay đổi")

    assert not await agreed(lan)
