"""Put together the parts that speak to Telegram."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from telegram import Update

from bot.alarms import Alarms
from bot.chat.channel import ChatChannel
from bot.chat.commands import CustomerCommands
from bot.chat.menus import AgentsMenu, Menus, menus
from bot.chat.reach import Reach
from bot.core import Core
from bot.desk.buttons import Signer
from bot.desk.channel import DeskChannel
from bot.desk.command_table import offered_by_menu
from bot.desk.drawing import Drawing
from bot.desk.group import DeskGroup
from bot.desk.health import DeskHealth
from bot.desk.hearing import AgentsDesk
from bot.desk.keyboards import Keyboards
from bot.desk.notices import Notices
from bot.desk.verbs import Verbs
from bot.receiving.outages import Outages
from bot.receiving.polling import Poller
from bot.receiving.routing import Router
from bot.receiving.updates import Source, Updates
from bot.receiving.webhook import Webhook
from bot.settings import Settings
from bot.wire.client import Wire, make_wire
from intake.customers.links import Links
from intake.customers.self_service import SelfService
from intake.message import Accept
from storage.kinds import Role


@dataclass(frozen=True, slots=True)
class Telegram:
    """One bot: its way out, and the way that its updates come in by."""

    wire: Wire
    router: Router
    source: Source
    health: DeskHealth | None  # None: there is no desk
    menus: Menus

    @property
    def webhook(self) -> Webhook | None:
        """What the web server must hand updates to, when that is how they come."""
        return self.source if isinstance(self.source, Webhook) else None

    async def listen(self, accept: Accept) -> None:
        """Take updates until cancelled."""

        async def handle(update: Update) -> None:
            await self.router.handle(update, accept)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.wire.duty.during(self.menus.keep))
            await self.source.run(handle)


def telegram(settings: Settings, core: Core) -> Telegram:
    """Connect the bot with the core: updates, customers' chats, the agents' desk."""
    token = settings.telegram_token.get_secret_value()
    wire = make_wire(token, settings.telegram_api_url, settings.telegram_pace, core.duties)
    group = DeskGroup(wire, settings.desk_chat_id) if settings.desk_chat_id is not None else None
    agents = health = None
    if group is not None:
        health = DeskHealth(group, settings.admins, core.outbox.wake)
        agents = desk(core, group, health)
    reach = Reach(core.house, core.outbox.wake)
    router = Router(wire, group, agents, health, customers(core, wire), reach)
    made = Telegram(wire, router, source(settings, core, wire), health, offered(settings, core, wire))
    chat = ChatChannel(wire, made.listen)
    core.outgoing["telegram"] = chat
    core.fetchers["telegram"] = chat.fetch
    return made


def desk(core: Core, group: DeskGroup, health: DeskHealth) -> AgentsDesk:
    """The agents' group: what they write and press, and what is shown there."""
    signer = Signer(core.words.tokens.secret)
    keyboards = Keyboards(signer, core.sorting.name)
    drawing, notices = Drawing(group, keyboards), Notices(group, keyboards, core.settling)
    core.outgoing["desk"] = DeskChannel(group, core.words.files, health, drawing, notices)
    verbs = Verbs(
        core.actions,
        core.answers,
        core.sorting,
        core.settling,
        core.staff,
        core.blocking,
        core.casework,
        core.case_asking,
        core.customer_data,
        core.troubles,
    )
    return AgentsDesk(group, verbs, signer, drawing)


def customers(core: Core, wire: Wire) -> CustomerCommands:
    """What customers ask with a command or a button."""
    links = Links(core.words.tokens.secret, lambda: core.words.classifier.categories.keys)
    service = SelfService(core.house, core.words.replies, core.intake.form, core.outbox.wake)
    return CustomerCommands(wire, service, links)


def offered(settings: Settings, core: Core, wire: Wire) -> Menus:
    """The commands that Telegram's apps offer, to customers and on the desk."""
    agents = None
    if settings.desk_chat_id is not None:
        agents = AgentsMenu(settings.desk_chat_id, offered_by_menu(Role.AGENT), offered_by_menu(Role.ADMIN))
    return Menus(wire, menus(core.words.replies, settings.languages, agents))


def source(settings: Settings, core: Core, wire: Wire) -> Source:
    """The way that updates come by: Telegram brings them to a webhook, or we fetch them."""
    updates = Updates(wire, core.parking)
    alarms = Alarms(core.house, core.outbox.wake)
    outages = Outages(wire.bot_id, alarms)
    if not settings.telegram_webhook_url:
        # Who polls had better be who sends: an acknowledgement need not wait for another process to see it.
        poll = core.duties.add(f"poll:{wire.bot_id}", beside=wire.duty)
        return Poller(wire, updates, outages, alarms, duty=poll)
    secret = settings.telegram_webhook_secret.get_secret_value()
    return Webhook(wire, updates, outages, alarms, settings.telegram_webhook_url, secret, duty=wire.duty)
