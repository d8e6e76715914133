"""Every page renders in both languages, escapes what people wrote, and stays within what slow phones can bear."""

import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest

import bot.web
from bot.web.pages import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, Pages, asset, dial, static_file
from tests.bot.web.sentences import sentence
from tests.kit.cases import for_each

STATIC = Path(bot.web.__file__).parent / "static"
SCRIPT = (STATIC / "chat.js").read_text("utf-8")
STYLE = (STATIC / "style.css").read_text("utf-8")
VALUES = {"owner": "UBND phường Mẫu", "hotline": "0236 1022", "status": 404, "sections": ()}
TEMPLATES = ("chat.html", "public.html", "error.html", "stored.html", "stored_door.html")


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG 2 defines it."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palette(theme: str) -> dict[str, str]:
    """The colour variables of the light or the dark theme."""
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--([\w-]+): (#\w{6});", light if theme == "light" else dark.split("\n}\n")[0]))


@for_each("template", TEMPLATES)
@for_each("language", ["vi", "en"])
@for_each("demo", [True, False])
def test_every_page_renders_without_inline_script_or_style(template: str, language: str, demo: bool) -> None:
    html = Pages(sentence, demo=demo).render(template, language, **VALUES)

    tags = Tags(html).found
    assert ("html", {"lang": language}) in tags
    assert any(attributes.get("class") == "demo" for _, attributes in tags) is demo
    assert all("src" in attributes for tag, attributes in tags if tag == "script")
    assert not [tag for tag, _ in tags if tag == "style"]
    assert not [name for _, attributes in tags for name in attributes if name == "style" or name.startswith("on")]


def test_what_is_put_into_a_sentence_is_escaped() -> None:
    pages = Pages(lambda language, key: "<i>{owner}" if key == "page.footer" else key, demo=False)

    html = pages.render("public.html", "vi", owner='<b>Lan"', hotline="1022")

    assert "&lt;i&gt;&lt;b&gt;Lan&#34;" in html
    assert "<b>" not in html


def test_a_value_that_was_not_given_is_an_error() -> None:
    pages = Pages(lambda language, key: "{owner}" if key == "page.footer" else key, demo=False)

    with pytest.raises(jinja2.UndefinedError):
        pages.render("public.html", "vi", hotline="1022")


def test_the_numbers_of_a_hotline_can_be_called() -> None:
    assert dial("1022 <máy bàn>, 0236.383.1022") == (
        '<a class="tel" href="tel:1022">1022</a> &lt;máy bàn&gt;, '
        '<a class="tel" href="tel:02363831022">0236.383.1022</a>'
    )


def test_the_address_of_an_asset_changes_with_its_content() -> None:
    version = hashlib.sha256((STATIC / "chat.js").read_bytes()).hexdigest()[:8]

    assert asset("chat.js") == f"/static/chat.js?v={version}"
    with pytest.raises(KeyError):
        asset("nothing.js")


def test_the_style_names_each_font_by_its_version() -> None:
    names = [f"fonts/be-vietnam-pro-{weight}.woff2" for weight in ("regular", "semibold")]

    assert all(f'url("{asset(name).removeprefix("/static/")}")' in STYLE for name in names)
    assert all((STATIC / name).stat().st_size <= 40 * 1024 for name in names)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("chat.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
        ("zalo.png", "image/png"),
        ("fonts/OFL.txt", "text/plain; charset=utf-8"),
        ("fonts/be-vietnam-pro-regular.woff2", "font/woff2"),
    ],
)
def test_a_packaged_file_is_served_with_its_type(name: str, kind: str) -> None:
    assert static_file(name) == ((STATIC / name).read_bytes(), kind)


@pytest.mark.parametrize("name", ["", "../pages.py", "fonts/../../pages.py", "/etc/hostname", "fonts", "a\0b", "nope"])
def test_nothing_else_is_served(name: str) -> None:
    assert static_file(name) is None


def test_the_first_view_of_the_chat_fits_in_80_kb_even_uncompressed() -> None:
    html = Pages(sentence, demo=True).render("chat.html", "vi", **VALUES).encode()
    files = [static_file(name) for name in ("style.css", "chat.js", "icon.svg")]

    parts = [html, *(found[0] for found in files if found)]
    assert len(parts) == 4
    assert sum(map(len, parts)) <= 80 * 1024
    assert sum(len(gzip.compress(part)) for part in parts) <= 20 * 1024


def test_the_script_is_short_and_never_writes_html() -> None:
    assert len(SCRIPT.splitlines()) < 250
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", SCRIPT)


def test_the_page_gives_every_word_the_script_asks_for() -> None:
    (body,) = [
        attributes
        for tag, attributes in Tags(Pages(sentence, demo=False).render("chat.html", "vi", **VALUES)).found
        if tag == "body"
    ]

    asked = {
        re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", word) for word in re.findall(r"words\.(\w+)", SCRIPT)
    }

    assert asked | {"us", "you"} == {name.removeprefix("data-") for name in body if name.startswith("data-")}


@for_each("theme", ["light", "dark"])
@for_each(
    ("ink", "ground"),
    [
        ("ink", "ground"),
        ("ink", "paper"),
        ("ink", "tint"),
        ("quiet", "ground"),
        ("quiet", "paper"),
        ("civic", "ground"),
        ("civic", "paper"),
        ("on-civic", "civic-fill"),
        ("on-civic", "civic-deep"),
        ("stop", "ground"),
        ("stop", "stop-tint"),
        ("giving", "paper"),
        ("amber-ink", "amber"),
        ("amber-ink", "amber-light"),
    ],
)
def test_letters_stand_out_seven_to_one(theme: str, ink: str, ground: str) -> None:
    colours = palette(theme)

    lighter, darker = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 7


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    assert SECURITY_HEADERS["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
