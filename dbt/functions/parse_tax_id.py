"""One tax number as written -> country prefix + compact number, and whether its check digits hold."""

import re

from stdnum import get_cc_module
from stdnum.ch import uid
from stdnum.no import orgnr
from stdnum.us import ein

# Prefixes that a VAT number carries; Greece writes EL.
_EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "EL",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "XI",
    ]
)
_PREFIXED = _EU | {"GB", "CH", "NO"}
_NOISE = re.compile(r"[^0-9A-Z]")
_LABEL = re.compile(
    r"^(VAT|UST|USTID|USTIDNR|TVA|EIN|TIN|ABN|BN|GST|UID|NIF|CIF|BTW|IVA|NIP|MVA)(NO|NR|REG|ID)?(?=[A-Z]{0,2}\d)"
)
# What a register writes behind the number: subject to VAT.
_SUFFIX = re.compile(r"(MWST|TVA|IVA|MVA)$")
# The number under the VAT number: the United States have no VAT, Switzerland and Norway only add a word to it.
_OWN = {"US": ein, "CH": uid, "NO": orgnr}
_modules = {}


def _module(country):
    if country not in _modules:
        _modules[country] = _OWN.get(country) or get_cc_module(country.lower(), "vat")
    return _modules[country]


def parse_tax_id(raw, country):
    """Return {tax_id, country, is_valid}; None for no text.

    `country` is the ISO 3166 code of the record, used where the number names none. A number of a country that
    stdnum does not know keeps its compact form and is not valid.
    """
    compact = _NOISE.sub("", (raw or "").upper())
    if len(compact) < 4:
        return None
    compact = _LABEL.sub("", compact)
    prefix = compact[:2]
    if prefix in _PREFIXED and prefix.isalpha() and any(c.isdigit() for c in compact[2:]):
        home, number = ("GR" if prefix == "EL" else prefix), compact[2:]
        if prefix == "CH":
            number = number.removeprefix("E")
    else:
        home = (country or "").upper()
        number = compact.removeprefix(home) if home else compact
    if home in ("CH", "NO"):
        number = _SUFFIX.sub("", number)
    module = _module(home) if home else None
    valid = False
    if module is not None:
        # Some modules want the prefix, some refuse it; CHE belongs to the Swiss number itself.
        for candidate in (number, home + number, "EL" + number if home == "GR" else number, "CHE" + number):
            if module.is_valid(candidate):
                valid = True
                break
    return {"tax_id": home + number, "country": home or None, "is_valid": valid and len(set(number)) > 1}
