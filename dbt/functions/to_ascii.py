"""Any text -> ASCII that reads alike: umlauts, accents, Cyrillic, Greek, Chinese."""

import re
import unicodedata

from anyascii import anyascii

# German writes ä as ae where it has no ä; anyascii gives a. Both spellings occur for one name, so both become a:
# the caller folds ae, oe, ue where it compares, and this function stays a plain transliteration.
_MARKS = re.compile(r"['`´ʹʺ]")


def to_ascii(raw):
    """Return the transliteration, without the marks for soft and hard signs; None for none."""
    if raw is None:
        return None
    return _MARKS.sub("", anyascii(unicodedata.normalize("NFKC", raw))).strip()
