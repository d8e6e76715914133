"""Every text of the console is one that a page or the code can say."""

import re
from pathlib import Path

from handlers.rules.book import FILES, shipped_rows
from handlers.texts import load

ROOT = Path(__file__).parents[4]
# The names of rows of law are put together from their ids.
SOURCES = (
    *(path.read_text() for part in ("bot", "handlers") for kind in ("py", "html")
      for path in (ROOT / part).rglob(f"*.{kind}")),
    *(row_id for name in FILES for row_id in shipped_rows(name).series),
)  # fmt: skip


def test_no_text_of_the_console_is_left_over() -> None:
    source = "\n".join(SOURCES)
    words = set(re.findall(r"[^\W_]+", source))
    # Beginnings of keys that are put together: "console.ago." ~ name, or f"console.ago.{name}".
    begun = set(re.findall(r'"(console\.[\w.]*\.)["{]', source))

    def is_said(key: str) -> bool:
        """Named whole, or put together of a beginning and of words that the code knows."""
        ends = (key.removeprefix(start) for start in begun if key.startswith(start))
        return f'"{key}"' in source or any(words.issuperset(re.findall(r"[^\W_]+", end)) for end in ends)

    keys = [key for key in load().sentences["vi"] if key.startswith("console.")]

    assert len(keys) > 300
    assert [key for key in keys if not is_said(key)] == []
