"""The names of things that have models, in the languages that we know, and of their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_ENGLISH = (
    r"machine|washer|dryer|fridge|freezer|oven|hob|cooker|microwave|kettle|toaster|mixer|blender|grinder|vacuum|hoover"
    r"|robot|mower|drill|saw|tablesaw|sander|screwdriver|lamp|light|heater|boiler|fan|purifier|humidifier|conditioner"
    r"|thermostat|tv|television|monitor|projector|printer|scanner|laptop|tablet|phone|smartphone|handset|watch"
    r"|headphones|headset|earbuds|earphones|speaker|soundbar|amplifier|amp|turntable|player|radio|camera|lens|drone"
    r"|router|powerbank|battery|bike|ebike|scooter|stroller|pram|pushchair|treadmill|aid|shaver"
    r"|razor|toothbrush|iron|scales?|keyboard|mouse|console|controller|chair|armchair|mattress|tent|pump|generator"
    r"|compressor|inverter|device|appliance|juicer|steamer|maker|chainsaw|trimmer|extractor|hood|dehumidifier|sewing"
    r"|sofa|couch|desk|table|bed|wardrobe|shelf|bookcase|bench|jacket|coat|boot|shoe|trainer|sneaker|sandal|backpack"
    r"|rucksack|suitcase|helmet|saddle|guitar|piano|violin|synth|synthesizer|microphone|mic|telescope|binocular|pan|pot"
    r"|grill|barbecue|bbq|smoker|fryer|airfryer|dishwasher|cleaner|sprayer|ladder|trailer|wheelchair|stairlift"
    r"|nebuli[sz]er"
    r"|oximeter|concentrator|thermometer|alarm|doorbell|intercom|lock|safe|switch|modem|server|tyre|tire|rack"
    r"|tap|faucet|shower|toilet|bath|radiator|stove|fireplace|panel|buggy|crib|cot|reader"
    r"|strimmer|shredder|welder|planer|jigsaw|lathe|tractor|blower|gearbox|motor|engine|valve|unit"
)
_ENGLISH_TRADES = (
    r"cream|lotion|moisturi[sz]er|burner|carburett?or|viola|irradiator|dispenser|pipette|walkie-?talkie"
    r"|ukulele|trumpet|mouthpiece|trombone|flute|clarinet|saxophone|sax|cello|bass|drum|cymbal|string|pedal|banjo"
    r"|accordion"
    r"|balance|microscope|spectrophotometer|centrifuge|autoclave|incubator|analy[sz]er|sensor|probe|meter|gauge"
    r"|multimeter|oscilloscope|caliper|glasses|sunglasses|frame|goggle|hearing|implant|crutch|walker|rollator|terminal"
    r"|receiver|decoder|set-?top|ereader|kindle|earpiece|earbud|cooler|heatpump|chiller|humidor|softener|aquarium"
    r"|collar|cage|crate|hutch|feeder|greenhouse|sprinkler|hedgetrimmer|tiller|cultivator|splitter|hoist|jack"
    r"|winch|plotter|cutter|laminator|binder|embosser|press|kiln|loom|serger|overlocker|quilter|wok|knife|roaster"
    r"|carafe|thermos|stopwatch|tracker|gps|satnav|dashcam|treadle|rower|elliptical|dumbbell|ski|snowboard|surfboard"
    r"|paddle|kayak|racket|racquet|jersey|fleece|parka|gilet|glove|waders|bikini|swimsuit|dress|jeans|hoodie|wetsuit"
    r"|harness"
    r"|lipstick|serum|epilator|straightener|curler|hairdryer|massager|duvet|pillow|topper|curtain|rug|carpet|blind"
    r"|mirror|cabinet|drawer|stool|recliner|hammock|parasol|gazebo|pergola|hot ?tub|spa|cart|wheelbarrow|ventilator"
    r"|defibrillator"
)
_GERMAN = (
    r"maschine|automat|spüler|trockner|kühlschrank|gefrier\w{0,10}|herd|ofen|mikrowelle|kocher|toaster|mixer|rührer"
    r"|sauger|mäher|bohrer|hammer|schrauber|säge|schleifer|fräse|lampe|leuchte|heizung|heizer|lüfter|ventilator"
    r"|reiniger|befeuchter|klimaanlage|klimagerät|fernseher|beamer|drucker|trimmer|notebook|laptop|tablet|handy|telefon"
    r"|smartphone|kopfhörer|lautsprecher|verstärker|spieler|kamera|objektiv|drohne|akku|fahrr[aä]d|e-?bike|roller"
    r"|kinderwagen|kindersitz|laufband|gerät|rasierer|zahnbürste|föhn|waage|tastatur|pumpe|presse|mühle|haube|therme"
    r"|kessel|sofa|sessel|couch|stuhl|bett|schrank|regal|matratze|küche|zeile|jacke|mantel|stiefel|schuh|sandale"
    r"|rucksack|koffer|sattel|gitarre|klavier|geige|mikrofon|fernglas|teleskop|topf|pfanne|grill|fritteuse|scanner"
    r"|monitor|router|leiter|anhänger|rollstuhl|lift|inhalator|thermometer|klingel|schloss|tresor|schalter|reifen"
    r"|creme|lotion|brenner|vergaser|akkordeon|strahler|pipette|funkgerät|drucksystem|kratzbaum|pulverer|wallbox"
    r"|zähler|melder|sprechanlage|etikettierer|ukulele|trompete|posaune|flöte|klarinette|saxophon|saxofon|cello|bass"
    r"|trommel|saite|pedal|mikroskop|zentrifuge"
    r"|photometer|sensor|sonde|messer|brille|hörgerät|rollator|terminal|empfänger|receiver|reader|aquarium|käfig"
    r"|plotter|schneider|röster|spender|tracker|navi|ergometer|hantel|schläger|hose|handschuh|kleid|jeans|pulli"
    r"|bürste|glätter|massager|kissen|teppich|spiegel|kommode|hocker|schirm|pavillon|karre|beatmungsgerät"
    r"|apparat|armatur|dusche|heizkörper|kamin|häcksler|motor|kompressor|generator|wecker|station|anlage|zelt|traktor"
    r"|gebläse"
)
# Ends of everyday words as well ("gerade", "überweisen", "praktisch", "Wilhelm"): things only behind these.
_GERMAN_SHORT = (
    r"(?:armband|wand|stand|smart|herren|damen|kinder|taschen|küchen|sport|puls|lauf|funk|stopp|schalt|zeitschalt"
    r"|kuckucks|digital|automatik|taucher|fitness|gps-?)?uhr"
    r"|(?:bluetooth|lautsprecher|musik|sound|tv|fritz|dach|kühl|streaming|tonie|juke|set-?top-?|android|party)?box"
    r"|(?:e-?|fahr|motor|elektro|lauf|renn|lasten|falt|klapp|mountain|trekking|kinder|damen|herren|jugend|city|gravel"
    r"|kunden|leih|miet|test|dienst|hinter|vorder|drei)?r[aä]d"
    r"|(?:(?:dampf)?bügel|waffel|locken|glätt|brenn)?eisen"
    r"|(?:ess|schreib|couch|nacht|beistell|garten|wickel|klapp|steh|glas|arbeits|konferenz|wohnzimmer|küchen|massage"
    r"|billard|computer|holz|balkon|camping|auszieh|konsolen|säge|bohr)?tisch"
    r"|(?:(?:motor|fahr)rad|sturz|schutz|reit|kinder|ski|integral|klapp|bau)?helm"
    r"|(?:langlauf|touren|alpin|carving)?ski|(?:schwimm|rettungs|warn|heiz|daunen|fleece|reit|stepp|schutz|strick)?weste"
    r"|(?:heiz|kuschel|bett|woll|wärme|tages|stepp|daunen|pferde|gewichts|therapie|wohn)?decke"
    r"|(?:garten|sonnen|massage|behandlungs|relax|wellness|untersuchungs|klapp|strand|therapie)?liege"
    r"|(?:arm|kopf|fuß|rücken|nacken|unterarmgeh|geh)?stütze"
)
_SPANISH = (
    r"lavadora|lavavajillas|secadora|nevera|frigor[íi]fico|refrigerador|congelador|horno|placa|vitro\w{0,9}|microondas"
    r"|hervidor|tostadora|batidora|amasadora|licuadora|aspiradora?|robot|cortac[ée]sped|taladro|percutor"
    r"|sierra|motosierra|amoladora|l[áa]mpara|estufa|calefactor|caldera|calentador|termo|ventilador|purificador"
    r"|humidificador|deshumidificador|aire|minisplit|tele|televisor|televisi[óo]n|proyector|impresora|esc[áa]ner"
    r"|port[áa]til|ordenador|tableta|tablet|m[óo]vil|celular|tel[ée]fono|reloj|auriculares|altavoz|tocadiscos|c[áa]mara"
    r"|objetivo|dron|bater[íi]a|bici|bicicleta|patinete|cochecito|silla"
    r"|sill[óo]n|sof[áa]|mesa|cama|colch[óo]n|armario|estanter[íi]a|escritorio|aud[íi]fono|afeitadora|cepillo|secador"
    r"|plancha|b[áa]scula|cafetera|bomba|aparato|equipo|m[áa]quina|olla|sart[ée]n|exprimidor|campana|freidora|barbacoa"
    r"|zapatilla|zapas|zapato|bota|chaqueta|mochila|maleta|casco|guitarra|piano|teclado|micr[óo]fono|prism[áa]ticos"
    r"|crema|loci[óo]n|quemador|carburador|acorde[óo]n|viol[íi]n|term[óo]metro|pipeta|walkie|interfono|contador"
    r"|detector|ukelele|trompeta|tromb[óo]n|flauta|clarinete|saxof[óo]n|violonchelo|bajo|cuerdas|pedal|microscopio"
    r"|centr[íi]fuga"
    r"|espectrofot[óo]metro|sensor|sonda|mult[íi]metro|gafas|montura|lentilla|andador|terminal|dat[áa]fono|receptor"
    r"|lector|acuario|jaula|invernadero|plotter|guillotina|tostador|dispensador|pulsera|navegador|el[íi]ptica|mancuerna"
    r"|esqu[íi]s?"
    r"|raqueta|chaleco|pantal[óo]n|guantes|vestido|vaqueros|sudadera|rizador|masajeador|almohada|ed[áa]l?redon"
    r"|alfombra|espejo"
    r"|c[óo]moda|taburete|tumbona|sombrilla|carretilla|respirador|nebulizador|glucos[íi]metro|ox[íi]metro|carro"
    r"|telescopio|router|m[óo]dem|videoportero|cerradura|grifo|ducha|radiador|chimenea|generador|compresor|motor"
    r"|desbrozadora|hidrolimpiadora|soldador|escalera|remolque|neum[áa]tico|manguera|tensi[óo]metro"
)
_RUSSIAN = (
    r"машин|стиралк|посудомо|сушилк|холодильник|морозил|духовк|плит|микроволнов|чайник|тостер|миксер|блендер|мясоруб"
    r"|кофемашин|кофевар|пылесос|робот|косилк|дрел|шурупов|перфоратор|болгарк|ламп|светильник|обогреват"
    r"|вентилятор|очистител|увлажнител|кондиционер|телевизор|телек|монитор|проектор|принтер|сканер|ноутбук|планшет"
    r"|телефон|смартфон|наушник|колонк|магнитофон|проигрывател|радио|при[её]мник|камер|фотоаппарат|объектив|дрон"
    r"|аккумулятор|велосипед|велик|самокат|коляск|дорожк|аппарат|бритв|щ[её]тк|утюг|насос|прибор|устройств"
    r"|скороварк|мультиварк|концентратор|мотор|двигател|вытяжк|триммер|бензопил|мойк|водонагревател|бойлер|диван"
    r"|крес(?:л|ел)"
    r"|кроват|матрас|шкаф|стеллаж|полк|куртк|ботин|кроссовк|сапог|рюкзак|чемодан|шлем|гитар|пианино|синтезатор"
    r"|крем|лосьон|горелк|карбюратор|баян|аккордеон|скрипк|альт|облучател|дозатор|рац(?:и|ия)|пипетк|счётчик|датчик"
    r"|извещател|домофон|укулеле|труб[аыу]|тромбон|флейт|кларнет|саксофон|виолончел|барабан|струн|педал|микроскоп"
    r"|центрифуг|фотометр|мультиметр|глюкометр|очк|оправ|ходунк|терминал|эквайринг|ресивер|читалк|аквариум|клетк|теплиц"
    r"|плоттер"
    r"|резак|ростер|диспенсер|браслет|тренажер|тренажёр|гантел|лыж|ракетк|жилет|брюк|перчатк|плать|джинс|худи|плойк"
    r"|массажер|массаж[её]р|подушк|одеял|ков[её]?р|зеркал|комод|табурет|шезлонг|зонт|тележк|тачк|весов"
    r"|микрофон|бинокл|телескоп|кастрюл|сковород|гриль|фритюр|роутер|модем|замок|смесител|радиатор|камин|генератор"
    r"|компрессор|лестниц|прицеп|тонометр|ингалятор|термометр|палатк|газонокосилк|снегоуборщик|станок"
    r"|измельчител|фотокамер|приставк|видеорегистратор|навигатор"
)
_CHINESE = (
    r"机(?![场票长会])|器|冰箱|电视|平板|电脑|音箱|灯|锅|壶|炉|灶|煲|电池|手表|手环|空调|電視|機|烤箱|风扇|吸尘|沙发|床(?![铺单])|椅|桌|柜|鞋"
    r"|背包|行李箱|头盔|吉他|钢琴|琴|(?:自行|电动|童|婴儿|手推|山地|滑板|折叠|平衡|摩托)车|单车|笔记本|镜头|仪|泵|门锁|终端|杯|毯|枕|垫|镜"
    r"|挎包|机箱|光度计|血压计|体温计|点读笔|电子笔|钢笔|猫爬架|支架|书架|面罩|号角|提琴|鼓|尤克里里|助听|马桶|花洒|龙头|电钻|电锤|钻|锯"
)
_RUSSIAN_SHORT = (
    r"час(?:ы|ов|ам|ах|ики)|фен(?:а|ом|у|ы)?|вес(?:ы|ов|ам)|пил[аыу]|стул(?:а|у|ом|ья|ьев)?|стол(?:а|у|ом|ы|ик\w{0,2})?"
    r"|шин[аыу]?|кот(?:[её]л|л[аыуеов]{1,2}|лом)|лодк[а-я]{1,3}"
)
_PARTS = (
    r"filter|spare|gasket|seal|belt|blade|bulb|cartridge|lid|charger|batterie|cable|remote|screen|display"
    r"|bearing|brush|brushe|ink|toner|wheel|handle|door|adapter|part|pads|clutch|alternator"
    r"|strap|spark ?plug|label|filtro|junta|correa|cuchilla"
    r"|cartucho|tapa|cargador|pantalla|mando|tinta|enchufe|jarra|pata|rueda|pastilla|buj[íi]a|termostato"
    r"|tecla|pienso|recambio|repuesto|bolsa|cristal|puerta|pila"
)
_GERMAN_PARTS = (
    r"filter|schlauch|dichtung|riemen|patrone|deckel|kabel|display|lager|griff|beutel|rahmen"
    r"|adapter|lader|spule|belag|beläge|kerze|verschraubung|ventil|etikett|farbband|netzteil|fernbedienung"
    r"|ersatzteil|blech|sieb|kette|(?:dichtung|reparatur|filter|ketten|brems)s?satz"
)
_RUSSIAN_PARTS = (
    r"фильтр|шланг|уплотнител|ремен|лезви|картридж|крышк|зарядк|батаре|кабел|пульт|экран|подшипник|ручк|меш(?:ок|к)"
    r"|колес|колодк|свеч|термостат|катушк|адаптер|прокладк|сальник|запчаст|насадк|нож(?:и|ей)?"
)
_CHINESE_PARTS = (
    r"刹车片|火花塞|适配器|滤芯|滤网|密封圈|皮带|刀片|墨盒|硒鼓|盖子|充电|电池|遥控|屏幕|配件|轮子|把手|水管|耗材"
)

_THING = re.compile(
    rf"(?:{_ENGLISH}|{_ENGLISH_TRADES}|{_SPANISH})e?s?|(?:\w*?(?:{_GERMAN})|{_GERMAN_SHORT})(?:e?[sn]|er?)?"
    rf"|\w{{0,12}}?(?:{_RUSSIAN})[а-яё]{{0,6}}|{_RUSSIAN_SHORT}"
)
_GERMAN_NOUN = re.compile(rf"(?:\w*?(?:{_GERMAN}|{_GERMAN_PARTS})|{_GERMAN_SHORT})(?:e?[sn]|er?)?")
_PART = re.compile(rf"(?:{_PARTS})s?|\w*?(?:{_GERMAN_PARTS})(?:e?[sn])?|(?:{_RUSSIAN_PARTS})[а-яё]{{0,5}}")
_WORD = re.compile(rf"[A-Za-zÀ-ÿА-яЁё]{{2,40}}|(?P<thing>{_CHINESE})|(?P<part>{_CHINESE_PARTS})")


def things(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each thing or part is named, from and to, and whether it is a whole thing, in the order of the text."""
    for match in _WORD.finditer(text):
        kind = match.lastgroup or kind_of(match.group().lower())
        if kind is not None:
            yield match.start(), match.end(), kind == "thing"


@lru_cache(maxsize=8192)
def kind_of(word: str) -> str | None:
    """Is it a "thing" that can have a model, a "part" of one, or neither? Small letters."""
    if _THING.fullmatch(word):
        return "thing"
    return "part" if _PART.fullmatch(word) else None


@lru_cache(maxsize=8192)
def is_german(word: str) -> bool:
    """Is it one of German's things or parts?"""
    return _GERMAN_NOUN.fullmatch(word) is not None
