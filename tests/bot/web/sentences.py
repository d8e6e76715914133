"""The sentences of the pages, as the tests read them."""

import tomllib
from functools import cache
from pathlib import Path

import handlers

_TEXTS = Path(handlers.__file__).parent / "texts"


def sentence(language: str, key: str) -> str:
    """The text of `page.…` with its placeholders; the key itself while the language has no pages yet."""
    return _page(language).get(key.removeprefix("page."), key)


@cache
def _page(language: str) -> dict[str, str]:
    path = _TEXTS / f"{language}.toml"
    page: dict[str, str] = tomllib.loads(path.read_text("utf-8")).get("page", {}) if path.exists() else {}
    return page
