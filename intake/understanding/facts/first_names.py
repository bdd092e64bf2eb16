"""First names that many people have: a single word at the end of a message is only a name if it is one of these."""

from __future__ import annotations

_LATIN = """
    adam adrian alan alba albert alberto alejandra alejandro alex alexander alexandra alice alicia alina amanda
    amelia amir amy ana anastasia andre andrea andreas andrei andres andrew andy angela anita anja anke ann anna
    anne annette anni antje anton antonia antonio anya arthur astrid barbara beatriz becky ben benjamin bernd
    bernhard bert beth bettina bianca bill birgit björn bob boris brian bruno camila carla carlos carmen carol
    carolina caroline catherine cecilia charles charlie charlotte chen chloe chris christa christian christina
    christine claire clara claudia clive colin craig cristina dagmar dan daniel daniela danny dave david dean
    debbie denis dennis diana diego dieter dirk dmitri dominik donna dora doris dylan eduardo edward elena
    eleanor elias elisa elisabeth elizabeth ella ellen emil emilia emily emma enrique eric erik erika ernst
    esther eva evelyn fabian federico felipe felix fernanda fernando finn fiona florian francisco frank franz
    fred frida friedrich fritz gabi gabriel gareth gary georg george gerald gerd gerhard gina gisela gloria
    gonzalo grace graham greg gregor guido guillermo gustavo hanna hannah hans harald harry heather heidi heike
    heinz helen helena helga helmut henri henry holger horst hugo ian igor ilona ines inge ingo ingrid irene
    irina iris isabel isabella ivan jack jacob jaime jakob james jan jana jane janet janine jasmin javier jean
    jeff jens jenny jeremy jessica jim joachim joan joanna joao jochen joe john johannes jon jonas jonathan
    jorge josef josefina josh juan juana judith julia julian juliane jürgen justin jutta kai karen karin karl
    karla kate katharina kathrin kathy katja kerstin kevin kim klara klaus konstantin kurt lara lars laura lea
    lena leo leon leonie liam lilly lina linda lisa liz lola lorena lothar louis louisa lucas lucia lucy luis
    luisa luka lukas luke lynn magda maja malte manfred manuel manuela marc marcel marco marcos marcus margaret
    margit maria marie marina mario marion mark markus marta martha martin martina mary mateo mats matt matthew
    matthias max maya melanie mercedes michael michaela miguel mike mila miriam mohamed monica monika monique
    nadia nadine natalia natalie natasha neil nele nicholas nick nico nicolas nicole nils nina noah nora norbert
    olaf oleg olga oliver olivia oscar oskar otto pablo paco pamela pat patricia patrick paul paula pavel pedro
    peggy pepe pete peter petra phil philip philipp pia pilar priya rachel rafael rainer ralf ramon raquel raul
    ray rebecca regina renate ricardo richard rick rita rob robert roberto robin rodrigo roger roland rolf roman
    ron rosa rosie ruben rudi rudolf ruth ryan sabine sabrina sally sam samantha samuel sandra sara sarah sascha
    sean sebastian sergei sergio sharon sheila silke silvia simon simone sofia sonja sophia sophie stefan
    stefanie steffen stella stephan stephanie steve steven sue susan susana susanne suse svetlana sven sylvia
    tanja tanya tatjana ted teresa thomas thorsten tim timo tina tobi tobias toby tom tomas tony torsten udo ulf
    uli ulrich ulrike ursula uschi ute uwe valentina valeria vanessa vera verena veronica veronika vicky victor
    victoria viktor vincent volker walter wanda wendy werner will william wolfgang yolanda yvonne zoe
"""
_CYRILLIC = """
    александр александра алексей алёна алена алина алиса алла анастасия анатолий андрей анна антон арина артём
    артем богдан борис вадим валентин валентина валерий валерия варвара василий вера вероника виктор виктория
    виталий влад владимир владислав вячеслав галина геннадий георгий григорий даниил дарья даша денис диана дима
    дмитрий евгений евгения екатерина елена елизавета женя жанна зоя иван игорь илья инна ирина ира карина катя
    кирилл константин костя кристина ксения лариса лена леонид лида лидия лиза люба любовь людмила макс максим
    маргарита марина мария маша михаил миша надежда надя настя наталия наталья наташа никита николай нина оксана
    олег олеся ольга оля павел паша пётр петр полина раиса регина римма роман руслан саша света светлана семён
    семен сергей серёжа слава снежана соня софия станислав степан тамара таня татьяна тимур ульяна фёдор федор
    эдуард элина эльвира юлия юля юрий яна ярослав
"""
FIRST_NAMES = frozenset((_LATIN + _CYRILLIC).split())
