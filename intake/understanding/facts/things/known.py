"""Makers and lines of products that everybody knows: what stands behind such a name is a model."""

from __future__ import annotations

import re

_MAKERS = (
    r"aeg|acer|amazfit|ariston|asus|babyliss|balay|bauknecht|beko|benq|black ?(?:&|and) ?decker|bosch|braun|brother"
    r"|candy|canon|casio|cecotec|dell|de'?longhi|dewalt|dji|dyson|ecovacs|einhell|electrolux|epson|fein|festool"
    r"|fujifilm"
    r"|garmin|gorenje|grundfos|grundig|hansgrohe|hikvision|hilti|hisense|honor|hoover|hotpoint|huawei|husqvarna"
    r"|indesit|irobot|jabra|jbl|jura|kärcher|karcher|kenwood|kitchenaid|krups|kyocera|lenovo|lexmark|liebherr|logitech"
    r"|makita|metabo|miele|milwaukee|motorola|moulinex|neff|netgear|nikon|nokia|omron|oneplus|oppo|oral-?b|osram"
    r"|oticon|panasonic|phonak|polaris|realme|redmond|remington|roborock|rowenta|ryobi|saeco|samsung|sennheiser"
    r"|severin|sharp|siemens|signia|smeg|sonos|sony|stihl|taurus|tefal|tomtom|toshiba|tp-?link|ufesa|vaillant"
    r"|vestel|viessmann|vitek|whirlpool|widex|xiaomi|yamaha|zanussi|zyxel"
    r"|атлант|бирюса|бош|дайсон|индезит|интерскол|кинетик|ксиаоми|макита|омрон|панасоник|редмонд|самсунг|сименс|сони"
    r"|тефаль|филипс|хуавей"
)
_HAN_MAKERS = (
    r"爱普生|奔腾|博世|博朗|戴尔|戴森|大疆|德龙|飞利浦|富士|格兰仕|格力|海尔|海信|华硕|华为|惠普|佳能|九阳|卡西欧|科沃斯|老板|雷蛇|联想|罗技|美的|美菱"
    r"|尼康|欧姆龙|荣耀|三星|石头|苏泊尔|索尼|松下|添可|万和|西门子|小米|兄弟|夏普|小天鹅|雅马哈|追觅|鱼跃"
)
MAKER = re.compile(_MAKERS, re.IGNORECASE)
# Right before a code, with a blank between them or none.
MAKER_BEFORE = re.compile(rf"(?<![^\W_])(?i:{_MAKERS})[ ,(:„\"“-]{{1,2}}$|(?:{_HAN_MAKERS})(?:的|牌)?\s?$")
# "得间S3", "智慧星T5": a name of the thing's own that no blank divides from its code, behind the beginning of a clause,
# a verb or the kind of thing. Signs of which sentences are made are in no name.
HAN_NAME = re.compile(
    r"(?:^|[\s,，。!！?？;；:：、(（“「]|[进买换用修订个款的是]|[机器车灯锅笔仪])"
    r"(?P<name>[^\W\d_a-zA-Zа-яА-ЯёЁ的了是在有和跟与或请问想要买换用款号码个台我你他她它们这那哪不没都也就还从到给把被对为因所以可能会订型版编批座房区楼栋机器进修]{2,3})$"
)

_TAIL = r"(?: ?(?:pro max|pro|max|plus|\+|mini|lite|ultra|fe|про макс|про|макс|плюс|мини)(?![^\W_一-鿿])){0,1}"
_CODE = r"[a-z]{0,3}-?[0-9]{1,5}[a-z]{0,3}(?![^\W_一-鿿])"
LINE = re.compile(
    rf"(?<![^\W_一-鿿])(?P<value>(?:(?:iphone|айфон|i-phone) ?(?:[0-9]{{1,2}}|xr|xs|se)(?![^\W_一-鿿])"
    rf"|ipad (?:pro |air |mini )?[0-9]{{1,2}}(?![^\W_.,一-鿿])"
    rf"|galaxy (?:tab |note |watch ?|z (?:flip|fold) ?)?{_CODE}|redmi (?:note )?{_CODE}"
    rf"|(?:(?<=小米)|(?<=红米)|(?<=荣耀)|(?<=华为)|(?<=一加))(?:mate ?|nova ?|pura ?|note ?|[kxp])?"
    rf"[0-9]{{1,3}}[a-z]?(?![^\W_])"
    rf"|pixel [0-9]{{1,2}}a?(?![^\W_一-鿿])"
    rf"|(?:thinkpad|ideapad|zenbook|vivobook|elitebook|probook|latitude|inspiron|surface(?: pro| laptop| go)"
    rf"|macbook (?:air|pro)|laserjet(?: pro)?|deskjet(?: plus)?|officejet(?: pro)?|ecotank|pixma|fritz!?box|playstation"
    rf"|airpods(?: pro)?|echo dot|gopro hero) {_CODE})"
    rf"{_TAIL})(?! ?(?:inch|zoll|pulgadas|дюйм|gb|tb|гб|mal|x|€|%|[0-9]|stars?|sterne?n?|estrellas?|зв[её]зд"
    r"|星))(?![.,:][0-9])",
    re.IGNORECASE,
)
