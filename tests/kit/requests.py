"""Requests of residents who were not walked through every question: somebody wrote once, and this is on file."""

from dataclasses import replace

from handlers.desk import Desk
from handlers.desk.cases import Registration
from tests.kit.town import Town

HERE, THERE = "xa_tay_giang", "phuong_hoa_khanh"
LAN = Registration(
    needs=("review", "health"),
    unit_id=HERE,
    place="thôn Bhlô",
    name="Nguyễn Thị Lan",
    birth_year=1954,
    phone="+84905123456",
    story="Nhà tôi dột.",
    reach="call",
)


async def asks(
    town: Town, who: str, request: Registration = LAN, *, news: bool = True, photos: tuple[bytes, ...] = (),
    **changed: object
) -> str:  # fmt: skip
    """Somebody has sent a request; returns its code. changed: what differs from it. news: she agreed to be told."""
    citizen = town.citizen(who)
    await citizen.says("/menu")

    def send(desk: Desk) -> str:
        desk.consents.give("register", "register/1")
        if news:
            desk.consents.give("case_news", "case_news/1")
        kept = tuple(desk.files.keep(photo) for photo in photos)
        return desk.cases.open(replace(request, **changed), kept).code  # type: ignore[arg-type]  # fields of a request

    return await citizen.at_desk(send)
