"""How the console answers: a page to people, the same as JSON to programs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import quote

import orjson
from aiohttp import web

from bot.web.console.browser import csrf_header
from bot.web.pages import Pages
from handlers import console
from handlers.console.screen import KEPT, Click, Invalid, PaperPage, PicturePage, Screen, name_of
from handlers.console.screen.moments import ago
from handlers.desk import Desk
from handlers.desk.officials import SignedIn
from handlers.texts import Phrase
from handlers.views.sheet import CounterSheet

PDF = "application/pdf"
CSRF, ONE_TIME_CODE = "csrf", "one_time_code"
OURS = frozenset({CSRF, ONE_TIME_CODE})
UNTYPED = OURS | {"act", "seen", "list", "on", "session", KEPT}  # what our pages send along with what was typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a click is answered with. to: where the browser goes on. expired: nobody is signed in any more.

    sheet: drawn before it is sent, and then the body.
    """

    status: int
    body: str | bytes = ""
    kind: str = "text/html"
    to: str = ""
    expired: bool = False
    refused: str = ""
    stale: bool = False
    sheet: CounterSheet | None = None

    def response(self) -> web.Response:
        """The answer on the wire."""
        headers = {"Location": self.to} if self.to else {}
        if self.kind == PDF:
            headers["Content-Disposition"] = 'attachment; filename="phieu-chuan-bi.pdf"'
        if isinstance(self.body, bytes):
            return web.Response(status=self.status, body=self.body, content_type=self.kind, headers=headers)
        return web.Response(status=self.status, text=self.body, content_type=self.kind, headers=headers)


class Way(Protocol):
    """Answers one kind of reader.

    screen: what a view gave, and what is wrong with what was typed. redirect: where a click leads, and the word for
    what it did. stop: nothing, and why. check: a one-time code is asked for, and what was sent is kept. sign_in: nobody
    is signed in; given: what was sent, None where a page was only opened. csrf: the token that a click brought.
    """

    def screen(
        self, desk: Desk, signed: SignedIn, template: str, page: object, given: Click, *, wrong: Invalid | None = None,
        status: int = 200,
    ) -> Answer: ...  # fmt: skip
    def redirect(self, to: str, done: str) -> Answer: ...
    def stop(self, desk: Desk, signed: SignedIn, status: int, why: str) -> Answer: ...
    def check(self, desk: Desk, signed: SignedIn, given: Click, *, again: bool) -> Answer: ...
    def sign_in(self, desk: Desk, given: Click | None, path: str) -> Answer: ...
    def csrf(self, request: web.Request, given: Click) -> str: ...


class ForPeople:
    """Pages, in the language of the official's account."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def screen(
        self, desk: Desk, signed: SignedIn, template: str, page: object, given: Click, *, wrong: Invalid | None = None,
        status: int = 200,
    ) -> Answer:  # fmt: skip
        if isinstance(page, PaperPage):
            return Answer(status=status, kind=PDF, sheet=page.sheet)
        if isinstance(page, PicturePage):
            return Answer(status=status, body=page.content, kind=page.kind)
        return Answer(status=status, body=self._draw(desk, signed, template, page=page, typed=given, wrong=wrong))

    def redirect(self, to: str, done: str) -> Answer:
        # A name in it may have come with the click, such as a code and line ends.
        address = quote(f"/console{to}", safe="/?&=#%+")
        if done:
            address += f"{'&' if '?' in address else '?'}done={quote(done)}"
        return Answer(status=303, to=address)

    def stop(self, desk: Desk, signed: SignedIn, status: int, why: str) -> Answer:
        return Answer(status=status, body=self._draw(desk, signed, "screen/stop", why=why))

    def check(self, desk: Desk, signed: SignedIn, given: Click, *, again: bool) -> Answer:
        kept = [(name, value) for name, values in given.fields.items() if name not in OURS for value in values]
        return Answer(status=403, body=self._draw(desk, signed, "screen/check", kept=kept, again=again))

    def sign_in(self, desk: Desk, given: Click | None, path: str) -> Answer:
        to = f"/console/sign-in?next={quote(path)}"
        if given is None:
            return Answer(status=303, to=to, expired=True)
        kept = [value for name, values in given.fields.items() if name not in UNTYPED for value in values if value]
        html = self._pages.render("console/signing_in/expired.html", "vi", kept=kept, to="/console/sign-in")
        return Answer(status=401, body=html, expired=True)

    def csrf(self, request: web.Request, given: Click) -> str:
        return given[CSRF]

    def _draw(self, desk: Desk, signed: SignedIn, template: str, **values: object) -> str:
        official, voice = signed.official, desk.voice(signed.official.language)
        typed = values.pop("typed", Click())
        wrong = values.pop("wrong", None)
        done = typed["done"] if isinstance(typed, Click) and not wrong else ""
        faults, outdated = (wrong.by_field, wrong.outdated) if isinstance(wrong, Invalid) else ({}, False)

        def say(value: object) -> str:
            return voice.say(value if isinstance(value, Phrase) else Phrase("plain", {"words": value}))

        return self._pages.render(
            f"console/{template}.html", official.language, me=official, csrf=signed.csrf, say=say, typed=typed,
            menu=menu_of(signed), name=name_of(template), now=desk.now,
            ago=lambda at: say(ago(desk.now, at, desk.zone)), wrong=faults, outdated=outdated,
            done=done if desk.texts.has(f"console.done.{done}", "") else "", **values,
        )  # fmt: skip


class ForPrograms:
    """JSON with the same content; sentences in the language of the official's account."""

    def screen(
        self, desk: Desk, signed: SignedIn, template: str, page: object, given: Click, *, wrong: Invalid | None = None,
        status: int = 200,
    ) -> Answer:  # fmt: skip
        if wrong is not None:
            return _json(status, {"wrong": dict(wrong.by_field), "outdated": wrong.outdated})
        if isinstance(page, PaperPage):
            return Answer(status=status, kind=PDF, sheet=page.sheet)
        if isinstance(page, PicturePage):
            return Answer(status=status, body=page.content, kind=page.kind)
        return _json(status, plain(page, desk, signed.official.language))

    def redirect(self, to: str, done: str) -> Answer:
        return _json(200, {"done": done, "to": f"/console/api{to}"})

    def stop(self, desk: Desk, signed: SignedIn, status: int, why: str) -> Answer:
        return _json(status, {"error": why})

    def check(self, desk: Desk, signed: SignedIn, given: Click, *, again: bool) -> Answer:
        return _json(403, {"error": "check", "expected": ONE_TIME_CODE})

    def sign_in(self, desk: Desk, given: Click | None, path: str) -> Answer:
        answer = _json(401, {"error": "sign_in"})
        return Answer(status=401, body=answer.body, kind=answer.kind, expired=True)

    def csrf(self, request: web.Request, given: Click) -> str:
        return csrf_header(request)


def menu_of(signed: SignedIn) -> list[tuple[str, list[Screen]]]:
    """What an official's roles open, in groups."""
    shown = [s for s in console.SCREENS if s.menu and signed.official.reach(s.right)]
    groups = dict.fromkeys(s.menu for s in shown)
    return [(group, [s for s in shown if s.menu == group]) for group in groups]


def plain(value: object, desk: Desk, language: str) -> object:
    """A page's content as JSON has it."""
    if isinstance(value, Phrase):
        return desk.voice(language).say(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name), desk, language) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): plain(one, desk, language) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one, desk, language) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _json(status: int, content: object) -> Answer:
    return Answer(status=status, body=orjson.dumps(content).decode(), kind="application/json")
