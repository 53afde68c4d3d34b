"""How two records look side by side: what differs is marked, down to the letters."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from c360_assets.identity.stewardship.evidence import SAYS_LITTLE, Step, odds
from c360_assets.identity.stewardship.queue import Field, Pair
from console.masking import HIDDEN, is_hidden

_ROW = {"=": "same", "≠": "different", "·": "one"}
# True of records and not of customers: they differ between any two and say nothing.
_OF_THE_RECORD = ("source record id", "source updated at", "created at")
# Less than this in common, and the letters that happen to agree say nothing.
_ALIKE = 0.5


def marked(left: str, right: str) -> tuple[str, str]:
    """Two different values as HTML, with the letters that differ marked."""
    matcher = SequenceMatcher(None, left.casefold(), right.casefold(), autojunk=False)
    # A letter may change its length with its case; then places in the folded text are none in the value.
    folds = len(left.casefold()) == len(left) and len(right.casefold()) == len(right)
    if not folds or matcher.ratio() < _ALIKE:
        return f"<mark>{escape(left)}</mark>", f"<mark>{escape(right)}</mark>"
    sides = ["", ""]
    for what, l_from, l_to, r_from, r_to in matcher.get_opcodes():
        for side, piece in enumerate((left[l_from:l_to], right[r_from:r_to])):
            if piece:
                sides[side] += escape(piece) if what == "equal" else f"<mark>{escape(piece)}</mark>"
    return sides[0], sides[1]


def pair_table(pair: Pair, unmask: bool, blind: bool = False) -> str:
    """The two records as an HTML table; what differs comes first, what is the record's own last.

    Blind, it does not tell which profiles they are in. Personal data are masked, but for whether they differ, where
    they are not unmasked.
    """
    ordered = sorted(pair.fields, key=lambda field: (field.name in _OF_THE_RECORD, "≠=·".index(field.mark)))
    sides = ((pair.record_key_l, pair.profile_l), (pair.record_key_r, pair.profile_r))
    heads = [escape(key) if blind else _head(key, home) for key, home in sides]
    rows = (_row(field, not unmask and is_hidden(pair.entity_kind, field.name)) for field in ordered)
    return (
        '<table class="c360-pair"><thead><tr><th></th><th class="mark"></th>'
        f"<th>{heads[0]}</th><th>{heads[1]}</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def words_table(steps: Sequence[Step]) -> str:
    """The findings and their force in words."""
    rows = "".join(
        f'<tr class="{_side(step)}"><td>{escape(step.compared)}</td>'
        f"<td>{escape(step.found)}</td><td>{step.bits:+.1f}</td>"
        f"<td>{escape(step.words if place else odds(step.bits))}</td></tr>"
        for place, step in enumerate(steps)
    )
    heads = "".join(f"<th>{head}</th>" for head in ("compared", "found", "bits", "in words"))
    return f'<table class="c360-words"><tr>{heads}</tr>{rows}</table>'


def _side(step: Step) -> str:
    if abs(step.bits) < SAYS_LITTLE:
        return "little"
    return "for" if step.bits > 0 else "against"


def chips(texts: Sequence[str], kind: str = "") -> str:
    """Short facts in a row."""
    return "".join(f'<span class="c360-chip {kind}">{escape(text)}</span>' for text in texts)


def _head(key: str, home: tuple[str, int] | None) -> str:
    records = "" if home is None else f"{home[1]} record{'' if home[1] == 1 else 's'}"
    where = f"{home[0]}, {records}" if home else "this record has gone"
    return f"{escape(key)}<small>{escape(where)}</small>"


def _row(field: Field, hidden: bool) -> str:
    left, right = field.left or "", field.right or ""
    if hidden:
        left, right = (HIDDEN if side else "" for side in (left, right))
    elif field.mark == "≠":
        left, right = marked(left, right)
    else:
        left, right = escape(left), escape(right)
    return (
        f'<tr class="{_ROW[field.mark]}"><td>{escape(field.name)}</td><td class="mark">{field.mark}</td>'
        f'<td class="value">{left}</td><td class="value">{right}</td></tr>'
    )
