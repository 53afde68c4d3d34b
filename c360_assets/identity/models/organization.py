"""Companies: names, registers, domain, ways to reach them, address."""

from __future__ import annotations

import splink.comparison_level_library as cll
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from c360_assets.identity.models.entity import EntityModel, comparison, level, strangers

# The rarest words of a name are what it is known by: "chicago" says little in Chicago, whatever it says elsewhere.
RECORDS = """
with organization as (select * from NORMALIZED_RECORD.ORGANIZATION),
word as (
    select distinct organization.record_key, item.value::varchar as word
    from organization, lateral flatten(input => split(organization.name_key, ' ')) as item
    where length(item.value::varchar) > 1
),
frequency as (select word, count(*) as records from word group by word),
ranked as (
    select word.record_key, word.word,
        row_number() over (partition by word.record_key order by frequency.records, word.word) as place
    from word inner join frequency on word.word = frequency.word
),
known_by as (
    select record_key, max(iff(place = 1, word, null)) as word_1, max(iff(place = 2, word, null)) as word_2,
        max(iff(place = 3, word, null)) as word_3
    from ranked where place <= 3 group by record_key
)
select
    organization.record_key,
    nullif(name_key, '') as name,
    known_by.word_1, known_by.word_2, known_by.word_3,
    nullif(left(name_key, 6), '') as name_start,
    ' ' || nullif(trim(regexp_replace(lower(previous_names), '[^a-z0-9]+', ' ')), '') || ' ' as previous_names,
    iff(tax_id_is_valid, nullif(tax_id, ''), null) as tax_id,
    nullif(registration_id, '') as registration_id,
    case
        when not domain_is_shared then nullif(domain, '')
        when nullif(domain, '') is null and email_is_valid then email_domain
    end as domain,
    iff(email_is_valid and not email_is_shared, email, null) as email,
    iff(not phone_is_shared, phone, null) as phone,
    nullif(postcode_key, '') as postcode,
    nullif(city_key, '') as city,
    nullif(street_key, '') as street,
    regexp_substr(street_key, '[0-9]+') as house_number,
    nullif(street_key, '') || '|' || coalesce(postcode_key, city_key) as address,
    country,
    attributes
from organization
left join known_by on organization.record_key = known_by.record_key
"""

COLUMNS = (
    "name", "word_1", "word_2", "word_3", "name_start", "previous_names", "tax_id", "registration_id", "domain",
    "email", "phone",
    "postcode", "city", "street", "house_number", "address", "country",
)  # fmt: skip

# "media" and "medical" are two letters apart, but no slip of the keyboard.
_SAME_LENGTH = "abs(length(name_l) - length(name_r)) <= 1"

# Whole words, so that "velora software" and "velora logistics" do not pass for a typing error.
_CONTAINED = "left(name_l, length(name_r) + 1) = name_r || ' ' or left(name_r, length(name_l) + 1) = name_l || ' '"
_FORMERLY = (
    "contains(coalesce(previous_names_l, ''), ' ' || name_r || ' ') "
    "or contains(coalesce(previous_names_r, ''), ' ' || name_l || ' ')"
)
_SHARED_WORDS = " + ".join(
    f"case when word_{n}_l in (word_1_r, word_2_r, word_3_r) then 1 else 0 end" for n in (1, 2, 3)
)
_WORDS = (
    "least("
    + ", ".join(
        " + ".join(f"case when word_{n}_{side} is null then 0 else 1 end" for n in (1, 2, 3)) for side in ("l", "r")
    )
    + ")"
)


def _name() -> ComparisonCreator:
    return comparison(
        "name",
        cll.NullLevel("name"),
        level(cll.ExactMatchLevel("name"), 0.7, 0.0002, tf="name"),
        level(cll.And(cll.LevenshteinLevel("name", 2), cll.CustomLevel(_SAME_LENGTH)), 0.06, 0.0001),
        level(
            cll.CustomLevel(f"{_SHARED_WORDS} >= {_WORDS} and {_WORDS} >= 2", "The same telling words"), 0.06, 0.0001
        ),
        level(cll.CustomLevel(_FORMERLY, "One is the other's previous name"), 0.02, 0.00002),
        level(cll.CustomLevel(_CONTAINED, "One name begins with the other"), 0.05, 0.0003),
        level(cll.CustomLevel(f"{_SHARED_WORDS} >= 2", "Two telling words in common"), 0.03, 0.0003),
        level(cll.JaroWinklerLevel("name", 0.92), 0.02, 0.0003),
        level(cll.ExactMatchLevel("word_1"), 0.02, 0.0005, tf="word_1"),
        level(cll.CustomLevel(f"{_SHARED_WORDS} >= 1", "A telling word in common"), 0.02, 0.01),
        level(cll.ElseLevel(), 0.04, 0.99),
    )


def _place() -> ComparisonCreator:
    """Levels of one comparison, since a street lies in one postcode and that in one city."""
    alike_street = cll.Or(cll.LevenshteinLevel("street", 2), cll.JaroWinklerLevel("street", 0.92))
    near = cll.Or(cll.ExactMatchLevel("postcode"), cll.ExactMatchLevel("city"))
    far = cll.Not(cll.Or(cll.NullLevel("postcode"), cll.ExactMatchLevel("postcode")))
    nothing: list[ComparisonLevelCreator] = [cll.NullLevel(c) for c in ("street", "postcode", "city")]
    one_house = cll.ExactMatchLevel("house_number")
    return comparison(
        "place",
        cll.And(*nothing),
        level(cll.ExactMatchLevel("address"), 0.5, 0.0001, tf="address"),
        level(cll.ExactMatchLevel("street"), 0.1, 0.0002, tf="street"),
        level(cll.And(alike_street, one_house, near), 0.1, 0.0001),
        level(cll.And(alike_street, one_house), 0.05, 0.0001),
        level(cll.And(one_house, near), 0.02, 0.0002),
        level(cll.ExactMatchLevel("postcode"), 0.05, 0.002, tf="postcode"),
        level(cll.And(cll.ExactMatchLevel("city"), far), 0.02, 0.02),
        level(cll.ExactMatchLevel("city"), 0.05, 0.02, tf="city"),
        level(cll.ElseLevel(), 0.11, 0.95),
    )


def _comparisons(records: int) -> list[ComparisonCreator]:
    return [
        _name(),
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
            "email",
            cll.NullLevel("email"),
            level(cll.ExactMatchLevel("email"), 0.5, 0.0001, tf="email"),
            level(cll.ElseLevel(), 0.5, 0.9999),
        ),
        comparison(
            "phone",
            cll.NullLevel("phone"),
            level(cll.ExactMatchLevel("phone"), 0.85, 0.0001, tf="phone"),
            level(cll.LevenshteinLevel("phone", 1), 0.02, 0.0002),
            level(cll.ElseLevel(), 0.13, 0.9997),
        ),
        _place(),
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
    keys={
        "tax_id": "tax_id", "registration_id": "registration_id", "domain": "domain", "email": "domain",
        "phone": "phone", "name": "name", "word_1": "name", "word_2": "name", "name_start": "name",
        "address": "place", "street": "place", "house_number": "house", "postcode": "place", "city": "place",
    },
)  # fmt: skip
