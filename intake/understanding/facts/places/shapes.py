"""What stands around a street in a postal address: flats, towns, countries. Each pattern is bounded and linear."""

from __future__ import annotations

import re

from intake.understanding.facts.places.streets import UP, WORD

HOUSE_NAME = re.compile(
    rf"(?:(?:The )?(?:{WORD} ){{0,3}}(?:House|Cottage|Farm|Farmhouse|Barn|Lodge|Rectory|Hall|Manor|Mill|Vicarage|Villa"
    rf"|Bungalow|Dairy|School|Gatehouse|Maltings|Malthouse|Brewery|Mansions|Apartments|Cottages|Studios|Buildings"
    rf"|Court|Towers?|Heights|Point"
    rf"|Forge|Granary|Stables|Chapel|Annexe|Trading Estate"
    rf"|Business Centre|Retail Park|Business Park|Industrial Estate)"
    rf"|(?:Haus|Villa|Gut|Schloss|Hof) [A-ZÄÖÜ][\wäöüß-]{{2,20}}"
    rf"|(?:[Pp]ol[íi]gono|Edificio|Residencial|Urbanización|Barrio)"
    rf"(?: [\wÀ-ÿ.]{{1,20}}){{1,5}})(?![\w])"
)

# ---- the pieces around it
_TOWN = (
    rf"(?:(?:Bad|Sankt|St\.?|Neu|Alt|Groß|Klein|Hann\.|Burg|Markt|Schloß|San|Santa|Santo|Los|Las|La|El|New|Saint"
    rf"|Fort|Port|Le|Les|Den|Ciudad de|Palma de|Alcalá de"
    rf"|North|South|East|West|Great|Salt Lake|Kansas|Mount|Lake|Long|Upper|Lower|Jerez de la|Santiago de|Villa de"
    rf"|L'|A|Old|Hemel|Milton|Las Palmas de|Castellón de la|San Cristóbal de La) ){{0,2}}"
    rf"{WORD}(?: (?:am|an der|auf|auf der|vor|unter|ob|im|bei|in|in der|ob der|vor der|a\.|upon|on|de|del|de la|sur"
    rf"|sous) [{UP}][\wÀ-ÿ-]{{1,20}}| i\. ?(?:d\. ?)?[A-Z][a-zäöü]{{0,8}}\.?"
    rf"| ?\([\wÀ-ÿ ./-]{{1,24}}\)|/{WORD}| (?:Real|Rodrigo|Springs|City|Beach|Heights|Falls|Park"
    rf"|Hills|Keynes|Regis|Wells|Spa|Bay|Rapids|Rock|Angeles|Francisco|Diego|Antonio|Vegas|Worth|York|Orleans|Main"
    rf"|Haag|de Compostela)(?!\w))?"
)
# Their codes look like a number or a year: only behind the town's name.
_PACIFIC = (
    "Auckland|Wellington|Christchurch|Hamilton|Tauranga|Dunedin|Lower Hutt|Upper Hutt|Palmerston North|Napier|Nelson"
    "|Hastings|Rotorua|New Plymouth|Whangārei|Whangarei|Invercargill|Queenstown|Sydney|Melbourne|Brisbane|Perth"
    "|Adelaide|Hobart|Canberra|Darwin"
)
_INDIAN = (
    "Mumbai|New Delhi|Delhi|Bengaluru|Bangalore|Chennai|Kolkata|Hyderabad|Pune|Ahmedabad|Jaipur|Lucknow|Kochi|Cochin"
    "|Chandigarh|Gurgaon|Gurugram|Noida|Indore|Nagpur|Surat|Thane|Bhopal|Coimbatore|Goa|Mysuru|Mysore|Patna|Vadodara"
    "|Visakhapatnam|Karnataka|Maharashtra|Tamil Nadu|Kerala|Telangana|West Bengal|Uttar Pradesh|Gujarat|Rajasthan"
    "|Punjab|Haryana"
)
_PROVINCES = (
    "ON|QC|BC|AB|MB|SK|NS|NB|PE|NL|Ontario|Qu[eé]bec|British Columbia|Alberta|Manitoba|Saskatchewan|Nova Scotia"
)
_STATES_SPELT = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois"
    "|Indiana"
    "|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana"
    "|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon"
    "|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin"
    "|Wyoming"
)
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
    "|NSW|VIC|QLD|TAS|ACT|ON|QC|BC|AB|MB|SK|NS"
)
# What follows a town written in small letters, or a town that ends no sentence: the sentence goes on.
_GOES_ON = (
    r"(?= (?:and|but|is|was|please|pls|plz|thanks?|cheers|instead|not|before|by|as|so|if|when|or|und|aber|ist|war|nicht"
    r"|bitte|danke|oder|statt|da|weil|y|pero|es|era|que|por|no|porque|gracias|antes|donde|está|а|и|но|не|это|вместо"
    r"|спасибо|пожалуйста)(?![\wÀ-ÿ]))"
)
_UK = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?!\w)"
_MORE_TOWN = (
    rf"(?: (?!(?:Viele|Dank|Mit|Liebe|Gr|Tel|Gracias|Saludos|Thank|Regards|Best|Un|Bitte|Por|Please|Mein|Ich|Wir|Mobil"
    rf"|Phone|Email|E-|Fax|Deutschland|Germany|Spain|Espa|Schweiz|Österreich)){WORD})"
)
TOWN = re.compile(
    rf"(?:(?:(?:{WORD} ){{0,2}}{_TOWN},? )?{_UK}"
    rf"|(?:{_TOWN},? )?(?:{_STATES})\.?,? \d{{5}}(?:-\d{{4}})?(?!\w)"
    rf"|(?:{_TOWN},? )(?:{_STATES})(?= \d{{4}}(?!\d)) \d{{4}}"
    rf"|{WORD}(?: {WORD})?,? \d{{5}}(?:-\d{{4}})?(?!\w)"
    rf"|[A-Z]\d{{4}}[A-Z]{{0,3}} {_TOWN}(?: {WORD}(?= ?$))?|(?:(?:D|A|CH|DE|AT|E|ES|F|I|L"
    rf"|B)[- ])?\d{{4,5}},? {_TOWN}(?:{_MORE_TOWN}{{1,2}}(?= ?[.!]?$)| \d{{1,2}}(?= ?(?:$|,)))?"
    rf"|(?:{_TOWN},? )?[A-Z]\d[\dW] ?[A-Z][A-Z\d]{{3}}(?!\w)"
    rf"|(?:{_TOWN},? )?(?:\(?(?:{_PROVINCES})\)?,? )?[A-Z]\d[A-Z] ?\d[A-Z]\d(?!\w)"
    rf"|(?:{_INDIAN}),?(?: ?[-–])? ?\d{{3}} ?\d{{3}}(?!\d)|Singapore \d{{6}}(?!\d)|(?:Dublin"
    rf"|Lima) \d{{1,2}}W?(?!\w)|(?:{_PACIFIC}) \d{{4}}(?!\d)"
    r"|(?:г\.? ?)?[А-ЯЁ][а-яё-]{2,24}(?: [А-ЯЁ][а-яё-]{2,24})?,? \d{6}(?!\d)"
    rf"|\d{{4}} ?[A-Z]{{2}} {_TOWN}|\d{{2}}-\d{{3}} {_TOWN}|\d{{5}}-\d{{3}}"
    r"|\d{6}(?!\d)(?: (?:г\.? ?)?[А-ЯЁ][а-яё-]{2,24}(?: [А-ЯЁ][а-яё-]{2,24})?)?|\d{4,5}(?=$)"
    rf"|(?:C\.?P\.?:? ?)\d{{4,5}}(?: {_TOWN})?)"
)
_SMALL_TOWN = (
    r"(?:(?:bad|sankt|st\.|neu|san|santa|los|las|la|el|ciudad|palma"
    r"|puerto) (?:de )?(?:la )?)?[a-zà-ÿ][a-zà-ÿ'-]{2,20}"
    r"(?: (?:am|an der|im|in|ob der|vor der|de|del|de la|de los) [a-zà-ÿ'-]{2,20})?(?![\wÀ-ÿ])"
)
TOWN_SMALL = re.compile(
    r"(?:[a-z][a-z'-]{2,20}(?: [a-z'-]{2,20})?,? )?(?:nsw|vic|qld|tas|wa|sa|act|nt) \d{4}(?!\w)|"
    rf"(?:[a-z][a-z'-]{{2,20}}(?: [a-z'-]{{2,20}})?,? )?(?i:{_UK}|(?:{_STATES}) \d{{5}}(?!\w))"
    rf"|(?:[a-z][a-z'-]{{2,20}},? )?(?:{_STATES_SPELT.lower()}) \d{{5}}(?!\w)"
    rf"|\d{{4,5}} {_SMALL_TOWN}"
)
CODE = re.compile(
    r"\d{4,6}|\d{3} \d{3}|(?:D(?:ublin|UBLIN)|L(?:ima|IMA)) \d{1,2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
    r"|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
    r"|[A-Z]\d[\dW] ?[A-Z][A-Z\d]{3}(?!\w)"
)
# Alone it is a town only between pieces that are surely of an address, or at the end of the sentence.
TOWN_ALONE = re.compile(
    rf"(?:г\. ?|город )[а-яё-]{{3,20}}(?= ?$)|Dublin \d{{1,2}}W?(?= ?$)"
    rf"|(?:г\.? ?|город |гор\. ?)?(?:[А-ЯЁ][а-яё-]{{2,24}}(?:(?:-| на-?)?[ -]?[А-ЯЁ][а-яё-]{{1,24}}){{0,2}}|СПб|Спб"
    rf"|Мск|МСК|{_TOWN}(?: {WORD})?)(?= ?$|{_GOES_ON})"
    r"|(?:г\.? ?|город )?[А-ЯЁ][а-яё-]{2,24}(?:[ -][А-ЯЁ][а-яё-]{1,24})?(?= [а-яё])"
)
UNIT = re.compile(
    r"(?:(?:[Aa]pt(?!o)|[Aa]partment(?![os])|[Uu]nit|[Ss]uite|Ste|[Ff]lat|Floor|Fl|Room|Rm|Bldg|Building|Block|Level"
    r"|Lot|Phase|Sector)\.? ?(?:#|No\.?)? ?[\w/-]{1,6}(?! [a-z])|(?:[Gg]round|[Tt]op|[Ff]irst|[Ss]econd"
    r"|[Tt]hird) [Ff]loor(?: [Ff]lat)?"
    r"|#\d{1,2}-\d{1,4}|#\w{1,6}|\d{1,2}(?:st|nd|rd|th) [Ff]loor"
    r"|\d{1,2}\. ?(?:OG|UG|Stock|Etage|Obergeschoss|Hof)(?: (?:links|rechts|li\.?|re\.?|mitte))?|EG(?: (?:links"
    r"|rechts))?|DG|[Hh]interhaus|[Vv]orderhaus|[Ss]eitenflügel|[Hh]ofgebäude|[Rr]ückgebäude|HH|VH|(?:OT"
    r"|Ortsteil) [A-ZÄÖÜ][\wäöüß-]{1,24}|(?:Whg|Wohnung|App|Apartment(?!s)|Zimmer|Haus|Aufgang"
    r"|Top|Halle|Tor|Stiege|Gebäude|Geb\.|Tür|Eingang|Block)\.? ?(?:Nr\.? ?)?\w{1,4}"
    r"|\d{1,2}(?:r|n|t)\.? \d{1,2}[ªa]|\d{1,2}\.? ?[ºª°o]\.?(?:[ -]?(?:[A-Za-d](?!\w)|planta|piso|puerta"
    r"|izq\w{0,7}\.?|izda?\.?|dcha?\.?|derecha|ctro\.?|centro|\d{1,2} ?[ªº]?))?"
    r"|(?:[Pp]iso|[Pp]uerta|[Pp]ta\.?|[Ee]sc\w{0,6}\.?|[Pp]ortal|[Bb]loque|[Bb]q\.?|[Pp]lanta|[Ee]ntlo\.?"
    r"|[Ee]ntresuelo|[Pp]ral\.?|[Ss][óo]tano|[AaÁá]tico"
    r"|[Bb]ajo|[Bb]j\.?|[Ll]ocal|[Dd]epto\.?|[Dd]pto\.?|[Aa]pto\.?|[Nn]ave|[Ii]nt(?:erior|\.)?"
    r"|[Oo]ficina|[Oo]f\.|[Tt]orre|[Mm]anzana|[Mm]z\.?|[Ll]ote"
    r"|[Ll]t\.)(?: ?[\wºª]{1,6})?(?: ?[\"“]?[A-Z](?!\w)[\"”]?)?|[Pp]arcela \w{1,4}|Postfach \d[\d ]{0,6}"
    r"|P\.? ?O\.? Box \d{1,6}"
    r"|(?:д|дом|кв|квартира|корп|корпус|к|стр|строение|офис|оф|подъезд|под|этаж|эт|лит|литера|помещение|помещ|пом|зд|уч"
    r"|участок|домофон)\.? ?\d{1,5}[а-яА-Я]?(?:[-/]\d{1,4})?(?: (?:корп|к|стр|кв)\.? ?\d{1,4})?|c/o [^\n,]{2,40}"
    r"|(?:лит(?:ера|\.)?|корп(?:ус|\.)?) ?[А-Я]|(?:цокольный|подвальный|мансардный|\d{1,2}(?:-?й)?) этаж|цоколь"
    r"|подвал)(?!\w)"
)
REGION = re.compile(
    r"(?:[А-ЯЁ][а-яё-]{2,24}(?:ая|ий|ой) (?:область|обл\.?|край|район|р-н|республика)"
    r"|Республика [А-ЯЁ][а-яё-]{2,20}|МО|ЛО|Россия|РФ|Российская Федерация"
    r"|(?:[Cc]ol(?:onia|\.)|[Bb]arrio|[Bb]o\.|[Uu]rb\.|[Ff]racc\.) [^\W\d][\wÀ-ÿ .]{1,30}"
    r"|г\. ?о\. (?:г\. ?)?[А-ЯЁ][а-яё-]{2,24}"
    r"|(?:Álava|Alicante|Almería|Asturias|Badajoz|Barcelona|Bizkaia|Burgos|Cáceres|Cádiz|Cantabria|Castellón"
    r"|Ciudad Real"
    r"|Córdoba|Gipuzkoa|Girona|Granada|Guadalajara|Huelva|Huesca|Illes Balears|Jaén|La Rioja|Las Palmas|Lleida|Lugo"
    r"|Madrid"
    r"|Málaga|Murcia|Navarra|Ourense|Palencia|Pontevedra|Salamanca|Segovia|Sevilla|Soria|Tarragona|Tenerife|Teruel"
    r"|Toledo|Valencia|Valladolid|Zamora|Zaragoza)(?= ?(?:$|[.)]))"
    r"|[А-ЯЁ][а-яё-]{2,24}(?:ского|ский|цкий)? (?:г\.о\.|с/п|г/п|сельсовет|с/с)"
    r"|(?:Región|Provincia|Prov\.|Departamento|Estado|Depto\. de) (?:de(?:l)? )?(?:(?:la |los "
    r"|las )?[A-ZÁÉÍÓÚÑ][\wÀ-ÿ]{1,24})(?: [A-ZÁÉÍÓÚÑ][\wÀ-ÿ]{1,24})?"
    r"|Co(?:unty|\.) [A-Z][a-z]{2,15}(?: [A-Z]\d[\dW] ?[A-Z][A-Z\d]{3})?"
    r"|(?:мкр(?:-?н)?|микрорайон|квартал)\.? [А-ЯЁ][а-яё-]{2,24}"
    r"|(?:СНТ|ДНП|ДНТ|ТСН|КП|ЖК|ГСК) (?:[«\"][^»\"\n,]{2,30}[»\"]|[А-ЯЁ][а-яё-]{2,24})"
    r"|(?:Qro|Jal|Gto|Mich|Nay|Ags|Chih|Coah|Pue|Oax|Hgo|Tamps|Yuc|Zac|N\. ?L|B\. ?C|Edo\. ?(?:de )?M[ée]x)\.?"
    r"|(?:с|п|пос|пгт|дер|д|ст|х|село|деревня|посёлок|поселок|хутор|станица|ст-ца"
    r"|аул)\.? [А-ЯЁ][а-яё-]{2,20}(?: [А-ЯЁ][а-яё-]{2,20})?"
    r"|(?:[Гг](?:ород|ор\.|\.) ?)[А-ЯЁ][а-яё-]{2,24}(?: [А-ЯЁ][а-яё-]{2,24}){0,1})(?!\w)"
)
COUNTRY = re.compile(
    r"(?:Deutschland|Germany|BRD|Österreich|Austria|Schweiz|Switzerland|España|Spain|Espana|México|Mexico|Argentina"
    r"|Colombia|Chile|Perú|CDMX|USA|U\.S\.A\.?|United States(?: of America)?"
    r"|UK|U\.K\.|United Kingdom|Great Britain|England|Scotland|Wales|Ireland|France|Frankreich|Francia|Italia|Italy"
    r"|Italien|Niederlande|Netherlands|The Netherlands|Polska|Poland|Polen|Portugal|Belgium|Belgien"
    r"|Россия|РФ|Беларусь|РБ|Казахстан|РК|Республика Казахстан|Республика Беларусь|Украина|Uruguay|Ecuador|Bolivia"
    r"|Paraguay|Venezuela"
    r"|Costa Rica|New Zealand|NZ|India|Singapore(?! \d)|Northern Ireland|N\. ?Ireland|Liechtenstein|Éire|Canada"
    r"|Australia|China|中国)(?![\wÀ-ÿ])"
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
    r"|переехал[аи]? (?:с|на))(?: the| la)?\s$",
    re.IGNORECASE,
)
