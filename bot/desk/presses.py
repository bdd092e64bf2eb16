"""The buttons on the desk: who presses is checked, the deed is done once, and every press is answered in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from telegram import CallbackQuery, InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.desk import case_buttons, keyboards
from bot.desk.buttons import Deed, Pressed, Signer, long_name
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.keyboards import Keyboards
from bot.desk.members import Members
from bot.desk.notices import dealt_with
from bot.desk.verbs import Verbs
from bot.wire.texts import fitting
from intake.agents.case_steps import WHYS
from intake.agents.casework import Remark
from intake.agents.deeds import DONE, REFRESHED, Outcome
from intake.agents.joining import CannotMove
from intake.agents.named import NoSuchRequest
from intake.agents.settling import NoMailAddress
from intake.message import ChannelError, TryAgain
from storage import agents, requests
from storage.database import is_away
from storage.kinds import CaseStatus, Priority, Role, request_number
from storage.models import Agent, CustomerRequest

log = structlog.get_logger()

ANSWER_WITHIN_S = 0.8  # Telegram's apps show a press as hanging until it is answered
LONGEST_ANSWER = 200  # UTF-16 units
LEADS = (Role.LEAD, Role.ADMIN)
NOT_AN_AGENT = "Only agents may press this. An admin can add you with /agent."
ONLY_LEADS = "Only leads assign requests to others."
DEAD = "This button does nothing any more."
BUSY = "Still at it: look at the card in a moment."
AWAY = "The database does not answer. Look at the card in a moment, and press again."
FAULT = "Something went wrong. It is kept, and the program's log says what it was."
# On a notice, which says then who did what.
ON_NOTICE = (Deed.RETRY, Deed.BY_MAIL, Deed.ARRIVED, Deed.CORRECT, Deed.TAKE_OVER)


class Refused(Exception):
    """The press had no effect. The message is a sentence for whoever pressed."""


class Presses:
    """Turns presses into the core's verbs."""

    def __init__(
        self,
        group: DeskGroup,
        members: Members,
        verbs: Verbs,
        signer: Signer,
        drawing: Drawing,
        clock: Callable[[], datetime],
    ) -> None:
        self._group = group
        self._members = members
        self._verbs = verbs
        self._signer = signer
        self._keyboards = Keyboards(signer, verbs.sorting.name)
        self._drawing = drawing
        self._clock = clock

    async def pressed(self, query: CallbackQuery) -> None:
        """A button was pressed. Raises only what our own code fails at, once the press is answered."""
        work = asyncio.ensure_future(self._press(query))
        try:
            done, _ = await asyncio.wait({work}, timeout=ANSWER_WITHIN_S)
            if not done:
                await self._answer(query, BUSY)
                await self._late(query, work)
                return
        except asyncio.CancelledError:
            work.cancel()
            raise
        try:
            came = work.result()
            await self._answer(query, came)
            await self._redraw(query, came)
        except Refused as error:
            await self._answer(query, str(error), alert=True)
        except Exception as error:
            away = is_away(error)
            await self._answer(query, AWAY if away else FAULT, alert=True)
            log.warning("press failed", error=type(error).__name__)
            if not away:
                raise

    async def _late(self, query: CallbackQuery, work: Awaitable[str]) -> None:
        """What comes of a press that is answered already."""
        try:
            came = await work
        except Refused as error:
            log.info("press refused after it was answered", reason=str(error))
        else:
            await self._redraw(query, came)

    async def _press(self, query: CallbackQuery) -> str:
        """Do what a button stands for. Returns a sentence for the agent; raises Refused."""
        agent = await self._members.agent_behind(query.from_user)
        if agent is None:
            raise Refused(NOT_AN_AGENT)
        pressed = self._signer.read(query.data or "")
        if pressed is None:
            raise Refused(DEAD)
        try:
            if pressed.deed in ON_NOTICE:
                return await self._deal(pressed, agent)
            if pressed.deed in (Deed.PICK, Deed.BACK):
                return await self._pick(query, pressed, agent)
            return (await self._sort(pressed, agent)).says
        except NoSuchRequest as error:
            raise Refused(f"{error} does not exist.") from error
        except (CannotMove, NoMailAddress) as error:
            raise Refused(str(error)) from error
        except TryAgain as error:
            wait = f" Press again in {error.after:.0f} s." if error.after else " Press again in a moment."
            raise Refused(f"Telegram lets nothing be changed here at the moment.{wait}") from error
        except ChannelError as error:
            raise Refused(f"It could not be shown: {error}") from error

    async def _sort(self, pressed: Pressed, agent: Agent) -> Outcome:
        """A deed on a card."""
        sorting, request, seen, now = self._verbs.sorting, pressed.request, pressed.version, self._clock()
        match pressed.deed:
            case Deed.TAKE:
                return await sorting.assign(request, agent, agent, now, seen)
            case Deed.DROP:
                return await sorting.unassign(request, agent, now, seen)
            case Deed.GIVE:
                return await sorting.assign(request, await self._colleague(pressed, agent), agent, now, seen)
            case Deed.RESOLVE:
                return await sorting.resolve(request, agent, now, seen)
            case Deed.REOPEN:
                return await sorting.reopen(request, agent, now, seen)
            case Deed.SPAM:
                return await sorting.spam(request, agent, now, seen)
            case Deed.BLOCK:
                return await self._verbs.blocking.block(request, agent, now)
            case Deed.UNBLOCK:
                return await self._verbs.blocking.unblock(request, agent, now)
            case Deed.CATEGORY:
                key = long_name(pressed.argument, [key for key, _ in sorting.choices])
                if key is None:
                    raise Refused("There is no such category any more.")
                return await sorting.categorise(request, key, agent, now, seen)
            case Deed.RIGHT:
                return await sorting.right(request, agent, now, seen)
            case Deed.PRIORITY if pressed.argument in tuple(Priority):
                return await sorting.prioritise(request, Priority(pressed.argument), agent, now, seen)
            case Deed.CASE if pressed.argument in tuple(CaseStatus):
                return await self._verbs.casework.step(request, CaseStatus(pressed.argument), agent, now, seen)
            case Deed.REFUSE:
                remark = Remark(pressed.argument if pressed.argument in WHYS else "")
                return await self._verbs.casework.step(request, CaseStatus.REFUSED, agent, now, seen, remark)
            case Deed.ASK:
                return await self._verbs.case_asking.ask(request, agent, now, seen)
            case Deed.JOIN:
                return await self._join(pressed, agent)
        raise Refused(DEAD)

    async def _join(self, pressed: Pressed, agent: Agent) -> Outcome:
        done = await self._verbs.actions.join(pressed.request, pressed.number, agent, self._clock())
        return Outcome(done, f"Joined into {request_number(pressed.number)}." if done else "It was joined already.")

    async def _colleague(self, pressed: Pressed, agent: Agent) -> Agent:
        if agent.role not in LEADS:
            raise Refused(ONLY_LEADS)
        found = await agents.agent(pressed.number)
        if found is None or not found.active:
            raise Refused("That colleague answers customers no more.")
        return found

    async def _pick(self, query: CallbackQuery, pressed: Pressed, agent: Agent) -> str:
        """Show a picker in the place of the card's buttons, or these again. Nothing of the request changes."""
        if pressed.argument == keyboards.AGENTS and agent.role not in LEADS:
            raise Refused(ONLY_LEADS)
        request = await requests.request_with_customer(pressed.request)
        if request is None:
            raise NoSuchRequest(request_number(pressed.request))
        case_goes_on = pressed.argument == case_buttons.REFUSALS or pressed.deed is Deed.BACK
        if (request.version or 0) != pressed.version or (request.status in DONE and not case_goes_on):
            await self._verbs.sorting.refresh(request.id, self._clock())
            return REFRESHED
        if query.message is None:
            raise Refused(DEAD)
        await self._drawing.pick(query.message.message_id, await self._keyboard(pressed, request))
        return ""

    async def _keyboard(self, pressed: Pressed, request: CustomerRequest) -> InlineKeyboardMarkup:
        match pressed.argument if pressed.deed is Deed.PICK else "":
            case keyboards.CATEGORIES:
                return self._keyboards.categories(request, self._verbs.sorting.choices)
            case keyboards.PRIORITIES:
                return self._keyboards.priorities(request)
            case case_buttons.REFUSALS:
                return self._keyboards.refusals(request)
            case keyboards.AGENTS:
                return self._keyboards.agents(request, await agents.active_agents())
        return self._keyboards.card(request, await requests.case_of(request.id))

    async def _deal(self, pressed: Pressed, agent: Agent) -> str:
        """A deed on a notice."""
        settling, now = self._verbs.settling, self._clock()
        if pressed.deed is Deed.TAKE_OVER:
            return (await self._verbs.casework.take_over(pressed.request, pressed.number, agent, now)).says
        if pressed.deed is Deed.CORRECT:
            sent = await self._verbs.answers.correct(agent, pressed.request, pressed.number, now)
            return f"{agent.name} sent the correction." if sent else "There is nothing to correct any more."
        verb = {Deed.RETRY: settling.retry, Deed.BY_MAIL: settling.by_mail, Deed.ARRIVED: settling.arrived}[
            pressed.deed
        ]
        came = await verb(pressed.number, pressed.version, agent, now)
        return came.says

    async def _redraw(self, query: CallbackQuery, came: str) -> None:
        """Show at once what the press has changed. What cannot be shown now is the outbox's: it has a job for it."""
        pressed = self._signer.read(query.data or "")
        if pressed is None or query.message is None or not came:
            return
        try:
            if pressed.deed in ON_NOTICE:
                await dealt_with(self._group, query.message, came)
            elif (request := await requests.request_with_customer(pressed.request)) is not None:
                await self._drawing.edit_now(request, query.message.message_id)
        except ChannelError as error:
            log.info("not redrawn", error=type(error).__name__)

    async def _answer(self, query: CallbackQuery, text: str, *, alert: bool = False) -> None:
        try:
            await self._group.wire.bot.answer_callback_query(
                query.id, text[: fitting(text, LONGEST_ANSWER)] or None, show_alert=alert
            )
        except TelegramError as error:
            # The press has had its effect; an answer that came too late changes nothing.
            log.info("press not answered", error=type(error).__name__)
