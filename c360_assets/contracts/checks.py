"""One factory makes Dagster asset checks of the contracts."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

import dagster as dg

from c360_assets.contracts.results import ContractResult
from c360_assets.stages import Stage

CHECK_NAME = "contract"


class CheckedStage(Protocol):
    """What surrounds a stage's checks: the session they run on, and who is told of each outcome."""

    warehouse: Any

    def to_check(self, tables: list[str]) -> list[str]:
        """Those of the tables that have to be looked at."""

    def checked(self, table: str, result: ContractResult) -> None:
        """A table's outcome."""


Around = Callable[[dg.AssetCheckExecutionContext, Stage], AbstractContextManager[CheckedStage]]


def stage_checks(stage: Stage, assets: Mapping[str, dg.AssetKey], around: Around) -> dg.AssetChecksDefinition:
    """Checks of a stage's tables (lower-case name -> asset), all in one op over one session.

    A broken rule of severity error fails the check and blocks what comes after; warnings alone never block.
    """
    tables = {key: table for table, key in assets.items()}
    specs = [
        dg.AssetCheckSpec(
            CHECK_NAME,
            asset=key,
            blocking=True,
            description="Every row keeps the table's contract: types, keys, values and relations.",
        )
        for key in assets.values()
    ]

    @dg.multi_asset_check(specs=specs, name=f"{stage}_contracts", can_subset=True, required_resource_keys={"warehouse"})
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        wanted = [tables[key.asset_key] for key in sorted(context.selected_asset_check_keys)]
        with around(context, stage) as this:
            looked_at = this.to_check(wanted)
            for table, result in check_tables(this.warehouse, stage, looked_at):
                this.checked(table, result)
                yield to_check_result(assets[table], result)
            for table in sorted(set(wanted) - set(looked_at)):
                yield dg.AssetCheckResult(
                    passed=True, asset_key=assets[table], check_name=CHECK_NAME, metadata={"unchanged": True}
                )

    return check


def check_tables(session: Any, stage: Stage, tables: list[str]) -> Iterator[tuple[str, ContractResult]]:
    """Validate these tables of a stage; a table without a contract is an error of the project."""
    from c360_assets.contracts.accepted import accepted_shares
    from c360_assets.contracts.catalogue import contracts
    from c360_assets.contracts.runner import validate

    models = contracts(stage)
    if unknown := [table for table in tables if table not in models]:
        raise dg.Failure(f"No contract for {stage} table(s) {', '.join(unknown)}; add it to contracts/{stage}.py.")
    if tables:
        accepted = accepted_shares(session, stage)
        yield from zip(tables, validate(session, [models[table] for table in tables], accepted), strict=True)


def to_check_result(asset: dg.AssetKey, result: ContractResult) -> dg.AssetCheckResult:
    """Counts per column and rule, and the query that shows the rows; never the rows."""
    metadata: dict[str, Any] = {
        "rows": result.rows,
        "rules": len(result.outcomes),
        "seconds": round(result.seconds, 3),
    }
    if result.failures:
        metadata["failures"] = dg.MetadataValue.table(
            records=[
                dg.TableRecord(
                    {
                        "column": failure.column,
                        "rule": failure.rule,
                        "count": failure.count,
                        "allowed": failure.allowed,
                        "severity": failure.severity.value,
                    }
                )
                for failure in result.failures
            ]
        )
        metadata["query"] = dg.MetadataValue.md(f"```sql\n{result.query}\n```")
    return dg.AssetCheckResult(
        passed=result.clean,
        asset_key=asset,
        check_name=CHECK_NAME,
        severity=dg.AssetCheckSeverity.WARN if result.passed else dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )
