"""Which records a run has to cluster again: those that changed, and all that matches join to them.

A component without a touched record has the same records, matches and contradictions as at the last run, so its
clusters are the same. A removed match touches both of its ends; that way every part of a component that falls apart
holds a touched record.
"""

from __future__ import annotations

from c360_assets.identity.models import EntityModel
from c360_assets.identity.tables import STEP_SCHEMA
from c360_assets.warehouse import Warehouse

TOUCHED, REACHED = f"{STEP_SCHEMA}.TOUCHED", f"{STEP_SCHEMA}.REACHED"

# Customers have a few records, all linked to each other; a path longer than this is no usual component, and then
# clustering all of it in logarithmically many steps is cheaper than following it.
MAX_STEPS = 8


def create_touched(warehouse: Warehouse) -> None:
    """Begin a run in which nothing is touched yet."""
    warehouse.execute(f"create transient table {TOUCHED} (entity_kind varchar, record_key varchar, is_changed boolean)")


def touch(warehouse: Warehouse, model: EntityModel, everything: bool) -> None:
    """Note the kind's changed records and those they matched so far, before their edges are deleted.

    None of them counts as compared until the run is over: a run that is killed on the way leaves edges that differ
    from the clusters, and the next one must find both ends of a match that is gone.
    """
    changed = f"{model.record_table}__CHANGED"
    matched = """
union all
select record_key, false from (
    select edge.record_key_r as record_key from edge inner join changed on edge.record_key_l = changed.record_key
    union
    select edge.record_key_l from edge inner join changed on edge.record_key_r = changed.record_key
)
where record_key not in (select record_key from changed)"""
    warehouse.execute(f"""
insert into {TOUCHED} (entity_kind, record_key, is_changed)
with changed as (select distinct record_key from {changed}),
edge as (
    select record_key_l, record_key_r from MATCH_CLUSTER.MATCH_EDGE
    where entity_kind = '{model.kind}' and decision = 'match'
),
touched as (select record_key, true as is_changed from changed{"" if everything else matched})
select '{model.kind}', record_key, is_changed from touched
""")
    if everything:
        warehouse.execute(f"delete from MATCH_CLUSTER.COMPARED_RECORD where entity_kind = '{model.kind}'")
        return
    warehouse.execute(f"""
update MATCH_CLUSTER.COMPARED_RECORD set fingerprint = ''
where entity_kind = '{model.kind}' and record_key in (select record_key from {TOUCHED})
""")


def reach(warehouse: Warehouse) -> bool:
    """Build the table of all records that matches join to touched ones, gone records among them.

    Returns False where a component is so long that all records are better clustered anew.
    """
    warehouse.execute(f"""
create or replace transient table {REACHED} as
with mate as (
    select mate.entity_kind, mate.record_key
    from {TOUCHED} as touched
    inner join MATCH_CLUSTER.CLUSTER as cluster
        on touched.record_key = cluster.record_key and touched.entity_kind = cluster.entity_kind
    inner join MATCH_CLUSTER.CLUSTER as mate on cluster.profile_id = mate.profile_id
),
known as (select entity_kind, record_key from {TOUCHED} union select entity_kind, record_key from mate)
select entity_kind, record_key, 0 as step from known
""")
    for step in range(1, MAX_STEPS + 1):
        found = warehouse.execute(f"""
insert into {REACHED} (entity_kind, record_key, step)
with frontier as (select entity_kind, record_key from {REACHED} where step = {step - 1}),
edge as (select entity_kind, record_key_l, record_key_r from MATCH_CLUSTER.MATCH_EDGE where decision = 'match'),
mate as (
    select edge.entity_kind, edge.record_key_r as record_key from edge
    inner join frontier on edge.record_key_l = frontier.record_key and edge.entity_kind = frontier.entity_kind
    union
    select edge.entity_kind, edge.record_key_l from edge
    inner join frontier on edge.record_key_r = frontier.record_key and edge.entity_kind = frontier.entity_kind
)
select mate.entity_kind, mate.record_key, {step}
from mate
left join {REACHED} as reached on mate.record_key = reached.record_key and mate.entity_kind = reached.entity_kind
where reached.record_key is null
""")
        if not found.rowcount:
            return True
    return False


def is_settled(warehouse: Warehouse) -> bool:
    """Whether the last run clustered what it compared; not so after a kill, or where a table was lost."""
    counts = "(select count(*) from MATCH_CLUSTER.CLUSTER) = (select count(*) from MATCH_CLUSTER.COMPARED_RECORD)"
    return bool(warehouse.scalar(f"select {counts}"))
