"""`c360 doctor`: what is configured, what works, and how to mend what does not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console

from c360_assets.settings import PROJECT_ROOT, Settings, SettingsError, load_settings
from c360_assets.warehouse import Warehouse, WarehouseError

PACKAGES = ("dagster", "dagster-dbt", "dagster-snowflake", "dbt-core", "dbt-snowflake", "snowflake-connector-python")
PACKAGES += ("pandera", "openlineage-python", "splink", "sqlglot", "ibis-framework", "fakesnow", "duckdb")
MINIMUM_FREE_GB = 2


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was seen, and how to mend it where it is wrong."""

    ok: bool
    what: str
    seen: str
    mend: str = ""


def run_doctor() -> int:
    """Print all findings; 0 when nothing is wrong, 1 otherwise."""
    console = Console()
    wrong = 0
    for finding in _findings():
        console.print("[green]ok   [/]" if finding.ok else "[red]wrong[/]", end=" ")
        console.print(f"{finding.what}: {finding.seen}", markup=False, highlight=False)
        if not finding.ok:
            wrong += 1
            console.print(f"      mend: {finding.mend}", markup=False, highlight=False)
    console.print("Nothing is wrong." if not wrong else f"{wrong} thing(s) to mend.")
    return 1 if wrong else 0


def _findings() -> Iterator[Finding]:
    v = sys.version_info
    yield Finding((3, 11) <= v[:2] <= (3, 13), "python", f"{v.major}.{v.minor}.{v.micro}", "use Python 3.11 to 3.13")
    yield from _packages()
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding(False, "configuration", str(error), "set the named variable; the README lists them all")
        return
    yield Finding(True, "configuration", f"C360_ENV={settings.env}, account {settings.account}, {settings.database}")
    yield from _home(settings)
    yield from _warehouse(settings)


def _packages() -> Iterator[Finding]:
    locked = {}
    for line in (PROJECT_ROOT / "requirements.lock").read_text().splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, _, rest = line.partition("==")
            locked[name.split("[")[0]] = rest.split(" ")[0]
    for package in PACKAGES:
        try:
            installed = version(package)
        except PackageNotFoundError:
            installed = "not installed"
        wanted = locked.get(package, installed)
        if installed != wanted:
            yield Finding(False, package, f"{installed}, the lock has {wanted}", "make clean, then make run")
    yield Finding(True, "packages", f"{len(PACKAGES)} looked at against requirements.lock")


def _home(settings: Settings) -> Iterator[Finding]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".doctor"
        probe.touch()
        probe.unlink()
    except OSError as error:
        yield Finding(
            False, "C360_HOME", f"{settings.home}: {error.strerror}", "set C360_HOME to a folder you may write"
        )
        return
    free = shutil.disk_usage(settings.home).free / 1e9
    yield Finding(
        free > MINIMUM_FREE_GB,
        "C360_HOME",
        f"{settings.home}, {free:.0f} GB free",
        f"free some space: less than {MINIMUM_FREE_GB} GB is left",
    )


def _warehouse(settings: Settings) -> Iterator[Finding]:
    with Warehouse(settings, "c360 doctor") as warehouse:
        try:
            server, role, size, database = warehouse.rows(
                "select current_version(), current_role(), current_warehouse(), current_database()"
            )[0]
        except WarehouseError as error:
            yield Finding(False, "connection", str(error), _connection_mend(settings))
            return
        seen = f"Snowflake {server}, role {role}, warehouse {size}, database {database}"
        yield Finding(True, "connection", seen)
        yield from _rights(warehouse)
    if settings.embedded:
        yield Finding(True, "embedded engine", _embedded())


def _embedded() -> str:
    from c360_assets.warehouse.embedded.capabilities import capabilities

    by_level: dict[str, list[str]] = {}
    for capability in capabilities():
        by_level.setdefault(capability.level, []).append(capability.feature)
    return "\n".join(
        [
            f"{len(by_level['repaired'])} behaviours repaired",
            *(f"      {level}: {'; '.join(by_level[level])}" for level in ("simulated", "refused")),
        ]
    )


def _connection_mend(settings: Settings) -> str:
    if settings.embedded:
        return f"see {settings.home / 'warehouse' / 'engine.log'}; `c360 reset` starts from nothing"
    return (
        "check SNOWFLAKE_ACCOUNT (organisation-account), SNOWFLAKE_USER, and that the key or token belongs to "
        "that user: `describe user` shows RSA_PUBLIC_KEY_FP"
    )


def _rights(warehouse: Warehouse) -> Iterator[Finding]:
    schema = "C360_DOCTOR"
    steps: list[tuple[str, str, str]] = [
        ("create schema", f"create schema if not exists {schema}", "grant create schema on database"),
        ("create table", f"create or replace transient table {schema}.probe (x int)", "own the schema"),
        ("write", f"insert into {schema}.probe values (1)", "own the schema, and grant usage on the warehouse"),
        ("create stage", f"create or replace stage {schema}.probe_stage", "grant create stage on schema"),
        (
            "create Python function",
            f"create or replace function {schema}.probe_function(x int) returns int language python "
            "runtime_version='3.11' handler='f' as $$\ndef f(x):\n    return x\n$$",
            "grant create function on schema; accept the Python packages' terms in the account",
        ),
        ("drop schema", f"drop schema {schema} cascade", "own the schema"),
    ]
    for what, statement, mend in steps:
        yield _try(warehouse, what, statement, f"{mend}; the README lists all grants")


def _try(warehouse: Warehouse, what: str, statement: str, mend: str) -> Finding:
    try:
        warehouse.execute(statement)
    except WarehouseError as error:
        return Finding(False, f"right to {what}", str(error), mend)
    return Finding(True, f"right to {what}", "granted")
