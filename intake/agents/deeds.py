"""How an agent's deed on a request is done: once, and only on what he looked at. Called by the verbs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from intake.agents.named import locked
from intake.house import House
from intake.outgoing import jobs
from storage.kinds import Status
from storage.models import CustomerRequest
from storage.transaction import after_commit, transaction

REFRESHED = "The card was refreshed. Look at it, and press again if you still want to."
SOMEBODY = "an agent"  # who has no name yet
DONE = (Status.RESOLVED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a deed. `says` is a sentence for the agent; `done` is False when nothing was changed."""

    done: bool
    says: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What is wanted: the sentence for when it is so already, and how to make it so. Both get the locked request."""

    already: Callable[[CustomerRequest], str | None]
    do: Callable[[CustomerRequest], Awaitable[str]]


async def once(
    house: House, wake: Callable[[], None], request_id: int, deed: Deed, now: datetime, seen: int | None
) -> Outcome:
    """Do it in one transaction, unless it is so, or the agent has looked at something else than what is.

    `seen`: the version of the request that his card showed; None: he named the request himself. Raises NoSuchRequest.
    """

    async def work() -> Outcome:
        request = await locked(request_id)
        said = deed.already(request)
        outdated = seen is not None and seen != (request.version or 0)
        done = said is None and not outdated
        if done:
            said = await deed.do(request)
        if house.desk and (done or outdated):
            await jobs.card(request_id, now)  # which brings name, icon and state of the topic along
        after_commit(wake)
        return Outcome(done, said or REFRESHED)

    return await transaction(work)
