"""Find the writer's name below a Chinese letter: among the few words of its last lines, or behind its last sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.people import words
from intake.understanding.facts.people.checks import is_chinese_name

_MOST_WORDS = 6
_MOST_SIGNS = 40
_WORD = re.compile(r"[^\s\0,，。.;；:：|/()（）~～!！?？—-]+")
_HAN = re.compile(r"[一-鿿·]{2,7}")
_CLOSING = re.compile(rf"^\s*{words.CHINESE_CLOSINGS}[!！。,，~～\s]{{0,4}}")
_BEHIND = re.compile(
    r"(?:[。！？!?，,\s\0~～]|——?|--)\s{0,2}(?P<han>[一-鿿]{2,7})(?=[\s\0,，。.~～]{0,4}(?:(?:手机|电话|邮箱|微信"
    r"|tel)[:： ]?)?[\s\0,，。()（）]*$)",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:先生|女士|小姐|敬上|谨上|敬启|老师|主席|主任|经理|工|同学|上|收|留|启|兄弟|夫妇)$")
_POLITE = re.compile(r"(?:先生|女士|小姐|老师|主席|主任|经理|师傅|工)$")
_ROLE = re.compile(
    r"^(?:您的|你们的)?(?:新手一枚|房客|租客|住户|业主|店主|老板|老板娘|掌柜|买家|顾客|客户|用户|会员|老客户|家长|患者|病人"
    r"|学生|记者|市民|村民|读者|投诉人|申请人|经办人|负责人|采购员?|会计|财务|行政|经理|主管|老师"
    r"|您?忠实的|一位|一个|此致|敬礼|祝好|谢谢|感谢|多谢|盼复)"
)
_NO_PERSON = re.compile(
    r"(?:公司|集团|厂|店|部|行|中心|市|省|区|县|镇|村|路|院|所|校|组|司|局|社|馆|室|号|楼|工作室|科|处|会)$"
)


def chinese_closing(text: str) -> int | None:
    """Where closing words end with which a line begins; None: it does not."""
    match = _CLOSING.match(text)
    return None if match is None or len(text) > _MOST_SIGNS else match.end()


def below_a_chinese_letter(lines: Sequence[tuple[int, str]], *, sentence: bool = False) -> Iterator[Fact]:
    """The first word that is a person's name; of a `sentence` only what stands behind its last mark."""
    for start, text in lines:
        if sentence:
            match = _BEHIND.search(text, max(0, len(text) - _MOST_SIGNS))
            places = [] if match is None or _is_any_word(text, match) else [match.span("han")]
        else:
            places = [match.span() for match in _WORD.finditer(text[:_MOST_SIGNS])]
            if len(places) > _MOST_WORDS:
                continue
        alone = not sentence and len(places) == 1
        for begin, end in places:
            if (name := _name(text[begin:end], alone=alone)) is not None:
                at = start + begin + text[begin:end].index(name)
                yield Fact("name", name, at, at + len(name), 0.7)
                return


def _is_any_word(text: str, match: re.Match[str]) -> bool:
    """ "…，包车": two signs behind a comma or a blank, unless thanks or a number stand before them."""
    before = text[: match.start()].rstrip(" ，,")
    return len(match["han"]) < 3 and match.group()[0] in "，, " and not before.endswith(("\0", "谢谢", "感谢", "多谢"))


def _name(written: str, *, alone: bool) -> str | None:
    if not _HAN.fullmatch(written) or _NO_PERSON.search(written):
        return None
    name = _TITLE.sub("", _ROLE.sub("", written)) if len(written) > 2 or _POLITE.search(written) else written
    if len(name) == 1 and _POLITE.search(written):
        return name if name in words.SURNAMES or name in words.RARE_SURNAMES else None
    return name if 1 < len(name) <= 4 and is_chinese_name(name, alone=alone) else None
