"""The methods by which a bot gets its updates: getUpdates, and those that set, remove and describe a webhook."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from pydantic import JsonValue

from bot.demo import spec
from bot.demo.api import chat_requests
from bot.demo.queue.webhook import DEFAULT_CONNECTIONS, Target, Webhook
from bot.demo.refusal import bad_request
from bot.demo.world import World

PORTS = (80, 88, 443, 8443)


async def get_updates(world: World, request: chat_requests.GetUpdates) -> list[JsonValue]:
    """The only method that waits. The list of wanted kinds is remembered until another is sent."""
    if request.allowed_updates is not None:
        world.queue.allowed = tuple(request.allowed_updates)
    return await world.queue.poll(request.offset, request.limit, request.timeout)


async def set_webhook(world: World, request: chat_requests.SetWebhook) -> bool:
    """Updates that wait already are posted too. An empty address removes the webhook."""
    if not request.url:
        return await _without_webhook(world, request.drop_pending_updates)
    target = _target(request)
    if request.allowed_updates is not None:
        world.queue.allowed = tuple(request.allowed_updates)
    await _without_webhook(world, request.drop_pending_updates)
    world.queue.hook(Webhook(world.queue, world.clock, target, world.attempted, world.network.defects.append))
    return True


async def delete_webhook(world: World, request: chat_requests.DeleteWebhook) -> bool:
    return await _without_webhook(world, request.drop_pending_updates)


def webhook_info(world: World, request: chat_requests.GetWebhookInfo) -> spec.WebhookInfo:
    queue = world.queue
    allowed = tuple(queue.allowed) if queue.allowed else None
    if queue.webhook is None:
        return spec.WebhookInfo(pending_update_count=len(queue.waiting), allowed_updates=allowed)
    target, error = queue.webhook.target, queue.webhook.last_error
    return spec.WebhookInfo(
        url=target.url,
        pending_update_count=len(queue.waiting),
        ip_address=target.ip_address,
        last_error_date=error[0] if error else None,
        last_error_message=error[1] if error else None,
        max_connections=target.max_connections,
        allowed_updates=allowed,
    )


async def _without_webhook(world: World, drop: bool) -> bool:
    await world.queue.unhook()
    if drop:
        world.queue.drop_all()
    return True


def _target(request: chat_requests.SetWebhook) -> Target:
    """What is asked for, if Telegram would take it. Raises Refused."""
    secret, connections = request.secret_token or "", request.max_connections
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        raise bad_request("secret token contains unallowed characters")
    if connections is not None and not 1 <= connections <= 100:
        raise bad_request("max_connections must be between 1 and 100")
    address = urlsplit(request.url)
    if not address.hostname:
        raise bad_request("bad webhook: invalid webhook URL specified")
    if not _is_loopback(address):
        if address.scheme != "https":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        if (address.port or 443) not in PORTS:
            raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    return Target(request.url, secret, connections or DEFAULT_CONNECTIONS, request.ip_address)


def _is_loopback(address: SplitResult) -> bool:
    """On this machine plain HTTP will do, on any port, as with a local Bot API server."""
    try:
        return ipaddress.ip_address(address.hostname or "").is_loopback
    except ValueError:
        return address.hostname == "localhost"
