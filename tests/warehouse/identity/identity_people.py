"""Made-up people and companies with known truth, for the tests of identity."""

from __future__ import annotations

import random
from typing import Any

from identity_tables import Row, organization, person

GIVEN = "anna bruno clara david elena felix greta hugo irene jonas katja lukas maria nils olga peter rosa simon"
FAMILY = "abel brandt cohen ernst fuchs gruber haas ilg jansen keller lang moser nagel otto pohl quast roth"
CITIES = [("10115", "berlin"), ("80331", "muenchen"), ("50667", "koeln"), ("20095", "hamburg"), ("1010", "wien")]
SYSTEMS = ["salesforce:contact", "hubspot:contact", "zendesk:user", "shopify:customer"]


def _typo(rng: random.Random, text: str) -> str:
    at = rng.randrange(1, len(text) - 1)
    return text[:at] + rng.choice("abcdefghijklmnop") + text[at + 1 :]


def people(n: int, seed: int) -> tuple[list[Row], dict[str, str]]:
    """Records of `n` people, and the person of each record key."""
    rng = random.Random(seed)
    rows, truth = [], {}
    for number in range(n):
        given, family = (
            rng.choice(GIVEN.split()),
            rng.choice(FAMILY.split()) + rng.choice(["", "mann", "er", "sen", "ski"]),
        )
        postcode, city = rng.choice(CITIES)
        base: dict[str, Any] = {
            "email": f"{given}.{family}{number}@{rng.choice(['gmx.de', 'web.de', 'acme.example'])}",
            "phone": f"+4930{rng.randrange(10**6, 10**7)}",
            "date_of_birth": None,
            "street_key": f"{rng.choice(FAMILY.split())}str {rng.randrange(1, 90)}",
            "postcode_key": postcode,
            "city_key": city,
        }
        for copy in range(rng.choice([1, 1, 2, 2, 3])):
            key = f"{rng.choice(SYSTEMS)}:{number:05d}x{copy}"
            row = dict(base)
            for field in ("email", "phone", "street_key"):
                if rng.random() < 0.25 and copy:
                    row[field] = None
            name = (_typo(rng, given), family) if rng.random() < 0.05 else (given, family)
            rows.append(person(key, *name, **row))
            truth[key] = f"p{number}"
    return rows, truth


def companies(n: int, seed: int) -> tuple[list[Row], dict[str, str]]:
    """Records of `n` companies, and the company of each record key."""
    rng = random.Random(seed)
    rows, truth = [], {}
    for number in range(n):
        brand = rng.choice(FAMILY.split()) + rng.choice(["ova", "ix", "tec", "on"]) + rng.choice(["a", "o", "um", "as"])
        name = f"{brand} {rng.choice(['software', 'logistik', 'bau', 'pharma', 'medien'])} {number}"
        postcode, city = rng.choice(CITIES)
        for copy in range(rng.choice([1, 2, 3])):
            key = f"{rng.choice(['salesforce:account', 'netsuite:customer', 'stripe:customer'])}:{number:05d}x{copy}"
            rows.append(
                organization(
                    key,
                    name,
                    domain=f"{brand}{number}.example" if rng.random() < 0.9 else None,
                    tax_id=f"DE{number:09d}" if rng.random() < 0.6 else None,
                    phone=f"+4930{number:07d}" if rng.random() < 0.7 else None,
                    street_key=f"{brand}str 1",
                    postcode_key=postcode,
                    city_key=city,
                    country="DE",
                )
            )
            truth[key] = f"c{number}"
    return rows, truth
