# ruff: noqa: E501  (tables read better in rows)
"""Countries of the sample company: cities, streets, postcodes and telephone ranges.

A pattern holds `#` for a digit 0-9, `%` for a digit 2-9 and `@` for a letter A-J; the rest stands for itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class City:
    """A city: name, region, postcode pattern, telephone area code and subscriber pattern."""

    name: str
    region: str
    postcode: str
    area: str
    subscriber: str
    other_name: str = ""


@dataclass(frozen=True)
class Country:
    """A country: names, language, weight among customers, culture mix and telephone plan."""

    code: str
    name: str
    language: str
    weight: float
    cultures: dict[str, float]
    calling_code: str
    trunk: str
    mobile: tuple[str, ...]
    tld: str
    currency: str
    region: str
    street_first: bool
    streets: str
    cities: tuple[City, ...]


def _cities(text: str) -> tuple[City, ...]:
    return tuple(City(*(part.strip() for part in line.split("|"))) for line in text.strip().splitlines())


_MIX = {
    "turkish": 3,
    "arabic": 3,
    "indian": 2,
    "slavic": 3,
    "polish": 2,
    "chinese": 1,
    "vietnamese": 1,
    "african": 1,
}

COUNTRIES: tuple[Country, ...] = (
    Country("DE", "Germany", "de", 24, {"german": 80, **_MIX, "turkish": 7, "greek": 2, "italian": 2}, "49", "0",
            ("151%#######", "160%######", "171%######", "176%#######"), "de", "EUR", "EU", True,
            "Hauptstraße Bahnhofstraße Gartenstraße Schulstraße Lindenallee Goethestraße Mühlenweg Bergstraße "
            "Schillerstraße Kirchgasse Industriestraße Am\u00a0Hafen Rosenweg Parkallee Birkenweg",
            _cities("""Berlin|Berlin|10###|30|%#######
                Hamburg|Hamburg|20###|40|%#######
                München|Bayern|80###|89|%#######|Munich
                Köln|Nordrhein-Westfalen|50###|221|%######|Cologne
                Frankfurt am Main|Hessen|60###|69|%#######|Frankfurt
                Stuttgart|Baden-Württemberg|70###|711|%######
                Nürnberg|Bayern|90###|911|%######|Nuremberg
                Leipzig|Sachsen|04###|341|%######
                Bremen|Bremen|28###|421|%######
                Hannover|Niedersachsen|30###|511|%######""")),
    Country("AT", "Austria", "de", 5, {"german": 80, **_MIX}, "43", "0", ("664%######", "676%######"),
            "at", "EUR", "EU", True, "Hauptstraße Ringstraße Mariahilfer\u00a0Straße Wiener\u00a0Straße Bahnhofstraße "
            "Lindengasse Kirchengasse Dorfstraße",
            _cities("""Wien|Wien|1##0|1|%######|Vienna
                Graz|Steiermark|80#0|316|%#####
                Linz|Oberösterreich|40#0|732|%#####
                Salzburg|Salzburg|50#0|662|%#####
                Innsbruck|Tirol|60#0|512|%#####""")),
    Country("CH", "Switzerland", "de", 4, {"german": 60, "french": 15, "italian": 10, **_MIX}, "41", "0",
            ("79%######", "78%######", "76%######"), "ch", "CHF", "EU", True,
            "Bahnhofstrasse Seestrasse Dorfstrasse Hauptstrasse Rue\u00a0du\u00a0Lac Bergstrasse Kirchweg",
            _cities("""Zürich|ZH|80##|44|%######|Zurich
                Genève|GE|12##|22|%######|Geneva
                Basel|BS|40##|61|%######
                Bern|BE|30##|31|%######
                Luzern|LU|60##|41|%######|Lucerne""")),
    Country("FR", "France", "fr", 9, {"french": 78, "arabic": 8, "portuguese": 3, **_MIX, "african": 4}, "33", "0",
            ("61#######", "62#######", "66#######"), "fr", "EUR", "EU", False,
            "rue\u00a0de\u00a0la\u00a0Paix rue\u00a0Victor\u00a0Hugo avenue\u00a0Jean\u00a0Jaurès rue\u00a0de\u00a0l'Église "
            "boulevard\u00a0Pasteur rue\u00a0du\u00a0Moulin avenue\u00a0de\u00a0la\u00a0Gare rue\u00a0des\u00a0Écoles",
            _cities("""Paris|Île-de-France|750##|1|4%######
                Lyon|Auvergne-Rhône-Alpes|6900#|4|7%######
                Marseille|Provence-Alpes-Côte d'Azur|130##|4|9%######
                Toulouse|Occitanie|310##|5|6%######
                Lille|Hauts-de-France|59###|3|2%######
                Nantes|Pays de la Loire|44###|2|4%######""")),
    Country("NL", "Netherlands", "nl", 6, {"dutch": 78, **_MIX, "turkish": 5}, "31", "0",
            ("61#######", "62#######", "64#######"), "nl", "EUR", "EU", True,
            "Kerkstraat Dorpsstraat Molenweg Stationsweg Prinsengracht Beatrixlaan Schoolstraat Industrieweg",
            _cities("""Amsterdam|Noord-Holland|10## @@|20|%######
                Rotterdam|Zuid-Holland|30## @@|10|%######
                Utrecht|Utrecht|35## @@|30|%######
                Eindhoven|Noord-Brabant|56## @@|40|%######
                Groningen|Groningen|97## @@|50|%######""")),
    Country("BE", "Belgium", "nl", 4, {"dutch": 50, "french": 30, **_MIX}, "32", "0", ("47%######", "49%######"),
            "be", "EUR", "EU", True, "Kerkstraat Nieuwstraat Rue\u00a0de\u00a0la\u00a0Station Stationsstraat Molenstraat",
            _cities("""Brussel|Brussel|10#0|2|4######|Brussels
                Antwerpen|Antwerpen|20#0|3|2######|Antwerp
                Gent|Oost-Vlaanderen|90#0|9|2######|Ghent
                Liège|Liège|40#0|4|2######""")),
    Country("ES", "Spain", "es", 6, {"spanish": 88, **_MIX, "arabic": 4}, "34", "", ("6%#######",), "es", "EUR", "EU",
            True, "Calle\u00a0Mayor Calle\u00a0Real Avenida\u00a0de\u00a0la\u00a0Constitución Calle\u00a0del\u00a0Sol "
            "Plaza\u00a0de\u00a0España Calle\u00a0San\u00a0Juan",
            _cities("""Madrid|Madrid|280##|91|%######
                Barcelona|Cataluña|080##|93|%######
                Valencia|Comunidad Valenciana|460##|96|3######
                Sevilla|Andalucía|410##|95|4######|Seville
                Bilbao|País Vasco|480##|94|4######""")),
    Country("IT", "Italy", "it", 6, {"italian": 90, **_MIX}, "39", "", ("347%######", "338%######", "320%######"),
            "it", "EUR", "EU", True, "Via\u00a0Roma Via\u00a0Garibaldi Corso\u00a0Italia Via\u00a0Dante Via\u00a0Mazzini "
            "Viale\u00a0della\u00a0Stazione Piazza\u00a0del\u00a0Popolo",
            _cities("""Milano|Lombardia|201##|02|%#######|Milan
                Roma|Lazio|001##|06|%#######|Rome
                Torino|Piemonte|101##|011|%######|Turin
                Bologna|Emilia-Romagna|401##|051|%######
                Napoli|Campania|801##|081|%######|Naples""")),
    Country("GB", "United Kingdom", "en", 11, {"english": 76, **_MIX, "indian": 8, "african": 4}, "44", "0",
            ("77%#######", "78%#######", "79%#######"), "co.uk", "GBP", "UK", False,
            "High\u00a0Street Station\u00a0Road Church\u00a0Lane Victoria\u00a0Road Mill\u00a0Lane Park\u00a0Avenue "
            "King\u00a0Street Queens\u00a0Road The\u00a0Crescent Manor\u00a0Close",
            _cities("""London|Greater London|SW% %AA|20|7%######
                Manchester|Greater Manchester|M% %BL|161|2######
                Birmingham|West Midlands|B% %HD|121|2######
                Leeds|West Yorkshire|LS% %DF|113|2######
                Bristol|Bristol|BS% %NP|117|9######
                Edinburgh|Midlothian|EH% %TQ|131|2######""")),
    Country("SE", "Sweden", "sv", 4, {"nordic": 80, "finnish": 4, **_MIX, "arabic": 6}, "46", "0",
            ("70%######", "73%######", "76%######"), "se", "SEK", "EU", True,
            "Storgatan Drottninggatan Kyrkogatan Skolgatan Industrivägen Björkvägen Strandvägen",
            _cities("""Stockholm|Stockholm|11# ##|8|%######
                Göteborg|Västra Götaland|41# ##|31|%#####|Gothenburg
                Malmö|Skåne|21# ##|40|%#####
                Uppsala|Uppsala|75# ##|18|%#####""")),
    Country("DK", "Denmark", "sv", 3, {"nordic": 88, **_MIX}, "45", "", ("20%#####", "22%#####", "28%#####"),
            "dk", "DKK", "EU", True, "Hovedgaden Nørregade Vestergade Strandvejen Skolevej Østergade",
            _cities("""København|Hovedstaden|21##|33|%#####|Copenhagen
                Aarhus|Midtjylland|82##|86|%#####
                Odense|Syddanmark|52##|66|%#####""")),
    Country("FI", "Finland", "sv", 2, {"finnish": 82, "nordic": 10, **_MIX}, "358", "0", ("40%######", "50%######"),
            "fi", "EUR", "EU", True, "Mannerheimintie Kauppakatu Koulutie Asematie Rantatie Puistokatu",
            _cities("""Helsinki|Uusimaa|00##0|9|5######
                Tampere|Pirkanmaa|33##0|3|%######
                Turku|Varsinais-Suomi|20##0|2|%######""")),
    Country("PL", "Poland", "pl", 5, {"polish": 94, "slavic": 6}, "48", "", ("60%######", "50%######", "69%######"),
            "pl", "PLN", "EU", True, "ul.\u00a0Polna ul.\u00a0Leśna ul.\u00a0Słoneczna ul.\u00a0Krótka ul.\u00a0Szkolna "
            "ul.\u00a0Ogrodowa al.\u00a0Jerozolimskie",
            _cities("""Warszawa|Mazowieckie|00-###|22|%######|Warsaw
                Kraków|Małopolskie|30-###|12|%######|Cracow
                Wrocław|Dolnośląskie|50-###|71|%######
                Poznań|Wielkopolskie|60-###|61|%######
                Gdańsk|Pomorskie|80-###|58|%######""")),
    Country("US", "United States", "en", 14, {"english": 62, "spanish": 14, **_MIX, "indian": 6, "chinese": 5}, "1", "",
            (), "com", "USD", "US", False,
            "Main\u00a0Street Oak\u00a0Avenue Maple\u00a0Drive Cedar\u00a0Lane Park\u00a0Boulevard Washington\u00a0Street "
            "Lake\u00a0Road Hill\u00a0Street 2nd\u00a0Avenue Elm\u00a0Street Sunset\u00a0Drive",
            _cities("""New York|NY|100##|212|%4#####
                Chicago|IL|606##|312|%4#####
                Austin|TX|787##|512|%4#####
                Seattle|WA|981##|206|%4#####
                Denver|CO|802##|303|%4#####
                Boston|MA|021##|617|%4#####
                Atlanta|GA|303##|404|%4#####
                San Francisco|CA|941##|415|%4#####
                Portland|OR|972##|503|%4#####
                Phoenix|AZ|850##|602|%4#####""")),
    Country("AU", "Australia", "en", 3, {"english": 72, **_MIX, "chinese": 6, "vietnamese": 4, "greek": 4}, "61", "0",
            ("41#######", "42#######", "43#######"), "com.au", "AUD", "APAC", False,
            "George\u00a0Street Collins\u00a0Street Beach\u00a0Road Railway\u00a0Parade Wattle\u00a0Avenue Victoria\u00a0Street",
            _cities("""Sydney|NSW|20##|2|9%######
                Melbourne|VIC|30##|3|9%######
                Brisbane|QLD|40##|7|3%######
                Perth|WA|60##|8|9%######""")),
)  # fmt: skip
