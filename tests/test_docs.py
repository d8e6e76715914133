"""README and the pages of `docs/` say what is so: links lead somewhere; commands, settings and paths exist.

Why commands are read by our own parser: one that serves or installs can't be run here, and is still to be a real one.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot import __main__ as command_line
from bot import config

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
OURS = ("bot", "handlers", "storage", "fakes", "tests", "benchmarks", "teaching", "docs")
# The values that stand for what a reader fills in, where a command wants one of a kind of its own.
FILLED = {"…": "x", "FILE": "file"}
NO_SETTINGS = frozenset({"ALL", "FOLLOWS", "LANGUAGES", "TOPICS", "WAITS", "COPY_AFTER", "FILE", "CODE"})
HARMLESS = (
    ("key", "new"),
    ("script", "registration", "--lang", "vi"),
    ("rules", "show", "--on", "2027-01-01"),
    ("rules", "cases"),
    ("rules", "check"),
    ("rules", "stale"),
)


def _spans(page: Path) -> list[str]:
    """What stands between backticks, fences excepted."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text)]


def _fenced(page: Path) -> Iterator[str]:
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), flags=re.DOTALL | re.MULTILINE):
        if not kind:
            yield from (line.partition(" #")[0].strip() for line in block.splitlines())


def _commands(start: str) -> list[tuple[str, ...]]:
    """Every command of the pages that begins so, in words."""
    said = {line for page in PAGES for line in (*_spans(page), *_fenced(page)) if line.startswith(f"{start} ")}
    return sorted(tuple(shlex.split(line)) for line in said)


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _links(page: Path) -> list[str]:
    text = page.read_text()
    return [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]


def _reading(words: Sequence[str]) -> tuple[str, ...]:
    """The same with something filled in, for a parser."""
    return tuple(FILLED.get(word, word) for word in words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in _links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" not in link and (not target.exists() or (anchor and anchor not in _anchors(target))):
            lost.append(link)

    assert lost == []


def test_readme_is_one_that_is_read() -> None:
    lines = (ROOT / "README.md").read_text().splitlines()

    assert len(lines) <= 200


def test_readme_leads_to_every_page() -> None:
    links = {link.partition("#")[0] for link in _links(ROOT / "README.md")}

    assert {f"docs/{page.name}" for page in PAGES[1:]} <= links


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_a_page_names_its_reader_first(page: Path) -> None:
    first = page.read_text().splitlines()[0]

    assert re.match(r"For whoever .+[:.] ?", first)


@pytest.mark.parametrize("words", _commands("chungtay"), ids=" ".join)
def test_a_command_is_one_that_we_know(words: tuple[str, ...]) -> None:
    parser = command_line._parser()

    try:
        known = parser.parse_args(_reading(words[1:]))
    except SystemExit:
        known = None
    if known is None:  # a part of one, such as `chungtay backup`, has to have a help at least
        with pytest.raises(SystemExit, match=r"^0$"):
            parser.parse_args([*_bare(words[1:]), "--help"])


def _bare(words: Sequence[str]) -> Sequence[str]:
    """The words that name a command, without what is given to it."""
    assert not any(word.startswith("-") for word in words), "a command with options is to be whole"
    return words


@pytest.mark.parametrize("words", _commands("make"), ids=" ".join)
def test_make_knows_what_is_asked_of_it(words: tuple[str, ...]) -> None:
    done = subprocess.run(("make", "-n", *words[1:]), cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_exists(page: Path) -> None:
    names = {found for span in _spans(page) for found in re.findall(r"^([A-Z]+(?:_[A-Z]+)*)(?:=.*|/.*)?$", span)}
    example = (ROOT / ".env.example").read_text()

    unknown = [name for name in names - NO_SETTINGS if name not in config.NAMES or f"#{name}=" not in example]

    assert unknown == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_of_ours_exists(page: Path) -> None:
    parts = {part for span in _spans(page) for part in span.split() if part.split("/")[0] in OURS and "/" in part}

    assert [part for part in sorted(parts) if not any(ROOT.glob(part.rstrip("/")))] == []


@pytest.mark.parametrize("words", HARMLESS, ids=" ".join)
def test_what_only_tells_is_told(words: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        (sys.executable, "-m", "bot", *words),
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
