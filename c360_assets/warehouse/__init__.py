"""The one way to the warehouse: a Snowflake account, or the embedded engine that speaks its protocol."""

from c360_assets.warehouse.connection import Statement, Warehouse, wake
from c360_assets.warehouse.errors import WarehouseError

__all__ = ["Statement", "Warehouse", "WarehouseError", "wake"]
