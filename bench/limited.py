"""A desk as python-telegram-bot's own parts make it: its Updater, its AIORateLimiter. What ours is measured against.

Started as a process of its own by `bench.pace`: the Bot API's address, the token, the id of the desk.
"""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from dataclasses import dataclass, field

from telegram import Update
from telegram.ext import AIORateLimiter, ApplicationBuilder, ContextTypes, MessageHandler, filters


@dataclass(slots=True)
class Desk:
    """A topic for each customer, kept in memory."""

    chat: int
    topics: dict[int, int] = field(default_factory=dict)
    making: defaultdict[int, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def asked(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A customer writes: his words go into his topic, and his first ones are acknowledged."""
        person, message = update.effective_user, update.effective_message
        if person is None or message is None:
            return
        async with self.making[person.id]:
            if person.id not in self.topics:
                made = await context.bot.create_forum_topic(self.chat, person.full_name)
                self.topics[person.id] = made.message_thread_id
                await context.bot.send_message(person.id, "We have your message.")
            await context.bot.copy_message(
                self.chat, person.id, message.message_id, message_thread_id=self.topics[person.id]
            )

    async def answered(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """An agent writes in a topic: the customer gets it."""
        message = update.effective_message
        for person, thread in self.topics.items():
            if message is not None and thread == message.message_thread_id:
                await context.bot.copy_message(person, self.chat, message.message_id)


def main(url: str, token: str, chat: int) -> None:
    """Run until killed."""
    desk = Desk(chat)
    # As kind to it as its documentation allows: updates side by side, and what was refused is tried again.
    limiter = AIORateLimiter(max_retries=20)
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").rate_limiter(limiter)
    application = builder.concurrent_updates(True).build()
    application.add_handler(MessageHandler(filters.ChatType.PRIVATE & filters.TEXT, desk.asked))
    application.add_handler(MessageHandler(filters.ChatType.SUPERGROUP & filters.TEXT, desk.answered))
    application.run_polling()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
