"""`intake-bot check` finds what would fail, before it fails, and says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.checks.everything import findings
from bot.checks.finding import Finding
from bot.checks.mail import greeting
from bot.demo.mailcatcher import MailCatcher
from bot.desk.health import RIGHTS
from bot.settings import PREFIX, names_given
from intake.mail.signing import read_signer
from tests.nameserver import SERVFAIL, name_server
from tests.ports import free_port
from tests.program import program
from tests.signing_keys import make_key
from tests.stage import MAILBOX, Stage, stage


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    for name in names_given():
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
async def scene(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """Telegram and a relay that answer; check asks the database nothing that differs between the two kinds."""
    async with stage(f"sqlite://{sqlite_file}", tmp_path) as made:
        yield made


async def _found(scene: Stage, **changes: object) -> list[Finding]:
    return [finding async for finding in findings(scene.settings(**changes))]


async def _failing(scene: Stage, **changes: object) -> str:
    """The texts that say what would fail."""
    return "\n".join(finding.text for finding in await _found(scene, **changes) if finding.fails)


async def test_what_is_set_up_well_passes(scene: Stage) -> None:
    """Nothing fails, nothing warns, and each part is named."""
    found = await _found(scene)
    assert [finding.text for finding in found if finding.fails or finding.warns] == []
    told = "\n".join(finding.text for finding in found)
    for part in ("Data directory", "SQLite", "@intake_demo_bot", "Support desk", "Manage topics", MAILBOX, "smarthost"):
        assert part in told
    assert scene.sim.token not in told


async def test_the_exit_code_says_whether_something_would_fail(scene: Stage, tmp_path: Path) -> None:
    """0 when all is well, 1 when not; every line begins with its mark."""
    settings = {
        "telegram_token": scene.sim.token,
        "telegram_api_url": scene.sim.url,
        "desk_chat_id": scene.desk.chat_id,
        "admins": scene.maria.id,
        "database_url": scene.url,
    }
    well = await program(tmp_path, "check", **settings)
    assert (well.code, well.err) == (0, "")
    assert all(line[0] in "✓!" for line in well.out.splitlines())
    ill = await program(tmp_path, "check", **{**settings, "desk_chat_id": -100})
    assert (ill.code, ill.err) == (1, "")
    assert "✗ INTAKE_DESK_CHAT_ID -100" in ill.out


async def test_nothing_configured_says_what_to_set(tmp_path: Path) -> None:
    """As run says it."""
    done = await program(tmp_path, "check")
    assert done.code == 1
    assert "@BotFather" in done.out
    assert "INTAKE_MAILBOXES" in done.out


async def test_a_wrong_token_is_told_and_never_shown(scene: Stage) -> None:
    """Where a new one comes from, without the old one."""
    told = await _failing(scene, telegram_token="7000000001:AAHwrong-token-of-somebody")
    assert "does not accept INTAKE_TELEGRAM_TOKEN" in told
    assert "@BotFather" in told
    assert "AAH" not in told


async def test_an_address_where_no_telegram_answers_is_told(scene: Stage) -> None:
    """The address that was tried, without the token."""
    url = f"http://127.0.0.1:{free_port()}"
    told = await _failing(scene, telegram_api_url=url)
    assert f"cannot be reached at {url}" in told
    assert scene.sim.token not in told


async def test_a_desk_that_the_bot_does_not_know_is_told(scene: Stage) -> None:
    """The setting, Telegram's words, and what to look for."""
    told = await _failing(scene, desk_chat_id=-1009999)
    assert "INTAKE_DESK_CHAT_ID -1009999" in told
    assert "Is the bot in that group?" in told


async def test_no_desk_at_all_is_told(scene: Stage) -> None:
    """Without a desk nobody would see a request."""
    assert "INTAKE_DESK_CHAT_ID" in await _failing(scene, desk_chat_id=None)


async def test_a_desk_without_topics_is_told(scene: Stage) -> None:
    """How to switch them on."""
    scene.desk.turn_topics(False)
    told = await _failing(scene)
    assert "“Support desk” has no topics" in told
    assert "switch Topics on" in told


async def test_a_bot_that_is_no_admin_lacks_every_right(scene: Stage) -> None:
    """Each right is named as Telegram's apps name it."""
    scene.desk.bot_becomes("member")
    told = await _failing(scene)
    for _, name in RIGHTS:
        assert f"lacks the right “{name}”" in told


@pytest.mark.parametrize(("right", "name"), RIGHTS)
async def test_each_missing_right_is_named_alone(scene: Stage, right: str, name: str) -> None:
    """One missing right is one failing line."""
    others = dict.fromkeys([other for other, _ in RIGHTS], True)
    scene.desk.bot_rights(**{**others, right: False})
    failing = [finding.text for finding in await _found(scene) if finding.fails]
    assert len(failing) == 1
    assert f"“{name}”" in failing[0]


async def test_a_desk_without_admins_is_told(scene: Stage) -> None:
    """Nobody could answer."""
    assert "INTAKE_ADMINS is empty" in await _failing(scene, admins=())


async def test_a_relay_that_does_not_answer_is_told(scene: Stage) -> None:
    """Its address, without the password."""
    port = free_port()
    told = await _failing(scene, smarthost=f"smtp://shop:geheim@127.0.0.1:{port}")
    assert f"127.0.0.1:{port} does not take us. The mail relay cannot be reached" in told
    assert "INTAKE_SMARTHOST" in told
    assert "geheim" not in told


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"mail_auth": "assume-pass"}, "INTAKE_MAIL_AUTH"),
        ({"mail_auth": "trust:mx.us.example", "smtp_listen": "0.0.0.0:25"}, "0.0.0.0:25"),
        ({"smarthost": ""}, "INTAKE_SMARTHOST"),
        ({"company": "Example Ltd"}, "INTAKE_COMPANY"),
        ({"smtp_listen": ""}, "INTAKE_SMTP_LISTEN"),
        ({"smtp_listen": "0.0.0.0:0"}, "INTAKE_SMTP_TLS_CERT"),
        ({"trusted_forwarders": ("0.0.0.0/0",)}, "INTAKE_TRUSTED_FORWARDERS 0.0.0.0/0"),
    ],
)
async def test_what_is_unwise_warns_and_does_not_fail(scene: Stage, changes: dict[str, object], name: str) -> None:
    """A mark to look at, and the setting's name."""
    found = await _found(scene, **changes)
    assert not any(finding.fails for finding in found)
    assert [name in finding.text for finding in found if finding.warns] == [True]


async def test_how_senders_are_checked_is_told(scene: Stage) -> None:
    """Who is believed, whether DNS answers, and that SPF knows nothing behind a relay that is not named."""
    with name_server({}) as names:
        verify = {"mail_auth": "verify", "dns_servers": (names.address,)}
        behind = await _found(scene, **verify)
        assert ["INTAKE_TRUSTED_FORWARDERS" in finding.text for finding in behind if finding.warns] == [True]
        assert any(finding.text == "DNS answers." for finding in behind)
        named = await _found(
            scene, **verify, trusted_forwarders=("127.0.0.1", "192.0.2.0/24=mx.host.example", "google.com")
        )
        assert not any(finding.warns for finding in named)
        told = "\n".join(finding.text for finding in named)
        assert "127.0.0.1/32: its Received" in told
        assert "what mx.host.example found" in told
        assert "Forwarder google.com" in told
        names.deaf = True
        deaf = await _found(scene, **verify, trusted_forwarders=("127.0.0.1",))
        assert ["No name server answers" in finding.text for finding in deaf if finding.warns] == [True]


async def _dkim(scene: Stage, key: Path, **changes: object) -> list[Finding]:
    given = {"dkim_domain": "shop.example", "dkim_selector": "s1", "dkim_key_file": key, **changes}
    return [finding for finding in await _found(scene, **given) if "DKIM signs" in finding.text or finding.fails]


async def test_the_dkim_record_to_publish_is_told_and_looked_for(scene: Stage, tmp_path: Path) -> None:
    """Not there, another one, ours, nobody answers: each in a sentence, the record beside it."""
    key = make_key(tmp_path / "key.pem", "-algorithm", "ed25519")
    signer = read_signer("shop.example", "s1", key)
    for published, words, state in (
        ((), "its key is not published", (True, False)),
        (("v=DKIM1; p=", "v=spf1"), "another key is published", (True, False)),
        (SERVFAIL, "cannot be asked", (False, True)),
        ((signer.record,), "its key is published", (False, False)),
    ):
        with name_server({(signer.record_name, "TXT"): published}) as names:
            (found,) = await _dkim(scene, key, dns_servers=(names.address,))
        assert words in found.text
        assert (found.fails, found.warns) == state
        assert (f'{signer.record_name}. TXT "{signer.record}"' in found.text) is (published != (signer.record,))


async def test_a_mailbox_that_the_dkim_domain_does_not_speak_for_is_told(scene: Stage, tmp_path: Path) -> None:
    """Its mail is signed by another domain, which proves nothing to receivers."""
    key = make_key(tmp_path / "key.pem", "-algorithm", "ed25519")
    given = {"dkim_domain": "shop.example", "dkim_selector": "s1", "dkim_key_file": key}
    with name_server({}) as names:
        found = await _found(scene, **given, mailboxes=(MAILBOX, "help@other.example"), dns_servers=(names.address,))
    assert [finding.warns for finding in found if "says nothing for mail from help@other.example" in finding.text] == [
        True
    ]


@pytest.mark.parametrize("missing", ["dkim_domain", "dkim_selector", "dkim_key_file"])
async def test_half_of_dkim_is_told_and_refused(scene: Stage, tmp_path: Path, missing: str) -> None:
    """Unsigned mail would else leave unnoticed. The start says the same."""
    key = make_key(tmp_path / "key.pem", "-algorithm", "ed25519")
    (found,) = await _dkim(scene, key, **{missing: ""} if missing != "dkim_key_file" else {missing: None})
    assert found.fails
    assert found.text == f"DKIM needs all three of its settings; INTAKE_{missing.upper()} is empty."
    given = {"dkim_domain": "shop.example", "dkim_selector": "s1", "dkim_key_file": key, "mailboxes": MAILBOX}
    done = await program(tmp_path, "run", **{name: value for name, value in given.items() if name != missing})
    assert (done.code, done.err.splitlines()[-1]) == (78, found.text)


async def test_a_key_that_cannot_be_used_is_told_with_its_path(scene: Stage, tmp_path: Path) -> None:
    """Missing, or no key."""
    (tmp_path / "no.pem").write_text("geheim")
    for path, words in ((tmp_path / "missing.pem", "No such file"), (tmp_path / "no.pem", "no private key")):
        (found,) = await _dkim(scene, path)
        assert found.fails
        assert f"INTAKE_DKIM_KEY_FILE {path} cannot be used: " in found.text
        assert words in found.text
        assert "geheim" not in found.text


async def test_lmtp_alone_is_a_place_to_take_mail(scene: Stage, tmp_path: Path) -> None:
    """Behind a mail server SMTP may be off."""
    found = await _found(scene, smtp_listen="", lmtp_listen=f"unix:{tmp_path}/lmtp")
    assert not any(finding.warns or finding.fails for finding in found)
    assert any(f"unix:{tmp_path}/lmtp (LMTP)" in finding.text for finding in found)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"lmtp_listen": "unix:/nowhere/lmtp"}, "there is no folder /nowhere. Look at INTAKE_LMTP_LISTEN."),
        ({"smtp_listen": "192.0.2.10:8025"}, "192.0.2.10:8025 cannot be listened on: "),
        ({"smtp_listen": "nowhere.invalid:8025"}, "nowhere.invalid:8025 cannot be listened on: "),
    ],
)
async def test_a_place_that_cannot_be_listened_on_is_told(scene: Stage, changes: dict[str, object], told: str) -> None:
    """The start would end with it."""
    assert told in await _failing(scene, **changes)


async def test_a_running_service_is_no_obstacle_to_itself(scene: Stage) -> None:
    """Its port is taken, most likely by itself."""
    assert await _failing(scene, smtp_listen=f"127.0.0.1:{scene.catcher.port}") == ""


async def test_the_relays_login_is_tried(scene: Stage) -> None:
    """A wrong password shows before the first answer waits for it; a right one is said to be."""
    catcher = MailCatcher(login=("me", "geheim"))
    await catcher.start()
    try:
        told = await _failing(scene, smarthost=f"smtp://me:falsch@127.0.0.1:{catcher.port}")
        assert "The mail relay says: 535" in told
        assert "falsch" not in told
        found = await _found(scene, smarthost=f"smtp://me:geheim@127.0.0.1:{catcher.port}")
    finally:
        await catcher.stop()
    assert f"The smarthost 127.0.0.1:{catcher.port} answers and takes the login of me." in [one.text for one in found]
    assert catcher.mails == []


@pytest.mark.parametrize(
    ("own_name", "host", "warns"),
    [
        ("localhost", "relay.example", True),
        ("3f2a", "203.0.113.9", True),
        ("mx.shop.example", "relay.example", False),
        ("localhost", "127.0.0.1", False),
        ("localhost", "localhost", False),
    ],
)
def test_a_name_that_relays_refuse_is_told(own_name: str, host: str, warns: bool) -> None:
    """A container calls itself anything; a relay on the same machine does not mind."""
    assert [finding.warns for finding in greeting(own_name, host)] == [True] * warns


async def test_a_socket_has_no_address_to_trust(scene: Stage, tmp_path: Path) -> None:
    """127.0.0.1 as a forwarder names nobody when mail comes in by a socket alone."""
    given = {"mail_auth": "verify", "trusted_forwarders": ("127.0.0.1",), "smtp_listen": ""}
    with name_server({}) as names:
        found = await _found(scene, **given, lmtp_listen=f"unix:{tmp_path}/lmtp", dns_servers=(names.address,))
    assert ["a socket has none" in finding.text for finding in found if finding.warns] == [True]


async def test_starttls_is_offered_or_said_why_not(
    scene: Stage, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """In words, with the setting's name; OpenSSL's own say nothing to an operator."""
    cert, key = certificate
    assert "STARTTLS is offered." in [one.text for one in await _found(scene, smtp_tls_cert=cert, smtp_tls_key=key)]
    other = make_key(tmp_path / "other.pem", "-algorithm", "rsa")
    for key_file, told in (
        (other, "the key belongs to another certificate"),
        (None, "they are not PEM"),
        (tmp_path / "none.pem", f"INTAKE_SMTP_TLS_KEY {tmp_path}/none.pem cannot be read: No such file"),
    ):
        assert told in await _failing(scene, smtp_tls_cert=cert, smtp_tls_key=key_file)


async def test_a_tls_key_without_its_certificate_is_told(scene: Stage, tmp_path: Path) -> None:
    """STARTTLS would silently not be offered."""
    assert "INTAKE_SMTP_TLS_CERT is not" in await _failing(scene, smtp_tls_key=tmp_path / "key.pem")


async def test_a_name_that_no_setting_reads_is_told(scene: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip of the pen would else stay without effect and without a word."""
    monkeypatch.setenv(f"{PREFIX}SMARTHOSTS", "x")
    warnings = [finding.text for finding in await _found(scene) if finding.warns]
    assert len(warnings) == 1
    assert f"{PREFIX}SMARTHOSTS" in warnings[0]


@pytest.mark.parametrize("text", ["{% if %}", "{{ nonsense.name }}", "{{ 1 / 0 }}"])
async def test_a_broken_template_of_the_operators_is_told(scene: Stage, tmp_path: Path, text: str) -> None:
    """The file is named; the built-in one beside it does not hide it."""
    broken = tmp_path / "templates" / "en" / "acknowledged.txt.j2"
    broken.parent.mkdir(parents=True)
    broken.write_text(text)
    assert "acknowledged.txt.j2" in await _failing(scene, templates_dir=tmp_path / "templates")


async def test_a_templates_folder_that_is_not_there_is_told(scene: Stage, tmp_path: Path) -> None:
    """The path is named."""
    assert str(tmp_path / "nowhere") in await _failing(scene, templates_dir=tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"this is = = no TOML", b"\xff\xfe", b"[refund]\nwords = 3\n"])
async def test_a_broken_file_of_categories_is_told(scene: Stage, tmp_path: Path, content: bytes) -> None:
    """The setting is named, whatever is in the file."""
    path = tmp_path / "categories.toml"
    path.write_bytes(content)
    assert "INTAKE_CATEGORIES_FILE" in await _failing(scene, categories_file=path)


async def test_a_broken_policy_is_told_with_its_line(scene: Stage, tmp_path: Path) -> None:
    """The setting, the line and the reason."""
    path = tmp_path / "policy.toml"
    path.write_text("[deadlines]\nhigh = 24\nnormal = 4\n")
    told = await _failing(scene, policy_file=path)
    assert "INTAKE_POLICY_FILE" in told
    assert "line 2" in told


async def test_own_files_are_told_of_each_by_itself(scene: Stage, tmp_path: Path) -> None:
    """What they hold when they are good; and a mistake in one hides none in the other."""
    categories, policy = tmp_path / "categories.toml", tmp_path / "policy.toml"
    categories.write_text('[loyalty.words]\nen = ["bonus point*"]\ncn = ["积分"]\n')
    policy.write_text("[[warranty]]\nline = 'Kettles'\nmonths = 24\n[numbers]\norder = ['A-1', 'B-1']\n")
    found = await _found(scene, categories_file=categories, policy_file=policy)
    assert not [finding for finding in found if finding.fails]
    assert [one.text for one in found if one.warns] == [f"{categories} has words in cn, which INTAKE_LANGUAGES lacks."]
    told = "\n".join(finding.text for finding in found)
    assert f"loyalty, unsorted ({categories})." in told
    assert f"1 product lines, 2 patterns of numbers ({policy})." in told
    categories.write_text("[[loyalty]]\n")
    policy.write_text("[deadline]\n")
    told = await _failing(scene, categories_file=categories, policy_file=policy)
    assert f"INTAKE_CATEGORIES_FILE: {categories}, line 1" in told
    assert f"INTAKE_POLICY_FILE: {policy}, line 1" in told


async def test_a_database_that_would_fail_is_told(scene: Stage, tmp_path: Path) -> None:
    """Garbage, a server that is away."""
    (tmp_path / "garbage.sqlite3").write_bytes(b"garbage" * 1000)
    scene.url = f"sqlite://{tmp_path / 'garbage.sqlite3'}"
    assert "damaged" in await _failing(scene)
    scene.url = f"postgres://intake:geheim@127.0.0.1:{free_port()}/intake"
    told = await _failing(scene)
    assert "does not answer" in told
    assert "geheim" not in told


async def test_a_data_folder_that_cannot_be_written_is_told(scene: Stage, tmp_path: Path) -> None:
    """The path and the setting."""
    (tmp_path / "file").write_text("")
    scene.folder = tmp_path / "file"
    told = await _failing(scene)
    assert str(tmp_path / "file") in told
    assert "INTAKE_DATA_DIR" in told
    assert "INTAKE_FILES_URL" not in told  # it is not set


async def test_a_key_that_can_be_guessed_is_told(scene: Stage) -> None:
    """It signs who may write into a request."""

    async def warned(key: str) -> bool:
        found = await _found(scene, secret_key=key)
        return any("openssl rand -hex 32" in finding.text for finding in found if finding.warns)

    assert await warned("kettle")
    assert not await warned("0123456789abcdef" * 4)


async def test_a_data_folder_that_others_may_look_into_is_told(scene: Stage, tmp_path: Path) -> None:
    """It works all the same; the command that mends it is named."""
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    found = await _found(scene, data_dir=data)
    assert [finding.text for finding in found if finding.fails] == []
    assert [finding for finding in found if finding.warns and f"chmod 700 {data}" in finding.text]
