"""Words that say that a line names a business, an office or a place, and no person; as a pattern."""

from __future__ import annotations

import re

_WHOLE = """
    surgery joinery carpentry dental clinic hospital pharmacy school college academy church parish council
    association society club gym studio studios gallery bakery cafe café coffee restaurant bar pub hostel motel
    resort kitchen catering salon barbers garage motors autos bikes tools machinery engineering fastening
    fasteners plumbing roofing builders construction logistics transport freight couriers travel tours holidays
    events records books print printing media design consulting consultants partners associates solutions
    systems technologies software digital labs lab laboratory foods farms dairy brewery winery vineyard gardens
    nursery florist flowers gifts toys crafts jewellers jewelry furniture interiors fabrics textiles fashion
    boutique optics opticians hearing properties estates realty lettings housing insurance finance capital
    foundation institute department office desk team unit division centre center depot warehouse industries
    manufacturing trading imports exports supplies wholesale retail outlet markets express road avenue praxis
    apotheke bäckerei konditorei metzgerei fleischerei gärtnerei tischlerei schreinerei zimmerei malerei
    druckerei wäscherei reinigung werkstatt autohaus fahrschule kanzlei steuerbüro ingenieurbüro architekturbüro
    büro verlag stiftung verein genossenschaft gemeinde stadt landkreis amt schule kita kindergarten gymnasium
    grundschule musikschule hotel pension gasthaus gasthof gaststätte restaurant taverna trattoria pizzeria
    ristorante weingut brauerei hofladen handel großhandel einzelhandel haustechnik elektro sanitär heizung
    bauunternehmen dachdecker spedition reisebüro labor umweltlabor institut klinik zentrum abteilung
    buchhaltung einkauf vertrieb redaktion nord süd west clínica floristería panadería pastelería carnicería
    frutería pescadería peluquería librería papelería ferretería lavandería cafetería cervecería heladería
    zapatería joyería relojería óptica farmacia taller talleres garaje autoescuela colegio escuela instituto
    academia guardería universidad ayuntamiento asociación fundación parroquia comunidad cooperativa bodega
    bodegas hostal hotel pensión albergue bar restaurante mesón taberna grupo estudio despacho asesoría gestoría
    inmobiliaria construcciones reformas instalaciones transportes logística viajes muebles textiles suministros
    distribuciones comercial departamento dpto servicio servicios atención centro laboratorio laboratorios
    editorial imprenta tienda almacén almacenes envíos internacionales internacional residencia granja viveros
    клиника аптека школа гимназия лицей детский сад колледж институт университет больница поликлиника
    стоматология лаборатория типография мастерская автосервис сервис салон студия ателье магазин кафе ресторан
    бар гостиница отель турагентство агентство бюро фирма завод фабрика комбинат склад база цех отдел
    бухгалтерия администрация управление тсж жск снт фонд общество кооператив ферма хозяйство пекарня
    кондитерская издательство редакция библиотека музей театр филиал центр группа торговый дом
"""
# Ends of German words that are put together.
_ENDINGS = (
    "labor zentrale werkstatt werke haus technik dienst bäckerei handel verein schule praxis apotheke verwaltung büro"
    " amt verlag markt gesellschaft betrieb anstalt service kanzlei manufaktur studio laden"
)
FIRM = re.compile(
    rf"(?<![^\W_])(?:{'|'.join(sorted(set(_WHOLE.split())))}|[^\W\d_]{{3,20}}(?:{'|'.join(_ENDINGS.split())}))"
    rf"(?![^\W_])"
    r"|[&«»„“]",
    re.IGNORECASE,
)
