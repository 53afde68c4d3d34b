"""Errors that a person can mend: the command line tells them in a sentence."""

from c360_assets.activation import DeclarationError
from c360_assets.dbt_project import DbtError
from c360_assets.locking import RunInProgressError
from c360_assets.settings import SettingsError
from c360_assets.sources.errors import SourceError
from c360_assets.warehouse import WarehouseError

MENDABLE = (SettingsError, WarehouseError, RunInProgressError, DbtError, SourceError, DeclarationError)
