"""Synthetic: half of the residents get news of health, and the lead's announcement waits for another's approval."""

from dataclasses import replace

from handlers.demo import giving as demo_giving
from handlers.desk import Desk
from handlers.desk.announcing import Audience, BroadcastDraft
from handlers.desk.office import Official

HEARERS = 6
DRAFT = BroadcastDraft(
    kind="news",
    title={"vi": "Lịch trạm y tế (mẫu)", "en": "Health station hours (sample)"},
    words={
        "vi": "Trạm y tế mở cửa sáng thứ bảy. Đây là dữ liệu mẫu.",
        "en": "The health station opens on Saturday morning. This is sample data.",
    },
    audience=Audience(),
    topic="health",
)


def fill(desk: "Desk", lead: Official, units: tuple[str, ...]) -> None:
    """Let some residents subscribe, and the lead of these units submit what she wrote to them."""
    for number in range(1, HEARERS + 1):
        then = replace(desk, cause=f"demo:news:{number}")
        chat = demo_giving.chat_of(then, "resident", number)
        replace(then, chat=chat).subscriptions.subscribe(("health",), units[number % len(units)])
    broadcasts = desk.of(lead).broadcasts
    code = broadcasts.write(replace(DRAFT, audience=Audience(units=units))) or ""
    if (seen := broadcasts.read(code)) is not None:
        broadcasts.submit(code, seen.stamp)
