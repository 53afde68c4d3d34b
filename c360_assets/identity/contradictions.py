"""What two records of one customer can never both say. No path may join them, however strong its links.

Each is a predicate over two rows `l` and `r` of NORMALIZED_RECORD.PERSON or .ORGANIZATION.
"""

from __future__ import annotations

DIFFERENT_TAX_ID = """(
    l.tax_id_is_valid and r.tax_id_is_valid and l.tax_id <> r.tax_id
    and coalesce(l.country, left(l.tax_id, 2)) = coalesce(r.country, left(r.tax_id, 2))
)"""

# "velora software" and "velora logistics": one brand word, and then each goes on differently. A longer name that
# begins like the shorter one is a team or a spelling; a typing error is no other word, hence the edit distance of
# the common length; one tax id settles that it is one company under two names.
SIBLING_NAME = """(
    split_part(l.name_key, ' ', 1) = split_part(r.name_key, ' ', 1)
    and contains(l.name_key, ' ') and contains(r.name_key, ' ')
    and editdistance(
        left(l.name_key, least(length(l.name_key), length(r.name_key))),
        left(r.name_key, least(length(l.name_key), length(r.name_key)))
    ) > iff(least(length(l.name_key), length(r.name_key)) - length(split_part(l.name_key, ' ', 1)) > 6, 2, 1)
    and not coalesce(l.tax_id_is_valid and r.tax_id_is_valid and l.tax_id = r.tax_id, false)
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
)"""

# Two given names and nothing that only one person has: not refuted, but not for a machine to decide.
GIVEN_NAMES_DIFFER = f"""(
    {_TWO_GIVEN_NAMES}
    and not coalesce({_OWN_EMAIL} and l.email = r.email, false)
    and not coalesce(l.date_of_birth = r.date_of_birth, false)
)"""

# No path of matches may join two such records.
REASONS: dict[str, dict[str, str]] = {
    "organization": {"different_tax_id": DIFFERENT_TAX_ID, "sibling_company": SIBLING_NAME},
    "person": {"household_members": HOUSEHOLD_MEMBERS},
}
# Such a pair is no match by itself.
DOUBTS: dict[str, dict[str, str]] = {
    "organization": {},
    "person": {"given_names_differ": GIVEN_NAMES_DIFFER},
}


def _any(reasons: dict[str, str]) -> str:
    return "(" + " or ".join(f"coalesce({predicate}, false)" for predicate in reasons.values()) + ")"


PAIR_CONTRADICTION: dict[str, str] = {kind: _any(reasons | DOUBTS[kind]) for kind, reasons in REASONS.items()}


def reason_sql(kind: str) -> str:
    """The name of the first contradiction of the pair, null where there is none."""
    cases = " ".join(f"when {predicate} then '{name}'" for name, predicate in REASONS[kind].items())
    return f"case {cases} end"
