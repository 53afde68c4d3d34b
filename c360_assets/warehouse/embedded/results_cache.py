"""Recent results for RESULT_SCAN, bounded: fakesnow would keep every result of the process for ever."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import pyarrow as pa

from c360_assets.warehouse.embedded.errors import sql_error
from c360_assets.warehouse.embedded.reply import Columns

MAX_RESULT_BYTES = 8 * 1024 * 1024
MAX_TOTAL_BYTES = 32 * 1024 * 1024
MAX_RESULTS = 500


class ResultsCache:
    """The newest small results by query id; safe for several threads."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, tuple[pa.Table, Columns]] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()

    def __setitem__(self, query_id: str, result: tuple[Any, ...]) -> None:
        """fakesnow's own way in; `put` is the one that counts."""

    def __contains__(self, query_id: str) -> bool:
        return query_id in self._results

    def put(self, query_id: str, table: pa.Table | None, columns: Columns) -> None:
        """Keep a result unless it is large."""
        if table is None or table.nbytes > MAX_RESULT_BYTES:
            return
        with self._lock:
            self._results[query_id] = (table, columns)
            self._total += table.nbytes
            while self._total > MAX_TOTAL_BYTES or len(self._results) > MAX_RESULTS:
                _, (oldest, _columns) = self._results.popitem(last=False)
                self._total -= oldest.nbytes

    def scan(self, query_id: str) -> tuple[pa.Table, Columns]:
        """The result of an earlier statement.

        Raises:
            ProgrammingError: it is not kept (any more).
        """
        if (result := self._results.get(query_id)) is None:
            raise sql_error(
                f"Statement {query_id} not found; the embedded engine keeps the newest small results.",
                709,
                "02000",
            )
        return result
