"""Pages and the web chat's contract know no database: every day they are tried on SQLite, in the trial on both.

On PostgreSQL the web chat is spoken to every day by `tests/test_crash.py`.
"""

from tests.handlers.conftest import engine_name

__all__ = ["engine_name"]
