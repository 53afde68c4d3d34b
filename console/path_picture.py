"""The path of a field's value as a picture: from the source records to the profile and on to its deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_HEAD = """digraph {
rankdir=LR; bgcolor="transparent"; nodesep=0.18; ranksep=0.3;
node [shape=box, style="rounded,filled", fontname="Source Sans Pro,Helvetica,sans-serif", fontsize=13,
      color="#c9d1db", fillcolor="#f4f6f9", fontcolor="#1c2733", margin="0.12,0.06"];
edge [fontname="Source Sans Pro,Helvetica,sans-serif", fontsize=11, color="#8a97a6", fontcolor="#5b6776",
      arrowsize=0.7];
"""


def quoted(text: str) -> str:
    """A DOT string. A backslash that is not an escape of ours would be one of Graphviz's."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def picture(statements: Iterable[str]) -> str:
    """A graph from left to right."""
    return _HEAD + "\n".join(statements) + "\n}"


def value_path(field: Mapping[str, Any], version: int) -> str:
    """A traced field: file, record, normalised column, why it won and what lost, version, deliveries."""
    source = field["source"] or {}
    value, profile = quoted(f"{field['field']}\n{field['why']}"), quoted(f"profile\nversion {version}")
    winner = quoted(_in_two_lines(str(field["record_key"])))
    lines = [
        f'{value} [fillcolor="#e3edf8", color="#1f5fa8"];',
        f"{value} -> {profile};",
        f'{winner} [fillcolor="#e9f5ed", color="#3c8d5a"];',
    ]
    if source.get("file_name"):
        folder, _, name = str(source["file_name"]).rpartition("/")
        file = quoted("\n".join(filter(None, (folder, name, f"line {source['line']}"))))
        lines.append(f"{file} -> {winner};")
    lines += _normalised(field["path"], winner, value)
    for loser in field["lost"]:
        record = quoted(_in_two_lines(str(loser["record_key"])))
        lines.append(f"{record} -> {value} [label={quoted(str(loser['words']))}, style=dashed];")
    for destination in dict.fromkeys(str(row["destination"]) for row in field["deliveries"]):
        carried = [row for row in field["deliveries"] if row["destination"] == destination]
        last = f"{carried[-1]['delivered_at']:%Y-%m-%d %H:%M}"
        columns = ", ".join(name for name in carried[-1]["columns"] if not name.endswith("_hash"))
        lines.append(f"{profile} -> {quoted(f'{destination}: {columns}')} [label={quoted(last)}];")
    return picture(lines)


def _normalised(path: Sequence[Mapping[str, Any]], winner: str, value: str) -> Iterable[str]:
    """The columns between the record and the field; none where nothing was recorded of them."""
    if not path:
        yield f"{winner} -> {value};"
    for step in path:
        start = winner if step["from"].startswith("SOURCE_SNAPSHOT.") else quoted(_short(step["from"]))
        how = quoted(", ".join(word.replace("_", " ") for word in step["how"] if word != "IDENTITY").lower())
        yield f"{start} -> {quoted(_short(step['to']))} [label={how}];"
    for end in sorted({step["to"] for step in path} - {step["from"] for step in path}):
        yield f"{quoted(_short(end))} -> {value};"


def _short(column: str) -> str:
    return "\n".join(column.split(".")[-2:]).lower()


def _in_two_lines(record_key: str) -> str:
    """What is a system's object and what is its id: narrow boxes leave room for readable letters."""
    parts = record_key.split(":", 2)
    return "\n".join([":".join(parts[:2]), *parts[2:]])
