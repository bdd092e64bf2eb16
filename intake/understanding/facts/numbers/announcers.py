"""The words that announce a number, in the languages that we know, and what kind of number each announces."""

from __future__ import annotations

import re

LETTER = "A-Za-zÀ-ɏА-яЁё"
ENDS = rf"(?![{LETTER}])"
BEGINS = rf"(?<![{LETTER}])"

# "number" at the end of a compound: Bestellnummer, 订单号.
_NR = r"-?(?:nummer|numer|nr|no)"
_HAO = r"(?:的?(?:编号|编码|单号|号码|号|碼|號碼|編號|號))"
# Shops whose numbers are those of orders.
_HAN_SHOPS = r"淘宝|天猫|京东|拼多多|抖音|苏宁|唯品会|官网|商城|网上|线上|平台|下单|购买|原"

# Couriers, by name; with or without "number" what stands behind one is a parcel's.
_COURIERS = (
    r"dhl|ems|ups|fedex|usps|hermes|evri|dpd|gls|tnt|yodel|parcel ?force|royal mail|inpost|ontrac|lasership|an post"
    r"|canada post|aus(?:tralia )?post|aramex|post ?nord|österreichische post|correos(?: express)?|seur|mrw|nacex|ctt"
    r"|envialia|zeleris|tipsa|estafeta|andreani|servientrega|сд[эе]к\w{0,2}|cdek|боксберри|boxberry|почт[аыу] россии"
    r"|деловы[емх] лини\w{1,2}|пэк|5post"
)
HAN_COURIERS = r"顺丰|順豐|中通|圆通|申通|韵达|极兔|百世|德邦|邮政|京东快递|京东物流|菜鸟|丰巢|宅急便|黑貓"

# Kind, words of alphabets, words of Chinese. Of two that begin at the same letter the upper one is tried first.
# "" = a number of something else, which is neither kept nor a telephone number.
TABLE: tuple[tuple[str, str, str], ...] = (
    (  # parcels
        "",
        rf"(?:{_COURIERS})|couriers?|carrier|tracking|track|trk|waybill|awb|shipments?|consignment|parcels?|pallets?"
        r"|delivery (?:note|slip|ref(?:erence)?|card)|(?:shipping|shipment|dispatch|delivery) confirmation|locker"
        rf"|sendung(?:s(?:{_NR}|verfolgung\w{{0,10}}))?|(?:sendungs|paket|versand|fracht|zustell|abhol)\w{{0,3}}{_NR}"
        r"|paket|frachtbrief|lieferschein\w{0,2}|packstück|palette|sendungs-?id|tracking\w{1,12}|paketschein"
        r"|abholschein"
        rf"|versandbest[äa]tigung|lieferschein{_NR}|identcode|postnummer"
        r"|seguimiento|rastreo|env[íi]os?|gu[íi]a|expedici[óo]n|bulto|paquetes?|albar[áa]n|transportista|mensajer[íi]a"
        rf"|localizador (?:del? (?:env[íi]o|paquete|seguimiento|expedici[óo]n|bulto)|de (?:{_COURIERS}))|pal[ée]"
        r"|referencia del? env[íi]o"
        r"|трек\w{0,10}|накладн\w{0,3}|отслеживани\w|отправлени\w{0,2}|посылк\w{0,2}|рпо|шпи|идентификатор\w{0,2}"
        r"|извещени\w|вагон\w{0,2}|паллет\w{0,2}|постамат\w{0,2}|груз\w{0,2}|упд",
        rf"(?:{HAN_COURIERS})(?:快递|物流|速运)?(?:公司)?(?:查询|跟踪)?{_HAO}?"
        rf"|(?:快递|快遞|物流|运单|運單|货运|貨運|包裹|追踪|追蹤|跟踪|提货|提貨|送货|送貨|出库|配送|发货|發貨|托运|面单|集装箱"
        rf"|提|取件|取货){_HAO}|运单|運單|快递|快遞|物流|货运单|提货单|送货单|出库单|包裹|面单|取件码?|取货码?|驿站",
    ),
    (  # what is paid and how
        "",
        r"invoices?|receipts?|bills?|statements?|debits?|iban|bic|swift|sort code|accounts?|acct?|cards?|visa"
        r"|mastercard|transactions?|transfer|trans|(?:bank|payment|transfer) ref(?:erence)?|payment(?: id)?|paypal"
        r"|money order|auth(?:ori[sz]ation)?|approval|vat|tax|hrb|gift|vouchers?|coupons?|promo(?:tion)?|credit note"
        r"|estimate|quotes?|quotation|winner"
        rf"|rechnung(?:en|s{_NR})?|rechnungs?-?nr|re-nr|rg\.?-?nr|beleg(?:{_NR})?|quittung(?:s{_NR})?|konto(?:{_NR})?"
        rf"|karte(?:n{_NR})?|gutschein\w{{0,8}}|transaktion\w{{0,8}}|zahlungsreferenz|verwendungszweck|mahnung"
        rf"|angebot(?:s{_NR})?|kostenvoranschlag\w{{0,2}}|(?:kassen)?bon|ust-?id(?:-?nr)?|steuer{_NR}|blz|gutschrift"
        r"|facturas?|recibos?|cuenta|tarjeta|cup[óo]n|vale(?!,)|transacci[óo]n|operaci[óo]n|autorizaci[óo]n|cargo"
        r"|nif|cif|dni|presupuesto|concepto|resguardo|justificante|tique|abono"
        r"|referencia (?:bancaria|de pago|del? (?:la )?(?:transferencia|ingreso))"
        r"|сч[её]т\w{0,3}|чек\w{0,2}|карт(?:ы|а|у|е|ой)?|квитанци\w{1,2}|купон\w{0,2}|промокод\w{0,2}|бонусн\w{1,4}"
        r"|транзакци\w{1,2}|плат[её]ж\w{0,3}|инн|кпп|огрн(?:ип)?|бик|сертификат\w{0,2}|операци\w{1,2}|реквизит\w{0,2}",
        rf"(?:发票|發票|收据|小票|退款|支付|付款|交易|商户|报价|流水|汇款|转账){_HAO}|发票(?:代码|号码?)?|收据|小票|报价单"
        r"|银行卡|流水|卡号|税号|优惠券|优惠码|兑换码|兌換碼|折扣码|礼品卡|代金券|账号|帐号|帳號|帳戶|账户",
    ),
    (  # who somebody is, and what he has signed
        "",
        r"customers?|clients?|member(?:ship)?|loyalty|employee|user(?:name| ?id)?|login|student|subscri(?:ption|ber)"
        r"|contracts?|policy|insurance|licen[cs]e|passports?|nhs|ssn|company|registration|registered"
        rf"|kunden?(?:{_NR})?|kd\.?-?nr|mitglied(?:s{_NR})?|vertrag(?:s{_NR})?|vertragskonto|abo(?:{_NR})?"
        rf"|benutzer\w{{0,6}}"
        rf"|police(?:n{_NR})?|versicherung(?:s{_NR}|sschein)?|ausweis(?:{_NR})?|personalausweis|bonus{_NR}"
        r"|clientes?|socio|socia|abonad[oa]|suscripci[óo]n|usuario|titular|contrato|p[óo]liza|pasaporte|cups"
        r"|клиент\w{0,4}|договор\w{0,2}|полис\w{0,2}|паспорт\w{0,2}|абонент\w{0,2}|абонемент\w{0,2}|подписк\w"
        r"|логин\w{0,2}|уч[её]тн\w{2,3}|аккаунт\w{0,2}|пользовател\w{1,2}|страхов\w{2,3}|снилс|доверенност\w",
        rf"(?:客户|客戶|会员|會員|用户|用戶|合同|合約|保单|保險單|订阅|工号|员工|身份证|学号|会员卡|商家){_HAO}|客户|客戶|保单"
        r"|用户名|用户id|信用代码|微信号?|qq|尾号|后四位",
    ),
    (  # what an office writes down
        "",
        r"tickets?|cases?|claims?|complaints?|incident|support|dispute|appointments?|rma|queue|batch|lot|slip|labels?"
        r"|returns?(?= (?:no|number|nr|id|label|auth))|return authori[sz]ation"
        r"|(?:our|nuestra|unsere?|наш[аи]?|case|claim|complaint|support|return|incident|collection|depot'?s?)"
        r" ref(?:erencia|erence|erenz)?"
        r"|(?:work|service|repair|standing|money|job|court) orders?|meter|certificates?|cert|warranty"
        rf"|vorgang(?:s{_NR})?|fall(?:{_NR})?|anfrage(?:{_NR})?|schaden(?:s?{_NR})?|aktenzeichen"
        rf"|(?:ihre?|unsere?|meine?) zeichen|mandat(?:s{_NR})?"
        rf"|(?:kundendienst|service|reparatur|wartungs|werkstatt)-?auftrag(?:s{_NR})?"
        rf"|zähler(?:{_NR})?|termin(?:{_NR})?|charge(?:n{_NR})?|reklamation(?:s{_NR})?|retouren?(?:{_NR}|schein)"
        rf"|rücksende(?:{_NR}|schein)|garantie(?:{_NR}|schein)|geräte-?pass|inventar{_NR}|beschwerde(?:{_NR})?"
        rf"|fd(?:{_NR})?"
        r"|siniestro|expediente|reclamaci[óo]n|queja|turno|incidencia|asunto|ticket|parte|lote|cita|garant[íi]a"
        r"|contador|orden(?:es)? de (?:servicio|reparaci[óo]n|trabajo)|devoluci[óo]n(?= n(?:\.|º|°|[úu]m))"
        r"|(?<=número de )devoluci[óo]n"
        r"|заказ-наряд\w{0,2}|заявк\w{1,2}|тикет\w{0,2}|талон\w{0,2}|претензи\w|жалоб\w|протокол\w{0,2}|исх|вх|дел[оа]"
        r"|обращени\w{0,2}|акт(?:а|у|е|ом)?|парти[яию]|сч[её]тчик\w{0,2}|запис[ьи]|входящ\w{2,3}|исходящ\w{2,3}"
        r"|ремонт\w{0,2}|наш[аи]? референс|возврат[ау]?(?= (?:№|номер))|гарантийн\w{2,3}",
        rf"(?:退货|退貨|换货|维修|維修|报修|投诉|投訴|保修|服务|服務|受理|案件|工单|回执|售后|申请|病历|就诊|水表|电表|批次|生产批"
        rf"|批|检测|登记){_HAO}|工单|案件|案件号|挂号单?|取餐号|排队号|水表|电表",
    ),
    (  # journeys, places, machines that talk, health
        "",
        r"flights?|trains?|rooms?|gates?|seats?|errors?|fault|codes?|pin|otp|zip|postcode|version|firmware|software"
        r"|build|barcodes?|isbn|patient|van|plate|reg"
        rf"|flug(?:{_NR})?|zimmer(?:{_NR})?|fehler\w{{0,8}}|plz|postleitzahl|tan|kennzeichen|kfz|patienten{_NR}"
        rf"|filiale|kasse|haus{_NR}|raum"
        r"|vuelo|habitaci[óo]n|c[óo]digo postal|matr[íi]cula|billete|asiento|tren|historia cl[íi]nica"
        r"|c[óo]digo de (?:error|verificaci[óo]n|recogida|barras)|versi[óo]n"
        r"|рейс\w{0,2}|ошибк\w{0,2}|индекс|билет\w{0,2}|поезд\w{0,2}|место|смс|штрих-?код\w{0,2}"
        r"|(?<!\()(?<!шт\., )код(?:а|ом)?(?! товара| детали| заказа)"
        r"|гос\.? ?номер\w{0,2}|(?<!н[ауо][яюй] )машин[аыу]|медкарт\w{1,2}|пин|верси[яи]|бокс\w{0,2}|ячейк\w",
        r"航班号?|车次|车牌号?|票号|机票号?|房间号?|房号|错误代码|报错代码|故障码|故障代码|验证码|驗證碼|取票码|邮编|版本|桌号|条形码|条码",
    ),
    # Of these other steps know more.
    (
        "elsewhere",
        r"phones?|telephone|tel|mobile|cell|fax|whatsapp|call"
        rf"|(?:telefon|handy|ruf|rückruf|mobil|festnetz|fax|dienst|whatsapp|privat){_NR}|telefon|handy|mobil"
        rf"|tel[ée]fono|m[óo]vil|celular|телефон\w{{0,2}}|тел|моб|факс|models?|modell?s?|modelo|модел[ьи]|modell?{_NR}"
        rf"|typ(?:en)?{_NR}|typ|type",
        r"电话号?码?|電話|手机号?码?|手機號?碼?|型号|型號|机型",
    ),
    (
        "serial_number",
        rf"serials?|s/?n°|s[/\\]n|sn|s-?nr|f-?nr|imei|vin|chassis|serien|ser\.?-?\s?n[ro]|fabr?\.?-?\s?nr"
        rf"|(?:{{word}}-?)?(?:serien|maschinen|fahrgestell"
        rf"|fabrik(?:ations)?|fertigungs|herstell|rahmen|geräte?(?:ident)?){_NR}"
        r"|(?:n[úu]mero|n\.?[º°o.]{1,2}|núm\.?|num\.?)\s?(?:de\s?)?(?:serie|m[áa]quina|aparato|equipo"
        r"|fabricaci[óo]n)|n/s|n\.s(?=\.)|bastidor"
        r"|серийник\w{0,2}|серийн\w{0,4}|имей|номер (?:серии|аппарата|устройства|прибора|изделия|двигателя|рамы|кузова"
        r"|шасси)|(?:device|engine|frame|hull) (?:id|no|number)"
        r"|сер|с[/\\]н|имеи|заводск\w{0,4}|зав|imei",
        r"串码|机器码|序列号码?|序列號|(?:机身|機身|机器|設備|设备|整机|出厂|出廠|车架|產品序|产品序|主机|仪器)(?:编号|编码|号码"
        r"|編號|号|號)|sn码|串号|机身码|imei码|(?:铭牌|机身|机器|设备|机子|底部|背面|后盖|后面|底下)(?:上面?|里)?的?(?:那个)?(?:编号|编码|号码|序号)",
    ),
    (
        "weak serial_number",
        r"serie|(?:machine|unit)(?= ?(?:no|number|nr|id|code|#|:))|рам[аыу]",
        r"机号|机身(?=\s?$)|(?:机身|铭牌|机器|设备)上?(?:贴|刻|印|标)(?:着|的|了)?",
    ),
    (
        "product_number",
        rf"sku|p/n|mpn|ean|gtin|asin|upc|e-?nr|parts?-?(?:numbers?|no)|(?:{{word}}-?)?(?:artikel|art\.|produkt"
        rf"|material|teile?|ersatzteil|sach"
        rf"|katalog){_NR}|art\.?\s?{_NR}|produkt-?code|артикул\w{{0,2}}|код (?:товара|детали)"
        r"|(?<=\()код|(?<=шт\., )код|c[óo]d(?:igo|\.)? (?:de |del )?(?:art[íi]culo|producto)"
        r"|(?:style|stock|design|spare|manufacturer'?s?|cat\.?|catalog(?:ue)?) (?:part )?(?:no|numbers?|code)"
        r"|referencias|prod\.?\s?(?:no|nr)|номенклатур\w{1,4}|парт[- ]?номер|кат(?=\. ?(?:№|номер))"
        r"|каталожн\w{2,3}|номер по каталогу"
        rf"|best(?:ell|\.)?{_NR}\.? des (?:artikels|herstellers)",
        r"货品(?:编码|编号|号)|料号|貨號|货号|(?:产品|商品|產品|货品|配件|零件|部件|物料|款式|备件|耗材|滤芯|宝贝)(?:的)?(?:编号"
        r"|编码|代码|货号|号码|号|id|編號|型号编码)|款号",
    ),
    (
        "weak product_number",
        r"product|article|items?|part|parts? list|lista de piezas|(?:teile|stück)liste"
        r"|artikel|art|produkt|teil|producto|art[íi]culo|pieza|recambio|repuesto|арт|c[óo]d|cat[áa]logo|katalog"
        r"|каталог\w{0,2}|товар\w{0,2}|издели\w|детал\w|запчаст\w",
        r"产品|商品|配件|零件表?",
    ),
    (
        "order_number",
        rf"orders?|ordr|ordder|oder (?:nr|no)|purchase order|ordernumber|order{_NR}"
        rf"|(?:{{word}}-?)?bestell?(?:ung(?:en)?|ungs?{_NR}|{_NR}|-?id|-?code)|bst(?:ell)?nr|best\.?-?\s?nr"
        rf"|auftrag(?:s?{_NR})?|pedidos?|n[.º°]{{1,2}}\s?pedido|orden de compra|orden(?:es)?|заказ(?:а|у|е"
        r"|ом|ы|ов|ам)?|закас|зак|з-з|po(?! ?box)|booking(?:s| code)?|reservations?|confirmation code|best"
        r"|storno|reservas?|localizador|pnr|encargo|folio|res(?=\.)|conf(?=#| ?no| ?number|\. )"
        r"|record locator|itinerary (?:no|number)"
        rf"|buchung(?:en|s-?code|s{_NR})?|reservierung(?:s{_NR})?|res\.?-?\s?nr|брон[ьи]|бронировани[яе]",
        rf"订[单単](?:的?(?:编号|号码?|代码))?|預訂{_HAO}|(?:预订|预定|预约|确认|预约单|预订单|購物|购物|购买){_HAO}|预约单"
        rf"|訂單(?:號碼?|編號)?|定单号?|(?:{_HAN_SHOPS})单号|单子|我的单|(?:携程|飞猪|美团|同程|去哪儿?|[刚那这此])单|(?:订房|预订|预约|订位|订座)码|单号|單號",
    ),
    (
        "weak order_number",
        r"purchase|confirmation(?: (?:e-?mail|letter|message|text|sms))?|bestellbestätigung|auftragsbestätigung"
        r"|buchungsbestätigung|kauf|compra|покупк\w",
        r"购买编号",
    ),
    (
        "reference",
        r"ref|reference|referenz(?:nummer)?|referencia|(?:your|our|ihr) ref|betreff|betr",
        r"编号|編號|參考號|参考号",
    ),
    # Whatever else has a number of its own: "Inkassonummer", "docket number", "número de colegiado", 学生编号.
    (
        "",
        r"{word}-?(?:nummer|numer|nr|code|vertrag|rechnung|schein|beleg|ausweis|bescheid|karte|police)"
        r"|(?!(?:my|your|our|this|that|its|his|her|their|any|some|what|which|right|wrong|correct|whole|full|long|short"
        r"|only|same|other|another|second|first|last|two|both|new|old|the|was|has|with|for|about|and|but|not|have"
        r"|got|see"
        r"|find|need|want|give|gave|send|sent|cancel|return|check|please|hello|also|from|under|quote|here|there|there's"
        r"|confirm\w{0,4}|shop|web|online|amazon|ebay|etsy|shopify|site|email|mail|contact) )"
        r"[a-z]{3,14} (?:numbers?|no\.|id)(?! ?longer)"
        r"|(?:(?<=номер )|(?<=номера )|(?<=номером ))(?!так|мо[йеёи]|наш|ваш|эт|был|указан|котор|ниже|заказ|брон)"
        r"[а-яё]{3,14}(?:а|ы|и|я|ей|ов|ого|ой)"
        r"|(?:(?<=número de )|(?<=numero de )|(?<=nº de )|(?<=núm. de ))(?!la |mi |este |referencia|compra)"
        r"[a-zñáéíóú]{4,16}",
        r"(?!这个|那个|你好|您好|谢谢|少了|现在|就是|不是|另外|没有|收到|我的|你们|下面|以下|上面|查询|取消|他们|这单|那单|退货|一个|如下|请查|麻烦|[查个发给催报将退把的是].|.[的是个查发"
        r"给催报把退改看订訂定])[一-鿿]{2}(?:编号|单号)",
    ),
)
_KINDS = tuple(kind for kind, _, _ in TABLE)


def _alternatives() -> str:
    """One group for each row and script: whether a word begins is asked once for all."""
    word = rf"[{LETTER}]{{2,20}}"
    latin = "|".join(f"(?P<k{row}>{words.replace('{word}', word)})" for row, (_, words, _) in enumerate(TABLE))
    chinese = "|".join(f"(?P<h{row}>{words})" for row, (_, _, words) in enumerate(TABLE))
    return rf"{BEGINS}(?:{latin}){ENDS}|{chinese}"


ANNOUNCERS = re.compile(_alternatives(), re.IGNORECASE)


def announced(match: re.Match[str]) -> tuple[str, bool]:
    """What kind of number this word announces, and whether only with a mark of number behind it."""
    group = match.lastgroup
    kind = _KINDS[int(group[1:])] if group else ""
    return kind.removeprefix("weak "), kind.startswith("weak ")
