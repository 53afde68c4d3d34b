"""Environment and connection, read once and validated with a clear message."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

Environment = Literal["embedded", "dev", "ci", "production"]
Authentication = Literal["embedded", "key_pair", "oauth"]

EMBEDDED_ACCOUNT = "embedded"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


class SettingsError(ValueError):
    """The environment is not usable; the message says which variable, what is wrong and what would be right."""


@dataclass(frozen=True)
class Settings:
    """Where the system runs and which warehouse it talks to."""

    env: Environment
    home: Path
    account: str
    database: str
    user: str
    role: str | None
    warehouse: str | None
    authentication: Authentication
    private_key_file: Path | None = None
    # Secrets are kept out of repr, and so out of logs and tracebacks.
    private_key_passphrase: str | None = field(default=None, repr=False)
    oauth_token: str | None = field(default=None, repr=False)

    @property
    def embedded(self) -> bool:
        """True when the configured account is the one-machine engine."""
        return self.account == EMBEDDED_ACCOUNT

    @property
    def landing(self) -> Path:
        """The landing zone: a folder per source system with its extracts."""
        return self.home / "landing"

    @property
    def outbox(self) -> Path:
        """Where file destinations are delivered to: a folder per destination."""
        return self.home / "outbox"

    @property
    def dagster_home(self) -> Path:
        """Dagster's storage: run history, event log, schedules."""
        return self.home / "dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's manifest and compiled SQL, one folder per environment."""
        return self.home / "dbt" / self.env


def _identifier(environ: Mapping[str, str], name: str, default: str | None) -> str | None:
    value = environ.get(name) or default
    if value is not None and not _IDENTIFIER.fullmatch(value):
        raise SettingsError(f"{name}={value!r} is not a plain Snowflake identifier (letters, digits, _ and $).")
    return value.upper() if value else None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a variable is missing or not usable.
    """
    environ = os.environ if environ is None else environ
    env = environ.get("C360_ENV") or "embedded"
    if env not in get_args(Environment):
        raise SettingsError(f"C360_ENV={env!r} is unknown; use one of {', '.join(get_args(Environment))}.")
    home = Path(environ.get("C360_HOME") or PROJECT_ROOT / ".c360").expanduser().resolve()
    database = _identifier(environ, "SNOWFLAKE_DATABASE", "C360")
    assert database
    account = environ.get("SNOWFLAKE_ACCOUNT") or EMBEDDED_ACCOUNT
    if account == EMBEDDED_ACCOUNT:
        if env == "production":
            raise SettingsError("C360_ENV=production needs SNOWFLAKE_ACCOUNT; the embedded engine is for one machine.")
        return Settings(env, home, account, database, "c360", None, None, "embedded")  # type: ignore[arg-type]
    if env == "embedded":
        raise SettingsError(
            "SNOWFLAKE_ACCOUNT is set, but C360_ENV says embedded; set C360_ENV to dev, ci or production."
        )
    missing = [n for n in ("SNOWFLAKE_USER", "SNOWFLAKE_ROLE", "SNOWFLAKE_WAREHOUSE") if not environ.get(n)]
    if missing:
        raise SettingsError(f"SNOWFLAKE_ACCOUNT={account!r} also needs {', '.join(missing)}.")
    key_file, token = environ.get("SNOWFLAKE_PRIVATE_KEY_FILE"), environ.get("SNOWFLAKE_OAUTH_TOKEN")
    if bool(key_file) == bool(token):
        raise SettingsError(
            "Set one of SNOWFLAKE_PRIVATE_KEY_FILE (key pair) and SNOWFLAKE_OAUTH_TOKEN (OAuth); "
            f"{'both are' if key_file else 'neither is'} set."
        )
    path = Path(key_file).expanduser() if key_file else None
    if path and not path.is_file():
        raise SettingsError(f"SNOWFLAKE_PRIVATE_KEY_FILE={str(path)!r} is not a readable file.")
    return Settings(
        env=env,  # type: ignore[arg-type]
        home=home,
        account=account,
        database=database,
        user=environ["SNOWFLAKE_USER"],
        role=_identifier(environ, "SNOWFLAKE_ROLE", None),
        warehouse=_identifier(environ, "SNOWFLAKE_WAREHOUSE", None),
        authentication="key_pair" if path else "oauth",
        private_key_file=path,
        private_key_passphrase=environ.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
        oauth_token=token,
    )
