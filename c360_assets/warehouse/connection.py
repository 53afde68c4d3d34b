"""A connection that keeps the statements it ran, for lineage, timing and error messages."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Self

from c360_assets.settings import Settings, load_settings
from c360_assets.warehouse.errors import WarehouseError, connection_error, is_lost, statement_error
from c360_assets.warehouse.reachable import look

CLIENT_PROCESS = "C360_CLIENT_PROCESS"


@dataclass(frozen=True)
class Statement:
    """One SQL statement as it ran."""

    sql: str
    seconds: float
    rowcount: int | None
    query_id: str | None


class Warehouse:
    """One session on the configured warehouse.

    The session's database is the configured one, so SQL names tables as SCHEMA.TABLE and never by database.
    """

    def __init__(self, settings: Settings | None = None, query_tag: str | None = None) -> None:
        self.settings = settings or load_settings()
        self.query_tag = query_tag
        self.statements: list[Statement] = []
        self._connection: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def connection(self) -> Any:
        """The snowflake-connector connection; opened at first use."""
        if self._connection is None:
            import snowflake.connector

            parameters = connection_parameters(self.settings)
            if self.query_tag:
                parameters.setdefault("session_parameters", {})["QUERY_TAG"] = self.query_tag
            try:
                if not self.settings.embedded:
                    look(self.settings)
                self._connection = snowflake.connector.connect(**parameters)
            except (snowflake.connector.errors.Error, ValueError, TypeError, OSError) as error:
                # Without the cause: the connector's text may quote what it was given.
                raise connection_error(error, self.settings) from None
        return self._connection

    def close(self) -> None:
        """Close the session; a later statement opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def execute(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """Run one statement and return its cursor.

        Raises:
            WarehouseError: the statement failed.
        """
        import snowflake.connector

        cursor = self.connection.cursor()
        started = time.perf_counter()
        try:
            cursor.execute(sql, params)
        except snowflake.connector.errors.Error as error:
            if is_lost(error):
                self._connection = None
            # Without the cause: Snowflake quotes row values in its messages, and tracebacks go to logs.
            raise statement_error(error, sql) from None
        self.statements.append(Statement(sql, time.perf_counter() - started, cursor.rowcount, cursor.sfqid))
        return cursor

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Self]:
        """Statements that become visible together: commit at the end, roll back if anything fails.

        DDL inside commits what was done so far, here as on Snowflake.
        """
        self.execute("begin")
        try:
            yield self
            self.execute("commit")
        except BaseException:
            # The first error counts; a rollback that fails as well adds nothing.
            with contextlib.suppress(WarehouseError):
                self.execute("rollback")
            raise

    def script(self, statements: Iterable[str]) -> None:
        """Run statements one after another."""
        for sql in statements:
            self.execute(sql)

    def rows(self, sql: str, params: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a small result."""
        return list(self.execute(sql, params).fetchall())

    def scalar(self, sql: str, params: Sequence[Any] | None = None) -> Any:
        """First column of the first row, None where there is no row."""
        row = self.execute(sql, params).fetchone()
        return row[0] if row else None

    def copy_parquet(self, files: Sequence[Path], table: str) -> None:
        """PUT Parquet files to the table's stage and COPY them into the table, columns matched by name.

        `table` is SCHEMA.TABLE and must exist; the stage is removed afterwards.
        """
        schema, name = table.split(".")
        stage = f"{schema}.{name}__LOAD"
        self.execute(f"create or replace stage {stage}")
        try:
            for file in files:
                quoted = str(file).replace("'", r"\'")
                self.execute(f"put 'file://{quoted}' @{stage} auto_compress=false overwrite=true")
            self.execute(
                f"copy into {table} from @{stage} file_format=(type=parquet) match_by_column_name=case_insensitive"
            )
        finally:
            self.execute(f"drop stage if exists {stage}")


def _while_it_lives(settings: Settings) -> Iterator[int]:
    """Pauses before a request is sent again, as long as there is an engine to send it to."""
    import snowflake.connector

    from c360_assets.warehouse.embedded.process import find

    while True:
        yield 1
        if find(settings) is None:
            raise snowflake.connector.errors.OperationalError(msg="The embedded engine has gone.", errno=250003)


def wake(settings: Settings) -> None:
    """Start what has to run before anybody can connect: the embedded engine, if that is the account.

    An error is left to the connection, which tells it as any other.
    """
    if settings.embedded:
        from c360_assets.warehouse.embedded.process import ensure_running

        with contextlib.suppress(WarehouseError, OSError):
            ensure_running(settings)


def connection_parameters(settings: Settings) -> dict[str, Any]:
    """Keyword arguments of snowflake.connector.connect for these settings; starts the embedded engine if needed."""
    if settings.embedded:
        from c360_assets.warehouse.embedded.process import ensure_running

        engine = ensure_running(settings)
        return {
            "account": "embedded",
            "user": settings.user,
            "password": engine.token,
            "host": "127.0.0.1",
            "port": engine.port,
            "protocol": "http",
            "database": settings.database,
            "schema": "PUBLIC",
            "login_timeout": 20,
            # Also the longest that a statement may take.
            "network_timeout": 24 * 3600,
            "backoff_policy": partial(_while_it_lives, settings),
            # The engine ends the sessions of a process that was killed, whose open transaction would stand in the way.
            "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False, CLIENT_PROCESS: os.getpid()},
        }
    parameters: dict[str, Any] = {
        "account": settings.account,
        "user": settings.user,
        "role": settings.role,
        "warehouse": settings.warehouse,
        "database": settings.database,
        "login_timeout": 30,
        # Also the longest that a statement may take.
        "network_timeout": 4 * 3600,
        "application": "customer_360",
        "session_parameters": {"TIMEZONE": "UTC", "CLIENT_SESSION_KEEP_ALIVE": True},
    }
    if settings.authentication == "oauth":
        return parameters | {"authenticator": "oauth", "token": settings.oauth_token}
    return parameters | {
        "authenticator": "SNOWFLAKE_JWT",
        "private_key_file": str(settings.private_key_file),
        "private_key_file_pwd": settings.private_key_passphrase,
    }
