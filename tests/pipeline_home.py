"""A home of its own for the real command line: run it, stop its engine, read its tables."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c360_assets.settings import PROJECT_ROOT, Settings, load_settings
from c360_assets.stages import Stage
from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.embedded.process import stop

# When something was written, and by which run: two runs that do the same differ in these and in nothing else.
WRITTEN = {
    "ASSIGNED_AT",
    "ATTEMPTED_AT",
    "CHANGED_AT",
    "COMPARED_AT",
    "DELIVERED_AT",
    "FOUND_AT",
    "LOADED_AT",
    "MADE_AT",
    "QUARANTINED_AT",
    "QUEUED_AT",
    "RUN_ID",
    "SENT_AT",
    "TOUCHED_AT",
}
# Also the time of the run, where the source gave none; where it gave one, the snapshots are compared with it.
OBSERVED = {"OBSERVED_AT", "SOURCE_UPDATED_AT", "RECORD_LAST_UPDATED"}
# The run's start as the beginning or end of a version: only whether there is one is compared.
PERIODS = {"_VALID_FROM", "_VALID_TO", "VALID_FROM", "VALID_TO", "FINISHED_AT", "SETTLED_AT", "APPROVED_AT"}
OF_TABLE = {
    "MATCH_CLUSTER.MATCH_MODEL": {"CREATED_AT"},
    "MATCH_CLUSTER.PROFILE_REGISTRY": {"CREATED_AT"},
    # The profile as text holds record_last_updated; its row_hash stands for the rest.
    "GOLDEN_PROFILE.PROFILE_VERSION": {"VERSION_KEY", "PROFILE"},
    # Named after the run that found the change.
    "GOLDEN_PROFILE.CONSENT_HISTORY": {"CHANGE_KEY"},
    "GOLDEN_PROFILE.MATCH_EVIDENCE": {"CHANGE_KEY"},
    # The run's time, where the fact is a flag of a record and not an event of the consent store.
    "NORMALIZED_RECORD.CONSENT_EVENT": {"RECORDED_AT"},
    "ACTIVATION_FEED.RECEIPT": {"RECORDED_AT"},
}
# What the last run touched: working tables, another content for each run.
WORKING = {
    "NORMALIZED_RECORD.ORGANIZATION_INPUT",
    "NORMALIZED_RECORD.PERSON_INPUT",
    "GOLDEN_PROFILE.TOUCHED_PROFILE",
    "ACTIVATION_FEED.TOUCHED_FEED",
}

Tables = dict[str, Counter[str]]


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str
    summary: dict[str, Any]


class PipelineHome:
    """One C360_HOME with an engine of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    @property
    def settings(self) -> Settings:
        """Settings of the embedded engine in this home."""
        return load_settings({"C360_HOME": str(self.path)})

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment without what points to another warehouse."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("C360_", "SNOWFLAKE_", "DAGSTER_", "DBT_"))}
        return kept | {"C360_HOME": str(self.path), "COLUMNS": "200"}

    def command(self, *arguments: str) -> list[str]:
        """`c360 …` of this environment."""
        return [sys.executable, "-W", "ignore", "-m", "c360_assets.cli", *arguments]

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Begin `c360 …` in the background."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def call(self, *arguments: str, timeout: float = 600) -> Done:
        """Run `c360 …` to its end."""
        with self.start(*arguments) as process:
            try:
                out, err = process.communicate(timeout=timeout)
            finally:
                process.kill()
        return Done(process.returncode, out, err, {})

    def run(self, *arguments: str, timeout: float = 900) -> Done:
        """Run `c360 run …` to its end, with its summary."""
        file = self.path.parent / f"{self.path.name}.json"
        file.unlink(missing_ok=True)
        done = self.call("run", "--json", str(file), *arguments, timeout=timeout)
        summary = json.loads(file.read_text()) if file.exists() else {}
        return Done(done.code, done.out, done.err, summary)

    def sample(self, records: int, seed: int) -> None:
        """Put a sample company's first day into the landing zone."""
        from c360_assets.sample import generate

        generate(records, seed, self.path / "landing")

    def warehouse(self) -> Warehouse:
        """A session on this home's engine."""
        return Warehouse(self.settings)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self.warehouse() as session:
            return session.rows(sql)

    def outbox(self) -> dict[str, bytes]:
        """Every delivered file with its content."""
        folder = self.path / "outbox"
        return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}

    def tables(self, ignore: frozenset[str] = frozenset()) -> Tables:
        """Content of every stage's tables, without what names the run or its time."""
        schemas = ", ".join(f"'{stage.schema}'" for stage in Stage)
        with self.warehouse() as session:
            columns: dict[str, list[str]] = {}
            for schema, table, column in session.rows(
                "select c.table_schema, c.table_name, c.column_name from information_schema.columns c"
                " join information_schema.tables t"
                " on t.table_schema = c.table_schema and t.table_name = c.table_name"
                f" where c.table_schema in ({schemas}) and t.table_type = 'BASE TABLE'"
                " order by c.table_schema, c.table_name, c.column_name"
            ):
                columns.setdefault(f"{schema}.{table}", []).append(column)
            return {
                table: Counter(
                    repr(row) for row in session.execute(f"select {_compared(table, names, ignore)} from {table}")
                )
                for table, names in columns.items()
                if table not in WORKING
            }

    def close(self) -> None:
        """Stop the engine."""
        stop(self.settings)

    def remove(self) -> None:
        """Stop the engine and remove all state."""
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)


def _compared(table: str, columns: list[str], ignore: frozenset[str]) -> str:
    left_out = WRITTEN | OBSERVED | OF_TABLE.get(table, set()) | ignore
    kept = [f"{c} is null as {c}" if c in PERIODS else c for c in columns if c not in left_out]
    return ", ".join(kept) or "1"


def differences(left: Tables, right: Tables) -> dict[str, str]:
    """Tables whose contents differ, with how many rows only one side has; never a row itself."""
    found = dict.fromkeys(left.keys() ^ right.keys(), "only on one side")
    for name in left.keys() & right.keys():
        if left[name] != right[name]:
            gone, new = (left[name] - right[name]).total(), (right[name] - left[name]).total()
            found[name] = f"{gone} of {left[name].total()} rows gone, {new} new"
    return found
