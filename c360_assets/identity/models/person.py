"""People: name, ways to reach them, birth, home, employer."""

from __future__ import annotations

import splink.comparison_level_library as cll
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

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
        person.other_name_words as other_names,
        iff(person.email_is_valid and not person.email_is_shared, person.email, null) as email,
        split_part(person.email, '@', 1) as mailbox,
        iff(not person.phone_is_shared and company_phone.phone is null, person.phone, null) as phone,
        coalesce(person.birth_key, person.date_of_birth::varchar) as born,
        left(person.gender, 1) as gender,
        iff(company_address.street_key is null, nullif(person.street_key, ''), null) as street,
        iff(company_address.street_key is null, nullif(person.postcode_key, ''), null) as postcode,
        iff(company_address.street_key is null, nullif(person.city_key, ''), null) as city,
        coalesce(employer.domain, company_domain.domain) as employer,
        nullif(person.tax_id, '') as tax_id,
        person.attributes
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
    family || ' ' || given as whole_name,
    left(given, 1) as initial,
    left(family, 4) as family_start,
    other_names,
    email,
    iff(email is null, null, mailbox) as mailbox,
    iff(email is not null and regexp_like(mailbox, '.*[0-9].*'), mailbox, null) as numbered_mailbox,
    nullif(regexp_replace(numbered_mailbox, '[^0-9]', ''), '') as mailbox_number,
    iff(email is null, null, split_part(email, '@', 2)) as mail_host,
    phone, born,
    datediff('day', '1900-01-01'::date, try_to_date(born, 'YYYY-MM-DD'))::varchar as birth_number,
    iff(length(born) >= 4, left(born, 4), null) as birth_year,
    iff(length(born) = 10, right(born, 5), null) as birth_day,
    gender, street, postcode, city, street || '|' || coalesce(postcode, city) as address, employer, tax_id, attributes
from spoken
"""

COLUMNS = (
    "given", "family", "name", "whole_name", "initial", "family_start", "other_names", "email", "mailbox",
    "numbered_mailbox", "mailbox_number", "mail_host", "phone", "birth_number", "born", "birth_year", "birth_day",
    "gender", "street", "postcode", "city", "address", "employer",
    "tax_id",
)  # fmt: skip

_SWAPPED = "given_l = family_r and family_l = given_r"
_INITIAL = "(length(given_l) = 1 or length(given_r) = 1) and left(given_l, 1) = left(given_r, 1)"
_PART_OF_FAMILY = (
    "length(family_l) >= 4 and length(family_r) >= 4 and (contains(family_l, family_r) or contains(family_r, family_l))"
)
_OTHER_WORD = " or ".join(
    f"contains(' ' || other_names_{b} || ' ', ' ' || split_part(coalesce(other_names_{a}, ''), ' ', {n}) || ' ') "
    f"and split_part(coalesce(other_names_{a}, ''), ' ', {n}) <> ''"
    for a, b in (("l", "r"), ("r", "l"))
    for n in (1, 2, 3)
)
_SWAPPED_DAY = (
    "left(born_l, 4) = left(born_r, 4) and length(born_l) = 10 and "
    "substr(born_l, 6, 2) = right(born_r, 2) and right(born_l, 2) = substr(born_r, 6, 2)"
)


def _days_apart(days: int) -> str:
    return f"abs(cast(birth_number_l as int) - cast(birth_number_r as int)) <= {days}"


def _otherwise_named(own: str) -> str:
    """One side's name is among the further names of the other side."""
    return (
        f"contains(' ' || other_names_r || ' ', ' ' || {own}_l || ' ') "
        f"or contains(' ' || other_names_l || ' ', ' ' || {own}_r || ' ')"
    )


def _given() -> ComparisonCreator:
    """Given names, knowing how the family names compare.

    Names of one language go together (Mohammed is no surprise with Haddad), so a given name beside the same family
    name is as telling as it is rare among that family's bearers (EntityModel.conditional). Swapped names are judged
    with the family name.
    """
    return comparison(
        "given",
        cll.CustomLevel(
            f"given_l is null or given_r is null or (family_l <> family_r and {_SWAPPED})", "Missing or swapped"
        ).configure(is_null_level=True),
        level(cll.ExactMatchLevel("whole_name"), 0.7, 0.01, tf="whole_name"),
        level(cll.ExactMatchLevel("given"), 0.1, 0.01, tf="given"),
        level(cll.Or(cll.JaroWinklerLevel("given", 0.92), cll.LevenshteinLevel("given", 1)), 0.08, 0.005),
        level(cll.CustomLevel(_INITIAL, "The initial"), 0.02, 0.002),
        level(cll.CustomLevel(_otherwise_named("given"), "Among the other's further names"), 0.02, 0.002),
        level(cll.JaroWinklerLevel("given", 0.8), 0.02, 0.02),
        level(cll.ElseLevel(), 0.06, 0.951),
    )


def _family() -> ComparisonCreator:
    return comparison(
        "family",
        cll.NullLevel("family"),
        level(cll.ExactMatchLevel("family"), 0.84, 0.002, tf="family"),
        level(cll.ExactMatchLevel("name"), 0.01, 0.00001, fixed=True),
        level(cll.Or(cll.JaroWinklerLevel("family", 0.92), cll.LevenshteinLevel("family", 1)), 0.07, 0.002),
        level(cll.CustomLevel(_PART_OF_FAMILY, "Part of a compound"), 0.02, 0.0005),
        level(cll.CustomLevel(_otherwise_named("family"), "Among the other's further names"), 0.01, 0.0005),
        level(cll.JaroWinklerLevel("family", 0.8), 0.01, 0.01),
        level(cll.ElseLevel(), 0.04, 0.985),
    )


def _other_names() -> ComparisonCreator:
    return comparison(
        "other_names",
        cll.NullLevel("other_names"),
        level(cll.ExactMatchLevel("other_names"), 0.5, 0.01, tf="other_names"),
        level(cll.Or(cll.JaroWinklerLevel("other_names", 0.88), cll.LevenshteinLevel("other_names", 1)), 0.1, 0.01),
        level(
            cll.CustomLevel(_OTHER_WORD, "A word in common"),
            0.2,
            0.05,
        ),
        level(cll.CustomLevel("left(other_names_l, 1) = left(other_names_r, 1)", "The initial"), 0.05, 0.05),
        level(cll.ElseLevel(), 0.15, 0.88),
    )


def _email(records: int) -> ComparisonCreator:
    """The mailbox of another provider restates the name; only a number in it says more."""
    return comparison(
        "email",
        cll.Or(cll.NullLevel("email"), cll.NullLevel("mailbox")),
        level(cll.ExactMatchLevel("email"), 0.8, strangers(0.03, records), known_u=True),
        level(cll.ExactMatchLevel("numbered_mailbox"), 0.03, 0.0005, fixed=True),
        level(cll.And(cll.ExactMatchLevel("mailbox"), cll.LevenshteinLevel("mail_host", 2)), 0.02, 0.0002),
        level(cll.ExactMatchLevel("mailbox"), 0.04, 0.04, fixed=True),
        level(
            cll.And(
                cll.ExactMatchLevel("mailbox_number"),
                cll.Or(cll.LevenshteinLevel("email", 2), cll.JaroWinklerLevel("email", 0.92)),
            ),
            0.02,
            0.0002,
        ),
        level(
            cll.And(cll.LevenshteinLevel("email", 1), cll.CustomLevel("left(mailbox_l, 1) = left(mailbox_r, 1)")),
            0.01,
            0.0005,
            fixed=True,
        ),
        level(cll.ElseLevel(), 0.1, 0.988),
    )


def _place() -> ComparisonCreator:
    """Levels of one comparison, since a street lies in one postcode and that in one city."""
    alike_street = cll.Or(cll.LevenshteinLevel("street", 2), cll.JaroWinklerLevel("street", 0.92))
    near = cll.Or(cll.ExactMatchLevel("postcode"), cll.ExactMatchLevel("city"))
    nothing: list[ComparisonLevelCreator] = [cll.NullLevel(c) for c in ("street", "postcode", "city")]
    return comparison(
        "place",
        cll.And(*nothing),
        level(cll.ExactMatchLevel("address"), 0.6, 0.0004, tf="address"),
        level(cll.And(alike_street, near), 0.1, 0.0001),
        level(cll.ExactMatchLevel("street"), 0.02, 0.0003, tf="street"),
        level(cll.And(cll.ExactMatchLevel("postcode"), cll.ExactMatchLevel("city")), 0.08, 0.001),
        level(cll.ExactMatchLevel("postcode"), 0.05, 0.001, tf="postcode"),
        level(cll.And(cll.LevenshteinLevel("postcode", 1), cll.JaroWinklerLevel("city", 0.9)), 0.02, 0.001),
        level(cll.ExactMatchLevel("city"), 0.05, 0.02, tf="city"),
        level(cll.Or(cll.LevenshteinLevel("postcode", 1), cll.JaroWinklerLevel("city", 0.9)), 0.03, 0.02),
        level(cll.ElseLevel(), 0.1, 0.95),
    )


def _comparisons(records: int) -> list[ComparisonCreator]:
    return [
        _given(),
        _family(),
        _other_names(),
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
            level(cll.ExactMatchLevel("born"), 0.9, 0.0001, tf="born"),
            level(cll.Or(cll.LevenshteinLevel("born", 1), cll.CustomLevel(_SWAPPED_DAY)), 0.04, 0.0008),
            level(cll.CustomLevel(_days_apart(31), "Within a month"), 0.01, 0.002),
            level(cll.LevenshteinLevel("born", 2), 0.02, 0.004),
            level(cll.Or(cll.ExactMatchLevel("birth_year"), cll.CustomLevel(_days_apart(366))), 0.015, 0.02),
            level(cll.ElseLevel(), 0.015, 0.9731),
        ),
        comparison(
            "gender",
            cll.NullLevel("gender"),
            level(cll.ExactMatchLevel("gender"), 0.95, 0.5),
            level(cll.ElseLevel(), 0.05, 0.5),
        ),
        _place(),
        comparison(
            "employer",
            cll.NullLevel("employer"),
            level(cll.ExactMatchLevel("employer"), 0.93, 0.001, tf="employer"),
            level(cll.ElseLevel(), 0.07, 0.999),
        ),
        comparison(
            "tax_id",
            cll.NullLevel("tax_id"),
            level(cll.ExactMatchLevel("tax_id"), 0.9, strangers(0.01, records), known_u=True),
            level(cll.LevenshteinLevel("tax_id", 1), 0.05, 0.00001),
            level(cll.ElseLevel(), 0.05, 0.99999),
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
    keys={
        "tax_id": "tax_id", "email": "email", "phone": "phone", "mailbox": "email", "name": "name", "given": "name",
        "family": "name", "initial": "name", "family_start": "name", "born": "birth", "birth_year": "birth",
        "birth_day": "birth", "address": "place", "street": "place", "postcode": "place", "city": "place",
        "employer": "employer",
    },
    conditional={"whole_name": ("family", "given")},
    personal=("given", "other_names", "email", "born", "tax_id"),
)  # fmt: skip
