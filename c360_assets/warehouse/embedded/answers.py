"""Run the statement of a request and put its result into the connector's form."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from fakesnow import statement_type
from fakesnow.converter import from_binding
from sqlglot import exp

from c360_assets.warehouse.embedded.cursor import EmbeddedCursor
from c360_assets.warehouse.embedded.results import row_type, to_ipc, to_snowflake


def run_statement(cursor: EmbeddedCursor, body: dict[str, Any]) -> dict[str, Any]:
    """The `data` of the answer to a query request.

    Raises:
        ProgrammingError: the statement failed.
    """
    sql, session = body["sqlText"], cursor._conn
    single, batch = _bindings(body.get("bindings"))
    if body.get("describeOnly"):
        return _described(cursor, sql)
    affected = 0
    if batch is None:
        cursor.execute(sql, binding_params=single)
    else:
        for row in batch:
            cursor.execute(sql, binding_params=row)
            affected += cursor.rowcount or 0
    transformed = cursor._last_transformed
    if transformed is not None and (put := transformed.args.get("put_stage_data")):
        return _put(put, sql)
    columns = row_type(cursor.columns)
    data = {
        "parameters": [{"name": "TIMEZONE", "value": "Etc/UTC"}],
        "rowtype": columns,
        "queryId": cursor.sfqid,
        "statementTypeId": cursor.type_id,
        "finalDatabaseName": session.database,
        "finalSchemaName": session.schema,
    }
    table = cursor._arrow_table
    assert table is not None
    if cursor.type_id in statement_type.DML_TYPE_IDS:
        # Clients read affected rows from JSON.
        rows = [[str(affected)]] if batch is not None else _texts(table)
        return data | {"total": len(rows), "returned": len(rows), "queryResultFormat": "json", "rowset": rows}
    encoded = b64encode(to_ipc(to_snowflake(table, columns))).decode()
    return data | {
        "total": table.num_rows,
        "returned": table.num_rows,
        "queryResultFormat": "arrow",
        "rowsetBase64": encoded,
    }


def _described(cursor: EmbeddedCursor, sql: str) -> dict[str, Any]:
    columns, expression = cursor.describe_only(sql)
    is_query = cursor.type_id == statement_type.SELECT
    result: dict[str, Any] = (
        {"queryResultFormat": "arrow", "rowsetBase64": ""} if is_query else {"queryResultFormat": "json", "rowset": []}
    )
    return result | {
        "rowtype": row_type(columns),
        "total": 0,
        "returned": 0,
        "queryId": cursor.sfqid,
        "statementTypeId": cursor.type_id,
        "numberOfBinds": len(list(expression.find_all(exp.Placeholder))),
        "arrayBindSupported": cursor.type_id == statement_type.INSERT,
        "finalDatabaseName": cursor._conn.database,
        "finalSchemaName": cursor._conn.schema,
    }


def _put(data: dict[str, Any], sql: str) -> dict[str, Any]:
    # The client runs on this machine and writes the file straight into the stage: no copy passes through here.
    return data | {"command": "UPLOAD", "overwrite": "overwrite=true" in "".join(sql.lower().split())}


def _bindings(bindings: dict[str, Any] | None) -> tuple[Any, list[tuple[Any, ...]] | None]:
    if not bindings:
        return None, None
    if not all(name.isdigit() for name in bindings):
        return {name: from_binding(b) for name, b in bindings.items()}, None
    ordered = [bindings[str(i)] for i in range(1, len(bindings) + 1)]
    if any(isinstance(b["value"], list) for b in ordered):
        columns = [[from_binding({**b, "value": v}) for v in b["value"]] for b in ordered]
        return None, list(zip(*columns, strict=True))
    return [from_binding(b) for b in ordered], None


def _texts(table: Any) -> list[list[str | None]]:
    columns = [c.to_pylist() for c in table.columns]
    return [[None if v is None else str(v) for v in row] for row in zip(*columns, strict=True)]
