"""How people say their names and how they end their letters, in the languages that we know, and what is no name."""

from __future__ import annotations

import re

# What stands before a name that is said. The second of each: is one capital word enough behind it?
SAID = (
    (
        r"(?:my (?:full |last |first |sur)?name(?:'s|’s| is|:)|name(?:'s|’s| is)|i(?:'m| am|’m) called"
        r"|mein(?: voller)? name (?:ist|lautet)|(?:ich hei(?:ß|ss)e|hei(?:ß|ss)e)(?: ich)?(?: wieder| jetzt| nun"
        r"| nur noch)?|me llamo|mi nombre (?:completo )?es|меня зовут|зовут|мо[её] имя|имя|моя фамилия|мои фио"
        r"|(?:my )?(?:surname|last name)(?: is)?|nachname|under(?: the)? name(?: of)?|in the name of|it(?:'s|s"
        r"| is) under|auf(?: den)? namen|unter(?: dem)? namen"
        r"|a nombre de|на имя|на фамилию|контактное лицо|(?:de |on )?(?:parte|behalf) (?:de|of)|aparezco como"
        r"|figuro como|записана? как|(?:booked|listed|registered|entered) as|(?:eingetragen|gebucht) (?:als|unter)"
        r"|(?:pasaporte|dni) (?:dice|pone)|passport says|should (?:say|read))",
        True,
    ),
    (
        r"(?:(?:i am|i'm|i’m) (?:his|her|their|the|a) (?:daughter|son|wife|husband|mother|father|sister|brother|mum|mom"
        r"|dad|partner|neighbour|patient|customer|owner),?|ich bin (?:seine?|ihre?|die|der|eine?|das) (?:tochter|sohn"
        r"|frau|mann|mutter|vater|schwester|bruder|patientin|patient|kundin|kunde),?|soy (?:su|la|el|una?) (?:hij[ao]"
        r"|mujer|marido|madre|padre|herman[ao]|paciente|client[ea]|titular|espos[ao]),?|я (?:его|е[её]|их) (?:дочь|сын"
        r"|жена|муж|мама|мать|отец|сестра|брат),?|(?:клиент(?:ка)?|пациент(?:ка)?|гость|покупатель)"
        r"|i am|i'm|i’m|this is|it's|it’s|here is|ich bin(?: der| die)?|hier (?:ist|is|spricht|schreibt)(?: die"
        r"| der)?|soy(?: el| la)?|я|name|nombre|le escribe|les escribe|это|пишет(?: вам)?)",
        False,
    ),
)
CHINESE_SAID = (
    r"(?:我姓名是|联系人|登记人|预订人|入住人|我叫做?|我的名字是|我的名字叫|我名字叫|我名叫|本人姓名|姓名是|姓名为|收件人是|收货人是|联系人是|收件人叫)",
    r"(?:我是(?:(?:[他她]|我[爸妈])的?(?:女儿|儿子|妻子|老公|丈夫|太太|老婆|妈妈|爸爸)|[一-鿿]{2,10}的)?|本人|这里是|患者|病人|申请人|会员)\s?",
)
# "Name: Anna Schmidt" at the beginning of a line.
FIELDS = (
    r"(?:full |customer |my |your |contact |first and last |account |recipient )?name|customer|recipient"
    r"|contact(?: person)?|attn|from|ship(?:ping)? to"
    r"|(?:mein |vor- und nach|kunden|vor- und zu|voller )?name|vorname und nachname|kunde|kundin|empfänger(?:in)?"
    r"|ansprechpartner(?:in)?|besteller(?:in)?|absender"
    r"|nombre(?: completo| y apellidos?)?|titular|cliente|destinatari[oa]|contacto|a nombre de"
    r"|ф\.?и\.?о\.?|имя(?: и фамилия)?|фамилия(?:,? имя)?|получатель|заказчик|покупатель|клиент|контактное лицо"
    r"|姓名|名字|收件人|收货人|联系人|客户姓名|客户|寄件人|下单人|购买人|真实姓名"
)
CLOSINGS = (
    r"(?:with (?:many )?thanks|mit gr(?:uß|uss)|(?:with )?(?:my )?(?:best|kind|kindest|warm|warmest|many"
    r"|friendly)?\s?(?:regards|wishes)|(?:all the )?best"
    r"|rgds|brgds|br|kr|cheers|yours(?: sincerely| faithfully| truly)?"
    r"|sincerely(?: yours)?|respectfully|cordially|take care|thank you(?: (?:so|very) much| for your help"
    r"| in advance| again| and (?:best|kind) regards)?"
    r"|(?:many )?thanks(?: (?:in advance|a lot|again|so much|and (?:best |kind )?regards|for your help))?|thx|ty"
    r"|tia|ta|greetings"
    r"|(?:mit )?(?:freundliche[nm]?|beste[nm]?|vielen?|liebe[nmr]?|herzliche[nm]?|herzlichste[nm]?|schönen?"
    r"|sonnigen?)\s?(?:gr(?:ü|ue)(?:ß|ss)en?"
    r"|gruß|gruss)(?: aus(?: de[rmn])? [\w-]{2,20})?|(?:liebe[nr]? |viele |schöne[nr]? )?gr(?:u|ü|ue)(?:ß"
    r"|ss)e?(?: aus(?: de[rmn])?"
    r" [\w-]{2,20})?|mfg|lg|vg|hochachtungsvoll|herzlich(?:st)?"
    r"|(?:vielen|besten|herzlichen|tausend|lieben)?\s?dank(?:e)?(?: (?:im voraus|schön|sehr|vorab|für (?:ihre|eure"
    r"|die) hilfe|und (?:viele |liebe )?gr(?:ü|ue)(?:ß|ss)e))?|bis bald|tschüss|ciao"
    r"|(?:un |muchos )?(?:cordial(?:es)? |afectuosos? )?saludos?(?: cordial(?:es)?)?|salu2|atentamente|atte?\.?"
    r"|cordialmente"
    r"|(?:muchas |mil )?gracias(?: (?:de antemano|por (?:su|la|vuestra|tu) (?:ayuda|atención)|y (?:un )?saludos?))?"
    r"|un abrazo|quedo a la espera"
    r"|с (?:уважением|наилучшими пожеланиями|приветом|благодарностью)|(?:большое |заранее )?спасибо(?: (?:заранее"
    r"|большое|за помощь|огромное))?|всего (?:доброго|хорошего|наилучшего)|заранее благодар(?:ю|ен|на)|благодарю"
    r"|хорошего дня)"
)
CHINESE_CLOSINGS = (
    r"(?:此致敬礼|此致|敬礼|祝好|顺祝商祺|祝商祺|顺颂商祺|谢谢您?[!！。~]*|多谢|感谢"
    r"|期待您的回复|盼复|顺祝安好|祝工作顺利|致敬)"
)

TITLES = (
    r"(?:(?:ваша?|yours|главный бухгалтер|главбух|бухгалтер|директор|менеджер|управляющ(?:ий|ая)|инженер|завхоз"
    r"|ihre?|deine?|eure?|euer|i\.\s?a|i\.\s?v|familie|familia|family|семья|dr|prof|dr-ing|mr|mrs|ms|miss|mx"
    r"|herr|frau|herrn|señor|señora|sra?|srta|srs|dra|dª|dña|arq|ing|lic(?:da?)?|cap|hno|hna|barr|engr|mag"
    r"|don|doña|dipl\.?-ing|lic|господин"
    r"|госпожа|г-н|г-жа)\.?\s){0,2}"
)

# Words that stand where a name could, and are none. In small letters.
_NO_NAMES = """
    thanks thank thx cheers regards best kind hello hi hey dear please sent team support service customer sales
    the from my your sincerely yours help urgent asap order ordered refund return delivery parcel package
    shipping item product invoice warranty broken sorry yes no ok okay great fine happy sad angry unhappy
    disappointed frustrated interested writing contacting waiting calling trying looking having using getting
    not very so still really just also a an is in on at to and or but it this that monday tuesday wednesday
    thursday friday saturday sunday today tomorrow yesterday january february march july september october
    november december english german spanish russian chinese french italian american british dutch germany spain
    russia china france berlin london madrid moscow paris amazon ebay paypal apple google microsoft dhl ups
    fedex iphone ipad android outlook gmail yahoo mobile phone tel telephone fax email mail web website www
    address street manager director ceo cfo head department office gmbh ag kg ug ltd llc inc corp co plc company
    limited sl sa srl oy ab bv nv ohg ev name what when where why how who can could would should do does did
    have has had been i we you he she they me us unacceptable ridiculous terrible awful bad good wrong right
    late lost missing important attention question questions complaint hallo guten tag liebe lieber sehr geehrte
    geehrter danke dank gruß grüße vielen freundlichen mit bitte kunde kundin stammkunde neukunde bestellung
    rechnung lieferung paket artikel reklamation garantie rückgabe umtausch erstattung frage hilfe anfrage
    dringend ihr ihre ihren mein meine der die das ein eine und oder aber nicht ich wir sie es er wie was wann
    wo warum gesendet gesendeten von vom meinem handy zufrieden enttäuscht kundenservice kundendienst hotline
    zentrale firma verkauf montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar märz juni
    juli oktober dezember hola buenos buenas días dias tardes noches estimado estimada estimados gracias saludos
    saludo atentamente cordialmente quedo espero enviado desde mi móvil pedido factura envío devolución
    reembolso producto garantía ayuda urgente cliente clienta usuario usuaria nuevo nueva el la los las un unos
    de del que si sí muy por para con sin yo ustedes vosotros nosotros lunes martes miércoles jueves viernes
    sábado domingo enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    atención здравствуйте добрый день привет спасибо уважением заранее жду ответа отправлено заказ возврат
    доставка товар гарантия помогите срочно клиент покупатель я мы вы он она они не да нет это мой моя мое мои
    ваш ваша что как где когда почему и или но в на с понедельник вторник среда четверг пятница суббота
    воскресенье ооо зао оао ип компания поддержка служба отдел уважаемые nr hrb ust-id iban bic inn plz просто
    очень уже ужас безобразие ужасно ваши вам вас bye ciao hasta luego bis später tschüss пока nochmal again
    nochmals всем ahead all everyone there sir madam tochter sohn mutter vater mann tante schwester bruder mama
    papa oma opa daughter son mother father husband wife sister brother hija hijo madre padre marido esposa
    hermana hermano дочь дочка сын мама мать папа муж жена сестра брат бабушка never five four three two one
    star stars gute gutes nacht wünsche wünschen feliz navidad año frohe frohes weihnachten new year merry
    christmas easter schöne schönes schönen schöner wochenende abend feiertage ostern rutsch новым годом
    праздником доволен довольна weekend night evening afternoon morning holidays semana buena buen fin finde
    payable receivable gott dich euch zur info fyi wg betreff care ihnen alles viele direct
    call now free prize code reply claim live case vat iban bic id nif cif dni ust-id steuernummer инн кпп
    cel cell tlf tfno móvil movil handy grüsse gruss urge porfa porfavor pls plz thx asap плиз пж жду ждем звоните
    перезвоните ждем ждём хорошего
"""
NO_NAMES = frozenset(_NO_NAMES.split())
COMPANY = re.compile(
    r"(?<![^\W_])(?:gmbh|ag|kg|ug|ltd|llc|inc|corp|plc|limited|company|s\.?l\.?u?\.?|s\.?a\.?|s\.?r\.?l\.?|e\.?k\.?"
    r"|ohg|gbr|co|team|group|holding|shop|store"
    r"|support|service|services|university|hotel|klinik|praxis|ооо|зао|оао|ао|ип|пао)(?![^\W_])|公司|集团|店|客服",
    re.IGNORECASE,
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤欧温康施文牛樊葛"
    "邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路"
    "游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全"
    "佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝傅荆蔺晁鄢邸楚湛仝廉常赖洪阎萧丛陳張劉趙黃吳孫馬鄭謝許韓馮鄧蕭葉蘇呂盧陸鍾譚歐陽"
)
# In a line of its own only: words begin with them, too.
RARE_SURNAMES = frozenset(
    "封宣皮桂卜佐衣来向国牧原宇井木门弓全平水冬冷海边支乐满占闻巴色光阿古迪艾沃居凤花刀宾靖戈强位薄辜"
)
_NOT_CHINESE_NAMES = (
    "查不 查一 查询 查看 单子 周末 周一 周二 周三 周四 周五 周六 周日 元旦 万分 温馨 易损 "
    "谢谢 多谢 感谢 高兴 方便 任何 何时 安排 明天 时间 明白 全部 全额 全新 应该 应当 "
    "成功 成都 和平 和我 关于 关注 关闭 关机 连接 方法 方案 方面 文件 文字 包裹 包装 "
    "华为 时候 简单 成交 明显 阳台 欧洲 江苏 金额 金色 白色 黄色 单号 管理 温度 解决 "
    "解释 商品 商家 商店 卖家 顾客 买家 全款 游客 新用户 老客户 连续 于是 向您 和您 "
    "向你 常常 祝好 祝您 万一 全家 费用 米色 路上 单位 应急 师傅 石家庄 武汉 古董 程序 "
    "高级 高度 马上 严重 白天 夏天 安装 安全 安心 易碎 毛病 施工 宁波 康复 包邮 尤其 "
    "时常 农历 常见 常用 常规 常来 常买 洪水"
)
_NOT_FAMILIAR = (
    "老师 老板 老公 老婆 老家 老人 老是 老样 老款 老旧 老了 老客 老用 小时 小心 小区 小票 "
    "小号 小件 小米 小白 小孩 小程 小了 小的 阿姨 阿里"
)
NOT_FAMILIAR = frozenset(_NOT_FAMILIAR.split())
_COMPOUND = "诸葛 欧阳 司马 上官 司徒 东方 夏侯 皇甫 尉迟 公孙 慕容 令狐 端木 歐陽 諸葛"
COMPOUND_SURNAMES = frozenset(_COMPOUND.split())
_NOT_GREETED = """
    about regarding urgent broken late again just not your order alles jemand niemand wieder noch was die der das
    mein meine cliente clienta nuevo nueva otra vez снова опять ваш клиент заказ насчет что мой моя все all right time
"""
NOT_GREETED = frozenset(_NOT_GREETED.split())
NOT_CHINESE_NAMES = frozenset(_NOT_CHINESE_NAMES.split())
