"""Find telephone numbers, as the country of the language or the whole world writes them. The value is E.164."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from intake.understanding.facts.fact import Fact
from intake.understanding.facts.numbers.announcers import ANNOUNCERS
from intake.understanding.facts.numbers.words import TIGHT
from intake.understanding.near import Stretches, matches

_MOST_TRIED = 50
_PERHAPS = re.compile(
    r"(?<![A-Za-z0-9_./#№-])(?<![0-9],)(?:\+|\(\+?"
    r"|00)?[0-9](?:[\s().\-/–\u00a0]{0,3}[0-9]){6,14}(?![A-Za-z0-9_€$-]|[.,][0-9])"
)
# Which country's habits a language's speakers write in, the likeliest first.
_REGIONS = {
    "en": ("US", "GB", "AU", "IE"),
    "zh": ("CN", "TW"),
    "es": ("ES", "MX", "AR"),
    "de": ("DE", "AT", "CH"),
    "ru": ("RU",),
    "fr": ("FR",),
    "it": ("IT",),
    "pl": ("PL",),
    "nl": ("NL",),
    "pt": ("PT", "BR"),
    "uk": ("UA",),
}
_TRUNK = frozenset(["DE", "AT", "CH", "GB", "AU", "IE", "FR", "NL"])  # where a number begins with 0
_SAID = re.compile(
    r"phone|\btel|\bmob|\bcell|\bcall|reach|whats ?app|\bring|\btext me|\bnumber is|contact|telegram|signal|viber"
    r"|telefon|handy|anruf|rückruf|erreich|nummer|teléfono|telefono|móvil|movil|llam|celular|contact"
    r"|тел|моб|звон|номер|связ|电话|手机|联系|致电|微信|電話|手機|☎|📞|📱",
    re.IGNORECASE,
)
_FAX = re.compile(r"(?<!\w)F[:.]?\s{0,2}$|\b(?:tele)?fax|факс|传真", re.IGNORECASE)
# How a country writes what nobody calls a telephone number: with groups of its own, or in one as a mobile's.
_GAP = r"[\s.\-/–\u00a0]"
_WITH_NOUGHT = rf"\(?0[1-9][0-9]{{1,4}}\)?(?:{_GAP}{{1,3}}[0-9]{{2,8}}){{1,5}}|\(0[1-9][0-9]{{1,4}}\)[0-9]{{4,9}}"
_SHAPES = {
    "US": re.compile(rf"(?:1{_GAP})?(?:\([2-9][0-9]{{2}}\){_GAP}?|[2-9][0-9]{{2}}{_GAP})[0-9]{{3}}{_GAP}[0-9]{{4}}"),
    "CN": re.compile(
        rf"1[3-9][0-9]{{9}}|1[3-9][0-9]{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|\(?0[0-9]{{2,3}}\)?{_GAP}?[0-9]{{7,8}}"
        rf"|0[0-9]{{2,3}}{_GAP}[0-9]{{3,4}}{_GAP}[0-9]{{4}}|400{_GAP}?[0-9]{{3,4}}{_GAP}?[0-9]{{3,4}}"
    ),
    "TW": re.compile(
        rf"09[0-9]{{2}}{_GAP}?[0-9]{{3}}{_GAP}?[0-9]{{3}}|\(?0[2-8]{{1,2}}\)?{_GAP}?[0-9]{{3,4}}{_GAP}[0-9]{{4}}"
    ),
    "ES": re.compile(
        rf"[6-9][0-9]{{2}}(?:(?:{_GAP}[0-9]{{3}}){{2}}|(?:{_GAP}[0-9]{{2}}){{3}})"
        rf"|9[0-9]{_GAP}[0-9]{{3}}(?:{_GAP}[0-9]{{2}}){{2}}|9[0-9]{_GAP}[0-9]{{3}}{_GAP}[0-9]{{4}}"
    ),
    "RU": re.compile(
        rf"[78]9[0-9]{{9}}|[78]{_GAP}?\(?[3-9][0-9]{{2,4}}\)?(?:{_GAP}{{0,3}}[0-9]{{2,3}}){{3}}"
        rf"|\(?[3-9][0-9]{{2}}\)?{_GAP}{{1,3}}[0-9]{{3}}{_GAP}[0-9]{{2}}{_GAP}?[0-9]{{2}}"
    ),
    "DE": re.compile(rf"{_WITH_NOUGHT}|01[567][0-9]{{8,9}}"),
    "GB": re.compile(rf"{_WITH_NOUGHT}|07[0-9]{{9}}"),
}
_OTHER_SHAPE = re.compile(rf"\(?[0-9]{{2,5}}\)?(?:{_GAP}{{1,3}}[0-9]{{2,4}}){{2,5}}|0[0-9]{{1,4}}{_GAP}[0-9]{{5,8}}")
_DATE = re.compile(r"[0-3]?[0-9]([./-])[0-3]?[0-9]\1(?:19|20)[0-9]{2}")
_NEAR = 30


def phones(text: str, language: str | None, places: Stretches) -> Iterator[Fact]:
    """Every number that can be called, as far as its form or the words before it say so."""
    code = (language or "").partition("-")[0]
    for tried, match in enumerate(matches(_PERHAPS, text, places)):
        if tried == _MOST_TRIED:
            return
        written = match.group().strip()
        if _DATE.fullmatch(written):
            continue
        near = text[max(0, match.start() - _NEAR) : match.start()].rpartition("\n\n")[2]
        said = _SAID.search(near) is not None
        if (faxes := [*_FAX.finditer(near)]) and not _SAID.search(near, faxes[-1].end()):
            continue
        if not said and _is_announced(near):
            continue
        found = _international(written, said) or _national(written, code, said)
        if found is not None:
            number, confidence = found
            yield Fact("phone", phonenumbers.format_number(number, PhoneNumberFormat.E164), *_span(match), confidence)


def _is_announced(near: str) -> bool:
    """Does a word say that it is a number of something else: "order 77 120 33"?"""
    last = None
    for last in ANNOUNCERS.finditer(near):  # noqa: B007 - the last one counts
        pass
    return last is not None and TIGHT.fullmatch(near, last.end()) is not None


def _span(match: re.Match[str]) -> tuple[int, int]:
    return match.start(), match.start() + len(match.group().rstrip())


def _international(written: str, said: bool) -> tuple[PhoneNumber, float] | None:
    bare = written.lstrip("(")
    plus = said or bare.startswith("+")  # "0044 7719" may be a part's number, too
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"  # 0049 is what people type for +49
    if not bare.startswith("+"):
        return None
    # "+49 (0)30 …": the nought is for those who call from within.
    number = _parsed(bare.replace("(0)", ""), None)
    if number is None:
        return None
    if phonenumbers.is_valid_number(number):
        return number, 0.95
    return (number, 0.7) if plus and phonenumbers.is_possible_number(number) else None


def _national(written: str, language: str, said: bool) -> tuple[PhoneNumber, float] | None:
    """By the country of the language. What nobody calls a telephone number must look like one."""
    digits = re.sub(r"[^0-9]", "", written)
    regions = _REGIONS.get(language, ())
    if not said:  # of the first country, or with the nought that most countries put before
        regions = tuple(
            region for region in regions if (region not in _TRUNK and region == regions[0]) or digits[0] == "0"
        )
    read = [(number, region) for region in regions if (number := _parsed(written, region)) is not None]
    numbers = [number for number, region in read if said or _has_shape(written, region)]
    for number in numbers:
        if phonenumbers.is_valid_number(number):
            return number, 0.85 if said else 0.6
    # Whole, but nobody's at present: 07700 900123. An announced number is one all the same.
    if said and len(digits) >= 9:
        trunk = digits.startswith("0")
        fitting = [number for number in numbers if phonenumbers.is_possible_number(number)]
        for number in fitting:
            if trunk == (number.country_code != 1 and language in ("en", "de")) or language not in ("en", "de"):
                return number, 0.6
    return None


def _has_shape(written: str, region: str) -> bool:
    return _SHAPES.get(region, _OTHER_SHAPE).fullmatch(written) is not None


def _parsed(written: str, region: str | None) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
