"""What matching found odd about the data, and what it did about it: one line each, without any value of a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from c360_assets.identity.model_checks import Finding
from c360_assets.identity.models import EntityModel
from c360_assets.run import Run
from c360_assets.warehouse import Warehouse

DECISIONS = "steward decisions"


def column_findings(
    warehouse: Warehouse, model: EntityModel, records: int
) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Columns that are null in every record; and what is told of them and of those with one value in all records."""
    if not records:
        return (), (Finding("records", "there is no record", "nothing is compared"),)
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
    return tuple(empty), tuple(found)


def write_findings(warehouse: Warehouse, run: Run, kind: str, findings: Iterable[Finding]) -> None:
    """Replace the kind's rows of FINDING, but for what is told of decisions."""
    rows = [[kind, one.subject, one.finding, one.done, run.run_id, run.started_at_text] for one in findings]
    with warehouse.transaction():
        warehouse.execute(
            "delete from MATCH_CLUSTER.FINDING where entity_kind = %s and subject <> %s", [kind, DECISIONS]
        )
        _insert(warehouse, rows)


def tell_waiting(warehouse: Warehouse, run: Run, gone: Mapping[str, int]) -> None:
    """Bring up to date what FINDING tells of decisions that wait for records; `gone` counts them by kind."""
    told = {
        kind: f"{number:,} decision{'s are' if number > 1 else ' is'} about records that are gone"
        for kind, number in gone.items()
    }
    before = warehouse.rows("select entity_kind, finding from MATCH_CLUSTER.FINDING where subject = %s", [DECISIONS])
    if told == dict(before):
        return
    done = "without effect until the records return; `c360 review decisions` lists them"
    with warehouse.transaction():
        warehouse.execute("delete from MATCH_CLUSTER.FINDING where subject = %s", [DECISIONS])
        _insert(
            warehouse,
            [[kind, DECISIONS, text, done, run.run_id, run.started_at_text] for kind, text in told.items()],
        )


def _insert(warehouse: Warehouse, rows: Iterable[Sequence[str]]) -> None:
    for row in rows:
        warehouse.execute(
            "insert into MATCH_CLUSTER.FINDING (entity_kind, subject, finding, done, run_id, found_at) "
            "select %s, %s, %s, %s, %s, %s::timestamp_ntz",
            row,
        )
