"""An editor, an admin and residents with news of health: what the tests of announcements on the console begin with."""

import re
from collections.abc import Mapping
from io import BytesIO

from aiohttp import FormData
from PIL import Image
from sqlmodel import col, func, select

from storage.tables import AuditRow, OutboxRow
from tests.kit.announcing import states_of, subscribes
from tests.kit.console import Clerk, text
from tests.kit.house import Reply
from tests.kit.private_page import TownOf
from tests.kit.waiting import until

HERE, THERE = "phuong_hoa_khanh", "xa_tay_giang"
GOOD: Mapping[str, str] = {
    "kind": "news", "topic": "health", "title_vi": "Lịch trạm y tế <b>", "words_vi": "Trạm mở cửa sáng thứ bảy.",
}  # fmt: skip
SEEN = re.compile(r'name="seen" value="([^"]+)"')
CODE = re.compile(r"TB-[0-9A-Z]{4}-[0-9A-Z]{4}")


def jpeg(colour: str = "teal", side: int = 64) -> bytes:
    """A small picture."""
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, "PNG")
    return file.getvalue()


async def readers(town: TownOf, *names: str) -> None:
    """Residents who get news of health."""
    for name in names or ("Ba", "Tư"):
        await subscribes(town, name)


async def seen(who: Clerk, code: str) -> str:
    """The stamp of what is shown of an announcement."""
    found = SEEN.search((await who.opens(f"/broadcasts/{code}")).body.decode())
    return found[1] if found else ""


async def writes(who: Clerk, **changed: str | list[str]) -> str:
    """Write an announcement; its code."""
    done = await who.sends("/broadcasts", {**GOOD, **changed})
    assert done.status == 303, text(done)
    found = CODE.search(done.headers["Location"])
    assert found
    return found[0]


async def submits(who: Clerk, **changed: str | list[str]) -> str:
    """Write one and ask for its approval; its code."""
    code = await writes(who, **changed)
    done = await who.sends(f"/broadcasts/{code}/submit", {"seen": await seen(who, code)})
    assert done.status == 303, text(done)
    return code


async def approves(who: Clerk, code: str) -> Reply:
    """Approve what is shown."""
    return await who.sends(f"/broadcasts/{code}/approve", {"seen": await seen(who, code)})


async def uploads(who: Clerk, path: str, content: bytes, fields: Mapping[str, str] = GOOD, **changed: str) -> Reply:
    """Send the form with a picture, as a browser does."""
    form = FormData(default_to_multipart=True)
    for name, value in {"csrf": who.csrf, **fields, **changed}.items():
        form.add_field(name, value)
    form.add_field("picture", BytesIO(content), filename="anh.png" if content else "", content_type="image/png")
    headers = {"Origin": who.house.origin}
    address = f"{who.house.origin}/console{path}"
    async with who.session.post(address, data=form, headers=headers, allow_redirects=False) as answer:
        return Reply(answer.status, answer.headers.copy(), await answer.read())


async def sent(town: TownOf) -> int:
    """How many messages of announcements there ever were."""
    query = select(func.count()).where(col(OutboxRow.kind).in_(("broadcast", "warning")))
    found: int = await town.database.read(lambda unit: unit.scalar(query) or 0)
    return found


async def noted(town: TownOf, action: str) -> list[str]:
    """What the audit has of one action: its details."""
    query = select(AuditRow.detail).where(AuditRow.action == action).order_by(col(AuditRow.id))
    return [str(one) for one in await town.database.read(lambda unit: unit.scalars(query).all())]


async def goes_out(town: TownOf) -> None:
    """Wait until the clock has taken every announcement to its end."""
    await until(
        "every announcement is at its end",
        lambda: states_of(town),
        lambda states: not {*states} & {"scheduled", "sending"},
    )
