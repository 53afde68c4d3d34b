"""One full name as written -> its parts. For the names that are not two plain words; those SQL splits itself."""

import re

from nameparser import HumanName

_SPACES = re.compile(r"\s+")


def parse_person_name(raw):
    """Return {given_name, middle_name, family_name, title, suffix}; None for no text.

    Knows 'Family, Given', titles, suffixes and family names of several words (van der Berg).
    """
    if raw is None or not raw.strip():
        return None
    name = HumanName(_SPACES.sub(" ", raw.strip()))
    return {
        "given_name": name.first or None,
        "middle_name": name.middle or None,
        "family_name": name.last or None,
        "title": name.title or None,
        "suffix": name.suffix or None,
    }
