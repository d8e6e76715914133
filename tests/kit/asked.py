"""What a database is asked: so one knows that somebody looked, where nothing is to come of it."""

from sqlalchemy import Engine, event

from tests.kit.waiting import until

STEP = "before_cursor_execute"


async def asked_again(words: str, times: int = 2) -> None:
    """Wait until a database is asked for something so often from now on: by the last time, those before are over.

    words: of the statement. Raises NeverCame.
    """
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, STEP, note)
    try:
        await until(
            f"the database is asked {times} times for {words}",
            lambda: statements,
            lambda found: sum(words in one for one in found) >= times,
        )
    finally:
        event.remove(Engine, STEP, note)
