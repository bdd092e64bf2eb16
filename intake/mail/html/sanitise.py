"""Make HTML safe to keep: an allow-list of elements, attributes and styles. Nothing in it runs or asks the network."""

from __future__ import annotations

from html import escape

import nh3

from intake.mail.html.text import is_bomb, to_text, without_data

# The library's time grows with the square of some of these: 4 million "&" in one paragraph take 98 seconds.
MAX_HTML = 1 << 20  # characters
MAX_TAGS = 20_000
MAX_ENTITIES = 50_000

_TAGS = frozenset(
    (
        *(
            "a",
            "abbr",
            "address",
            "b",
            "big",
            "blockquote",
            "br",
            "caption",
            "center",
            "cite",
            "code",
            "col",
            "colgroup",
        ),
        *("dd", "del", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins"),
        *("li", "ol", "p", "pre", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td"),
        *("tfoot", "th", "thead", "tr", "tt", "u", "ul"),
    )
)
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align", "valign"},
    "a": {"href"},
    "blockquote": {"type"},  # "cite": a quotation and no indentation
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "width"},
    "th": {"colspan", "rowspan", "width"},
}
# None of these takes an address, and none takes an element out of its place on the page.
_STYLES = frozenset(
    (
        *("color", "background-color", "font-family", "font-size", "font-style", "font-weight", "line-height"),
        *("text-align", "text-decoration", "vertical-align", "white-space", "direction"),
        *("margin", "margin-left", "margin-right", "margin-top", "margin-bottom"),
        *("padding", "padding-left", "padding-right", "padding-top", "padding-bottom"),
        *("border", "border-left", "border-right", "border-top", "border-bottom", "border-collapse"),
    )
)
_GONE_WITH_THEIR_WORDS = frozenset(
    ("script", "style", "title", "template", "noscript", "object", "svg", "math", "iframe")
)


def sanitised(html: str, text: str = "") -> str | None:
    """The same page without scripts, forms, frames, remote pictures and styles that fetch; a bomb becomes its words.

    None when it is a bomb and `text`, the text of the mail, has its words already.
    """
    plain = without_data(html)
    if len(plain) > MAX_HTML or plain.count("<") > MAX_TAGS or plain.count("&") > MAX_ENTITIES or is_bomb(plain):
        words = to_text(html)
        return None if words.strip() == text.strip() else f"<pre>{escape(words)}</pre>"
    html = plain
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_GONE_WITH_THEIR_WORDS),
        attributes=_ATTRIBUTES,
        attribute_filter=_harmless,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel="noopener noreferrer nofollow",
    )


def _harmless(element: str, attribute: str, value: str) -> str | None:
    """A picture may only be one that came with the mail; a link may not lead into it; a style may not fetch."""
    is_cid = value.strip().lower().startswith("cid:")
    if attribute == "src":
        return value if is_cid else None
    if attribute == "href":
        return None if is_cid else value
    if attribute == "style":
        # nh3 has left only known properties; this is for values that only a lenient browser understands.
        return None if any(mark in value.lower() for mark in ("url", "image", "expression", "\\", "@", "/*")) else value
    return value
