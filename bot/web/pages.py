"""Pages: a template and a language in, HTML out, and the static files that go with it.

Why no inline script or style: the content security policy forbids them, so a sentence that slips through
unescaped still can't run. Words reach the script as data attributes.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from jinja2 import Environment

    from handlers.texts import Voice

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }
)


def security_headers(*, secure: bool) -> Mapping[str, str]:
    """The headers of every answer. secure: the service is behind https, and browsers are to remember that."""
    remembers = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
    return dict(SECURITY_HEADERS) | (remembers if secure else {})


def foot(voice: "Voice") -> Mapping[str, object]:
    """What the foot of every page says: who is responsible, and whom to call."""
    return {name: voice.given[name] for name in ("owner", "hotline")}


_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_NUMBER = re.compile(r"(\d[\d .]{1,}\d)")


class Pages:
    """The pages people see, in the languages of the texts."""

    def __init__(self, texts: Callable[[str, str], str], *, demo: bool) -> None:
        """texts: (language, key) to a sentence with its {placeholders} left in. demo: every page says so."""
        self._texts, self._demo = texts, demo

    def render(self, template: str, language: str, **values: object) -> str:
        """Fill a template. Raises jinja2.UndefinedError when it names a value that was not given.

        Its texts are those below `page`; a key with a dot is whole.
        """

        def t(key: str, **placeholders: object) -> Markup:
            return Markup.escape(self._texts(language, key if "." in key else f"page.{key}")).format(**placeholders)

        return _environment(self._demo).get_template(template).render(t=t, language=language, **values)


@cache
def _environment(demo: bool) -> "Environment":
    """The templates, loaded with the first page and compiled once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters |= {"asset": asset, "dial": dial}
    found.globals["demo"] = demo
    return found


def asset(name: str) -> str:
    """The address of a static file, which changes when its content does. Raises KeyError if there is none."""
    content, _ = _static_files()[name]
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:8]}"


def dial(text: str) -> Markup:
    """A hotline as people read it, each number in it a link that calls."""
    link = Markup('<a class="tel" href="tel:{}">{}</a>')
    pieces = _NUMBER.split(text)
    return Markup("").join(
        link.format(re.sub(r"\D", "", piece), piece) if place % 2 else piece for place, piece in enumerate(pieces)
    )


def static_file(name: str) -> tuple[bytes, str] | None:
    """Content and content type of a packaged file such as `fonts/OFL.txt`, or None. Only listed names are found."""
    return _static_files().get(name)


@cache
def _static_files() -> Mapping[str, tuple[bytes, str]]:
    return MappingProxyType(dict(_walk(resources.files("bot.web") / "static", "")))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, tuple[bytes, str]]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        elif kind := _TYPES.get(f".{entry.name.rpartition('.')[2]}"):
            found.append((prefix + entry.name, (entry.read_bytes(), kind)))
    return found
