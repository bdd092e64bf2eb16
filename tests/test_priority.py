"""Laws of urgency."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from intake.understanding.counted import counted, meant
from intake.understanding.priority import LEVELS, RULES, Urgency, judge, with_category
from intake.understanding.words import Entry, Words, is_unspaced, tokens


@pytest.mark.parametrize(
    ("text", "language", "category", "priority"),
    [
        ("The toaster started smoking and tripped the fuse, my hand got burned", "en", "repair", "urgent"),
        ("someone logged into my account from Brazil and changed the email", "en", "account", "urgent"),
        ("our train is cancelled and the ferry leaves tomorrow at 6, please rebook us", "en", "booking", "urgent"),
        ("This is the third time I contact you about the missing parcel", "en", "delivery", "high"),
        ("You took 89 dollars twice from my card for one order", "en", "refund", "high"),
        ("If I don't hear back I will take this to small claims court", "en", "complaint", "high"),
        ("Hi, can you tell me when order 5521 will arrive?", "en", "delivery", "normal"),
        ("does the smoke detector come with batteries?", "en", "product_question", "normal"),
        ("I would like to return the shirt, it is too small", "en", "return", "normal"),
        ("No rush at all, just wondering if the blue one comes back in stock", "en", "product_question", "low"),
        ("the lamp does not work any more, is it covered by warranty", "en", "repair", "normal"),
        ("it is not dangerous, but the lid does not close", "en", "repair", "normal"),
        ("Aus der Waschmaschine kommt Rauch und es riecht verschmort!", "de", "repair", "urgent"),
        ("Mein Konto wurde gehackt, bitte sofort sperren", "de", "account", "urgent"),
        ("Die Torte wird morgen früh für die Hochzeit gebraucht und ist nicht da", "de", "delivery", "urgent"),
        ("Ich warte seit sechs Wochen und bekomme keine Antwort", "de", "delivery", "high"),
        ("Der Betrag wurde doppelt abgebucht", "de", "invoice", "high"),
        ("Ich werde meinen Anwalt einschalten, wenn nichts passiert", "de", "complaint", "high"),
        ("Guten Tag, wann kommt meine Bestellung 4412?", "de", "delivery", "normal"),
        ("Haben Sie Rauchmelder mit Funk im Sortiment?", "de", "product_question", "normal"),
        ("Es eilt nicht, aber ich hätte gern Größe 42 statt 41", "de", "exchange", "low"),
        ("Kein Notfall, aber der Kühlschrank brummt", "de", "repair", "normal"),
        ("El horno echa humo y saltan chispas", "es", "repair", "urgent"),
        ("No reconozco un cargo de 300 euros en mi tarjeta, creo que es fraude", "es", "invoice", "urgent"),
        ("Mañana sale mi vuelo y todavía no tengo los billetes", "es", "booking", "urgent"),
        ("Llevo tres meses esperando el reembolso y nadie me contesta", "es", "refund", "high"),
        ("Me habéis cobrado dos veces el mismo pedido", "es", "invoice", "high"),
        ("Voy a poner una denuncia en la oficina del consumidor", "es", "complaint", "high"),
        ("¿Cuándo llega mi pedido 7781?", "es", "delivery", "normal"),
        ("Sin prisa, por curiosidad, ¿tenéis la chaqueta en verde?", "es", "product_question", "low"),
        ("Quiero devolver unos zapatos que me quedan grandes", "es", "return", "normal"),
        ("Розетка искрит и пахнет горелым, что делать?", "ru", "repair", "urgent"),
        ("Мой аккаунт взломали, сняли деньги", "ru", "account", "urgent"),
        ("Завтра вылет, а билетов до сих пор нет", "ru", "booking", "urgent"),
        ("Жду посылку второй месяц, на письма никто не отвечает", "ru", "delivery", "high"),
        ("Деньги списали дважды за один заказ", "ru", "invoice", "high"),
        ("Обращусь в Роспотребнадзор, если не вернете деньги", "ru", "complaint", "high"),
        ("Когда придет мой заказ 3391?", "ru", "delivery", "normal"),
        ("Не срочно, просто интересно, будет ли синий цвет", "ru", "product_question", "low"),
        ("На чайнике горит красная лампочка, это нормально?", "ru", "product_question", "normal"),
        ("充电器冒烟了，吓死我了", "zh", "repair", "urgent"),
        ("我的账号被盗了，钱被转走", "zh", "account", "urgent"),
        ("明天早上的航班，机票还没出", "zh", "booking", "urgent"),
        ("这是我第三次联系你们了，包裹还没到", "zh", "delivery", "high"),
        ("同一个订单扣了两次钱", "zh", "invoice", "high"),
        ("再不处理我就打12315投诉", "zh", "complaint", "high"),
        ("请问订单8832什么时候发货？", "zh", "delivery", "normal"),
        ("不着急，就是问问蓝色还会补货吗", "zh", "product_question", "low"),
        ("这个烟雾报警器用什么电池？", "zh", "product_question", "normal"),
        ("Your staff was rude to me on the phone yesterday", "en", "complaint", "normal"),
        ("Können wir unsere Buchung im März um einen Tag verschieben?", "de", "booking", "normal"),
        ("Quisiera cambiar la reserva de abril a mayo", "es", "booking", "normal"),
        ("thank you so much, the sofa is gorgeous", "en", "praise", "low"),
        ("Срочно! Вы выиграли миллион, перейдите по ссылке", "ru", "spam", "low"),
        ("We arrive on Saturday and need a cot in the room", "en", "booking", "high"),
        ("water is pouring out of the boiler, the whole kitchen is flooding", "en", "repair", "urgent"),
        ("Mein Hund hat das Kühlpad gefressen, ist das giftig?", "de", "product_question", "urgent"),
        ("I need the medication today, I have none left", "en", "delivery", "urgent"),
        ("la batería del móvil está hinchada y muy caliente", "es", "repair", "urgent"),
        ("Телефон сломался третий раз, пользоваться невозможно", "ru", "repair", "high"),
    ],
)
def test_how_urgent_a_message_is(text: str, language: str, category: str, priority: str) -> None:
    """Danger, fraud and a date within a day are urgent; money, law, long waiting and a date in the week are high."""
    assert with_category(judge("", text, language), category).priority == priority


@pytest.mark.parametrize(
    ("text", "language", "priority"),
    [
        ("Please answer asap", "en", "high"),
        ("URGENT: where is my parcel", "en", "urgent"),
        ("the charger caught fire", "en", "urgent"),
        ("Der Toaster qualmt", "de", "urgent"),
        ("Necesito una respuesta urgente", "es", "urgent"),
        ("Срочно нужна помощь", "ru", "urgent"),
        ("插座冒烟了", "zh", "urgent"),
        ("I will call my lawyer", "en", "high"),
        ("Ich schreibe zum dritten Mal eine Mail", "de", "high"),
        ("我要找消协", "zh", "high"),
        ("No rush, just curious", "en", "low"),
        ("不急，有空再说", "zh", "low"),
        ("Where is my parcel?", "en", "normal"),
        ("", None, "normal"),
    ],
)
def test_words_decide_how_urgent_it_is(text: str, language: str | None, priority: str) -> None:
    """Danger first, then what cannot wait; nothing said is normal."""
    assert judge("", text, language).priority == priority


@pytest.mark.parametrize(
    ("text", "language", "priority"),
    [
        ("our guests arrive tomorrow and the dining table is still in your warehouse", "en", "urgent"),
        ("the ferry goes in 40 minutes and I have no boarding code", "en", "urgent"),
        ("standing in front of the rental desk and they have no record of our car", "en", "urgent"),
        ("grandad's inhaler has not arrived and there is none left", "en", "urgent"),
        ("my filling fell out last night and it is throbbing, can you see me today", "en", "urgent"),
        ("Zahnschmerzen seit der Nacht, geht heute noch etwas?", "de", "urgent"),
        ("my voucher expires on Sunday and the page says error", "en", "high"),
        ("This is my fourth letter about the broken blinds", "en", "high"),
        ("I have been waiting for nine weeks", "en", "high"),
        ("sort this or I open a dispute with my bank", "en", "high"),
        ("Morgen kommen die Handwerker und die Fliesen fehlen", "de", "urgent"),
        ("die abbuchung läuft am montag, bitte vorher ändern, frist ist knapp", "de", "high"),
        ("Steh vor der Ferienwohnung und der Code geht nicht", "de", "urgent"),
        ("Das ist nun die dritte Nachfrage zur Gutschrift", "de", "high"),
        ("Sonst hole ich mir das Geld über den Käuferschutz", "de", "high"),
        ("En 4 horas sale nuestro barco y no figura mi hija en la reserva", "es", "urgent"),
        ("El plazo vence mañana y vuestra web da error", "es", "high"),
        ("Ya van tres veces que llega la lámpara rota", "es", "high"),
        ("Estamos en el aeropuerto y no aparece la reserva", "es", "urgent"),
        ("Завтра юбилей, а торт вы так и не привезли", "ru", "urgent"),
        ("Через 6 часов поезд, а билетов нет", "ru", "urgent"),
        ("Баллы сгорают завтра, а войти не получается", "ru", "high"),
        ("Пишу вам в третий раз, кресло до сих пор не заменили", "ru", "high"),
        ("客人明天到，沙发还没送来", "zh", "urgent"),
        ("3小时后的航班，行李还在你们那里", "zh", "urgent"),
        ("优惠券明天过期，页面一直报错", "zh", "high"),
        ("这是第三次来信，窗帘还是没换", "zh", "high"),
        ("再不退款我就找平台介入", "zh", "high"),
        ("parcel 4410 came damaged today, can I get a new one?", "en", "normal"),
        ("ihr habt am freitag storniert, wann kommt das geld", "de", "normal"),
        ("Every Saturday we have a party, do you rent out tables?", "en", "normal"),
        ("Mein Termin war letzten Samstag, danke für die Hochzeitstorte", "de", "normal"),
        ("¿Abren el sábado por la tarde?", "es", "normal"),
        ("Гости были в прошлую субботу, всем понравилось", "ru", "normal"),
        ("下周六入住，请问几点可以办理", "zh", "normal"),
        ("do you have three or four of the blue chairs?", "en", "normal"),
        ("Quisiera una cita para el dolor de espalda en enero", "es", "normal"),
        ("我对海鲜过敏，早餐请留意", "zh", "normal"),
        ("The machine broke, bought it 2 weeks ago", "en", "normal"),
    ],
)
def test_what_depends_on_it_and_when_says_how_much_it_presses(text: str, language: str, priority: str) -> None:
    """An event and a near time, a threat, a third letter; a time that is past or comes every week presses nobody."""
    assert judge("", text, language).priority == priority


@pytest.mark.parametrize("number", ["3", "three", "7", "nine", "12"])
def test_numbers_are_understood_in_digits_and_words(number: str) -> None:
    """Three hours or twelve, written so or so; a far larger number is none."""
    assert judge("", f"our train leaves in {number} hours", "en").priority == "urgent"
    assert judge("", f"we plan a train journey, {number}00 hours of it", "en").priority == "normal"


def test_a_reason_quotes_what_was_written_not_what_was_looked_for() -> None:
    """An agent reads "in fünf Stunden", not the sign for a number."""
    assert judge("", "In fünf Stunden geht der Flug", "de").reasons == (
        'a date within a day: "In fünf Stunden", "Flug" in the text',
    )
    assert judge("", "两个小时后起飞，没有出票", "zh").reasons == (
        'a date within a day: "两个小时后", "起飞" in the text',
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("the cot was recommended by several guests", "en"),
        ("the register is signed by three guests", "en"),
        ("a mat of 5 by 8 feet for the guests' hall", "en"),
        ("pusimos la mesa antes de las 5 invitadas de honor", "es"),
        ("Llamó el señor, perdimos el tren y en diez minutos nos dio otro", "es"),
        ("the curtains do not match the carpet, seen in daylight today", "en"),
        ("I am leaving you five stars today", "en"),
        ("got the 128 gig stick today", "en"),
        ("six dinner plates came today, very pretty", "en"),
        ("the dinner service came today, very pretty", "en"),
        ("lovely presentation of the box that came today", "en"),
        ("does the alarm wake you gently? I set it up today", "en"),
        ("heute gesehen: in meiner Vorstellung war das Blau dunkler", "de"),
        ("ich messe heute die Nische aus", "de"),
        ("beim Einbau der Lampe heute kam eine Frage auf", "de"),
        ("hoy afiné la guitarra y el puente es precioso", "es"),
        ("hoy le he sacado mucho partido a la batidora", "es"),
        ("周四周五我打电话都没人接", "zh"),
        ("周三周四周五周六我打电话都没人接", "zh"),
        ("周二周三我打电话都没人接", "zh"),
        ("箱子四周有裂纹，打电话没人接", "zh"),
        ("Включается, но через 10 минут гаснет, на экране ошибка", "ru"),
    ],
)
def test_a_word_that_also_means_something_of_the_house_presses_nobody(text: str, language: str) -> None:
    """Plates for dinner are no dinner, what is signed by three guests is not due at three, Thursday no four weeks."""
    assert judge("", text, language).priority == "normal"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("guests at seven, the lift must be repaired by 5 pm", "en"),
        ("our match is tomorrow and the shirts have not come", "en"),
        ("the wake is tomorrow, where are the flowers", "en"),
        ("we play a gig tonight and the amp is not here", "en"),
        ("we are leaving for the coast tomorrow without the tent", "en"),
        ("twelve people for dinner tonight and no oven", "en"),
        ("Morgen ist unsere Messe und das Banner fehlt", "de"),
        ("Die Vorstellung beginnt heute um acht, die Karten fehlen", "de"),
        ("Der Einbau ist morgen, die Spüle fehlt", "de"),
        ("mañana empieza el puente y no hay reserva", "es"),
        ("el partido es mañana y faltan camisetas", "es"),
        ("la boda empieza antes de las 6 de la tarde", "es"),
        ("el tren sale antes de las 18:00", "es"),
        ("Через 40 минут поезд, билета нет", "ru"),
        ("还有12小时登机，票还没有", "zh"),
        ("你们每隔二十五分钟扣一次，快停", "zh"),
    ],
)
def test_the_same_word_said_of_a_date_presses(text: str, language: str) -> None:
    """Our match is tomorrow, whatever else matches."""
    assert judge("", text, language).priority == "urgent"


@pytest.mark.parametrize(
    ("text", "language", "priority"),
    [
        ("Bitte 5x Netzkabel, das jetzige ist kaputt", "de", "normal"),
        ("wore it four times and the zip is broken", "en", "normal"),
        ("seats four people, one leg is broken", "en", "normal"),
        ("a table for six people, please call me", "en", "normal"),
        ("Писал вам 1 раз: чайник не работает", "ru", "normal"),
        ("换了一个客服，是李女士", "zh", "normal"),
        ("今天用了三次就坏了，能修吗", "zh", "normal"),
        ("wore it four times, can I have it repaired?", "en", "normal"),
        ("Dreimal benutzt, kann er repariert werden?", "de", "normal"),
        ("the boiler was repaired four times", "en", "high"),
        ("I rang four times about the boiler", "en", "high"),
        ("the boiler has broken three times", "en", "high"),
        ("habe schon 4x angerufen", "de", "high"),
        ("Die Pumpe wurde fünfmal repariert", "de", "high"),
        ("ya reparado cuatro veces y nada", "es", "high"),
        ("Чайник чинили пять раз", "ru", "high"),
        ("Отремонтировали уже пять раз", "ru", "high"),
        ("空调修了四次", "zh", "high"),
    ],
)
def test_how_often_counts_only_for_letters_and_repairs(text: str, language: str, priority: str) -> None:
    """Five cables are no fifth complaint, and who used it four times did not write four times."""
    assert judge("", text, language).priority == priority


def test_offers_never_press_and_praise_only_when_urgent() -> None:
    """A deadline for an offer is the seller's; a thanks with a complaint of old is still a thanks."""
    assert with_category(judge("", "offer expires tomorrow, urgent, reply today", "en"), "sales").priority == "low"
    assert (
        with_category(judge("", "third time I order, three repairs before, all fine now", "en"), "praise").priority
        == "low"
    )
    assert (
        with_category(judge("", "there is a gas leak at the fair you invited us to", "en"), "sales").priority
        == "urgent"
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [("This is not urgent", "en"), ("Es ist nicht dringend", "de"), ("no es urgente", "es"), ("это не срочно", "ru")],
)
def test_not_urgent_is_not_urgent(text: str, language: str) -> None:
    """A word inside its own denial does not count."""
    assert judge("", text, language).priority == "low"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("there is no smoke, it just will not start", "en"),
        ("nobody was injured and it is not dangerous", "en"),
        ("kein Rauch, kein Feuer, er geht nur nicht an", "de"),
        ("sin humo ni nada, simplemente no arranca", "es"),
        ("дыма нет, не опасно, просто не включается", "ru"),
        ("没有受伤，只是打不开", "zh"),
        ("do you sell smoke detectors and fire extinguishers", "en"),
        ("На панели горит зеленый индикатор", "ru"),
        ("We booked a non-smoking room", "en"),
        ("I bought it today and I am happy", "en"),
        ("a lantern with glass in amber", "en"),
        ("do you ship dangerous goods by air?", "en"),
        ("the poster with the poison ivy", "en"),
        ("the valve limits a choked flow", "en"),
        ("is the bib vomit-proof?", "en"),
        ("桌布烫得很平，谢谢", "zh"),
    ],
)
def test_what_is_denied_or_harmless_alarms_nobody(text: str, language: str) -> None:
    """A smoke detector is no smoke, and no smoke is none."""
    assert judge("", text, language).priority in ("normal", "low")


@pytest.mark.parametrize(
    "text",
    [
        "No, it smokes",
        "no idea why but it is smoking",
        "not only is it late, it caught fire",
        "No rush, but it smokes when I switch it on",
        "the smoke detector is fine, but the cable is smoking",
        "it does not stop smoking",
        "not happy, I found glass in the porridge",
        "no thanks, there is glass in my food",
    ],
)
def test_danger_is_never_missed_for_a_no_or_a_politeness(text: str) -> None:
    """What denies something else denies no danger."""
    assert judge("", text, "en").priority == "urgent"


def test_the_reason_says_what_and_quotes_the_words_and_their_place() -> None:
    """An agent sees why."""
    assert judge("URGENT", "hello", "en") == Urgency("urgent", ('says that it is urgent: "URGENT" in the subject',))
    assert judge("", "My flight leaves tomorrow", "en").reasons == (
        'a date within a day: "flight", "tomorrow" in the text',
    )


def test_words_far_apart_mean_nothing_together() -> None:
    """ "Today" of the greeting and the "flight" of the last line are no flight today."""
    assert judge(
        "", "Today I write to you. " + "It is a long story. " * 20 + "The flight was fine.", "en"
    ).priority == ("normal")


def test_english_words_count_in_every_language() -> None:
    """ "urgent" and "asap" are written by everybody."""
    assert judge("", "Bitte asap melden", "de").priority == "high"


def test_an_offer_and_a_swindle_can_wait_but_danger_in_praise_cannot() -> None:
    """What spam calls urgent is not; somebody who thanks us for a kettle that smokes is not put off."""
    assert with_category(judge("", "urgent business proposal", "en"), "spam") == Urgency("low", ("spam",))
    assert with_category(judge("", "lovely, but the kettle is smoking", "en"), "praise").priority == "urgent"
    assert with_category(judge("", "where is it", "en"), "delivery").priority == "normal"


def test_a_plug_that_burns_the_hand_is_danger_however_it_is_said() -> None:
    """What is ironed flat is no danger; what cannot be touched is."""
    assert judge("", "插头烫得很", "zh").priority == "urgent"
    assert judge("", "外壳烫得不敢碰", "zh").priority == "urgent"


@pytest.mark.parametrize("language", ["en", "de", "es", "ru", "zh"])
def test_every_entry_finds_itself_and_no_list_says_the_same_twice(language: str) -> None:
    """An entry that nothing can match, or that another of its list says already, is dead weight."""
    for sign, languages in _signals().items():
        said: dict[tuple[str, ...], str] = {}
        for entry in languages[language].split(","):
            for sought in meant(entry):
                # A star makes another word of it: `refund*` is more than `refund`.
                words = (sought.strip(),) if is_unspaced(sought) else tokens(sought.replace("*", "xxx")).folded
                assert words not in said, f"[{sign}] {language}: {entry} says what {said.get(words)} says"
                said[words] = entry
            table = Words(Entry(language, sign, 1, sought) for sought in meant(entry.strip()))
            for number in ("2", "5", "40"):
                text = entry.replace("#", number).replace("*", "")
                assert table.find(counted(tokens(text)), language), f"[{sign}] {language}: {entry} not in {text}"


def test_no_entry_says_zero_for_many() -> None:
    """A zero counts as one: who wrote `0 emails` for three would ask for one email."""
    zeros = [
        entry
        for languages in _signals().values()
        for entries in languages.values()
        for entry in entries.split(",")
        if re.search(r"(?<![0-9])0(?!0)", entry)
    ]
    assert zeros == []


def test_every_sign_is_known_in_five_languages_and_every_rule_uses_signs_that_there_are() -> None:
    """A sign that nobody asks for, or a language that was forgotten, is a mistake."""
    signs = _signals()
    assert {rule.level for rule in RULES} <= set(LEVELS)
    asked_for = {one for rule in RULES for sign in rule.signs for one in sign.split("|")}
    # A cry is no word: it is told by its signs.
    assert (asked_for - {"shout"}) | {"harmless"} == set(signs)
    assert all(set(languages) == {"en", "de", "es", "ru", "zh"} for languages in signs.values())


def _signals() -> dict[str, dict[str, str]]:
    source = files("intake.understanding").joinpath("signals.toml").read_text("utf-8")
    signs: dict[str, dict[str, str]] = tomllib.loads(source)
    return signs
