"""The contracts of a stage's asset tables as blocking asset checks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg

from c360_assets.components.stage_lineage import asset_tables
from c360_assets.components.stage_run import StageRun, stage_run
from c360_assets.components.translator import asset_key
from c360_assets.contracts.accepted import note_shares
from c360_assets.contracts.checks import stage_checks
from c360_assets.contracts.passed import has_passed, note_pass
from c360_assets.contracts.results import ContractResult
from c360_assets.settings import load_settings
from c360_assets.stages import Stage

logger = logging.getLogger("c360.contracts")

# Written by the deliveries to all destinations, so they are no single asset's table.
_SHARED = {"destination_state", "receipt"}


def stage_contracts(stage: Stage) -> dg.AssetChecksDefinition:
    """One check per table that is an asset of the stage."""
    tables = {
        name.split(".")[2].lower() for name in asset_tables(load_settings()) if name.split(".")[1] == stage.schema
    }
    keys = {table: asset_key(stage, table) for table in sorted(tables - _SHARED)}

    @contextmanager
    def around(context: dg.AssetCheckExecutionContext, stage: Stage) -> Iterator[_Checking]:
        with stage_run(context, context.resources.warehouse, stage) as this:
            checking = _Checking(this, len(keys))
            yield checking
            checking.finish()

    return stage_checks(stage, keys, around)


class _Checking:
    """Skips tables that passed as they are, and tells the lineage of each outcome."""

    def __init__(self, this: StageRun, tables: int) -> None:
        self._this, self._tables = this, tables
        self._changed_at = this.marks[this.stage].changed_at
        self._results: dict[str, ContractResult] = {}
        self._skipped = False

    @property
    def warehouse(self) -> Any:
        """The session of the stage's run."""
        return self._this.warehouse

    def to_check(self, tables: list[str]) -> list[str]:
        """All of the tables, or none where they are as they were when they passed."""
        self._skipped = has_passed(self.warehouse, self._this.stage, self._changed_at)
        return [] if self._skipped else tables

    def checked(self, table: str, result: ContractResult) -> None:
        """Keep a table's outcome for the lineage, and tell of what is broken."""
        self._results[table] = result
        for failure in result.failures:
            logger.warning(
                "%s.%s: %s %s breaks in %d of %d rows, %d are tolerated (%s)",
                self._this.stage,
                table,
                failure.column or "table",
                failure.rule,
                failure.count,
                result.rows,
                failure.allowed,
                failure.severity,
            )

    def finish(self) -> None:
        """Write the outcomes as lineage events; note the pass where all of the stage holds."""
        if self._skipped:
            return
        self._this.lineage.checked({asset_key(self._this.stage, t): r.outcomes for t, r in self._results.items()})
        if len(self._results) == self._tables and all(result.passed for result in self._results.values()):
            note_shares(self.warehouse, self._this.stage, self._results.values())
            note_pass(self.warehouse, self._this.stage, self._changed_at)
