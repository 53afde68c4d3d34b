"""The ledger's bytes per version on disk, beyond members and values.

A run's own versions are too few to fill blocks. So 100,000 are put together at random from the groups of fields that
the run decided alike, more varied than real ones are; their columns are written to a DuckDB file of small blocks, and
the size of the same file without rows is taken off.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
from pathlib import Path

import duckdb

from benchmarks.harness import c360, fresh_home
from benchmarks.report import Result
from c360_assets.settings import load_settings
from c360_assets.warehouse import Warehouse

RECORDS = 20_000
LIMIT_BYTES = 32.0
_LEDGER = ("grounds", "rule_set_version", "validation_set", "consent_hash", "run_id")
_GROUP = re.compile(r"\d+(?:[a-z]\d+)*[^a-z\d]+")
VERSIONS = 100_000


def measure(records: int = RECORDS) -> list[Result]:
    """Bytes per version of 20 fields, after a first run of `records`."""
    with fresh_home() as home:
        c360(home, "run", "--sample", str(records), "--seed", "12")
        with Warehouse(load_settings({**os.environ, "C360_HOME": str(home)})) as session:
            return of(session)


def of(session: Warehouse) -> list[Result]:
    """The same of a warehouse as it is."""
    columns = ", ".join(_LEDGER)
    rows = session.execute(f"select {columns} from GOLDEN_PROFILE.PROFILE_VERSION where grounds is not null").fetchall()
    fields = float(
        session.scalar(
            "select avg(array_size(field_values)) from GOLDEN_PROFILE.PROFILE_VERSION where grounds is not null"
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        whole, none = _size(Path(folder) / "with.db", _many(rows)), _size(Path(folder) / "without.db", [])
    per_version = (whole - none) / VERSIONS
    note = f"{fields:.1f} fields each: {per_version:.1f} bytes; here for 20 fields"
    return [Result("ledger: bytes per version with 20 fields", per_version * 20 / fields, LIMIT_BYTES, note)]


def _many(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    choice = random.Random(1)
    groups = [_GROUP.findall(row[0]) for row in rows]
    every = [group for some in groups for group in some]
    made = []
    for _ in range(VERSIONS):
        place = choice.randrange(len(rows))
        _, rule_set, validation_set, consent, run = rows[place]
        grounds = "".join(choice.choice(every) for _ in groups[place])
        made.append((grounds, rule_set, validation_set, consent and f"{choice.getrandbits(32):08x}", run))
    return made


def _size(file: Path, rows: list[tuple[str, ...]]) -> int:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as disk (block_size 16384)")
        connection.execute(f"create table disk.ledger ({', '.join(f'{name} varchar' for name in _LEDGER)})")
        if rows:
            import pyarrow as pa

            given = pa.table({name: [row[place] for row in rows] for place, name in enumerate(_LEDGER)})
            connection.register("given", given)
            connection.execute("insert into disk.ledger select * from given")
        connection.execute("checkpoint disk")
        connection.execute("detach disk")
    return file.stat().st_size


if __name__ == "__main__":
    for result in measure():
        print(result)
