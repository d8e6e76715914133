"""The peer of T1: what most projects do. python-telegram-bot's Application, its webhook and its HTTP, and SQLModel.

It runs in an environment of its own and imports nothing of ours. For each update one AsyncSession: the person and where
she is, the message, the reply, commit; then the reply is sent, and marked as sent by a second commit.
Given on stdin: {"port", "secret", "telegram", "token", "database", "said"}; said: for each step the replies.
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import BigInteger, Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from telegram import InlineKeyboardMarkup, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

IN_FLIGHT = 256  # python-telegram-bot's own for concurrent_updates(True)


def now() -> datetime:
    return datetime.now(UTC)


class Person(SQLModel, table=True):
    """Who writes."""

    chat_id: int = Field(primary_key=True, sa_type=BigInteger)
    language: str = "vi"
    created_at: datetime = Field(default_factory=now)


class State(SQLModel, table=True):
    """Where she is, and what she said so far."""

    chat_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="person.chat_id")
    step: int = 0
    answers: str = "{}"
    changed_at: datetime = Field(default_factory=now)


class Inbound(SQLModel, table=True):
    """What she wrote; an update comes in once."""

    __tablename__ = "inbox"

    update_id: int = Field(primary_key=True, sa_type=BigInteger)
    chat_id: int = Field(index=True, sa_type=BigInteger)
    text: str
    received_at: datetime = Field(default_factory=now)


class Outbound(SQLModel, table=True):
    """What we say."""

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int = Field(index=True, sa_type=BigInteger)
    text: str
    keyboard: str = ""
    state: str = "queued"
    sent_at: datetime | None = None


class Peer:
    """Answers each message with what the product said at the same step.

    A lock for each chat, or else two quick messages of one person would collide in the database.
    """

    def __init__(self, engine: AsyncEngine, said: list[list[dict[str, str]]]) -> None:
        self._engine, self._said = engine, said
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def take(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One update."""
        chat, message = update.effective_chat, update.effective_message
        assert chat is not None
        assert message is not None
        async with self._turns[chat.id], AsyncSession(self._engine, expire_on_commit=False) as session:
            replies = await self._turn(session, update.update_id, chat.id, message.text or "")
            for reply in replies:
                keyboard = InlineKeyboardMarkup.de_json(json.loads(reply.keyboard)) if reply.keyboard else None
                await context.bot.send_message(chat.id, reply.text, reply_markup=keyboard)
                reply.state, reply.sent_at = "sent", now()
            await session.commit()

    async def _turn(self, session: AsyncSession, update_id: int, chat_id: int, text: str) -> list[Outbound]:
        person, state = await session.get(Person, chat_id), await session.get(State, chat_id)
        if person is None or state is None:
            person, state = Person(chat_id=chat_id), State(chat_id=chat_id)
            session.add(person)
            await session.flush()
        answers = json.loads(state.answers) | {str(state.step): text}
        said = self._said[state.step % len(self._said)]
        state.step, state.answers, state.changed_at = state.step + 1, json.dumps(answers), now()
        replies = [Outbound(chat_id=chat_id, text=one["text"], keyboard=one["keyboard"]) for one in said]
        session.add_all([state, Inbound(update_id=update_id, chat_id=chat_id, text=text), *replies])
        await session.commit()
        return replies


def open_engine(url: str) -> AsyncEngine:
    """SQLite as it comes: journal_mode DELETE, synchronous FULL; but it waits 60 s for a lock, so nothing fails."""
    if not url.startswith("sqlite"):
        return create_async_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=12, max_overflow=0)
    engine = create_async_engine(
        url.replace("sqlite:", "sqlite+aiosqlite:"), pool_timeout=120, connect_args={"timeout": 60}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(dbapi: object, _: object) -> None:
        dbapi.execute("PRAGMA foreign_keys = ON")  # type: ignore[attr-defined]  # a connection of the driver

    return engine


async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what went wrong and end: a figure with a message missing is none."""
    print(repr(context.error), file=sys.stderr, flush=True)
    os._exit(1)


async def serve(given: dict[str, Any]) -> None:
    """Until ended."""
    engine = open_engine(given["database"])
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    app: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(given["token"])
        .base_url(f"{given['telegram']}/bot")
        .concurrent_updates(IN_FLIGHT)
        .build()
    )
    app.add_handler(MessageHandler(filters.ALL, Peer(engine, given["said"]).take))
    app.add_error_handler(failed)
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_webhook(
            listen="127.0.0.1", port=given["port"], url_path="hook", secret_token=given["secret"],
            webhook_url=f"http://127.0.0.1:{given['port']}/hook",
        )  # fmt: skip
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.read())))
