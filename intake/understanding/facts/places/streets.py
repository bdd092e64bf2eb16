"""What a street with its number looks like, in the ways of a dozen countries. Each pattern is bounded and linear."""

from __future__ import annotations

import re

UP = "A-ZÀ-ÖØ-ÞČŁŚŠŽŻ"
WORD = rf"[{UP}][\wÀ-ÿ.'’ß-]{{0,24}}"
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
    r"|Die|Der|Das|Unter|Zustellung|Versand|Rechnung|Zusendung|Hausnr|Hausnummer)[ ,:.])"
)
_GERMAN = (
    rf"(?:(?:{_NO_FRONT}(?:{WORD}-|[{UP}][\wäöüß-]{{1,22}}(?:er|e|en) )){{0,2}}[{UP}][\wäöüß-]{{0,30}}{_DE_SUFFIX}"
    rf"|(?:{_NO_FRONT}{WORD} ){{1,2}}(?i:straße|strasse|str\.?|weg"
    rf"|platz|allee|ring|damm|ufer|gasse|markt)"
    rf"|(?:Am|An der|An den|Auf der|Auf dem|Im|In der|In den|Zum|Zur|Unter den|Hinter der|Hinter dem|Vor dem|Beim"
    rf"|Obere|Untere|Alter?|Neuer?) {_NO_FRONT}(?:{WORD} )?{WORD}"
    rf"|[a-zäöü][\wäöüß-]{{2,30}}(?:straße|strasse|str\.?|weg|allee|gasse)) {_NO}"
    rf"|[{UP}a-zäöü][\wäöüß-]{{1,30}}(?:straße|strasse|str\.)\d{{1,4}}[a-z]?(?!\w)"
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
    rf"(?:Blk|Block) \d{{1,4}}[A-Z]? (?:[{UP}][\w.'’-]{{0,20}} ){{1,4}}\d{{1,3}}(?![\w])(?: #\d{{1,2}}-\d{{1,4}})?"
    rf"|(?:\d{{1,4}}-)?\d{{1,5}} (?:County Road|State Route|Route|Highway|Hwy|Rue|Ave(?:nue)?) \w{{1,12}}(?: (?:Est"
    r"|Ouest|E|W|N|S))?(?![\w])"
    rf"|(?:(?:Unit|Plot|No\.?|Blk|Block|Lot|Flat|House) ){{0,1}}\d{{1,5}}[A-Za-z]?(?:[-/]\d{{1,4}})? (?:(?:N|S|E|W"
    rf"|NE|NW|SE|SW|North|South|East|West|Old|New|The|Upper|Lower|Great)\.? )?"
    rf"(?:(?:[{UP}][\w.'’-]{{0,20}}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,3}}{_EN_SUFFIX}(?![a-z])\.?(?: (?:N|S|E|W|NE|NW"
    rf"|SE|SW|North|South|East|West)(?![a-z]))?"
    r"(?:,? ?(?:(?:Apt|Apartment|Unit|Suite|Ste|Flat|Floor|Fl|Rm)\.? ?#? ?|#)[\w-]{1,6})?"
    rf"|\d{{1,5}} (?:Broadway|The {WORD}|(?:E|W|N|S|East|West|North|South)\.? \d{{1,3}}(?:st|nd|rd"
    rf"|th) St(?:reet)?\.?)(?![a-z])"
)
_ENGLISH_SMALL = rf"\d{{1,5}}[a-z]? (?:[a-z][\w'’]{{1,20}} ){{1,3}}{_EN_SUFFIX.lower()}(?![a-z])\.?"
_ES_KIND = (
    r"(?:C/|c/|[Cc]alle|CALLE|Cl\.|[Aa]vda\.?|[Aa]venida|[Aa]v\.|Av|[Pp]aseo|Pº|P\.º|[Pp]laza|[Pp]za\.?|Plz\.|[Cc]amino"
    r"|Carrer(?!a)|C\.(?= [A-ZÁÉÍÓÚÑ])"
    r"|[Rr]onda|[Tt]raves[íi]a|[Cc]arretera|[Cc]tra\.?|Alameda|Caser[íi]o|Cuesta|Avinguda|Passeig|Plaça|Costanilla"
    r"|Pol\. ?Ind\.|Pol[íi]gono(?: Industrial)?"
    r"|[Rr]ambla|Urbanización|Urb\.|Glorieta|Vía|Gran Vía|Callejón|Pasaje|[Rr]úa(?: d[oae]s?)?|Bulevar|Blvd\.|Calzada"
    r"|Carrera|Cra\.?|Jirón"
    r"|Jr\.|Pje\.|Psje\.|Av|AV|Prol\.|Prolongación|Privada|Priv\.|Cerrada|Cda\.|Circuito|Andador|Eje|Autopista"
    r"|Diagonal|Diag\.|Transversal"
    r"|Transv\.|Kra\.?|Kr\.?|Bv\.|Boulevard|Passatge|Ptge\.|Carreró|Trav\.|Estrada|Praza|Lugar|Kalea|Ronda)"
)
_SPANISH = (
    r"(?:[Mm]anzana|[Mm]z[a.]?|[Mm]za\.) \w{1,3},? (?:[Ll]ote|[Ll]t\.?) \d{1,3}(?!\w)|"
    r"(?:la )?Gran V[ií]a,? (?:de [^\W\d][\wÀ-ÿ]{1,20} )?\d{1,4}(?!\w)|"
    rf"{_ES_KIND}(?:(?<=[./º]) ?| )(?:[^\W\d]|\d{{1,3}}[A-Z]?(?: (?:Sur|Norte|Bis|Este|Oeste))?(?= ?(?:#|No|n[º°]))"
    rf"|\d{{1,2}} de )[\wÀ-ÿ.'’-]{{0,20}}(?: [^\W\d][\wÀ-ÿ.'’-]{{0,20}}){{0,5}}(?:, ?| )"
    rf"(?:(?:n[º°.]{{1,2}}|núm\.?|No\.?|#|número) ?)?(?:\d{{1,5}} ?[A-Za-z]?(?!\w)(?:-(?:\d{{1,4}}|[A-Z])(?!\w))?"
    rf"(?:(?:(?<=[Kk]m \d)|(?<=[Kk]m \d\d))[.,]\d{{1,3}}(?!\d))?|[Ss]/[Nn])(?: ?(?:bis"
    rf"|[Ii]nt\.? ?\w{{1,4}}))?"
)
_RU_KIND = (
    r"(?:[Уу]л(?:ица|ице|\.)?|[Пп]росп(?:ект|екте|\.)?|[Пп]р-?(?:к)?т\.?|[Пп]р\.|[Пп]ер(?:еулок|\.)?|[Бб]ульвар"
    r"|[Бб]-р|[Нн]аб(?:ережная|\.)?"
    r"|[Шш]оссе|[Шш]\.|[Пп]лощадь|[Пп]л\.|[Пп]роезд|[Пп]р-д|[Тт]ракт|[Лл]иния|[Мм]кр(?:н|-н|\.)?|[Мм]икрорайон"
    r"|[Тт]упик|[Аа]ллея|[Кк]вартал)"
)
_RU_NAME = (
    r"(?:(?:канала|реки|имени|им\.) )?"
    r"(?:\d{1,3}(?:-?(?:го|я|й|ая|ой|ый))? (?:лет )?)?[А-ЯЁ\d][\wа-яё.-]{0,24}(?: (?:[А-ЯЁ\d][\wа-яё.-]{0,24}"
    r"|батыра|хана|жырау|би)){0,3}"
)
_RUSSIAN_STREET = (
    rf"{_RU_KIND} ?{_RU_NAME}|[А-ЯЁ][а-яё-]{{2,24}}(?:[ -][А-ЯЁ][а-яё-]{{2,24}})? (?:ул\.|улица|пр-?(?:к)?т"
    rf"|проспект[еу]?|ш\.|пер\.|наб\.|пр-д|б-р|пл\.|тракт|линия|тупик|переулок|шоссе|набережная|бульвар|проезд|площадь)"
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
    rf"{WORD}(?:straat|laan|gracht|plein|kade|singel|dijk|dreef) {_NO}|(?:ul\.|al\.|os\."
    rf"|pl\.) {WORD}(?: {WORD}){{0,2}} \d{{1,4}}[a-z]?(?:/\d{{1,4}}| m\. ?\d{{1,4}})?"
)
_BOX = r"(?:P\.? ?O\.? Box|Postfach|Apartado(?: de Correos)?|а/я|Packstation) \d[\d ]{0,8}"
STREET = re.compile(
    rf"(?<![\w/])(?:{_ENGLISH}|{_SPANISH}|{_RUSSIAN}|{_RUSSIAN_SMALL}|{_RUSSIAN_BARE}|{_FRENCH}|{_ITALIAN}"
    rf"|{_GERMAN}|{_DUTCH}|{_BOX})(?![\w])"
)
_GERMAN_SMALL = (
    r"(?:am|an de[rn]|auf de[rm]|im|in de[rn]|zum|zur|unter den|hinter de[rm]|vor dem|beim)"
    r" [a-zäöüß-]{3,24}(?: [a-zäöüß-]{3,24})? \d{1,4} ?[a-z]?"
)
_LOT = (
    r"\d{1,3}(?:st|nd|rd|th) (?:Cross|Main)(?: Road)?"
    r"|(?:Plot|Door|H\.? ?No\.?|Hausnr\.|Hausnummer|Nr\.) (?:No\.? ?)?\d{1,4}[a-zA-Z]?(?:/\d{1,4})?"
)
STREET_SMALL = re.compile(rf"(?<![\w/])(?:{_ENGLISH_SMALL}|{_GERMAN_SMALL}|{_LOT})(?![\w])")
# "Малышева 51, кв. 3": a name alone with a number, in the case that streets' names have, only beside a town.
STREET_BARE = re.compile(
    r"(?<![\w/.-])(?:\d{1,3}(?:-?(?:го|я|й|ая|ой|ый))? (?:лет )?)?[А-ЯЁ](?:[а-яё]{2,20}[ -][А-ЯЁ])?[а-яё]{1,20}"
    r"(?:ая|ова|ева|ёва|ина|ына|ого|его|ой|ей|ии|ых|их|ия|ии|ка|ча|ца|ки|ды|да|ра|вы|сы),? (?:д(?:ом|\.)? ?)?"
    r"\d{1,4}[а-я]?(?!\w)(?:[-/]\d{1,4}[а-я]?(?!\w))?(?=$| [а-яё])"
)
# A name of any form with a house number: only where a postcode and a town follow.
STREET_PERHAPS = re.compile(
    rf"(?<![\w/]){_NO_FRONT}(?!(?:Flat|Apt|Unit|Suite|Floor|Room|Building|Block|Haus|Top|Wohnung"
    rf"|Platz|Zimmer|Raum|Tisch|Sitz|Reihe|Kabine|Gleis|Stand|Halle|Gate|Seat|Table|Exit|Asiento|Sala"
    rf"|Mesa) )(?:{WORD} ){{1,2}}{_NO}$"
    rf"|(?<![\w/-])\d{{1,4}}[a-z]?(?:-\d{{1,4}})? (?:{WORD} ){{0,2}}{WORD}$"
)
# A street whose number stands in the next piece: "ул. Ленина, д. 5".
STREET_WITHOUT = re.compile(
    rf"(?<![\w/])(?:{_RUSSIAN_STREET}"
    r"|(?:[Дд]еревня|[Дд]ер\.|[Сс]ело|[Пп]ос[её]лок|[Пп]ос\.|пгт|[Хх]утор|[Сс]таница|СНТ|с\."
    r"|д\.) ?[«\"]?[А-ЯЁ][а-яё-]{2,24}(?: [А-ЯЁ][а-яё-]{2,24})?[»\"]?"
    rf"|{_ES_KIND}(?:(?<=[./º]) ?| )[^\W\d][\wÀ-ÿ.'’-]{{0,20}}(?: [^\W\d][\wÀ-ÿ.'’-]{{0,20}}){{0,5}})$"
)
HOUSE = re.compile(
    r"(?:(?:д(?:ом)?|зд|уч(?:асток)?|вл(?:адение)?|n[º°.]|núm|No|House|Hausnr"
    r"|Nr)\.? ?)?\d{1,5}(?:[а-яА-Яa-zA-Z]|[скС]\d{1,3})?(?!\w)(?:[-/]\d{1,4}[а-я]?(?!\w))?"
    r"(?: ?(?:корп|к|стр|лит)\.? ?\d{1,3}\w?)?(?:,? ?кв(?:артира|\.)? ?\d{1,4})?(?=$|\.(?:\s|$)| (?!раз|лет|год|дн|день"
    r"|час|мин|мес|нед|шт|руб|этаж|подъезд|тыс|км)[а-яё])|s/n$|[Kk]m\.? ?\d{1,3}(?:[.,]\d{1,3})?$"
)
# What looks like an order's number behind these is a house's: "Cra. 7 # 45-12", "Flat No. 302".
BEFORE_HOUSE = re.compile(
    r"(?:(?:calle|carrera|cra|cr|cl|kr|avenida|av|diagonal|transversal)\.?\s\w{1,5}(?:\s(?:sur|norte|bis|este|oeste))?"
    r"|(?:street|st|road|rd|avenue|ave|drive|crescent|lane|close|walk|central|north|south|east|west)(?:\s\d{1,3})?,?)"
    r"\s?(?:#|n[oº°]\.?|nro\.?)\s?$|(?<!\w)(?:flat|house|plot|door|apartment|apt)\sno\.?\s?$",
    re.IGNORECASE,
)
# A street of a village and the name of a house have no number: only with a postcode behind.
LANE = re.compile(rf"(?:{WORD} ){{1,3}}{_EN_SUFFIX}$")


def street_nearest_to_the_end(written: str) -> re.Match[str] | None:
    """The street behind which the piece ends, or else the first: "not Elm Road 3 but Oak Road 4, Leeds"."""
    first = last = None
    for last in STREET.finditer(written):
        first = first or last
    return last if last is not None and last.end() == len(written) else first
