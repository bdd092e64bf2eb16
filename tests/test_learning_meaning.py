"""Learning with the extra `semantic`: it comes in by itself, in every process, and what it costs is kept."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import aiosmtplib
import pytest

from intake.learning.embedded import Embedded
from intake.understanding.model import embedding
from intake.understanding.model.file import Floats
from storage.models import CustomerRequest, ModelVersion
from tests.process import Process
from tests.stage import letter

pytestmark = pytest.mark.skipif(not embedding.installed(), reason="the extra `semantic` is for x86-64 on Linux")

WITHIN_S = 60.0
OWN = """
keep_builtin = false
[refund]
names = { en = "Refund" }
messages = { en = ["please send me my money back", "i would like a refund for this jacket",
  "when do you pay back what i paid", "give me the price back, i changed my mind"] }
[delivery]
names = { en = "Delivery" }
messages = { en = ["where is my parcel", "the package has not arrived yet", "when will my order be delivered",
  "tracking says nothing about the shipment"] }
[account]
names = { en = "Account" }
messages = { en = ["i forgot my password", "i cannot log in to my profile", "please unlock my account",
  "how do i change the login e-mail"] }
"""


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_the_meaning_comes_in_by_itself(database_url: str, tmp_path: Path) -> None:
    """Nobody has taught anything: one of two processes makes a model with the meaning in it, both use it."""
    own = tmp_path / "categories.toml"
    own.write_text(OWN)
    settings = {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "the same everywhere",
        "CATEGORIES_FILE": str(own),
        "MAILBOXES": "support@shop.example",
        "MAIL_AUTH": "off",
        "EMBEDDINGS": "auto",
    }
    async with Process(tmp_path / "one", settings) as one, Process(tmp_path / "two", settings) as two:
        await asyncio.gather(one.start(), two.start())
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(_uses_a_version(one), _uses_a_version(two))
        for number, program in enumerate((one, two)):
            mail = letter("Wo bleibt denn mein Paket?", sender=f"anna{number}@customer.example", subject="")
            await aiosmtplib.send(mail, hostname="127.0.0.1", port=program.port, start_tls=False)
        async with one.database():
            version = await ModelVersion.get(in_use_since__not_isnull=True)
            assert (version.backend, version.labels, version.refused) == ("tfidf+e5", 0, None)
            for request in await CustomerRequest.all():
                assert request.category_model == version.id
                assert (request.category_choices or [[]])[0][0] == "delivery"
        files = [program.data / "embeddings.bin" for program in (one, two)]
        assert [path.stat().st_mode & 0o777 for path in files if path.exists()] == [0o600]
        assert max(one.rss_mib, two.rss_mib) < 400


async def _uses_a_version(program: Process) -> None:
    while "model in use" not in program.log:  # noqa: ASYNC110 - another process says so, in its log
        await asyncio.sleep(0.05)


def _asked(kept: Path, texts: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which of them the library was asked for."""
    asked: list[str] = []
    real = embedding.embed

    def embed(texts: Sequence[str]) -> Floats:
        asked.extend(texts)
        return real(texts)

    with monkeypatch.context() as patch:
        patch.setattr(embedding, "embed", embed)
        first = Embedded(kept).embed(texts)
    assert (first == real(texts).astype("float16")).all()
    return asked


def test_what_is_known_is_not_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refit asks for what is new; what it does not ask for leaves the file, and no word is ever in it."""
    kept = tmp_path / "embeddings.bin"
    assert _asked(kept, ["my parcel", "my money", "\ud800"], monkeypatch) == ["my parcel", "my money", "\ud800"]
    assert _asked(kept, ["my money", "my login"], monkeypatch) == ["my login"]
    assert _asked(kept, ["my parcel", "my money"], monkeypatch) == ["my parcel"]
    assert b"money" not in kept.read_bytes()


@pytest.mark.parametrize("content", [b"", b"embeddings", b"embeddings 1 0.0 300\n" + bytes(800), os.urandom(4_000)])
def test_a_damaged_file_is_made_anew(content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut, of another edition, or noise: everything is asked for again."""
    kept = tmp_path / "embeddings.bin"
    kept.write_bytes(content)
    assert _asked(kept, ["my parcel"], monkeypatch) == ["my parcel"]
    assert _asked(kept, ["my parcel"], monkeypatch) == []


def test_there_is_an_end_to_asking(tmp_path: Path) -> None:
    """When the time is up, the rest is left to the next refit."""
    late = Embedded(tmp_path / "embeddings.bin", most_s=0.0).embed(["my parcel"])
    assert not (late == late).any(), "nothing is known"
