"""Companies: names, registers, domain, ways to reach them, address."""

from __future__ import annotations

import splink.comparison_level_library as cll
from splink.internals.comparison_creator import ComparisonCreator

from c360_assets.identity.models.entity import EntityModel, comparison, level, strangers

RECORDS = """
with organization as (select * from NORMALIZED_RECORD.ORGANIZATION)
select
    record_key,
    nullif(name_key, '') as name,
    iff(tax_id_is_valid, tax_id, null) as tax_id,
    registration_id,
    case
        when not domain_is_shared then domain
        when domain is null and email_is_valid then email_domain
    end as domain,
    iff(phone_is_valid and not phone_is_shared, phone, null) as phone,
    nullif(postcode_key, '') as postcode,
    nullif(city_key, '') as city,
    nullif(street_key, '') || '|' || coalesce(postcode_key, city_key) as address,
    country
from organization
"""

COLUMNS = ("name", "tax_id", "registration_id", "domain", "phone", "postcode", "city", "address", "country")

# "media" and "medical" are two letters apart, but no slip of the keyboard.
_SAME_LENGTH = "abs(length(name_l) - length(name_r)) <= 1"

# Whole words, so that "velora software" and "velora logistics" do not pass for a typing error.
_CONTAINED = "left(name_l, length(name_r) + 1) = name_r || ' ' or left(name_r, length(name_l) + 1) = name_l || ' '"


def _comparisons(records: int) -> list[ComparisonCreator]:
    return [
        comparison(
            "name",
            cll.NullLevel("name"),
            level(cll.ExactMatchLevel("name"), 0.82, 0.0002, tf="name"),
            level(cll.And(cll.LevenshteinLevel("name", 2), cll.CustomLevel(_SAME_LENGTH)), 0.06, 0.0001),
            level(cll.CustomLevel(_CONTAINED, "One name begins with the other"), 0.06, 0.0003),
            level(cll.ElseLevel(), 0.06, 0.9994),
        ),
        comparison(
            "tax_id",
            cll.NullLevel("tax_id"),
            level(cll.ExactMatchLevel("tax_id"), 0.97, strangers(0.01, records), known_u=True),
            level(cll.ElseLevel(), 0.03, 0.99999),
        ),
        comparison(
            "registration_id",
            cll.NullLevel("registration_id"),
            level(cll.ExactMatchLevel("registration_id"), 0.97, strangers(0.02, records), known_u=True),
            level(cll.ElseLevel(), 0.03, 0.99999),
        ),
        comparison(
            "domain",
            cll.NullLevel("domain"),
            level(cll.ExactMatchLevel("domain"), 0.94, 0.0001, tf="domain"),
            level(cll.ElseLevel(), 0.06, 0.9999),
        ),
        comparison(
            "phone",
            cll.NullLevel("phone"),
            level(cll.ExactMatchLevel("phone"), 0.85, 0.0001, tf="phone"),
            level(cll.ElseLevel(), 0.15, 0.9999),
        ),
        comparison(
            "address",
            cll.Or(cll.NullLevel("address"), cll.NullLevel("postcode")),
            level(cll.ExactMatchLevel("address"), 0.75, 0.0001, tf="address"),
            level(cll.ExactMatchLevel("postcode"), 0.08, 0.002, tf="postcode"),
            level(cll.ExactMatchLevel("city"), 0.07, 0.02, tf="city"),
            level(cll.ElseLevel(), 0.1, 0.9779),
        ),
        comparison(
            "country",
            cll.NullLevel("country"),
            level(cll.ExactMatchLevel("country"), 0.98, 0.15),
            level(cll.ElseLevel(), 0.02, 0.85),
        ),
    ]


ORGANIZATION = EntityModel(
    kind="organization",
    prefix="org_",
    records_sql=RECORDS,
    columns=COLUMNS,
    comparisons=_comparisons,
    blocking={
        "tax_id": ("tax_id",),
        "registration_id": ("registration_id",),
        "domain": ("domain",),
        "name": ("name",),
        "phone": ("phone",),
        "address": ("address",),
    },
    block_limits={},
    training=(("domain",), ("name",), ("phone",)),
    certain=(("tax_id",), ("name", "domain")),
    certain_recall=0.7,
)
