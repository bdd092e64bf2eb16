"""What programs write when they give mail back, language by language. Data only; `worded_bounces` walks it."""

from __future__ import annotations

import re

# Subjects of returned mail, matched at the start: a person's answer to a bounce begins with "Re:".
_SUBJECTS = (
    # English
    r"undeliver(able|ed)|returned mail|returned to sender|failure notice|failure delivery|mail fail(ure|ed)",
    r"failed mail",
    r"mail deliver\w* (failed|failure|problem|system|error|report|warning)|mail (system|processing) error",
    r"processing error",
    r"delivery (status )?(notification|failure|failed|report|problem|has failed|error)|nondeliverable",
    r"non-?delivery|bounce",
    r"(permanent|warning|message|mail|e-?mail) (delivery|status) ?(failure|error|report)|user unknown",
    r"message (undeliverable|status|not delivered|delay)|(could not|unable to) (deliver|send) (mail|message)",
    r"warning: (could not|message)",
    # German, French, Spanish, Italian, Dutch, Portuguese, Polish
    r"unzustellbar|nicht zustellbar|mail konnte nicht|(.{0,150}: )?non remis|[ée]chec (de la )?remise|courrier non",
    r"no se (puede|pudo|ha podido) entregar|correo no|mensaje no|mancata consegna|impossibile recapitare|onbestelbaar",
    r"niet bezorgd|n[ãa]o entreg|falha na entrega|niedostarczon|nie dostarczono",
    # Russian, Chinese, Japanese, Korean
    r"недоставлен|не доставлен|сообщение не|ошибка доставки|отчет о|退信|系统退信|投递失败|未送达|無法傳遞",
    r"无法投递|無法送達",
    r"配信(不能|エラー|失敗)|送信エラー|배달 ?(실패|불가)",
)
SUBJECT = re.compile("|".join(_SUBJECTS), re.IGNORECASE)

# What they say about it; looked up in small letters, line ends as spaces.
PHRASES = tuple(
    phrase.strip()
    for phrase in """
    could not be delivered; couldn't be delivered; wasn't able to deliver; was not able to deliver; unable to deliver
    undeliverable; was not delivered; not be delivered; cannot be delivered; can't be delivered; did not reach
    could not be reached; delivery failed; delivery has failed; has not been delivered
    not been delivered; delivery failure
    failed to deliver; not delivered to; failed recipient; fatal errors; user unknown; unknown user; no such user
    no such recipient; mailbox unavailable; mailbox not found; user not found; mailbox is full; mailbox full; over quota
    quota exceeded; recipient not found; address(es) failed; invalid recipient; recipients failed; does not exist
    is not known; message was undelivered; not listed in; unknown recipient; recipient unknown; returned to sender
    returned mail; unknown local; invalid address; could not deliver; not deliver; unable to relay
    rejected your message
    unrecognized recipient; no mailbox here; sorry, i couldn't find; delivery problem
    delivery to the following; delayed
    postponed; not yet been delivered; recipient rejected; address rejected; host unknown; host not found
    deliver to the following; unable to locate; error in deliver; returning to sender
    returned below; did not exactly match
    konnte nicht zugestellt; nicht zugestellt werden; unzustellbar; nicht zustellbar; unbekannter empf
    zustellung fehlgeschlagen; n'a pas pu; non remis; n'a pu être; échec de la remise
    no se pudo entregar; no se ha podido; no pudo ser entregado; destinatario desconocido
    não pôde ser; não foi possível entregar; non è stato possibile; impossibile recapitare
    kon niet worden; niet worden bezorgd; nie można dostarczyć; nie została dostarczona; nie mogła być
    не удалось доставить; не может быть доставлен; не доставлено; не было доставлено
    无法送达; 无法投递; 投递失败; 退回; 未能送达; 無法傳遞; 無法送達
    配信できません; 届けられません; 配信に失敗; 送信できません; 전송하지 못; 배달되지
    """.replace("\n", ";").split(";")
    if phrase.strip()
)
# Words of a notice that the mail is late, not lost.
DELAYED = (
    "will keep trying",
    "will continue to try",
    "continue to try",
    "still trying",
    "warning message only",
    "not yet been delivered",
    "has been delayed",
    "has been postponed",
    "do not need to resend",
    "wird weiter versucht",
    "verzögert",
    "retardé",
    "отложен",
    "будет повторять",
)

# Where the notice ends and the mail that came back begins.
_DIVIDERS = (
    r"(the |your |start of )?(original|returned|unsent|undelivered) (message|mail)\b(?! (was|could|has|is|to|you))",
    r"message (header|text|contents?)s? follow|message header|this is a copy of|below this line",
    r"(a )?copy of (the|your) (message|original)",
    r"(the )?(header|body|text|first \d+ lines) of (the|your) (original|message)",
    r"transcript of (the )?(original|message)|urspr[üu]ngliche nachricht|message d'origine|mensaje original",
    r"исходное сообщение|原始邮件|received: |return-path: ",
)
DIVIDER = re.compile(rf"\W*({'|'.join(_DIVIDERS)})", re.IGNORECASE)

# Addresses beside these words are somebody to ask, or what was written in the mail that came back.
ASIDE = re.compile(
    r"contact|assistance|help|questions|administrator|from:|subject:|sender:|message-id|reply-to|mail from|\bto:\s|cc:"
    r"|https?://",
    re.IGNORECASE,
)
