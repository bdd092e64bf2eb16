"""Laws of our DKIM signatures: what the relay has got verifies, what was changed on the way does not."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

from bot.demo.mailcatcher import CaughtMail
from intake.mail.compose import compose
from intake.mail.send import Smarthost
from intake.mail.signing import KeyUnusable, Signer, read_signer, same_key
from intake.message import Outbound, StoredFile
from tests.signing_keys import make_key
from tests.test_mail_send import ANSWER, NOW, catching

PDF = StoredFile(1, "счёт.pdf", "application/pdf", 4, "0" * 64)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    keys = {
        "ed25519": make_key(folder / "ed25519.pem", "-algorithm", "ed25519"),
        "rsa": make_key(folder / "rsa.pem", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048"),
        "weak": make_key(folder / "weak.pem", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:768"),
        "ec": make_key(folder / "ec.pem", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    }
    old = folder / "pkcs1.pem"
    subprocess.run(["openssl", "rsa", "-in", keys["rsa"], "-traditional", "-out", old], check=True, capture_output=True)
    windows = folder / "windows.pem"
    windows.write_bytes(b"# ours\r\n" + keys["rsa"].read_bytes().replace(b"\n", b"\r\n"))
    return {**keys, "pkcs1": old, "windows": windows}


def signer(path: Path) -> Signer:
    return read_signer("example.com", "s1", path)


def dns(signer: Signer, record: str | None = None) -> Callable[..., bytes]:
    """The DNS, where only our record stands."""
    published = signer.record if record is None else record
    return lambda name, timeout=5: published.encode() if name == f"{signer.record_name}.".encode() else b""


async def sent(signer: Signer, outbound: Outbound, files: tuple[tuple[StoredFile, bytes], ...] = ()) -> CaughtMail:
    """The mail as the relay has got it."""
    message = compose(outbound, files=files, reply_address="support@example.com", from_name="Müller & Söhne", now=NOW)
    async with catching() as catcher:
        await Smarthost(f"smtp://127.0.0.1:{catcher.port}", signer=signer).send(
            message, "support@example.com", outbound.to
        )
    (mail,) = catcher.mails
    return mail


@pytest.mark.parametrize("name", ["ed25519", "rsa", "pkcs1", "windows"])
@pytest.mark.parametrize(
    "outbound",
    [
        ANSWER,
        replace(ANSWER, html="<p>Dear Anna</p>", automatic=True, cc=("bob@customer.example", "eve@other.example")),
        replace(ANSWER, to="дима@customer.example", subject="Re: Чайник 🫖", in_reply_to="a@b", references=("c@d",)),
        replace(ANSWER, text=".\n.." + " \t\n" * 5 + "trailing   \n\n\n"),
    ],
    ids=["plain", "html and copies", "SMTPUTF8", "dots and blanks"],
)
async def test_what_the_relay_got_verifies(keys: dict[str, Path], name: str, outbound: Outbound) -> None:
    """Over SMTP, dots doubled and halved again, letters outside ASCII in the header: the signature holds."""
    by = signer(keys[name])
    mail = await sent(by, outbound, ((PDF, b"%PDF"),))
    assert mail.raw.startswith(b"DKIM-Signature: v=1; a=" + by.algorithm.encode())
    assert dkim.verify(mail.raw, dnsfunc=dns(by))
    assert not dkim.verify(mail.raw, dnsfunc=dns(by, "v=DKIM1; k=rsa; p="))


@pytest.mark.parametrize(
    ("found", "changed"),
    [
        (b"Subject: Re: My kettle", b"Subject: Your bill"),
        (b"From: ", b"From: boss@example.com\r\nFrom: "),
        (b"To: anna@", b"To: eva@"),
        (b"send it to us.", b"send it to them."),
        (b"send it to us.\r\n", b"send it to us.\r\nAnd your password.\r\n"),
    ],
)
async def test_what_was_changed_on_the_way_does_not_verify(keys: dict[str, Path], found: bytes, changed: bytes) -> None:
    """Neither a field, nor a second From above ours, nor words below."""
    by = signer(keys["ed25519"])
    raw = (await sent(by, ANSWER)).raw
    assert found in raw
    assert not dkim.verify(raw.replace(found, changed, 1), dnsfunc=dns(by))


async def test_the_signature_says_what_it_covers(keys: dict[str, Path]) -> None:
    """Relaxed both ways, From once more than it is there, all of the body."""
    raw = (await sent(signer(keys["rsa"]), replace(ANSWER, in_reply_to="a@b.example", automatic=True))).raw
    field = raw.partition(b"\r\nFrom:")[0].decode()
    tags = dict(part.strip().split("=", 1) for part in "".join(field.partition(":")[2].split()).split(";"))
    assert (tags["c"], tags["d"], tags["s"]) == ("relaxed/relaxed", "example.com", "s1")
    assert "l" not in tags
    covered = tags["h"].split(":")
    assert covered.count("from") == 2
    wanted = "to subject date message-id in-reply-to references reply-to mime-version content-type auto-submitted"
    assert set(wanted.split()) <= set(covered)
    assert "cc" not in covered


def test_the_record_to_publish_names_the_key_and_not_its_secret(keys: dict[str, Path]) -> None:
    """What openssl says is the public key, under the selector."""
    by = signer(keys["rsa"])
    public = subprocess.run(
        ["openssl", "pkey", "-in", keys["rsa"], "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    assert by.record_name == "s1._domainkey.example.com"
    assert by.record == f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"
    assert signer(keys["ed25519"]).record.startswith("v=DKIM1; k=ed25519; p=")
    assert "PRIVATE" not in repr(by)
    assert same_key(["v=spf1 -all", by.record.replace("p=", "p= ").replace("MII", "M I I")], by)
    assert not same_key([signer(keys["ed25519"]).record, "v=DKIM1; p=", ""], by)


@pytest.mark.parametrize(
    ("name", "words"),
    [("weak", "768 bits"), ("ec", "neither an RSA nor an Ed25519 key"), ("public", "no private key in PEM")],
)
def test_a_key_that_cannot_sign_is_refused_in_a_sentence(
    keys: dict[str, Path], tmp_path: Path, name: str, words: str
) -> None:
    """Too short, of another kind, or none."""
    (tmp_path / "public.pem").write_text("-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n")
    with pytest.raises(KeyUnusable, match=words):
        signer(keys.get(name, tmp_path / "public.pem"))


@pytest.mark.parametrize(
    "content", [b"", b"\xff" * 5000, b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----"]
)
def test_any_file_is_read_without_another_error(tmp_path: Path, content: bytes) -> None:
    """An operator names the wrong file now and then."""
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    with pytest.raises(KeyUnusable):
        signer(path)


def test_a_domain_is_signed_for_in_its_ascii_form(keys: dict[str, Path]) -> None:
    """And speaks for what lies below it and above it, as DMARC's relaxed mode has it; for nobody else."""
    by = read_signer("bücher.example", "s1", keys["ed25519"])
    assert by.domain == "xn--bcher-kva.example"
    assert by.speaks_for("hilfe@bücher.example")
    assert by.speaks_for("hilfe@shop.xn--bcher-kva.example")
    assert not by.speaks_for("hilfe@notxn--bcher-kva.example")


@pytest.mark.parametrize(
    ("domain", "selector"), [("example", "s1"), ("ex ample.com", "s1"), ("a.example", "s;1"), ("a.example", "")]
)
def test_names_that_cannot_stand_in_the_dns_are_refused(keys: dict[str, Path], domain: str, selector: str) -> None:
    """They would break the signature's own header."""
    with pytest.raises(KeyUnusable):
        read_signer(domain, selector, keys["ed25519"])
