"""Normalised records against the snapshots that they are of: the row they name, and that its cells say the value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lineage.outbox import Session
from lineage.tracing.among import in_parts
from lineage.tracing.column_paths import read_edges
from lineage.tracing.finding import Finding
from lineage.tracing.ledger import LedgerError, RuleSet, Version
from lineage.tracing.moment import Moment, moment_of
from lineage.tracing.sources import SourceRow, read_rows, table_of
from lineage.verification.cell_words import stands_in
from lineage.verification.edge_witnesses import Witnesses

# Fields whose text is a source's own, but for case, blanks and signs: their letters and digits stand in its cells.
AS_GIVEN = {
    "email", "street", "city", "address_region", "postcode", "full_name", "given_name", "family_name", "middle_name",
    "job_title", "organization_name", "display_name", "legal_name", "industry", "registration_id", "plan",
    "account_owner", "lifecycle_stage", "customer_segment", "payment_terms",
}  # fmt: skip


class RawRows:
    """Reads the snapshots' rows of records, with the cells that the emitted column edges lead back to."""

    def __init__(self, session: Session, moment: Moment | None = None) -> None:
        self._session = session
        self._moment = moment or moment_of(session)
        self._edges = read_edges(session, self._moment)
        self._columns: dict[tuple[str, str, tuple[str, ...]], tuple[str, ...]] = {}
        self.witnesses = Witnesses()

    def cells_of(self, kind: str, table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
        """The columns of a source's table that these normalised columns are made of."""
        key = (kind, table, columns)
        if key not in self._columns:
            ways = [edge for column in columns for edge in self._edges.path(kind, column, table)]
            self._columns[key] = tuple(dict.fromkeys(e.source[1] for e in ways if e.source[0] == table))
        return self._columns[key]

    def columns_of(self, table: str) -> list[str]:
        """All columns of a source's table that anything was made of."""
        return sorted({column for made_of, column in self._edges.made_of if made_of == table})

    def of(self, records: Sequence[Mapping[str, Any]]) -> dict[str, SourceRow]:
        """The snapshots' rows of these records, all their cells with them."""
        keys = [record["record_key"] for record in records]
        wanted = {table: self.columns_of(table) for table in {table_of(key) for key in keys}}
        found: dict[str, SourceRow] = {}
        for part in in_parts(keys):
            found |= read_rows(self._session, part, wanted, self._moment)
        return found

    def check(
        self,
        version: Version,
        rules: Mapping[tuple[str, str], RuleSet],
        records: Mapping[str, Mapping[str, Any]],
        rows: Mapping[str, SourceRow],
    ) -> Iterator[Finding]:
        """What of a version's records is not what their files said."""
        for key in version.members:
            record, row = records.get(key), rows.get(key)
            if record is None:
                continue
            where = f"NORMALIZED_RECORD.{version.entity_kind.upper()}"
            if row is None:
                yield Finding(table_of(key), key, "no snapshot holds the record")
            elif (record["snapshot_id"], record["row_hash"]) != (row.snapshot_id, row.row_hash):
                yield Finding(where, key, "was not made of the row that the snapshots hold")
            elif row.file_name is None and not row.is_deleted:
                yield Finding("SOURCE_SNAPSHOT.MANIFEST", key, "no file of the manifest has the record's hash")
        rule_set = rules.get((version.rule_set_version or "", version.entity_kind), {})
        try:
            decided = version.decided(rule_set)
        except LedgerError:
            return  # told by the replay
        for each in decided:
            row = rows.get(each.record_key)
            if each.field not in AS_GIVEN or each.rule.rule == "union" or row is None:
                continue
            cells = self.cells_of(version.entity_kind, table_of(each.record_key), each.rule.columns)
            for cell in cells:
                said = row.raw.get(cell)
                self.witnesses.note(
                    (version.entity_kind, each.field, table_of(each.record_key), cell), each.value, said
                )
            if cells and not stands_in(each.value, [row.raw.get(cell) for cell in cells]):
                name = f"{version.profile_id}:{version.version}"
                yield Finding(
                    "GOLDEN_PROFILE.PROFILE_VERSION", name,
                    f"field {each.field}: {row.file_name or 'the file'} says something else of {each.record_key}",
                )  # fmt: skip
