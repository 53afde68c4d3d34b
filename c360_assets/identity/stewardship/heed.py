"""How matching heeds decisions: as edges of rule `steward`, and as records that no path may join.

A decision is keyed on record keys, so it holds through re-ingests, new models and new thresholds. One about a record
that has gone has no edge until the record returns.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from c360_assets.identity.findings import tell_waiting
from c360_assets.identity.stewardship.conflicts import Conflict, Decision, Pair, Resolution, resolve
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

RULE = "steward"
DECIDED = f"{STEP_SCHEMA}.DECIDED"
_CHUNK = 500
_DECISION_OF = {"same": "match", "different": "no_match"}

RECORD = """
    select record_key, 'person' as entity_kind from NORMALIZED_RECORD.PERSON
    union all
    select record_key, 'organization' from NORMALIZED_RECORD.ORGANIZATION"""
# Approved where it needs that, and not revoked.
IN_FORCE = """
    select decision_id, entity_kind, record_key_l, record_key_r, verdict from MATCH_CLUSTER.STEWARD_DECISION
    where verdict in ('same', 'different') and revoked_at is null and (not needs_approval or approved_at is not null)"""


def read_resolution(warehouse: Warehouse) -> Resolution:
    """What the decisions in force about records that exist come to."""
    return _read(warehouse)[0]


def _read(warehouse: Warehouse) -> tuple[Resolution, Counter[str]]:
    """What the decisions come to, and per kind how many of them wait for a record that has gone.

    Decisions are as many as people can make, so they are weighed here and not in the warehouse.
    """
    rows = warehouse.rows(f"""
with decision as ({IN_FORCE}),
known as (select record_key_l as record_key from decision union select record_key_r from decision),
record as (
    select record.record_key, record.entity_kind
    from ({RECORD}) as record inner join known on record.record_key = known.record_key
)
select decision.decision_id, decision.entity_kind, decision.record_key_l, decision.record_key_r, decision.verdict,
    l.record_key is not null and r.record_key is not null
from decision
left join record as l on decision.record_key_l = l.record_key and decision.entity_kind = l.entity_kind
left join record as r on decision.record_key_r = r.record_key and decision.entity_kind = r.entity_kind
order by decision.decision_id
""")
    gone = Counter(row[1] for row in rows if not row[5])
    return resolve(Decision(*row[:5]) for row in rows if row[5]), gone


def _standing(warehouse: Warehouse) -> dict[Pair, str]:
    """The verdicts that the edges hold since the last run."""
    rows = warehouse.rows(
        "select entity_kind, record_key_l, record_key_r, iff(decision = 'match', 'same', 'different') "
        f"from MATCH_CLUSTER.MATCH_EDGE where rule = '{RULE}'"
    )
    return {(kind, left, right): verdict for kind, left, right, verdict in rows}


def _told(warehouse: Warehouse) -> set[Conflict]:
    """The conflicts that the last run told of."""
    rows = warehouse.rows(
        "select entity_kind, record_key_l, record_key_r, to_json(decision_ids) from MATCH_CLUSTER.DECISION_CONFLICT"
    )
    return {Conflict((kind, left, right), tuple(json.loads(ids))) for kind, left, right, ids in rows}


def decisions_wait(warehouse: Warehouse) -> bool:
    """Whether there are decisions that the last run did not know; the tables must exist."""
    found = read_resolution(warehouse)
    return found.verdicts != _standing(warehouse) or set(found.conflicts) != _told(warehouse)


def weigh_decisions(warehouse: Warehouse, run: Run) -> None:
    """Let the records of new and withdrawn decisions count as changed, before records are compared.

    Their fingerprints are taken away, so a run that is killed on the way leaves them to the next one.
    """
    (found, gone), before = _read(warehouse), _standing(warehouse)
    warehouse.execute(
        f"create or replace transient table {DECIDED} "
        "(entity_kind varchar, record_key_l varchar, record_key_r varchar, verdict varchar)"
    )
    _insert(warehouse, DECIDED, [(*pair, verdict) for pair, verdict in sorted(found.verdicts.items())])
    differing = sorted(found.verdicts.items() ^ before.items())
    if differing:
        table = f"{STEP_SCHEMA}.DECIDED_ANEW"
        warehouse.execute(f"create or replace transient table {table} (entity_kind varchar, record_key varchar)")
        ends = sorted({(pair[0], key) for pair, _ in differing for key in pair[1:]})
        _insert(warehouse, table, ends)
        warehouse.execute(f"""
update MATCH_CLUSTER.COMPARED_RECORD set fingerprint = ''
where (entity_kind, record_key) in (select entity_kind, record_key from {table})
""")
    _tell_conflicts(warehouse, run, found.conflicts)
    tell_waiting(warehouse, run, gone)


def _insert(warehouse: Warehouse, table: str, rows: Sequence[Sequence[str]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        marks = ", ".join("(" + ", ".join(["%s"] * len(row)) + ")" for row in chunk)
        warehouse.execute(f"insert into {table} values {marks}", [value for row in chunk for value in row])


def _tell_conflicts(warehouse: Warehouse, run: Run, conflicts: Iterable[Conflict]) -> None:
    """Bring DECISION_CONFLICT up to date; a conflict that is as before keeps its time."""
    found, before = set(conflicts), _told(warehouse)
    if found == before:
        return
    with warehouse.transaction():
        for conflict in sorted(before - found, key=lambda c: c.pair):
            warehouse.execute(
                "delete from MATCH_CLUSTER.DECISION_CONFLICT "
                "where entity_kind = %s and record_key_l = %s and record_key_r = %s",
                conflict.pair,
            )
        for conflict in sorted(found - before, key=lambda c: c.pair):
            warehouse.execute(
                "insert into MATCH_CLUSTER.DECISION_CONFLICT "
                "(entity_kind, record_key_l, record_key_r, decision_ids, run_id, found_at) "
                "select %s, %s, %s, parse_json(%s), %s, %s::timestamp_ntz",
                [*conflict.pair, json.dumps(conflict.decision_ids), run.run_id, run.started_at_text],
            )


def write_steward_edges(warehouse: Warehouse, run: Run) -> None:
    """Bring the edges of rule `steward` up to date with what was weighed; one that is as before keeps its run."""
    decision = " ".join(f"when '{verdict}' then '{edge}'" for verdict, edge in _DECISION_OF.items())
    same = f"""edge.rule = '{RULE}' and edge.entity_kind = decided.entity_kind
    and edge.record_key_l = decided.record_key_l and edge.record_key_r = decided.record_key_r
    and edge.decision = case decided.verdict {decision} end"""
    warehouse.script(
        [
            f"""
delete from MATCH_CLUSTER.MATCH_EDGE as edge
where edge.rule = '{RULE}' and not exists (select 1 from {DECIDED} as decided where {same})
""",
            f"""
insert into MATCH_CLUSTER.MATCH_EDGE (
    entity_kind, record_key_l, record_key_r, rule, match_weight, match_probability, decision, evidence,
    model_version, run_id, compared_at
)
select decided.entity_kind, decided.record_key_l, decided.record_key_r, '{RULE}', null,
    iff(decided.verdict = 'same', 1.0, 0.0)::float, case decided.verdict {decision} end,
    object_construct('verdict', decided.verdict), null, '{run.run_id}', '{run.started_at_text}'::timestamp_ntz
from {DECIDED} as decided
left join MATCH_CLUSTER.MATCH_EDGE as edge on {same}
where edge.record_key_l is null
""",
        ]
    )
