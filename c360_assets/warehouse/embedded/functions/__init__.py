"""User-defined functions: Python handlers run as DuckDB functions, SQL bodies inlined where they are called."""

from c360_assets.warehouse.embedded.functions.registry import FunctionRegistry

__all__ = ["FunctionRegistry"]
