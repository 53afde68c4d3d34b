"""The path of a field's value as a picture: from the source records to the profile and on to its deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_HEAD = """digraph {
rankdir=LR; bgcolor="transparent"; nodesep=0.18; ranksep=0.7;
node [shape=box, style="rounded,filled", fontname="Source Sans Pro,Helvetica,sans-serif", fontsize=11,
      color="#c9d1db", fillcolor="#f4f6f9", fontcolor="#1c2733", margin="0.12,0.06"];
edge [fontname="Source Sans Pro,Helvetica,sans-serif", fontsize=10, color="#8a97a6", fontcolor="#5b6776",
      arrowsize=0.7];
"""


def quoted(text: str) -> str:
    """A DOT string. A backslash that is not an escape of ours would be one of Graphviz's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def picture(statements: Iterable[str]) -> str:
    """A graph from left to right."""
    return _HEAD + "\n".join(statements) + "\n}"


def value_path(field: Mapping[str, Any], version: int | None, deliveries: Sequence[Mapping[str, Any]]) -> str:
    """Source records, which of them won and by which rule, the profile's version, the destinations."""
    name = str(field["field"])
    value, profile = quoted(f"field {name}"), quoted(f"profile version {version}" if version else "profile")
    lines = [f'{value} [fillcolor="#e3edf8", color="#1f5fa8"];', f"{value} -> {profile};"]
    winner = quoted(str(field["winner_record_key"]))
    lines += [
        f'{winner} [fillcolor="#e9f5ed", color="#3c8d5a"];',
        f'{winner} -> {value} [label={quoted("wins: " + str(field["rule"]).replace("_", " "))}, color="#3c8d5a"];',
    ]
    for loser in field["losers"]:
        reason = str(loser.get("reason", "loses")).replace("_", " ")
        lines.append(f"{quoted(str(loser['record_key']))} -> {value} [label={quoted(reason)}, style=dashed];")
    for destination in dict.fromkeys(str(row["destination"]) for row in deliveries):
        last = next(row for row in deliveries if row["destination"] == destination)
        lines.append(f"{profile} -> {quoted(destination)} [label={quoted(str(last['status'] or ''))}];")
    return picture(lines)
