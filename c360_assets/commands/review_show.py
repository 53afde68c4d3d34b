"""How pairs, evidence and decisions look in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from c360_assets.identity.stewardship.evidence import Step, odds
from c360_assets.identity.stewardship.queue import Pair

_MARK_STYLE = {"=": "green", "≠": "bold red", "·": "dim"}
_BAR = 20


def line(text: str) -> None:
    """One line."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def pairs(rows: Sequence[dict[str, Any]]) -> None:
    """The queue."""
    if not rows:
        line("Nothing waits for a decision.")
        return
    table = Table("weight", "probability", "left", "right", "why it waits")
    for row in rows:
        reason = row["reason"] + (" (somebody was unsure)" if row["unsure"] else "")
        table.add_row(
            _number(row["match_weight"], "+.1f"),
            _number(row["match_probability"], ".3f"),
            escape(row["record_key_l"]),
            escape(row["record_key_r"]),
            reason,
        )
    Console().print(table)
    line("`c360 review next` shows one with its evidence; `c360 review show LEFT RIGHT` any.")


def plain(pair: Pair) -> dict[str, Any]:
    """A pair as JSON."""
    return asdict(pair) | {
        "fields": [asdict(each) | {"mark": each.mark} for each in pair.fields],
        "steps": [asdict(step) | {"words": step.words} for step in pair.steps],
    }


def pair(found: Pair, blind: bool = False) -> None:
    """Two records side by side, and what speaks for and against; blind, only the records."""
    console = Console()
    sides = ((found.record_key_l, found.profile_l), (found.record_key_r, found.profile_r))
    heads = [escape(key) if blind else _head(key, home) for key, home in sides]
    table = Table("", "", *heads)
    for each in found.fields:
        style = _MARK_STYLE[each.mark]
        table.add_row(each.name, f"[{style}]{each.mark}[/]", _cell(each.left, style), _cell(each.right, style))
    console.print(table)
    if blind:
        return
    if found.steps:
        console.print(_waterfall(found.steps))
        probability = _number(found.match_probability, ".3f")
        line(f"Together {found.steps[-1].total:+.1f} bits: {odds(found.steps[-1].total)} (probability {probability}).")
    else:
        line("The scores say nothing about this pair: too little speaks for it to be weighed.")
    if found.rules:
        line(f"Rules that link them: {', '.join(found.rules)}.")
    if found.contradictions:
        line(f"What speaks against it whatever the score: {', '.join(found.contradictions)}.")
    for name, count in found.between_profiles.items():
        line(f"Other records of the two profiles contradict each other: {name}, in {count} pair(s).")
    for each in found.decisions:
        why = f": {each['reason']}" if each["reason"] else ""
        line(f"{each['decided_by']} said {each['verdict']} on {each['decided_at']:%Y-%m-%d}{why}")


def _head(key: str, home: tuple[str, int] | None) -> str:
    where = f"{home[0]}, {home[1]} record(s)" if home else "gone"
    return f"{escape(key)}\n[dim]{where}[/]"


def _cell(value: str | None, style: str) -> str:
    return "" if value is None else f"[{style}]{escape(value)}[/]"


def _waterfall(steps: Sequence[Step]) -> Table:
    table = Table("compared", "found", "bits", "", "in words", "so far", title="Evidence", title_justify="left")
    most = max(abs(step.bits) for step in steps) or 1.0
    for place, step in enumerate(steps):
        bar = "█" * round(abs(step.bits) / most * _BAR)
        words = step.words if place else odds(step.bits)
        table.add_row(
            step.compared,
            escape(step.found),
            f"{step.bits:+.1f}",
            f"[{'green' if step.bits > 0 else 'red'}]{bar}[/]",
            words,
            f"{step.total:+.1f}",
        )
    return table


def decisions(rows: Sequence[dict[str, Any]]) -> None:
    """What was decided, by whom and when, and whether it is in force."""
    if not rows:
        line("No decision stands.")
        return
    table = Table("decision", "left", "right", "verdict", "by", "when", "state", "why")
    for row in rows:
        table.add_row(
            row["decision_id"],
            escape(row["record_key_l"]),
            escape(row["record_key_r"]),
            row["verdict"],
            escape(row["decided_by"]),
            f"{row['decided_at']:%Y-%m-%d %H:%M}",
            _state(row),
            escape(row["reason"] or ""),
        )
    Console().print(table)


def _state(row: dict[str, Any]) -> str:
    if row["revoked_at"] is not None:
        return f"revoked by {escape(row['revoked_by'])}"
    if row["needs_approval"]:
        return f"approved by {escape(row['approved_by'])}" if row["approved_at"] else "waits for a second person"
    return "in force"


def conflicts(rows: Sequence[dict[str, Any]], unheeded: Sequence[dict[str, Any]]) -> None:
    """What cannot all hold."""
    if not rows and not unheeded:
        line("No decision contradicts another or the data.")
        return
    for row in rows:
        line(
            f"{row['record_key_l']} and {row['record_key_r']} are decided to be different, and by others to be one: "
            f"{', '.join(row['decision_ids'])}. `different` holds until one is revoked."
        )
    for row in unheeded:
        line(
            f"{row['record_key_l']} and {row['record_key_r']} are decided to be one customer, but what they hang "
            "together with contradicts it or is too large: `c360 review show` says what."
        )
