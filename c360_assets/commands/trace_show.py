"""How traces look in a terminal: sentences, and a tree per field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from c360_assets.identity.profile_history import EVENTS_TOLD
from lineage.tracing.delivered import GIVES
from lineage.tracing.words import lost_in_words

_ROWS = 12


def _when(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}" if time else "?"


def _text(value: Any) -> str:
    return escape("—" if value is None else str(value))


def show_profile(trace: dict[str, Any]) -> None:
    """A profile with where each field is from and where it went."""
    console, version = Console(highlight=False), trace["version"]
    status = trace["status"]
    then = f"as of {_when(trace['as_of'])} UTC" if trace["as_of"] else "now"
    into = f" into {status['into']}" if status["into"] else ""
    console.print(
        f"[bold]{trace['profile_id']}[/], {then}: a {trace['entity_kind']}, {status['status']}{into} since"
        f" {_when(status['since'])}. Version {version['version']}, written {_when(version['valid_from'])} by run"
        f" {version['run_id']}, from {len(version['members'])} source record(s)."
    )
    console.print(
        f"Rules {version['rule_set_version'] or '—'}, checks {version['validation_set'] or '—'}"
        f" ({sum(each['passed'] for each in trace['checks'])} of {len(trace['checks'])} passed in that run),"
        f" consents {version['consent_hash'] or 'none'}."
    )
    if delivery := trace.get("delivery"):
        said = (
            f"{delivery['destination']} was told to {delivery['operation']} it on {_when(delivery['delivered_at'])},"
            f" batch {delivery['batch_id']}"
        )
        if because := delivery.get("because"):
            console.print(f"{said}, because {escape(because)}. Nothing was carried but its key at the destination.")
        else:
            console.print(f"{said}, on the basis of {_text(delivery['consent_basis'])}; what was carried:")
    for field in trace["fields"]:
        console.print(_field(field))
    if status["into"]:
        console.print(f"Its records are those of {status['into']} since; that profile's trace tells what holds them.")
    console.print(_links(trace))
    console.print(_relations(trace["relations"]))
    console.print(_consents(trace["consents"]))
    console.print(_deliveries(trace))


def _field(field: dict[str, Any]) -> Tree:
    tree = Tree(f"[bold]{field['field']}[/] = {_text(field['value'])}")
    source = field["source"]
    gone = "; its source has deleted it since" if source and source["is_deleted"] else ""
    where = (
        f", line {source['line']} of {source['file_name']} (SHA-256 {source['file_sha256'][:12]}…, loaded"
        f" {_when(source['loaded_at'])})"
        if source and source["file_name"]
        else ""
    )
    from_ = tree.add(f"from {escape(field['record_key'])}{escape(where)}{gone}")
    if field["raw"]:
        from_.add("which says " + ", ".join(f"{escape(name)} = {_text(value)}" for name, value in field["raw"].items()))
    steps = [f"{_short(step['from'])} → {_short(step['to'])}" for step in field["path"]]
    if steps:
        from_.add("by way of " + escape("; ".join(steps)))
    tree.add(f"because {escape(field['why'])} [dim](rule {field['rule']}: {escape(field['rule_in_words'])})[/]")
    for lost in field["lost"]:
        tree.add(f"not from {escape(lost['record_key'])}: {escape(lost['words'])}")
    if field["checks"]:
        told = ", ".join(f"{each['rule']}{'' if each['passed'] else ' NOT'}" for each in field["checks"])
        tree.add(f"passed {escape(told)}")
    for each in field["deliveries"]:
        tree.add(f"carried to {each['destination']} on {_when(each['delivered_at'])}, batch {each['batch_id']}")
    return tree


def _short(column: str) -> str:
    return column.split(".", 1)[1]


def _links(trace: dict[str, Any]) -> Tree:
    single = len(trace["version"]["members"]) == 1 and not trace["matches"]
    found = "it is one record" if single else f"{len(trace['matches'])} match(es)"
    tree = Tree(f"[bold]What holds the records together[/]: {found}")
    for row in trace["matches"][:_ROWS]:
        bits = f", {row['match_weight']:+.1f} bits" if row["match_weight"] is not None else ""
        node = tree.add(f"{escape(row['record_key_l'])} ↔ {escape(row['record_key_r'])}: {row['rule']}{bits}")
        for words in row["words"][:4]:
            node.add(escape(words))
    if len(trace["matches"]) > _ROWS:
        tree.add(f"and {len(trace['matches']) - _ROWS} more (--json shows all)")
    for row in trace["decisions"]:
        state = f", revoked by {escape(row['revoked_by'])}" if row["revoked_by"] else ""
        why = f": {escape(row['reason'])}" if row["reason"] else ""
        tree.add(
            f"{escape(row['decided_by'])} said {row['verdict']} of {escape(row['record_key_l'])} and"
            f" {escape(row['record_key_r'])} on {_when(row['decided_at'])}{why}{state}"
        )
    for event in trace["events"]:
        told = EVENTS_TOLD[event["event"]].format(other=event["other_profile_id"])
        by = f", by {event['reason'].replace('_', ' ')}" if event["reason"] else ""
        tree.add(f"{_when(event['changed_at'])}: {event['profile_id']} {told}{by}")
    return tree


def _relations(rows: list[dict[str, Any]]) -> Tree:
    tree = Tree(f"[bold]Related to[/]: {len(rows) or 'nothing that is known'}")
    for row in rows[:_ROWS]:
        since = f", since {row['valid_from']:%Y-%m-%d}" if row["valid_from"] else ""
        until = f", until {row['valid_to']:%Y-%m-%d}" if row["valid_to"] else ""
        why = f"{', '.join(row['records'])}: {'; '.join(row['rules'])}"
        tree.add(f"{row['says']} {escape(row['other'])}{since}{until} [dim]({escape(why)})[/]")
    if len(rows) > _ROWS:
        tree.add(f"and {len(rows) - _ROWS} more (--json shows all)")
    return tree


def _consents(rows: list[dict[str, Any]]) -> Tree:
    tree = Tree(f"[bold]Consent in force[/]: {len(rows) or 'none known, and so none'}")
    for row in rows:
        conflict = "; sources contradict each other, the strictest holds" if row["is_conflict"] else ""
        tree.add(
            f"{row['purpose']} by {row['channel']} ({row['region']}): {row['state']} since {_when(row['since'])},"
            f" by {row['source']}{conflict}"
        )
    return tree


def _deliveries(trace: dict[str, Any]) -> Tree:
    rows = trace["deliveries"]
    tree = Tree(f"[bold]Deliveries[/]: {len(rows)}")
    for row in rows:
        told = f"{row['operation']} at {row['destination']} as {_text(row['destination_key'])}"
        made_of = (
            f"from version {row['version'] or '—'}; basis {_text(row['consent_basis'])}"
            if row["operation"] in GIVES
            else "taking back" + (f" ({row['reason'].replace('_', ' ')})" if row.get("reason") else "")
        )
        tree.add(f"{_when(row['delivered_at'])}: {told}, {made_of}; batch {row['batch_id']}")
    return tree


def show_record(trace: dict[str, Any]) -> None:
    """A source record with every profile, field and delivery that it reached."""
    console = Console(highlight=False)
    cell = f", cell {trace['cell']}" if trace["cell"] else ""
    console.print(f"[bold]{escape(trace['record_key'])}[/]{escape(cell)}: a {trace['entity_kind']}'s record.")
    given = Tree(f"given {sum(not row['is_deleted'] for row in trace['snapshots'])} time(s)")
    for row in trace["snapshots"]:
        where = f"line {row['line']} of {escape(row['file_name'] or '?')}"
        given.add(f"{_when(row['valid_from'])}: {f'deleted there; before, {where}' if row['is_deleted'] else where}")
    console.print(given)
    belonged = Tree("belonged to")
    for move in trace["moves"]:
        before = f", before to {move['previous_profile_id']}" if move["previous_profile_id"] else ""
        belonged.add(f"{move['profile_id'] or 'nobody'} since {_when(move['changed_at'])}{before}")
    console.print(belonged)
    for profile in trace["profiles"]:
        numbers = ", ".join(str(number) for number in profile["versions"]) or "none"
        tree = Tree(f"reached [bold]{profile['profile_id']}[/], version(s) {numbers}")
        for field in profile["fields"]:
            won = ", ".join(str(each["version"]) for each in field["won"])
            lost = ", ".join(f"{each['version']} ({lost_in_words(each['reason'])})" for each in field["lost"])
            parts = [part for part in (f"won in {won}" if won else "", f"lost in {lost}" if lost else "") if part]
            tree.add(f"{field['field']}: {'; '.join(parts)}")
        for row in profile["deliveries"]:
            tree.add(
                f"delivered to {row['destination']} on {_when(row['delivered_at'])}, batch {row['batch_id']}:"
                f" {', '.join(row['fields'])}"
            )
        console.print(tree)
