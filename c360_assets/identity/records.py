"""The records of a kind as they are compared, and which of them have changed since the last run."""

from __future__ import annotations

from c360_assets.identity.models import EntityModel
from c360_assets.identity.rules import linking_identifiers
from c360_assets.identity.settings import MatchSettings, load_match_settings
from c360_assets.identity.touched import TOUCHED
from c360_assets.warehouse import Warehouse

# A value of these on more records than one customer can have is nobody's own, and so no evidence.
IDENTIFYING = ("email", "phone", "registration_id", "tax_id")


def _without_crowds(model: EntityModel, settings: MatchSettings) -> str:
    """The CTEs up to `owned`: the records of `spoken`, without values that too many of them share.

    The crowds are few, so a join to them costs a fraction of counting within every record's group.
    """
    names = [name for name in IDENTIFYING if name in model.columns]
    crowds = [
        f"crowd_{name} as (select {name} as crowded_{name} from spoken where {name} is not null "
        f"""group by {name} having count(*) > {settings.identifier_limit(f"'{name}'")})"""
        for name in names
    ]
    limited = ", ".join(f"iff(crowded_{name} is null, spoken.{name}, null) as {name}" for name in names)
    joins = " ".join(f"left join crowd_{name} on spoken.{name} = crowded_{name}" for name in names)
    return ",\n".join([*crowds, f"owned as (select spoken.* replace ({limited}) from spoken {joins})"])


def identifier_table(model: EntityModel) -> str:
    """The step's table of the kind's identifiers that rules may link by."""
    return f"{model.record_table}__IDENTIFIER"


def prepare_records(warehouse: Warehouse, model: EntityModel, settings: MatchSettings | None = None) -> int:
    """Build the kind's comparison table, one row per record; returns the number of records.

    `record_no` follows the order of the record keys, so that a pair's smaller number is its smaller key. Numbers
    instead of keys make the joins of pairs to records several times cheaper. The fingerprint covers all that a
    record's edges and contradictions depend on: what is compared, and the identifiers that rules link by.
    """
    # Further columns are text in lower case; what is given as evidence is compared, not displayed.
    further = "".join(
        f", nullif(lower(trim(owned.attributes:{name}::varchar)), '') as {name}" for name in model.attributes
    )
    columns = ", ".join(model.compared)
    parts = ", ".join(f"coalesce({column}, '')" for column in model.compared)
    identifiers = identifier_table(model)
    warehouse.execute(f"create or replace transient table {identifiers} as {linking_identifiers(model.kind)}")
    # Numbered by the keys alone: to sort whole records costs more than to join them to their numbers.
    warehouse.execute(f"""
create or replace transient table {model.record_table} as
with spoken as ({model.records_sql}),
{_without_crowds(model, settings or load_match_settings())},
record as (select owned.*{further} from owned),
numbered as (select record_key as numbered_key, row_number() over (order by record_key) as record_no from spoken),
linked as (
    select record_key as linked_record_key, hash_agg(identifier_type, value_canonical) as links
    from {identifiers} group by record_key
)
select
    numbered.record_no,
    record.record_key,
    md5(concat_ws('|', {parts})) || ':' || coalesce(linked.links::varchar, '') as fingerprint,
    {columns}
from record
left join numbered on record.record_key = numbered_key
left join linked on record.record_key = linked_record_key
""")
    return int(warehouse.scalar(f"select count(*) from {model.record_table}"))


def fingerprint_sql(version: str) -> str:
    """What a record's comparisons depend on: its compared values, the model and the settings of blocking."""
    return f"record.fingerprint || ':{version}'"


def mark_changed(warehouse: Warehouse, model: EntityModel, version: str, everything: bool) -> tuple[int, int]:
    """Build the table of records to compare again; returns (changed, gone).

    What is compared decides, not a time stamp: a record whose compared values are the same as at the last run
    keeps its edges, and one whose employer's domain changed does not, though its own row is the same. A record
    that a killed run had touched has lost its fingerprint.
    """
    record, changed = model.record_table, f"{model.record_table}__CHANGED"
    known = "false" if everything else "true"
    warehouse.execute(f"""
create or replace transient table {changed} as
with record as (select * from {record}),
compared as (select * from MATCH_CLUSTER.COMPARED_RECORD where entity_kind = '{model.kind}' and {known})
select record.record_no, coalesce(record.record_key, compared.record_key) as record_key
from record
full outer join compared on record.record_key = compared.record_key
where record.record_key is null
    or compared.record_key is null
    or compared.fingerprint <> {fingerprint_sql(version)}
""")
    rows = warehouse.rows(f"select count(record_no), count(*) - count(record_no) from {changed}")
    return int(rows[0][0]), int(rows[0][1])


def remember_compared(warehouse: Warehouse, model: EntityModel, version: str) -> None:
    """Record what has been compared and clustered; the last step of a run, so that a killed one does it again."""
    touched = f"select record_key from {TOUCHED} where entity_kind = '{model.kind}'"
    warehouse.execute(f"""
delete from MATCH_CLUSTER.COMPARED_RECORD
where entity_kind = '{model.kind}' and record_key in ({touched})
""")
    warehouse.execute(f"""
insert into MATCH_CLUSTER.COMPARED_RECORD (entity_kind, record_key, fingerprint)
select '{model.kind}', record.record_key, {fingerprint_sql(version)}
from {model.record_table} as record
inner join ({touched}) as touched on record.record_key = touched.record_key
""")
