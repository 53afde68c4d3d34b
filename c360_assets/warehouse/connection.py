"""A connection that keeps the statements it ran, for lineage, timing and error messages."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from c360_assets.settings import Settings, load_settings


class WarehouseError(RuntimeError):
    """A statement or connection failed; the message says what, where and what to do, without row values."""


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
                self._connection = snowflake.connector.connect(**parameters)
            except snowflake.connector.errors.Error as error:
                raise WarehouseError(
                    f"Cannot connect to Snowflake account {self.settings.account!r} as {self.settings.user!r}: "
                    f"{error.msg}. Run `c360 doctor` for what to check."
                ) from error
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
            head = " ".join(sql.split())[:120]
            raise WarehouseError(f"Statement failed: {error.msg} (in: {head} …)") from error
        self.statements.append(Statement(sql, time.perf_counter() - started, cursor.rowcount, cursor.sfqid))
        return cursor

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
        for file in files:
            self.execute(f"put 'file://{file}' @{stage} auto_compress=false overwrite=true")
        self.execute(
            f"copy into {table} from @{stage} file_format=(type=parquet) match_by_column_name=case_insensitive"
        )
        self.execute(f"drop stage {stage}")


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
            "login_timeout": 10,
            "network_timeout": 3600,
            "session_parameters": {"CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False},
        }
    parameters: dict[str, Any] = {
        "account": settings.account,
        "user": settings.user,
        "role": settings.role,
        "warehouse": settings.warehouse,
        "database": settings.database,
        "login_timeout": 30,
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
