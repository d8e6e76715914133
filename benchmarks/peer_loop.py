"""The peer of the drain: a loop over all chats with python-telegram-bot's AIORateLimiter, and a handler that answers.

It runs in the peers' environment and imports nothing of ours. Given on stdin: {"port", "secret", "telegram", "token",
"rate", "first", "chats", "at_once"}; at_once: all sends are asked for together, and not one after the other.
"""

import asyncio
import json
import sys
from typing import Any

from telegram import Update
from telegram.ext import AIORateLimiter, Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

WORDS = "Lịch trạm y tế\n\nTrạm y tế mở cửa sáng thứ bảy."
REST_S = 2.0


async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """One message."""
    assert update.effective_chat is not None
    await context.bot.send_message(update.effective_chat.id, "Chào ông/bà.")


async def serve(given: dict[str, Any]) -> None:
    """Announce once, and answer until ended."""
    limiter = AIORateLimiter(overall_max_rate=given["rate"], overall_time_period=1)
    app: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder()
        .token(given["token"])
        .base_url(f"{given['telegram']}/bot")
        .rate_limiter(limiter)
        .concurrent_updates(256)
        .build()
    )
    app.add_handler(MessageHandler(filters.ALL, answer))
    async with app:
        await app.start()
        assert app.updater is not None
        await app.updater.start_webhook(
            listen="127.0.0.1", port=given["port"], url_path="hook", secret_token=given["secret"],
            webhook_url=f"http://127.0.0.1:{given['port']}/hook",
        )  # fmt: skip
        print("ready", flush=True)
        await asyncio.sleep(REST_S)
        chats = range(given["first"], given["first"] + given["chats"])
        if given["at_once"]:
            await asyncio.gather(*(app.bot.send_message(chat, WORDS) for chat in chats), return_exceptions=True)
        else:
            for chat in chats:
                await app.bot.send_message(chat, WORDS)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.read())))
