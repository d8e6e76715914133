"""How every answer leaves: with the security headers on it, and a failure told without its details.

Why here and not in each handler: an answer that nobody thought of is the one that leaks.
"""

import logging
from collections.abc import Callable, Mapping

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.web import caller
from bot.web.crowd import Pace
from bot.web.server import HEADERS, Connection

log = logging.getLogger(__name__)

BODY_LIMIT = 1 << 20
# A photo of 8 MiB and what a form puts around it; also on a private page, whose path ends with its token. A bank's
# statement of 5 MiB, or the picture of an announcement of 8 MiB, and a little more, so that one that is too large is
# told so on its page.
BODY_LIMITS = {
    "/chat/messages": 9 << 20, "/console/statements": 7 << 20, "/console/api/statements": 7 << 20,
    "/console/broadcasts": 13 << 20, "/console/api/broadcasts": 13 << 20,
}  # fmt: skip
BODY_LIMITS_BELOW = {"/p/": 9 << 20, "/console/broadcasts/": 13 << 20, "/console/api/broadcasts/": 13 << 20}
READ_BY_PROGRAMS = ("/chat/", "/hooks/", "/health/", "/console/api/")
RETRY_AFTER_S = 2

Page = Callable[[int, web.Request], str]


def guard(
    app: web.Application, *, page: Page, headers: Mapping[str, str], away: tuple[type[Exception], ...] = (),
    refusals: Pace | None = None,
) -> None:  # fmt: skip
    """Give the application its error answers, its body limits and its headers; call it before `start`.

    page: the HTML for a status. headers: put on every answer that doesn't set them itself. away: what is raised
    while the database can't be reached; answered by 503 with Retry-After. refusals: how fast a network is told them,
    as who only ever asks for what is refused costs as much as a whole town.
    """
    app[HEADERS] = dict(headers)
    app.middlewares.append(_answers_for(page, away, refusals or Pace()))
    app.middlewares.append(_within_limits)
    app.on_response_prepare.append(_dress)


def _answers_for(page: Page, away: tuple[type[Exception], ...], refusals: Pace) -> Middleware:
    @web.middleware
    async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        failure: web.HTTPException
        try:
            return await handler(request)
        except web.HTTPException as error:
            failure = error
        except away:
            failure = web.HTTPServiceUnavailable(headers={"Retry-After": str(RETRY_AFTER_S)})
        except Exception as error:
            if isinstance(error, ConnectionError) and _is_gone(request):
                return web.Response()  # nobody is there to read it
            log.exception("request failed")
            failure = web.HTTPInternalServerError()
        begun = _begun(request)
        if begun is not None:
            _cut(request)  # a second answer can't follow half of one
            return begun
        if failure.status >= 400:
            if failure.status < 500 and not await refusals.turn(caller.network(request)):
                return _cut(request)
            _word(failure, request, page)
        # What it came through holds all that was sent, and would be held by it until the collector comes by.
        failure.__context__ = None
        raise failure.with_traceback(None)

    return answer_errors


def _cut(request: web.Request) -> web.StreamResponse:
    """Let the client see that its connection is cut; nothing of what is returned leaves."""
    if request.transport:
        request.transport.abort()
    return web.Response()


def _word(failure: web.HTTPException, request: web.Request, page: Page) -> None:
    """Write the answer's body: the reason for a program, a page for a person."""
    if request.path.startswith(READ_BY_PROGRAMS) or "application/json" in request.headers.get("Accept", ""):
        untold = failure.text in (None, f"{failure.status}: {failure.reason}")
        reason = failure.reason if untold else failure.text
        failure.text = orjson.dumps({"error": reason}).decode()
        failure.content_type = "application/json"
    else:
        failure.text = page(failure.status, request)
        failure.content_type = "text/html"


@web.middleware
async def _within_limits(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a body by its announced length; one without a length is refused while it is read."""
    below = (limit for start, limit in BODY_LIMITS_BELOW.items() if request.path.startswith(start))
    limit = BODY_LIMITS.get(request.path) or next(below, BODY_LIMIT)
    announced = request.content_length or 0
    if announced > limit:
        raise web.HTTPRequestEntityTooLarge(limit, announced)
    return await handler(request if limit == request.client_max_size else request.clone(client_max_size=limit))


async def _dress(request: web.Request, answer: web.StreamResponse) -> None:
    for name, value in request.config_dict[HEADERS].items():
        answer.headers.setdefault(name, value)
    if not (request.path.startswith("/static/") and answer.status < 400):
        answer.headers.setdefault("Cache-Control", "no-store")
    # aiohttp would name itself, Python and their versions.
    answer.headers["Server"] = "chungtay"


def _begun(request: web.Request) -> web.StreamResponse | None:
    return request.protocol.answer if isinstance(request.protocol, Connection) else None


def _is_gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
