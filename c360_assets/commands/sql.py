"""`c360 sql`: query the configured warehouse."""

from __future__ import annotations

import csv
import json
import sys

from rich.console import Console
from rich.table import Table

from c360_assets.warehouse import Warehouse


def run_sql(statement: str, as_json: bool, as_csv: bool) -> None:
    """Print the result as a table, as JSON lines or as CSV; rows stream, so a large result is no burden."""
    with Warehouse() as warehouse:
        cursor = warehouse.execute(statement)
        names = [column[0] for column in cursor.description or []]
        if as_json:
            for row in cursor:
                print(json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False))
        elif as_csv:
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(cursor)
        else:
            table = Table(*names)
            for row in cursor:
                table.add_row(*("" if value is None else str(value) for value in row))
            Console().print(table)
