"""What programs write when they give mail back, language by language. Data only; `worded_bounces` walks it."""

from __future__ import annotations

import re

from intake.mail.machines.wording import phrases

# What programs call themselves when they give mail back: local parts, and the names beside them.
SENDER = re.compile(
    r"(mailer[-_. ]?daemon|mail[-_.]?daemon|postmaster|mdaemon|mail[-_.]?delivery|maildelivery|mailsystem|mail-system"
    r"|delivery-?(status|notification|subsystem)|microsoftexchange[0-9a-f]|bounce-?(notification|handler))"
)
# Of these, what no person's mailbox is called.
DAEMON = re.compile(r"\W*(mailer[-_. ]?daemon|mail[-_.]?daemon|mdaemon)")
SENDER_NAME = re.compile(
    r"mail delivery (sub)?(system|service)|(internet|local) mail delivery|mail(er)?[ _-]daemon|mail ?system"
    r"|delivery (sub)?system"
    r"|system administrator|postmaster|mail administrator|e-?mail delivery|maildienst|service de messagerie"
    r"|почтов\w+ систем"
    r"|邮件(系统|投递)|系统管理员|郵件系統|メール配送|메일 ?(시스템|배달|전송)",
    re.IGNORECASE,
)

# Subjects of returned mail, matched at the start: a person's answer to a bounce begins with "Re:".
_SUBJECTS = (
    # English
    r"undeliver(able|ed)|returned mail|returned to sender|failure notice|failure delivery|mail fail(ure|ed)",
    r"mail returned",
    r"failed mail|mail deliver\w* (failed|failure|problem|system|error|report|warning|status)",
    r"mail (system|processing) error",
    r"processing error",
    r"delivery (status )?(notification|failure|failed|report|problem|has failed|error|incomplete|delayed?)",
    r"nondeliverable|non[- ]?delivery|bounce|address not found|message (blocked|rejected)",
    r"recipient (not found|unknown)",
    r"(permanent|warning|message|mail|e-?mail) (delivery|status) ?(failure|error|report|notification)|user unknown",
    r"message (undeliverable|status|not delivered|delay|could not)|(could not|unable to|can ?not) (deliver|send)",
    r"(your )?(message|e-?mail|mail) (to .{1,150} )?(could not be|was not|has not been|cannot be|wasn't) (delivered"
    r"|sent)",
    r"warning: ?(could not|message|e-?mail|mail)|delayed mail|(transient|temporary) (delivery )?(failure|error)",
    r"mail could not be delivered|rejected( e-?mail| mail| message|:)|considered unsolicited|banned (file|contents)",
    r"\W*message you sent blocked|(virus|spam) .{0,40}(in|from) (mail|message)|ndn:|ndr:|error sending",
    r"problem delivering",
    # German, Dutch
    r"unzustellbar|nicht zustellbar|(ihre )?(e-?mail|mail|nachricht) konnte nicht|zustell(ung|fehler|problem)",
    r"mailzustellung",
    r"(mail|nachricht) unzustellbar|zustellbericht|fehler bei der (zustellung|nachricht)|verz[öo]gerte zustellung",
    r"warnung: ",
    r"onbestelbaar|niet bezorgd|niet afgeleverd|kan niet (worden )?(bezorgd|afgeleverd)|bezorg(ing|fout|probleem)",
    # French, Spanish, Italian, Portuguese
    r"(.{0,150}: )?non[ _]?remis|[ée]chec (de )?(la )?(remise|distribution|livraison|l['’]envoi)|courrier non",
    r"message non (remis|distribu)",
    r"non distribuable|retour (de courrier|[àa] l['’]exp)|probl[èe]me de (remise|distribution)|remise (retard|diff)",
    r"no se (puede|pudo|ha podido|entreg)|correo (no|devuelto)|mensaje (no|devuelto|rechazado)|no entregad",
    r"error (de|en la) entrega",
    r"fallo (de|en la) entrega|(notificaci[óo]n|estado) de (estado de )?(la )?entrega|entrega (fallida|retrasada)",
    r"devuelto al remitente",
    r"mancata (consegna|recapito)|impossibile (recapitare|consegnare)|non recapitabil|errore di (consegna|recapito)",
    r"mancato recapito",
    r"n[ãa]o (foi )?(entreg|poss[íi]vel)|falha (na|de) entrega|mensagem (n[ãa]o|devolvida)|erro (na|de) entrega",
    r"e-?mail n[ãa]o entregue",
    # Polish, Czech, Russian, Ukrainian, Turkish
    r"nie ?dostarcz|zwrot (poczty|wiadomo)|b[łl][ąa]d (dostarcz|dor[ęe]cz)|niedor[ęe]cz|raport o (nie)?dor[ęe]cz",
    r"nedoru[čc]|zpr[áa]va nebyla|nelze doru[čc]it|vr[áa]cen[áa] (po[šs]ta|zpr[áa]va)",
    r"не ?доставлен|сообщение (не|возвра)|письмо (не|возвра)|ошибка (доставки|при доставке|отправки)|отч[её]т о",
    r"недоставк",
    r"не удалось доставить|уведомление о (не)?доставк|задерж|не вдалося доставити|помилка доставки|повідомлення не",
    r"teslim (edilem|hata|ba[şs]ar[ıi]s[ıi]z)|iletilem|g[öo]nderilem|ileti (teslim|g[öo]nderil)",
    # Swedish, Danish, Norwegian, Finnish
    r"olevererbar|kan ?(inte|ej) leverer|ej levererat|leveransfel|leverans(status|rapport|misslyck)",
    r"meddelandet kunde inte",
    r"kan ikke leveres|ikke leveret|ikke levert|leveringsfejl|leverings(feil|status|rapport)",
    r"kunne ikke (leveres|levere)|uleverbar",
    r"ei voitu toimittaa|toimitus (ep[äa]onnistui|ei)|toimittamaton|perill?e? ?toimitta|ei toimitettu",
    # Hungarian, Romanian, Slovak, Bulgarian, Croatian, Slovene, Greek
    r"k[ée]zbes[íi]thetetlen|(a )?k[ée]zbes[íi]t[ée]s (sikertelen|nem|hiba)|sikertelen k[ée]zbes[íi]t",
    r"nem k[ée]zbes[íi]thet",
    r"nelivrat|nelivrabil|mesaj(ul)? (nu a putut|nelivrat)|(eroare|e[șs]ec) (de|la) livrare|livrare e[șs]uat",
    r"(spr[áa]va |z[áa]sielka )?nedoru[čc]|nepodarilo sa doru[čc]i|доставката (не|се провали)|недоставен",
    r"неуспешна доставка",
    r"(poruka )?(nije|neisporu[čc]) ?(isporu[čc]|dostavlj|ena|iva)|isporuka (nije|neuspje)",
    r"neuspje[šs]na (isporuka|dostava)",
    r"(sporo[čc]ilo )?ni (bilo )?dostavljen|dostava ni uspela|nedostavljiv",
    r"δεν (παραδόθηκε|ήταν δυνατή η παράδοση)|αποτυχία παράδοσης|μη παραδόσιμο|αδύνατη η παράδοση",
    # Hebrew, Arabic, Persian, Vietnamese, Thai, Indonesian
    r"לא ניתן (למסור|להעביר|לשלוח)|(ה?הודעה|ה?דואר) לא נמסר|מסירה נכשלה|כשל במסירה",
    r"(لم|تعذر) (يتم )?(تسليم|التسليم|إرسال)|فشل (في )?(تسليم|التسليم|إرسال)|غير قابل للتسليم|تحویل نشد|عدم تحویل",
    r"không (thể )?(gửi|chuyển|phát) (được|thư)|thư (không|bị trả)|gửi thư thất bại|chuyển phát thất bại",
    r"ไม่สามารถ(ส่ง|จัดส่ง|นำส่ง)|(การ)?ส่ง(อีเมล|ข้อความ)?(ล้มเหลว|ไม่สำเร็จ)|จัดส่งไม่ได้",
    r"(pesan|email|surel) (tidak (dapat|bisa)|gagal|anda tidak)|gagal (mengirim|terkirim|dikirim)|pengiriman gagal",
    r"tidak terkirim",
    # Chinese, Japanese, Korean
    r"(系[统統])?退信|投[递遞]失[败敗]|未送[达達]|[无無]法(投[递遞]|送[达達]|[传傳][递遞]|发送|發送)",
    r"[邮郵]件(投[递遞]|退回|被退|发送失败|未能)|发信失败",
    r"来自.{0,40}的退信|被退回|未傳遞|傳遞失敗|拒收",
    r"(メール)?(配信|配送|送信|送達)(不能|エラー|失敗|できません|できなかった|通知)|配信不可|未配信|エラーメール",
    r"宛先不明|送信エラー",
    r"(메일 ?)?(배달|전송|발송|전달|수신) ?(실패|불가|지연|오류)|반송|배달되지|전송되지|배달할 수 없",
)
SUBJECT = re.compile("|".join(_SUBJECTS), re.IGNORECASE)

# What they say about it; looked up in small letters, line ends as spaces.
PHRASES = phrases(
    """
    could not be delivered; couldn't be delivered; wasn't able to deliver; was not able to deliver; unable to deliver
    undeliverable; was not delivered; wasn't delivered; not be delivered; cannot be delivered; can't be delivered
    did not reach; could not be reached; couldn't reach; delivery failed; delivery has failed; has not been delivered
    not been delivered; delivery failure; failed to deliver; not delivered to; failed recipient; fatal errors
    user unknown; unknown user; no such user; no such recipient; mailbox unavailable; mailbox not found
    user not found; mailbox is full; mailbox full; over quota; quota exceeded; recipient not found; address(es) failed
    address failed; invalid recipient; recipients failed; does not exist; is not known; message was undelivered
    not listed in; unknown recipient; recipient unknown; returned to sender; returned mail; unknown local
    invalid address; could not deliver; not deliver; unable to relay; rejected your message; unrecognized recipient
    no mailbox here; sorry, i couldn't find; delivery problem; delivery to the following; delayed; postponed
    recipient rejected; address rejected; host unknown; host not found; deliver to the following; unable to locate
    error in deliver; returning to sender; returned below; did not exactly match; address not found; message blocked
    was blocked; has been blocked; couldn't be found; rejected by; delivery incomplete; failed permanently
    problem delivering; could not be sent; were unknown; error occurred while trying to deliver; not accepting
    giving up on it; konnte nicht zugestellt; nicht zugestellt werden; konnten nicht zugestellt; unzustellbar
    nicht zustellbar; unbekannter empf; zustellung fehlgeschlagen; fehler bei der zustellung; wurde nicht zugestellt
    nicht gefunden; n'a pas pu; n’a pas pu; non remis; n'a pu être; n’a pu être; échec de la remise; n'ont pas pu
    n'a pas été; n’a pas été; impossible de remettre; pas pu être remis; no se pudo entregar; no se ha podido
    no pudo ser entregado; no se puede entregar; destinatario desconocido; no ha sido entregad; no se entregó
    no pudo entregarse; não pôde ser; não foi possível entregar; não foi entregue; não pode ser entregue
    não foram entregues; non è stato possibile; impossibile recapitare; non può essere recapitat
    non è stata recapitat; non è stato recapitat; non è stato consegnat; non consegnat; kon niet worden
    niet worden bezorgd; niet afgeleverd; niet bezorgd; kan niet worden; nie można dostarczyć; nie została dostarczona
    nie mogła być; nie mogła zostać; nie udało się dostarczyć; nebylo možné doručit; nelze doručit; nebyla doručena
    nemohla být doručena; не удалось доставить; не может быть доставлен; не доставлено; не было доставлено
    не могло быть доставлено; не доставлен; не удалось отправить; не може бути доставлен; не вдалося доставити
    не було доставлено; возвращено; teslim edilemedi; iletilemedi; gönderilemedi; ulaştırılamadı; kunde inte levereras
    gick inte att leverera; levererades inte; kunne ikke leveres; blev ikke leveret; ble ikke levert
    kunne ikke levere; ei voitu toimittaa; ei toimitettu; toimitus epäonnistui; 无法送达; 无法投递; 投递失败; 退回
    未能送达; 無法傳遞; 無法送達; 未送达; 无法发送; 被退信; 无法到达; 投遞失敗; 無法投遞; 拒收; 配信できません
    届けられません; 配信に失敗; 送信できません; 送信できませんでした; 配信できませんでした; 届きません
    届けることができ; 配信不能; エラーが発生; 存在しません; 전송하지 못; 배달되지; 전달되지; 배달할 수 없
    전송할 수 없; 보낼 수 없; 발송되지; 반송
    nem sikerült kézbesíteni; nem kézbesíthető; nem lehetett kézbesíteni; kézbesítése sikertelen
    nu a putut fi livrat; nu poate fi livrat; nu a fost livrat; nepodarilo doručiť; nepodarilo sa doručiť
    nebolo možné doručiť; nebola doručená; не може да бъде доставен; не можа да бъде доставен; не беше доставен
    nije moguće isporučiti; nije isporučen; nije mogla biti isporučena; nije dostavljen; nije moglo biti
    ni bilo mogoče dostaviti; ni bilo dostavljeno; δεν ήταν δυνατή η παράδοση; δεν παραδόθηκε; δεν μπόρεσε να παραδοθεί
    δεν μπορεί να παραδοθεί; לא ניתן היה למסור; לא ניתן למסור; לא נמסרה; לא הייתה אפשרות למסור; تعذر تسليم
    لم يتم تسليم; لا يمكن تسليم; لم نتمكن من تسليم; فشل تسليم; تحویل داده نشد; قابل تحویل نیست; không thể gửi
    không thể chuyển; không gửi được; không chuyển được; không thể được gửi; ไม่สามารถส่ง; ไม่สามารถจัดส่ง; ไม่สามารถนำส่ง
    tidak dapat dikirim; tidak dapat terkirim; tidak bisa dikirim; gagal dikirim; tidak terkirim
    """
)
# Words of a notice that the mail is late, not lost.
DELAYED = phrases(
    """
    will keep trying; will continue to try; continue to try; still trying; keeps trying; warning message only
    not yet been delivered; has been delayed; was delayed; is delayed; has been postponed; do not need to resend
    will retry for; will be retried; continue to be made; attempts will continue
    attempts to deliver the message will continue; delivery incomplete; message delayed; delayed mail
    still being retried; could not be delivered yet; temporary problem; will be attempted again
    still trying to deliver; wird weiter versucht; weiterhin versucht; verzögert; noch nicht zugestellt
    weitere zustellversuche; retardé; pas encore été; nouvelles tentatives; continuera d'essayer; se ha retrasado
    retrasad; aún no se ha; todavía no; seguirá intentando; se seguirá intentando; è in ritardo; in ritardo
    non è stato ancora; nuovi tentativi; está atrasad; ainda não foi; continuará tentando; vertraagd; nog niet
    blijven proberen; opóźnion; jeszcze nie; ponawian; zpožděn; dosud nebyl; отложен; будет повторять; задерж
    продолжит попытки; повторные попытки; ще не доставлено; gecikti; henüz teslim; fördröjd; försenat; forsinket
    viivästyn; yritetään uudelleen; 延迟; 延遲; 将继续尝试; 將繼續嘗試; 遅延; 再送を試み; 再試行; 지연
    """
)
# Words that it is lost after all, though it was late before.
GIVEN_UP = phrases(
    """
    giving up; given up; will not be retried; no longer be retried; failed permanently; permanently failed
    permanent fatal; permanent error; has expired; message expired; no further attempts; i'm not going to try again
    gave up; delivery has failed; delivery time expired; endgültig; définitiv; definitiv; окончательно
    """
)

# Where the notice ends and the mail that came back begins.
_DIVIDERS = (
    r"(the |your |start of )?(original|returned|unsent|undelivered) (message|mail)\b(?! (was|could|has|is|to|you|id))",
    r"message (header|text|contents?)s? follow|message header|this is a copy of|below this line",
    r"original message headers",
    r"(a )?copy of (the|your) (message|original)|forwarded message|included is a copy|your message reads",
    r"(the )?(header|body|text|first \d+ lines) of (the|your) (original|message)",
    r"transcript of (the )?(original|message)|message d'origine|en-t[êe]tes de message|mensaje original",
    r"messaggio originale",
    r"urspr[üu]ngliche (nachricht|kopfzeilen)|kopfzeilen der|mensagem original|oorspronkelijk bericht",
    r"oryginalna wiadomo",
    r"исходное сообщение|текст исходного|原始邮件|原邮件|原始郵件|元のメッセージ|원본 ?메시지",
    r"----- non-delivered information",
    r"received: |return-path: |message-id: |mime-version: |content-type: |x-mailer: |dkim-signature: ",
)
DIVIDER = re.compile(rf"\W*({'|'.join(_DIVIDERS)})", re.IGNORECASE)

# Addresses beside these words are somebody to ask, or what was written in the mail that came back.
ASIDE = re.compile(
    r"contact|assistance|\bhelp\b|questions|administrator|\bfrom ?:|subject ?:|sender ?:|message-id|reply-to"
    r"|mail from ?:|^\W{0,8}(?:to|cc|sent) ?:\s"
    r"|https?://|return-path|postmaster@|forward (this|it) to|\bby emailing\b",
    re.IGNORECASE,
)
