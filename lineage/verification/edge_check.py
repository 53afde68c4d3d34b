"""Column edges against the ledger: a field's winner has a way that the events tell, and an edge leads to columns."""

from __future__ import annotations

from collections.abc import Iterator

from lineage.outbox import Session
from lineage.tracing.column_paths import read_edges
from lineage.tracing.finding import Finding
from lineage.tracing.ledger import read_rule_sets
from lineage.tracing.moment import moment_of


def check_edges(session: Session) -> Iterator[Finding]:
    """Edges to columns that do not exist, and fields that the ledger takes from where no edge leads."""
    moment = moment_of(session)
    edges = read_edges(session, moment)
    known = {
        (f"{schema}.{table}", column)
        for schema, table, column in session.rows(
            "select table_schema, table_name, column_name from information_schema.columns"
        )
    }
    for made, sources in sorted(edges.edges.items()):
        for edge in sources:
            for end in (made, edge.source):
                if end not in known and not end[0].startswith("@") and end[0].count(".") == 1:
                    yield Finding(f"edge into {'.'.join(made)}", ".".join(end), "is no column of the warehouse")
    rules = read_rule_sets(session)
    for kind, version, field, winner in session.rows(
        "select entity_kind, rule_set_version, field, min(winner_record_key) from GOLDEN_PROFILE.PROFILE_FIELD"
        " group by entity_kind, rule_set_version, field, split_part(winner_record_key, ':', 1),"
        " split_part(winner_record_key, ':', 2) order by 1, 2, 3, 4"
    ):
        rule = next((r for r in rules.get((version, kind), {}).values() if r.field == field), None)
        system, name, _ = winner.split(":", 2)
        table = f"SOURCE_SNAPSHOT.{system}__{name}".upper()
        if rule and not any(edges.path(kind, column, table) for column in rule.columns):
            yield Finding(
                "events", f"{kind} {field}", f"no edge leads from {table} to it, and the ledger has such values"
            )
