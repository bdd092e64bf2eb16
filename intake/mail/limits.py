"""How much the mail server takes, and what it says when something is too much. Each answer is a full sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    size: int = 25 << 20  # of one mail
    buffered: int = 256 << 20  # of all mails that are coming in at the same time
    reserved: int = 64 << 10  # of each mail, whatever the others hold: who fills `buffered` keeps no small mail out
    recipients: int = 50
    commands: int = 250  # of one session, since the greeting or the last mail that was stored
    errors: int = 20  # of one session, counted in the same way: commands that were answered with 5xx
    sessions: int = 200
    sessions_per_peer: int = 10  # by IPv4 address, by /64 of IPv6
    silent: float = 0.3  # who has said nothing for so long makes room when all sessions are in use,
    stalled: float = 2.0  # and who has introduced himself and then brought nothing further for so long;
    hurried: float = 0.1  # both, in a rush:
    rush: int = 200  # newcomers in a second who find all sessions in use; so many mail servers never come
    idle: float = 60.0  # from one command to the next
    turn: float = 120.0  # from the greeting, or from the last mail, to DATA
    transfer: float = 120.0  # from DATA to the final dot; more for a big mail that comes at this pace:
    pace: int = 32 << 10  # bytes a second
    delivery: float = 120.0  # from the final dot to our answer
    goodbye: float = 2.0  # for our last words to leave, before the connection is cut


# One fixed sentence for every failure of ours: it is never the sender's fault, and our errors are not his business.
FAILED = "451 4.3.0 We cannot store this mail at the moment; please send it again later."
BUSY = "421 4.3.2 All connections are in use; please try again later."
TOO_MANY_FROM_YOU = "421 4.7.0 Too many connections from your address; please close some."
NO_ROOM = "421 4.3.1 There is no room for mail at the moment; please try again later."
CLOSING = "421 4.3.2 The service is closing; please try again in a minute."
TIMED_OUT = "421 4.4.2 Nothing came in time; the connection is closed."
MADE_ROOM = "421 4.3.2 All connections are in use and others wait; please try again later."
TOO_MANY_ERRORS = "421 4.7.0 Too many errors; the connection is closed."
TOO_MANY_COMMANDS = "421 4.7.0 Too many commands and no mail; the connection is closed."
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients for one mail; please send the others in another."
TOO_MUCH_AT_ONCE = "452 4.3.1 Too much mail is coming in at once; please send it again later."
FAR_TOO_BIG = "552 5.3.4 The mail is far too big; the connection is closed."

BARE_LINE_END = "500 5.5.2 A command ends with CR and LF, and has neither of them inside."
CONTROL_CHARACTERS = "500 5.5.2 A command has no control characters."
COMMAND_TOO_LONG = "500 5.5.2 The command is too long."
ENDLESS_COMMAND = "500 5.5.2 The command has no end; the connection is closed."
UNKNOWN_COMMAND = "500 5.5.2 There is no such command here."
NOT_SPOKEN_HERE = "502 5.5.1 This is not spoken here; the connection is closed."
NO_LOGIN = "502 5.5.1 Nobody logs in here."
NOT_TOLD = "252 2.5.2 Who is here is not told; send the mail, and it is taken if it is for us."
HELP = "214 2.0.0 Mail for our own mailboxes is taken here, see RFC 5321."


def too_big(limit: int) -> str:
    return f"552 5.3.4 The mail is bigger than the {limit} bytes that are taken here."
