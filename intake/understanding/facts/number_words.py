"""The words that announce a number, in the languages that we know, and what kind of number each announces."""

from __future__ import annotations

import re

LETTER = "A-Za-zÀ-ɏА-яЁё"
_ENDS = rf"(?![{LETTER}])"
_BEGINS = rf"(?<![{LETTER}])"

# "number" in all languages. In compounds it is glued: Bestellnummer, 订单号.
_NR = r"(?:nummer|nr|no)"

# Kind, words of alphabets, words of Chinese. Of two that begin at the same letter the upper one is tried first.
# "" = a number of something else, which is neither kept nor a telephone number.
_TABLE: tuple[tuple[str, str, str], ...] = (
    (
        "",
        r"(?:work|service|repair|standing|money|job|court) orders?|(?:our|nuestra|unsere?|наш[аи]?|bank|payment"
        r"|transfer|case|claim|complaint|support|return|incident|collection|delivery) ref(?:erence"
        r"|erencia|erenz)?|referencia (?:bancaria|de pago|del? (?:la )?(?:transferencia|ingreso|env[íi]o))"
        r"|zahlungsreferenz|verwendungszweck|postnummer|(?:ihr|unser|mein) zeichen|statements?|debits?|slip|labels?"
        r"|appointments?|dispute|pallets?|batch|lot|locker|concepto|resguardo|justificante|pal[ée]|"
        r"quotes?|quotation|claims?|meter|winner|nhs|ssn|licen[cs]e|rechnungs?-?nr|docket|queue"
        rf"|(?:kundendienst|service|reparatur|wartungs|werkstatt)-?auftrag(?:s-?{_NR})?|angebot(?:s-?{_NR})?"
        rf"|schaden(?:s-?{_NR})?|zähler(?:{_NR})?|police(?:n-?{_NR})?|versicherung(?:s-?{_NR})?|fall(?:{_NR})?"
        rf"|anfrage(?:{_NR})?|kennzeichen|ausweis(?:{_NR})?|mandat(?:s-?{_NR})?|lieferschein(?:-?{_NR})?"
        r"|orden(?:es)? de (?:servicio|reparaci[óo]n|trabajo)|p[óo]liza|contrato|presupuesto|siniestro|expediente"
        r"|reclamaci[óo]n|albar[áa]n|turno|matr[íi]cula|pasaporte|cargo|c[óo]digo de (?:error|verificaci[óo]n)"
        r"|заказ-наряд\w{0,2}|заявк\w{1,2}|полис\w{0,2}|талон\w{0,2}|извещени\w|вагон\w{0,2}|код(?:а|ом)?(?! товара)"
        r"|претензи\w|чек|жалоб\w|смс|протокол\w{0,2}|исх|вх|дел[оа]"
        r"|invoices?|receipts?|bills?|tracking|track|trk|waybill|awb|shipments?|consignment|parcels?|customers?"
        r"|clients?"
        r"|member(?:ship)?|tickets?|cases?|iban|bic|swift|accounts?|cards?|visa|mastercard|policy|vouchers?|coupons?"
        r"|gift|flights?|rooms?|gates?|seats?|errors?|fault|codes?|pin|otp|zip|postcode|vat|tax|hrb|registration"
        r"|passports?|transactions?|transfer|version|firmware"
        r"|software|patient|insurance|employee|loyalty|dhl|ups|fedex|hermes|dpd|gls|usps|correos|seur|rma"
        rf"|rechnung(?:en|s{_NR})?|re-nr|beleg(?:{_NR})?|quittung(?:s{_NR})?|kunden?(?:-?{_NR})?|kd-?nr"
        rf"|sendung(?:s(?:{_NR}|verfolgung\w{{0,10}}))?|paket(?:{_NR})?|vorgang(?:s{_NR})?|konto(?:{_NR})?"
        rf"|karte(?:n{_NR})?|gutschein\w{{0,8}}|flug(?:{_NR})?|zimmer(?:{_NR})?|fehler\w{{0,8}}|plz|postleitzahl"
        rf"|ust-?id(?:-?nr)?|steuer{_NR}|mitglied(?:s{_NR})?|vertrag(?:s{_NR})?|aktenzeichen|transaktion\w{{0,8}}"
        rf"|trackingnummer|sendungsnr|patienten{_NR}"
        r"|facturas?|recibos?|clientes?|seguimiento|rastreo|env[íi]os?|gu[íi]a|socio|cuenta|tarjeta|cup[óo]n|vuelo"
        r"|habitaci[óo]n|c[óo]digo postal|nif|cif|dni|transacci[óo]n|incidencia|asunto"
        r"|сч[её]т\w{0,3}|чек\w{0,2}|трек\w{0,10}|накладн\w{0,3}|отслеживани\w|отправлени\w{0,2}|посылк\w{0,2}"
        r"|клиент\w{0,2}|карт\w{0,2}|рейс\w{0,2}|ошибк\w{0,2}|индекс|инн|огрн|паспорт\w{0,2}"
        r"|квитанци\w|договор\w{0,2}|обращени\w{0,2}|купон\w{0,2}|промокод\w{0,2}|бонусн\w{0,4}|транзакци\w{1,2}",
        r"(?:退货|取件|维修|投诉|保修|报价|服务)单号?|退款(?:单号|编号)|保单号?|合同号?|报价单?|案件号?|病历号?|就诊号|会员卡号?|挂号|取餐号|排队号"
        r"|发票(?:号码?)?|運單號?|运单号?|快递单号?|快递|物流单号|物流|追踪号|客户|客戶|会员号?|工单号?|账号|帐号|卡号|银行卡"
        r"|航班号?|房间号?|房号|错误代码|验证码|邮编|税号|身份证号?|流水号|交易号?"
        r"|退款单号|优惠券|优惠码|版本|微信|qq|尾号|后四位",
    ),
    # Of these other steps know more.
    (
        "elsewhere",
        r"phones?|telephone|tel|mobile|cell|fax|whatsapp|call|telefon(?:nummer|nr)?|handy(?:nummer|nr)?"
        r"|rückrufnummer|mobil"
        r"|tel[ée]fono|m[óo]vil|celular|телефон\w{0,2}|тел|моб|факс|models?|modell?s?|modelo|модел[ьи]|modellnummer"
        r"|typ|type",
        r"电话号?码?|電話|手机号?码?|型号|型號|机型",
    ),
    (
        "serial_number",
        r"serials?|s/?n°|s/n|sn|imei|vin|chassis|serien-?(?:nummer|nr)|serien|geräte-?(?:nummer|nr)"
        r"|fabrik(?:ations)?-?(?:nummer|nr)"
        r"|fahrgestell(?:nummer|nr)|(?:n[úu]mero|n\.?[º°o.]{1,2}|núm\.?|num\.?)\s?(?:de\s?)?serie|n/s|bastidor"
        r"|серийник\w{0,2}|серийн\w{0,4}|имей|номер серии|device id|ser\.?-?\s?nr|сер|с/н|заводск\w{0,4}|зав|imei",
        r"串码|机器码|序列号码?|序列號|机身编码|机器编号|产品序号|机身号码?|機身號|出厂编号|sn码|设备号|串号|imei码",
    ),
    ("weak serial_number", r"serie", r"机号"),
    (
        "product_number",
        r"sku|p/n|ean|gtin|asin|upc|artikel-?(?:nummer|nr)|art\.?-?\s?(?:nummer|nr|no)|produkt-?(?:nummer|nr|code)"
        r"|materialnummer|ersatzteil(?:nummer|nr)|teile-?(?:nummer|nr)|артикул\w{0,2}|код товара"
        r"|c[óo]d(?:igo|\.)? (?:de |del )?(?:art[íi]culo|producto)|catalog(?:ue)? (?:no|number)|teilenr"
        r"|referencias|prod\.?\s?(?:no|nr)|sachnummer|номенклатурн\w{2,3}"
        r"|bestell(?:nummer|nr)\.? des (?:artikels|herstellers)",
        r"货品(?:编码|编号|号)|料号|货号|貨號|产品编号|商品编号|商品货号|产品号|商品号|商品id|款号|物料号|条形码|条码|产品代码|商品代码|商品编码|产品编码|物料编码",
    ),
    (
        "weak product_number",
        r"product|article|items?|part|artikel|art|produkt|producto|art[íi]culo|pieza|арт|товар\w{0,2}|издели\w"
        r"|детал\w",
        r"产品|商品|配件",
    ),
    (
        "order_number",
        rf"orders?|ordr|ordder|oder (?:nr|no)|purchase order|ordernumber|order(?:{_NR})|bestell-?(?:ung(?:en)?"
        rf"|{_NR}|id|code)|bst(?:ell)?nr|best\.?-?\s?nr"
        rf"|auftrag(?:s-?(?:nummer|nr))?|pedidos?|n[.º°]{{1,2}}\s?pedido|orden de compra|orden(?:es)?|заказ(?:а|у|е"
        rf"|ом|ы|ов|ам)?|закас|зак|з-з|po(?! ?box)|booking(?:s| code)?|reservations?|confirmation code|best"
        rf"|storno|reservas?"
        rf"|localizador"
        rf"|buchung(?:en|s-?(?:{_NR}|code))?|reservierung(?:s-?{_NR})?|res\.?-?\s?nr|брон[ьи]|бронировани[яе]",
        r"订[单単]号码?|订单编号|订单|预订号|预定号|预约号|确认号|訂單(?:號碼?|編號)?|定单号?|单子|单号|單號|购物单号?",
    ),
    (
        "weak order_number",
        r"purchase|confirmation|bestellbestätigung|auftragsbestätigung|kauf|compra|покупк\w",
        r"购买编号",
    ),
    (
        "reference",
        r"ref|reference|referenz(?:nummer)?|referencia|(?:your|our|ihr) ref|betreff|betr",
        r"编号|參考號|参考号",
    ),
)


def _alternatives() -> str:
    groups = []
    for index, (_, words, chinese) in enumerate(_TABLE):
        groups.append(rf"(?P<k{index}>{_BEGINS}(?:{words}){_ENDS}|{chinese})")
    return "|".join(groups)


ANNOUNCERS = re.compile(_alternatives(), re.IGNORECASE)
_KINDS = tuple(kind for kind, _, _ in _TABLE)


def announced(match: re.Match[str]) -> tuple[str, bool]:
    """What kind of number this word announces, and whether only with a mark of number behind it."""
    group = match.lastgroup
    kind = _KINDS[int(group[1:])] if group else ""
    return kind.removeprefix("weak "), kind.startswith("weak ")


# What makes a word an announcement: "order number", "order: ", "заказ №".
STRONG = (
    rf"(?:numbers?|nums?|no|nrs?|nro|ids?|code|ref|reference|nummern?|n[úu]mero|n[úu]m|n\.?\s?[º°]|номер(?:ом|а"
    rf"|у)?|номр|ном|код"
    rf"|номером)"
    rf"(?![{LETTER}])|номер|号码|编号|号|號|码|[#№]"
)
MARK = rf"(?:{STRONG}|[:：=])"
FILLER = (
    r"(?:(?:is|was|are|be|my|our|your|the|this|with|of|for|from|under|still|again|here|as|follows|below|that|which"
    r"|has|had"
    r"|confirmation|having|and|its|s|you|call|called|named"
    r"|mit|der|die|das|ist|war|lautet|lauten|hat|meiner?|meine[rsnm]?|ihrer?|unsere?r?|unter|von|dem|zur?|hier"
    r"|folgende"
    r"|es|de|del|el|la|los|mi|mis|con|su|tiene|bajo|era|son|lleva|este|esta"
    rf"|под|мой|моего|моё|мое|моя|с|это|вот|такой|у|имеет|был|был[оа]|от|на|один|одно|un solo|mismo)(?![{LETTER}])"
    r"|是|为|為|的|叫|了|只有一个|就一个|我的|这个|如下|这是)"
)
AIR = r"[\s.,()'\"“”„«»\[\]|*_<>→–—-]{0,4}"
TIGHT = re.compile(rf"(?:{AIR}(?:{MARK}|{FILLER})){{0,7}}{AIR}", re.IGNORECASE)
HAS_MARK = re.compile(MARK, re.IGNORECASE)
HAS_STRONG = re.compile(rf"(?<![{LETTER}])(?:{STRONG})", re.IGNORECASE)
ENDS_IN_MARK = re.compile(
    rf"(?:(?<![{LETTER}])(?:{STRONG}))(?:[\s.:：'\"“„«(]|is |ist |es |lautet |是|为){{0,4}}$", re.IGNORECASE
)
EQUATES = re.compile(r"(?<![a-z])(?:is|was|ist|war|lautet|es|era)(?![a-z])|[:：=]|是|为", re.IGNORECASE)
HEAD = re.compile(
    rf"^{AIR}(?:{STRONG})?\s?(?:for|of|to|on|zu|zur|zum|für|von|de|del|para|по|к|для)\s(?:(?:my|the|this|our"
    rf"|meiner?|der|dieser"
    r"|die|mi|el|este|моему|моего|этому)\s)?$",
    re.IGNORECASE,
)
# "48213 is my order number", "48213是我的订单号"
BEHIND = re.compile(
    r"[\s,，(（)\"'”»–—-]{0,4}(?:\n[(（]?(?:die vom |der vom |n[úu]mero de |the )?|(?:thats|is|was|ist|war|lautet"
    r"|es|era|это|[-–—=])\s{0,2}|(?:thats|that's|that is|which is|das ist"
    r"|que es)\s|是|为)(?:(?:my|the|our|your|meiner?"
    r"|meine|die|unsere"
    r"|der|mi|el|la|номер|мой|моего|наш)\s|我的|我们的|这个)?",
    re.IGNORECASE,
)
# "on it stands 3RL-8812, that should be the serial number"
PERHAPS_BEHIND = re.compile(
    r"[^.!?。！？;\n0-9]{0,24}?(?:\b(?:must be|should be|i (?:think|guess|suppose)|probably|presumably|supposedly"
    r"|müsste|dürfte|wohl|vermutlich|glaube ich|supongo|creo|ser[áa]|imagino|видимо|наверное|вроде|похоже|думаю)\b"
    r"|应该|可能|大概|估计)(?: (?:that's|that is|it's|it is|das ist|die|das|der|the|que|es|el|la|de|this|это|его"
    r"|its|a|being)|就是|是){0,4}\s?",
    re.IGNORECASE,
)
# "(not my order!)"
THIS_ARTICLE = re.compile(r"\s?(?:那|这|的)?(?:那|这)?(?:件|款|个商品|商品)(?!套)")
THIS_ORDER = re.compile(r"\s?(?:这|那|此)(?:个|一)?(?:订?单)(?![号独位])")
DENIED = re.compile(
    r"[\s,(（]{0,3}(?:not|nicht|kein|no es|не|不是|并非)\s?(?:my|meine?|mi|мой|the|an?|die|der|el|номер|我的)?\s?"
    r"(?:order|bestell|auftrag|pedido|заказ|订单)",
    re.IGNORECASE,
)
# "I ordered the 6630 and got the 6603", "8841 instead of 8814": of articles, for orders are not sent.
_ORDERED = (
    r"(?:order(?:ed)?|wanted|bestellt|bestell|wollte|ped[íi]|encargu[ée]|quer[íi]a|compr[ée]"
    r"|заказывала?|заказала?|брала?|拍的?|订的?|买的?|要的?)"
)
_CAME = (
    r"(?:got|received|arrived|came|sent|bekommen|bekam|geliefert|kam|erhalten|lleg[óo]|recib[íi]|mandaron|enviaron|vino"
    r"|привезли|пришл[аои]|пришёл|пришел|прислали|получила?|到手|收到|发来|发的|发成|来的)"
)
_WORDS_BETWEEN = r"(?:是|了|的|:|\s|the |a |el |la |un |una |die |den |das |ein |eine |item |model |me |mir )*"
_BARE = r"(?<![A-Za-z0-9А-яё/-])(?P<{}>[0-9]{{3,8}}|[A-Z]{{1,3}}-?[0-9]{{3,6}})(?![0-9/-])"
_WORD_BEGINS = r"(?<![^\W一-鿿])"
SWAPPED = (
    re.compile(
        rf"{_WORD_BEGINS}{_ORDERED}{_WORDS_BETWEEN[:-1]}{{0,4}}{_BARE.format('one')}[^0-9.!?\n]{{1,20}}?{_CAME}"
        rf"{_WORDS_BETWEEN[:-1]}{{0,4}}{_BARE.format('other')}",
        re.IGNORECASE,
    ),
    re.compile(  # German: "die 4471 bekommen, aber 4417 bestellt"
        rf"{_BARE.format('one')}\s(?:{_CAME}|{_ORDERED})(?!\w)[^0-9.!?\n]{{1,24}}?{_BARE.format('other')}"
        rf"\s(?:{_CAME}|{_ORDERED})(?!\w)",
        re.IGNORECASE,
    ),
)
# "product code", "invoice ref": behind another announcing word these only say "number".
ONLY_NUMBER = re.compile(r"codes?|ref|reference|referenz|referencia|编号|id", re.IGNORECASE)
IMEI = re.compile(
    rf"{_BEGINS}IMEI[^0-9A-Za-z\n]{{0,12}}(?P<value>[0-9](?:[ -]?[0-9]){{13,15}})(?![0-9])", re.IGNORECASE
)
SPACED = re.compile(
    rf"{_BEGINS}(?P<serial>serial (?:no|number)|(?:serien|fabrik|geräte)-?(?:nummer|nr)|n[úu]mero de serie"
    rf"|серийный номер|序列号)?(?P<article>teile-?(?:nr|nummer)|part (?:no|number)|art(?:ikel)?\.?-?(?:nr|nummer))?"
    r"(?(serial)|(?(article)|(?!)))\.?\s?[:：]?\s?(?P<value>[0-9]{1,4} [0-9A-Z]{2,4}(?: [0-9A-Z]{2,4}){1,4})"
    r"(?=\s?(?:[,.;)\n]|$))",
    re.IGNORECASE,
)
# "referencia del artículo", "номер товара"
NUMBER_OF = re.compile(
    rf"(?<![{LETTER}])(?:{STRONG}|referencia)\s(?:(?:de|del|de la|of|of the|des|der)\s)?$", re.IGNORECASE
)
