"""One company name as written -> display name, key for comparing, legal form."""

import re
import unicodedata

from anyascii import anyascii
from cleanco import termdata

# Canonical form: the ways it is written, in ASCII without dots. What is here wins over cleanco's lists.
_FORMS = {
    "Inc": "inc|incorporated",
    "Corp": "corp|corporation",
    "Co": "co|company|and co|and company|cie|et cie",
    "LLC": "llc|limited liability company|l l c",
    "LLP": "llp|limited liability partnership",
    "LP": "lp|limited partnership",
    "PLLC": "pllc",
    "PC": "pc|professional corporation",
    "Ltd": "ltd|limited|co ltd|company limited",
    "PLC": "plc|public limited company",
    "Pty Ltd": "pty ltd|pty limited|proprietary limited|pty",
    "Pte Ltd": "pte ltd|pte limited|private limited|pvt ltd|pvt limited|private ltd",
    "GmbH": "gmbh|gesellschaft mit beschrankter haftung|g m b h|gesellschaft mbh|ges mbh|gesmbh|mbh|ggmbh",
    "GmbH & Co. KG": "gmbh and co kg|gmbh and cokg|gmbh co kg|gmbh and co",
    "UG": "ug|ug haftungsbeschrankt|unternehmergesellschaft",
    "AG": "ag|aktiengesellschaft",
    "AG & Co. KG": "ag and co kg",
    "KG": "kg|kommanditgesellschaft|and co kg",
    "KGaA": "kgaa|ag and co kgaa|se and co kgaa",
    "OHG": "ohg|offene handelsgesellschaft",
    "GbR": "gbr",
    "e.K.": "ek|eingetragener kaufmann",
    "e.V.": "ev|eingetragener verein",
    "eG": "eg",
    "SE": "se|societas europaea",
    "SA": "sa|s a|societe anonyme|sociedad anonima",
    "SAS": "sas|sasu|societe par actions simplifiee",
    "SARL": "sarl|s a r l|eurl|societe a responsabilite limitee",
    "SNC": "snc",
    "SCA": "sca",
    "SL": "sl|slu|s l|sociedad limitada|sociedad de responsabilidad limitada",
    "SA de CV": "sa de cv|sab de cv",
    "S de RL": "s de rl|s de rl de cv",
    "SpA": "spa|s p a|societa per azioni",
    "Srl": "srl|srls|s r l|societa a responsabilita limitata",
    "Lda": "lda|limitada",
    "Ltda": "ltda",
    "BV": "bv|b v|besloten vennootschap",
    "NV": "nv|n v|naamloze vennootschap",
    "VOF": "vof",
    "BVBA": "bvba|sprl",
    "AB": "ab|aktiebolag",
    "HB": "hb|handelsbolag",
    "AS": "as|aksjeselskap|aktieselskab",
    "ASA": "asa",
    "ApS": "aps|anpartsselskab",
    "Oy": "oy|osakeyhtio",
    "Oyj": "oyj",
    "Sp. z o.o.": "sp z oo|sp zoo|spolka z oo|sp z o o|spolka z ograniczona odpowiedzialnoscia",
    "sp.k.": "sp k|spk",
    "sro": "sro|s r o|spol s ro",
    "a.s.": "akc spol",
    "d.o.o.": "doo|d o o",
    "Kft": "kft",
    "Zrt": "zrt",
    "Nyrt": "nyrt",
    "SIA": "sia",
    "UAB": "uab",
    "OU": "ou",
    "OOD": "ood|eood",
    "OOO": "ooo|obschestvo s ogranichennoy otvetstvennostyu",
    "ZAO": "zao",
    "OAO": "oao",
    "PAO": "pao",
    "AO": "ao",
    "TOV": "tov",
    "Ltd Sti": "ltd sti|limited sirketi",
    "KK": "kk|kabushiki kaisha|co kk",
    "Sdn Bhd": "sdn bhd|bhd",
    "FZE": "fze|fzco|fz llc",
}
# Forms that stand before the name.
_LEADING = frozenset(("ooo", "oao", "zao", "pao", "ao", "tov", "pt", "uab", "sia", "kk"))
# cleanco knows many more forms, but also words and syllables that are often part of a name.
_NOT_FORMS = frozenset(
    [
        "private",
        "company",
        "pp",
        "da",
        "mb",
        "et",
        "ans",
        "teo",
        "ij",
        "pt",
        "sd",
        "og",
        "hb",
        "ae",
        "ee",
        "oe",
        "ay",
        "aj",
        "scs",
        "nl",
        "an",
        "vat",
        "dat",
    ]
)


def _plain(text):
    text = anyascii(unicodedata.normalize("NFKC", text)).lower()
    text = re.sub(r"[&+]", " and ", text)
    text = re.sub(r"['`´.]|(?<=\b[a-z])/(?=[a-z]\b)", "", text)
    return re.sub(r"[^a-z0-9]+", " ", text).split()


def _build():
    forms = {}
    for terms in termdata.terms_by_type.values():
        for term in terms:
            words = tuple(_plain(term))
            if words and (len(words) > 1 or (len(words[0]) > 1 and words[0] not in _NOT_FORMS)):
                forms[words] = " ".join(words).upper()
    for form, spellings in _FORMS.items():
        for spelling in spellings.split("|"):
            forms[tuple(spelling.split())] = form
    return forms


_FORM_OF = _build()
_LONGEST = max(map(len, _FORM_OF))


def parse_company_name(raw):
    """Return {name, name_key, legal_form}; None for no text.

    name_key: lower-case ASCII words without the legal form, & as 'and', German ae/oe/ue as a/o/u. A name that is
    nothing but a legal form keeps it.
    """
    if raw is None or not raw.strip():
        return None
    words = _plain(raw)
    found = []
    while len(words) > 1:
        for size in range(min(_LONGEST, len(words) - 1), 0, -1):
            if (form := _FORM_OF.get(tuple(words[-size:]))) is not None:
                found.insert(0, form)
                words = words[:-size]
                break
        else:
            break
    if len(words) > 1 and words[0] in _LEADING:
        found.append(_FORM_OF.get((words[0],), words[0].upper()))
        words = words[1:]
    # 'Smith & Co. KG': the joint is left over when its tail is gone.
    while len(words) > 1 and words[-1] == "and":
        words = words[:-1]
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    key = re.sub(r"(?<![aeiouq])([aou])e", r"\1", " ".join(words))
    return {
        "name": " ".join(raw.split()),
        "name_key": key or None,
        "legal_form": found[-1] if len(found) == 1 else (" ".join(found) or None),
    }
