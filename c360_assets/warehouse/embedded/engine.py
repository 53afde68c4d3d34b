"""The DuckDB instance behind the embedded Snowflake: one folder, one file per database, shared by all sessions."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections import deque
from pathlib import Path

import duckdb
import fakesnow.transforms.stage as fakesnow_stage
from fakesnow import info_schema, macros
from fakesnow.instance import GLOBAL_DATABASE_NAME
from fakesnow.transforms import show

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.functions import FunctionRegistry
from c360_assets.warehouse.embedded.query_log import QueryRecord
from c360_assets.warehouse.embedded.repairs import flatten, integers, soundex, timestamps
from c360_assets.warehouse.embedded.results_cache import ResultsCache
from c360_assets.warehouse.embedded.session import Session

logger = logging.getLogger(__name__)


class Engine:
    """What all sessions share."""

    def __init__(self, folder: Path, memory: str, threads: int) -> None:
        self.folder = folder
        self.results_cache = ResultsCache()
        self.query_log: deque[QueryRecord] = deque(maxlen=10_000)
        self._connecting = threading.Lock()
        self._unreadable: dict[str, str] = {}
        spill = _fresh(folder / "spill")
        # Results larger than one message wait here for the client.
        self.results = _fresh(folder / "results")
        # Staged files outlive a restart, as they do on Snowflake.
        stages = folder / "stages"
        stages.mkdir(mode=0o700, exist_ok=True)
        fakesnow_stage.LOCAL_BUCKET_PATH = str(stages)
        self.duck_conn = duckdb.connect(
            ":memory:",
            config={
                # sqlglot writes DuckDB's older arrow lambdas.
                "lambda_syntax": "ENABLE_SINGLE_ARROW",
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": str(spill),
                # At DuckDB's 16 MB a run would rewrite the same tables dozens of times; a killed engine reads back this
                # much in seconds.
                "checkpoint_threshold": "256MB",
                "autoinstall_known_extensions": False,
            },
        )
        self._prepare()
        soundex.register(self.duck_conn)
        self.functions = FunctionRegistry(self.duck_conn, folder / "functions.json")

    def _prepare(self) -> None:
        connection = self.duck_conn
        # Comments, declared lengths, stages and file formats are kept beside the databases.
        file = self._file(GLOBAL_DATABASE_NAME)
        try:
            connection.execute(f"attach '{file}' as {GLOBAL_DATABASE_NAME}")
        except duckdb.Error:
            # Only comments and stage names are lost, no customer data; the file is set aside for whoever asks.
            logger.error("%s cannot be opened; it is set aside and begun anew", file.name)
            file.rename(file.with_suffix(".damaged"))
            connection.execute(f"attach '{file}' as {GLOBAL_DATABASE_NAME}")
        connection.execute(info_schema.fs_global_creation_sql())
        connection.execute(show.fs_global_creation_sql())
        connection.execute(integers.columns_view())
        connection.execute("set global TimeZone = 'UTC'")
        for file in sorted(self.folder.glob("*.db")):
            if file.stem != GLOBAL_DATABASE_NAME:
                self._attach(file)

    def _file(self, database: str) -> Path:
        return self.folder / f"{database}.db"

    def _attach(self, file: Path) -> None:
        try:
            self.duck_conn.execute(f"attach '{file}' as \"{file.stem}\"")
            self.duck_conn.execute(info_schema.per_db_creation_sql(file.stem))
            self.duck_conn.execute(macros.creation_sql(file.stem))
            self._macros(file.stem)
        except duckdb.Error as error:
            # The other databases stay usable; whoever asks for this one is told.
            logger.error("Database file %s cannot be opened: %s", file.name, type(error).__name__)
            self._unreadable[file.stem] = type(error).__name__

    def _macros(self, database: str) -> None:
        timestamps.create_macro(self.duck_conn, database)
        flatten.create_macro(self.duck_conn, database)

    def prepare_database(self, database: str) -> None:
        """Give a database its schema PUBLIC and the engine's macros."""
        self.duck_conn.execute(f'create schema if not exists "{database}"."PUBLIC"')
        # CREATE DATABASE IF NOT EXISTS of the current one puts fakesnow's into PUBLIC, where they hide the engine's.
        hiding = self.duck_conn.execute(
            "select distinct function_name, function_type from duckdb_functions() where database_name = ?"
            " and schema_name = 'PUBLIC' and function_name like '\\_fs\\_%' escape '\\'",
            [database],
        ).fetchall()
        for name, kind in hiding:
            macro = "macro table" if kind == "table_macro" else "macro"
            self.duck_conn.execute(f'drop {macro} if exists "{database}"."PUBLIC"."{name}"')
        self._macros(database)

    def connect(self, database: str | None, schema: str | None, query_tag: str) -> Session:
        """Log in. The database and the schema are created where they are missing (listed as simulated).

        Raises:
            ProgrammingError: the database's file cannot be read.
        """
        if database in self._unreadable:
            raise sql_error(
                f"Database {database}: its file {self._file(database)} cannot be opened "
                f"({self._unreadable[database]}). Restore it from a copy, or move it away to start empty.",
                250001,
                "08001",
            )
        with self._connecting:
            new = database is not None and not self._file(database).exists()
            session = Session(self, database, schema, query_tag)
            if new and database:
                self.prepare_database(database)
            return session

    def close(self) -> None:
        """Write everything to the database files and let them go."""
        names = self.duck_conn.execute(
            "select database_name from duckdb_databases() where not internal and path is not null"
        ).fetchall()
        for (name,) in names:
            try:
                self.duck_conn.execute(f'force checkpoint "{name}"')
            except duckdb.Error as error:
                # The write-ahead log still holds everything; the next start replays it.
                logger.warning("Checkpoint of %s was left to the next start: %s", name, type(error).__name__)
        self.duck_conn.close()


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def memory_limit() -> str:
    """DuckDB's memory: C360_ENGINE_MEMORY, else 60 % of this machine's, at most 3.5 GB.

    The rest is for Python, Dagster and the operating system, so that 6 GB are enough for all.
    """
    if set_by_user := os.environ.get("C360_ENGINE_MEMORY"):
        return set_by_user
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{min(int(total * 0.6), 3_500_000_000) // 1_000_000}MB"
