"""The names of things that have models, in the languages that we know, and what looks like a model and is none."""

from __future__ import annotations

import re

_ENGLISH = (
    r"machine|washer|dryer|fridge|freezer|oven|hob|cooker|microwave|kettle|toaster|mixer|blender|grinder|vacuum|hoover"
    r"|robot|mower|drill|saw|sander|screwdriver|lamp|light|heater|boiler|fan|purifier|humidifier|conditioner|thermostat"
    r"|tv|television|monitor|projector|printer|scanner|laptop|tablet|phone|smartphone|handset|watch|headphones|headset"
    r"|earbuds|earphones|speaker|soundbar|amplifier|turntable|player|radio|camera|lens|drone|router|charger|powerbank"
    r"|battery|bike|scooter|stroller|pram|treadmill|hearing aid|aid|shaver|razor|toothbrush|iron|scales?|keyboard|mouse"
    r"|console|controller|chair|mattress|tent|pump|generator|compressor|inverter|device|appliance|juicer|steamer|maker"
    r"|chainsaw|trimmer|extractor|hood|dehumidifier|sewing"
)
_GERMAN = (
    r"maschine|automat|spüler|trockner|kühlschrank|gefrier\w{0,10}|herd|ofen|mikrowelle|kocher|toaster|mixer|rührer"
    r"|sauger|mäher|bohrer|schrauber|säge|schleifer|lampe|leuchte|heizung|heizer|lüfter|ventilator|reiniger|befeuchter"
    r"|klimaanlage|fernseher|beamer|drucker|trimmer|notebook|handy|telefon|uhr|kopfhörer|lautsprecher|box"
    r"|verstärker|spieler"
    r"|kamera|objektiv|drohne|ladegerät|akku|fahrrad|roller|kinderwagen|laufband|gerät|rasierer|zahnbürste|föhn|eisen"
    r"|waage|tastatur|pumpe|presse|mühle|haube|therme|kessel"
)
_SPANISH = (
    r"lavadora|lavavajillas|secadora|nevera|frigor[íi]fico|congelador|horno|placa|microondas|hervidor|tostadora"
    r"|batidora"
    r"|amasadora|licuadora|aspiradora?|robot|cortac[ée]sped|taladro|sierra|l[áa]mpara|estufa|calefactor|caldera"
    r"|ventilador|purificador|humidificador|aire|tele|televisor|televisi[óo]n|proyector|impresora|port[áa]til|tableta"
    r"|m[óo]vil|celular|tel[ée]fono|reloj|auriculares|altavoz|tocadiscos|c[áa]mara|dron|cargador|bater[íi]a|bici"
    r"|bicicleta|patinete|cochecito|aud[íi]fono|afeitadora|cepillo|secador|plancha|b[áa]scula|cafetera|bomba|aparato"
    r"|equipo|m[áa]quina|olla|exprimidor|campana"
)
_RUSSIAN = (
    r"машин|стиралк|посудомо|сушилк|холодильник|морозил|духовк|плит|микроволнов|чайник|тостер|миксер|блендер|мясоруб"
    r"|кофемашин|кофевар|пылесос|робот|косилк|дрел|шурупов|пил|ламп|светильник|обогреват|кот[её]?л|вентилятор|очистител"
    r"|увлажнител|кондиционер|телевизор|телек|монитор|проектор|принтер|ноутбук|планшет|телефон|смартфон|час|наушник"
    r"|колонк|магнитофон|проигрывател|радио|при[её]мник|камер|фотоаппарат|дрон|зарядк|аккумулятор|велосипед|самокат"
    r"|коляск|дорожк|аппарат|бритв|щ[её]тк|фен|утюг|вес|насос|прибор|устройств|скороварк|мультиварк|концентратор|мотор"
    r"|вытяжк|триммер|бензопил"
)
_CHINESE = r"机(?![场票长])|器|冰箱|电视|平板|电脑|音箱|灯|锅|壶|炉|灶|电池|手表|空调|電視|機|烤箱|风扇|吸尘"
THING = re.compile(
    rf"(?<![^\W_])(?:{_ENGLISH}|{_SPANISH})e?s?(?![^\W_])|(?:{_GERMAN})(?:e?[sn]|er?)?(?![^\W_])"
    rf"|(?<![^\W_])\w{{0,12}}(?:{_RUSSIAN})[а-яё]{{0,6}}(?![^\W_])|{_CHINESE}",
    re.IGNORECASE,
)
# Lamp sockets, sizes of paper and screws, plugs and standards, errors that a display shows.
NO_MODEL = re.compile(
    r"(?:[EFH]-?[0-9]{1,2}|GU?[0-9]{1,2}|DIN ?A[0-9]|A[0-9]|M[0-9]{1,2}|USB.*|HDMI.*|MP[34]|IPX?[0-9]{1,2}|WPA[0-9]"
    r"|V[0-9]{1,2}|[A-D][12]|K[MG] [0-9]+|B12|D3|AAA?|UV.*|CO2|H2O|Q[1-4]|XX?L[0-9]?|R-[0-9]+|ISO.*|EN ?[0-9]+"
    r"|COVID.*|CR20.*"
    r"|(?:AM|PM|AT|ON|IN|BY|TO|OF|NO|NR|OP|VOM|AM|UM|AB|BIS|DE|EL|DEL|В|С|К|НА|ДО|ОТ|ЗА|ИЗ|ПО|КВ|УЛ|Г|Д|ЭТ|EUR|USD"
    r"|GBP|CHF|RUB|CNY|OR|AND|THE|MY|IS|IT|WE|HAS|UND|SIND|IST|SON|LOS|LAS|UN|Y|O|И|А|НЕ|NOV|DEC|OCT|SEP|AUG"
    r"|JUL|JUN|MAY|APR|MAR|FEB|JAN|DEZ|OKT|FOR|ARE|WAS|TEL|PLZ|APT|FL|RM|GR|P|S|PG|PIN|TAN|AG|ID|NIF|CP)[ -]?[0-9].*)",
    re.IGNORECASE,
)
