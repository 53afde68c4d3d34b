"""A comparison's level in words: what Splink calls it, said as a person would say it.

Splink labels a level with the condition that it tests. A condition in bare SQL narrows a level further and has no
words of its own; it is left out beside one that has.
"""

from __future__ import annotations

import re

_NAMES = {
    "born": "date of birth",
    "family": "family name",
    "given": "given name",
    "mailbox": "name before the @",
    "mail_host": "mail host",
    "numbered_mailbox": "mailbox up to its number",
    "mailbox_number": "number in the mailbox",
    "place": "address",
    "tax_id": "tax number",
    "registration_id": "register number",
    "word_1": "most telling word",
}
_SAME = re.compile(r"Exact match on (\w+)")
_LETTERS = re.compile(r"Levenshtein distance of (\w+) <= (\d+)")
_ALIKE = re.compile(r"Jaro-Winkler distance of (\w+) >= ([\d.]+)")
_MISSING = re.compile(r"(\w+) is NULL")
_BARE_SQL = re.compile(r"\w+_[lr]\b")
_VERY_ALIKE = 0.88


def spoken_name(column: str) -> str:
    """A compared column as people call it."""
    return _NAMES.get(column, column.replace("_", " "))


def spoken_finding(label: str) -> str:
    """A level's label in words; a label that is no condition is in words already."""
    label = _stripped(label)
    if label.startswith("NOT "):
        parts = _parts(_stripped(label.removeprefix("NOT ")), " OR ")
        return " and ".join(filter(None, (_denied(part) for part in parts)))
    for word in (" OR ", " AND "):
        parts = _parts(label, word)
        if len(parts) > 1:
            spoken = list(dict.fromkeys(filter(None, map(spoken_finding, parts))))
            return f" {word.strip().lower()} ".join(spoken)
    if found := _SAME.fullmatch(label):
        return f"the same {spoken_name(found[1])}"
    if found := _LETTERS.fullmatch(label):
        letters = "one character" if found[2] == "1" else f"{found[2]} characters"
        return f"{spoken_name(found[1])} but for {letters}"
    if found := _ALIKE.fullmatch(label):
        return f"{spoken_name(found[1])} {'very alike' if float(found[2]) >= _VERY_ALIKE else 'alike'}"
    if found := _MISSING.fullmatch(label):
        return f"no {spoken_name(found[1])}"
    return "" if _BARE_SQL.search(label) else label


def _denied(label: str) -> str:
    label = _stripped(label)
    found = _SAME.fullmatch(label)
    return f"another {spoken_name(found[1])}" if found else ""


def _stripped(label: str) -> str:
    """Without parentheses that enclose all of it."""
    label = label.strip()
    while label.startswith("(") and _closing(label) == len(label) - 1:
        label = label[1:-1].strip()
    return label


def _closing(label: str) -> int:
    depth = 0
    for place, letter in enumerate(label):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return place
    return -1


def _parts(label: str, word: str) -> list[str]:
    """The label at each `word` that stands outside parentheses."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(label):
        depth += (letter == "(") - (letter == ")")
        if not depth and label.startswith(word, place):
            parts.append(label[start:place])
            start = place + len(word)
    return [*parts, label[start:]]
