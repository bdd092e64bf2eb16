"""HTML becomes text that reads well, and HTML that is kept can do nothing."""

from __future__ import annotations

import pytest

from intake.mail.html import text as reader
from intake.mail.html.sanitise import MAX_ENTITIES, sanitised
from intake.mail.html.text import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<div>a<br></div><div>b<br><br>c</div>", "a\nb\n\nc"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>", "a\n\nb"),
        ("<p style='margin: 0'>a</p><p style='margin:0px'>b</p><p>c</p>", "a\nb\n\nc"),
        ("a<br><br><br><br><br><br>b", "a\n\n\nb"),
        ("<div>a&nbsp; b&#8203;c&shy;d\n e</div>", "a  bcd e"),
        ("<pre>a\n\n\n\n  b</pre>", "a\n\n\n\n  b"),
        ("<div style='white-space: pre-wrap'>a\n b</div>", "a\n b"),
        ("<!--[if mso]><p>no</p><![endif]--><![if !mso]><p>yes</p><![endif]>", "yes"),
    ],
)
def test_line_breaks_are_those_that_the_sender_saw(html: str, text: str) -> None:
    """Each program has its own way to write an empty line."""
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><th>Art</th><th>Qty</th></tr><tr><td>A</td><td>2</td></tr></table>", "Art | Qty\nA | 2"),
        ("<table><tr><td><p>A</p></td><td><div>2</div></td></tr></table>", "A | 2"),
        ("<table><tr><td>Order no.:</td><td>7</td></tr></table>", "Order no.: 7"),
        ("<table role=presentation><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("<table><tr><td><p>a</p><p>b</p><p>c</p></td><td>side</td></tr></table>", "a\n\nb\n\nc\n\nside"),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td><td>c</td></tr></table>", "a | b\n\nc"),
    ],
)
def test_table_of_data_has_rows_and_table_of_layout_has_none(html: str, text: str) -> None:
    """Bars between a logo and a paragraph help nobody."""
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<blockquote>b<blockquote>c</blockquote></blockquote>d", "a\n\n> b\n>>\n>> c\n\nd"),
        (
            "<div>x</div><div class='yahoo_quoted'><div>On 1 May A wrote:</div><div>b</div></div>",
            "x\nOn 1 May A wrote:\n> b",
        ),
        (
            "<blockquote type=cite><div>Begin forwarded message:</div><div>From: A</div></blockquote>",
            "Begin forwarded message:\nFrom: A",
        ),
        ("<blockquote style='margin:0 0 0 40px;border:none'>moved</blockquote>", "moved"),
        ("<blockquote type=cite style='margin:0 0 0 40px;border:none'>said</blockquote>", "> said"),
        (
            "a<div style='border-top:solid #E1E1E1 1.0pt'><b>From:</b> A<br><b>To:</b> B</div>",
            f"a\n{'_' * 32}\nFrom: A\nTo: B",
        ),
        ("<hr><p><b>From: A</b> <b>Date: 1 May</b></p>", f"{'_' * 32}\n\nFrom: A\nDate: 1 May"),
        ("<div>-- <br></div><div>Ann</div>", "-- \nAnn"),
    ],
)
def test_quotation_is_marked_and_a_mail_passed_on_is_not(html: str, text: str) -> None:
    """What folds later must be told from what the sender says now."""
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div style='display: none'>x</div>a", "a"),
        ("<span hidden>x</span><p style='max-height:0;overflow:hidden'>y</p>a", "a"),
        ("<td style='font-size:0'><span style='font-size:13px'>a</span></td>", "a"),
        ("<div style='opacity:0.9'>a</div>", "a"),
        ("<div style='display:none'>all of it</div>", "all of it"),
    ],
)
def test_hidden_words_stay_hidden_unless_they_are_all(html: str, text: str) -> None:
    """Newsletters hide a preview line; nobody sends an empty mail on purpose."""
    assert to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<a href='https://www.x.example/'>x.example</a>", "x.example"),
        ("<a href='https://x.example/a'>here</a>", "here (https://x.example/a)"),
        ("<a href='mailto:a@x.example?subject=q'>write</a>", "write (a@x.example)"),
        ("<a href='https://x.example/p'><img src='https://x.example/i.png'></a>a", "a"),
        (
            "<a href='https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.example%2Fa&amp;data=1'>here</a>",
            "here (https://x.example/a)",
        ),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("<img src='cid:1' alt='image001.png'> <img alt='😀'>", "[image001.png] 😀"),
        ("<ol start=3><li>a<ul><li>b</li></ul></li><li><p>c</p></li></ol>", "3. a\n  - b\n4. c"),
    ],
)
def test_links_pictures_and_lists_say_what_they_are(html: str, text: str) -> None:
    """A link whose words hide where it leads shows it; a gateway before it is left out."""
    assert to_text(html) == text


def test_page_that_would_cost_too_much_still_gives_its_words() -> None:
    """Beyond a limit of size, tags or depth the words come without their form."""
    for page in ("<b>word</b>" * 60_000, "<div>" * 2000 + "word", "<p>word" + " word" * 900_000):
        assert reader.is_bomb(page)
        assert "word" in to_text(page)


def test_pictures_written_into_the_page_make_no_bomb_of_it() -> None:
    """Five megabytes of base64 in an attribute are a photo, and the words around it keep their form."""
    assert to_text(f"<p>a</p><img src='data:image/png;base64,{'A' * 5_000_000}'><p>b</p>") == "a\n\nb"


HOSTILE = """
<body onload="x()" background="https://evil.example/b"><p onclick="x()" style="color: red">Hello</p>
<script>steal()</script><style>p{background:url(https://evil.example/c)}</style>
<a href="javascript:x()">a</a><a href=" data:text/html,x">b</a><a href="https://shop.example/">c</a>
<img src="https://evil.example/pixel.gif" srcset="https://evil.example/2x 2x" alt="remote">
<img src="cid:logo@x" alt="own">
<img src="data:image/svg+xml,<svg onload=x()>"><p style="background-color: url(https://evil.example/d)">x</p>
<p style="border-left: 1px \\75rl(https://evil.example/e)">y</p><p style="position: fixed; top: 0">z</p>
<form action="https://evil.example/f"><input name="password"></form><iframe src="https://evil.example/g"></iframe>
<svg><a xlink:href="javascript:x()">s</a></svg><math href="javascript:x()">m</math><object data="https://evil.example/h"></object>
<link rel="stylesheet" href="https://evil.example/i"><meta http-equiv="refresh" content="0;url=https://evil.example/j">
<video src="https://evil.example/k" poster="https://evil.example/l"></video><base href="https://evil.example/">
"""


def test_kept_html_runs_nothing_and_fetches_nothing() -> None:
    """Scripts, forms, frames, remote pictures and styles that fetch are gone; words, links and own pictures stay."""
    kept = sanitised(HOSTILE) or ""
    for gone in (
        "evil.example",
        "script",
        "onclick",
        "onload",
        "<form",
        "<input",
        "<iframe",
        "<svg",
        "position",
        "data:",
    ):
        assert gone not in kept
    assert '<p style="color:red">Hello</p>' in kept.replace(": ", ":")
    assert 'href="https://shop.example/"' in kept
    assert 'src="cid:logo@x"' in kept
    assert 'rel="noopener noreferrer nofollow"' in kept


def test_kept_html_of_a_bomb_is_its_words() -> None:
    """The library's time grows with the square of some things; past their limit the words are enough."""
    assert (sanitised("&" * (MAX_ENTITIES + 1)) or "").startswith("<pre>&amp;")
    assert (sanitised("<div>" * 3000 + "<b>word") or "").startswith("<pre>word")


def test_words_that_are_the_text_are_not_kept_twice() -> None:
    """A page too large to be kept as one gives its words; where the mail's text has these already, nothing."""
    page = "<p>word" * (MAX_ENTITIES + 1)
    assert sanitised(page, to_text(page)) is None
    assert (sanitised(page, "other words") or "").startswith("<pre>word")
