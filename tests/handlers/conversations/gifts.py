"""The ways through the promises of gifts that the walks of this folder share, and what is on file after them."""

from storage.tables import Pledge
from tests.kit.town import Citizen, Town

# Typed as an old lady would, without accents.
PERSON = ("ung ho", "ca nhan", "o viet nam", "noi can nhat")
TO_MONEY = (*PERSON, "tien", "dong y")
BY_NAME = ("Nguyen Thi Lan", "0905 123 456", "khong ghi ten")
FIRM = ("ung ho", "doanh nghiep", "o viet nam", "mot xa phuong", "Hoa Son")
BY_FIRM = ("Cong ty Mau", "Tran Van Ba", "0905 123 456", "ghi ten")
MONEY = (*TO_MONEY, "500 nghin", "dung", "trong tuan", *BY_NAME)
TO_GOODS = (*PERSON, "hien vat", "dong y")
GOODS = (*TO_GOODS, "chan am", "20 cai", "moi", "12 duong Bach Dang", "mai", *BY_NAME)


async def pledges(town: Town) -> list[Pledge]:
    """Every promise on file, oldest first."""
    return await town.database.read(lambda unit: unit.query(Pledge).order_by(Pledge.id).all())


async def promises(citizen: Citizen, *said: str) -> Pledge:
    """Promise something, and return it as it is on file."""
    await citizen.says(*said, "gui dang ky ung ho")
    return (await pledges(citizen.town))[-1]
