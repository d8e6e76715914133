"""The ways through a check that the walks of this folder share, and what is kept of it."""

import re

from sqlmodel import select

from storage.tables import HouseholdRow
from tests.kit.town import Citizen, Town

CONSENTED = ("/kiemtra", "1")
# A family of three in the mountains with a child, someone of 72, and 3 million a month.
TO_MEMBERS = ("xã Tây Giang", "Không có")
TO_INCOME = (*TO_MEMBERS, "3", "1", "2 6", "0", "Không")
TO_LACKS = (*TO_INCOME, "3 triệu", "đúng")
# Toilet, house, water: the third lack settles it.
POOR = (*TO_LACKS, "không", "Không có, đi nhờ", "có", "không", "Sông, suối, ao, giếng hở")
IN_THE_CITY = (
    "phường Hòa Khánh", "Không có", "4", "2", "Con cháu đang đi học", "Xong", "7,2 triệu", "đúng",
    "có", "Tự hoại hoặc dội nước", "không", "có", "Nước máy, giếng khoan, nước bình", "không", "1 2 3", "không",
    "100", "Không biết, không muốn nói",
)  # fmt: skip
ABOVE = ("xã Việt An", "Không có", "3", "0", "Người từ 75 tuổi", "Xong", "0", "Không", "6 triệu", "đúng")
IN_ENGLISH = (
    "/check", "I agree", "xa Tay Giang", "None", "3", "1", "2 6", "0", "No", "3 million", "right", "no",
    "None, we use others'", "yes", "no", "River, stream, pond, open well",
)  # fmt: skip
WITHOUT_ACCENTS = (
    "kiem tra", "dong y", "xa tay giang", "khong co", "3", "1", "2 6", "0", "khong", "3 trieu", "dung", "khong",
    "khong co, di nho", "co", "khong", "song, suoi, ao, gieng ho",
)  # fmt: skip
RESULT = ("verdict.first", "verdict.second")
TELLS = re.compile(r"nghèo|\bốm\b|khuyết tật|\bpoor|\bsick\b|\bdisab|\d[.,]\d{3}|\d ?(triệu|đồng|đ\b|million)", re.I)


async def asked_by(citizen: Citizen, *texts: str) -> list[str]:
    """Say some things, and return which questions of the check were asked, each once."""
    asked: dict[str, None] = {}
    for text in texts:
        await citizen.says(text)
        asked |= {m.key: None for m in citizen.heard if m.kind == "question" and m.key.startswith("eligibility.")}
        for message in citizen.heard:
            assert not TELLS.search(message.text.split("\n")[0]), message.text
            assert "\n\n\n" not in message.text
    return [key.removeprefix("eligibility.") for key in asked]


async def households(town: Town) -> list[HouseholdRow]:
    return list(await town.database.read(lambda unit: unit.scalars(select(HouseholdRow)).all()))


async def kept_answers(citizen: Citizen) -> dict[str, str]:
    """The answers of her last check; none where nothing is kept."""
    kept = await citizen.at_desk(lambda desk: desk.households.mine())
    return dict(kept.answers) if kept else {}
