"""Find Chinese postal addresses: from the largest place to the smallest, without gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.understanding.facts.fact import Fact

_HAN_NUMBER = re.compile(r"[0-9A-Za-z一二三四五六七八九十-]{1,6} ?(?:号楼|号院|号门|號|号|弄|栋|幢|座)")
_HAN_RUN = re.compile(r"[一-鿿0-9A-Za-z#（）() -]{1,60}$")
_HAN_START = re.compile(r"(?:地址|住址|寄|送|发|邮|在|到|至|是|为|改成|改为|换成|住|给|收)(?=[一-鿿]{2,})|[:：]")
_HAN_PLACE = re.compile(
    r"(?:中国)?(?:(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|臺灣|台灣|内蒙古|广西|西藏|宁夏"
    r"|新疆|香港|澳门|澳門|台北|臺北|新界|九龍|九龙|港島)"
    r"(?:省|市|自治区|特别行政区)?|(?:(?![的了是填写寫我你您把给給到])[一-鿿]){2,4}(?:省|市|区|县|區|縣|鄉|鎮))"
)
_HAN_STREET = re.compile(r"路|街|道|巷|弄|村|胡同|里|小区|小區|花园|花園|邨|苑|庄|园|大厦|广场|镇")
_HAN_BEHIND = re.compile(
    r"(?:[ ]?(?:[A-Z]{2,8}(?=[一-鿿])|[(（][一-鿿A-Za-z ]{2,16}[)）])?"
    # Behind these words something else is told.
    r"(?:(?!不是|不要|不在|不用|而|改|换|換|的|请|請|电话|電話|手机|手機|收|或|送|寄|到|之前|以前|现在|現在|我)[一-鿿]){0,10}?"
    r"[0-9A-Za-z#一二三四五六七八九十-]{1,6}"
    r"(?:号楼|号院|号门|号|號|栋|幢|楼|层|樓|層|室|单元|單元|座|塔|户|戶|房|舖|铺|店面|商铺|门)(?:[A-Z](?![A-Za-z0-9室房座户]))?)"
    r"|[甲乙丙丁](?![一-鿿])|之[0-9一二三四五六七八九十](?:[0-9]{1,3})?"
    r"|[ ]?[0-9]{1,2}-[0-9]{1,2}(?:-[0-9]{2,4})?(?![0-9-])|[ ]?[0-9]{1,4}[A-Z](?![A-Za-z0-9-])"
    r"|(?:顶楼|顶层|底楼|底层|地下室)?(?:[东西南北左右中](?:户|侧|单元)|顶楼|顶层|地下室)"
    r"|\n[0-9A-Za-z]{1,5}(?:号楼|栋|幢|楼|层|樓|室|单元|座|户|房)"
    r"|[ ]?[0-9]{3,5}(?:室|房)?(?![0-9元块-])|(?:[一-鿿]{2,8}?(?:宾馆|酒店|饭店|医院|学校|大学|工业园|写字楼|商场|市场)"
    r"|[一-鿿]{2,8}(?:小区|花园|大厦|广场|苑|园区?|公寓|中心|家园)"
    r"(?:[0-9A-Z][0-9A-Za-z-]{0,6}(?:座|栋|楼|室|号)?)?)"
)
_BREAK = re.compile(r"[ \t>]*\r?\n[ \t>]*")


def chinese_addresses(text: str) -> Iterator[Fact]:
    """Each one that has a place, a street and a number."""
    reached = 0
    for count, match in enumerate(_HAN_NUMBER.finditer(text)):
        if count == 100:
            return
        if match.start() < reached:
            continue
        run = _HAN_RUN.search(text, max(reached, match.start() - 60), match.start())
        if run is None:
            continue
        start = _chinese_start(text, run.start(), match.end())
        if start is None:
            continue
        end = match.end()
        while (more := _HAN_BEHIND.match(text, end)) is not None:
            end = more.end()
        reached = end
        yield Fact("postal_address", one_line(text[start:end]), start, end, 0.8)


def _chinese_start(text: str, start: int, end: int) -> int | None:
    """Where the largest place begins. None: it names a number, but no place and street."""
    place = _HAN_PLACE.search(text, start, end)
    if place is None:
        return None
    begin = place.start()
    for said in _HAN_START.finditer(text, start, end):
        if said.end() > begin and _HAN_PLACE.match(text, said.end(), end):
            begin = said.end()
    return begin if _HAN_STREET.search(text, begin, end) else None


def one_line(written: str) -> str:
    """Lines joined by commas, blanks made one."""
    lines = [line.strip(" \t,;") for line in _BREAK.split(written)]
    return " ".join(", ".join(line for line in lines if line).split())
