"""One phone number as written -> its E.164 form, whether it can exist and whether it is a stopgap."""

import phonenumbers
from phonenumbers import PhoneNumberFormat

# What people type into a mandatory field: one digit repeated, or counting up or down.
_RUNS = ("01234567890", "12345678901", "98765432109", "09876543210")


def _is_placeholder(digits):
    # Two digits and less are no number, not even an extension; local numbers may be as short as three.
    if len(digits) < 3:
        return True
    # The country and area code may be right; the subscriber's part then is the stopgap.
    tail = digits[-7:]
    return len(set(tail)) == 1 or any(tail in run for run in _RUNS) or len(set(digits)) == 1


def parse_phone(raw, country):
    """Return {e164, digits, is_valid, is_placeholder}; None for no text.

    `country` is the ISO 3166 code that a number without a country code belongs to. A number that cannot be dialled
    from abroad (no area code, an extension) has digits and no e164.
    """
    if raw is None or not raw.strip():
        return None
    digits = "".join(c for c in raw if c.isdigit() and c.isascii())
    result = {"e164": None, "digits": digits or None, "is_valid": False, "is_placeholder": _is_placeholder(digits)}
    text = raw.strip()
    # As the country dials it; then 00 for the plus sign; then as a system that drops the plus sign leaves it.
    readings = [text]
    if not text.startswith("+"):
        readings += ["+" + digits[2:]] if digits.startswith("00") else ["+" + digits] if len(digits) > 10 else []
    for reading in readings:
        try:
            number = phonenumbers.parse(reading, country)
        except phonenumbers.NumberParseException:
            continue
        valid = phonenumbers.is_valid_number(number)
        # A number of no known country is no number: guessed into the wrong one, it would equal a stranger's.
        if valid or (reading.startswith("+") and phonenumbers.is_possible_number(number) and not result["e164"]):
            number.extension = None
            result["e164"] = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if valid:
            result["is_valid"] = not result["is_placeholder"]
            break
    return result
