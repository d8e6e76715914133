"""The console's part of the HTTP contract, made of its tables: whatever is served is described, with its right."""

import re
from typing import Any

from handlers import console
from handlers.console.screen import Act, Screen

_TEXT = {"type": "string"}
_REFUSED = {"description": "the role has not this right, or the form is not ours"}
_ABSENT = {"description": "absent, or none of the official's business"}
_FORM = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
_JSON = {"application/json": {"schema": {"type": "object"}}}


def paths() -> dict[str, Any]:
    """Path to operations, as OpenAPI has them."""
    found: dict[str, Any] = {
        "/console/sign-in": {"get": _page("The form to sign in with"), "post": _form("Sign a browser in", s429=True)},
        "/console/sign-out": {"post": _form("End this browser's session")},
        "/console/invitation/{token}": {
            "get": _page("Whom an invitation is for", "/{token}"), "post": _form("Take an account up", "/{token}"),
        },
        "/console/live": {
            "get": {
                "summary": "How many wait where, as it changes",
                "responses": {
                    "200": {"description": "server-sent events", "content": {"text/event-stream": {"schema": _TEXT}}},
                    "401": {"description": "nobody is signed in"},
                },
            }
        },
    }  # fmt: skip
    for base, kind in (("/console", "text/html"), ("/console/api", "application/json")):
        for screen in console.SCREENS:
            found.setdefault(base + screen.path, {})["get"] = _screen(screen, kind)
        for act in console.ACTS:
            found.setdefault(base + act.path, {})["post"] = _act(act, kind)
    return found


def _screen(screen: Screen, kind: str) -> dict[str, Any]:
    unsigned = {"303": {"description": "to the form to sign in"}} if kind == "text/html" else {}
    answers = {"200": _content(kind), **unsigned, "401": {"description": "nobody is signed in"}, "403": _REFUSED}
    return {
        "summary": _first_line(screen.view.__doc__),
        "description": f"Right: {screen.right or 'none'}.",
        "parameters": _names(screen.path),
        "responses": answers | {"404": _ABSENT},
    }


def _act(act: Act, kind: str) -> dict[str, Any]:
    done = {"303": {"description": "done"}} if kind == "text/html" else {}
    return {
        "summary": _first_line(act.do.__doc__),
        "description": f"Right: {act.right or 'none'}." + (" Needs a second one-time code." if act.checked else ""),
        "parameters": _names(act.path),
        "requestBody": {"content": _FORM if kind == "text/html" else _JSON},
        "responses": {
            "200": _content(kind), **done,
            "400": {"description": "something is wrong: says what, beside each field"},
            "401": {"description": "nobody is signed in; what was typed comes back"}, "403": _REFUSED, "404": _ABSENT,
            "409": {"description": "somebody else changed it since it was shown"},
        },
    }  # fmt: skip


def _page(summary: str, path: str = "") -> dict[str, Any]:
    return {
        "summary": summary, "parameters": _names(path), "responses": {"200": _content("text/html"), "404": _ABSENT},
    }  # fmt: skip


def _form(summary: str, path: str = "", *, s429: bool = False) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": _content("text/html"), "303": {"description": "done"}, "400": {"description": "says what is wrong"},
        "403": _REFUSED, "404": _ABSENT,
    }  # fmt: skip
    if s429:
        answers["429"] = {"description": "tried too often"}
    return {
        "summary": summary, "parameters": _names(path), "requestBody": {"content": _FORM}, "responses": answers,
    }  # fmt: skip


def _content(kind: str) -> dict[str, Any]:
    return {"description": "the page", "content": {kind: {"schema": {"type": "object"} if "json" in kind else _TEXT}}}


def _names(path: str) -> list[dict[str, Any]]:
    return [{"in": "path", "name": name, "required": True, "schema": _TEXT} for name in re.findall(r"{(\w+)}", path)]


def _first_line(doc: str | None) -> str:
    """The first line of a function's docstring. Raises ValueError where there is none."""
    if not doc:
        raise ValueError("a screen or an act without a word about it")
    return doc.strip().partition("\n")[0].rstrip(".")
