"""What two records of one customer can never both say. No path may join them, however strong its links.

Each is a predicate over two rows `l` and `r` of NORMALIZED_RECORD.PERSON or .ORGANIZATION.
"""

from __future__ import annotations

from collections.abc import Collection

DIFFERENT_TAX_ID = """(
    l.tax_id_is_valid and r.tax_id_is_valid and l.tax_id <> r.tax_id
    and coalesce(l.country, left(l.tax_id, 2)) = coalesce(r.country, left(r.tax_id, 2))
)"""

_SHORTER = "least(length(l.name_key), length(r.name_key))"
_ONE_REGISTER = """(
    coalesce(l.tax_id_is_valid and r.tax_id_is_valid and l.tax_id = r.tax_id, false)
    or coalesce(l.registration_id = r.registration_id, false)
)"""

# "velora software" and "velora logistics": one brand word, and then each goes on differently. What is no other
# word: a typing error, an abbreviation (one name begins with the other), a team or place after the whole name.
# One entry in a register settles that it is one company under two names.
SIBLING_NAME = f"""(
    split_part(l.name_key, ' ', 1) = split_part(r.name_key, ' ', 1)
    and contains(l.name_key, ' ') and contains(r.name_key, ' ')
    and not startswith(l.name_key, r.name_key) and not startswith(r.name_key, l.name_key)
    and not (
        editdistance(left(l.name_key, {_SHORTER}), left(r.name_key, {_SHORTER}))
        <= iff({_SHORTER} - length(split_part(l.name_key, ' ', 1)) > 6, 2, 1)
        and (
            abs(length(l.name_key) - length(r.name_key)) <= 1
            or substr(iff(length(l.name_key) > {_SHORTER}, l.name_key, r.name_key), {_SHORTER} + 1, 1) = ' '
        )
    )
    and not {_ONE_REGISTER}
)"""

# Nothing in common but a house, a switchboard or a domain: a holding, a tenant, a trader under their own name.
NAMES_DIFFER = f"""(
    split_part(l.name_key, ' ', 1) <> split_part(r.name_key, ' ', 1)
    and jarowinkler_similarity(l.name_key, r.name_key) < 80
    and not contains(l.name_key, r.name_key) and not contains(r.name_key, l.name_key)
    and not {_ONE_REGISTER}
)"""

# National companies of a group: the group's name and a country. Its languages are those of the address data.
_COUNTRIES = (
    "argentina|australia|austria|belgie|belgien|belgique|belgium|brasil|brazil|canada|china|czechia|danmark|denmark|"
    "deutschland|espana|europe|finland|france|germany|greece|hellas|hungary|iberica|iberia|india|international|"
    "ireland|italia|italy|japan|luxembourg|mexico|nederland|netherlands|norge|norway|oesterreich|osterreich|poland|"
    "polska|portugal|romania|schweiz|singapore|spain|suisse|suomi|sverige|svizzera|sweden|switzerland|turkey|"
    "turkiye|uk|united kingdom|usa"
)
NATIONAL_COMPANY = f"""(
    length(l.name_key) <> length(r.name_key)
    and (startswith(l.name_key, r.name_key || ' ') or startswith(r.name_key, l.name_key || ' '))
    and regexp_like(
        substr(iff(length(l.name_key) > {_SHORTER}, l.name_key, r.name_key), {_SHORTER} + 2), '({_COUNTRIES})'
    )
    and not {_ONE_REGISTER}
)"""

_TWO_GIVEN_NAMES = """(
    length(l.given_name_key) > 1 and length(r.given_name_key) > 1
    and not contains(l.given_name_key, r.given_name_key) and not contains(r.given_name_key, l.given_name_key)
    and jarowinkler_similarity(l.given_name_key, r.given_name_key) < 80
    and jarowinkler_similarity(l.given_name_key, r.family_name_key) < 80
    and jarowinkler_similarity(l.family_name_key, r.given_name_key) < 80
)"""
_TWO_BIRTHS = "editdistance(l.date_of_birth::varchar, r.date_of_birth::varchar) > 2"
_OWN_EMAIL = "l.email_is_valid and r.email_is_valid and not l.email_is_shared and not r.email_is_shared"

# A couple shares name, home and telephone, and each has a mailbox of their own; twins share the birth date too.
HOUSEHOLD_MEMBERS = f"""(
    {_TWO_GIVEN_NAMES}
    and (coalesce({_OWN_EMAIL} and l.email <> r.email, false) or coalesce({_TWO_BIRTHS}, false))
    and not coalesce(l.tax_id = r.tax_id, false)
)"""

# Two given names and nothing that only one person has: not refuted, but not for a machine to decide.
GIVEN_NAMES_DIFFER = f"""(
    {_TWO_GIVEN_NAMES}
    and not coalesce({_OWN_EMAIL} and l.email = r.email, false)
    and not coalesce(l.date_of_birth = r.date_of_birth, false)
    and not coalesce(l.tax_id = r.tax_id, false)
)"""

# No path of matches may join two such records.
REASONS: dict[str, dict[str, str]] = {
    "organization": {"different_tax_id": DIFFERENT_TAX_ID, "sibling_company": SIBLING_NAME},
    "person": {"household_members": HOUSEHOLD_MEMBERS},
}
# Such a pair is no match by its likeness; where a rule links it, the rule holds.
DOUBTS: dict[str, dict[str, str]] = {
    "organization": {"names_differ": NAMES_DIFFER, "national_company": NATIONAL_COMPANY},
    "person": {"given_names_differ": GIVEN_NAMES_DIFFER},
}


# Doubts that a single person's own evidence may settle.
GIVEN_NAMES = ("given_names_differ",)
# What is read from names may be how a whole file writes them; a register's numbers are never that.
FROM_NAMES = frozenset(
    ("sibling_company", "names_differ", "national_company", "household_members", "given_names_differ")
)


def _any(reasons: dict[str, str]) -> str:
    return "(" + (" or ".join(f"coalesce({predicate}, false)" for predicate in reasons.values()) or "false") + ")"


def pair_contradiction(kind: str, without: Collection[str] = ()) -> str:
    """Whether two records contradict each other; reasons in `without` do not count."""
    return _any({name: predicate for name, predicate in REASONS[kind].items() if name not in without})


def pair_doubt(kind: str, without: Collection[str] = ()) -> str:
    """Whether likeness alone must not join two records; reasons in `without` do not count."""
    known = REASONS[kind] | DOUBTS[kind]
    return _any({name: predicate for name, predicate in known.items() if name not in without})
