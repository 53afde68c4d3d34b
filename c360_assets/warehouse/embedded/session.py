"""One logged-in session: its database and schema, query tag, temporary objects and open transaction."""

from __future__ import annotations

import os
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakesnow.conn import FakeSnowflakeConnection

from c360_assets.warehouse.embedded.cursor import EmbeddedCursor
from c360_assets.warehouse.embedded.functions.definition import Key

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.engine import Engine


class Session(FakeSnowflakeConnection):
    """A session. Its statements run one at a time; different sessions run side by side."""

    def __init__(self, engine: Engine, database: str | None, schema: str | None, query_tag: str) -> None:
        super().__init__(
            engine.duck_conn.cursor(),
            engine.results_cache,  # type: ignore[arg-type]
            database,
            schema,
            db_path=Path(engine.folder),
        )
        self.engine = engine
        self.session_id = str(uuid.uuid4().int % 10**15)
        self.query_tag = query_tag
        self.statement_lock = threading.Lock()
        self.temporary: dict[Key, str] = {}
        self.in_transaction = False
        self.transaction_lost = False
        self.commits_itself = True
        self.last_query_id: str | None = None
        self.last_used = time.monotonic()
        self.client_process = 0

    def cursor(self, cursor_class: Any = None) -> EmbeddedCursor:
        """A cursor on this session's DuckDB connection."""
        return EmbeddedCursor(self)

    def use_public_schema(self) -> None:
        """USE DATABASE also makes its schema PUBLIC the current one, if it is there."""
        known = self._duck_conn.execute(
            "select 1 from duckdb_schemas() where database_name = ? and schema_name = 'PUBLIC'", [self.database]
        ).fetchall()
        if known:
            self._duck_conn.execute(f"set schema = '{self.database}.PUBLIC'")
            self._schema, self.schema_set = "PUBLIC", True
        self._duck_conn.execute("select 'Statement executed successfully.' as status")

    def autocommit(self, mode: bool) -> None:
        """Set AUTOCOMMIT; an open transaction is committed first, as on Snowflake."""
        self.commit_open_transaction()
        self.commits_itself = mode

    def begin(self) -> None:
        """Open a transaction; BEGIN inside one changes nothing, as on Snowflake."""
        if not self.in_transaction:
            self._duck_conn.begin()
            self.in_transaction = True
        self.transaction_lost = False

    def commit_open_transaction(self) -> None:
        """Commit if a transaction is open."""
        if self.in_transaction:
            self.in_transaction = False
            self._duck_conn.commit()

    def roll_back_open_transaction(self) -> None:
        """Roll back if a transaction is open."""
        if self.in_transaction:
            self.in_transaction = False
            self._duck_conn.rollback()

    def client_lives(self) -> bool:
        """False where the client named its process, and that has ended without logging out."""
        if self.client_process <= 0:
            return True
        try:
            os.kill(self.client_process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True

    def interrupt(self) -> None:
        """Cancel the statement that runs."""
        self._duck_conn.interrupt()

    def end(self) -> None:
        """Log out: an open transaction is rolled back, temporary objects go."""
        if not self._is_closed:
            self.interrupt()
            with self.statement_lock:
                self.roll_back_open_transaction()
                self.close()
