"""People: name, ways to reach them, birth, home, employer."""

from __future__ import annotations

import splink.comparison_level_library as cll
from splink.internals.comparison_creator import ComparisonCreator

from c360_assets.identity.models.entity import EntityModel, comparison, level, strangers

# An e-mail's domain stands for an employer only where it is some organization's own. An organization's telephone
# and address say where somebody works, which the employer says already; they are no evidence for one person.
RECORDS = """
with person as (select * from NORMALIZED_RECORD.PERSON),
organization as (select * from NORMALIZED_RECORD.ORGANIZATION),
company_domain as (
    select distinct domain from organization where domain is not null and not domain_is_shared
),
company_phone as (select distinct phone from organization where phone is not null),
company_address as (
    select distinct street_key, postcode_key from organization
    where street_key is not null and postcode_key is not null
),
employer as (
    select record_key, iff(domain_is_shared, null, domain) as domain from organization
),
spoken as (
    select
        person.record_key,
        nullif(person.given_name_key, '') as given,
        nullif(person.family_name_key, '') as family,
        iff(person.email_is_valid and not person.email_is_shared, person.email, null) as email,
        split_part(person.email, '@', 1) as mailbox,
        iff(
            person.phone_is_valid and not person.phone_is_shared and company_phone.phone is null,
            person.phone, null
        ) as phone,
        person.date_of_birth::varchar as born,
        iff(company_address.street_key is null, nullif(person.street_key, ''), null) as street,
        iff(company_address.street_key is null, nullif(person.postcode_key, ''), null) as postcode,
        iff(company_address.street_key is null, nullif(person.city_key, ''), null) as city,
        coalesce(employer.domain, company_domain.domain) as employer,
        nullif(person.tax_id, '') as tax_id
    from person
    left join employer on person.organization_record_key = employer.record_key
    left join company_domain on person.email_domain = company_domain.domain
    left join company_phone on person.phone = company_phone.phone
    left join company_address
        on person.street_key = company_address.street_key and person.postcode_key = company_address.postcode_key
)
select
    record_key, given, family,
    least(given, family) || ' ' || greatest(given, family) as name,
    left(given, 1) as initial,
    email,
    iff(email is null, null, mailbox) as mailbox,
    iff(email is not null and regexp_like(mailbox, '.*[0-9].*'), mailbox, null) as numbered_mailbox,
    phone, born, postcode, city, street || '|' || coalesce(postcode, city) as address, employer, tax_id
from spoken
"""

COLUMNS = (
    "given", "family", "name", "initial", "email", "mailbox", "numbered_mailbox", "phone", "born", "postcode", "city",
    "address", "employer", "tax_id",
)  # fmt: skip

_INITIAL = "(length(given_l) = 1 or length(given_r) = 1) and left(given_l, 1) = left(given_r, 1)"
_PART_OF_FAMILY = (
    "length(family_l) >= 4 and length(family_r) >= 4 and (contains(family_l, family_r) or contains(family_r, family_l))"
)


def _name() -> ComparisonCreator:
    """One comparison: given and family name go together (Mohammed is no surprise with Haddad).

    A whole name is as telling as it is rare, in either order.
    """
    alike_given = cll.Or(
        cll.JaroWinklerLevel("given", 0.88),
        cll.LevenshteinLevel("given", 1),
        cll.CustomLevel(_INITIAL),
    )
    alike_family = cll.Or(
        cll.JaroWinklerLevel("family", 0.9),
        cll.LevenshteinLevel("family", 1),
        cll.CustomLevel(_PART_OF_FAMILY),
    )
    return comparison(
        "name",
        cll.NullLevel("name"),
        level(cll.ExactMatchLevel("name"), 0.85, 0.0002, tf="name"),
        level(cll.And(cll.ExactMatchLevel("family"), alike_given), 0.05, 0.00005),
        level(cll.And(cll.ExactMatchLevel("given"), alike_family), 0.04, 0.00005),
        level(cll.And(alike_given, alike_family), 0.01, 0.00005),
        # A family shares its name: as evidence against one person it must not be learnt from families.
        level(cll.ExactMatchLevel("family"), 0.002, 0.02, fixed=True),
        level(cll.ExactMatchLevel("given"), 0.02, 0.02),
        level(cll.ElseLevel(), 0.02, 0.98),
    )


def _email(records: int) -> ComparisonCreator:
    """The mailbox of another provider restates the name; only a number in it says more."""
    return comparison(
        "email",
        cll.Or(cll.NullLevel("email"), cll.NullLevel("mailbox")),
        level(cll.ExactMatchLevel("email"), 0.8, strangers(0.03, records), known_u=True),
        level(cll.ExactMatchLevel("numbered_mailbox"), 0.03, 0.0005, fixed=True),
        level(cll.ExactMatchLevel("mailbox"), 0.04, 0.01, fixed=True),
        level(
            cll.And(cll.LevenshteinLevel("email", 1), cll.CustomLevel("left(mailbox_l, 1) = left(mailbox_r, 1)")),
            0.01,
            0.0005,
            fixed=True,
        ),
        level(cll.ElseLevel(), 0.15, 0.99),
    )


def _comparisons(records: int) -> list[ComparisonCreator]:
    return [
        _name(),
        _email(records),
        comparison(
            "phone",
            cll.NullLevel("phone"),
            level(cll.ExactMatchLevel("phone"), 0.7, strangers(0.3, records), known_u=True),
            level(cll.LevenshteinLevel("phone", 1), 0.01, 0.0002),
            level(cll.ElseLevel(), 0.29, 0.9995),
        ),
        comparison(
            "born",
            cll.NullLevel("born"),
            level(cll.ExactMatchLevel("born"), 0.96, 0.0001),
            level(cll.LevenshteinLevel("born", 1), 0.025, 0.002),
            level(cll.ElseLevel(), 0.015, 0.9979),
        ),
        comparison(
            "address",
            cll.Or(cll.NullLevel("address"), cll.NullLevel("postcode")),
            level(cll.ExactMatchLevel("address"), 0.72, 0.0004, tf="address"),
            level(cll.ExactMatchLevel("postcode"), 0.06, 0.002, tf="postcode"),
            level(cll.ExactMatchLevel("city"), 0.06, 0.02, tf="city"),
            level(cll.ElseLevel(), 0.16, 0.9776),
        ),
        comparison(
            "employer",
            cll.NullLevel("employer"),
            level(cll.ExactMatchLevel("employer"), 0.93, 0.001, tf="employer"),
            level(cll.ElseLevel(), 0.07, 0.999),
        ),
    ]


PERSON = EntityModel(
    kind="person",
    prefix="per_",
    records_sql=RECORDS,
    columns=COLUMNS,
    comparisons=_comparisons,
    blocking={
        "email": ("email",),
        "phone": ("phone",),
        "name_and_employer": ("name", "employer"),
        "name_and_address": ("name", "postcode"),
        "name_and_birth": ("name", "born"),
        "mailbox_and_initial": ("mailbox", "initial"),
        "birth_and_family": ("born", "family"),
        "birth_and_given": ("born", "given"),
        "address_and_given": ("address", "given"),
        "employer_and_family": ("employer", "family"),
        "employer_and_given": ("employer", "given"),
        "name": ("name",),
        "tax_id": ("tax_id",),
    },
    block_limits={"name": 30, "employer_and_given": 30, "employer_and_family": 30},
    training=(("email",), ("given", "family", "name"), ("phone",)),
    certain=(("email", "family", "given"), ("phone", "family", "given")),
    certain_recall=0.6,
)
