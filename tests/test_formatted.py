"""Formatted words in mail: what an agent marked, nothing that anybody could smuggle in."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from intake.message import Mark
from intake.replies import Replies
from intake.words.formatted import TAGS, html_lines, says, untagged
from intake.words.marks import within
from intake.words.occasions import Event, ReplyFacts

REPLIES = Replies(None, ("en",), "en", "Kettle Shop")
TEXTS = st.text(st.sampled_from(["a", "b", " ", "\n", "\r", "<", ">", "&", '"', "'", "é", "😀", "\u2028"]), max_size=60)
NUMBERS = st.integers(-5, 70)
URLS = st.none() | st.sampled_from(['https://shop.example/"><script>', "https://shop.example/?a=1&b='2'", "data:x"])
MARKS = st.builds(Mark, st.sampled_from([*TAGS, "spoiler", "script"]), NUMBERS, NUMBERS, URLS)


class Reader(HTMLParser):
    """Reads a fragment strictly: every tag is closed in its turn."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.links: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("b", "i", "u", "s", "code", "span", "a")
        self.open.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(line: str) -> Reader:
    reader = Reader()
    reader.feed(line)
    reader.close()
    return reader


@given(TEXTS, st.lists(MARKS, max_size=8))
def test_any_marks_give_well_formed_lines_that_say_the_same(text: str, marks: list[Mark]) -> None:
    """Overlapping, nested, outside of the text: nested tags, no other words, no other tags, only safe links."""
    lines = html_lines(text, marks)
    assert len(lines) == len(text.splitlines())
    for line, plain in zip(lines, text.splitlines(), strict=True):
        read = _read(line)
        assert (read.text, read.open) == (plain, [])
        assert all(link is not None and link.startswith("https://shop.example/") for link in read.links)


def test_formatting_becomes_tags_on_each_line_by_itself() -> None:
    """Bold that goes over a line break is closed and opened again; what overlaps is nested."""
    assert html_lines("one\ntwo", [Mark("bold", 0, 7)]) == ("<b>one</b>", "<b>two</b>")
    assert html_lines("abc", [Mark("bold", 0, 2), Mark("italic", 1, 2)]) == ("<b>a<i>b</i></b><i>c</i>",)
    link = Mark("link", 0, 4, url="https://shop.example/?a=1&b=2")
    assert html_lines("here", [link]) == ('<a href="https://shop.example/?a=1&amp;b=2">here</a>',)
    assert html_lines("x < y", [Mark("code", 0, 5)]) == ("<code>x &lt; y</code>",)


@given(TEXTS, st.lists(MARKS, max_size=8), NUMBERS, NUMBERS)
def test_the_marks_of_a_stretch_lie_within_it(text: str, marks: list[Mark], start: int, end: int) -> None:
    """What is cut out of a text has its formatting and no more."""
    start, end = max(start, 0), min(end, len(text))
    for mark in within(marks, start, end):
        assert 0 <= mark.start < mark.start + mark.length <= end - start


def test_a_mail_shows_formatting_in_html_and_words_in_text() -> None:
    """Also where it changes within a word: the check for lost words reads what people read."""
    words = "Dear Anna, unbelievable <b>price</b>"
    marks = (Mark("bold", 11, 2), Mark("italic", 13, 7))
    rendered = REPLIES.render(Event.ANSWERED, "en", ReplyFacts("R-1001", words=words, marks=marks))
    assert "<b>un</b><i>believa</i>ble &lt;b&gt;price&lt;/b&gt;" in rendered.html
    assert words in rendered.text
    assert rendered.chat == words
    assert says(untagged(rendered.html), "Dear Anna unbelievable")
