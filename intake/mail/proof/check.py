"""Check who sent a mail, in the way that the operator has chosen. Never raises, and never takes long."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.letter import read_letter
from intake.mail.proof.origin import Origin
from intake.mail.proof.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from intake.mail.proof.resolver import Resolver

log = structlog.get_logger()

CHECK_S = 5.0  # the whole check of a mail, by the wall
LAST_QUESTION_S = 4.5  # nothing is asked any more after that
THREADS = 64  # they mostly wait for DNS; one address has ten mails under way at most (Limits.sessions_per_peer)
SEVERAL = "there is not exactly one address in the From"


class How(StrEnum):
    """Whom we ask for who sent a mail."""

    VERIFY = "verify"  # DNS: SPF, DKIM, DMARC
    TRUST = "trust"  # our own mail server, which has checked already
    OFF = "off"  # nobody
    ASSUME_PASS = "assume-pass"  # noqa: S105  # no password; demo and tests only


@dataclass(frozen=True, slots=True)
class Method:
    """How to check. `authserv_id`: the name that our mail server writes into Authentication-Results."""

    how: How = How.OFF
    authserv_id: str = ""

    @classmethod
    def of(cls, written: str) -> Method:
        """Read the setting. Raises ValueError in words for the operator."""
        word, colon, name = written.strip().partition(":")
        if word == How.TRUST and name.strip():
            return cls(How.TRUST, name.strip().lower())
        if colon or word not in set(How) - {How.TRUST}:
            raise ValueError(
                f"{written!r} is none of verify, off, assume-pass, or trust: with the name that your mail server "
                "writes into Authentication-Results, as trust:mx.example.com"
            )
        return cls(How(word))


@dataclass(frozen=True, slots=True)
class Policy:
    """How senders are checked, as an operator writes it (MAIL_AUTH, TRUSTED_FORWARDERS, DNS_SERVERS)."""

    mail_auth: str = How.OFF
    forwarders: tuple[str, ...] = ()
    dns_servers: tuple[str, ...] = ()

    @property
    def asks_dns(self) -> bool:
        """Does it need DNS? ARC seals of a forwarder do, also when our own mail server checks the rest."""
        how = Method.of(self.mail_auth).how
        return how is How.VERIFY or (how is How.TRUST and bool(Forwarders.of(self.forwarders).sealers))

    def check(self) -> Check:
        """What checks by it. Raises ValueError in words for the operator."""
        method, forwarders = Method.of(self.mail_auth), Forwarders.of(self.forwarders)
        if not self.asks_dns:
            return Check(method, forwarders=forwarders)
        from intake.mail.proof.resolver import RememberingResolver, SystemResolver  # only who asks needs the library

        return Check(method, RememberingResolver(SystemResolver(self.dns_servers)), forwarders)


class Check:
    """Checks senders. Blocking work is done in threads of its own, so that slow DNS keeps nobody else waiting."""

    def __init__(
        self,
        method: Method | None = None,
        resolver: Resolver | None = None,
        forwarders: Forwarders | None = None,
        limit: float = CHECK_S,
    ) -> None:
        self._method = method or Method()
        self._resolver = resolver
        self._forwarders = forwarders or Forwarders()
        self._limit = limit
        self._threads: ThreadPoolExecutor | None = None

    @property
    def how(self) -> How:
        """Whom we ask."""
        return self._method.how

    async def __call__(self, raw: bytes, origin: Origin, now: datetime) -> Verdict:
        """Check one mail as it came over the wire."""
        if self.how in (How.OFF, How.ASSUME_PASS):
            return self.at_once(raw, origin, now)
        return await self._in_a_thread(raw, origin, now)

    def at_once(self, raw: bytes, origin: Origin, now: datetime) -> Verdict:
        """Check one mail here and now, however long DNS takes: for a process that has nothing else to do."""
        match self.how:
            case How.OFF:
                return Verdict()
            case How.ASSUME_PASS:
                sender = read_letter(raw).author
                return Verdict(Outcome.PASS, sender, "believed without a check") if sender else Verdict(how=SEVERAL)
            case _:
                return self._judge(raw, origin, now, self._last_question())

    def close(self) -> None:
        """Let the threads go; what they are doing has an end by itself."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _in_a_thread(self, raw: bytes, origin: Origin, now: datetime) -> Verdict:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="proof")
        until = self._last_question()
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._judge, raw, origin, now, until)
        try:
            return await asyncio.wait_for(work, self._limit)
        except TimeoutError:
            log.warning("sender not checked", reason="it took too long", size=len(raw))
            return Verdict(Outcome.TEMPORARY, how="the check took too long")

    def _judge(self, raw: bytes, origin: Origin, now: datetime, until: float) -> Verdict:
        # Only who really checks needs the libraries, and they are slow to load.
        from intake.mail.proof.judgement import Judgement
        from intake.mail.proof.questions import Questions

        letter = read_letter(raw)
        if not letter.author:
            return Verdict(Outcome.NONE, how=SEVERAL)
        try:
            questions = Questions(self._resolver, until) if self._resolver else None
            judgement = Judgement(letter, origin, self._forwarders, questions, now)
            outcome, how = judgement.by_results(self._method.authserv_id) if self._trusts else judgement.by_dns()
        except Exception as error:  # noqa: BLE001  # a mail that breaks the check is a mail all the same
            log.error("sender not checked", error=type(error).__name__)
            return Verdict(Outcome.NONE, letter.author, "the check broke down")
        return Verdict(outcome, letter.author, how)

    def _last_question(self) -> float:
        return time.monotonic() + min(self._limit, LAST_QUESTION_S)

    @property
    def _trusts(self) -> bool:
        return self._method.how is How.TRUST
