"""What `intake-bot check` says of Telegram: each step of docs/setting-up-telegram.md, in its order and words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from urllib.parse import urlsplit

import httpx
from telegram import BotCommandScopeAllPrivateChats, ChatFullInfo, ChatMember, ChatMemberAdministrator, ChatMemberOwner
from telegram import User as TelegramUser
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError
from telegram.ext import ExtBot

from bot.checks.finding import Finding
from bot.desk.health import AWAY, RIGHTS, trouble_of
from bot.setting_values import listen_address
from bot.settings import Settings
from bot.wire.client import make_bot

GUIDE = "docs/setting-up-telegram.md"
ASK_OURSELVES_S = 3.0
RECENT = timedelta(hours=1)


class Step(IntEnum):
    """The steps of the guide, by their numbers there."""

    MAKE_A_BOT = 1
    MAKE_A_GROUP = 2
    ADD_THE_BOT = 3
    NAME_THE_GROUP = 4
    NAME_THE_ADMINS = 5
    CHOOSE_HOW_MESSAGES_COME = 6
    START = 7


def _missing(step: Step, text: str) -> Finding:
    return Finding(f"{text} ({GUIDE}, step {step})", fails=True)


def _unwise(step: Step, text: str) -> Finding:
    return Finding(f"{text} ({GUIDE}, step {step})", warns=True)


async def telegram_findings(settings: Settings) -> AsyncIterator[Finding]:
    """Look at all that Telegram needs."""
    if not settings.telegram_on:
        yield Finding("Telegram is off: INTAKE_TELEGRAM_TOKEN is empty (@BotFather gives you one).")
        return
    bot = make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
    try:
        await bot.initialize()
        async for finding in _all(settings, bot):
            yield finding
    except InvalidToken:
        yield _missing(
            Step.MAKE_A_BOT, "Telegram does not accept INTAKE_TELEGRAM_TOKEN; get a new one from @BotFather."
        )
    except TelegramError as error:
        yield Finding(f"Telegram cannot be reached at {settings.telegram_api_url}: {type(error).__name__}.", fails=True)
    finally:
        await bot.shutdown()


async def _all(settings: Settings, bot: ExtBot[None]) -> AsyncIterator[Finding]:
    yield Finding(f"Telegram knows the bot: @{bot.username}.")
    yield _joins_groups(bot.bot)
    async for finding in _desk(settings, bot):
        yield finding
    async for finding in _updates(settings, bot):
        yield finding
    yield await _menus(bot)
    for finding in await _running(settings):
        yield finding


def _joins_groups(me: TelegramUser) -> Finding:
    if me.can_join_groups is False:
        words = "The bot may not join groups: @BotFather, /mybots, Bot Settings, Allow Groups, turn it on."
        return _missing(Step.MAKE_A_BOT, words)
    return Finding("The bot may join groups.")


async def _desk(settings: Settings, bot: ExtBot[None]) -> AsyncIterator[Finding]:
    desk = settings.desk_chat_id
    if desk is None:
        words = "There is no desk: make a group with topics, add the bot as an admin, set INTAKE_DESK_CHAT_ID (-100…)."
        yield _missing(Step.NAME_THE_GROUP, words)
        async for finding in _groups_that_took_us_in(bot):
            yield finding
        return
    try:
        chat = await bot.get_chat(desk)
        member = await bot.get_chat_member(desk, bot.id)
    except ChatMigrated as error:
        words = f"The group INTAKE_DESK_CHAT_ID {desk} has another id now: set it to {error.new_chat_id}."
        yield _missing(Step.NAME_THE_GROUP, words)
        return
    except (BadRequest, Forbidden) as error:
        words = f"INTAKE_DESK_CHAT_ID {desk}: Telegram says “{error}”. Is the bot in that group?"
        yield _missing(Step.NAME_THE_GROUP, words)
        async for finding in _groups_that_took_us_in(bot):
            yield finding
        return
    for finding in (_topics(chat), *_rights(chat, member), *_hears(bot.bot, chat, member)):
        yield finding
    async for finding in _admins(settings, bot, chat):
        yield finding


def _topics(chat: ChatFullInfo) -> Finding:
    if chat.is_forum:
        return Finding(f"The desk is “{chat.title}”, a group with topics.")
    words = f"The group “{chat.title}” has no topics: open its settings in Telegram and switch Topics on."
    return _missing(Step.MAKE_A_GROUP, words)


def _rights(chat: ChatFullInfo, member: ChatMember) -> list[Finding]:
    found = []
    for right, name in RIGHTS:
        if isinstance(member, ChatMemberOwner) or (
            isinstance(member, ChatMemberAdministrator) and getattr(member, right)
        ):
            found.append(Finding(f"The bot may: {name}."))
        else:
            where = "group settings, Administrators, the bot, switch it on."
            found.append(_missing(Step.ADD_THE_BOT, f"The bot lacks the right “{name}” on the desk: {where}"))
    return found


def _hears(me: TelegramUser, chat: ChatFullInfo, member: ChatMember) -> list[Finding]:
    """Does the bot get what agents write, and does slow mode hold it up?"""
    if isinstance(member, ChatMemberOwner | ChatMemberAdministrator):
        return [Finding("The bot hears everything in the group: it is an administrator.")]
    found = []
    if not me.can_read_all_group_messages:
        words = "The bot hears only commands in the group (privacy mode): make it an administrator."
        found.append(_unwise(Step.ADD_THE_BOT, words))
    if chat.slow_mode_delay and trouble_of(chat, member, slow=True) is not None:
        words = "The group is in slow mode, which holds up all but administrators: make the bot one."
        found.append(_unwise(Step.ADD_THE_BOT, words))
    return found


async def _admins(settings: Settings, bot: ExtBot[None], chat: ChatFullInfo) -> AsyncIterator[Finding]:
    if not settings.admins:
        words = "INTAKE_ADMINS is empty: nobody can answer. Set your numeric Telegram id."
        yield _missing(Step.NAME_THE_ADMINS, words)
        return
    yield Finding(f"Admins: {', '.join(settings.admins)}. They add agents with /agent on the desk.")
    for admin in settings.admins:
        try:
            member = await bot.get_chat_member(chat.id, int(admin))
        except (BadRequest, Forbidden):
            member = None
        if member is None or member.status in AWAY:
            words = f"Admin {admin} is not in “{chat.title}”: add him there, or correct INTAKE_ADMINS."
            yield _unwise(Step.NAME_THE_ADMINS, words)
        else:
            yield Finding(f"Admin {admin} is in “{chat.title}”.")


async def _groups_that_took_us_in(bot: ExtBot[None]) -> AsyncIterator[Finding]:
    """Whoever looks for his group's id finds it here, as long as nobody has fetched the word of it."""
    if (await bot.get_webhook_info()).url:
        return
    seen = set()
    for update in await bot.get_updates(timeout=0):  # confirms nothing: all of it is there for `run`
        chat = update.effective_chat
        if chat is not None and chat.id < 0 and chat.id not in seen:
            seen.add(chat.id)
            yield Finding(f"The bot was added to “{chat.title}”. If that is the desk: INTAKE_DESK_CHAT_ID={chat.id}")


async def _updates(settings: Settings, bot: ExtBot[None]) -> AsyncIterator[Finding]:
    info = await bot.get_webhook_info()
    ours, theirs = settings.telegram_webhook_url, info.url
    if not ours:
        yield Finding("Messages are fetched from Telegram (long polling).")
        if theirs:
            yield _unwise(
                Step.CHOOSE_HOW_MESSAGES_COME,
                f"A webhook at {urlsplit(theirs).hostname} is set for this bot; run removes it and fetches by itself.",
            )
    elif theirs == ours:
        yield Finding(f"Telegram brings messages to the webhook at {urlsplit(ours).hostname}.")
    else:
        elsewhere = f"to {urlsplit(theirs).hostname}" if theirs else "nowhere"
        yield Finding(f"The webhook at {urlsplit(ours).hostname} is set by run; messages go {elsewhere} as yet.")
    failed = info.last_error_date
    if ours and failed is not None and datetime.now(UTC) - failed < RECENT:
        yield _unwise(
            Step.CHOOSE_HOW_MESSAGES_COME,
            f"Telegram could not bring a message at {failed:%H:%M} UTC: {info.last_error_message}.",
        )
    waiting = info.pending_update_count
    yield Finding(f"Messages that wait at Telegram: {waiting}. It keeps them for 24 hours.", warns=waiting >= 1000)


async def _menus(bot: ExtBot[None]) -> Finding:
    commands = await bot.get_my_commands(scope=BotCommandScopeAllPrivateChats())
    if commands:
        return Finding(f"Customers find in their menu: {', '.join(f'/{command.command}' for command in commands)}.")
    return Finding("The menus of commands are not set yet; run sets them.")


async def _running(settings: Settings) -> list[Finding]:
    """What the running program says of itself: a second one that takes its messages shows only there."""
    if not settings.http_listen:
        return []
    host, port = listen_address(settings.http_listen)
    everywhere = ("0.0.0.0", "::")  # noqa: S104 - where it listens, not where it is asked
    shown = "127.0.0.1" if host in everywhere else f"[{host}]" if ":" in host else host
    try:
        async with httpx.AsyncClient(timeout=ASK_OURSELVES_S, trust_env=False) as client:
            answer = (await client.get(f"http://{shown}:{port}/readyz")).json()
        reasons = [str(reason) for reason in answer["reasons"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return [Finding("intake-bot run is not running here, or does not answer.")]
    if reasons:
        return [Finding(f"The running program says: {reason}", fails=True) for reason in reasons]
    return [Finding("intake-bot run is running, and ready.")]
