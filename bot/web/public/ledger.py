"""The public ledger: totals, a search by code or bank reference, and both as JSON for whoever wants to check it."""

from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.clock import Clock
from bot.receiving.desk_factory import DeskFactory
from bot.web.caller import network
from bot.web.console.browser import clean
from bot.web.pages import Pages, foot
from handlers.desk import Actor, Desk
from handlers.desk.money import FoundEntries
from handlers.texts import Voice
from handlers.views import ledger as ledger_page
from storage.database import Database, Unit

MOST_TYPED = 100
ADDRESSES = {"vi": "/so-cong-khai", "en": "/ledger"}
AS_JSON = "/ledger.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a request asks for. typed: a code or a reference, or empty. network: where it comes from."""

    typed: str
    month: str
    network: str
    language: str
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Looked:
    """What one reading gave. too_often: nothing was searched for, there were too many tries in vain."""

    body: str
    found: bool
    too_often: bool


class LedgerRoutes:
    """The routes of the ledger; everybody may read it."""

    def __init__(self, database: Database, office: DeskFactory, clock: Clock, pages: Pages) -> None:
        self._database, self._office, self._clock, self._pages = database, office, clock, pages

    def add_to(self, app: web.Application) -> None:
        for address in (*ADDRESSES.values(), AS_JSON):
            app.router.add_get(address, self.ledger)

    async def ledger(self, request: web.Request) -> web.Response:
        """Totals of a month and its year; with `q`, the lines of a code or of a bank's reference."""
        asked = _asked(request)
        looked = await self._database.read(lambda unit: self._look(unit, asked))
        if asked.typed and not looked.found and not looked.too_often:
            await self._database.write(lambda unit: self._desk(unit).ledger.searched_in_vain(asked.network))
        kind, status = "application/json" if asked.as_json else "text/html", 429 if looked.too_often else 200
        return web.Response(text=looked.body, content_type=kind, status=status)

    def _look(self, unit: Unit, asked: _Asked) -> _Looked:
        desk = self._desk(unit)
        ledger, voice = desk.ledger, desk.voice(asked.language)
        too_often = bool(asked.typed) and not ledger.may_search(asked.network)
        found = ledger.find(asked.typed) if asked.typed and not too_often else None
        month = ledger_page.read_month(asked.month)
        totals = None if asked.typed else ledger_page.totals(desk, month, voice)
        if asked.as_json:
            body = orjson.dumps(ledger_page.as_data(totals, found, ledger.end())).decode()
        else:
            # How far the chain goes stands beside the totals: a search asks the database for nothing it need not.
            end = ledger.end() if not asked.typed else None
            body = self._draw(asked, voice, totals, found, end=end, too_often=too_often)
        return _Looked(body, found is not None, too_often)

    def _draw(
        self,
        asked: _Asked,
        voice: Voice,
        totals: ledger_page.Totals | None,
        found: FoundEntries | None,
        **values: object,
    ) -> str:
        return self._pages.render(
            "ledger.html", asked.language, totals=totals, typed=asked.typed,
            answer=ledger_page.answer(found, voice) if found is not None else None,
            addresses=ADDRESSES, as_json=AS_JSON, **foot(voice), **values,
        )  # fmt: skip

    def _desk(self, unit: Unit) -> Desk:
        return self._office.desk(unit, Actor("clock"), "page", self._clock)


def _asked(request: web.Request) -> _Asked:
    language = "en" if request.path == ADDRESSES["en"] else "vi"
    as_json = request.path == AS_JSON or "application/json" in request.headers.get("Accept", "")
    typed, month = (clean(request.query.get(name, "")).strip()[:MOST_TYPED] for name in ("q", "month"))
    return _Asked(typed=typed, month=month, network=network(request), language=language, as_json=as_json)
