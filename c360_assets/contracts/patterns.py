"""Forms that several contracts ask for.

Character classes instead of backslashes: Snowflake unescapes literals.
"""

RECORD_KEY = r"^[a-z0-9_]+:[a-z0-9_]+:.+$"
PROFILE_ID = r"^(per|org)_[0-9a-f]{20}$"
EMAIL = r"^[^@ ]+@[^@ ]+[.][^@. ]+$"
"""One @, no blanks, a dot in the domain: what a canonical address has whatever its provider allows."""
E164 = r"^[+][1-9][0-9]{6,14}$"
"""ITU-T E.164: at most 15 digits with the country code."""
COUNTRY = r"^[A-Z]{2}$"
"""ISO 3166-1 alpha-2."""
CURRENCY = r"^[A-Z]{3}$"
"""ISO 4217."""
DOMAIN = r"^[^@ /]+[.][^@ ./]+$"
NAME_KEY = r"^[a-z]*$"
SNAPSHOT_ID = r"^[0-9a-f]{16}$"
MD5 = r"^[0-9a-f]{32}$"
SHA256 = r"^[0-9a-f]{64}$"

ENTITY_KINDS = ["person", "organization"]
IDENTIFIER_TYPES = [
    "email", "phone", "domain", "tax_id", "registration_id", "crm_id", "billing_id", "user_id", "device_id",
    "workspace_id", "address", "record_id",
]  # fmt: skip
CONSENT_STATES = ["granted", "withdrawn", "denied", "expired", "unknown"]
