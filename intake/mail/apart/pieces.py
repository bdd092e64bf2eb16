"""An `Inbound` as pieces of bytes, and back: what is short as JSON, what may be long as it is.

Never as a pickle: whoever finds a way to write our bytes must not thereby find a way to run our code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from pydantic import TypeAdapter

from intake.message import Inbound

Receive = Callable[[], Awaitable[bytes]]

_FACTS = TypeAdapter(Inbound)
_LONG = b""  # stands for bytes that follow


def pieces(inbound: Inbound) -> Iterator[bytes]:
    """The facts, the text, the HTML if there is any, the bytes of each file. The raw mail is not among them."""
    files = tuple(replace(file, content=None if file.content is None else _LONG) for file in inbound.attachments)
    html = None if inbound.html is None else ""
    yield _FACTS.dump_json(replace(inbound, text="", html=html, raw=None, attachments=files))
    yield inbound.text.encode("utf-8", "surrogatepass")
    if inbound.html is not None:
        yield inbound.html.encode("utf-8", "surrogatepass")
    for file in inbound.attachments:
        if file.content is not None:
            yield file.content


async def put_together(receive: Receive, raw: bytes) -> Inbound:
    """What `pieces` took apart. Raises ValueError when it is none."""
    facts = _FACTS.validate_json(await receive())
    text = (await receive()).decode("utf-8", "surrogatepass")
    html = None if facts.html is None else (await receive()).decode("utf-8", "surrogatepass")
    files = [replace(file, content=await receive()) if file.content is not None else file for file in facts.attachments]
    return replace(facts, text=text, html=html, raw=raw, attachments=tuple(files))
