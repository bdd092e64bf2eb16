"""Judge how urgent a message is from words in it, with the reason an agent can read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from intake.understanding.words import Entry, Hit, Tokens, Words, tokens

# Danger to people first, then what cannot wait, then what can. The first level with a word in the message decides.
_TABLE: dict[str, dict[str, str]] = {
    "urgent": {
        "en": "urgent*, emergency, asap, as soon as possible, right away, immediately, caught fire, on fire, smok*,"
        " electric shock, got a shock, injur*, burn* my, burning smell, gas leak, dangerous, hacked, unauthori*",
        "de": "dringend*, eilig, eilt, notfall*, sofort, schnellstmöglich, so schnell wie möglich, brennt, qualm*,"
        " rauch*, stromschlag*, verletzt, gefährlich*, gehackt",
        "es": "urgent*, urgencia, emergencia, cuanto antes, lo antes posible, inmediatamente, de inmediato, incendi*,"
        " humo, descarga eléctrica, herid*, peligros*, hackeado, hackeada",
        "ru": "срочно*, срочный, экстренно, немедленно, как можно скорее, как можно быстрее, загорел*, дым, дымит*,"
        " горит, удар* током, травм*, опасно, взломали",
        "zh": "紧急, 緊急, 加急, 十万火急, 尽快, 盡快, 马上, 立刻, 立即, 着火, 起火, 冒烟, 冒煙,"
        " 触电, 漏电, 受伤, 危险, 被盗",
    },
    "high": {
        "en": "lawyer*, legal action, sue you, chargeback, consumer protection, unacceptable, third time, second time,"
        " still no answer, still no reply, no one answers, still waiting, deadline, doesn't work at all, by tomorrow",
        "de": "anwalt*, rechtsanwalt*, rechtlich* schritte*, verbraucherzentrale, verbraucherschutz, inakzeptabel,"
        " zum dritten mal, zum zweiten mal, immer noch keine antwort, warte immer noch, frist, mahnung*, bis morgen",
        "es": "abogado*, acciones legales, denuncia*, protección al consumidor, inaceptable, tercera vez, segunda vez,"
        " sigo esperando, nadie responde, nadie contesta, fecha límite, plazo, para mañana",
        "ru": "адвокат*, юрист*, роспотребнадзор*, суд, в суд, неприемлемо, третий раз, второй раз, до сих пор нет,"
        " никто не отвечает, все еще жду, до завтра, крайний срок",
        "zh": "律师, 律師, 起诉, 消费者协会, 消协, 12315, 不可接受, 第三次, 第二次, 一直没有回复,"
        " 没人回复, 还没回复, 截止, 明天之前",
    },
    "low": {
        "en": "not urgent, no rush, no hurry, whenever you have time, when you have time, just curious, just wondering,"
        " just wanted to say",
        "de": "nicht dringend, nicht eilig, keine eile, eilt nicht, wenn sie zeit haben, nur mal so, aus neugier,"
        " wollte nur sagen",
        "es": "no es urgente, sin prisa, no hay prisa, cuando tenga tiempo, cuando puedan, por curiosidad,"
        " solo quería decir",
        "ru": "не срочно, не спешу, не к спеху, когда будет время, просто интересно, хотел* сказать",
        "zh": "不急, 不着急, 不著急, 有空的时候, 有空再, 方便的时候, 随便问问, 只是想问问",
    },
}


@dataclass(frozen=True, slots=True)
class Urgency:
    """low, normal, high or urgent, and why."""

    priority: str
    reasons: tuple[str, ...] = ()


def judge(subject: str, text: str, language: str | None) -> Urgency:
    """How urgent the message says it is. Never raises; nothing said means normal."""
    return judge_tokens(tokens(subject), tokens(text), language)


def judge_tokens(subject: Tokens, text: Tokens, language: str | None) -> Urgency:
    """The same, for who has cut the message into words already."""
    found: dict[str, list[str]] = {"urgent": [], "high": [], "low": []}
    for place, part in (("subject", subject), ("text", text)):
        hits = _words().find(part, language)
        calm = [hit for hit in hits if hit.entry.label == "low"]
        for hit in hits:
            # "not urgent" has "urgent" in it.
            if hit in calm or not any(_inside(hit, other) for other in calm):
                found[hit.entry.label].append(f'word "{hit.found}" in the {place}')
    for priority, reasons in found.items():
        if reasons:
            return Urgency(priority, tuple(dict.fromkeys(reasons)))
    return Urgency("normal")


def _inside(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


@cache
def _words() -> Words:
    return Words(
        Entry(language, priority, 1, entry.strip())
        for priority, languages in _TABLE.items()
        for language, entries in languages.items()
        for entry in entries.split(",")
    )
