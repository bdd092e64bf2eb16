"""What speaks for a code or a name with a number being a model, and what it is else, in the languages that we know."""

from __future__ import annotations

import re

# ---- what stands right before it, each with the points that it gives
_ADJECTIVE = r"(?:[a-zà-ÿ-]{3,14}\s){0,2}?(?:[a-z]{0,6}[A-ZÀ-Þ][\w-]{1,15}\s)?"
_ADJECTIVE_RU = r"(?:[а-яё-]{3,14}\s){0,2}?(?:[A-ZА-ЯЁ][\w-]{1,15}\s)?"
_BEGINS = r"(?<![^\W_])"
OWNED = re.compile(
    rf"{_BEGINS}(?i:my|our|meine?[nmrs]?|unse?re?[nmrs]?|mi|nuestr[oa]|mía?)\s{_ADJECTIVE}$"
    rf"|{_BEGINS}(?i:мо[йяеёию]|моего|моей|моему|наш[аеуи]?|нашего|нашей|у меня|у нас)\s{_ADJECTIVE_RU}$"
    r"|(?:我的|我家的?|我们的|我们家的?|我这[台个款]?)\s?$"
)
MINE = re.compile(
    rf"{_BEGINS}(?i:my|our|meine?[nmrs]?|unse?re?[nmrs]?|mi|nuestr[oa]|мо[йяеёию]|моего|моей|наш[аеу]?)\s$"
)
POINTED = re.compile(
    rf"{_BEGINS}(?i:this|that|the|an?|one|another|your|diese[nmrs]?|de[rnms]|die|das|eine?[nmrs]?|im|am|beim|vom|zum"
    rf"|zur|ins|ihre?[nmrs]?|eure?[nmrs]?|este|esta|ese|esa|el|la|un|una|al|del|los|las|su|vuestr[oa])\s{_ADJECTIVE}$"
    rf"|{_BEGINS}(?i:этот|эту|эта|этого|этой|ваш[аеу]?|вашего|вашей|один|одну)\s{_ADJECTIVE_RU}$"
    r"|(?:[这那][款台个部只辆把件双]|[这那]|一[台款个部辆把双]|[款台]|买的|买了|贵[店司]的?|看中的?|(?:用|买|拍|订|试用)的(?:是)?[一-鿿]{2,3}|想[要买]|请问|配|到的|用的"
    r"|卖的|的|和|就是|机器是)\s?$"
)
GERMAN = re.compile(
    rf"{_BEGINS}(?i:de[rnms]|die|das|eine?[nmrs]?|diese[nmrs]?|im|am|beim|vom|zum|zur|ins|ihre?[nmrs]?|eure?[nmrs]?"
    rf"|zwei|drei|vier|fünf|zehn|habt ihr|haben sie|gibt'?s|gibt es|für|mit|passt|such(?:e|en))\s{_ADJECTIVE}$"
)
# "Сокол-7 есть?"
OFFERED = re.compile(
    r"\s(?:есть|бывает|подойд[её]т|продаётся|in stock|available|lieferbar|vorrätig|disponible|agotad[oa])(?![^\W_])"
    r"|\s?(?:有货|支持|有没有|有现货|还有)"
)
KIND_BEHIND = re.compile(r"\s?(?:款|型|这款|那款)")
# "do you have the …?", "for", "60 of": without an article.
ASKED = re.compile(
    rf"{_BEGINS}(?i:do you (?:have|stock|sell)|have you got(?: any)?|one|two|three|four|five|six|ten|any"
    rf"|is there an?|looking for|got an?|have an?|need|for|with"
    r"|fits?|habt ihr|haben sie|gibt'?s|gibt es|hätte gern|such(?:e|en)|für|mit|passt|ten[ée]is|tienen?|hay|vend[eé]n"
    r"|busc(?:o|amos)|para|con|есть(?: ли)?|нуж(?:ен|на|ны|но)|ищ(?:у|ем)|для|от|на|с|к|у|хочу"
    r"|[0-9]{1,4}\s?(?:x|×|х|st(?:ü|ue)ck|pcs|шт\.?|unidades|台|个|把))\s$|(?:有没有|还有|有|求|要|换|适合|兼容)\s?$"
)
# "Gerät: …", "Producto: …" on a line of its own.
LABEL = re.compile(
    r"(?:^|\n|[,;.!?]\s)[^\S\n]*(?i:device|product|item|appliance|machine|unit|equipment|gerät|produkt|artikel"
    r"|maschine|produkto?"
    r"|producto|art[íi]culo|aparato|equipo|m[áa]quina|товар|изделие|устройство|прибор|техника|аппарат|产品|品名|设备|机器|商品)"
    r"(?i:name|bezeichnung| name|名称)?\s?[:：]\s?$"
)
# "the base says …", "Debajo pone …"
PLATE = re.compile(
    rf"{_BEGINS}(?i:says|reads|stamped|printed|labell?ed|engraved|steht|draufsteht|pone|dice|marcado|написано"
    rf"|указано|стоит"
    r"|выбито)\s(?:[a-zà-ÿа-яё]{2,8}\s)?[\"'“«„]?$|(?:机身|铭牌|背面|底[部下上]?|[锅壳盒]\w{0,2})[^，。,\n]{0,5}(?:写|标|刻|印)[着的]?是?\s?$"
)
# What it does, at the beginning of a message or behind a comma: "KM7 won't turn".
FAILS = re.compile(
    r",?\s(?:won'?t|wont|doesn'?t|doesnt|does not|is(?:n'?t| not)|keeps|stopped|broke|died|makes|no\s|ya no|не\s"
    r"|geht nicht|startet|macht|lädt|dreht|bleibt|se (?:apaga|para|cae)|hace|перестал|сломал|шумит|гудит|bought"
    r"|gekauft|comprad[oa]|брал|куп(?:ил|лен))"
    r"|\s?[一-鿿]{0,3}(?:不|坏|没反应)",
    re.IGNORECASE,
)
# ---- what is spoken of
DEVICES = re.compile(
    r"(?<![^\W_])(?:repair\w{0,3}|broke\w{0,2}|fault\w{0,1}|warranty|guarantee|fix\w{0,2}|manual|compatib\w{2,5}"
    r"|fits?|works? with"
    r"|in stock|for sale|leak\w{0,3}|nois\w{1,2}|beep\w{0,3}|charg\w{1,3}|overheat\w{0,3}|smok\w{1,2}|burn\w{0,3}"
    r"|install\w{0,3}"
    r"|maintenance|servic(?:e|ing)|wartung|mantenimiento|revisi[óo]n|обслуживани\w|works?|working|starts?|pair"
    r"|blades?|funktioniert|arranca|enciende|funciona|работает|сломан\w?|firmware|update|reset"
    r"|descal\w{1,3}|switch\w{0,2} (?:on|off)|turns? (?:on|off)|serial|error|second-?hand|refurbished"
    r"|reparier\w{1,3}|reparatur\w{0,2}|kaputt|defekt\w{0,2}|garantie\w{0,8}|anleitung|passt|passen|kompatibel"
    r"|lagernd|vorrätig"
    r"|verfügbar|gibt'?s|habt ihr|undicht|tropft|laut|geräusch\w{0,2}|piept|lädt|glüh\w{0,4}|hei(?:ß|ss)|riecht"
    r"|qualmt|raucht|schaltet|startet|einbau\w{0,2}|seriennummer|typenschild|gebaut|inspektion"
    r"|repar\w{2,6}|aver[íi]\w{1,3}|rot[oa]|estropead[oa]|garant[íi]a|manual|compatib\w{2,5}|vale (?:para|pa)|sirve"
    r"|encaja|stock|disponible|gotea|ruido|pita|carga|quema|humo|instal\w{1,5}|serie|pesan?|enchufe"
    r"|ремонт\w{0,4}|почин\w{1,4}|слома\w{1,5}|гаранти\w{1,3}|инструкци\w|подойд\w{1,3}|подход\w{1,3}|совмест\w{1,5}"
    r"|в наличии|есть ли|теч[её]т|шум\w{1,3}|пищит|заряж\w{2,5}|дым\w{0,3}|установ\w{2,5}|серийн\w{2,3}|включа\w{2,4}"
    r"|комплект\w{0,2}|запчаст\w{1,2})(?![^\W_])"
    r"|修|坏|保修|质保|兼容|能配|适配|适合|有货|现货|漏水|异响|充不|充电|冒烟|通电|不动|不响|不亮|不转|不制冷|安装|说明书|开机|开不了|重启|怎么用|配件|哪个好|铭牌|序列号|标的",
    re.IGNORECASE,
)
TRADED = re.compile(
    r"(?<![^\W_])(?:(?:pre-?)?order(?:ed|ing)?|bought|buy|purchased?|swap|exchange|return(?:ed|ing)?|colou?r"
    r"|deliver(?:ed|y)"
    r"|bestellt|bestellen|gekauft|kauf(?:en)?|umtausch\w{0,4}|tausch\w{0,3}|zurück\w{0,8}|farbe|geliefert|lieferung"
    r"|ped[íi]\w{0,3}|compr\w{1,4}|cambi\w{1,4}|devol\w{2,6}|color|entreg\w{1,5}"
    r"|заказ\w{2,4}|куп(?:ил|лен)\w{0,2}|купить|обмен\w{0,3}|верну\w{1,3}|возврат\w{0,2}|цвет\w{0,2}|привез\w{1,3}"
    r"|достав\w{2,4}|in (?:black|white|gr[ae]y|blue|red|green|schwarz|wei(?:ß|ss)|grau|blau|rot|grün)|en (?:negro"
    r"|blanco|gris|azul|rojo|verde)|(?:бел|ч[её]рн|син|красн|сер|зел[её]н)\w{2,3})(?![^\W_])|[黑白灰蓝红绿]色"
    r"|买|换|退|下单|颜色|送货|发货",
    re.IGNORECASE,
)
RECEIPT = re.compile(r"(?<!\w)(?:sin|el|del|mi|con|un|tu|su) ticket$", re.IGNORECASE)  # Spanish
# Who is on a journey speaks of flights, trains and seats.
JOURNEY = re.compile(
    r"(?<!\w)(?:gate|boarding|airport|check-?in|abflug|flughafen|bahnsteig|gleis|embarque|aeropuerto|puerta sale"
    r"|and[ée]n|вылет\w{0,2}|аэропорт\w{0,2}|посадк\w)(?!\w)|登机|机场|航班|高铁|火车",
    re.IGNORECASE,
)
# ---- what has a number and is no model: the word itself, or one beside it
_NUMBERED = (
    r"order|invoice|booking|reference|ref|ticket|case|claim|contract|policy|customer|member|account|quote|position"
    r"|pos|item"
    r"|page|chapter|section|step|point|article|paragraph|figure|fig|appendix|table|line|row|column|room|suite|unit"
    r"|flat|apt"
    r"|apartment|floor|level|building|block|gate|hall|terminal|platform|track|seat|coach|flight|train|bus|route|exit"
    r"|zone|area|sector|district|ward|year|grade|class|course|module|lesson|group|team|round|stage|phase|week|day|month"
    r"|quarter"
    r"|size|pack|box|set|lot|batch|pallet|parcel|package|version|windows|android|ios|macos|office|chrome|firefox"
    r"|euro|band|category|cat|type|form|plan|tariff|option|tier|channel|port|shop|store|branch|till|desk|counter"
    r"|locker|bay"
    r"|star|stars|covid|error|code|pin|number|no|nr|phone|tel|call|street|road|lane|avenue|close|drive|court|terrace"
    r"|way|part|parts|pieces|pcs|visa|mastercard|iban|bic|wifi|wi-fi|bluetooth|friday|from|until|over|under|about|only"
    r"|grand|bestellung|rechnung|buchung|auftrag|vorgang|vertrag|kunde|konto|angebot|seite|kapitel|abschnitt"
    r"|schritt|punkt|absatz|artikel|anlage|anhang|tabelle|abbildung|zeile|spalte|zimmer|raum|wohnung|etage|stock"
    r"|haus|halle|tor|gleis|platz|sitz|wagen|flug|zug|linie|ausgang|gebiet|bezirk|jahr|klasse|kurs|modul|gruppe"
    r"|woche|tag|monat|quartal|größe|gr|paket|stück|satz|charge|palette|kategorie|typ|formular|tarif|kanal"
    r"|filiale|kasse|schalter|fach|sterne|fehler|nummer|telefon|stra(?:ß|ss)e|weg|gasse|allee|ring|teil|stufe|kw"
    r"|kalenderwoche"
    r"|mitte|anfang|ende|uhr|minute|minuten|stunde|grad|ab|bis|seit|nach|vor|mit|bei|auf|von|um|am|nur|noch|etwa|ca"
    r"|pedido|factura|reserva|referencia|incidencia|contrato|cliente|cuenta|presupuesto|posici[óo]n|p[áa]gina"
    r"|cap[íi]tulo"
    r"|secci[óo]n|paso|punto|art[íi]culo|anexo|tabla|figura|l[íi]nea|fila|columna|habitaci[óo]n|piso|planta|puerta"
    r"|edificio|bloque|and[ée]n|asiento|vuelo|tren|autob[úu]s|salida|zona|distrito|a[ñn]o|clase|curso|grupo|semana"
    r"|d[íi]a|mes|talla|lote|versi[óo]n|categor[íi]a|tipo|tarifa|opci[óo]n|canal|tienda|caja|estrellas|n[úu]mero|calle"
    r"|avenida|plaza|camino|paseo|ronda|entre|desde|hasta|sobre|unos|unas|las|los|hace|euros"
    r"|заказ(?:[аеуыи]|ом|ов|ей)?|сч[её]т(?:[аеуыи]|ом|ов|ей)?|брон[ьи]|билет(?:[аеуыи]|ом|ов|ей)?|договор(?:[аеуыи]"
    r"|ом|ов|ей)?|позици\w|страниц\w|глав[аы]|раздел(?:[аеуыи]|ом|ов|ей)?|шаг|пункт(?:[аеуыи]|ом|ов|ей)?"
    r"|стать\w{1,2}|приложени\w|таблиц\w|рис|номер(?:[аеуыи]|ом|ов|ей)?|этаж(?:[аеуыи]|ом|ов|ей)?|квартир\w"
    r"|дом(?:[аеуыи]|ом|ов|ей)?|корпус(?:[аеуыи]|ом|ов|ей)?|подъезд(?:[аеуыи]|ом|ов|ей)?|зал(?:[аеуыи]|ом|ов|ей)?"
    r"|терминал(?:[аеуыи]|ом|ов|ей)?|место|рейс(?:[аеуыи]|ом|ов|ей)?|поезд(?:[аеуыи]|ом|ов|ей)?|автобус(?:[аеуыи]|ом"
    r"|ов|ей)?|зон[аы]|год(?:[аеуыи]|ом|ов|ей)?|класс(?:[аеуыи]|ом|ов|ей)?|курс(?:[аеуыи]|ом|ов|ей)?|групп\w{1,2}"
    r"|недел\w|день|размер(?:[аеуыи]|ом|ов|ей)?|комплект(?:[аеуыи]|ом|ов|ей)?|парти[ияю]|верси\w|категори\w|тип"
    r"|тариф(?:[аеуыи]|ом|ов|ей)?|план|магазин(?:[аеуыи]|ом|ов|ей)?|касс\w|ошибк\w|код(?:[аеуыи]|ом|ов|ей)?"
    r"|телефон|улиц\w|проспект(?:[аеуыи]|ом|ов|ей)?|мкр|шоссе|после|около|более|менее|через|ещ[её]|товар(?:[аеуыи]"
    r"|ом|ов|ей)?|пар[аыу]|штук(?:[аеуыи]|ом|ов|ей)?"
    r"|ground|gas|dock|deck|cotton|baumwolle|algod[óo]n|хлопок|klarna|gmail|google|amazon|ebay|ikea|aldi|lidl|kaufland"
    r"|carrefour|mercadona|tesco|argos|saturn|media ?markt|obi|bauhaus|авито|озон|леруа|сбер|sparkasse|easyjet"
    r"|ryanair|lufthansa"
    r"|gold|silver|bronze|platinum|platin|oro|plata|premium|basic|familia|house|cafe|garage|inn|pub|farm|church"
    r"|chapel|park|mall|centre|center|tower|village|estate|lodge|villa"
    r"|cottage|residence|amex|paypal|spf|rep|agent|act|rampe|aufgang|eingang|termin|paragraf|rastplatz|hof"
    r"|schule|kirche"
    r"|turm|dorf|siedlung|stellplatz|bau|abteilung|abt|mitarbeiter|fahrer|v[íi]a|portal|centro|colegio|iglesia|parque"
    r"|torre|casa|urbanizaci[óo]n|pol[íi]gono|nave|agente|гост|жк|тц|бц|мк|снт|школ[аеуы]|сад|парк|вход|ворота|бокс"
    r"|секци[яи]|err|fehlercode|zeichen|kennzeichen|albar[áa]n|eu|uk|us|vitamin\w{0,2}|omega|formel|formula"
    r"|витамин\w{0,2}|black|cyber|singles|black friday|wd|din|iso|en|din en"
    r"|dhl|dpd|ups|gls|tnt|ems|usps|fedex|evri|hermes|seur|mrw"
)
_MONTHS = (
    r"jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|july?|juni|juli|aug(?:ust|usto)?"
    r"|sept?(?:ember|iembre)?|o[ck]t(?:ober|ubre)?|nov(?:ember|iembre)?|de[cz](?:ember)?|diciembre|enero|febrero"
    r"|marzo|abril"
    r"|mayo|junio|julio|(?:янв|феврал|октябр|ноябр|декабр|сентябр|январ|апрел|июн|июл)[ьяею]|март[ае]?|ма[йяе]"
    r"|август[ае]?|(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch"
    r"|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo"
)
NUMBERED = re.compile(
    rf"(?:{_NUMBERED}|{_MONTHS}|(?!samsung)\w{{3,}}(?:ung|heit|keit|schaft|tion|sion|ment|ness)|\w{{2,}}(?:stra(?:ß"
    rf"|ss)e|str|weg|gasse|platz|allee|damm|ufer|nummer|nr|zimmer|raum"
    rf"|seite|klasse|woche|tag|termin|schritt|stufe|gruppe|team|zone|halle|linie|punkt))",
    re.IGNORECASE,
)
# "Oro 3 noches"
COUNTED = re.compile(
    r"\s(?i:nights?|people|persons?|adults?|times|x|in 1|n[äa]chte?n?|personen|mal|noches|personas|veces|en 1|раза?"
    r"|ноч\w{1,3}|человека?|в 1|of|von|из|de [0-9])(?![^\W_])"
)
# Beside it, they tell that it is no thing: "the Komfort 24 tariff".
ELSEWISE = re.compile(
    r"[\s-](?i:programmes?|programs?|modes?|cycles?|instal?lments?|landing|ltd|limited|gmbh|inc|horas|hours?|raten"
    r"|memberships?|accounts?|cards?|mitgliedschaft|konto|karte|tarjeta|cuenta|screws?|bolts?|nuts?"
    r"|schrauben?|muttern?|tornillos?|tuercas?|болт\w{0,2}|гайк\w{1,2}|garage|house"
    r"|building|centre|center|stand|booth|tariff?s?|tarif\w{0,2}|plans?|package|paket|course"
    r"|kurs\w{0,2}|class|klasse|rooms?|zimmer|suite|form|formular"
    r"|policy|tickets?|pass|tour|level|edition|menu|men[üú]|hotel|restaurant|caf[ée]|street|road|lane|avenue|close"
    r"|station"
    r"|flights?|course|module|licen[cs]e|subscription|abo|treaty|school|league|bus|train|visa|seminar|workshop|tarifa"
    r"|habitaci[óo]n|curso|vuelo|тариф\w{0,2}|курс\w{0,2}|рейс\w{0,2}|номер\w{0,2})(?![^\W_])|\s?(?:套餐|课程|航班|房|路|号线|会员)"
)
ELSEWISE_BEFORE = re.compile(
    r"(?<![^\W_])(?i:program(?:me?|a|s)?|mode|modus|modo|программ[аеы]|режим[ае]?|herrn?|frau|familie|mr\.?|mrs\.?"
    r"|ms\.?|sra?\.?|don|do[ñn]a|г-н|г-жа|tariff?|tarif\w{0,2}|plan|paket|package|kurs|course|class|klasse|hotel"
    r"|pension|restaurant|café|room|zimmer"
    r"|station|school|schule|street|stra(?:ß|ss)e|calle|c/|avda\.?|avenida|plaza|ctra\.?|autov[íi]a|autobahn|highway"
    r"|route|road"
    r"|flight|flug|vuelo|tren|train|zug|rese|curso|tarifa|hab(?:itaci[óo]n)?|policy|licen[cs]e|error|fault|code"
    r"|fehler\w{0,6}"
    r"|código|meldung|message|number|nummer|n[úu]mero|номер(?:[аеуы]|ом)?|(?:calle|plaza|avenida|avda\.?|paseo"
    r"|rambla|ronda|camino|ctra\.?) de(?:l| la| los| las)?|ул\.?|улиц\w|просп\w{0,5}|рейс\w{0,2}|тариф\w{0,2}"
    r"|курс\w{0,2}|дом|ошибк\w|код\w{0,2}|bus|linie|line"
    r"|l[íi]nea|firma|company|gmbh|postcode|zip|platz|seat|gate|версия|version|update|app|windows|android"
    r"|ios)[\s:.„\"«(-]{1,3}$"
    r"|(?:错误|报错|代码|故障|显示|航班|车次|房间|课程|套餐|座位|路|道|版本|区|栋|楼|排|(?:车牌|牌照)号?[:：]?[一-鿿]?)[:：]?\s?$"
    r"|(?<![^\W_])(?i:gate|albar[áa]n|(?:sheet|slip|letter|e-?mail|note|app|invoice|bill) says"
    r"|zeigt(?: \w{2,8}){0,4}|shows|displays|reads|muestra|marca|показывает|пишет|zeichen)\s$"
)
# ---- forms that are something else: sockets, paper, screws, plugs, standards, errors on a display, sizes, quarters
NO_MODEL = re.compile(
    r"(?:E-?(?:10|14|27|40)|GU?[0-9]{1,2}|DIN ?A[0-9]|USB.*|HDMI.*|MP[34]|IPX?-?[0-9]{1,2}|WPA[0-9]"
    r"|B12|D3|AAA?|SPF ?[0-9]+|UV-?[ABC]?[0-9]{0,3}|CO2|H2O|Q[1-4](?: 20..)?|XX?L[0-9]?|R-[0-9]+|ISO.*|EN ?[0-9]+"
    r"|PM ?[0-9.]+|LR-?[0-9]+"
    r"|COVID.*|CR20.*|RJ-?[0-9]+|B2[BC]|2FA|[0-9][GDK]|CEE ?[0-9]+|PD[0-9]+W|P2P|W[0-9]{2}|L[0-9]{2}|[0-9]+(?:V|W|L"
    r"|KG|G|CM|MM|M|GB|TB|HZ|AH|K|HP|PS|KW|UHR|H|X|ST|ND|RD"
    r"|(?:BT|DP) [0-9][.].*|TH|P|MAH|AM|PM|MB|ML|Z|ER|FT|MP|DPI|BAR|MBIT|%)|SK-?[0-9]|(?:EU|UK|US)[ -]?[0-9]+"
    r"|(?:AM|PM|AT|ON|IN|BY|TO|OF|NO|NR|OP|VOM|AM|UM|AB|BIS|DE|EL|DEL|В|С|К|НА|ДО|ОТ|ЗА|ИЗ|ПО|КВ|УЛ|Г|Д|ЭТ|EUR|USD"
    r"|GBP|CHF|RUB|CNY|OR|AND|THE|MY|IS|IT|WE|HAS|UND|SIND|IST|SON|LOS|LAS|UN|Y|O|И|А|НЕ|NOV|DEC|OCT|SEP|AUG"
    r"|JUL|JUN|MAY|APR|MAR|FEB|JAN|DEZ|OKT|FOR|ARE|WAS|TEL|PLZ|APT|FL|RM|GR|PG|PIN|TAN|AG|ID|NIF|CP|KW|CA|ART|INT"
    r"|ESC|EUROS?|PCI|PCIE|SATA|NFC|TLS|IEEE|VOL|NUM|QTY|PVP|MHZ"
    r"|VON|ZU|ER|ES|EIN|NUR|DIE|DER|DAS|TOTAL|CASE|REF|RE|FW|CW|DIN|СТР|РУБ|ТЕЛ|ШТ|IVA|CIF|SEIT|ALS|HAB) ?[0-9].*)",
    re.IGNORECASE,
)
# Errors, paper, screws, roads: only behind a name they are something else.
NO_MODEL_ALONE = re.compile(r"[EFH]-?[0-9]{1,2}|A-?[0-9]{1,3}|[AB][0-9]{4}|V[0-9]", re.IGNORECASE)
# Vitamins, sizes, seats, kilometres: they need a thing beside them.
DOUBTFUL = re.compile(r"[A-Z]-?[0-9]|K[MG] [0-9]+|[PX][0-9]{2}|M-?[0-9]{1,2}", re.IGNORECASE)
