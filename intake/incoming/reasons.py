"""Say in a sentence for an agent why a message came back. RFC 3463 knows the codes; people need words."""

from __future__ import annotations

from intake.message import Failure

MAX_SAID = 200  # characters of what the other server said

# RFC 3463 §3 and the registry that RFC 5248 made: subject and detail. The class only says whether it is for good.
_REASONS: dict[str, str] = {
    "1.1": "the address does not exist",
    "1.2": "the domain of the address does not exist",
    "1.3": "the address is not written as an address must be",
    "1.4": "the address stands for several people",
    "1.6": "the person has moved and left no new address",
    "1.8": "the other side cannot find our own domain",
    "1.10": "the domain takes no mail at all",
    "2.1": "the mailbox is switched off",
    "2.2": "the mailbox is full",
    "2.3": "the message is too large for the mailbox",
    "3.1": "the receiving server is full",
    "3.2": "the receiving server takes no mail at the moment",
    "3.4": "the message is too large for the receiving server",
    "4.1": "the receiving server does not answer",
    "4.2": "the connection to the receiving server broke off",
    "4.4": "no way to the receiving server was found",
    "4.6": "the mail went round in a circle",
    "4.7": "the receiving server did not take it in time",
    "5.3": "the message had too many recipients",
    "7.1": "it was refused as unwanted",
    "7.13": "the account is switched off",
    "7.17": "the mailbox belongs to somebody else now",
    "7.18": "the domain belongs to somebody else now",
    "7.20": "it carries no signature (DKIM) that the receiver accepts",
    "7.23": "our server may not send for our domain (SPF)",
    "7.25": "our server has no name that leads back to it (reverse DNS)",
    "7.26": "our domain could not prove that it was ours (SPF, DKIM, DMARC)",
}
_SUBJECTS: dict[str, str] = {
    "1": "something is wrong with the address",
    "2": "something is wrong with the mailbox",
    "3": "the receiving server has a fault",
    "4": "the way to the receiving server is disturbed",
    "5": "the two servers did not understand each other",
    "6": "the receiving server cannot take this kind of content",
    "7": "it was refused as unwanted",
}
UNKNOWN = "no reason was given"


def reason(failure: Failure) -> str:
    """`the mailbox is full (5.2.2). Their server said: …`, as much of it as is known."""
    sentence = plain(failure.status)
    if failure.status is not None and sentence != UNKNOWN:
        sentence = f"{sentence} ({failure.status})"
    said = " ".join((failure.diagnostic or "").split())
    if not said:
        return sentence
    return f"{sentence}. Their server said: {said[:MAX_SAID]}{'…' if len(said) > MAX_SAID else ''}"


def plain(status: str | None) -> str:
    """What a status means, without its code."""
    detail = status.partition(".")[2] if status else ""
    return _REASONS.get(detail) or _SUBJECTS.get(detail.partition(".")[0]) or UNKNOWN
