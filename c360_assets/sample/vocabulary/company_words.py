"""Parts of company names: invented words, trades by language, legal forms by country."""

# first x middle x last gives some 30,000 invented words.
ONSETS = """Bra Cal Cor Dal Del Dor Eld Fal Fer Gal Gren Hal Hel Ist Jor Kal Kel Lan Lor Mar Mel Nor Nov Or Pal Pel
    Quel Ral Rin Sal Sel Sol Tal Ter Tor Ul Val Ver Vor Wes Xan Yor Zan Zel""".split()
MIDDLES = "a e i o u an en in on ar er ir or al el il ol ath eth and end ind iv ov av".split()
ENDINGS = """dra vex lio nix tor via mar dis ron tis lux gon bris den mera qua thos wick zen dorf stad vik nova tera
    pax rim cora fin""".split()

INDUSTRIES = {
    "Logistics": {
        "de": "Logistik Spedition Transporte",
        "en": "Logistics Freight Haulage",
        "fr": "Logistique Transports",
        "es": "Logística Transportes",
        "it": "Logistica Trasporti",
        "nl": "Logistiek Transport",
        "sv": "Logistik Frakt",
        "pl": "Logistyka Spedycja",
    },
    "Energy": {
        "de": "Energie Solartechnik Netze",
        "en": "Energy Solar Power",
        "fr": "Énergie Solaire",
        "es": "Energía Solar",
        "it": "Energia Solare",
        "nl": "Energie Zonnestroom",
        "sv": "Energi Kraft",
        "pl": "Energia Elektro",
    },
    "Manufacturing": {
        "de": "Maschinenbau Werkzeuge Metallbau",
        "en": "Engineering Tools Components",
        "fr": "Mécanique Outillage",
        "es": "Maquinaria Industrias",
        "it": "Meccanica Officine",
        "nl": "Machines Techniek",
        "sv": "Mekanik Verktyg",
        "pl": "Maszyny Narzędzia",
    },
    "Software": {
        "de": "Software Datentechnik Systeme",
        "en": "Software Analytics Systems",
        "fr": "Logiciels Données",
        "es": "Software Datos",
        "it": "Informatica Sistemi",
        "nl": "Software Automatisering",
        "sv": "Programvara System",
        "pl": "Oprogramowanie Systemy",
    },
    "Construction": {
        "de": "Hochbau Holzbau Tiefbau",
        "en": "Construction Builders Homes",
        "fr": "Construction Bâtiment",
        "es": "Construcciones Obras",
        "it": "Costruzioni Edilizia",
        "nl": "Bouw Woningbouw",
        "sv": "Bygg Entreprenad",
        "pl": "Budownictwo Domy",
    },
    "Food": {
        "de": "Feinkost Backwaren Getränke",
        "en": "Foods Bakery Beverages",
        "fr": "Alimentation Boissons",
        "es": "Alimentos Bebidas",
        "it": "Alimentari Bevande",
        "nl": "Voeding Dranken",
        "sv": "Livsmedel Bageri",
        "pl": "Żywność Napoje",
    },
    "Healthcare": {
        "de": "Medizintechnik Pharma Pflege",
        "en": "Medical Pharma Care",
        "fr": "Santé Médical",
        "es": "Salud Farma",
        "it": "Medicale Salute",
        "nl": "Zorg Medisch",
        "sv": "Vård Medicin",
        "pl": "Medycyna Zdrowie",
    },
    "Retail": {
        "de": "Handel Möbel Mode",
        "en": "Retail Outfitters Furniture",
        "fr": "Distribution Meubles",
        "es": "Comercio Muebles",
        "it": "Commercio Arredi",
        "nl": "Handel Meubelen",
        "sv": "Handel Möbler",
        "pl": "Handel Meble",
    },
    "Professional Services": {
        "de": "Beratung Consulting Ingenieure",
        "en": "Consulting Advisory Partners",
        "fr": "Conseil Ingénierie",
        "es": "Consultoría Asesores",
        "it": "Consulenza Ingegneria",
        "nl": "Advies Ingenieurs",
        "sv": "Konsult Rådgivning",
        "pl": "Doradztwo Inżynieria",
    },
    "Media": {
        "de": "Medien Verlag Druck",
        "en": "Media Studios Press",
        "fr": "Médias Éditions",
        "es": "Medios Editorial",
        "it": "Media Edizioni",
        "nl": "Media Uitgeverij",
        "sv": "Media Förlag",
        "pl": "Media Wydawnictwo",
    },
}

PLACES = """Alpen Baltic Nordsee Rhein Donau Elbe Weser Isar Tauern Highland Severn Pennine Lakeland Dartmoor Solent
    Loire Garonne Vosges Jura Provence Ebro Duero Sierra Levante Veneto Lario Adige Maremma Veluwe Schelde Skåne Mälar
    Vänern Masuria Wisła Odra Hudson Cascade Prairie Sonora Delta Tidewater Murray Tasman""".split()

TEAMS = "Marketing Finance Operations Sales Engineering Procurement Support Data".split()

# (short forms with weights, long form of the first).
LEGAL_FORMS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "DE": (("GmbH", "GmbH", "AG", "GmbH & Co. KG", "KG"), {"GmbH": "Gesellschaft mbH", "AG": "Aktiengesellschaft"}),
    "AT": (("GmbH", "GmbH", "AG"), {"GmbH": "Gesellschaft m.b.H.", "AG": "Aktiengesellschaft"}),
    "CH": (("AG", "GmbH", "AG"), {"AG": "Aktiengesellschaft"}),
    "FR": (("SARL", "SAS", "S.A."), {"SARL": "Société à responsabilité limitée", "S.A.": "SA"}),
    "NL": (("B.V.", "BV", "N.V."), {"B.V.": "Besloten Vennootschap", "N.V.": "NV"}),
    "BE": (("BV", "NV", "SA"), {"BV": "B.V.", "NV": "N.V."}),
    "ES": (("S.L.", "S.A.", "SL"), {"S.L.": "Sociedad Limitada", "S.A.": "Sociedad Anónima"}),
    "IT": (("S.r.l.", "S.p.A.", "Srl"), {"S.r.l.": "Srl", "S.p.A.": "SpA"}),
    "GB": (("Ltd", "Limited", "PLC", "LLP"), {"Ltd": "Limited", "PLC": "Public Limited Company"}),
    "SE": (("AB", "AB"), {"AB": "Aktiebolag"}),
    "DK": (("ApS", "A/S"), {"ApS": "Anpartsselskab", "A/S": "Aktieselskab"}),
    "FI": (("Oy", "Oyj"), {"Oy": "Osakeyhtiö"}),
    "PL": (("Sp. z o.o.", "S.A."), {"Sp. z o.o.": "Spółka z o.o.", "S.A.": "Spółka Akcyjna"}),
    "US": (("Inc", "LLC", "Inc.", "Corp"), {"Inc": "Incorporated", "Corp": "Corporation", "LLC": "L.L.C."}),
    "AU": (("Pty Ltd", "Ltd"), {"Pty Ltd": "Proprietary Limited"}),
}

COUNTRY_TAG = {
    "DE": "Deutschland",
    "AT": "Austria",
    "CH": "Schweiz",
    "FR": "France",
    "NL": "Nederland",
    "BE": "Belgium",
    "ES": "Iberia",
    "IT": "Italia",
    "GB": "UK",
    "SE": "Sverige",
    "DK": "Danmark",
    "FI": "Suomi",
    "PL": "Polska",
    "US": "America",
    "AU": "Australia",
}
