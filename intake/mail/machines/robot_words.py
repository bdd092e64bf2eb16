"""What programs write in subjects and bodies, language by language. Data only; `robots` walks it."""

from __future__ import annotations

import re

from intake.mail.machines.wording import phrases

# What stands before the words of a subject: a list's or a desk's mark. "Re:" is not among them, for a person who
# answers an automatic answer is still a person.
SUBJECT_MARKS = re.compile(r"(?:\[[^\]]{0,40}\]|【(?=自動|重要)|[\s\"'*(\[*_~#-])+")
FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vl|vb|pd|转发|轉寄|전달)\s*[:：]", re.IGNORECASE)

# Subjects that only answering machines write, matched at their start.
_ANSWERS = (
    # English
    r"auto(?:mat(?:ic|ed))?[ -]?(?:reply|response|answer|responder|acknowledge?ment|e-?mail confirmation)\b",
    r"(?:vacation|away|absence) (?:reply|response|notice|message|notification)\b",
    # German, French
    r"auto(?:m\.|matische)?[ -]?(?:antwort|r[üu]ckmeldung|r[üu]ckantwort|empfangsbest[äa]tigung|abwesenheits)",
    r"abwesenheits(?:notiz|meldung|nachricht|agent|benachrichtigung|mitteilung|hinweis|info)",
    r"automatische e-?mail-antwort",
    r"r[ée]ponse (?:auto(?:matique)?\b|d['’]absence)|message (?:automatique|d['’]absence)|notification d['’]absence",
    # Spanish, Italian, Portuguese
    r"respuesta auto|mensaje autom[áa]tico|aviso de ausencia|r[ée]pondeur|contestaci[óo]n autom[áa]tica",
    r"risposta automatica|messaggio automatico|(?:avviso|notifica|messaggio) di assenza",
    r"resposta autom[áa]tica|mensagem autom[áa]tica|aviso de aus[êe]ncia|ausente do escrit[óo]rio",
    # Dutch, Polish, Czech, Slovak, Hungarian, Romanian
    r"automatisch(?:e)? (?:antwoord|bericht|reactie|beantwoording|afwezigheid\w*)",
    r"afwezigheids?(?:bericht|melding|assist)",
    r"automatyczna odpowied[źz]|odpowied[źz] automatyczna|auto-?odpowied[źz]|wiadomo[śs][ćc] automatyczna",
    r"automatick[áa] (?:odpov[ěe]ď|odpove[ďd]|zpr[áa]va)|ozn[áa]men[íi] o nep[řr][íi]tomnosti|automatikus v[áa]lasz",
    r"r[ăa]spuns automat",
    # Russian, Ukrainian, Greek, Bulgarian
    r"автоматически\w* (?:ответ|сообщение|уведомление)|автоответ|автовідповідь",
    r"автоматичн\w+ (?:відповідь|повідомлення)",
    r"автоматичен отговор|αυτόματη απάντηση|автоматическое уведомление об отсутствии",
    # Swedish, Danish, Norwegian, Finnish
    r"autosvar|automatiskt? svar|frånvaro(?:meddelande|assistent|hanterare)",
    r"fraværs(?:besked|meddelelse|melding|assistent)",
    r"automaattinen (?:vastaus|poissaolo|viesti)|automaattivastaus|poissaolo(?:viesti|ilmoitus)",
    # Turkish, Croatian, Indonesian, Vietnamese, Arabic, Hebrew
    r"otomatik (?:yan[ıi]t|cevap|ileti)|automatski odgovor|samodejni odgovor|balasan otomatis|trả lời tự động",
    r"رد تلقائي|תשובה אוטומטית|מענה אוטומטי",
    r"resposta autom[àa]tica|automatinis atsakymas|autom[āa]tisk[āa] atbilde|automaat(?:ne )?vastus|sj[áa]lfvirkt svar",
    r"(?:аутоматски|автоматски) одговор|а[ўв]таматычны адказ|автоматты жауап|avtomatik cavab|p[ëe]rgjigje automatike",
    r"erantzun automatikoa|balasan automatik|outomatiese antwoord|awtomatikong tugon|jibu (?:la )?(?:k)?iotomatiki",
    r"ავტომატური პასუხი|ավտոմատ պատասխան|پاسخ خودکار|خودکار جواب|(?:การ)?ตอบกลับอัตโนมัติ",
    r"(?:स्वचालित|स्वतः) (?:उत्तर|जवाब)",
    r"স্বয়ংক্রিয় (?:উত্তর|প্রতিক্রিয়া)|தானியங்கு பதில்|ateb awtomatig|freagra uathoibr[íi]och",
    # Chinese, Japanese, Korean
    r"自[动動](?:回[复覆應应]|答[复覆]|[应應]答)|系[统統]自[动動]|[外休]\w{0,3}自[动動]回[复覆]",
    r"自動(?:返信|応答|送信|配信|回答)|不在(?:通知|連絡|の(?:お知らせ|ご連絡))|休暇の(?:お知らせ|ご連絡)",
    r"자동 ?(?:회신|응답|답장|답변)|부재 ?중|부재 ?(?:알림|안내)",
)
ANSWERS = re.compile(rf"(?:{'|'.join(_ANSWERS)})\w*", re.IGNORECASE)
# What goes on in small letters behind them is a person's sentence: "Automatic reply does not work".
SENTENCE = re.compile(
    r"\s+(?!(?:re|aw|wg|fwd?|sv|from|to|for|by|von|auf|zu|an|de|du|da|di|del|van|op|na|od|от|на|fra|til)\b)[^\W\d_]"
)

# Subjects that people write too: they count only where nothing but a date or the old subject follows.
_ABSENT = (
    r"(?:i am |i'm )?(?:currently )?(?:out of|away from) (?:the |my )?office(?: auto-?reply)?",
    r"ooo|on (?:vacation|annual leave|holiday|parental leave|maternity leave)|nicht im b[üu]ro|au(?:ß|ss)er haus",
    r"abwesend(?:heit)?",
    r"abwesenheit|absence|abs(?:ente?)?(?: du bureau)?|hors du bureau|en cong[ée]s?|fuera de (?:la |mi )?oficina",
    r"ausente",
    r"fora do escrit[óo]rio|fuori (?:sede|ufficio)|assente(?: dall['’]ufficio)?|afwezig(?:heid)?",
    r"niet (?:aanwezig|op kantoor)",
    r"buiten kantoor|poza biurem|nieobecno[śs][ćc](?: w biurze)?|mimo kancel[áa][řr]|nep[řr][íi]tomnost|вне офиса",
    r"отсутствую",
    r"поза офісом|відсутн(?:ій|я)|ofis d[ıi][şs][ıi]nda(?:y[ıi]m)?|frånvaro|frånvarande|ikke på kontoret|fravær",
    r"poissa(?:olo)?|外出中|不在[办辦]公室|休假(?:中|通知)?|出差中|不在|休暇中|出張中|휴가 ?중",
)
_ONLY_DATES = (
    r"\s*(?:$|[:：]|[-–—,(（]|\.\s*$|(?:re|aw|sv|until|till|from|through|bis|vom|ab|jusqu|du|hasta|del|desde|fino|dal"
    r"|até|de \d|tot|van|do \d|od \d|с \d|до|по|з \d|till|fra|til|auto|repl|respons|notif|message)\b|\d)"
)
ABSENT = re.compile(rf"(?:{'|'.join(_ABSENT)}){_ONLY_DATES}", re.IGNORECASE)

# Lines that say outright that nobody wrote this, matched at the start of a line. Each names the mail itself: customers
# of automatic machines write "this is an automatic" as well.
_NOBODY = (
    r"(?:please )?(?:do not|don['’]t) (?:reply|respond)(?: directly)? to this (?:e-?mail|message|notification|mail)",
    r"this (?:is|was) an? (?:auto|system|computer)[- ]?(?:mat(?:ic|ed)|matically|generated)?[- ]?(?:generated|sent)?"
    r" ?(?:e-?mail|message|reply|response|notification|mail|acknowledge?ment)",
    r"this (?:e-?mail|message|mail|notification|reply) (?:is|was|has been) (?:automatically|auto-?)"
    r" ?(?:generated|sent|created)",
    r"(?:diese|dies ist eine) (?:e-?mail|nachricht|mail|antwort) (?:wurde|wird|ist)? ?(?:automatisch|maschinell)",
    r"(?:dies|das|hierbei) (?:ist|handelt es sich um) eine (?:automatisch\w*|maschinell) (?:generierte |erstellte "
    r"|erzeugte"
    r"|versendete )?(?:e-?mail|nachricht|mail|antwort|benachrichtigung|mitteilung)",
    r"bitte (?:antworten sie|antworte) nicht auf diese",
    r"(?:merci de )?ne pas r[ée]pondre [àa] ce(?:t e-?mail| message| mail| courriel)",
    r"ce(?:ci| message| courriel| mail|t e-?mail) (?:est un message|est|a [ée]t[ée] (?:envoy[ée]"
    r"|g[ée]n[ée]r[ée])) automatique",
    r"este (?:es un )?(?:mensaje|correo(?: electr[óo]nico)?|e-?mail)[^.]{0,40}autom[áa]tic",
    r"est[ae] (?:é uma? )?(?:mensagem|e-?mail|resposta)[^.]{0,40}autom[áa]tic",
    r"(?:por favor,? )?(?:no|n[ãa]o) responda (?:a )?(?:este (?:mensaje|correo|e-?mail)|est[ea] (?:mensagem|e-?mail))",
    r"quest[oa] (?:[èe] una? )?(?:messaggio|e-?mail|mail|notifica|risposta)[^.]{0,40}automatic",
    r"(?:si prega di )?non rispondere a quest[oa] (?:messaggio|e-?mail|mail)",
    r"dit is een automatische? (?:gegenereerde? |verzonden )?(?:bericht|e-?mail|mail|antwoord)",
    r"(?:dit|deze) (?:bericht|e-?mail|mail)[^.]{0,40}automatisch",
    r"(?:gelieve )?niet (?:te )?(?:ant|beant)woorden op d(?:it|eze)",
    r"(?:ta )?wiadomo[śs][ćc] (?:zosta[łl]a |jest )?(?:wygenerowana |wys[łl]ana )?automatyczn",
    r"prosimy nie odpowiada[ćc]",
    r"(?:это|данное|настоящее) (?:письмо|сообщение)[^.]{0,30}(?:автоматич|сгенерирован)",
    r"это автоматическое (?:письмо|сообщение|уведомление)|(?:пожалуйста,? )?не отвечайте на это (?:письмо|сообщение)",
    r"будь ласка,? не відповідайте|це автоматичн\w+ (?:лист|повідомлення|відповідь)",
    r"це(?:й лист| повідомлення)[^.]{0,30}автомат",
    r"bu (?:e-?posta|mesaj|ileti)[^.]{0,30} otomatik",
    r"l[üu]tfen bu (?:e-?postay|mesaj)[^.]{0,20} (?:yan[ıi]tlama|cevaplama)",
    r"det (?:h[äa]r|ta) [äa]r ett automatiskt (?:meddelande|svar|mejl|utskick|e-?post)",
    r"svara (?:inte|ej) på det(?:ta|här) me",
    r"dette er (?:en|et) automatisk (?:genereret |generert )?(?:besked|melding|e-?mail|e-?post|mail|svar)",
    r"denne (?:besked|melding|e-?mail|e-?post|mail)en? (?:er|blev|ble) [^.]{0,30}automatisk",
    r"t[äa]m[äa] on automaattinen (?:viesti|vastaus|ilmoitus|s[äa]hk[öo]posti)",
    r"[äa]l[äa] vastaa t[äa]h[äa]n (?:viestiin|s)",
    r"(?:toto je|tato|tento) (?:automatick\w+ )?(?:generovan\w+ )?(?:zpr[áa]va|e-?mail)[^.]{0,30}automatick",
    r"toto je automatick\w+ (?:generovan\w+ )?(?:zpr[áa]va|e-?mail|odpov)",
    r"ez egy automatikus(?:an)? (?:gener[áa]lt |k[üu]ld[öo]tt )?(?:[üu]zenet|lev[ée]l|e-?mail|v[áa]lasz)",
    r"k[ée]rj[üu]k,? ne v[áa]laszoljon erre",
    r"acesta este un (?:mesaj|e-?mail|r[ăa]spuns) (?:generat |trimis )?automat",
    r"v[ăa] rug[ăa]m s[ăa] nu r[ăa]spunde[țt]i la acest",
    r"αυτό είναι (?:ένα )?αυτόματο (?:μήνυμα|e-?mail)|(?:παρακαλούμε )?μην απαντ(?:ήσετε|άτε) σε αυτό",
    r"това е автоматично (?:генерирано |изпратено )?(?:съобщение|писмо)|моля,? не отговаряйте на това",
    r"ovo je automatsk\w+ (?:generiran\w+ |poslan\w+ )?(?:poruka|e-?mail|odgovor)",
    r"molimo (?:vas )?(?:da )?ne odgovara\w+ na ov",
    r"ово је аутоматск\w+ (?:порука|одговор)|to je samodejno (?:ustvarjeno |poslano )?(?:sporočilo|obvestilo)",
    r"זוהי הודעה אוטומטית|הודעה זו (?:נשלחה|נוצרה) (?:באופן אוטומטי|אוטומטית)",
    r"(?:אנא|נא) (?:אל|לא) (?:תשיבו|להשיב) ל(?:הודעה|מייל)",
    r"هذه (?:رسالة|رساله) (?:تلقائية|آلية|إلكترونية تلقائية)|(?:يرجى|الرجاء) عدم الرد على هذ",
    r"این (?:پیام|ایمیل) به صورت خودکار",
    r"đây là (?:thư|e-?mail|tin nhắn) (?:trả lời )?tự động",
    r"(?:vui lòng |xin )?(?:không|đừng) trả lời (?:lại )?(?:thư|e-?mail) này",
    r"(?:นี่(?:เป็น|คือ))?(?:อีเมล|ข้อความ)(?:ฉบับ|นี้|เป็น|อีเมล|ข้อความ|ถูกส่งโดย|ส่งโดย){0,4}(?:ระบบ)?อัตโนมัติ",
    r"(?:กรุณา|โปรด)อย่าตอบกลับ(?:อีเมล|ข้อความ)",
    r"ini adalah (?:pesan|e-?mail|surel|balasan) otomatis",
    r"(?:pesan|e-?mail|surel) ini (?:dikirim|dibuat) (?:secara )?otomatis",
    r"(?:mohon |harap )?(?:jangan|tidak|untuk tidak) (?:mem)?balas (?:e-?mail|pesan|surel) ini",
    r"(?:本|此|该|該)(?:邮件|郵件|信件|消息|訊息)[^。]{0,12}(?:系[统統]|自[动動])|请勿(?:直接)?回复",
    r"請勿(?:直接)?回[覆復]",
    r"[这這]是(?:一封|由)?(?:系[统統])?自[动動](?:发送|發送|发出|發出|生成|回[复覆])?的?(?:邮件|郵件|回[复覆]|通知)",
    r"(?:このメール|本メール|当メール)[はに][^。]{0,30}(?:自動|返信(?:し|いただ|でき))",
    r"(?:본|이) (?:메일|이메일)은? [^.]{0,15}(?:자동|발신 ?전용)",
)
NOBODY = re.compile("|".join(_NOBODY), re.IGNORECASE)

# An absence, and what people away let their programs promise: only both together are an answering machine's.
AWAY = phrases(
    """
    out of the office; out of office; away from the office; away from my desk; on annual leave; on vacation
    on holiday; on leave; on parental leave; on maternity leave; on a business trip; not in the office; nicht im büro
    im urlaub; außer haus; ausser haus; nicht im haus; abwesend; nicht erreichbar; in elternzeit; absent du bureau
    absente du bureau; en congé; en vacances; en déplacement; actuellement absent; fuera de la oficina; de vacaciones
    estaré ausente; estoy ausente; fuori ufficio; in ferie; sono assente; sarò assente; fora do escritório; de férias
    em férias; estarei ausente; estou ausente; niet op kantoor; afwezig; met vakantie; op vakantie; poza biurem
    na urlopie; nieobecn; вне офиса; в отпуске; отсутствую; не на рабочем месте; в командировке; поза офісом
    у відпустці; ofis dışında; ofiste değilim; izindeyim; tatildeyim; inte på kontoret; på semester; ledig till
    ikke på kontoret; på ferie; poissa toimistolta; lomalla; mimo kancelář; na dovolené; nepřítomen; 不在办公室; 休假
    外出; 出差; 不在辦公室; 不在にして; 休暇; 出張; 휴가; 부재; 출장
    """
)
PROMISES = phrases(
    """
    limited access to; no access to; upon my return; on my return; when i return; after my return; in my absence
    during my absence; in urgent cases; for urgent matters; in urgent matters; if your matter is urgent
    if your request is urgent; if this is urgent; not be forwarded; will not be read; will be deleted
    nicht weitergeleitet; nach meiner rückkehr; in dringenden fällen; in dringenden angelegenheiten
    während meiner abwesenheit; keinen zugriff auf; eingeschränkten zugriff; à mon retour; en cas d'urgence
    pendant mon absence; accès limité; a mi regreso; a mi vuelta; en caso de urgencia; durante mi ausencia
    al mio rientro; in caso di urgenza; per urgenze; durante la mia assenza; no meu regresso; ao meu retorno
    em caso de urgência; durante a minha ausência; bij terugkomst; na mijn terugkeer; voor dringende; bij dringende
    tijdens mijn afwezigheid; po powrocie; w pilnych sprawach; podczas mojej nieobecności; w sprawach pilnych
    по возвращении; по срочным вопросам; в случае срочн; в моё отсутствие; в мое отсутствие; після повернення
    у термінових; döndüğümde; acil durumlarda; när jag är tillbaka; vid brådskande; i brådskande; når jeg er tilbage
    når jeg er tilbake; i hastetilfælde; ved hastesaker; palattuani; kiireellisissä; po návratu; v naléhavých
    如有急事; 有急事; 紧急; 緊急; 回来后; 回來後; 後ほど; 戻り次第; お急ぎの; 緊急の; 급한; 복귀 후
    """
)

# How such an answer begins.
THANKS = re.compile(
    r"\W*(?:\w+\W+){0,4}(?:thank|thanks|danke|vielen dank|merci|gracias|grazie|obrigad|bedankt|dzi[ęe]kuj"
    r"|спасибо|дякую|te[şs]ekk|tack|tak\b|takk|kiitos|d[ěe]kuj|感谢|谢谢|感謝|ありがとう|감사)"
)
# "We have your request": what desks and shops answer by themselves. It counts only with a number that they gave it.
_WANT = r"(?:request|message|e-?mail|enquiry|inquiry|query|ticket|case|support request|submission|feedback)"
_RECEIVED = (
    rf"we(?:['’]ve| have)? (?:just |successfully )?received your {_WANT}",
    rf"your {_WANT}[^.!?]{{0,40}} (?:has been|was|is) (?:received|created|opened|registered|logged|submitted)",
    rf"(?:a |new )?{_WANT}(?: [#\w-]{{1,20}})? (?:has been |was )?(?:received|created|opened|registered)\s*(?:$"
    rf"|[-:–(\[#!.])",
    r"ticket id\b",
    r"ihre (?:anfrage|nachricht|e-?mail|mail)[^.!?]{0,60}(?:eingegangen|erhalten|erfasst|registriert)",
    r"eingangsbest[äa]tigung",
    r"wir haben ihre (?:anfrage|nachricht|e-?mail)[^.!?]{0,40} (?:erhalten|empfangen|aufgenommen)",
    r"(?:votre (?:demande|message)[^.!?]{0,40} (?:reçu|enregistr)|nous avons bien re[çc]u votre"
    r"|accus[ée] de r[ée]ception)",
    r"hemos recibido (?:su|tu) (?:solicitud|mensaje|consulta|correo)|acuse de recibo",
    r"su (?:solicitud|ticket)[^.!?]{0,40} recibid",
    r"abbiamo ricevuto la (?:sua|tua) (?:richiesta|e-?mail)|recebemos (?:a )?sua (?:solicitação|mensagem)",
    r"recebemos o seu",
    r"(?:wij|we) hebben (?:uw|je) (?:vraag|verzoek|bericht|e-?mail)[^.!?]{0,20}ontvangen|ontvangstbevestiging",
    r"potwierdz\w+ (?:otrzymani|przyj[ęe]ci)|otrzymali[śs]my (?:twoj|pa[ńn]stwa|twoje)",
    r"ваш\w? (?:заявк|обращени|запрос|письм)[^.!?]{0,40} (?:получен|зарегистрирован|принят)|мы получили ваш",
    r"ваш\w? (?:заявк|звернення|запит)[^.!?]{0,40} (?:отриман|зареєстрован)",
    r"talebiniz [^.!?]{0,30}al[ıi]n|vi har (?:mottagit|tagit emot|modtaget|mottatt) (?:ditt|din|dit)",
    r"olemme vastaanottaneet",
    r"p[řr]ijali jsme v[áa][šs]|potvrzen[íi] p[řr]ijet[íi]|我们已(?:经)?收到您的|我們已(?:經)?收到您的",
    r"您的(?:请求|工单|邮件|问题)已",
    r"お問い合わせ(?:を受け付け|いただき|ありがとう)|受付(?:完了|番号|のお知らせ)|(?:문의|요청)[^.]{0,20}접수",
)
RECEIVED = re.compile("|".join(_RECEIVED), re.IGNORECASE)
NUMBERED = re.compile(
    r"(?:ticket|case|request|reference|ref|incident|vorgang\w*|anfrage|ticketnummer|nummer|demande|dossier|solicitud"
    r"|caso"
    r"|pratica|richiesta|chamado|protocolo|zgłoszeni\w*|заявк\w*|обращени\w*|номер\w*|запит\w*|工单|案例|编号"
    r"|受付番号|접수번호)"
    r"[^\w\n]{0,4}(?:id|number|no|nr|num|n|#|№|号|é)?[^\w\n]{0,4}[a-z]{0,6}-?\d{3,}|[#\[][a-z]{0,6}[#-]?\d{4,}\]?",
    re.IGNORECASE,
)
# What a desk promises in that answer.
WILL_ANSWER = phrases(
    """
    get back to you; will respond; will reply; will be in touch; will contact you; as soon as possible; business day
    working day; within 24 hours; within 48 hours; will be reviewed; so schnell wie möglich; schnellstmöglich; werktag
    melden uns; umgehend; plus brefs délais; nous reviendrons; répondrons; a la brevedad; lo antes posible
    responderemos; il prima possibile; risponderemo; o mais breve; em breve; zo snel mogelijk; werkdag
    jak najszybciej; odpowiemy; ответим; ближайшее время; свяжемся; найближчим часом; en kısa sürede; så snart
    snarast; hurtigst muligt; mahdollisimman; co nejdříve; 尽快; 盡快; 折り返し; ご連絡; 빠른 시일; 답변
    """
)

# Programs that want the writer to prove he is human, or that hold a mail until he does.
CHALLENGES = phrases(
    """
    challenge-response; challenge/response; confirm that you are a human; verify that you are a human
    prove you are human; prove that you are human; sender verification; waiting for your confirmation
    click the link below to confirm your; click the link below to complete the verification
    your message has been quarantined until; to release your message; is being held until the list moderator
    awaits moderator approval; your message is awaiting; added to the guest list
    """
)

# Where a writer's own words end and what he answers or forwards begins.
QUOTE = re.compile(
    r"\s*(?:>|-{2,}\s*(?:original|forwarded|urspr|weiterg|message|mensaje|messaggio|oorspr|исходн|пересл|原始|転送"
    r"|元の)"
    r"|_{10,}|begin forwarded"
    r"|(?:from|von|de|da|van|od|от|від|kimden|från|fra|lähettäjä|发件人|寄件者|差出人|보낸 ?사람)\s*[:：]\s*\S)",
    re.IGNORECASE,
)
WROTE = re.compile(
    r".{6,200}(?:wrote|schrieb|écrit|escribió|escreveu|scritto|schreef|пишет|написал\w*|写道|kirjoitti|skrev)\s*[:：]$"
)
