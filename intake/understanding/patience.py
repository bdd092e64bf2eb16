"""Have messages understood, and wait two seconds for it at most. What fails again and again is left out for a while.

A message goes on with what is known of it: without a category it is unsorted, without a language it is answered in the
customer's, or the company's. The event loop does none of this work.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import structlog

from intake.message import Inbound
from intake.tally import What, tally
from intake.understanding.categories import UNSORTED, Verdict
from intake.understanding.reading import Draft, Part, Reader, Reading, warm_up
from intake.understanding.threads import Threads, TookTooLong, threads
from storage.journal import watched

log = structlog.get_logger()

WITHIN_S = 2.0  # an ordinary message takes 5 ms
AT_ONCE = 2  # more would only take Python from each other
MOST_FAILURES = 3  # one after the other, of a part: then it is left out
MOST_HANGS = 2
LEFT_OUT_S = 60.0
TOO_LONG = "it takes too long"

BEFORE = (Part.QUOTES, Part.LANGUAGE, Part.FACTS, Part.PRIORITY)  # of every message
EVERYTHING = (*BEFORE, Part.CATEGORY)

# What is missing meanwhile, in words for the operator.
_MEANWHILE = {
    Part.QUOTES: "what they quote is shown with them",
    Part.LANGUAGE: "they are answered in the customer's language so far, or the default one",
    Part.FACTS: "numbers, dates and addresses are not picked out of them",
    Part.PRIORITY: "their priority is normal",
    Part.CATEGORY: "they are unsorted",
}


@dataclass(slots=True)
class _Trouble:
    """A part that fails. Counted until it works once."""

    why: str
    since: float
    failures: int = 0
    hangs: int = 0
    left_out_until: float = 0.0


class Patience:
    """What the pipeline asks. Never raises, and never waits long."""

    def __init__(
        self,
        reader: Reader,
        languages: tuple[str, ...],
        clock: Callable[[], float] = time.monotonic,
        pool: Threads = threads,
        within_s: float = WITHIN_S,
    ) -> None:
        self._reader = reader
        self._languages = languages
        self._clock = clock
        self._pool = pool
        self._within_s = within_s
        self._places = asyncio.Semaphore(AT_ONCE)
        self._troubles: dict[Part, _Trouble] = {}
        self._warm = False

    async def read(self, message: Inbound, parts: Collection[Part] = EVERYTHING) -> Reading:
        """Understand a message, as far as that goes."""
        return (await self._understood(Draft(message), parts)).reading()

    async def sort(self, message: Inbound, reading: Reading) -> Reading:
        """Say also what it is about."""
        draft = Draft(message)
        draft.reply_text, draft.told = reading.reply_text, reading.told
        await self._understood(draft, (Part.CATEGORY,))
        return replace(reading, verdict=draft.verdict)

    @property
    def trouble(self) -> str | None:
        """What is left out at present, for the operator; None: all is understood."""
        now = self._clock()
        standing = [(part, one) for part, one in self._troubles.items() if one.left_out_until]
        return " ".join(_told(part, one, now) for part, one in standing) or None

    async def _understood(self, draft: Draft, parts: Collection[Part]) -> Draft:
        async with self._places:
            await self._get_warm()
            now = self._clock()
            wanted = [part for part in parts if (one := self._troubles.get(part)) is None or one.left_out_until <= now]
            # Looked at anew by one message at a time: the others go on without.
            for part in wanted:
                if part in self._troubles and self._troubles[part].left_out_until:
                    self._troubles[part].left_out_until = now + LEFT_OUT_S
            hung = await self._do(draft, wanted)
            self._take_note(draft, wanted, hung)
        if Part.CATEGORY in parts and draft.verdict is None:
            draft.verdict = Verdict(UNSORTED, 0.0, (self._why_unsorted(draft),))
        return draft

    async def _do(self, draft: Draft, parts: Collection[Part]) -> Part | None:
        """Have it done. Gives the part that was being done when time was up, if it was."""

        def work() -> None:
            self._reader.read(draft, parts)

        try:
            await self._pool.run(watched(work), self._within_s)
        except TookTooLong:
            at = draft.at
            log.error("understanding takes too long", part=at)
            if at is None:  # not even begun: nothing has worked
                draft.failed |= dict.fromkeys(parts, TOO_LONG)
            return at
        except Exception:
            # No thread to be had, say. The message goes on as it is.
            log.exception("nothing is understood")
            draft.failed |= dict.fromkeys(parts, "no thread")
        return None

    async def _get_warm(self) -> None:
        """The models take a second to load. The program does that before its first message; whoever has not, here."""
        if not self._warm:
            self._warm = True
            try:
                await asyncio.to_thread(warm_up, self._languages)
            except Exception:
                log.exception("not warmed up")  # each part says for itself what it lacks

    def _take_note(self, draft: Draft, parts: Collection[Part], hung: Part | None) -> None:
        failed = {**draft.failed, **({hung: TOO_LONG} if hung is not None else {})}
        for part in parts:
            if part in failed:
                tally.add(What.NOT_UNDERSTOOD, part)
                self._failed(part, failed[part], hangs=part is hung)
            elif hung is None and self._troubles.pop(part, None) is not None:
                log.info("understood again", part=part)

    def _failed(self, part: Part, why: str, *, hangs: bool) -> None:
        now = self._clock()
        one = self._troubles.setdefault(part, _Trouble(why, now))
        one.why = why
        one.failures += 1
        one.hangs += hangs
        if one.failures >= MOST_FAILURES or one.hangs >= MOST_HANGS:
            if not one.left_out_until:
                log.error("left out", part=part, why=why)
            one.left_out_until = now + LEFT_OUT_S

    def _why_unsorted(self, draft: Draft) -> str:
        if Part.CATEGORY in draft.failed:
            return f"sorting it failed ({draft.failed[Part.CATEGORY]})"
        if draft.at is not None:
            return "sorting it took too long"
        one = self._troubles.get(Part.CATEGORY)
        return f"sorting is left out at present ({one.why})" if one is not None else "nobody could sort it"


def _told(part: Part, one: _Trouble, now: float) -> str:
    minutes = int((now - one.since) // 60)
    how_long = f"for {minutes} minutes" if minutes >= 2 else "at present"
    return f"Of messages the {part} cannot be told {how_long} ({one.why}): {_MEANWHILE[part]}. None is lost or late."
