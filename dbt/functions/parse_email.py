"""One e-mail address as written -> its canonical form and whether it can exist (no look-up on the network)."""

from email_validator import EmailNotValidError, validate_email

# Mailbox providers that ignore dots in the local part.
_DOTLESS = ("gmail.com", "googlemail.com")


def parse_email(raw):
    """Return {email, domain, is_valid}; None for no text.

    Canonical: lower case, ASCII domain, no +tag, and for Gmail no dots and one domain name. An address that cannot
    exist keeps its lower-case text, so that two wrong spellings stay two values.
    """
    if raw is None or not raw.strip():
        return None
    text = raw.strip().strip("<>;,").removeprefix("mailto:").strip()
    try:
        parsed = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        domain = text.rpartition("@")[2].lower() if "@" in text else None
        return {"email": text.lower(), "domain": domain or None, "is_valid": False}
    local, domain = parsed.local_part.lower(), parsed.ascii_domain.lower()
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return {"email": f"{local}@{domain}", "domain": domain, "is_valid": True}
