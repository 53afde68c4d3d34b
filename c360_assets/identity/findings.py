"""What matching found odd about the data, and what it did about it: one line each, without any value of a customer."""

from __future__ import annotations

from collections.abc import Iterable

from c360_assets.identity.model_checks import Finding
from c360_assets.identity.models import EntityModel
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse


def column_findings(warehouse: Warehouse, model: EntityModel, records: int) -> list[Finding]:
    """Columns that say nothing: null in every record, or of one value in all records that have any."""
    if not records:
        return [Finding("records", "there is no record", "nothing is compared")]
    measures = ", ".join(f"count({column}), iff(min({column}) = max({column}), 1, 0)" for column in model.compared)
    row = warehouse.rows(f"select {measures} from {model.record_table}")[0]
    filled, same = row[::2], row[1::2]
    empty = [column for column, count in zip(model.compared, filled, strict=True) if not count]
    constant = [
        column for column, count, one in zip(model.compared, filled, same, strict=True) if one and int(count) > 1
    ]
    found = []
    if empty:
        found.append(Finding("columns", f"null in every record: {', '.join(empty)}", "they are no evidence"))
    if constant:
        found.append(
            Finding(
                "columns", f"one value in all records that have any: {', '.join(constant)}",
                "equality in them is worth what it is worth among strangers, nothing, and they block no pair",
            )
        )  # fmt: skip
    return found


def write_findings(warehouse: Warehouse, run: Run, kind: str, findings: Iterable[Finding]) -> None:
    """Replace the kind's rows of FINDING."""
    rows = [[kind, one.subject, one.finding, one.done, run.run_id, run.started_at_text] for one in findings]
    with warehouse.transaction():
        warehouse.execute("delete from MATCH_CLUSTER.FINDING where entity_kind = %s", [kind])
        for row in rows:
            warehouse.execute(
                "insert into MATCH_CLUSTER.FINDING (entity_kind, subject, finding, done, run_id, found_at) "
                "select %s, %s, %s, %s, %s, %s::timestamp_ntz",
                row,
            )
