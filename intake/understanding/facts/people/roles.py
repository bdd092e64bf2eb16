"""What people are, where they write it before their names: posts, trades, legal forms of one person; as a pattern."""

from __future__ import annotations

ROLES = (
    r"(?:(?:chief|senior|junior|head|deputy|assistant|office|sales|account|accounts|purchasing|project|store|branch|it)"
    r" ){0,2}(?:director|manager|engineer|buyer|assistant|secretary|nurse|teacher|owner|founder|accountant|purchasing"
    r"|procurement|accounts|accounting|chef|sister|brother|father|rev(?:erend)?\.?|pastor|captain|cpt\.?|sgt\.?"
    r"|professor|tenant|the family|estate of|on behalf of|p\.?\s?p\.|signed)"
    r"|(?:dpto|depto|departamento|dto)\.?(?: de)? \w{3,16}|compras|ventas|administraci[óo]n|gerencia|gerente"
    r"|director[a]?"
    r"|responsable(?: de \w{3,14})?|encargad[oa](?: de \w{3,14})?|jef[ea](?: de \w{3,14})?|secretari[oa]|contable"
    r"|ingenier[oa]|maestr[oa]|profesor[a]?|hermanas?|hermanos?|padre|sor|fray|madre superiora|fdo\.?|firmado|clienta?"
    r"|soci[oa]|p\.\s?[oa]\."
    r"|einkauf|vertrieb|buchhaltung|verwaltung|sekretariat|gesch[äa]ftsf[üu]hr(?:er(?:in)?|ung)|inhaber(?:in)?"
    r"|leiter(?:in)?|leitung|meister(?:in)?|hausmeister(?:in)?|lehrer(?:in)?|schwester|bruder|pfarrer(?:in)?|gez\.?"
    r"|i\.\s?[av]\.|ppa\.?|im auftrag|kund(?:e|in)|mieter(?:in)?|eheleute|oma|opa|mama|papa"
    r"|(?:главный|старший|ведущий|генеральный|коммерческий|заместитель|зам\.?|и\.\s?о\.) ?(?:директора?"
    r"|бухгалтера?|инженера?"
    r"|менеджера?|врача?)|(?:ген\.? ?|гл\.? ?)?(?:директор|бухгалтер|инженер|менеджер)(?-i: [А-ЯЁ]{2,5})?|главбух"
    r"|снабженец|снабжение"
    r"|закупки|отдел (?-i:[а-яё]{4,14})|(?:начальник|зав(?:\.|едующ(?:ий|ая)))(?-i: [а-яё]{4,16}){0,2}|завхоз"
    r"|секретарь|учитель(?:ница)?"
    r"|воспитатель|преподаватель|врач|адвокат|юрист|мастер|прораб|технолог|кладовщик|экономист|логист|механик"
    r"|председатель(?-i: [а-яё]{2,14})?"
    r"|староста|мама|папа|бабушка|дедушка|ваша?|ип|самозанят(?:ый|ая)|клиент(?:ка)?|покупатель(?:ница)?"
    r"|пенсионер(?:ка)?|супруги|семья(?-i: [А-ЯЁ][а-яё]{3,14},)?|подпись"
)
