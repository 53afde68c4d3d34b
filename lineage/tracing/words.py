"""Rules, reasons and states as a person would say them."""

from __future__ import annotations

from collections.abc import Sequence

_RULES = {
    "owner": "the field belongs to the source that is ranked first",
    "most_recent": "the latest record wins",
    "most_complete": "the most complete record wins",
    "most_frequent": "the value that most records have wins",
    "longest": "the longest value wins",
    "union": "all values are kept together",
}
_LOST = {
    "invalid": "its value is not valid, or is shared by many",
    "deleted": "the source has deleted it",
    "same_value": "it says the same",
    "united": "its value stands beside the winner's",
    "less_complete": "it is less complete",
    "less_frequent": "fewer records have its value",
    "shorter": "its value is shorter",
    "lower_ranked_source": "its source is ranked lower",
    "tie": "as good and as old; the smaller key decided",
    "older": "it is older",
}


def rule_in_words(rule: str, ranked: Sequence[str] = ()) -> str:
    """What a rule does."""
    says = _RULES.get(rule, rule)
    return f"{says} ({', then '.join(ranked)})" if ranked and rule != "most_recent" else says


def lost_in_words(reason: str) -> str:
    """Why a record's value lost."""
    return _LOST.get(reason, reason)


def why_won(rule: str, ranked: Sequence[str], source: str, lost: Sequence[str]) -> str:
    """Why the winner is the winner, by what it won over."""
    if not lost:
        return "no other record has a value"
    rivals = [reason for reason in lost if reason not in ("same_value", "united")]
    if not rivals:
        return "every record with a value agrees" if rule != "union" else "all values are kept together"
    place = f"{source} is ranked {ranked.index(source) + 1} for it" if source in ranked else f"{source} is not ranked"
    by = {
        "lower_ranked_source": place,
        "older": "it is the latest",
        "tie": "as good as others and as recent; the smaller key decided",
        "invalid": "its value is valid",
        "deleted": "its record lives",
        "less_complete": "its record is the most complete",
        "less_frequent": "most records say so",
        "shorter": "it is the longest",
    }
    return "; ".join(dict.fromkeys(by[reason] for reason in rivals if reason in by))
