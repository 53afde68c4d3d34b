"""One phone number as written -> its E.164 form, whether it can exist and whether it is a stopgap."""

import re

import phonenumbers
from phonenumbers import PhoneNumberFormat

# What people type into a mandatory field: one digit repeated, or counting up or down.
_RUNS = ("01234567890", "12345678901", "98765432109", "09876543210")


def _is_placeholder(digits):
    if len(digits) < 6:
        return True
    # The country and area code may be right; the subscriber's part then is the stopgap.
    tail = digits[-7:]
    return len(set(tail)) == 1 or any(tail in run for run in _RUNS) or len(set(digits)) == 1


def parse_phone(raw, country):
    """Return {e164, digits, is_valid, is_placeholder}; None for no text.

    `country` is the ISO 3166 code that a number without a country code belongs to.
    """
    if raw is None or not raw.strip():
        return None
    digits = "".join(c for c in raw if c.isdigit() and c.isascii())
    result = {"e164": None, "digits": digits or None, "is_valid": False, "is_placeholder": _is_placeholder(digits)}
    text = raw.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        # Systems that drop the plus sign leave a bare international number.
        try:
            number = phonenumbers.parse("+" + digits, None)
        except phonenumbers.NumberParseException:
            return result
    if not phonenumbers.is_valid_number(number) and not text.startswith("+") and len(digits) > 10:
        try:
            bare = phonenumbers.parse("+" + digits, None)
        except phonenumbers.NumberParseException:
            bare = number
        if phonenumbers.is_valid_number(bare):
            number = bare
    if phonenumbers.is_possible_number(number):
        number.extension = None
        result["e164"] = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        result["is_valid"] = phonenumbers.is_valid_number(number) and not result["is_placeholder"]
    return result
