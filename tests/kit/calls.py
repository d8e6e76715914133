"""People who call for an official, and what the console's tests look up about them."""

from sqlmodel import col, select

from storage.tables import Talk, UrgentRequest
from tests.kit.private_page import TownOf
from tests.kit.town import Citizen

PLACE, ELSEWHERE = "phuong_hoa_khanh", "phuong_hai_chau"
SCRIPT = "<script>alert(1)</script>"


async def resident(town: TownOf, name: str = "Lan") -> Citizen:
    """Somebody who has written before."""
    citizen = town.citizen(name)
    await citizen.says("/menu")
    return citizen


async def wishes(town: TownOf, citizen: Citizen, place: str | None = PLACE) -> str:
    """She wants to talk to an official; the id of the talk."""
    await citizen.at_desk(lambda desk: desk.talks.wish(place))
    newest = select(Talk.id).order_by(col(Talk.id).desc()).limit(1)
    return await town.database.read(lambda unit: unit.scalars(newest).one())


async def raises(town: TownOf, citizen: Citizen, what: str = "hunger", where: str = "tổ 3, phường Hòa Khánh") -> str:
    """She is in need now; the code of the request."""
    raised = await citizen.at_desk(lambda desk: desk.urgent.raise_one(where, what, "0905 123 456"))
    return raised.code


async def urgent_request(town: TownOf, code: str) -> UrgentRequest:
    query = select(UrgentRequest).where(UrgentRequest.code == code)
    return await town.database.read(lambda unit: unit.scalars(query).one())
