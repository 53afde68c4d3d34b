"""Bought enrichment: firmographics of about half of the companies, as Parquet."""

from __future__ import annotations

import numpy as np

from c360_assets.sample import company_record
from c360_assets.sample.companies import invented_words
from c360_assets.sample.company_record import sometimes
from c360_assets.sample.extract import Extract, amounts, extract, integers, moment
from c360_assets.sample.randomness import chance, stream
from c360_assets.sample.text import join, take, where
from c360_assets.sample.world import DAY, World


def extracts(world: World) -> list[Extract]:
    """companies.parquet."""
    rng = stream(world.seed, "enrichment", "company")
    rows, firms = world.presence.companies["company"], world.companies
    n, at = len(rows), rows.entity
    r = company_record.write(firms, at, rng)
    former = invented_words(rng, n)
    columns = {
        "company_id": rows.ids,
        "name": r.name,
        "legal_name": sometimes(rng, r.full_name, 0.9),
        "previous_names": where(chance(rng, n, 0.06), join(former, " ", take(firms.legal_form, at)), None),
        "domain": sometimes(rng, r.domain, 0.94),
        "tax_id": sometimes(rng, r.tax_id, 0.7),
        "registration_number": sometimes(rng, r.registration, 0.65),
        "industry": sometimes(rng, take(firms.industry, at), 0.95),
        "employee_count": integers(
            (firms.employees[at] * rng.uniform(0.8, 1.2, n)).astype(np.int64), chance(rng, n, 0.05)
        ),
        "annual_revenue": amounts(firms.revenue[at] * rng.uniform(0.8, 1.2, n), chance(rng, n, 0.1)),
        "street": r.address.street,
        "city": r.address.city,
        "state": r.address.region,
        "postal_code": r.address.postcode,
        "country": r.address.codes(),
        "phone": sometimes(rng, r.phone, 0.7),
        "parent_company_id": sometimes(rng, rows.id_of(rng, firms.parent[at]), 0.9),
        "confidence_score": amounts(rng.beta(8, 2, n)),
        "as_of_date": moment((world.now - rng.integers(5 * DAY, 360 * DAY, n)) // DAY * DAY, unit="us"),
    }
    return [extract("enrichment", "company", "companies.parquet", columns, np.argsort(rows.numbers))]
