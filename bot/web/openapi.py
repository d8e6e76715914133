"""The HTTP contract: every route that is served is here, and nothing else. The console's are made of its tables."""

from typing import Any

from bot.web.console import openapi as console

_TEXT = {"type": "string"}
_MESSAGE: dict[str, Any] = {
    "type": "object",
    "required": ["id", "from", "text", "options", "at"],
    "properties": {
        "id": _TEXT,
        "from": {"enum": ["us", "you"]},
        "text": _TEXT,
        "options": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label", "press"],
                "properties": {"label": _TEXT, "press": _TEXT},
            },
        },
        "image": _TEXT,
        "client": _TEXT,
        "fresh": {"type": "boolean", "description": "everything before this line was erased"},
        "at": {"type": "string", "format": "date-time"},
    },
}
_IN: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"text": _TEXT, "press": _TEXT, "id": {"type": "string", "maxLength": 64}},
    "oneOf": [{"required": ["text"]}, {"required": ["press"]}],
}
_KEPT: dict[str, Any] = {"type": "object", "required": ["id"], "properties": {"id": _TEXT}}
_PHOTOS: dict[str, Any] = {
    "type": "object",
    "properties": {"photo": {"type": "array", "items": {"type": "string", "format": "binary"}}, "id": _TEXT},
}
_PRIVATE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "choice": {"type": "array", "items": _TEXT},
        "typed": _TEXT,
        "photo": {"type": "array", "items": {"type": "string", "format": "binary"}},
    },
}


def _content(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {kind: {"schema": schema}}


def _answer(what: str, kind: str = "text/html", schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": what, "content": _content(kind, schema or _TEXT)}


def _get(summary: str, answer: dict[str, Any], *parameters: dict[str, Any], **others: str) -> dict[str, Any]:
    answers = {"200": answer} | {status.lstrip("s"): {"description": what} for status, what in others.items()}
    found: dict[str, Any] = {"summary": summary, "responses": answers}
    if parameters:
        found["parameters"] = list(parameters)
    return {"get": found}


def _in(place: str, name: str) -> dict[str, Any]:
    return {"in": place, "name": name, "required": place == "path", "schema": _TEXT}


_ANSWERED: dict[str, Any] = {
    "summary": "Answer the private question",
    "parameters": [_in("path", "token")],
    "requestBody": {"content": _content("multipart/form-data", _PRIVATE)},
    "responses": {
        "303": {"description": "kept; the same address says so"},
        "400": _answer("the page again, with what was missing"),
        "403": {"description": "a foreign origin"},
        "404": {"description": "run out"},
        "413": {"description": "too big"},
        "503": {"description": "the database is away; Retry-After says when to try again"},
    },
}
_WENT_ON: dict[str, Any] = {
    "summary": "Go on in the web chat",
    "parameters": [_in("path", "token")],
    "responses": {
        "303": {"description": "to the web chat, with the visitor's cookie"},
        "403": {"description": "a foreign origin"},
        "404": _answer("a page: used, or run out"),
        "503": {"description": "the database is away; Retry-After says when to try again"},
    },
}
_HOOKED: dict[str, Any] = {
    "summary": "One update of Telegram, while the mode is webhook",
    "parameters": [_in("header", "X-Telegram-Bot-Api-Secret-Token")],
    "requestBody": {"content": _content("application/json", {"type": "object"})},
    "responses": {
        "200": {"description": "kept, or set aside; it need not come again"},
        "401": {"description": "not our secret, or more than one"},
        "413": {"description": "too big"},
        "503": {"description": "it can't be kept now; Retry-After says when to try again"},
    },
}
_ZALO_BOT_HOOKED = _HOOKED | {
    "summary": "One update of a Zalo bot, while the mode is webhook; an empty one has no effect",
    "parameters": [_in("header", "X-Bot-Api-Secret-Token")],
}
_CONSENTED = _get(
    "Where Zalo sends an administrator back to after the consent",
    _answer("the tokens are kept", "text/plain"),
    *(_in("query", name) for name in ("code", "oa_id", "state")),
    s400="not of our account, or not asked for",
    s503="Zalo can't be asked now",
)
_ZALO_OA_HOOKED = _HOOKED | {
    "summary": "One event of Zalo's Official Account; an empty one has no effect",
    "parameters": [_in("header", "X-ZEvent-Signature"), _in("header", "X-ZEvent-Timestamp")],
}


def _ledger() -> dict[str, Any]:
    """The public ledger, in each language and for programs."""
    data = _content("application/json", {"type": "object"})
    page = {"description": "a page, or JSON for whom it accepts", "content": _content("text/html", _TEXT) | data}
    proof = {"description": "of a line, hash = SHA-256 of previous and of content as compact JSON", "content": data}
    asked, often = (_in("query", "q"), _in("query", "month")), {"s429": "searched in vain too often"}
    return {
        "/so-cong-khai": _get("The public ledger, in Vietnamese", page, *asked, **often),
        "/ledger": _get("The public ledger, in English", page, *asked, **often),
        "/ledger.json": _get("The public ledger, for programs", proof, *asked, **often),
    }


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    lines = {
        "type": "object",
        "properties": {"messages": {"type": "array", "items": _MESSAGE}, "more": {"type": "boolean"}},
    }
    posted = {
        "202": _answer("kept; the same id again has no effect", "application/json", _KEPT),
        "400": {"description": "not as written here; says what and where"},
        "403": {"description": "a foreign origin"},
        "413": {"description": "too big, or more than 4,096 letters; says what to do"},
        "429": {"description": "this network sent enough for now; Retry-After says when to try again"},
        "503": {"description": "the database is away, or too much waits; Retry-After says when to try again"},
    }
    body = {"content": _content("application/json", _IN) | _content("multipart/form-data", _PHOTOS)}
    json_status = _answer("status and reasons", "application/json", {"type": "object"})
    return {
        "openapi": "3.1.0",
        "info": {"title": "Chung Tay", "version": "1"},
        "paths": {
            "/": _get("Who we are", _answer("a page"), _in("query", "lang")),
            "/static/{name}": _get("A file of the pages", _answer("the file", "*/*"), _in("path", "name"), s404="none"),
            "/p/{token}": _get(
                "A private question, or what is stored about me",
                _answer("a page"),
                _in("path", "token"),
                s404="run out",
            )
            | {"post": _ANSWERED},
            "/tiep/{token}": _get(
                "A way to go on in the web chat from another channel",
                _answer("a page"),
                _in("path", "token"),
                s404="a page: used, or run out",
            )
            | {"post": _WENT_ON},
            "/pictures/{token}": _get(
                "A card, for a platform that fetches it, while a Zalo bot is set",
                _answer("a picture", "image/*"),
                _in("path", "token"),
                s404="none, or run out",
            ),
            **_ledger(),
            "/quyen-loi": _get("What support there is today, in Vietnamese", _answer("a page")),
            "/entitlements": _get("What support there is today, in English", _answer("a page")),
            "/hoi-dap": _get("Questions and answers, in Vietnamese", _answer("a page"), _in("query", "q")),
            "/questions": _get("Questions and answers, in English", _answer("a page"), _in("query", "q")),
            "/c/{code}": _get(
                "A campaign",
                _answer("a page"),
                _in("path", "code"),
                _in("query", "lang"),
                s404="a page: none of this code",
            ),
            "/chat": _get(
                "The web chat", _answer("a page, and the visitor's cookie"), _in("query", "lang"), _in("query", "start")
            ),
            "/chat/messages": _get(
                "The lines of this visitor's chat",
                _answer("at most 100, oldest first", "application/json", lines),
                _in("query", "after"),
                s400="not an id of this chat",
            )
            | {"post": {"summary": "Say something", "requestBody": body, "responses": posted}},
            "/chat/stream": _get(
                "The lines as they come",
                _answer("server-sent events, each one line, its id the line's", "text/event-stream"),
                _in("header", "Last-Event-ID"),
                _in("query", "after"),
                s400="not an id of this chat",
                s403="no visitor's cookie",
                s429="this visitor or network has enough of them open; Retry-After says when to try again",
                s503="all there may be are open; Retry-After says when to try again",
            ),
            "/chat/images/{number}": _get(
                "The picture of a line", _answer("a picture", "image/*"), _in("path", "number"), s404="none"
            ),
            **console.paths(),
            "/hooks/telegram": {"post": _HOOKED},
            "/hooks/zalo-bot": {"post": _ZALO_BOT_HOOKED},
            "/hooks/zalo-oa": {"post": _ZALO_OA_HOOKED},
            "/zalo/consent": _CONSENTED,
            "/health/live": _get("Alive", json_status),
            "/health/ready": _get("Able to take messages", json_status, s503="messages can't be accepted"),
            "/metrics": _get("Figures for Prometheus", _answer("figures", "text/plain"), s403="not from here"),
            "/openapi.json": _get("This document", _answer("this", "application/json", {"type": "object"})),
        },
    }
