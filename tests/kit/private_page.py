"""The page behind a one-time link, as a plain HTTP client sees it: read, and sent as its form would be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from io import BytesIO

from aiohttp import ClientSession, FormData
from PIL import Image
from sqlmodel import func, select

from storage.tables import InboxRow
from tests.kit.house import House
from tests.kit.town import Citizen, Town
from tests.kit.waiting import until

LINK = re.compile(r"https?://\S+(/p/\S+)")
# Up to the question about a child's health, and up to the one for photos.
TO_HEALTH = (
    "/kiemtra", "1", "xã Tây Giang", "Không có", "4", "1", "1 2", "0", "Không", "3 triệu", "đúng", "có",
    "Không có, đi nhờ", "không", "không", "Nước máy, giếng khoan, nước bình", "không", "1 2 3", "không", "100",
)  # fmt: skip
TO_PHOTOS = ("/dangky", "1", "1", "1 4", "Hòa Sơn", "tổ 3", "Nguyễn Thị Lan", "1954", "0905 123 456", "2")
Field = tuple[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Page:
    """What a page shows. choices: what each label sends; purpose: what the answer is for."""

    status: int
    title: str
    purpose: str
    choices: Mapping[str, str]
    html: str


class TownOf(Town):
    """The town of a house that serves already: citizens without phones, quick to walk, and the same service."""

    def __init__(self, house: House) -> None:
        self.house, self.database, self.clock = house, house.database, house.clock
        self.service, self.office = house.service, house.service.opened.office

    async def lives_abroad(self, name: str, *before: str, language: str = "vi") -> Citizen:
        """Somebody who writes through a channel abroad, and has said so much."""
        citizen = self.citizen(name, language=language, channel="telegram")
        await citizen.says(*before)
        return citizen

    def link(self, citizen: Citizen) -> str:
        """The link she was just told."""
        found = LINK.search(citizen.heard[-1].text)
        assert found, citizen.heard
        return self.house.origin + found[1]

    async def taken(self) -> int:
        """How many answers from pages were ever taken in."""
        query = select(func.count()).where(InboxRow.kind == "private")
        return await self.database.read(lambda unit: unit.scalar(query) or 0)

    async def tells(self, citizen: Citizen, part: str) -> None:
        """Wait until these words are the last that the chat said, by itself. Raises NeverCame."""

        async def look() -> list[str]:
            if not (citizen.heard and part in citizen.heard[-1].text):
                await citizen.listens(0)
            return [said.text for said in citizen.heard]

        await until(f"{part!r} is told last", look, lambda texts: texts and part in texts[-1])


async def read_page(link: str) -> Page:
    """Open a link."""
    async with ClientSession() as web, web.get(link) as answer:
        return _page(answer.status, await answer.text())


async def press_page(link: str) -> Page:
    """Open a link, and press the one button that is there."""
    headers = {"Origin": link.partition("/p/")[0], "Content-Type": "application/x-www-form-urlencoded"}
    async with ClientSession() as web, web.post(link, data=b"", headers=headers) as answer:
        return _page(answer.status, await answer.text())


async def send_page(link: str, *fields: Field, origin: str = "") -> Page:
    """Send what was chosen, typed or photographed, and follow where that leads. origin: the page's own if empty."""
    headers = {"Origin": origin or link.partition("/p/")[0]}
    async with ClientSession() as web, web.post(link, data=_form(fields), headers=headers) as answer:
        return _page(answer.status, await answer.text())


def jpeg() -> bytes:
    """A photo of a home, as far as anybody here can tell."""
    written = BytesIO()
    Image.new("RGB", (640, 480), "green").save(written, "JPEG")
    return written.getvalue()


def _page(status: int, html: str) -> Page:
    shown = re.findall(r'<input type="(?:radio|checkbox)" name="choice" value="([^"]*)"> ([^<]*)</label>', html)
    choices = {unescape(label).strip(): unescape(written) for written, label in shown}
    return Page(status, _inside("h1", html), _inside('p class="lead"', html), choices, html)


def _inside(tag: str, html: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag.split()[0]}>", html, re.DOTALL)
    return unescape(found[1]).strip() if found else ""


def _form(fields: tuple[Field, ...]) -> FormData:
    form = FormData(default_to_multipart=True)
    for name, value in fields:
        if isinstance(value, bytes):
            form.add_field(name, BytesIO(value), filename="nha.jpg", content_type="image/jpeg")
        else:
            form.add_field(name, value)
    return form
