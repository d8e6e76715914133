"""Plainly synthetic data: 12 residents in 4 units, a case in each state, and an owner. Marked on every page."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, text

from handlers.desk.cases import Request
from storage.queries import chats, machine
from storage.tables import Meta

if TYPE_CHECKING:
    from handlers.desk.desk import Desk

OWNER = ("UBND phường Mẫu (dữ liệu mẫu)", "quầy một cửa (mẫu)", "nguoi-phu-trach@example.test")
UNITS = ("phuong_thanh_khe", "phuong_hoa_khanh", "xa_tay_giang", "xa_thang_binh")
NEEDS = (("review", "health"), ("work",), ("school", "food"), ("house",), ("water",), ("trade",))
# How far each resident's case has come; every state is there once.
WAYS = (
    (),
    ("in_review",),
    ("in_review", "need_info"),
    ("in_review", "proposed"),
    ("in_review", "proposed", "approved"),
    ("in_review", "refused"),
    ("in_review", "proposed", "approved", "delivering"),
    ("in_review", "proposed", "approved", "delivering", "closed"),
    ("withdrawn",),
    (),
    ("in_review",),
    (),
)


def fill(desk: "Desk") -> None:
    """Fill an empty database; one that was filled before, or is in use, is left alone."""
    if machine.fact(desk.unit, "demo") is not None or desk.unit.execute(text("SELECT 1 FROM person LIMIT 1")).first():
        return
    machine.set_fact(desk.unit, "demo", "filled")
    machine.set_owner(desk.unit, *OWNER, "demo", desk.now)
    for number, way in enumerate(WAYS, start=1):
        _resident(desk, number, way)


def _resident(desk: "Desk", number: int, way: tuple[str, ...]) -> None:
    begun = desk.now - timedelta(days=len(WAYS) - number, hours=number)
    chat = chats.arrive(desk.unit, desk.vault, "webchat", desk.vault.look_up("demo resident", str(number)), begun)
    at_desk = replace(desk, chat=chat, now=begun, cause=f"demo:{number}")
    at_desk.people.speak("vi")
    at_desk.consents.give("register", "register/1")
    opened = at_desk.cases.open(
        Request(
            needs=NEEDS[number % len(NEEDS)],
            unit_id=UNITS[number % len(UNITS)],
            place=f"Tổ {number} (mẫu)",
            name=f"Người Mẫu Số {number}",
            birth_year=1940 + 3 * number,
            story="Đây là dữ liệu mẫu, không phải người thật.",
            reach="visit",
        )
    )
    for state in way:
        at_desk.cases.move(opened.code, state, "demonstration")


def clear(desk: "Desk") -> bool:
    """Delete everything in a demonstration database; False if it is not one."""
    if machine.fact(desk.unit, "demo") is None:
        return False
    from sqlmodel import SQLModel

    kept = {Meta.__tablename__}
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in kept:
            desk.unit.execute(delete(table))
    desk.unit.execute(text("DELETE FROM meta WHERE name = 'demo'"))
    return True
