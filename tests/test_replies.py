"""Laws of what customers read."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from intake.replies import Replies
from intake.words.occasions import Event, Listed, ReplyFacts

LANGUAGES = ("en", "zh", "es", "de", "ru")
HOSTILE = "<script>{{ 7*7 }} {% raw %} http://evil.example"
FACTS = ReplyFacts("R-1042", "Maria", "Hello & <b>you</b>\n\n  Bye {{ 7*7 }}", "Kim", "Toaster")


def _replies(own: Path | None = None, languages: tuple[str, ...] = LANGUAGES, default: str = "en") -> Replies:
    return Replies(own, languages, default, "Example Ltd")


def _own(folder: Path, **texts: str) -> Path:
    """A TEMPLATES_DIR: de__answered_txt="…" becomes de/answered.txt.j2."""
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/').replace('_', '.')}.j2"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_event_has_every_form_in_every_language() -> None:
    """templates = events x languages x forms, no more and no less, and all of them render."""
    found = {
        f"{language}/{path.name}" for language in LANGUAGES for path in files("templates").joinpath(language).iterdir()
    }
    wanted = [(event, form) for event in Event for form in event.forms]
    assert found == {f"{language}/{event}.{form}.j2" for language in LANGUAGES for event, form in wanted}
    assert _replies().problems() == ()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", [Event.ACKNOWLEDGED, Event.GREETED])
def test_what_we_send_by_ourselves_repeats_nothing_of_the_sender(event: Event, language: str) -> None:
    """Forms whose acknowledgement repeated a name or a subject were used to send spam to others."""
    plain = _replies().render(event, language, ReplyFacts("R-1042"))
    assert plain == _replies().render(event, language, ReplyFacts("R-1042", HOSTILE, HOSTILE, HOSTILE, HOSTILE))
    assert ("R-1042" in plain.subject) is (event is Event.ACKNOWLEDGED)
    assert "Example Ltd" in plain.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_begins_with_the_agents_words(language: str) -> None:
    """Words first, then who wrote them; in a chat the words alone."""
    answer = _replies().render(Event.ANSWERED, language, FACTS)
    assert answer.subject == "Re: Toaster [R-1042]"
    assert answer.text == f"{FACTS.words}\n\n— Kim, Example Ltd · R-1042"
    assert answer.chat == FACTS.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_shows_each_request_on_a_line_of_its_own(language: str) -> None:
    """Number, state, which one the next message is for; the page only where there are several."""
    listed = (Listed("R-1042", "open", chosen=True), Listed("R-1041", "resolved"), Listed("R-1040", "pending"))
    words = _replies().words(Event.LISTED, language, ReplyFacts("", requests=listed, page=1, pages=2))
    lines = [line for line in words.splitlines() if line.startswith("R-")]
    assert [line[:6] for line in lines] == ["R-1042", "R-1041", "R-1040"]
    assert ["✏️" in line for line in lines] == [True, False, False]
    alone = _replies().words(Event.LISTED, language, ReplyFacts("", requests=listed))
    assert len(alone) < len(words)
    assert "R-" not in _replies().words(Event.LISTED, language, ReplyFacts(""))


def test_customers_and_agents_words_are_never_a_template() -> None:
    """`{{ 7*7 }}` stays what it is, in words, names and subjects."""
    answer = _replies().render(Event.ANSWERED, "en", ReplyFacts("R-1", "{{ 7*7 }}", HOSTILE, "{{ 7*7 }}", HOSTILE))
    for form in (answer.subject, answer.text, answer.html, answer.chat):
        assert "{{ 7*7 }}" in form
        assert "49" not in form


def test_html_is_escaped_and_fetches_nothing() -> None:
    """No tag of a sender's, no picture, no style sheet, no link."""
    html = _replies().render(Event.ANSWERED, "en", FACTS).html
    assert "Hello &amp; &lt;b&gt;you&lt;/b&gt;<br>\n<br>\n  Bye" in html
    assert 'lang="en"' in html
    for event in Event:
        if "html" in event.forms:
            assert not re.search(r"src=|href=|url\(|https?:", _replies().render(event, "de", FACTS).html)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("AW: Re: Toaster", "Re: Toaster [R-1042]"),
        ("Re[2]: 回复：Toaster [R-1042]", "Re: Toaster [R-1042]"),
        ("Toaster\r\nBcc: all@example.org\x00\u202e\u061c", "Re: Toaster Bcc: all@example.org [R-1042]"),
        ("x" * 1000, f"Re: {'x' * 200} [R-1042]"),
        ("", "Your request [R-1042]"),
        ("Re:", "Your request [R-1042]"),
    ],
)
def test_a_subject_is_one_clean_line(subject: str, expected: str) -> None:
    """No header can be forged with it, and "Re: Re: Re:" does not grow."""
    assert (
        _replies().render(Event.ANSWERED, "en", ReplyFacts("R-1042", words="Hi", subject=subject)).subject == expected
    )


def test_words_that_look_like_a_subject_stay_words() -> None:
    """The first line of the template is the subject, nothing behind it."""
    answer = _replies().render(Event.ANSWERED, "en", ReplyFacts("R-1", words="Subject: You won\n\nHi"))
    assert answer.subject == "Your request [R-1]"
    assert answer.text.startswith("Subject: You won\n\nHi\n\n—")


@pytest.mark.parametrize("words", ["", "👍", "x" * 200_000, "\n" * 50_000, "<&>\"'" * 40_000])
def test_an_agents_words_are_never_cut(words: str) -> None:
    """However long they are: the limit is for templates."""
    answer = _replies().render(Event.ANSWERED, "en", ReplyFacts("R-1", words=words))
    assert answer.chat == words
    assert answer.text.startswith(words)


@pytest.mark.parametrize(
    ("asked", "default", "language"),
    [
        ("de", "en", "de"),
        ("de-AT", "en", "de"),
        ("ZH-hans", "en", "zh"),
        ("fr", "es", "es"),
        (None, "ru", "ru"),
        ("fr", "pt", "en"),
    ],
)
def test_the_language_falls_back_to_the_default_then_english(asked: str | None, default: str, language: str) -> None:
    """A customer always gets words, in the best language there is."""
    given = _replies(default=default).render(Event.ACKNOWLEDGED, asked, FACTS)
    assert given == _replies().render(Event.ACKNOWLEDGED, language, FACTS)


def test_a_language_that_the_company_does_not_speak_is_not_used() -> None:
    """Built-in texts of other languages would promise an answer in them."""
    assert 'lang="en"' in _replies(languages=("en", "zh")).render(Event.ACKNOWLEDGED, "de", FACTS).html


def test_the_companys_own_words_come_first(tmp_path: Path) -> None:
    """One file in TEMPLATES_DIR replaces one text, and its HTML says the same."""
    own = _replies(_own(tmp_path, de__acknowledged_txt="Subject: Moin {{ number }}\n\nDanke & bis bald\n"))
    given = own.render(Event.ACKNOWLEDGED, "de", FACTS)
    assert (given.subject, given.text) == ("Moin R-1042", "Danke & bis bald")
    assert "Danke &amp; bis bald" in given.html
    assert "Mensch" not in given.html
    assert given.chat == _replies().render(Event.ACKNOWLEDGED, "de", FACTS).chat
    assert own.render(Event.ACKNOWLEDGED, "en", FACTS) == _replies().render(Event.ACKNOWLEDGED, "en", FACTS)
    assert own.problems() == ()


def test_a_layout_of_ones_own_frames_the_built_in_texts(tmp_path: Path) -> None:
    """Colours and a name above every mail need one file only."""
    own = _replies(_own(tmp_path, layout_html="<h1>{{ company }}</h1>{% block body %}{% endblock %}"))
    assert own.render(Event.ANSWERED, "en", FACTS).html.startswith("<h1>Example Ltd</h1>")
    assert own.problems() == ()


def test_a_new_language_needs_only_files(tmp_path: Path) -> None:
    """French is a folder; what is missing in it is said and comes in the default language."""
    folder = _own(tmp_path, fr__acknowledged_txt="Subject: Merci\n\nBonjour\n")
    own = _replies(folder, languages=("en", "fr"))
    assert own.render(Event.ACKNOWLEDGED, "fr", FACTS).text == "Bonjour"
    assert own.render(Event.ANSWERED, "fr", FACTS) == _replies().render(Event.ANSWERED, "en", FACTS)
    assert [problem.split(" ")[0].removeprefix(f"{folder}/") for problem in own.problems()] == [
        "fr/greeted.txt.j2",
        "fr/greeted.chat.j2",
        "fr/acknowledged.chat.j2",
        "fr/answered.txt.j2",
        "fr/answered.chat.j2",
        *(f"fr/{event}.{form}.j2" for event in Event if "html" not in event.forms for form in event.forms),
    ]


BROKEN = {
    "syntax": ("Subject: x\n\n{{ words }}\n{% if %}", 4),
    "unknown variable": ("Subject: x\n\n{{ words }}\n\n{{ agnt }}", 5),
    "no subject": ("{{ words }}", 1),
    "empty subject": ("Subject: {{ '' }}\n\n{{ words }}", 1),
    "no empty line": ("Subject: x\n{{ words }}", 1),
    "words left out": ("Subject: x\n\nDear customer", 1),
    "division": ("Subject: x\n\n{{ words }}\n{{ 1/0 }}", 4),
    "missing include": ("Subject: x\n\n{{ words }}\n{% include 'none.j2' %}", 4),
    "includes itself": ("Subject: x\n\n{{ words }}{% include 'de/answered.txt.j2' %}", 3),
    "outside": ("Subject: x\n\n{{ words }}\n{% include '../../secret.j2' %}", 4),
    "many letters": ("Subject: x\n\n{{ words }}\n{{ 'a' * 10**8 }}", 4),
    "wide number": ("Subject: x\n\n{{ words }}\n{{ '%099999999d' % 1 }}", 4),
    "format": ("Subject: x\n\n{{ words }}\n{{ '{:099999999d}'.format(1) }}", 4),
    "long loop": ("Subject: x\n\n{{ words }}\n{% for i in range(99999) %}{% endfor %}", 4),
    "escape": ("Subject: x\n\n{{ words }}\n{{ ''.__class__.__mro__ }}", 4),
    "long output": ("Subject: x\n\n{{ words }}\n" + "a" * 70_000, 1),
}


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_template_gives_way_to_the_built_in_text(tmp_path: Path, text: str, line: int) -> None:
    """The answer leaves all the same, and `problems` names the file and the line."""
    own = _replies(_own(tmp_path, de__answered_txt=text))
    assert own.render(Event.ANSWERED, "de", FACTS) == _replies().render(Event.ANSWERED, "de", FACTS)
    (problem,) = own.problems()
    assert problem.startswith(f"{tmp_path}/de/answered.txt.j2, line {line}: ")
    assert "\n" not in problem


@pytest.mark.parametrize("form", ["html", "chat"])
def test_an_answer_is_never_sent_without_its_words(tmp_path: Path, form: str) -> None:
    """A template that forgets them is broken in every form."""
    own = _replies(_own(tmp_path, **{f"en__answered_{form}": "Dear {{ customer }}"}))
    assert own.render(Event.ANSWERED, "en", FACTS) == _replies().render(Event.ANSWERED, "en", FACTS)
    assert len(own.problems()) == 1


def test_a_file_that_is_never_used_is_reported(tmp_path: Path) -> None:
    """A misspelt name does nothing; somebody must say so."""
    (problem,) = _replies(_own(tmp_path, de__aknowledged_txt="Subject: x\n\ny", macros__note_txt="x")).problems()
    assert problem.startswith(f"{tmp_path}/de/aknowledged.txt.j2 is never used")


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    """The built-in texts go on working."""
    own = _replies(tmp_path / "none")
    assert own.problems() == (f"{tmp_path / 'none'}: there is no such folder.",)
    assert own.render(Event.GREETED, "en", ReplyFacts("")) == _replies().render(Event.GREETED, "en", ReplyFacts(""))


def test_the_page_for_operators_names_every_event_and_variable() -> None:
    """docs/templates.md is complete."""
    page = (Path(__file__).parent.parent / "docs/templates.md").read_text()
    for event in Event:
        assert f"| `{event}` |" in page
        for name in _replies()._values(event, "en", FACTS):
            assert f"| `{name}` |" in page
