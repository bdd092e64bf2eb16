"""Open what wraps a whole mail (opaque S/MIME signatures), and say which wrappers stay shut."""

from __future__ import annotations

from dataclasses import dataclass

from intake.mail import encodings, headers
from intake.mail.mime import Part, take_apart
from intake.mail.wrapped.cms import signed_content

MAX_OPENED = 3  # envelopes in one mail; each may hold as many parts as a mail

SEALED = "encrypted or sealed: cannot be read here"
_SEALED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_ELSEWHERE = {
    "message/external-body": "content that lies elsewhere: nothing was fetched",
    "message/partial": "one piece of a mail that was sent in several",
}


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A tree in which each of the `opened` envelopes stands beside what it held."""

    root: Part
    opened: tuple[Part, ...]
    defects: tuple[str, ...]


def unwrapped(root: Part) -> Unwrapped:
    """The tree of a mail with its signed envelopes open."""
    opener = _Opener()
    tree = opener.part(root)
    return Unwrapped(tree, tuple(opener.opened), tuple(opener.defects))


class _Opener:
    def __init__(self) -> None:
        self.defects: list[str] = []
        self.opened: list[Part] = []

    def part(self, part: Part) -> Part:
        if part.content_type == "multipart/encrypted":
            self.defects.append(SEALED)  # RFC 3156 §4
        if part.content_type in _ELSEWHERE:
            self.defects.append(_ELSEWHERE[part.content_type])
        if part.parts:
            return Part(part.fields, part.content_type, part.parameters, part.body, tuple(map(self.part, part.parts)))
        if part.content_type in _SEALED_TYPES or _is_named_so(part):
            return self._opened(part)
        return part

    def _opened(self, part: Part) -> Part:
        encoding = headers.unfold(part.first("content-transfer-encoding")[:100])
        content = signed_content(encodings.decoded(part.body, encoding)[0]) if len(self.opened) < MAX_OPENED else None
        if content is None:
            if part.parameters.get("smime-type", "").lower() != "certs-only":
                self.defects.append(SEALED)
            return part
        self.opened.append(part)
        inner, defects = take_apart(content)
        self.defects += defects
        return Part(part.fields, "multipart/mixed", {}, b"", (inner, part))


def _is_named_so(part: Part) -> bool:
    """Gateways that know no S/MIME call it a file like any other; its name is all that is left of its type."""
    return part.content_type == "application/octet-stream" and part.parameters.get("name", "").lower() == "smime.p7m"
