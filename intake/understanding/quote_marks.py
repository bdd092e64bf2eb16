"""How mail programs announce what they quote, language by language. Data only; `quotes` walks it, a line at a time.

Every pattern is matched against a few hundred characters at most, so none can be made to run long.
"""

from __future__ import annotations

import re

# "On 3 May, Ann wrote:" begins with one of these ...
OPENINGS = (
    *("on", "sent from", "am", "mo", "di", "mi", "do", "fr", "sa", "so", "le", "el", "em", "il", "op"),
    *("w dniu", "dnia", "den", "på", "ons", "tir", "dne", "dňa", "tarihinde", "vào", "pada", "a(z)", "la", "la data"),
    *("в", "在", "于", "於"),
)
# ... and says that somebody wrote.
_WROTE = (
    r"wrote|writes|sent|said|schrieb|geschrieben|a écrit|écrit|escribió|escribio|escreveu|ha scritto|scrisse",
    r"schreef|het volgende geschreven|geschreven|napisał(\(a\))?|napisała|pisze|napsal(\(a\))?|napísal(\(a\))?",
    r"написал(\(а\))?|написала|написав(\(ла\))?|пишет|пише|написа|skrev|kirjoitti|írta|şunu yazdı|yazdı|đã viết",
    r"menulis|a scris|έγραψε",
)
_FIRST_LETTERS = "".join(dict.fromkeys(verb[0] for verbs in _WROTE for verb in verbs.split("|")))
WROTE = re.compile(
    # A look at the first letter spares most words the whole list.
    rf"(?<!\w)(?=[{_FIRST_LETTERS}])({'|'.join(_WROTE)})(?!\w)"
    r"|写道|寫道|のメール|さんは書きました|님이 (작성|씀)|작성:",
    re.IGNORECASE,
)
# A day, a time or an address: what tells an announcement from a sentence.
DATED = re.compile(r"\d{1,2}[:.h]\d\d|\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}|\S@\S|\d{1,2}月\d{1,2}日")
# A full date or a time of day.
TIMED = re.compile(r"\d{1,2}[:.]\d\d|\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
# Programs that announce with a date and an address and no verb: "2024-05-03 10:12 GMT+02:00 Ann <ann@example.com>:"
ADDRESSED = re.compile(r"<\s*[^<>\s]{1,120}@[^<>\s]{1,120}>\s*[:：]$")
DATE_FIRST = re.compile(r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}.{0,250}<\s*[^<>\s]{1,120}@[^<>\s]{1,120}>\s*$")
_DASHES = r"(-{2,}+|_{2,}+|={2,}+|\*{2,}+|—{2,}+)"
# A line that says: below is the mail that is answered.
_SEPARATORS = (
    r"original (message|e?-?mail)|(original )?message|reply message|reply above",
    r"urspr[üu]ngliche (nachricht|e-?mail|mail)|original-?nachricht|(antwort )?nachricht",
    r"message (d'origine|original|initial)|mensaje original|mensagem original|messaggio originale",
    r"oorspronkelijk(e)? bericht",
    r"(oryginalna )?wiadomość( oryginalna)?|(исходное|первоначальное|оригинальное) сообщение|початкове повідомлення",
    r"原始邮件|原始郵件|邮件原件|原邮件|元のメッセージ|オリジナル メッセージ|원본 ?메시지",
    r"oprindelig (meddelelse|besked)|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti",
    r"původní zpráva|eredeti üzenet|asıl ileti|mesaj original|tin nhắn gốc",
)
SEPARATOR = re.compile(
    rf"\s*{_DASHES}\s?({'|'.join(_SEPARATORS)})\s*[:：]?\s?{_DASHES}?\s*$",
    re.IGNORECASE,
)
# Desks, ours among them, ask for the answer above a line.
_ABOVE = (
    *("please reply above this line", "reply above this line"),
    *("type your reply above this line", "type your answer above this line"),
    *("write your reply above this line", "write your answer above this line"),
    *("bitte antworten sie oberhalb dieser zeile", "bitte antworten sie oberhalb dieser linie"),
)
REPLY_ABOVE = re.compile(rf"\s*(##|--++|==++|\*\*++)?\s*({'|'.join(_ABOVE)})", re.IGNORECASE)
# A mail that is passed on belongs to what its sender says.
_FORWARDED_DASHED = (
    r"forwarded (message|by .{0,80})|weitergeleitete (nachricht|e-?mail)|message (transf[ée]r[ée]|réexpédié)",
    r"mensaje reenviado|mensagem encaminhada|messaggio inoltrat[oa]|doorgestuurd bericht",
    r"(treść )?przekazan\w+ wiadomoś\w+",
    r"wiadomość przekazana|пересылаемое (сообщение|письмо)|переслан\w+ сообщение",
    r"转发(的)?(邮件|邮件信息)|轉寄(的)?郵件",
    r"転送(された)?メッセージ|전달된 메시지|videresendt.{0,20}|vidarebefordrat.{0,20}",
)
_FORWARDED_PLAIN = (
    r"begin forwarded message|anfang der weitergeleiteten (nachricht|e-mail)|début du message (réexpédié|transféré)",
    r"inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem (re)?encaminhada",
    r"begin doorgestuurd bericht|początek przekazywanej wiadomości",
    r"начало (переадресованного|пересылаемого) (сообщения|письма)",
    r"开始转发的邮件|下面是被转发的邮件|転送されたメッセージ",
)
FORWARDED = re.compile(
    rf"\s*({_DASHES}\s?({'|'.join(_FORWARDED_DASHED)})\s?{_DASHES}?|({'|'.join(_FORWARDED_PLAIN)})\s*[:：])\s*$",
    re.IGNORECASE,
)

# The lines of a header that Outlook and others put above what they quote: what each word names.
_HEADER = (
    ("from", "from von de da van od от fra från lähettäjä feladó gönderen kimden від odesílatel expéditeur"),
    ("from", "发件人 寄件人 寄件者 差出人 送信者 보낸사람 发送人"),
    ("date", "sent date gesendet datum envoyé envoye enviado enviada enviadoel fecha data inviato verzonden wysłano"),
    (
        "date",
        "wyslano отправлено дата sendt dato skickat skickades lähetetty päivämäärä elküldve tarih надіслано odesláno",
    ),
    ("date", "发送时间 日期 时间 寄件日期 送信日時 日時 보낸날짜 날짜"),
    ("to", "to an à para a aan do кому til till vastaanottaja címzett kime komu 收件人 收件者 宛先 받는사람"),
    ("cc", "cc kopie copie копия 抄送 副本 참조 dw"),
    ("subject", "subject betreff objet asunto assunto oggetto onderwerp temat тема emne ämne aihe tárgy konu předmět"),
    ("subject", "主题 主題 主旨 件名 제목"),
)
HEADER_KINDS = {word: kind for kind, words in _HEADER for word in words.split()}

SIGNATURE = re.compile(r"--[ \u00a0]?")
# What phones write below a mail: how it begins, and how it goes on. The whole line, and short: people also write about
# what they send.
_DEVICES = (
    ("sent from my ", r"[\w .'’+-]{2,40}"),
    ("sent from ", r"(yahoo|aol|proton|outlook|gmail|mail|samsung|spark|typeapp)\b.{0,80}"),
    ("sent from ", r"(airmail|polymail|newton|front|boxer|acompli|nine|mobile|mailbird|blue)\b.{0,80}"),
    ("sent from ", r"(\w+ ){0,3}(iphone|ipad|android|phone)\b[^,;!?]{0,60}"),
    ("get outlook for ", r".{0,60}"),
    ("gesendet ", r"(von|mit|vom|aus) (meine[mr]|der (gmx|web)|outlook|mail|gmx|web|yahoo).{0,60}"),
    ("diese nachricht wurde ", r"(von|mit|vom|aus) (meine[mr]|der (gmx|web)|outlook|mail|gmx|web|yahoo).{0,60}"),
    ("von meinem ", r".{0,40} gesendet"),
    ("hol dir outlook ", r".{0,60}"),
    ("envoyé ", r"(de(puis)?|à partir de|avec) (mon|outlook|yahoo|la messagerie|proton|mail).{0,60}"),
    ("enviado ", r"(desde|do|de|a partir d[eo]) (mi|o? ?meu|outlook|mail|correo|yahoo|iphone|samsung)\b.{0,60}"),
    ("inviato ", r"(da|dal) (mio|outlook|iphone|libero|yahoo|mail|posta|samsung)\b.{0,60}"),
    ("verzonden ", r"(vanaf|met|van|via) (mijn|outlook|mail|iphone)\b.{0,60}"),
    ("wysłan", r"[eoy] z (mojego|iphone|outlook|poczty|urządzenia).{0,60}"),
    ("отправлено ", r"(с|из) (мо|iphone|ipad|outlook|мобильн|яндекс|почты|mail|samsung|android|устройства).{0,60}"),
    ("надіслано ", r"(з|із) (мо|iphone|outlook).{0,60}"),
    ("发自我的", r".{0,40}"),
    ("從我的", r".{0,40}"),
    ("从我的", r".{0,30}发送"),
    ("发送自", r".{0,40}"),
    ("나의 ", r".{0,20}에서 보냄"),
    ("skickat från ", r"(min|outlook|iphone|e-post).{0,60}"),
    ("sendt fra ", r"(min|outlook|mail).{0,60}"),
    ("lähetetty ", r"(iphone|outlook).{0,60}"),
)
_DEVICE_AT_END = "から送信"
DEVICE = re.compile(
    rf"\s*[<\[(*_]*({'|'.join(f'{begin}({rest})' for begin, rest in _DEVICES)}"
    rf"|.{{0,20}}{_DEVICE_AT_END}(されました)?)[>\])*_.]*\s*$",
    re.IGNORECASE,
)

# Chinese puts no space behind a word.
OPENED = tuple(word if word > "\u2e80" else f"{word} " for word in OPENINGS)
# Every pattern above asks for a digit, an address or a colon somewhere in the line, for a mark at its beginning, or for
# one of these words there. Most lines of a letter have none of them, and that is cheap to see.
_TELLING = re.compile(r"[\d@:：]")
_MARKS = tuple("-_=*—>#<[(")
_WORDS = tuple(dict.fromkeys((*OPENED, *_ABOVE, *(begin for begin, _ in _DEVICES))))


def is_plain(line: str) -> bool:
    """Can nothing but a person's own words stand in this line? It has no blanks around it."""
    return not (
        _TELLING.search(line) or line.startswith(_MARKS) or line.lower().startswith(_WORDS) or _DEVICE_AT_END in line
    )
