"""How programs say in many languages that a mail was not delivered: subject, the bad news, three reasons."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: what stands above the address, and the reason below it by the status that it means."""

    subject: str
    news: str
    unknown: str  # 5.1.1
    full: str  # 5.2.2
    large: str  # 5.3.4
    charset: str = "utf-8"  # an older charset that its programs still use


TONGUES: dict[str, Tongue] = {
    "en": Tongue(
        "Undelivered mail",
        "Your message could not be delivered to the following recipient:",
        "There is no such user here.",
        "The mailbox is full.",
        "The message is too large for this server.",
        "us-ascii",
    ),
    "de": Tongue(
        "Unzustellbar: Wasserkocher",
        "Ihre Nachricht konnte nicht zugestellt werden an:",
        "Der Empfänger ist unbekannt: Empfänger unbekannt.",
        "Das Postfach ist voll.",
        "Die Nachricht ist zu groß.",
        "iso-8859-1",
    ),
    "fr": Tongue(
        "Échec de la remise : Bouilloire",
        "Votre message n'a pas pu être remis au destinataire suivant :",
        "L'adresse n'existe pas.",
        "La boîte aux lettres est pleine.",
        "Le message est trop volumineux.",
        "iso-8859-15",
    ),
    "es": Tongue(
        "No se puede entregar: Hervidor",
        "No se pudo entregar el mensaje a este destinatario:",
        "La dirección no existe.",
        "El buzón está lleno.",
        "El mensaje es demasiado grande.",
        "iso-8859-1",
    ),
    "it": Tongue(
        "Mancata consegna: Bollitore",
        "Non è stato possibile recapitare il messaggio a:",
        "Utente sconosciuto.",
        "La casella di posta è piena.",
        "Il messaggio è troppo grande.",
        "iso-8859-1",
    ),
    "pt": Tongue(
        "Falha na entrega: Chaleira",
        "Não foi possível entregar a sua mensagem para:",
        "O endereço não existe.",
        "A caixa postal está cheia.",
        "A mensagem é muito grande.",
        "iso-8859-1",
    ),
    "nl": Tongue(
        "Onbestelbaar: Waterkoker",
        "Uw bericht kon niet worden bezorgd bij:",
        "Deze gebruiker is ons onbekend: onbekende gebruiker.",
        "Het postvak is vol.",
        "Het bericht is te groot.",
        "iso-8859-1",
    ),
    "pl": Tongue(
        "Niedostarczona wiadomość: Czajnik",
        "Wiadomość nie została dostarczona do odbiorcy:",
        "Taki adres nie istnieje.",
        "Skrzynka odbiorcy jest pełna.",
        "Wiadomość jest zbyt duża.",
        "iso-8859-2",
    ),
    "cs": Tongue(
        "Nedoručitelná zpráva: Konvice",
        "Vaši zprávu nebylo možné doručit příjemci:",
        "Tato schránka neexistuje.",
        "Schránka je plná.",
        "Zpráva je příliš velká.",
        "iso-8859-2",
    ),
    "ru": Tongue(
        "Не доставлено: Чайник",
        "Ваше письмо не может быть доставлено получателю:",
        "Пользователь не найден.",
        "Почтовый ящик переполнен.",
        "Размер письма превышает допустимый.",
        "koi8-r",
    ),
    "uk": Tongue(
        "Не вдалося доставити: Чайник",
        "Ваш лист не може бути доставлений одержувачу:",
        "Такої скриньки не існує.",
        "Скринька переповнена.",
        "Лист занадто великий.",
        "windows-1251",
    ),
    "tr": Tongue(
        "Teslim edilemedi: Su ısıtıcısı",
        "İletiniz şu alıcıya teslim edilemedi:",
        "Kullanıcı bulunamadı.",
        "Alıcının posta kutusu dolu.",
        "İleti çok büyük.",
        "iso-8859-9",
    ),
    "sv": Tongue(
        "Leveransfel: Vattenkokare",
        "Meddelandet kunde inte levereras till:",
        "Okänd mottagare.",
        "Brevlådan är full.",
        "Meddelandet är för stort.",
        "iso-8859-1",
    ),
    "da": Tongue(
        "Ikke leveret: Elkedel",
        "Din besked kunne ikke leveres til:",
        "Adressen findes ikke.",
        "Postkassen er fuld.",
        "Beskeden er for stor.",
        "iso-8859-1",
    ),
    "no": Tongue(
        "Ikke levert: Vannkoker",
        "Meldingen kunne ikke leveres til:",
        "Adressen finnes ikke.",
        "Innboksen er full.",
        "Meldingen er for stor.",
        "iso-8859-1",
    ),
    "fi": Tongue(
        "Toimitus epäonnistui: Vedenkeitin",
        "Viestiä ei voitu toimittaa vastaanottajalle:",
        "Osoitetta ei ole olemassa.",
        "Postilaatikko on täynnä.",
        "Viesti on liian suuri.",
        "iso-8859-1",
    ),
    "zh": Tongue(
        "退信：水壶",
        "您的邮件无法送达以下收件人：",
        "该邮箱不存在。",
        "对方邮箱已满。",
        "邮件太大。",
        "gb18030",
    ),
    "zh-tw": Tongue(
        "無法傳遞：水壺",
        "您的郵件無法送達下列收件者：",
        "使用者不存在。",
        "對方信箱已滿。",
        "郵件太大。",
        "big5",
    ),
    "ja": Tongue(
        "配信不能: やかん",
        "次の宛先にメールを配信できませんでした。",
        "このアドレスは存在しません。",
        "メールボックスの容量がいっぱいです。",
        "メールのサイズが大きすぎます。",
        "iso-2022-jp",
    ),
    "ko": Tongue(
        "메일 전송 실패: 주전자",
        "다음 수신자에게 메일이 전달되지 못했습니다.",
        "존재하지 않는 계정입니다.",
        "받는 사람의 메일함이 가득 찼습니다.",
        "메일 크기가 제한을 넘었습니다.",
        "euc-kr",
    ),
}
