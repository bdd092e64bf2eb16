"""Write the mail that an outgoing message becomes. Pure; every header value is cleaned here, whatever came before."""

from __future__ import annotations

import contextlib
import email.policy
import email.utils
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage

from intake.mail.domains import ascii_domain
from intake.mail.machines.robots import LOOP
from intake.message import Outbound, StoredFile, Undeliverable

MAX_SUBJECT = 998
MAX_REFERENCES = 10
MAX_ID = 250

# 7bit, so that every relay takes it. Sources are left as we wrote them: the library would encode long ids to pieces.
_POLICY = email.policy.SMTP.clone(cte_type="7bit", refold_source="none")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\/]{1,255}")
_PIECE = 66  # letters of a parameter's value on one line
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")  # unescaped in RFC 2231
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.IGNORECASE)


def compose(
    outbound: Outbound,
    *,
    files: Sequence[tuple[StoredFile, bytes]],
    reply_address: str,
    from_name: str,
    now: datetime,
) -> EmailMessage:
    """The whole mail. Its policy says `utf8` when an address needs SMTPUTF8. Raises Undeliverable for a bad address."""
    named = outbound.addressed_to or outbound.to
    account, to, reply_to = (wire_address(address) for address in (outbound.account, named, reply_address))
    utf8 = not (account + to + reply_to + wire_address(outbound.to)).isascii()
    message = EmailMessage(policy=_POLICY.clone(utf8=utf8))
    message["From"] = Address(display_name=_clean(from_name), addr_spec=account)
    # Addresses and ids go in as they stand: the library's folding may break them, see _POLICY.
    message.set_raw("To", to)
    if copies := _copies(outbound.cc, utf8=utf8):
        message.set_raw("Cc", ",\n ".join(copies))
    message.set_raw("Reply-To", reply_to)
    message["Subject"] = _clean(outbound.subject)[:MAX_SUBJECT]
    message["Date"] = email.utils.format_datetime(now)
    _add_ids(message, outbound)
    if outbound.automatic:
        # RFC 3834 §5, and the same wish in Exchange's words.
        message["Auto-Submitted"] = "auto-replied"
        message["X-Auto-Response-Suppress"] = "All"
    message["X-Loop"] = LOOP
    message.set_content(_sendable(outbound.text))
    if outbound.html is not None:
        message.add_alternative(_sendable(outbound.html), subtype="html")
    for file, content in files:
        _attach(message, file, content)
    return message


def wire_address(address: str) -> str:
    """An address as it may stand in a command or a header, its domain in ASCII. Raises Undeliverable if it has no such
    form: quoted local parts, spaces, control characters, no domain."""
    shown = "".join(c for c in address if c.isprintable())[:100]
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zs") for c in address):
        raise Undeliverable(f"The address {shown} contains characters that no mail address may have.")
    if _ADDRESS.fullmatch(address) is None:
        raise Undeliverable(f"{shown or 'An empty address'} is not a mail address.")
    local, _, domain = address.rpartition("@")
    plain = ascii_domain(domain)
    if not plain:
        raise Undeliverable(f"The address {shown} names no domain that mail can be sent to.")
    return f"{local}@{plain}"


def encoded_size(size: int) -> int:
    """What a file of so many bytes takes in a mail: base64 in lines of 76 letters, and the header of its part."""
    return -(-size // 57) * 78 + 512


def _copies(addresses: Sequence[str], *, utf8: bool) -> list[str]:
    """The addresses of Cc. One that would keep the mail from all others is left out; its own copy tells why."""
    found = []
    for address in addresses:
        with contextlib.suppress(Undeliverable):
            copy = wire_address(address)
            if utf8 or copy.isascii():
                found.append(copy)
    return list(dict.fromkeys(found))


def _add_ids(message: EmailMessage, outbound: Outbound) -> None:
    if own := _ids([outbound.message_id or ""]):
        message.set_raw("Message-ID", own[0])
    answered = _ids([outbound.in_reply_to or ""])
    if answered:
        message.set_raw("In-Reply-To", answered[0])
    # RFC 5322 §3.6.4: the chain of the message that is answered, and that message itself last.
    chain = dict.fromkeys(name for name in _ids(outbound.references) if name not in answered)
    thread = [*chain, *answered]
    if len(thread) > MAX_REFERENCES:
        # The RFC wants the whole chain; programs thread by its first and its last ids.
        thread = [thread[0], *thread[1 - MAX_REFERENCES :]]
    if thread:
        message.set_raw("References", "\n ".join(thread))


def _ids(names: Sequence[str]) -> list[str]:
    """Each id in <>. One that is no id, because a customer's program wrote nonsense, is left out."""
    bare = [name.strip().removeprefix("<").removesuffix(">") for name in names]
    return [f"<{name}>" for name in bare if re.fullmatch(r"[!-;=?-~]+", name) and len(name) <= MAX_ID]


def _clean(words: str) -> str:
    """One line without control characters: what could end a header and begin another becomes a space."""
    spaced = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in words)
    return " ".join(spaced.split())


def _sendable(text: str) -> str:
    """Without lone surrogates, and without NUL, which RFC 5322 §2.3 does not allow and some servers refuse."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _attach(message: EmailMessage, file: StoredFile, content: bytes) -> None:
    maintype, _, subtype = file.content_type.lower().partition("/")
    # RFC 2046 §5: these two must not be base64; a mail or a multipart travels as a plain file.
    if maintype in ("message", "multipart") or not (_TYPE.fullmatch(maintype) and _TYPE.fullmatch(subtype)):
        maintype, subtype = "application", "octet-stream"
    message.add_attachment(content, maintype=maintype, subtype=subtype)
    part = message.get_payload(-1)
    assert isinstance(part, EmailMessage)
    del part["Content-Disposition"]
    part.set_raw("Content-Disposition", f"attachment;{_parameter('filename', file_name(file.filename))}")


def file_name(name: str) -> str:
    """A name that any system can store: no path, nothing that hides or turns what it says, at most 200 bytes."""
    kept = "".join(c for c in unicodedata.normalize("NFC", _clean(name)) if unicodedata.category(c) not in ("Cf", "Co"))
    kept = re.sub(r'[/\\:*?"<>|]', "_", kept).strip(" ")
    stem, dot, extension = kept.rpartition(".")
    if not dot or not stem or len(extension.encode()) > 20:
        stem, extension = kept, ""
    end = f".{extension}" if extension else ""
    stem = stem.lstrip(".").encode()[: 200 - len(end.encode())].decode("utf-8", "ignore")
    return (stem + end).rstrip(". ") or "attachment"


def _parameter(name: str, value: str) -> str:
    """A parameter on lines of its own: quoted when that says it all, else in the pieces of RFC 2231."""
    if value.isascii() and len(value) <= _PIECE:
        return f'\n {name}="{value}"'
    octets = [chr(byte) if chr(byte) in _PLAIN else f"%{byte:02X}" for byte in value.encode()]
    pieces = ["".join(octets[start : start + _PIECE // 3]) for start in range(0, len(octets), _PIECE // 3)]
    if len(pieces) == 1:
        return f"\n {name}*=utf-8''{pieces[0]}"
    first, *others = pieces
    lines = [f"{name}*0*=utf-8''{first}", *(f"{name}*{number}*={piece}" for number, piece in enumerate(others, 1))]
    return ";".join(f"\n {line}" for line in lines)
