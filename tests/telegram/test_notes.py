"""No note ever leaves, whatever agents do in whatever order, and whatever the wires do meanwhile."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.agents.spoken import AgentWords
from intake.message import Attachment, Inbound, Sender, TryAgain, Undeliverable, Unknown
from storage.kinds import DeliveryKind
from storage.models import Agent
from tests.builders import Core, chat, letter, words

pytestmark = pytest.mark.usefixtures("database")

SECRET = "SECRET"
_people = itertools.count(5000)

SAY = st.tuples(st.just("say"), st.booleans(), st.sampled_from([None, "a", "a", "b"]))
ALBUM = st.tuples(st.just("album"), st.integers(2, 4), st.none() | st.integers(0, 3))
EDIT = st.tuples(st.just("edit"), st.integers(0, 8), st.booleans())
RECALL = st.tuples(st.just("recall"), st.integers(0, 8), st.just(None))
PASS = st.tuples(st.just("pass"), st.sampled_from([0.5, 1.5, 60]), st.just(None))
FAIL = st.tuples(
    st.just("fail"), st.sampled_from([TryAgain("busy", 1), Undeliverable("no"), Unknown("lost")]), st.none()
)
DEEDS = st.lists(st.one_of(SAY, SAY, ALBUM, ALBUM, EDIT, EDIT, RECALL, PASS, FAIL), min_size=2, max_size=14)


@dataclass
class Message:
    """One message of the agent: its tokens are words and files that nobody else uses."""

    words: AgentWords
    record: int
    album: str | None
    tokens: list[str]
    is_note: bool


@dataclass
class Desk:
    """An agent in one request, and what must not leave any more."""

    core: Core
    agent: Agent
    request: int
    channel: str
    messages: list[Message] = field(default_factory=list)
    forbidden: set[str] = field(default_factory=set)
    albums: dict[str, str] = field(default_factory=dict)

    async def do(self, deed: str, what: object, how: object) -> None:
        """One deed of the agent or of the world."""
        if deed == "say":
            await self._say(bool(what), how if isinstance(how, str) else None)
        elif deed == "album" and isinstance(what, int):
            for number in range(what):
                await self._say(number == how, "a")
        elif deed == "pass":
            self.core.later(seconds=float(str(what)))
            await self.core.deliver()
        elif deed == "fail" and isinstance(what, Exception):
            self.core.channels[self.channel].failures.append(what)
        elif self.messages and isinstance(what, int):
            message = self.messages[what % len(self.messages)]
            await (self._edit(message, bool(how)) if deed == "edit" else self._recall(message))

    async def _say(self, internal: bool, name: str | None) -> None:
        number = next(_people)
        token, file = f"{SECRET if internal else 'open'}{number}x", f"file{number}x"
        album = self.albums.setdefault(name, f"album{number}") if name else None
        self.core.fetched[file] = b"file"
        files = (Attachment("photo.jpg", "image/jpeg", 4, remote_id=file),) if album else ()
        said = words(self.request, token, attachments=files, form="photo" if album else "text", album=album)
        verb = self.core.answers.note if internal else self.core.answers.reply
        receipt = await verb(self.agent, said, self.core.now)
        tokens = [token, *([file] if album else [])]
        is_note = internal or any(one.is_note for one in self.messages if album and one.album == album)
        self.messages.append(Message(said, receipt.record, album, tokens, is_note))
        if is_note:
            self._stop(self.messages[-1])

    async def _edit(self, message: Message, internal: bool) -> None:
        number = next(_people)
        token = f"{SECRET if internal else 'open'}{number}x"
        old = message.words
        new = AgentWords(
            old.request, f"{old.key}:{number}", token, old.external_id, old.channel, old.account, old.origin,
            attachments=old.attachments, form=old.form, edits=old.key, internal=internal,
        )  # fmt: skip
        await self.core.answers.edit(self.agent, new, self.core.now)
        message.tokens.append(token)
        message.is_note = message.is_note or internal
        if message.is_note:
            self._stop(message)

    async def _recall(self, message: Message) -> None:
        await self.core.answers.recall(self.agent, self.request, message.record, self.core.now)
        if not self._has_left(message):
            self.forbidden |= set(message.tokens)

    def _stop(self, message: Message) -> None:
        """A note, from now on: of it and its album, what has not left must not leave."""
        of_album = [one for one in self.messages if message.album and one.album == message.album]
        for one in (message, *of_album):
            if not self._has_left(one):
                one.is_note = one.is_note or one is not message
                self.forbidden |= set(one.tokens)

    def _has_left(self, message: Message) -> bool:
        return any(token in self.left() for token in message.tokens)

    def left(self) -> str:
        """All that customers were given, on any channel."""
        return " ".join(
            f"{one.text} {one.html} {[part.text for part in one.album]} {[file.remote_id for file in one.files]}"
            for channel in ("mail", "telegram")
            for one in self.core.channels[channel].sent
        )

    def replies_with(self, token: str) -> int:
        sent = (one for channel in ("mail", "telegram") for one in self.core.channels[channel].sent)
        return sum(token in f"{one.text}" for one in sent if one.kind == DeliveryKind.REPLY)


@pytest.mark.parametrize("message", [letter, chat])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
async def test_no_note_ever_leaves(
    tmp_path: Path, message: Callable[..., Inbound], deeds: list[tuple[str, object, object]]
) -> None:
    """Marked at once or by an edit, alone or in an album, through failures and repeats: no word and no file of it."""
    core = Core(tmp_path)
    person = next(_people)
    value = f"{person}@customer.example" if message is letter else str(person)
    receipt = await core.accept(message(sender=Sender(value, "Anna"), reply_to=value))
    await core.deliver()
    channel = "mail" if message is letter else "telegram"
    desk = Desk(core, await core.agent(), receipt.request or 0, channel)
    for deed, what, how in deeds:
        await desk.do(deed, what, how)
    core.channels[channel].failures.clear()
    for _ in range(3):
        core.later(hours=1)
        await core.deliver()
    left = desk.left()
    assert SECRET not in left
    assert {token for token in desk.forbidden if token in left} == set()
    assert all(desk.replies_with(token) <= 1 for one in desk.messages for token in one.tokens if token[0] == "o")
