"""The normalized tables that the identity stage reads, filled with a drawn population, and its next day."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.scale_people import Population
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

_RECORD = "record_key varchar, source_system varchar, is_deleted boolean, changed_at timestamp_ntz, attributes variant"
_REACH = (
    "email varchar, email_is_valid boolean, email_is_shared boolean, email_domain varchar, "
    "phone varchar, phone_is_valid boolean, phone_is_shared boolean"
)
_PLACE = "street_key varchar, city_key varchar, postcode_key varchar, country varchar"
TABLES = {
    "PERSON": f"{_RECORD}, {_REACH}, {_PLACE}, given_name_key varchar, family_name_key varchar, "
    "full_name_key varchar, other_name_words varchar, date_of_birth date, birth_key varchar, gender varchar, "
    "tax_id varchar, organization_record_key varchar",
    "ORGANIZATION": f"{_RECORD}, {_REACH}, {_PLACE}, name varchar, name_key varchar, previous_names varchar, "
    "domain varchar, domain_is_shared boolean, tax_id varchar, tax_id_is_valid boolean, registration_id varchar, "
    "parent_record_key varchar",
    "IDENTIFIER": "identifier_key varchar, record_key varchar, entity_kind varchar, source_system varchar, "
    "identifier_type varchar, value_canonical varchar, is_valid boolean, is_shared boolean",
    "RELATION": "relation_key varchar, from_record_key varchar, relation_type varchar, to_kind varchar, "
    "to_key varchar, evidence varchar, source_system varchar, valid_from timestamp_ntz, valid_to timestamp_ntz, "
    "changed_at timestamp_ntz",
}
_SCHEMA, _LANDED = "NORMALIZED_RECORD", "BENCHMARK_LANDED"
# Identifier type, its column among the landed rows, and the flag by which it is nobody's own.
_IDENTIFIERS = {
    "person": (("email", "email", "email_is_shared"), ("crm_id", "crm_record_key", "false")),
    "organization": (("tax_id", "tax_id", "false"), ("crm_id", "record_key", "false")),
}


def fill(warehouse: Warehouse, population: Population, run: Run) -> None:
    """The first day: people, the companies that they work for, and both's identifiers."""
    for schema in (_SCHEMA, _LANDED):
        warehouse.execute(f"create schema if not exists {schema}")
    for name, columns in TABLES.items():
        warehouse.execute(f'create or replace table {_SCHEMA}."{name}" ({columns})')
    _land(warehouse, "PERSON", population.persons)
    _land(warehouse, "ORGANIZATION", population.organizations)
    for kind in _IDENTIFIERS:
        _insert(warehouse, kind, run)


def bring_next_day(warehouse: Warehouse, next_day: pa.Table, gone: pa.Array, run: Run) -> None:
    """Records changed, new and gone; people alone."""
    _land(warehouse, "PERSON", next_day)
    _land(warehouse, "GONE", pa.table({"record_key": gone}))
    touched = f"select record_key from {_LANDED}.PERSON union all select record_key from {_LANDED}.GONE"
    for table in ("PERSON", '"IDENTIFIER"'):
        warehouse.execute(f"delete from {_SCHEMA}.{table} where record_key in ({touched})")
    _insert(warehouse, "person", run)


def _land(warehouse: Warehouse, name: str, rows: pa.Table) -> None:
    """Copy rows to a table of their own, typed as they are."""
    types = {pa.string(): "varchar", pa.bool_(): "boolean", pa.date32(): "date"}
    columns = ", ".join(f"{field.name} {types[field.type]}" for field in rows.schema)
    warehouse.execute(f"create or replace transient table {_LANDED}.{name} ({columns})")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{name}.parquet"
        pq.write_table(rows, file)
        warehouse.copy_parquet([file], f"{_LANDED}.{name}")


def _insert(warehouse: Warehouse, kind: str, run: Run) -> None:
    table, now = kind.upper(), f"'{run.started_at_text}'::timestamp_ntz"
    columns = [name for (name,) in warehouse.rows(
        "select lower(column_name) from information_schema.columns where table_schema = %s and table_name = %s "
        "order by ordinal_position", [_LANDED, table],
    ) if name != "crm_record_key"]  # fmt: skip
    listed = ", ".join(columns)
    flags = "".join(
        f", {name}" for name in ("email_is_valid", "email_is_shared", "phone_is_shared", "domain_is_shared")
        if name not in columns and f"{name} boolean" in TABLES[table]
    )  # fmt: skip
    nothing = ", false" * flags.count(",")
    warehouse.execute(
        f"insert into {_SCHEMA}.{table} ({listed}{flags}, is_deleted, changed_at) "
        f"select {listed}{nothing}, false, {now} from {_LANDED}.{table}"
    )
    for identifier, column, shared in _IDENTIFIERS[kind]:
        warehouse.execute(f"""
insert into {_SCHEMA}."IDENTIFIER" (
    identifier_key, record_key, entity_kind, source_system, identifier_type, value_canonical, is_valid, is_shared
)
select md5(record_key || '|{identifier}|' || {column}), record_key, '{kind}', source_system, '{identifier}', {column},
    true, {shared}
from {_LANDED}.{table} where {column} is not null
""")
