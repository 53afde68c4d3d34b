"""`c360 dbt …`: dbt with the configured connection."""

from __future__ import annotations

from c360_assets.dbt_project import invoke
from c360_assets.settings import load_settings


def run_dbt(arguments: list[str]) -> int:
    """Run dbt in this process; 0 when it succeeded."""
    return 0 if invoke(load_settings(), arguments or ["--help"]).success else 1
