"""Files in a bucket are as those in the folder: once, whole, by their sha256. On a real S3 server over HTTP."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.checks.everything import findings
from bot.core import files
from bot.errors import StartError
from bot.settings import Settings
from intake.message import Attachment
from storage.buckets import Bucket, BucketAddress
from storage.database import is_away
from storage.models import CommunicationRecord
from tests.builders import NOW, Core, letter
from tests.ports import free_port

ACCESS = {"aws_access_key_id": "a-key", "aws_secret_access_key": "a-secret", "aws_region": "us-east-1"}


@dataclass(frozen=True, slots=True)
class Server:
    """An S3 server whose buckets are folders."""

    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"s3://kept/of-ours?endpoint=http://127.0.0.1:{self.port}"

    def bucket(self) -> Bucket:
        return Bucket(self.url, ACCESS)

    def stored(self) -> dict[str, bytes]:
        found = (path for path in (self.folder / "kept").rglob("*") if path.is_file())
        return {str(path.relative_to(self.folder / "kept")): path.read_bytes() for path in found}


@contextmanager
def _serving(folder: Path, port: int) -> Iterator[Server]:
    command = [sys.executable, "-m", "localbucket", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            end = time.monotonic() + 30
            while True:
                try:
                    httpx.put(f"http://127.0.0.1:{port}/kept")
                    break
                except httpx.TransportError:
                    assert time.monotonic() < end, "the S3 server does not start"
                    time.sleep(0.05)
            yield Server(port, folder)
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with _serving(tmp_path_factory.mktemp("s3"), free_port()) as serving:
        yield serving


async def test_a_file_is_found_by_its_sha256_and_lies_where_the_folder_would_have_it(server: Server) -> None:
    """What was saved is read back, byte for byte, also nothing at all and much; twice is once."""
    bucket = server.bucket()
    for content in (b"", b"hello", b"hello", os.urandom(8_000_000)):
        sha256 = await bucket.save(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        assert await bucket.read(sha256) == content
        assert server.stored()[f"of-ours/{sha256[:2]}/{sha256[2:]}"] == content
    assert len(server.stored()) == 3


async def test_what_is_not_there_is_told_from_what_cannot_be_reached(server: Server, tmp_path: Path) -> None:
    """FileNotFoundError for a missing file; else a failure that passes, for which the wire is told to come again."""
    with pytest.raises(FileNotFoundError):
        await server.bucket().read("0" * 64)
    with pytest.raises(OSError, match="the bucket nobodys does not exist") as missing:
        await Bucket(server.url.replace("kept", "nobodys"), ACCESS).save(b"hello")
    nowhere = Bucket(f"s3://kept?endpoint=http://127.0.0.1:{free_port()}", ACCESS)
    for call in (nowhere.save(b"hello"), nowhere.read("0" * 64)):
        with pytest.raises(OSError, match="the bucket kept cannot be reached") as away:
            await call
        assert not isinstance(away.value, FileNotFoundError)
        assert "127.0.0.1" not in str(away.value)
        assert is_away(away.value)
    assert is_away(missing.value)


async def test_a_name_that_is_no_sha256_is_refused_before_the_bucket_is_asked() -> None:
    """Nothing else in a bucket is ever read."""
    nowhere = Bucket(f"s3://kept?endpoint=http://127.0.0.1:{free_port()}", ACCESS)
    for name in ("../../secret", "", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="sha256"):
            await nowhere.read(name)


@pytest.mark.usefixtures("database")
async def test_a_mail_is_not_accepted_before_its_files_are_in_the_bucket(tmp_path: Path) -> None:
    """While the bucket is away nothing is stored and the sender must come again; when it is back, he is heard."""
    port = free_port()
    core = Core(tmp_path)
    core.intake._files = Bucket(f"s3://kept?endpoint=http://127.0.0.1:{port}", ACCESS)
    photo = Attachment("photo.jpg", "image/jpeg", 3, b"jpg")
    mail = letter("My kettle leaks.", raw=b"y" * 70_000, attachments=(photo,))
    with pytest.raises(OSError, match="cannot be reached"):
        await core.accept(mail)
    assert await CommunicationRecord.all().count() == 0
    with _serving(tmp_path / "s3", port) as serving:
        assert not (await core.accept(mail)).duplicate
        assert sorted(serving.stored().values()) == [b"jpg", b"y" * 70_000]
        record = await CommunicationRecord.get().prefetch_related("attachments")
        assert record.at == NOW
        assert {record.raw_sha256, *(file.sha256 for file in record.attachments)} == {
            hashlib.sha256(content).hexdigest() for content in serving.stored().values()
        }


def test_an_address_says_what_is_wrong_with_it() -> None:
    """An operator reads what a bucket's address looks like; a key in it is not repeated."""
    assert BucketAddress.of("s3://kept/of/ours/?endpoint=https://s3.example&region=eu") == BucketAddress(
        "kept", "of/ours", "https://s3.example", "eu"
    )
    for wrong in ("kept", "https://kept", "s3://", "s3://KEY:SECRET@kept", "s3://kept?endpoint=x", "s3://kept?key=1"):
        with pytest.raises(ValueError) as refused:
            BucketAddress.of(wrong)
        assert "SECRET" not in str(refused.value)


async def test_the_check_tries_the_bucket(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It writes and reads a few bytes; what keeps it from that is named. Keys may stand in `.env`, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=a\nAWS_SECRET_ACCESS_KEY=b\nAWS_REGION=us-east-1\n")
    said = [finding async for finding in findings(_settings(tmp_path, server.url))]
    [kept] = [finding for finding in said if "Attachments" in finding.text]
    assert (kept.text, kept.fails) == ("Attachments are kept in s3://kept/of-ours.", False)
    said = [finding async for finding in findings(_settings(tmp_path, server.url.replace("kept", "nobodys")))]
    [lost] = [finding for finding in said if "Attachments" in finding.text]
    assert "the bucket nobodys does not exist" in lost.text
    assert lost.fails


def test_without_the_extra_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sets a bucket's address and has not installed its library reads how."""
    for name in ("obstore", "obstore.store"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(StartError, match=r"pip install 'intake-bot\[s3\]'"):
        files(_settings(tmp_path, "s3://kept"))


def _settings(folder: Path, url: str) -> Settings:
    values: dict[str, object] = {"data_dir": folder / "data", "files_url": url, "mailboxes": ("support@shop.example",)}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]  # any setting
