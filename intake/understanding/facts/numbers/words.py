"""What may stand between a number and the word that announces it, in the languages that we know."""

from __future__ import annotations

import re

from intake.understanding.facts.numbers.announcers import BEGINS, LETTER

# What makes a word an announcement: "order number", "order: ", "заказ №".
STRONG = (
    rf"(?:numbers?|nums?|no|nrs?|nro|ids?|code|ref|reference|nummern?|n[úu]mero|n[úu]m|n\.?\s?[º°]|номер(?:ом|а"
    rf"|у)?|номр|ном|код|номером)"
    rf"(?![{LETTER}])|номер|号码|编号|号|號|码|[#№]"
)
MARK = rf"(?:{STRONG}|[:：=])"
FILLER = (
    r"(?:(?:is|was|are|be|my|our|your|the|this|with|of|for|from|under|still|again|here|as|follows|below|that|which"
    r"|has|had"
    r"|confirmation|having|and|its|s|you|they|call|called|named|says|said|shows|shown|lists|reads|stands|gave|me|us"
    r"|mit|der|die|das|ist|war|lautet|lauten|hat|sagt|meldet|meiner?|meine[rsnm]?|ihrer?|unsere?r?|unter|von|dem"
    r"|zur?|hier|folgende|dazu|hierzu|zeigt|zeigte|gab|mir|uns|dice|pone|aparece|da|dio"
    r"|es|de|del|el|la|los|mi|mis|con|su|tiene|bajo|era|son|lleva|este|esta"
    rf"|под|мой|моего|моё|мое|моя|с|это|вот|такой|у|имеет|был|был[оа]|от|на|один|одно|un solo|mismo"
    rf"|указан|него|неё|нее|пишет|показывает|стоит|дал[аи]?|мне)(?![{LETTER}])"
    r"|是|为|為|的|叫|了|只有一个|就一个|我的|这个|如下|这是|显示|写的?|给我|上面?|那个)"
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
# What leads from a number to the word that follows it.
_LEADS = (
    r"(?:(?:the one|the|my|our|your|its|an?|of|for|from|number|meine?r?|ihre?|unsere?|die|der|das|dem|den|eine?|vom"
    rf"|von|für|nummer|mi|mis|el|la|un|una|del|de|n[úu]mero|номер|мой|моего|наш|от|из)(?![{LETTER}])\s?"
    r"|我的|我们的|你们的|这个|那个|的){0,4}"
)
# "48213 is my order number", "48213是我的订单号"
_EQUATED = re.compile(
    r"[\s,，(（)\"'”»–—-]{0,4}(?:\n[(（]?|(?:[-–—=]|(?:thats|that's|that is|which is|das ist|que es|is|was|ist|war"
    rf"|lautet|es|era|это)(?![{LETTER}]))\s{{0,2}}|是|为){_LEADS}",
    re.IGNORECASE,
)
# "on it stands 3RL-8812, that should be the serial number"
_PERHAPS = re.compile(
    r"[^.!?。！？;\n0-9]{0,24}?(?:\b(?:must be|should be|i (?:think|guess|suppose|believe|reckon|assume|take)"
    r"|probably|presumably|supposedly|that'?s|that is|das ist|das wäre|eso es|müsste|dürfte|wohl|vermutlich|glaube ich"
    r"|supongo|creo|ser[áa]|imagino|видимо|наверное|вроде|похоже|думаю|это)\b|应该|可能|大概|估计|这是|那是)"
    r"(?:(?: (?:that's|that is|it's|it is|is|das ist|que|es|this|это|его|its|being)"
    rf"(?![{LETTER}])|就是|是|\s){{0,4}}{_LEADS})",
    re.IGNORECASE,
)
# "5520-44, the order number", "5520-44 (Bestellnummer)"
APPOSED = re.compile(rf"\s?[,(（–—-]?\s?{_LEADS}", re.IGNORECASE)
CLOSES = re.compile(
    rf"(?:\s?(?:{STRONG}))?\s?(?:[,.!?;:)），。！；]|$|\n|(?:and|but|und|aber|y|pero|и|а)(?![{LETTER}])"
    r"|[-–—]\s)",
    re.IGNORECASE,
)
BEHIND = (_EQUATED, _PERHAPS, APPOSED)
# "…, 2. Oktober 2026, Auftrags-Nr. 1120-447": the word announces the number behind it.
OF_THE_NEXT = re.compile(
    r"(?:(?<=nr)\.|(?<=no)\.|(?<=art)\.|(?<=ref)\.|(?<=арт)\.|(?<=зав)\.|(?<=сер)\.|(?<=ser)\.|(?<=зак)\."
    r"|(?<=c[óo]d)\.)?"
    rf"[\s'\"«„(]{{0,3}}(?:{MARK}\.?){{0,2}}[\s'\"«„(]{{0,3}}[A-Z]{{0,4}}[-_/]?[0-9]",
    re.IGNORECASE,
)
THIS_ARTICLE = re.compile(r"\s?(?:那|这|的)?(?:那|这)?(?:件|款|个商品|商品)(?!套)")
# "88204, color 017, talla 42"
MEASURED = re.compile(
    r"[\s,(（]{0,3}(?:(?:in|en) )?(?:sizes?|colou?rs?|talla|größe|gr\.|farbe|размер\w{0,2}|цвет\w{0,2})(?!\w)"
    r"|[\s,，(（]{0,2}(?:[0-9]{2}码|尺码|颜色)",
    re.IGNORECASE,
)
THIS_ORDER = re.compile(r"\s?(?:这|那|此)(?:个|一)?(?:订?单)(?![号独位])")
# "(not my order!)"
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
# Three digits, or a plural behind them, are a count: "ordered 144 cups, got 132".
_BARE = (
    r"(?<![A-Za-z0-9А-яё/-])(?P<{}>[0-9]{{4,8}}(?! (?!was\b|has\b)[a-z]{{2,}}s\b)|[A-Z]{{1,3}}-?[0-9]{{3,6}}"
    r"|(?=[0-9A-Z-]{{6}})[0-9]{{2,6}}-[0-9A-Z]{{1,5}})(?![0-9/-])"
)
_INSTEAD = r"(?:instead of|not|statt|anstatt|nicht|en (?:vez|lugar) del?|no|вместо|а не|而不是|不是)"
_WORD_BEGINS = r"(?<![^\W一-鿿])"
_SWAP = r"swap|exchange|replace|tausch(?:e|t|en)|umtauschen|cambiar|cambio|обменять|поменять|замен(?:ить|ите)"
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
    re.compile(  # "swap 10234567 for 10234568", "die 4471 gegen die 4417 tauschen"
        rf"(?:{_WORD_BEGINS}(?:{_SWAP})\s(?:the |my |die |den |das |el |la |un[ao]? )?{_BARE.format('one')}"
        rf"\s(?:for|with|against|gegen|durch|por|на)|{_WORD_BEGINS}(?:die |den |das )?{_BARE.format('first')}"
        rf"\s(?:gegen|на))\s(?:the |a |an |die |den |das |el |la |un[ao]? )?{_BARE.format('other')}"
        rf"(?!\s?(?:€|\$|£|euro|руб))",
        re.IGNORECASE,
    ),
    re.compile(  # "вместо AB-1200 прислали AB-1300", "statt der 4471 kam die 4417"
        rf"{_WORD_BEGINS}{_INSTEAD}(?:\s(?:the|der|des|dem|die|el|la|del))?\s?{_BARE.format('one')}"
        rf"[^0-9.!?\n]{{1,20}}?{_CAME}{_WORDS_BETWEEN[:-1]}{{0,4}}{_BARE.format('other')}",
        re.IGNORECASE,
    ),
    re.compile(  # "got the 4471-10 instead of the 4471-12", "die 4471-10 bekommen statt der 4471-12"
        rf"{_WORD_BEGINS}(?:{_CAME}{_WORDS_BETWEEN[:-1]}{{0,4}}{_BARE.format('one')}"
        rf"|{_BARE.format('first')}\s{_CAME}(?!\w))"
        rf",?\s?{_INSTEAD}(?:\s(?:the|der|des|dem|die|el|la|del))?\s?{_BARE.format('other')}",
        re.IGNORECASE,
    ),
)
# "product code", "invoice ref": behind another announcing word these only say "number".
ONLY_NUMBER = re.compile(r"codes?|ref|reference|referenz|referencia|编号|id", re.IGNORECASE)
IMEI = re.compile(rf"{BEGINS}IMEI[^0-9A-Za-z\n]{{0,12}}(?P<value>[0-9](?:[ -]?[0-9]){{13,15}})(?![0-9])", re.IGNORECASE)
# "referencia del artículo", "номер товара"
NUMBER_OF = re.compile(
    rf"(?<![{LETTER}])(?:{STRONG}|referencia)\s(?:(?:de|del|de la|of|of the|des|der)\s)?$", re.IGNORECASE
)
