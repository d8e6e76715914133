"""The ways through a registration that the walks of this folder share, and what the office has on file after them."""

from storage.tables import Case
from tests.kit.town import Citizen, Town

CONSENTED = ("/dangky", "1", "1")
ANSWERED = ("1 4", "Hòa Sơn", "tổ 3, gần chợ", "Nguyễn Thị Lan", "1954", "0905 123 456", "Bỏ qua", "3")
TO_PLACE, TO_NAME, TO_YEAR, TO_PHONE, TO_STORY, TO_REACH = (ANSWERED[:n] for n in (2, 3, 4, 5, 6, 7))


async def registers(citizen: Citizen, *, news: str = "2") -> str:
    """Register her own family, answer whether news is wanted, and return the code. news: "1" yes, "2" no."""
    await citizen.says(*CONSENTED, *ANSWERED)
    await citizen.presses("Gửi yêu cầu")
    await citizen.says(news)
    return (await cases(citizen.town))[-1].code


async def cases(town: Town) -> list[Case]:
    """Every case on file, oldest first."""
    return await town.database.read(lambda unit: unit.query(Case).order_by(Case.id).all())
