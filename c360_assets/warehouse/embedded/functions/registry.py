"""The functions of one warehouse folder: kept in a file, registered with DuckDB, found by name and arity."""

from __future__ import annotations

import hashlib
import inspect
import json
import logging
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.functions import python_handler
from c360_assets.warehouse.embedded.functions.definition import Function, Key, check_packages, parse_function
from c360_assets.warehouse.embedded.functions.types import column_type

logger = logging.getLogger(__name__)


class FunctionRegistry:
    """All user-defined functions. Every session sees them; a changed one is in force at once."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, file: Path) -> None:
        # DuckDB lets only the connection that registered a function remove it.
        self._connection = connection
        self._file = file
        self._lock = threading.RLock()
        self._functions: dict[Key, dict[int, Function]] = {}
        self._sources: dict[tuple[Key, int], dict[str, str]] = {}
        self._registered: set[str] = set()
        self._load()

    def __bool__(self) -> bool:
        return bool(self._functions)

    @property
    def names(self) -> frozenset[str]:
        """The plain names in use, so that statements without any are passed over quickly."""
        return frozenset(key[2] for key in self._functions)

    def all(self) -> list[tuple[Function, str]]:
        """Every function with the time of its creation, by name."""
        with self._lock:
            found = [(f, self._sources[k, n]["created_on"]) for k, o in self._functions.items() for n, f in o.items()]
        return sorted(found, key=lambda pair: pair[0].key)

    def create(self, sql: str, database: str | None, schema: str | None) -> tuple[Function, bool]:
        """Create or replace a function; False in second place where IF NOT EXISTS found it there already.

        Raises:
            ProgrammingError: not valid, exists already, or needs what is not here.
        """
        function, replace, if_not_exists = parse_function(sql, database, schema)
        arity = len(function.arguments)
        with self._lock:
            if arity in self._functions.get(function.key, {}) and not replace:
                if if_not_exists:
                    return function, False
                raise sql_error(f"SQL compilation error:\nObject '{function.key[2]}' already exists.", 2002, "42710")
            self._put(function)
            self._sources[function.key, arity] = {
                "sql": sql,
                "database": database or "",
                "schema": schema or "",
                "created_on": datetime.now(UTC).isoformat(),
            }
            self._save()
        return function, True

    def drop(self, key: Key, arity: int | None) -> bool:
        """Drop a function; False if there is none. Without an arity the only one of that name goes."""
        with self._lock:
            overloads = self._functions.get(key, {})
            chosen = arity if arity is not None else next(iter(overloads), -1)
            if chosen not in overloads:
                return False
            function = overloads.pop(chosen)
            del self._sources[key, chosen]
            if not overloads:
                del self._functions[key]
            self._unregister(engine_name(function))
            self._save()
            return True

    def drop_container(self, database: str, schema: str | None) -> None:
        """Forget the functions of a dropped database or schema."""
        for function, _ in self.all():
            if function.key[0] == database and schema in (None, function.key[1]):
                self.drop(function.key, len(function.arguments))

    def find(self, key: Key, given: int) -> Function | None:
        """The function of that name which takes `given` arguments (defaults fill the rest)."""
        with self._lock:
            overloads = self._functions.get(key, {})
            if given in overloads:
                return overloads[given]
            return next((f for f in overloads.values() if f.required <= given <= len(f.arguments)), None)

    def overloads(self, key: Key) -> list[Function]:
        """All functions of that name."""
        with self._lock:
            return list(self._functions.get(key, {}).values())

    def _put(self, function: Function) -> None:
        if function.language == "PYTHON":
            check_packages(function.packages)
            self._register(function)
        self._functions.setdefault(function.key, {})[len(function.arguments)] = function

    def _register(self, function: Function) -> None:
        name = function.qualified_name
        try:
            call = python_handler.load_handler(function.body, function.handler, name)
        except python_handler.HandlerError as error:
            raise sql_error(f"SQL compilation error:\n{error.text}", 391531, "42601") from None
        types = [column_type(a.type) for a in function.arguments]
        assert function.returns is not None
        returns = column_type(function.returns)
        if not types:
            # DuckDB hands a function without arguments no rows to count; calls.py passes a marker instead.
            types = [column_type(exp.DataType.build("INT"))]
            plain = call

            def call(_marker: int) -> Any:
                return plain()

        def over_columns(*columns: pa.ChunkedArray) -> pa.Array:
            lists = [c.to_pylist() for c in columns]
            values = python_handler.run(
                call, lists, types, returns, name, strict=function.strict, immutable=function.immutable
            )
            return python_handler.to_arrow(values, returns.arrow, name)

        # DuckDB asks for as many parameters as there are types.
        positions = [inspect.Parameter(f"a{i}", inspect.Parameter.POSITIONAL_ONLY) for i in range(len(types))]
        over_columns.__signature__ = inspect.Signature(positions)  # type: ignore[attr-defined]
        registered = engine_name(function)
        self._unregister(registered)
        # Its stubs know neither Arrow functions nor the names of these options.
        create_function: Any = self._connection.create_function
        create_function(
            registered,
            over_columns,
            [t.duckdb for t in types],
            returns.duckdb,
            type="arrow",
            null_handling="special",
            side_effects=not function.immutable,
        )
        self._registered.add(registered)

    def _unregister(self, registered: str) -> None:
        if registered in self._registered:
            self._connection.remove_function(registered)
            self._registered.remove(registered)

    def _load(self) -> None:
        if not self._file.exists():
            return
        for entry in json.loads(self._file.read_text()):
            try:
                function, _, _ = parse_function(entry["sql"], entry["database"] or None, entry["schema"] or None)
                self._put(function)
            except Exception as error:
                # One bad function (a package gone, say) must not keep the warehouse from starting.
                logger.error("A stored function could not be restored: %s", type(error).__name__)
                continue
            self._sources[function.key, len(function.arguments)] = entry

    def _save(self) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(list(self._sources.values())))
        part.chmod(0o600)
        part.replace(self._file)


def engine_name(function: Function) -> str:
    """The name under which DuckDB knows a Python function: stable, so that views keep working."""
    plain = "_".join(re.sub(r"\W", "_", part).upper() for part in function.key)
    identity: Any = (*function.key, len(function.arguments))
    return f"C360_UDF_{plain}_{hashlib.md5(repr(identity).encode()).hexdigest()[:8]}".upper()
