"""What a piece of a postal address looks like, in the ways of a dozen countries. Each pattern is bounded and linear."""

from __future__ import annotations

import re

_UP = "A-ZÀ-ÖØ-ÞČŁŚŠŽŻ"
_W = rf"[{_UP}][\wÀ-ÿ.'’ß-]{{0,24}}"
_NO = r"\d{1,4}\s?[a-zA-Z]?(?![\w])(?:\s?[-/–+]\s?\d{1,4}[a-z]?(?![\w]))?(?:[-/]\d{1,4}[a-z]?(?![\w])){0,2}"

# ---- a street with its number
_DE_SUFFIX = (
    r"(?:straße|strasse|str\.?|weg|platz|pl\.|allee|gasse|ring|damm|ufer|chaussee|steig|steg|hof|markt|berg|graben"
    r"|pfad|stieg"
    r"|wall|zeile|promenade|kai|brücke|tor|feld|garten|park|aue|wiese|höhe|blick|grund|winkel|kamp|deich|bogen"
    r"|siedlung|twiete|gang|ende|reihe|rain|hain|hang|leite|anger|heide|moor|stiege|kehre|horst)"
)
# What stands before a street and is no piece of its name, though German writes nouns with capitals.
_NO_FRONT = (
    r"(?!(?:\w{0,16}[Aa]dresse|\w{0,16}[Aa]nschrift|Filiale|Zentrale|Ihre[rn]?|[Mm]eine[rn]?|Unsere[rn]?|Eure[rn]?"
    r"|Eine[rn]?"
    r"|Bitte|Familie|Frau|Herrn?|Firma|Laden|Büro|Praxis|Lager|Hier|Von|Nach|Bei|Jetzt|Hotel|Pension|Wohnung|Geschäft"
    r"|Standort|Werk|Kunde|Statt|Zwischen|Ecke|Wohnhaft|Abholung|Lieferung|Rücksendung|Empfänger|Absender|Wir|Ich|Sie"
    r"|Die|Der|Das|Unter)[ ,:])"
)
_GERMAN = (
    rf"(?:(?:{_NO_FRONT}(?:{_W}-|[{_UP}][\wäöüß-]{{1,22}}(?:er|e|en) )){{0,2}}[{_UP}][\wäöüß-]{{0,30}}{_DE_SUFFIX}"
    rf"|(?:{_NO_FRONT}{_W} ){{1,2}}(?i:straße|strasse|str\.?|weg"
    rf"|platz|allee|ring|damm|ufer|gasse|markt)"
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der|Hinter dem|Vor dem|Beim"
    rf"|Obere|Untere|Alter?|Neuer?) {_NO_FRONT}(?:{_W} )?{_W}"
    rf"|[a-zäöü][\wäöüß-]{{2,30}}(?:straße|strasse|str\.?|weg|allee|gasse)) {_NO}"
    rf"|[{_UP}a-zäöü][\wäöüß-]{{1,30}}(?:straße|strasse|str\.)\d{{1,4}}[a-z]?(?!\w)"
)
_EN_SUFFIX = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close"
    r"|Crescent|Cres"
    r"|Gardens|Gdns|Grove|Hill|Mews|Row|Walk|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Trail|Trl|Loop|Park|Green|Quay"
    r"|Wharf|View|Rise"
    r"|Vale|Parade|Pde|Tce|Cct|Brow|Acre|Croft|Approach|Brae|Wynd|Strand|Estate|Alley|Plaza|Cove|Pike|Broadway"
    r"|Crossing|Point|Ridge|Run|Path|Embankment|Gate|Yard)"
)
_ENGLISH = (
    rf"\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West|Old|New|The|Upper|Lower"
    rf"|Great)\.? )?"
    rf"(?:(?:[{_UP}][\w.'’-]{{0,20}}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,3}}{_EN_SUFFIX}(?![a-z])\.?(?: (?:N|S|E|W|NE|NW"
    rf"|SE|SW|North|South|East|West)(?![a-z]))?"
    r"(?:,? ?(?:(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Rm)\.? ?#? ?|#)[\w-]{1,6})?"
    rf"|\d{{1,5}} (?:Broadway|The {_W}|(?:E|W|N|S|East|West|North|South)\.? \d{{1,3}}(?:st|nd|rd"
    rf"|th) St(?:reet)?\.?)(?![a-z])"
)
_ENGLISH_SMALL = rf"\d{{1,5}}[a-z]? (?:[a-z][\w'’]{{1,20}} ){{1,3}}{_EN_SUFFIX.lower()}(?![a-z])\.?"
_ES_KIND = (
    r"(?:C/|c/|[Cc]alle|CALLE|Cl\.|[Aa]vda\.?|[Aa]venida|[Aa]v\.|Av|[Pp]aseo|Pº|P\.º|[Pp]laza|[Pp]za\.?|Plz\.|[Cc]amino"
    r"|Carrer(?!a)"
    r"|[Rr]onda|[Tt]raves[íi]a|[Cc]arretera|[Cc]tra\.?|Alameda|Caser[íi]o|Cuesta|Avinguda|Passeig|Plaça|Costanilla"
    r"|Pol\. ?Ind\.|Pol[íi]gono(?: Industrial)?"
    r"|[Rr]ambla|Urbanización|Urb\.|Glorieta|Vía|Gran Vía|Callejón|Pasaje|[Rr]úa(?: d[oae]s?)?|Bulevar|Blvd\.|Calzada"
    r"|Carrera|Cra\.?|Jirón"
    r"|Jr\.)"
)
_ES_NAME = r"(?:[\wÀ-ÿ.'’-]{1,20} ){0,5}[\wÀ-ÿ.'’-]{1,20}"
_SPANISH = (
    r"(?:la )?Gran V[ií]a,? (?:de [^\W\d][\wÀ-ÿ]{1,20} )?\d{1,4}(?!\w)|"
    rf"{_ES_KIND} ?(?:[^\W\d]|\d{{1,3}}(?= ?(?:#|No|n[º°]))"
    rf"|\d{{1,2}} de )[\wÀ-ÿ.'’-]{{0,20}}(?: [^\W\d][\wÀ-ÿ.'’-]{{0,20}}){{0,5}}(?:, ?| )"
    rf"(?:(?:n[º°.]{{1,2}}|núm\.?|No\.?|#|número) ?)?(?:\d{{1,5}} ?[A-Za-z]?(?!\w)(?:-\d{{1,4}})?|s/n)(?: ?(?:bis"
    rf"|[Ii]nt\.? ?\w{{1,4}}))?"
)
_RU_KIND = (
    r"(?:[Уу]л(?:ица|ице|\.)?|[Пп]росп(?:ект|екте|\.)?|[Пп]р-?(?:к)?т\.?|[Пп]р\.|[Пп]ер(?:еулок|\.)?|[Бб]ульвар"
    r"|[Бб]-р|[Нн]аб(?:ережная|\.)?"
    r"|[Шш]оссе|[Шш]\.|[Пп]лощадь|[Пп]л\.|[Пп]роезд|[Мм]кр(?:н|-н|\.)?|[Мм]икрорайон|[Тт]упик|[Аа]ллея|[Кк]вартал)"
)
_RU_NAME = (
    r"(?:(?:канала|реки|имени|им\.) )?"
    r"(?:\d{1,3}(?:-?(?:го|я|й|ая|ой|ый))? )?[А-ЯЁ\d][\wа-яё.-]{0,24}(?: [А-ЯЁ\d][\wа-яё.-]{0,24}){0,3}"
)
_RUSSIAN_STREET = (
    rf"{_RU_KIND} ?{_RU_NAME}|[А-ЯЁ][а-яё-]{{2,24}}(?: [А-ЯЁ][а-яё-]{{2,24}})? (?:ул\.|улица|пр-?(?:к)?т|проспект[еу]?"
    rf"|переулок|шоссе|набережная|бульвар|проезд|площадь)"
)
_RUSSIAN_SMALL = (
    r"(?:[Уу]л(?:ица|ице|\.)?|[Пп]росп(?:ект|екте|\.)|[Пп]р-т|[Пп]ер(?:еулок|\.))(?: [а-яё-]{3,20}){1,2},?"
    r" (?:д(?:ом|\.)? ?)?\d{1,4}[а-я]?(?!\w)(?:[-/]\d{1,4}[а-я]?(?!\w))?"
)
_RUSSIAN = rf"(?:{_RUSSIAN_STREET})(?: (?:д(?:ом|\.)? ?)?\d{{1,4}}[а-яА-Я]?(?!\w)(?:[-/]\d{{1,4}}[а-я]?(?!\w))?)"
# "Ярцевская 27 корп 3 кв 211": a name without the word street, and a flat behind the house.
_RUSSIAN_BARE = r"[А-ЯЁ][а-яё-]{3,24} (?:д(?:ом|\.)? ?)?\d{1,4}[а-я]?(?=,? (?:корп|кв|стр|к)\.? ?\d)"
_FRENCH = (
    r"\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\.|boulevard|bd|place|impasse|allée|chemin|quai|route"
    r"|cours)(?: [\wÀ-ÿ.'’-]{1,20}){1,5}"
)
_ITALIAN = (
    r"(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Cc]orso|[Ll]argo"
    r"|[Vv]icolo)(?: [\wÀ-ÿ.'’-]{1,20}){1,4},? \d{1,4}[a-z]?(?:/\w{1,3})?"
)
_DUTCH = (
    rf"{_W}(?:straat|laan|gracht|plein|kade|singel|dijk|dreef) {_NO}|(?:ul\.|al\.|os\."
    rf"|pl\.) {_W}(?: {_W}){{0,2}} \d{{1,4}}[a-z]?(?:/\d{{1,4}}| m\. ?\d{{1,4}})?"
)
_BOX = r"(?:P\.? ?O\.? Box|Postfach|Apartado(?: de Correos)?|а/я|Packstation) \d[\d ]{0,8}"
STREET = re.compile(
    rf"(?<![\w/])(?:{_ENGLISH}|{_SPANISH}|{_RUSSIAN}|{_RUSSIAN_SMALL}|{_RUSSIAN_BARE}|{_FRENCH}|{_ITALIAN}|{_GERMAN}"
    rf"|{_DUTCH}"
    rf"|{_BOX})(?![\w])"
)
STREET_SMALL = re.compile(rf"(?<![\w/])(?:{_ENGLISH_SMALL})(?![\w])")
# A name of any form with a house number: only where a postcode and a town follow.
STREET_PERHAPS = re.compile(
    rf"(?<![\w/])(?!(?:Flat|Apt|Unit|Suite|Floor|Room|Building|Block|Haus|Top|Wohnung) )(?:{_W} ){{1,2}}{_NO}$"
    rf"|(?<![\w/-])\d{{1,4}}[a-z]?(?:-\d{{1,4}})? (?:{_W} ){{0,2}}{_W}$"
)
# A street whose number stands in the next piece: "ул. Ленина, д. 5".
STREET_WITHOUT = re.compile(
    rf"(?<![\w/])(?:{_RUSSIAN_STREET}"
    rf"|{_ES_KIND} ?[^\W\d]{_ES_NAME[:0]}[\wÀ-ÿ.'’-]{{0,20}}(?: [^\W\d][\wÀ-ÿ.'’-]{{0,20}}){{0,5}})$"
)
HOUSE = re.compile(
    r"(?:(?:д(?:ом)?|зд|уч(?:асток)?|вл(?:адение)?|n[º°.]|núm|No|House|Hausnr"
    r"|Nr)\.? ?)?\d{1,5}(?:[а-яА-Яa-zA-Z]|[скС]\d{1,3})?(?!\w)(?:[-/]\d{1,4}[а-я]?(?!\w))?"
    r"(?: ?(?:корп|к|стр|лит)\.? ?\d{1,3}\w?)?(?:,? ?кв(?:артира|\.)? ?\d{1,4})?(?=$|\.\s)|s/n$"
)
# A street of a village and the name of a house have no number: only with a postcode behind.
LANE = re.compile(rf"(?:{_W} ){{1,3}}{_EN_SUFFIX}$")
HOUSE_NAME = re.compile(
    rf"(?:(?:The )?(?:{_W} ){{0,3}}(?:House|Cottage|Farm|Farmhouse|Barn|Lodge|Rectory|Hall|Manor|Mill|Vicarage|Villa"
    rf"|Bungalow"
    rf"|Forge|Granary|Stables|Chapel|Annexe|Trading Estate"
    rf"|Business Centre|Retail Park|Business Park|Industrial Estate)"
    rf"|(?:[Pp]ol[íi]gono|Edificio|Residencial|Urbanización|Barrio)"
    rf"(?: [\wÀ-ÿ.]{{1,20}}){{1,5}})(?![\w])"
)

# ---- the pieces around it
_TOWN = (
    rf"(?:(?:Bad|Sankt|St\.?|Neu|Alt|Groß|Klein|Hann\.|Burg|Markt|Schloß|San|Santa|Santo|Los|Las|La|El|New|Saint"
    rf"|Fort|Port|Le|Les|Den|Ciudad de|Palma de|Alcalá de"
    rf"|North|South|East|West|Great|Salt Lake|Kansas|Mount|Lake|Long|Upper|Lower|Jerez de la|Santiago de|Villa de"
    rf"|L'|A|Old|Hemel|Milton|Las Palmas de|Castellón de la|San Cristóbal de La) ){{0,2}}"
    rf"{_W}(?: (?:am|an der|auf|auf der|vor|unter|ob|im|bei|in|in der|ob der|vor der|a\.|upon|on|de|del|de la|sur"
    rf"|sous) [{_UP}][\wÀ-ÿ-]{{1,20}}| i\. ?(?:d\. ?)?[A-Z][a-zäöü]{{0,8}}\.?"
    rf"| ?\([\wÀ-ÿ ./-]{{1,24}}\)|/{_W}| (?:Real|Rodrigo|Springs|City|Beach|Heights"
    rf"|Falls|Park"
    rf"|Hills|Keynes|Regis|Wells|Spa|Bay|Rapids|Rock|Angeles|Francisco|Diego|Antonio|Vegas|Worth|York|Orleans|Main"
    rf"|Haag|de Compostela)(?!\w))?"
)
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    "|NSW|VIC|QLD|TAS|ACT|ON|QC|BC|AB|MB|SK|NS"
)
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)"
_MORE_TOWN = (
    rf"(?: (?!(?:Viele|Dank|Mit|Liebe|Gr|Tel|Gracias|Saludos|Thank|Regards|Best|Un|Bitte|Por|Please|Mein|Ich|Wir|Mobil"
    rf"|Phone|Email|E-|Fax|Deutschland|Germany|Spain|Espa|Schweiz|Österreich)){_W})"
)
TOWN = re.compile(
    rf"(?:(?:(?:{_W} ){{0,2}}{_TOWN},? )?{_UK}"
    rf"|(?:{_TOWN},? )?(?:{_STATES})\.?,? \d{{5}}(?:-\d{{4}})?(?!\w)"
    rf"|(?:{_TOWN},? )(?:{_STATES})(?= \d{{4}}(?!\d)) \d{{4}}"
    rf"|{_W}(?: {_W})?,? \d{{5}}(?:-\d{{4}})?(?!\w)"
    rf"|[A-Z]\d{{4}}[A-Z]{{0,3}} {_TOWN}(?: {_W}(?= ?$))?|(?:(?:D|A|CH|DE|AT|E|ES|F|I|L"
    rf"|B)[- ])?\d{{4,5}},? {_TOWN}(?:{_MORE_TOWN}{{1,2}}(?= ?[.!]?$)| \d{{1,2}}(?= ?(?:$|,)))?"
    rf"|(?:{_TOWN},? )?[A-Z]\d[\dW] ?[A-Z][A-Z\d]{{3}}(?!\w)"
    rf"|\d{{4}} ?[A-Z]{{2}} {_TOWN}|\d{{2}}-\d{{3}} {_TOWN}|\d{{5}}-\d{{3}}"
    r"|\d{6}(?!\d)(?: (?:г\.? ?)?[А-ЯЁ][а-яё-]{2,24}(?: [А-ЯЁ][а-яё-]{2,24})?)?"
    r"|\d{4,5}(?=$)"
    rf"|(?:C\.?P\.?:? ?)\d{{4,5}}(?: {_TOWN})?)"
)
TOWN_SMALL = re.compile(
    rf"(?:[a-z][a-z'-]{{2,20}}(?: [a-z'-]{{2,20}})?,? )?(?i:{_UK}|(?:{_STATES}) \d{{5}}(?!\w))"
    r"|\d{5} [a-zà-ÿ][a-zà-ÿ'-]{2,20}(?: [a-zà-ÿ'-]{2,20}){0,2}(?=[.!](?:\s|$)|$)"
)
CODE = re.compile(r"\d{4,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[\dW] ?[A-Z][A-Z\d]{3}(?!\w)")
# Alone it is a town only between pieces that are surely of an address, or at the end of the sentence.
TOWN_ALONE = re.compile(
    rf"(?:г\. ?|город )[а-яё-]{{3,20}}(?= ?$)|Dublin \d{{1,2}}W?(?= ?$)"
    rf"|(?:г\.? ?|город |гор\. ?)?(?:[А-ЯЁ][а-яё-]{{2,24}}(?:[ -][А-ЯЁа-яё][а-яё-]{{1,24}}){{0,2}}"
    rf"|{_TOWN}(?: {_W})?)(?= ?$)"
)
UNIT = re.compile(
    r"(?:(?:[Aa]pt(?!o)|[Aa]partment(?!o)|[Uu]nit|[Ss]uite|Ste|[Ff]lat|Floor|Fl|Room|Rm|Bldg|Building|Block|Level"
    r"|Lot)\.? ?#? ?[\w/-]{1,6}(?! [a-z])|#\w{1,6}|\d{1,2}(?:st|nd|rd|th) [Ff]loor"
    r"|\d{1,2}\. ?(?:OG|UG|Stock|Etage|Obergeschoss|Hof)(?: (?:links|rechts|li\.?|re\.?|mitte))?|EG(?: (?:links"
    r"|rechts))?|DG|Hinterhaus|Vorderhaus|Seitenflügel|HH|VH|(?:Whg|Wohnung|App|Apartment|Zimmer|Haus|Aufgang"
    r"|Top|Halle|Tor|Stiege|Gebäude|Geb\.|Tür|Eingang|Block)\.? ?(?:Nr\.? ?)?\w{1,4}"
    r"|\d{1,2}(?:r|n|t)\.? \d{1,2}[ªa]|\d{1,2}\.? ?[ºª°o]\.?(?:[ -]?(?:[A-Za-d](?!\w)|planta|piso|puerta"
    r"|izq\w{0,7}\.?|izda?\.?|dcha?\.?|derecha|ctro\.?|centro|\d{1,2} ?[ªº]?))?"
    r"|(?:[Pp]iso|[Pp]uerta|[Pp]ta\.?|[Ee]sc\w{0,6}\.?|[Pp]ortal|[Bb]loque|[Bb]q\.?|[Pp]lanta|[Ee]ntlo\.?"
    r"|[Ee]ntresuelo|[Pp]ral\.?|[Ss][óo]tano|[AaÁá]tico"
    r"|[Bb]ajo|[Bb]j\.?|[Ll]ocal|[Dd]epto\.?|[Dd]pto\.?|[Aa]pto\.?|[Nn]ave|[Ii]nt(?:erior|\.)?"
    r"|[Oo]ficina)(?: ?[\wºª]{1,6})?(?: ?[\"“]?[A-Z](?!\w)[\"”]?)?|[Cc]ol(?:onia|\.) [^\W\d][\wÀ-ÿ .]{1,30}"
    r"|(?:д|дом|кв|квартира|корп|корпус|к|стр|строение|офис|оф|подъезд|под|этаж|эт|лит|литера|помещение|пом|зд|уч"
    r"|участок"
    r"|домофон)\.? ?\d{1,5}[а-яА-Я]?(?:[-/]\d{1,4})?(?: (?:корп|к|стр|кв)\.? ?\d{1,4})?|c/o [^\n,]{2,40}"
    r"|лит(?:ера|\.)? ?[А-Я]|(?:цокольный|подвальный|мансардный|\d{1,2}(?:-?й)?) этаж|цоколь|подвал)(?!\w)"
)
REGION = re.compile(
    r"(?:[А-ЯЁ][а-яё-]{2,24}(?:ая|ий|ой) (?:область|обл\.?|край|район|р-н|республика)"
    r"|Республика [А-ЯЁ][а-яё-]{2,20}|МО|ЛО|Россия|РФ|Российская Федерация"
    r"|Co(?:unty|\.) [A-Z][a-z]{2,15}(?: [A-Z]\d[\dW] ?[A-Z][A-Z\d]{3})?"
    r"|(?:мкр(?:-?н)?|микрорайон|квартал)\.? [А-ЯЁ][а-яё-]{2,24}"
    r"|(?:СНТ|ДНП|ДНТ|ТСН|КП|ЖК|ГСК) (?:[«\"][^»\"\n,]{2,30}[»\"]|[А-ЯЁ][а-яё-]{2,24})"
    r"|(?:Qro|Jal|Gto|Mich|Nay|Ags|Chih|Coah|Pue|Oax|Hgo|Tamps|Yuc|Zac|N\. ?L|B\. ?C|Edo\. ?(?:de )?M[ée]x)\.?"
    r"|(?:с|п|пос|пгт|дер|д|ст|х|село|деревня|посёлок|поселок)\.? [А-ЯЁ][а-яё-]{2,20})(?!\w)"
)
COUNTRY = re.compile(
    r"(?:Deutschland|Germany|BRD|Österreich|Austria|Schweiz|Switzerland|España|Spain|Espana|México|Mexico|Argentina"
    r"|Colombia|Chile|Perú|CDMX|USA|U\.S\.A\.?|United States(?: of America)?"
    r"|UK|U\.K\.|United Kingdom|Great Britain|England|Scotland|Wales|Ireland|France|Frankreich|Francia|Italia|Italy"
    r"|Italien|Niederlande|Netherlands|The Netherlands|Polska|Poland|Polen|Portugal|Belgium|Belgien"
    r"|Россия|РФ|Беларусь|Казахстан|Украина|Canada|Australia|China|中国)(?![\wÀ-ÿ])"
)
SAID = re.compile(
    r"(?:^|(?<=[\n;,.( ]))[*\-• ]{0,4}(?:(?:new |my |our |delivery |shipping |postal |billing |home |mailing "
    r"|correct |full )*address"
    r"|(?:neue |meine |liefer|rechnungs|versand|post|wohn)*(?:adresse|anschrift)|(?:mi "
    r"|nueva )?direcci[óo]n(?: (?:de (?:env[íi]o|entrega)|postal|nueva|completa|correcta))?|domicilio"
    r"|(?:мой |новый |почтовый )?адрес(?: доставки)?)(?: (?:is|lautet|ist|es|now|jetzt|ahora))?\s?[:：]\s{0,3}",
    re.IGNORECASE,
)
# Behind these a street with its number needs no town.
LIVED_IN = re.compile(
    r"(?<!\w)(?:lived?s? (?:at|on)|living at|old (?:one|address) (?:was|is)|moved (?:from|to)|address is(?: now)?"
    r"|wohne?n? (?:jetzt )?(?:in der|in|am|an der)|wohnhaft(?: in)?|gezogen (?:von|aus|in) (?:der|dem|die|den)"
    r"|vivo en|viv[íi]a en|antes era|domicilio en|me mud[ée] (?:a|de)|живу (?:на|по адресу)"
    r"|переехал[аи]? (?:с|на))"
    r"(?: the| la)?\s$",
    re.IGNORECASE,
)

# ---- Chinese: from the largest to the smallest, without gaps
HAN_NUMBER = re.compile(r"[0-9A-Za-z一二三四五六七八九十-]{1,6} ?(?:号楼|号院|号门|號|号|弄|栋|幢|座)")
HAN_RUN = re.compile(r"[一-鿿0-9A-Za-z#（）() -]{1,60}$")
HAN_START = re.compile(r"(?:地址|住址|寄|送|发|邮|在|到|至|是|为|改成|改为|换成|住|给|收)(?=[一-鿿]{2,})|[:：]")
HAN_PLACE = re.compile(
    r"(?:中国)?(?:(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏"
    r"|新疆|香港|澳门)"
    r"(?:省|市|自治区|特别行政区)?|[一-鿿]{2,4}(?:省|市|区|县))"
)
HAN_STREET = re.compile(r"路|街|道|巷|弄|村|胡同|里|小区|花园|苑|庄|园|大厦|广场|镇")
HAN_BEHIND = re.compile(
    r"(?:[ ]?(?:[A-Z]{2,8}(?=[一-鿿])|[(（][一-鿿A-Za-z ]{2,16}[)）])?[一-鿿]{0,10}?"
    r"[0-9A-Za-z#一二三四五六七八九十-]{1,6}"
    r"(?:号楼|号院|号门|号|號|栋|幢|楼|层|樓|室|单元|座|户|房|铺|店面|商铺|门)(?:[A-Z](?![A-Za-z0-9室房座户]))?)"
    r"|[甲乙丙丁](?![一-鿿])|之[0-9一二三四五六七八九十](?:[0-9]{1,3})?"
    r"|[ ]?[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}(?![0-9-])|[ ]?[0-9]{1,4}[A-Z](?![A-Za-z0-9-])"
    r"|(?:顶楼|顶层|底楼|底层|地下室)?(?:[东西南北左右中](?:户|侧|单元)|顶楼|顶层|地下室)"
    r"|\n[0-9A-Za-z]{1,5}(?:号楼|栋|幢|楼|层|樓|室|单元|座|户|房)"
    r"|[ ]?[0-9]{3,5}(?:室|房)?(?![0-9元块-])|(?:[一-鿿]{2,8}?(?:宾馆|酒店|饭店|医院|学校|大学|工业园|写字楼|商场|市场)"
    r"|[一-鿿]{2,8}(?:小区|花园|大厦|广场|苑|园区?|公寓|中心|家园)"
    r"(?:[0-9A-Z][0-9A-Za-z-]{0,6}(?:座|栋|楼|室|号)?)?)"
)


def street_nearest_to_the_end(written: str) -> re.Match[str] | None:
    """The street behind which the piece ends, or else the first: "not Elm Road 3 but Oak Road 4, Leeds"."""
    first = last = None
    for last in STREET.finditer(written):
        first = first or last
    return last if last is not None and last.end() == len(written) else first
