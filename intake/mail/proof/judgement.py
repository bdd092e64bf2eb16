"""Weigh what SPF, DKIM, DMARC and trusted forwarders say of one mail into one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.mail.domains import domain_of
from intake.mail.proof import results
from intake.mail.proof.arc import Sealed, check_arc
from intake.mail.proof.dkim import Dkim, check_dkim
from intake.mail.proof.dmarc import Policy, find_policy
from intake.mail.proof.domains import aligned
from intake.mail.proof.forwarders import Forwarders
from intake.mail.proof.letter import Letter
from intake.mail.proof.origin import Origin
from intake.mail.proof.questions import Questions
from intake.mail.proof.resolver import NoAnswerError
from intake.mail.proof.spf import Spf, check_spf, spf_domain
from intake.mail.proof.verdict import Outcome

Found = tuple[Outcome, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One mail before the judge. Without `questions` nothing can be asked of DNS."""

    letter: Letter
    origin: Origin
    forwarders: Forwarders
    questions: Questions | None
    now: datetime

    def by_results(self, authserv_id: str) -> Found:
        """Our own mail server has checked: it says so in Authentication-Results."""
        return self._or_sealed(self._by_server(authserv_id))

    def by_dns(self) -> Found:
        """We check ourselves, unless a forwarder that we believe has."""
        name = self.forwarders.name_at(self.origin)
        if name:
            return self._or_sealed(self._by_server(name))
        origin, through = self.origin, ""
        if name is not None:
            before = self.forwarders.hop_before(self.letter, self.origin)
            # What the forwarder does not say cannot be guessed: then SPF has nothing to go by.
            origin = before or Origin("")
            through = f"forwarded by {self.origin.peer}" + (f", which had it from {before.peer}: " if before else ": ")
        outcome, how = self._by_own_check(origin)
        return self._or_sealed((outcome, through + how))

    @property
    def _author(self) -> str:
        return domain_of(self.letter.author)

    def _by_server(self, authserv_id: str) -> Found:
        found = results.topmost(self.letter, authserv_id)
        if found is None:
            return Outcome.NONE, f"{authserv_id} has written no Authentication-Results"
        outcome, how = results.judge(found, self._author)
        return outcome, f"{authserv_id} says {how}"

    def _or_sealed(self, found: Found) -> Found:
        """What does not pass here may have passed where it was forwarded from; its seal says so."""
        if found[0] is Outcome.PASS or self.questions is None:
            return found
        match check_arc(self.letter, self.forwarders.sealers, self.questions):
            case Sealed(sealer, away=True):
                return Outcome.TEMPORARY, f"the keys of {sealer}, which forwarded it, could not be had"
            case Sealed(sealer, sealed):
                outcome, how = results.judge(sealed, self._author)
                return outcome, f"forwarded and sealed by {sealer}, which says {how}"
            case _:
                return found

    def _by_own_check(self, origin: Origin) -> Found:
        author, questions = self._author, self.questions
        if not author or questions is None:
            return Outcome.NONE, "the From's domain is none that DNS could know"
        try:
            policy = find_policy(author, questions)
        except NoAnswerError as error:
            return Outcome.TEMPORARY, f"DNS says nothing of {author} ({error})"
        signed = check_dkim(self.letter, author, questions, self.now, strict=policy is not None and policy.strict_dkim)
        if signed.domain:
            return Outcome.PASS, _words(policy, signed)
        if origin.inside:
            # Nobody knows who handed it to the relay, so nobody can say that it was not the sender's server.
            return Outcome.NONE, _words(policy, signed, "SPF cannot be checked: a relay of our own handed it over")
        strict = policy is not None and policy.strict_spf
        speaks = aligned(spf_domain(origin), author, strict=strict)
        if policy is not None and not speaks and not signed.away:
            return Outcome.FAIL, _words(policy, signed, f"SPF is of {spf_domain(origin) or 'nobody'}")
        sent = check_spf(origin, questions)
        return _weigh(policy, signed, sent, speaks=speaks), _words(policy, signed, sent)


def _weigh(policy: Policy | None, signed: Dkim, sent: Spf, *, speaks: bool) -> Outcome:
    if speaks and sent.result == "pass":
        return Outcome.PASS
    if signed.away or sent.result == "temperror":
        return Outcome.TEMPORARY
    # A domain that tells how its mail can be told disowns the rest, whatever it asks others to do with it.
    # Without DMARC, SPF's -all says so too; a signature, though, may have been broken by an honest mailing list.
    if policy is not None or (sent.result == "fail" and not signed.present):
        return Outcome.FAIL
    return Outcome.NONE


def _words(policy: Policy | None, *found: object) -> str:
    return "; ".join((f"DMARC ({policy})" if policy else "no DMARC", *map(str, found)))
