"""The request that an agent names: locked for change, or known to be none."""

from __future__ import annotations

from storage import requests
from storage.kinds import request_number
from storage.models import CustomerRequest


class NoSuchRequest(Exception):
    """The request that an agent speaks of does not exist."""


async def locked(request_id: int) -> CustomerRequest:
    """A request for change, locked until the transaction ends. Raises NoSuchRequest."""
    request = await requests.locked_request(request_id)
    if request is None:
        raise NoSuchRequest(request_number(request_id))
    return request


def next_version(request: CustomerRequest) -> int:
    """What to write whenever status, assignee, category or priority change: cards that show other ones are outdated."""
    return (request.version or 0) + 1
