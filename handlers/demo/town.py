"""Plainly synthetic data: 12 residents in 4 units, a case in each state, four officials, giving, an announcement.

Marked on every page. The officials' accounts get a password and a secret anew at every start, and none before.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete, text
from sqlmodel import SQLModel, col

from handlers.demo import announcement as demo_announcement
from handlers.demo import giving as demo_giving
from handlers.demo import models as demo_models
from handlers.desk import Desk
from handlers.desk.cases import CaseOutcome, Casework, Registration, Support
from storage.queries import machine
from storage.queries.chains import chain
from storage.tables import Meta

OWNER = ("UBND phường Mẫu (dữ liệu mẫu)", "quầy một cửa (mẫu)", "nguoi-phu-trach@example.test")
UNITS = ("phuong_thanh_khe", "phuong_hoa_khanh", "xa_tay_giang", "xa_thang_binh")
NEEDS = (("review", "health"), ("work",), ("school", "food"), ("house",), ("water",), ("trade",))
# Role: e-mail, name, title.
ACCOUNTS = {
    "admin": ("quantri@example.test", "Nguyễn Quản Trị (mẫu)", "Quản trị"),
    "lead": ("lanhdao@example.test", "Trần Lãnh Đạo (mẫu)", "Phó chủ tịch"),
    "officer": ("canbo@example.test", "Lê Cán Bộ (mẫu)", "Cán bộ"),
    "treasurer": ("ketoan@example.test", "Phạm Kế Toán (mẫu)", "Kế toán"),
}
SUPPORT = Support(what="hỗ trợ sinh kế (mẫu)", amount=2_000_000)
# What is done with a case, by whom.
STEPS: Mapping[str, tuple[str, Callable[[Casework, str], CaseOutcome]]] = {
    "take": ("officer", lambda work, code: work.take(code)),
    "ask": ("officer", lambda work, code: work.ask(code, "Ông/bà cho biết thêm số người trong nhà (mẫu).")),
    "propose": ("officer", lambda work, code: work.propose(code, SUPPORT)),
    "approve": ("lead", lambda work, code: work.approve(code)),
    "refuse": ("officer", lambda work, code: work.refuse(code, "other_request", "Đã có yêu cầu khác (mẫu).")),
    "deliver": ("officer", lambda work, code: work.deliver(code, "9 giờ thứ hai (mẫu)", "nhà văn hóa (mẫu)")),
    "close": ("officer", lambda work, code: work.close(code, "Đã trao (mẫu).")),
}
# How far each resident's case has come; every state is there once.
WAYS = (
    (),
    ("take",),
    ("take", "ask"),
    ("take", "propose"),
    ("take", "propose", "approve"),
    ("take", "refuse"),
    ("take", "propose", "approve", "deliver"),
    ("take", "propose", "approve", "deliver", "close"),
    ("withdraw",),
    (),
    ("take",),
    (),
)


def fill(desk: "Desk") -> None:
    """Fill an empty database; one that was filled before, or is in use, is left alone."""
    if machine.fact(desk.unit, "demo") is not None or desk.unit.execute(text("SELECT 1 FROM person LIMIT 1")).first():
        return
    machine.set_fact(desk.unit, "demo", "filled")
    machine.set_owner(desk.unit, *OWNER, "demo", desk.now)
    officials = accounts(desk)
    cases = [_resident(desk, number, way, officials) for number, way in enumerate(WAYS, start=1)]
    demo_giving.fill(desk, officials, cases)
    lead, admin = (desk.officials.acting(officials[role]) for role in ("lead", "admin"))
    if lead is not None and admin is not None:
        demo_models.fill(desk, lead, admin)
        demo_announcement.fill(desk, lead, UNITS)


def accounts(desk: "Desk") -> dict[str, str]:
    """The ids of the officials by their roles, made where they are missing; nobody can sign in to them yet.

    Empty where the data are no demonstration's.
    """
    if machine.fact(desk.unit, "demo") is None:
        return {}
    found = {}
    for role, (email, name, title) in ACCOUNTS.items():
        account = desk.officials.by_email(email)
        if account is not None and account.state == "active":
            found[role] = account.id
        elif account is None and (made := desk.accounts.invite(email, name, title, (role,), _places(role))):
            desk.signing_in.hand_out(made[0], "")
            found[role] = made[0]
    return found


def _places(role: str) -> tuple[str, ...]:
    return () if role in ("admin", "treasurer") else UNITS


def _resident(desk: "Desk", number: int, way: tuple[str, ...], officials: Mapping[str, str]) -> str:
    """Let an invented resident ask for something, and bring the request on its way; returns its code."""
    begun = desk.now - timedelta(days=len(WAYS) - number, hours=number)
    then = replace(desk, now=begun, cause=f"demo:{number}")
    at_desk = replace(then, chat=demo_giving.chat_of(then, "resident", number))
    at_desk.people.speak("vi")
    at_desk.consents.give("register", "register/1")
    opened = at_desk.cases.open(
        Registration(
            needs=NEEDS[number % len(NEEDS)],
            unit_id=UNITS[number % len(UNITS)],
            place=f"Tổ {number} (mẫu)",
            name=f"Người Mẫu Số {number}",
            birth_year=1940 + 3 * number,
            story="Đây là dữ liệu mẫu, không phải người thật.",
            reach="visit",
        )
    )
    for step in way:
        if step == "withdraw":
            at_desk.cases.withdraw(opened.code)
            continue
        role, act = STEPS[step]
        official = desk.officials.acting(officials[role])
        if official is not None:
            act(at_desk.of(official).casework, opened.code)
    return opened.code


def clear(desk: "Desk") -> bool:
    """Delete everything in a demonstration database; False if it is not one."""
    if machine.fact(desk.unit, "demo") is None:
        return False
    kept = {Meta.__tablename__}
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in kept:
            desk.unit.execute(delete(table))
    desk.unit.execute(delete(Meta).where(col(Meta.name).in_(("demo", *(one.end_fact for one in chain.CHAINS)))))
    return True
