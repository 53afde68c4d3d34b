"""Run one statement: read it, refuse or repair it, translate it, execute it, and answer as Snowflake does."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

import duckdb
from fakesnow import statement_type
from fakesnow.cursor import FakeSnowflakeCursor
from snowflake.connector.errors import ProgrammingError
from sqlglot import exp

from c360_assets.warehouse.embedded import repairs
from c360_assets.warehouse.embedded.errors import TRANSACTION_LOST, as_sql_error, sql_error
from c360_assets.warehouse.embedded.reply import Columns, Reply, status
from c360_assets.warehouse.embedded.statement import Statement, read_statement
from c360_assets.warehouse.embedded.translation import Translation

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session

# Two statements met in the same rows or the same catalogue entry. Snowflake lets the second one wait.
_CONFLICTS = ("Conflict on", "write-write conflict", "Conflict:")
_ATTEMPTS = 40
_COUNTED: dict[type[exp.Expr], str] = {exp.Insert: "inserted", exp.Update: "updated", exp.Delete: "deleted"}


class EmbeddedCursor(FakeSnowflakeCursor):
    """A cursor whose statements pass through the repairs."""

    _conn: Session
    _sfqid: str | None  # type: ignore[assignment]
    _rowcount: int | None  # type: ignore[assignment]
    _last_transformed: exp.Expr | None  # type: ignore[assignment]

    def __init__(self, session: Session) -> None:
        super().__init__(session, session._duck_conn)
        self.columns: Columns = []
        self.type_id = statement_type.UNKNOWN

    def execute(self, command: str, params: Any = None, *args: Any, **kwargs: Any) -> EmbeddedCursor:
        """Run one statement.

        Raises:
            ProgrammingError: whatever went wrong, as an SQL error without row values.
        """
        session = self._conn
        bindings = kwargs.get("binding_params") or params
        self._sfqid = str(uuid.uuid4())
        try:
            statement = read_statement(command, session)
            self.type_id = statement.type_id
            self._run(statement, list(bindings) if isinstance(bindings, tuple) else bindings)
        except Exception as error:
            raise self._failed(error) from None
        session.last_query_id = self._sfqid
        session.engine.results_cache.put(self._sfqid, self._arrow_table, self.columns)
        return self

    def describe_only(self, command: str) -> tuple[Columns, exp.Expr]:
        """The columns of a statement's result and its tree, without running it unless there is no other way.

        Raises:
            ProgrammingError: the statement is not valid.
        """
        session = self._conn
        self._sfqid = str(uuid.uuid4())
        try:
            statement = read_statement(command, session)
            self.type_id = statement.type_id
            if isinstance(statement.expression, exp.Query):
                # A request to describe carries no bindings; NULL in their place changes no column.
                bound = statement.expression.transform(lambda e: exp.Null() if isinstance(e, exp.Placeholder) else e)
                query = self._transform(repairs.rewrite(bound, session), None)
                self._duck_conn.execute(f"describe {query.sql(dialect='duckdb')}")
                return [(row[0], row[1]) for row in self._duck_conn.fetchall()], statement.expression
            if type(statement.expression) in _COUNTED:
                word = _COUNTED[type(statement.expression)]
                return [(f"number of rows {word}", "BIGINT")], statement.expression
            if statement.type_id == statement_type.DDL:
                return [("status", "VARCHAR")], statement.expression
        except Exception as error:
            raise self._failed(error) from None
        self.execute(command)
        return self.columns, statement.expression

    def _run(self, statement: Statement, bindings: Any) -> None:
        for attempt in range(_ATTEMPTS):
            try:
                self._run_once(statement if attempt == 0 else statement.again(), bindings)
                return
            except duckdb.Error as error:
                retry = any(text in str(error) for text in _CONFLICTS) and not self._conn.in_transaction
                if not retry or attempt + 1 == _ATTEMPTS:
                    raise
                time.sleep(0.01 * (attempt + 1))

    def _run_once(self, statement: Statement, bindings: Any) -> None:
        session = self._conn
        reply = repairs.answer(statement, session)
        if reply is not None:
            self._give(reply)
            return
        expression = repairs.rewrite(statement.expression, session)
        self.check_db_and_schema(expression)
        repairs.before(expression, session)
        parts = self._transform_explode(expression)
        # Several DuckDB statements for one of Snowflake's still succeed or fail as one.
        atomic = len(parts) > 1 and isinstance(expression, exp.Insert | exp.Create) and not session.in_transaction
        if atomic:
            self._duck_conn.begin()
        try:
            for part in parts:
                transformed = self._transform(part, bindings)
                self._execute(transformed, bindings if transformed.find(exp.Placeholder) else None)
        except Exception:
            if atomic:
                self._duck_conn.rollback()
            raise
        if atomic:
            self._duck_conn.commit()
        repairs.after(expression, session)

    def _transform(self, expression: exp.Expr, params: Any) -> exp.Expr:
        # fakesnow only ever calls `.transform` on what it is given.
        translated: Any = super()._transform(Translation(expression), params)  # type: ignore[arg-type]
        return repairs.finish(translated.expression, self._conn)

    def _transform_explode(self, expression: exp.Expr) -> list[exp.Expr]:
        if isinstance(expression, exp.Merge):
            return [expression]
        parts = repairs.split(expression)
        return parts if len(parts) > 1 else super()._transform_explode(expression)

    def _execute(self, transformed: exp.Expr, params: Any = None) -> None:
        query_id = self._sfqid
        if wanted := transformed.args.get("result_scan_sfqid"):
            self._arrow_table, self.columns = self._conn.engine.results_cache.scan(wanted)
            return
        super()._execute(transformed, params)
        self._sfqid = query_id
        if name := transformed.args.get("create_db_name"):
            self._conn.engine.prepare_database(name)
        elif transformed.args.get("set_database") and not transformed.args.get("set_schema"):
            self._conn.use_public_schema()
        self.columns = [(d[0], str(d[1])) for d in self._duck_conn.description or []]
        if transformed.args.get("table_comment") and isinstance(transformed, exp.Select):
            self._give(status())
        if isinstance(transformed, exp.Merge):
            self._give(repairs.merge.counts(transformed, self._arrow_table))

    def _give(self, reply: Reply) -> None:
        self._arrow_table = reply.as_table()
        self._arrow_table_fetch_index = None
        self.columns = reply.columns
        self._rowcount = len(reply.rows)
        self._last_transformed = exp.Select()

    def _failed(self, error: Exception) -> ProgrammingError:
        session = self._conn
        answer = as_sql_error(error)
        if not isinstance(error, ProgrammingError) and answer.errno == 261000:
            repairs.log_unexpected(error)
        if session.in_transaction and not self._transaction_usable():
            session.roll_back_open_transaction()
            session.transaction_lost = True
            answer = sql_error(
                f"{answer.raw_msg}\n{TRANSACTION_LOST}", answer.errno or 2043, answer.sqlstate or "XX000"
            )
        return answer

    def _transaction_usable(self) -> bool:
        try:
            self._duck_conn.execute("select 1")
        except duckdb.Error:
            return False
        return True
